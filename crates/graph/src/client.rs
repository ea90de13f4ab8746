//! The proof that a token is for the tenant that it is used on.

use super::request::version;
use domain::ids::{Tenant, TenantId};
use entra::id_token::Claims;

/// A tenant that the ID token and the directory itself agree on. Requests are sent for one of these, never for a bare id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TenantClient {
    tenant: Tenant,
}

/// The token and the directory name different tenants.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the token is for {token}, the directory answers as {directory}")]
pub struct WrongTenant {
    /// `tid` of the ID token.
    pub token: TenantId,
    /// The ID that `/organization` gives to the holder of that token.
    pub directory: TenantId,
}

impl TenantClient {
    /// Binds to a tenant: `claims` are those of the token's ID token, `organization` is what `/organization` answered to that token.
    ///
    /// # Errors
    /// When they are not the same tenant.
    pub fn new(claims: &Claims, organization: Tenant) -> Result<Self, WrongTenant> {
        if claims.tenant == organization.id {
            Ok(Self { tenant: organization })
        } else {
            Err(WrongTenant { token: claims.tenant.clone(), directory: organization.id })
        }
    }

    /// Returns the tenant, with the name and domain that its directory gives.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }
}

/// Returns the path of a next link below its version; `None` when it leads anywhere but to that version of Graph (security: the token
/// must not follow it).
#[must_use]
pub fn next_path(link: &str, graph_origin: &str, beta: bool) -> Option<String> {
    let url = url::Url::parse(link).ok()?;
    if url.origin().ascii_serialization() != graph_origin || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let path = url.path().strip_prefix('/')?.strip_prefix(version(beta)).filter(|path| path.starts_with('/'))?;
    Some(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}
