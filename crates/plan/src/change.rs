//! From a wish about an App session that exists to the steps.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use super::build;
use super::live::Live;
use super::observed::HeldRoles;
use super::record::Purpose;
use super::step::StepKind;
use super::step::kinds::{
    AddCertificate, AddResource, AssignRole, ChangePermissions, CreateServicePrincipal, DeleteApplication, RemoveCertificate, RemoveSecret,
    Rename, RevokeApplication, RevokeDelegated, SetAudience, SetEnabled, SetNotes,
};
use domain::blueprint::{Audience, Blueprint, Credential};
use domain::certificate::{DEFAULT_BITS, DEFAULT_DAYS, PublicCertificate};
use domain::ids::{AppId, ObjectId};
use domain::permission::{Chosen, PermissionKind};
use domain::role::{DirectoryRole, EXCHANGE_ADMINISTRATOR};
use domain::time::Instant;
use graph::applications::{KeyCredential, PasswordCredential};
use std::collections::BTreeMap;

/// Exchange.ManageAsApp of Exchange Online (Microsoft Learn, app-only authentication in Exchange Online PowerShell).
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
const MANAGE_AS_APP: &str = "dc50a0fb-09a3-484d-be87-e023b12c6440";

/// What the person asked for.
#[derive(Clone, PartialEq, Debug)]
pub enum Wish {
    /// A new credential; each old one of its kind is removed by a word of its own.
    Credential(Credential, Option<Box<PublicCertificate>>),
    /// Removes this client secret, as the tenant lists it.
    RemoveSecret(PasswordCredential),
    /// Removes this certificate, as the tenant lists it.
    RemoveCertificate(KeyCredential),
    /// Lets the application work in Exchange Online PowerShell by itself: with `Exchange.ManageAsApp`, the role Exchange
    /// Administrator, and a certificate where no live one is listed.
    Exchange,
    /// Assigns a directory role to the service principal.
    AddRole(DirectoryRole),
    /// Changes which permissions the registration asks for.
    Permissions {
        /// All that it is to ask for. The rest is taken out, but for permissions of Azure AD Graph that are not granted.
        wanted: Vec<Chosen>,
        /// Whether those of them that are not granted are granted in the same run, or over Microsoft's consent page.
        grant: bool,
        /// Whether those that are taken out are revoked too, where they are granted.
        revoke: bool,
    },
    /// Adds what is missing of what the App session was asked to be, and enables its service principal; what it has besides stays.
    Mend,
    /// Sets which tenants may use the application: `application.signInAudience`.
    Audience(Audience),
    /// Sets the display name: `application.displayName`.
    Rename(String),
    /// What is `None` stays.
    Notes {
        /// The new `application.notes`; an empty text removes them.
        notes: Option<String>,
        /// The new `application.serviceManagementReference`; an empty text removes it.
        reference: Option<String>,
    },
    /// Lets tokens be issued for the service principal in this tenant, or not: `servicePrincipal.accountEnabled`.
    SetEnabled(bool),
    /// Moves the app registration to the deleted items, where Microsoft keeps it for 30 days.
    Delete,
    /// Adds the certificate of this visit.
    UseNow(Box<PublicCertificate>),
}

/// What a change is planned on.
pub struct Ground<'a> {
    /// What the tenant has of the App session, as it was read.
    pub live: &'a Live,
    /// What the App session was asked to be, where this browser knows it.
    pub expected: Option<&'a Blueprint>,
    /// The directory roles of the person: they decide what the run grants itself, and what goes over Microsoft's consent page.
    pub roles: &'a HeldRoles,
    /// The service principals of the resources that the tenant has, those of [`resources`] among them.
    pub resources: &'a BTreeMap<AppId, ObjectId>,
    /// The address of our consent page, which is a redirect URI for as long as a consent needs it.
    pub consent_uri: &'a str,
    /// The moment of planning: a certificate that ended before counts as none.
    pub now: Instant,
}

/// The plan of a wish.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// What the run is for, as its heading says.
    pub purpose: Purpose,
    /// What the App session is asked to be from then on.
    pub blueprint: Blueprint,
    /// The steps in the order of work.
    pub steps: Vec<StepKind>,
}

