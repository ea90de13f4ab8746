//! From a blueprint and what was observed to the steps.

use super::account::{AccessGrant, AccountStep};
use super::credentials::CredentialStep;
use super::exchange::ExchangeStep;
use super::observed::{HeldRoles, Observed};
use super::preflight::Adoption;
use super::step::StepKind;
use super::upkeep::Upkeep;
use crate::domain::account::Account;
use crate::domain::blueprint::{Audience, Blueprint, Credential, ExchangeRole, Kind, resources_of};
use crate::domain::permission::PermissionKind;
use crate::graph::exchange::ExchangeDefinition;

/// Returns the steps in the order of work. The secret comes last, after everything that may leave the page.
#[must_use]
pub fn steps(blueprint: &Blueprint, observed: &Observed, adoption: Adoption, consent_uri: &str) -> Vec<StepKind> {
    let mut steps = Vec::new();
    let has_application = blueprint.kind.has_application();
    if has_application {
        steps.extend(registration(blueprint, observed, adoption));
        steps.push(StepKind::CreateServicePrincipal);
    }
    for (resource, name) in blueprint.principals() {
        if observed.resources.get(resource).is_some_and(Option::is_none) {
            steps.push(StepKind::AddResource { resource: resource.clone(), name: name.to_owned() });
        }
    }
    if has_application {
        steps.extend(consented(grants(blueprint), blueprint, &observed.roles, consent_uri));
        steps.extend(blueprint.roles.iter().map(|role| StepKind::AssignRole { role: role.clone() }));
    }
    steps.extend(blueprint.account.iter().flat_map(account));
    let exchange = observed.account.as_ref().and_then(|ground| ground.exchange.as_deref());
    steps.extend(blueprint.exchange.iter().map(|role| StepKind::Exchange(exchange_role(role, exchange))));
    if has_application {
        steps.extend(credential(blueprint));
    }
    if !blueprint.exchange.is_empty() {
        steps.push(StepKind::Exchange(ExchangeStep::Settle));
    }
    if blueprint.kind == Kind::ConnectionAccount {
        let replaces = observed.account.as_ref().and_then(|ground| ground.replaces.clone());
        steps.extend([AccountStep::Prove, AccountStep::Finish { replaces }].map(StepKind::Account));
    }
    steps
}

/// A new registration, or what an existing one of the name lacks, and has too much of where the permissions are replaced.
fn registration(blueprint: &Blueprint, observed: &Observed, adoption: Adoption) -> Vec<StepKind> {
    let (Adoption::Adopt, Some(app)) = (adoption, observed.same_name.first()) else { return vec![StepKind::CreateApplication] };
    let mut steps = vec![StepKind::AdoptApplication { id: app.id.clone(), name: app.display_name.clone() }];
    if blueprint.replaces_permissions && !observed.surplus.is_empty() {
        steps.push(StepKind::Upkeep(Upkeep::ChangePermissions { add: Vec::new(), remove: observed.surplus.clone() }));
    }
    let audience = blueprint.audience;
    if audience == Audience::MultiTenant && app.sign_in_audience.as_deref() != Some(audience.as_graph()) {
        steps.push(StepKind::Upkeep(Upkeep::SetAudience { audience }));
    }
    steps
}

/// The account with what hangs on it. Its password is chosen when its first step comes.
fn account(account: &Account) -> Vec<StepKind> {
    let mut steps = vec![AccountStep::Create { upn: account.upn() }];
    steps.extend(account.licence.iter().map(|licence| AccountStep::AssignLicence { licence: licence.clone() }));
    steps.extend(account.roles.iter().map(|role| AccountStep::AssignRole { role: role.clone() }));
    if let Some(access) = &account.access {
        for (resource, name) in resources_of(&access.permissions) {
            let of_resource = access.permissions.iter().filter(|permission| permission.resource == *resource);
            steps.push(AccountStep::GrantAccess(AccessGrant {
                client: access.client.clone(),
                client_name: access.name.clone(),
                resource: resource.clone(),
                name: name.to_owned(),
                scopes: of_resource.map(|permission| permission.value.clone()).collect(),
                for_everyone: access.for_everyone,
            }));
        }
    }
    steps.into_iter().map(StepKind::Account).collect()
}

/// Through Graph where the tenant answers for its roles, else by hand.
fn exchange_role(role: &ExchangeRole, known: Option<&[ExchangeDefinition]>) -> ExchangeStep {
    let definition = known.into_iter().flatten().find(|known| known.display_name == role.name);
    match definition {
        Some(definition) => ExchangeStep::Assign { role: role.clone(), definition: definition.id.clone() },
        None => ExchangeStep::ByHand { role: role.clone() },
    }
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
        .filter(|permission| !permission.is_gone())
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
