//! What the tenant has of an App session, as it was read.

use super::record::{RunRecord, StepRecord, StepState};
use super::status::Comparison;
use super::step::{HandOver, Protocol, StepKind};
use domain::blueprint::{Audience, Blueprint};
use domain::ids::{AppId, ObjectId};
use domain::permission::{Chosen, GRAPH, PermissionKind};
use domain::role::DirectoryRole;
use domain::session::AppSession;
use domain::time::Instant;
use graph::applications::{Application, KeyCredential};
use graph::service_principals::ServicePrincipal;
use std::collections::{BTreeMap, BTreeSet};

/// What a check found.
#[derive(Clone, PartialEq, Debug)]
pub struct Live {
    /// The app registration.
    pub application: Application,
    /// Its service principal; `None` where the tenant has none, so that nothing can be granted to it.
    pub service_principal: Option<ServicePrincipal>,
    /// The permissions that the registration asks for, beside what the whole tenant granted.
    pub comparison: Comparison,
    /// Names of what is granted but was not asked for.
    pub extra: Vec<String>,
    /// Directory roles of the service principal that count in the whole tenant.
    pub roles: Vec<DirectoryRole>,
    /// Those that count in an administrative unit or for one object only. This page neither asks for such ones nor takes them away.
    pub partial_roles: Vec<DirectoryRole>,
    /// The service principals of the resources whose permissions it has or asks for.
    pub resource_ids: BTreeMap<AppId, ObjectId>,
    /// Names of the owners; `None` when they could not be read.
    pub owners: Option<Vec<String>>,
    /// The domain that the tenant was made with; `None` when it could not be read.
    pub initial_domain: Option<String>,
}

/// For so many seconds after its run a new secret may be unknown to a replica (Microsoft's usual range is 1 to 2 minutes).
const RECENT: i64 = 120;

/// Returns the client secrets that runs of this browser gave to an application just now, and took from it in none. A read that lacks one of
/// them comes from a replica that is behind.
#[must_use]
pub fn recent_secrets<'a>(runs: impl Iterator<Item = &'a RunRecord> + Clone, app_id: &AppId, now: Instant) -> BTreeSet<String> {
    let of_app = runs.filter(|run| run.origin.is_here() && run.facts.app_id.as_ref() == Some(app_id));
    let steps = || of_app.clone().flat_map(|run| &run.steps);
    let removed: Vec<&str> = steps()
        .filter(|step| step.intended || step.applied || step.state == StepState::AlreadyInPlace)
        .filter_map(|step| if let StepKind::RemoveSecret(removal) = &step.step { Some(removal.key_id.as_str()) } else { None })
        .chain(steps().flat_map(|step| step.secret.removed.iter().map(String::as_str)))
        .collect();
    let is_recent = |step: &&StepRecord| step.ended.is_some_and(|ended| now.seconds_since(ended) < RECENT);
    let made = steps().filter(|step| step.state == StepState::Done && step.secret.saved).filter(is_recent);
    made.filter(|step| matches!(step.step.protocol(), Protocol::HandOver(HandOver::Secret { .. })))
        .filter_map(|step| step.secret.key_id.clone())
        .filter(|key_id| !removed.contains(&key_id.as_str()))
        .collect()
}

/// What a record says of an App session, and the tenant says otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Difference {
    /// The tenant has no app registration with the client id.
    NotThere,
    /// Another registration than the record means has the client id.
    OtherObject {
        /// The object id of the registration that has the client id in the tenant.
        here: ObjectId,
    },
    /// The registration was not made by this page.
    NotTagged,
    /// The service principal that the record names is gone, or another one is in its place.
    OtherPrincipal,
    /// The redirect URIs differ, apart from our consent page.
    RedirectUris {
        /// In the record alone.
        gone: Vec<String>,
        /// In the tenant alone.
        new: Vec<String>,
    },
}

/// Compares a record that came in a file with what the tenant has. Our consent page comes and goes with consents.
#[must_use]
pub fn differences(
    found: &AppSession,
    application: Option<&Application>,
    service_principal: Option<&ObjectId>,
    consent_uri: &str,
) -> Vec<Difference> {
    let Some(application) = application.filter(|application| application.app_id == found.app_id) else { return vec![Difference::NotThere] };
    let mut differences = Vec::new();
    if application.id != found.object_id {
        differences.push(Difference::OtherObject { here: application.id.clone() });
    }
    if !application.is_tagged() {
        differences.push(Difference::NotTagged);
    }
    if found.service_principal.is_some() && found.service_principal.as_ref() != service_principal {
        differences.push(Difference::OtherPrincipal);
    }
    if let Some(expected) = &found.expected {
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|uri| *uri != consent_uri && !those.contains(uri)).cloned().collect()
        };
        let (said, live) = (expected.redirect_uris.as_slice(), application.redirect_uris());
        let (gone, new) = (only(said, live), only(live, said));
        if !gone.is_empty() || !new.is_empty() {
            differences.push(Difference::RedirectUris { gone, new });
        }
    }
    differences
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

    /// Returns which tenants may use it: all, unless `application.signInAudience` is `AzureADMyOrg`.
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

    /// Whether the service principal holds the directory role, by its id.
    #[must_use]
    pub fn has_role(&self, role: &DirectoryRole) -> bool {
        self.roles.iter().any(|held| held.id == role.id)
    }
}
