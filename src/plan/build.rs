//! From a blueprint and what was observed to the steps.

use super::credentials::CredentialStep;
use super::observed::{HeldRoles, Observed};
use super::preflight::Adoption;
use super::step::StepKind;
use crate::domain::blueprint::{Blueprint, Credential};
use crate::domain::permission::PermissionKind;

/// Returns the steps in the order of work. The secret comes last, after everything that may leave the page.
#[must_use]
pub fn steps(blueprint: &Blueprint, observed: &Observed, adoption: Adoption, consent_uri: &str) -> Vec<StepKind> {
    let mut steps = Vec::new();
    match (adoption, observed.same_name.first()) {
        (Adoption::Adopt, Some(app)) => steps.push(StepKind::AdoptApplication { id: app.id.clone(), name: app.display_name.clone() }),
        _ => steps.push(StepKind::CreateApplication),
    }
    steps.push(StepKind::CreateServicePrincipal);
    for (resource, name) in blueprint.resources() {
        if observed.resources.get(resource).is_some_and(Option::is_none) {
            steps.push(StepKind::AddResource { resource: resource.clone(), name: name.to_owned() });
        }
    }
    steps.extend(consented(grants(blueprint), blueprint, &observed.roles, consent_uri));
    steps.extend(blueprint.roles.iter().map(|role| StepKind::AssignRole { role: role.clone() }));
    steps.extend(credential(blueprint));
    steps
}

/// Returns the grants that the person may give, and for the others the way over Microsoft's consent page.
#[must_use]
pub fn consented(grants: Vec<StepKind>, blueprint: &Blueprint, roles: &HeldRoles, consent_uri: &str) -> Vec<StepKind> {
    let (mut steps, others): (Vec<_>, Vec<_>) =
        grants.into_iter().partition(|step| blueprint.grant_in_run && roles.any_of(step.roles_needed()));
    if !others.is_empty() {
        let uri = consent_uri.to_owned();
        let ours_already = blueprint.redirect_uris.contains(&uri);
        if !ours_already {
            steps.push(StepKind::AddConsentRedirect { uri: uri.clone() });
        }
        steps.push(StepKind::Consent);
        if !ours_already && !blueprint.keep_consent_redirect {
            steps.push(StepKind::RemoveConsentRedirect { uri });
        }
    }
    steps
}

/// Returns the step that gives the application its credential.
#[must_use]
pub fn credential(blueprint: &Blueprint) -> Option<StepKind> {
    match (blueprint.credential, &blueprint.certificate) {
        (Credential::None, _) | (Credential::Uploaded, None) => None,
        (Credential::Secret { days }, _) => Some(StepKind::AddSecret { days }),
        (Credential::Certificate { days, bits }, _) => Some(StepKind::Credential(CredentialStep::MakeCertificate { days, bits })),
        (Credential::Uploaded, Some(certificate)) => {
            Some(StepKind::Credential(CredentialStep::AddCertificate { certificate: Box::new(certificate.clone()) }))
        }
    }
}

/// One step an application permission, one a resource for its delegated permissions: each has one natural key.
#[must_use]
pub fn grants(blueprint: &Blueprint) -> Vec<StepKind> {
    let mut steps: Vec<StepKind> = blueprint
        .of_kind(PermissionKind::Application)
        .map(|permission| StepKind::GrantApplication { permission: permission.clone() })
        .collect();
    for (resource, name) in blueprint.resources() {
        let scopes: Vec<String> =
            blueprint.of_kind(PermissionKind::Delegated).filter(|p| p.resource == *resource).map(|p| p.value.clone()).collect();
        if !scopes.is_empty() {
            steps.push(StepKind::GrantDelegated { resource: resource.clone(), name: name.to_owned(), scopes });
        }
    }
    steps
}