/// Returns the resources whose permissions a wish may grant: a plan needs to know which of them the tenant has.
#[must_use]
pub fn resources(live: &Live, expected: Option<&Blueprint>, wish: &Wish) -> Vec<AppId> {
    let wanted = match wish {
        Wish::Exchange => manage_as_app().into_iter().collect(),
        Wish::Permissions { wanted, .. } => wanted.clone(),
        Wish::Mend => live.lacking(expected),
        Wish::Credential(..) | Wish::RemoveSecret(_) | Wish::RemoveCertificate(_) | Wish::UseNow(_) | Wish::AddRole(_) => Vec::new(),
        Wish::Audience(_) | Wish::Rename(_) | Wish::Notes { .. } | Wish::SetEnabled(_) | Wish::Delete => Vec::new(),
    };
    let all = Blueprint { permissions: wanted, ..Blueprint::default() };
    all.resources().into_iter().map(|(resource, _)| resource.clone()).collect()
}

/// Makes the plan. No steps means that everything is in place.
#[must_use]
pub fn plan(ground: &Ground<'_>, wish: Wish) -> Change {
    let live = ground.live;
    let mut blueprint = target(ground);
    let (purpose, steps) = match wish {
        Wish::Credential(credential, certificate) => {
            blueprint.credential = credential;
            blueprint.certificate = certificate.map(|certificate| *certificate);
            new_credential(live, &blueprint)
        }
        Wish::RemoveSecret(secret) => (Purpose::RemoveCredential, vec![remove_secret(&secret)]),
        Wish::RemoveCertificate(key) => (Purpose::RemoveCredential, vec![remove_certificate(&key)]),
        Wish::UseNow(certificate) => (Purpose::UseNow, vec![AddCertificate { certificate }.into()]),
        Wish::Exchange => (Purpose::Exchange, exchange(ground, &mut blueprint)),
        Wish::AddRole(role) => {
            add_role(&mut blueprint, &role);
            (Purpose::Role, vec![AssignRole { role }.into()])
        }
        Wish::Permissions { wanted, grant, revoke } => {
            let (added, removed) = (without(&wanted, &live.wanted()), without(&live.wanted(), &wanted));
            blueprint.permissions = wanted;
            let mut steps = change_permissions(added, removed.clone());
            if grant {
                steps.extend(granting(ground, &blueprint, &live.lacking(Some(&blueprint))));
            }
            if revoke {
                let granted = removed.into_iter().filter(|p| live.comparison.granted.iter().any(|known| known.is_same(p)));
                steps.extend(revoking(granted.collect()));
            }
            (Purpose::Permissions, steps)
        }
        Wish::Mend => (Purpose::Mend, mend(ground, &blueprint)),
        Wish::Audience(audience) => {
            blueprint.audience = audience;
            (Purpose::Audience, vec![SetAudience { audience }.into()])
        }
        Wish::Rename(to) => {
            let from = std::mem::replace(&mut blueprint.name, to.clone());
            (Purpose::Rename, vec![Rename { from, to }.into()])
        }
        Wish::Notes { notes, reference } => (Purpose::Notes, vec![SetNotes { notes, reference }.into()]),
        Wish::SetEnabled(enabled) => {
            let purpose = if enabled { Purpose::Enable } else { Purpose::Disable };
            (purpose, vec![SetEnabled { enabled }.into()])
        }
        Wish::Delete => {
            let (id, name) = (live.application.id.clone(), live.application.display_name.clone());
            (Purpose::Delete, vec![DeleteApplication { id, name, unique_name: None }.into()])
        }
    };
    Change { purpose, blueprint, steps }
}

/// Returns what the App session should look like before the wish: as it was asked to be, else as it is.
fn target(ground: &Ground<'_>) -> Blueprint {
    let live = ground.live;
    let as_it_is =
        || Blueprint { permissions: live.wanted(), roles: live.roles.clone(), credential: Credential::None, ..Blueprint::default() };
    Blueprint {
        name: live.application.display_name.clone(),
        redirect_uris: live.application.redirect_uris().to_vec(),
        audience: live.audience(),
        grant_in_run: true,
        ..ground.expected.cloned().unwrap_or_else(as_it_is)
    }
}

/// A secret takes the place of secrets, a certificate that of secrets too, or of certificates where there is no secret.
fn new_credential(live: &Live, blueprint: &Blueprint) -> (Purpose, Vec<StepKind>) {
    let (secrets, keys) = (&live.application.password_credentials, &live.application.key_credentials);
    let is_secret = matches!(blueprint.credential, Credential::Secret { .. });
    let old: Vec<StepKind> = if is_secret || !secrets.is_empty() {
        secrets.iter().map(remove_secret).collect()
    } else {
        keys.iter().map(remove_certificate).collect()
    };
    let purpose = match (old.is_empty(), is_secret || secrets.is_empty()) {
        (true, _) => Purpose::AddCredential,
        (false, true) => Purpose::Rotate,
        (false, false) => Purpose::SwitchToCertificate,
    };
    (purpose, build::credential(blueprint).into_iter().chain(old).collect())
}

