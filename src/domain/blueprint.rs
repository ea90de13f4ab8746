//! What an App session must look like, as a person asked for it.

use super::certificate::PublicCertificate;
use super::permission::{Chosen, PermissionKind};
use super::role::DirectoryRole;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Audience {
    /// `AzureADMyOrg`
    #[default]
    SingleTenant,
    /// `AzureADMultipleOrgs`
    MultiTenant,
}

impl Audience {
    /// Returns the value of `signInAudience`.
    #[must_use]
    pub fn as_graph(self) -> &'static str {
        match self {
            Self::SingleTenant => "AzureADMyOrg",
            Self::MultiTenant => "AzureADMultipleOrgs",
        }
    }
}

impl Audience {
    /// Reads a value of `signInAudience`; `None` for those with personal accounts.
    #[must_use]
    pub fn from_graph(text: &str) -> Option<Self> {
        [Self::SingleTenant, Self::MultiTenant].into_iter().find(|audience| audience.as_graph() == text)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Credential {
    None,
    Secret {
        days: u32,
    },
    /// Made in the browser, with an RSA key of so many bits.
    Certificate {
        days: u32,
        bits: u32,
    },
    /// The certificate of a file: [`Blueprint::certificate`].
    Uploaded,
}

impl Default for Credential {
    fn default() -> Self {
        Self::Secret { days: DEFAULT_DAYS }
    }
}

/// The lifetimes that can be chosen, in days.
pub const LIFETIMES: &[u32] = &[30, 90, 180, 365, 730];
pub const DEFAULT_DAYS: u32 = 180;

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Blueprint {
    pub name: String,
    pub audience: Audience,
    pub redirect_uris: Vec<String>,
    pub permissions: Vec<Chosen>,
    pub credential: Credential,
    pub roles: Vec<DirectoryRole>,
    /// Whether the run grants admin consent where the person may.
    pub grant_in_run: bool,
    /// Whether our consent page stays among the redirect URIs after a consent by link.
    pub keep_consent_redirect: bool,
    /// The uploaded certificate.
    #[serde(default)]
    pub certificate: Option<PublicCertificate>,
}

impl Blueprint {
    /// Returns the resources of the permissions with their names, each once, in the order of first use.
    #[must_use]
    pub fn resources(&self) -> Vec<(&super::ids::AppId, &str)> {
        let mut found: Vec<(&super::ids::AppId, &str)> = Vec::new();
        for permission in &self.permissions {
            if !found.iter().any(|(id, _)| *id == &permission.resource) {
                found.push((&permission.resource, &permission.resource_name));
            }
        }
        found
    }

    pub fn of_kind(&self, kind: PermissionKind) -> impl Iterator<Item = &Chosen> {
        self.permissions.iter().filter(move |permission| permission.kind == kind)
    }
}

/// Says why Entra would refuse a redirect URI of the type `web` (entra-docs, reply-url).
///
/// # Errors
/// The reason.
pub fn check_redirect_uri(uri: &str) -> Result<(), RedirectFault> {
    if uri.len() > 256 {
        return Err(RedirectFault::TooLong);
    }
    if let Some(bad) = uri.chars().find(|c| "!$'(),;*#".contains(*c) || c.is_whitespace()) {
        return Err(RedirectFault::Character(bad));
    }
    let url = url::Url::parse(uri).map_err(|_| RedirectFault::NotAbsolute)?;
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) | ("http", Some("localhost")) => Ok(()),
        _ => Err(RedirectFault::Scheme),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RedirectFault {
    TooLong,
    Character(char),
    NotAbsolute,
    Scheme,
}
