//! From a blueprint and what was observed to the steps.

use super::observed::Observed;
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
    let grants = grants(blueprint);
    let (mine, others): (Vec<_>, Vec<_>) =
        grants.into_iter().partition(|step| blueprint.grant_in_run && observed.roles.any_of(step.roles_needed()));
    steps.extend(mine);
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
    steps.extend(blueprint.roles.iter().map(|role| StepKind::AssignRole { role: role.clone() }));
    if let Credential::Secret { days } = blueprint.credential {
        steps.push(StepKind::AddSecret { days });
    }
    steps
}

/// One step an application permission, one a resource for its delegated permissions: each has one natural key.
fn grants(blueprint: &Blueprint) -> Vec<StepKind> {
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
