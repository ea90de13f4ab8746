//! What an App session must look like, as a person asked for it.

use super::account::Account;
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

/// What is set up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// An application that jobs connect as.
    #[default]
    AppSession,
    /// A user account that a connector signs in with.
    ConnectionAccount,
    /// An application and a user account, with a role of Exchange Online.
    CalendarSync,
}

impl Kind {
    #[must_use]
    pub fn has_application(self) -> bool {
        self != Self::ConnectionAccount
    }

    #[must_use]
    pub fn has_account(self) -> bool {
        self != Self::AppSession
    }
}

/// A role of Exchange Online, by the name that it has in every tenant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeRole {
    pub name: String,
    pub holder: ExchangeHolder,
}

impl ExchangeRole {
    /// The role that let an account act as any mailbox, until Microsoft removed it.
    pub const IMPERSONATION: &str = "ApplicationImpersonation";

    /// Returns what an application needs to work in the calendars of everybody (role-based access control for applications in Exchange
    /// Online).
    #[must_use]
    pub fn calendars() -> Self {
        Self { name: "Application Calendars.ReadWrite".into(), holder: ExchangeHolder::Application }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExchangeHolder {
    Account,
    Application,
}

/// The lifetimes that can be chosen, in days.
pub const LIFETIMES: &[u32] = &[30, 90, 180, 365, 730];
pub const DEFAULT_DAYS: u32 = 180;

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Blueprint {
    #[serde(default)]
    pub kind: Kind,
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
    #[serde(default)]
    pub account: Option<Account>,
    #[serde(default)]
    pub exchange: Vec<ExchangeRole>,
    /// Whether permissions of an existing application that are not in this list go.
    #[serde(default)]
    pub replaces_permissions: bool,
}

impl Blueprint {
    /// Returns the resources of the permissions that can be granted, with their names, each once, in the order of first use.
    #[must_use]
    pub fn resources(&self) -> Vec<(&super::ids::AppId, &str)> {
        resources_of(&self.permissions)
    }

    /// Returns the applications whose service principals the tenant must have: those of the permissions, and for a connection account
    /// the one that acts in its name.
    #[must_use]
    pub fn principals(&self) -> Vec<(&super::ids::AppId, &str)> {
        let mut found = self.resources();
        if let Some(access) = self.account.as_ref().and_then(|account| account.access.as_ref()) {
            let more = resources_of(&access.permissions).into_iter().chain([(&access.client, access.name.as_str())]);
            for (id, name) in more {
                if !found.iter().any(|(known, _)| *known == id) {
                    found.push((id, name));
                }
            }
        }
        found
    }

    pub fn of_kind(&self, kind: PermissionKind) -> impl Iterator<Item = &Chosen> {
        self.permissions.iter().filter(move |permission| permission.kind == kind)
    }
}

/// Returns the resources of permissions that can be granted, with their names, each once, in the order of first use.
#[must_use]
pub fn resources_of(permissions: &[Chosen]) -> Vec<(&super::ids::AppId, &str)> {
    let mut found: Vec<(&super::ids::AppId, &str)> = Vec::new();
    for permission in permissions.iter().filter(|permission| !permission.is_gone()) {
        if !found.iter().any(|(id, _)| *id == &permission.resource) {
            found.push((&permission.resource, &permission.resource_name));
        }
    }
    found
}