fn exchange(ground: &Ground<'_>, blueprint: &mut Blueprint) -> Vec<StepKind> {
    let live = ground.live;
    let role = DirectoryRole { id: EXCHANGE_ADMINISTRATOR.into(), name: "Exchange Administrator".into() };
    let wanted: Vec<Chosen> = manage_as_app().into_iter().collect();
    blueprint.permissions.extend(without(&wanted, &blueprint.permissions));
    let mut steps = change_permissions(wanted.iter().filter(|p| !live.application.asks_for(p)).cloned().collect(), Vec::new());
    steps.extend(granting(ground, blueprint, &without(&wanted, &live.comparison.granted)));
    if !live.has_role(&role) {
        steps.push(AssignRole { role: role.clone() }.into());
    }
    add_role(blueprint, &role);
    if live.thumbprint(ground.now).is_none() {
        blueprint.credential = Credential::Certificate { days: DEFAULT_DAYS, bits: DEFAULT_BITS };
        steps.extend(build::credential(blueprint));
    }
    steps
}

fn mend(ground: &Ground<'_>, blueprint: &Blueprint) -> Vec<StepKind> {
    let live = ground.live;
    let mut steps = match &live.service_principal {
        None => vec![CreateServicePrincipal {}.into()],
        Some(principal) if !principal.account_enabled => vec![SetEnabled { enabled: true }.into()],
        Some(_) => Vec::new(),
    };
    let unasked = blueprint.permissions.iter().filter(|p| !live.application.asks_for(p)).cloned().collect();
    steps.extend(change_permissions(unasked, Vec::new()));
    steps.extend(granting(ground, blueprint, &live.lacking(Some(blueprint))));
    steps.extend(blueprint.roles.iter().filter(|role| !live.has_role(role)).map(|role| AssignRole { role: role.clone() }.into()));
    steps
}

fn add_role(blueprint: &mut Blueprint, role: &DirectoryRole) {
    if !blueprint.roles.iter().any(|known| known.id == role.id) {
        blueprint.roles.push(role.clone());
    }
}

/// Returns the permissions of one list that the other lacks.
fn without(all: &[Chosen], others: &[Chosen]) -> Vec<Chosen> {
    all.iter().filter(|p| !others.iter().any(|other| other.is_same(p))).cloned().collect()
}

fn change_permissions(add: Vec<Chosen>, remove: Vec<Chosen>) -> Vec<StepKind> {
    if add.is_empty() && remove.is_empty() { Vec::new() } else { vec![ChangePermissions { add, remove }.into()] }
}

/// Returns the steps that grant permissions, after those that bring resources which the tenant lacks.
fn granting(ground: &Ground<'_>, blueprint: &Blueprint, permissions: &[Chosen]) -> Vec<StepKind> {
    let asked = Blueprint { permissions: permissions.to_vec(), ..Blueprint::default() };
    let lacks = |resource: &AppId| !ground.resources.contains_key(resource);
    let brought = asked.resources().into_iter().filter(|(resource, _)| lacks(resource));
    let mut steps: Vec<StepKind> =
        brought.map(|(resource, name)| AddResource { resource: resource.clone(), name: name.to_owned() }.into()).collect();
    steps.extend(build::consented(build::grants(&asked), blueprint, ground.roles, ground.consent_uri));
    steps
}

/// Returns the steps that revoke permissions: one an application permission, one a resource for its delegated ones, as they are granted.
fn revoking(permissions: Vec<Chosen>) -> Vec<StepKind> {
    let asked = Blueprint { permissions, ..Blueprint::default() };
    let delegated = |resource: AppId, name: String, scopes| RevokeDelegated { resource, name, scopes }.into();
    build::each_grant(&asked, |permission| RevokeApplication { permission }.into(), delegated)
}

fn remove_secret(secret: &PasswordCredential) -> StepKind {
    let name = secret.display_name.clone().unwrap_or_else(|| "without a name".into());
    RemoveSecret { key_id: secret.key_id.clone(), name, ends: secret.ends() }.into()
}

fn remove_certificate(key: &KeyCredential) -> StepKind {
    let name = key.display_name.clone().or_else(|| key.thumbprint()).unwrap_or_else(|| "without a name".into());
    RemoveCertificate { key_id: key.key_id.clone(), name, ends: key.ends() }.into()
}

fn manage_as_app() -> Option<Chosen> {
    Some(Chosen {
        resource: AppId::parse(EXCHANGE)?,
        resource_name: "Office 365 Exchange Online".into(),
        id: MANAGE_AS_APP.into(),
        kind: PermissionKind::Application,
        value: "Exchange.ManageAsApp".into(),
    })
}
