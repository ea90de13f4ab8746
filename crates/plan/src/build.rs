//! From a blueprint and what was observed to the steps.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use super::observed::{Adoption, HeldRoles, Observed};
use super::step::StepKind;
use super::step::kinds::{
    AddCertificate, AddConsentRedirect, AddResource, AddSecret, AdoptApplication, AssignAccountRole, AssignExchangeRole, AssignLicence,
    AssignRole, ChangePermissions, Consent, CreateAccount, CreateApplication, CreateServicePrincipal, ExchangeRoleByHand, FinishAccount,
    GrantAccess, GrantApplication, GrantDelegated, MakeCertificate, ProveAccount, RemoveConsentRedirect, SetAudience, SettleExchange,
};
use domain::account::Account;
use domain::blueprint::{Audience, Blueprint, Credential, ExchangeRole, Kind, resources_of};
use domain::ids::AppId;
use domain::permission::{Chosen, PermissionKind};
use graph::exchange::ExchangeDefinition;

/// Returns the steps in the order of work. The secret comes last, after everything that may leave the page.
#[must_use]
pub fn steps(blueprint: &Blueprint, observed: &Observed, adoption: Adoption, consent_uri: &str) -> Vec<StepKind> {
    let mut steps = Vec::new();
    let has_application = blueprint.kind.has_application();
    if has_application {
        steps.extend(registration(blueprint, observed, adoption));
        steps.push(CreateServicePrincipal {}.into());
    }
    for (resource, name) in blueprint.principals() {
        if observed.resources.get(resource).is_some_and(Option::is_none) {
            steps.push(AddResource { resource: resource.clone(), name: name.to_owned() }.into());
        }
    }
    if has_application {
        steps.extend(consented(grants(blueprint), blueprint, &observed.roles, consent_uri));
        steps.extend(blueprint.roles.iter().map(|role| AssignRole { role: role.clone() }.into()));
    }
    steps.extend(blueprint.account.iter().flat_map(account));
    let exchange = observed.account.as_ref().and_then(|ground| ground.exchange.as_deref());
    steps.extend(blueprint.exchange.iter().map(|role| exchange_role(role, exchange)));
    if has_application {
        steps.extend(credential(blueprint));
    }
    if !blueprint.exchange.is_empty() {
        steps.push(SettleExchange {}.into());
    }
    if blueprint.kind == Kind::ConnectionAccount {
        let replaces = observed.account.as_ref().and_then(|ground| ground.replaces.clone());
        steps.extend([ProveAccount {}.into(), FinishAccount { replaces }.into()]);
    }
    steps
}

/// A new registration, or what an existing one of the name lacks, and has too much of where the permissions are replaced.
fn registration(blueprint: &Blueprint, observed: &Observed, adoption: Adoption) -> Vec<StepKind> {
    let (Adoption::Adopt, Some(app)) = (adoption, observed.same_name.first()) else { return vec![CreateApplication {}.into()] };
    let mut steps = vec![AdoptApplication { id: app.id.clone(), name: app.display_name.clone() }.into()];
    if blueprint.replaces_permissions && !observed.surplus.is_empty() {
        steps.push(ChangePermissions { add: Vec::new(), remove: observed.surplus.clone() }.into());
    }
    let audience = blueprint.audience;
    if audience == Audience::MultiTenant && app.sign_in_audience.as_deref() != Some(audience.as_graph()) {
        steps.push(SetAudience { audience }.into());
    }
    steps
}

/// The account with what hangs on it. Its password is chosen when its first step comes.
fn account(account: &Account) -> Vec<StepKind> {
    let mut steps: Vec<StepKind> = vec![CreateAccount { upn: account.upn() }.into()];
    steps.extend(account.licence.iter().map(|licence| AssignLicence { licence: licence.clone() }.into()));
    steps.extend(account.roles.iter().map(|role| AssignAccountRole { role: role.clone() }.into()));
    if let Some(access) = &account.access {
        for (resource, name) in resources_of(&access.permissions) {
            let of_resource = access.permissions.iter().filter(|permission| permission.resource == *resource);
            let grant = GrantAccess {
                client: access.client.clone(),
                client_name: access.name.clone(),
                resource: resource.clone(),
                name: name.to_owned(),
                scopes: of_resource.map(|permission| permission.value.clone()).collect(),
                for_everyone: access.for_everyone,
            };
            steps.push(grant.into());
        }
    }
    steps
}

/// Through Graph where the tenant answers for its roles, else by hand.
fn exchange_role(role: &ExchangeRole, known: Option<&[ExchangeDefinition]>) -> StepKind {
    let definition = known.into_iter().flatten().find(|known| known.display_name == role.name);
    match definition {
        Some(definition) => AssignExchangeRole { role: role.clone(), definition: definition.id.clone() }.into(),
        None => ExchangeRoleByHand { role: role.clone() }.into(),
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
            steps.push(AddConsentRedirect { uri: uri.clone() }.into());
        }
        steps.push(Consent {}.into());
        if !ours_already && !blueprint.keep_consent_redirect {
            steps.push(RemoveConsentRedirect { uri }.into());
        }
    }
    steps
}

/// Returns the step that gives the application its credential.
#[must_use]
pub fn credential(blueprint: &Blueprint) -> Option<StepKind> {
    match (blueprint.credential, &blueprint.certificate) {
        (Credential::None, _) | (Credential::Uploaded, None) => None,
        (Credential::Secret { days }, _) => Some(AddSecret { days }.into()),
        (Credential::Certificate { days, bits }, _) => Some(MakeCertificate { days, bits }.into()),
        (Credential::Uploaded, Some(certificate)) => Some(AddCertificate { certificate: Box::new(certificate.clone()) }.into()),
    }
}

/// Returns the steps that grant what a blueprint asks for: one for each application permission, one for each API with delegated
/// permissions. Those of Azure AD Graph are left out: nothing can grant them any more.
#[must_use]
pub fn grants(blueprint: &Blueprint) -> Vec<StepKind> {
    let delegated = |resource: AppId, name: String, scopes| GrantDelegated { resource, name, scopes }.into();
    each_grant(blueprint, |permission| GrantApplication { permission }.into(), delegated)
}

/// One step an application permission, one a resource for its delegated permissions: each has one natural key.
pub(super) fn each_grant(
    blueprint: &Blueprint,
    application: impl Fn(Chosen) -> StepKind,
    delegated: impl Fn(AppId, String, Vec<String>) -> StepKind,
) -> Vec<StepKind> {
    let of_application = blueprint.of_kind(PermissionKind::Application).filter(|permission| !permission.is_gone()).cloned();
    let mut steps: Vec<StepKind> = of_application.map(application).collect();
    for (resource, name) in blueprint.resources() {
        let scopes: Vec<String> =
            blueprint.of_kind(PermissionKind::Delegated).filter(|p| p.resource == *resource).map(|p| p.value.clone()).collect();
        if !scopes.is_empty() {
            steps.push(delegated(resource.clone(), name.to_owned(), scopes));
        }
    }
    steps
}
