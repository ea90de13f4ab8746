//! The proof that a token is for the tenant that it is used on.

use crate::domain::ids::{Tenant, TenantId};
use crate::entra::id_token::Claims;

/// A tenant that the ID token and the directory itself agree on. Requests are sent for one of these, never for a bare id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TenantClient {
    tenant: Tenant,
}

/// The token and the directory name different tenants.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the token is for {token}, the directory answers as {directory}")]
pub struct WrongTenant {
    pub token: TenantId,
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

    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }
}

/// Returns the path of a next link under `/v1.0`; `None` when it leads anywhere but to Graph (security: the token must not follow it).
#[must_use]
pub fn next_path(link: &str, graph_origin: &str) -> Option<String> {
    let url = url::Url::parse(link).ok()?;
    if url.origin().ascii_serialization() != graph_origin || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let path = url.path().strip_prefix("/v1.0")?;
    Some(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}
