//! What the tenant has of an App session, as it was read.

use super::status::Comparison;
use crate::domain::blueprint::{Audience, Blueprint};
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::permission::{Chosen, GRAPH, PermissionKind};
use crate::domain::role::DirectoryRole;
use crate::domain::time::Instant;
use crate::graph::applications::{Application, KeyCredential};
use crate::graph::service_principals::ServicePrincipal;
use std::collections::BTreeMap;

/// What a check found.
#[derive(Clone, PartialEq, Debug)]
pub struct Live {
    pub application: Application,
    pub service_principal: Option<ServicePrincipal>,
    pub comparison: Comparison,
    /// Names of what is granted but was not asked for.
    pub extra: Vec<String>,
    /// Directory roles of the service principal.
    pub roles: Vec<DirectoryRole>,
    /// The service principals of the resources whose permissions it has or asks for.
    pub resource_ids: BTreeMap<AppId, ObjectId>,
    /// Names of the owners; `None` when they could not be read.
    pub owners: Option<Vec<String>>,
}

impl Live {
    /// Returns the permissions that are expected and not granted. Where nothing is expected, the registration tells.
    #[must_use]
    pub fn lacking(&self, expected: Option<&Blueprint>) -> Vec<Chosen> {
        let Some(expected) = expected else { return self.comparison.missing.clone() };
        let is_granted = |p: &&Chosen| self.comparison.granted.iter().any(|known| known.is_same(p));
        expected.permissions.iter().filter(|p| !is_granted(p)).cloned().collect()
    }

    /// Returns the permissions that the registration asks for.
    #[must_use]
    pub fn wanted(&self) -> Vec<Chosen> {
        [self.comparison.granted.clone(), self.comparison.missing.clone()].concat()
    }

    /// Returns the SHA-1 thumbprint of a certificate that has not ended; that of a visit does not count.
    #[must_use]
    pub fn thumbprint(&self, now: Instant) -> Option<String> {
        let is_live = |key: &&KeyCredential| key.ends().is_none_or(|end| end > now) && !key.is_of_visit();
        let live = self.application.key_credentials.iter().filter(is_live);
        live.filter_map(KeyCredential::thumbprint).next()
    }

    /// Returns the names of its granted application permissions of Microsoft Graph.
    #[must_use]
    pub fn granted_to_read(&self) -> Vec<String> {
        let of_graph = |p: &&Chosen| p.kind == PermissionKind::Application && p.resource.as_str() == GRAPH;
        self.comparison.granted.iter().filter(of_graph).map(|p| p.value.clone()).collect()
    }

    /// Whether a certificate of that SHA-1 thumbprint is listed.
    #[must_use]
    pub fn has_certificate(&self, sha1: &str) -> bool {
        self.application.key_credentials.iter().any(|key| key.thumbprint().as_deref() == Some(sha1))
    }

    #[must_use]
    pub fn audience(&self) -> Audience {
        match self.application.sign_in_audience.as_deref() {
            Some("AzureADMyOrg") => Audience::SingleTenant,
            _ => Audience::MultiTenant,
        }
    }

    /// Whether anything is missing of what was asked for.
    #[must_use]
    pub fn drifts(&self, expected: Option<&Blueprint>) -> bool {
        !self.lacking(expected).is_empty()
            || self.service_principal.as_ref().is_none_or(|principal| !principal.account_enabled)
            || expected.is_some_and(|expected| {
                expected.roles.iter().any(|role| !self.has_role(role)) || !expected.permissions.iter().all(|p| self.application.asks_for(p))
            })
    }

    #[must_use]
    pub fn has_role(&self, role: &DirectoryRole) -> bool {
        self.roles.iter().any(|held| held.id == role.id)
    }
}
