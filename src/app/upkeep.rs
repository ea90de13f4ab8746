//! Plans for an App session that exists: rotation, permissions, audience, name, life. Each is shown before anything is written.

use super::app_sessions::Live;
use super::tenant;
use super::{App, Current, graph, runs, sessions};
use crate::domain::blueprint::{Audience, Blueprint, Credential};
use crate::domain::certificate::PublicCertificate;
use crate::domain::certificate::{DEFAULT_BITS, DEFAULT_DAYS};
use crate::domain::ids::ObjectId;
use crate::domain::permission::{Chosen, PermissionKind};
use crate::domain::role::{DirectoryRole, EXCHANGE_ADMINISTRATOR};
use crate::domain::session::{AppSession, Person};
use crate::entra::scopes::Feature;
use crate::graph::applications::{KeyCredential, PasswordCredential};
use crate::plan::build;
use crate::plan::credentials::CredentialStep;
use crate::plan::observed::HeldRoles;
use crate::plan::preflight;
use crate::plan::record::{Facts, Purpose, RunRecord, Was};
use crate::plan::step::StepKind;
use crate::plan::undo;
use crate::plan::upkeep::Upkeep;
use crate::platform::clock;
use crate::text::{self, Notice};

/// Exchange.ManageAsApp of Exchange Online (Microsoft Learn, app-only authentication in Exchange Online PowerShell).
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
const MANAGE_AS_APP: &str = "dc50a0fb-09a3-484d-be87-e023b12c6440";

/// What a change is made to.
#[derive(Clone)]
pub struct Subject {
    pub person: Person,
    pub current: Current,
    pub found: AppSession,
    pub live: Live,
}

/// What the person asked for.
#[derive(Clone)]
pub enum Wish {
    Rotate {
        days: u32,
    },
    /// With an uploaded one, or one that is made in this browser.
    SwitchToCertificate {
        uploaded: Option<Box<PublicCertificate>>,
        days: u32,
        bits: u32,
    },
    RemoveSecret(PasswordCredential),
    RemoveCertificate(KeyCredential),
    Exchange,
    AddRole(DirectoryRole),
    Permissions {
        wanted: Vec<Chosen>,
        grant: bool,
        revoke: bool,
    },
    Mend,
    Audience(Audience),
    Rename(String),
    SetEnabled(bool),
    Delete,
    /// Adds the certificate of this visit.
    UseNow(Box<PublicCertificate>),
}

/// A plan as it is shown, with the roles of the person who would carry it out.
#[derive(Clone)]
pub struct Proposal {
    pub record: RunRecord,
    pub roles: HeldRoles,
    /// The name that must be typed first, where something is deleted.
    pub typed: Option<String>,
}

impl Subject {
    /// Returns what the App session should look like: as its blueprint says, else as it is.
    fn blueprint(&self) -> Blueprint {
        let live = &self.live;
        let mut blueprint = self.found.expected.clone().unwrap_or_else(|| Blueprint {
            permissions: live.wanted(),
            roles: live.roles.clone(),
            credential: Credential::None,
            ..Blueprint::default()
        });
        blueprint.name.clone_from(&live.application.display_name);
        blueprint.redirect_uris = live.application.redirect_uris().to_vec();
        blueprint.audience = live.audience();
        blueprint.grant_in_run = true;
        blueprint
    }
}

/// Makes the plan of a wish. Reads what the person may do; writes nothing.
///
/// # Errors
/// What could not be read, or why there is nothing to do.
pub async fn propose(app: App, subject: Subject, wish: Wish) -> Result<Proposal, Notice> {
    let current = &subject.current;
    let client = graph::bind(app, &current.account, &current.tenant.id, Feature::AppSessions)
        .await
        .map_err(|trouble| sessions::explain(&trouble, &current.tenant.name))?;
    let roles = tenant::held_roles(app, current, &client).await;
    let consent_uri = app.config_now().map(|config| config.consent_uri()).unwrap_or_default();
    let mut blueprint = subject.blueprint();
    let live = &subject.live;
    let mut typed = None;
    let mut ids = live.resource_ids.clone();
    let (purpose, steps) = match wish {
        Wish::Rotate { days } => {
            blueprint.credential = Credential::Secret { days };
            (Purpose::Rotate, [vec![StepKind::AddSecret { days }], old_secrets(live)].concat())
        }
        Wish::SwitchToCertificate { uploaded, days, bits } => {
            let add = match uploaded {
                Some(certificate) => {
                    blueprint.credential = Credential::Uploaded;
                    blueprint.certificate = Some((*certificate).clone());
                    CredentialStep::AddCertificate { certificate }
                }
                None => {
                    blueprint.credential = Credential::Certificate { days, bits };
                    CredentialStep::MakeCertificate { days, bits }
                }
            };
            let rotates = live.secrets.is_empty() && !live.application.key_credentials.is_empty();
            let old = if rotates { live.application.key_credentials.iter().map(remove_certificate).collect() } else { old_secrets(live) };
            let purpose = if rotates { Purpose::Rotate } else { Purpose::SwitchToCertificate };
            (purpose, [vec![StepKind::Credential(add)], old].concat())
        }
        Wish::RemoveSecret(secret) => (Purpose::RemoveCredential, vec![remove_secret(&secret)]),
        Wish::RemoveCertificate(key) => (Purpose::RemoveCredential, vec![remove_certificate(&key)]),
        Wish::Exchange => {
            let permission = manage_as_app();
            let role = DirectoryRole { id: EXCHANGE_ADMINISTRATOR.into(), name: "Exchange Administrator".into() };
            let mut steps = Vec::new();
            if let Some(permission) = permission {
                if !live.application.asks_for(&permission) {
                    steps.push(StepKind::Upkeep(Upkeep::ChangePermissions { add: vec![permission.clone()], remove: Vec::new() }));
                }
                let resource = tenant::resource_ids(app, current, &client, std::slice::from_ref(&permission.resource)).await?;
                if resource.is_empty() {
                    steps.push(StepKind::AddResource { resource: permission.resource.clone(), name: permission.resource_name.clone() });
                }
                ids.extend(resource);
                if !blueprint.permissions.iter().any(|known| known.is_same(&permission)) {
                    blueprint.permissions.push(permission.clone());
                }
                if !live.comparison.granted.iter().any(|known| known.is_same(&permission)) {
                    steps.extend(build::consented(vec![StepKind::GrantApplication { permission }], &blueprint, &roles, &consent_uri));
                }
            }
            if !live.roles.iter().any(|held| held.id == role.id) {
                steps.push(StepKind::AssignRole { role: role.clone() });
            }
            if !blueprint.roles.contains(&role) {
                blueprint.roles.push(role);
            }
            if live.thumbprint(clock::now()).is_none() {
                blueprint.credential = Credential::Certificate { days: DEFAULT_DAYS, bits: DEFAULT_BITS };
                steps.extend(build::credential(&blueprint));
            }
            (Purpose::Exchange, steps)
        }
        Wish::AddRole(role) => {
            if !blueprint.roles.contains(&role) {
                blueprint.roles.push(role.clone());
            }
            (Purpose::Role, vec![StepKind::AssignRole { role }])
        }
        Wish::Permissions { wanted, grant, revoke } => {
            let asked = live.wanted();
            let lacks = |all: &[Chosen], one: &Chosen| !all.iter().any(|known| known.is_same(one));
            let add: Vec<Chosen> = wanted.iter().filter(|p| lacks(&asked, p)).cloned().collect();
            let remove: Vec<Chosen> = asked.iter().filter(|p| lacks(&wanted, p)).cloned().collect();
            blueprint.permissions = wanted;
            let mut steps = Vec::new();
            if !add.is_empty() || !remove.is_empty() {
                steps.push(StepKind::Upkeep(Upkeep::ChangePermissions { add, remove: remove.clone() }));
            }
            let resources: Vec<_> =
                blueprint.resources().into_iter().map(|(id, _)| id.clone()).filter(|id| !ids.contains_key(id)).collect();
            let known = tenant::resource_ids(app, current, &client, &resources).await?;
            for (resource, name) in blueprint.resources() {
                if resources.contains(resource) && !known.contains_key(resource) {
                    steps.push(StepKind::AddResource { resource: resource.clone(), name: name.to_owned() });
                }
            }
            ids.extend(known);
            if grant {
                let missing: Vec<Chosen> = blueprint.permissions.iter().filter(|p| lacks(&live.comparison.granted, p)).cloned().collect();
                steps.extend(build::consented(grants_of(&missing), &blueprint, &roles, &consent_uri));
            }
            if revoke {
                let granted: Vec<Chosen> = remove.into_iter().filter(|p| !lacks(&live.comparison.granted, p)).collect();
                steps.extend(revocations(&granted));
            }
            (Purpose::Permissions, steps)
        }
        Wish::Mend => {
            let mut steps = Vec::new();
            if live.service_principal.is_none() {
                steps.push(StepKind::CreateServicePrincipal);
            } else if live.service_principal.as_ref().is_some_and(|principal| !principal.account_enabled) {
                steps.push(StepKind::Upkeep(Upkeep::SetEnabled { enabled: true }));
            }
            let add: Vec<Chosen> = blueprint.permissions.iter().filter(|p| !live.application.asks_for(p)).cloned().collect();
            if !add.is_empty() {
                steps.push(StepKind::Upkeep(Upkeep::ChangePermissions { add, remove: Vec::new() }));
            }
            let missing = live.lacking(Some(&blueprint));
            let wanted = Blueprint { permissions: missing.clone(), ..Blueprint::default() };
            let resources: Vec<_> = wanted.resources().into_iter().map(|(id, _)| id.clone()).collect();
            let known = tenant::resource_ids(app, current, &client, &resources).await?;
            for (resource, name) in wanted.resources() {
                if !known.contains_key(resource) {
                    steps.push(StepKind::AddResource { resource: resource.clone(), name: name.to_owned() });
                }
            }
            ids.extend(known);
            steps.extend(build::consented(grants_of(&missing), &blueprint, &roles, &consent_uri));
            let lacking = blueprint.roles.iter().filter(|role| !live.roles.iter().any(|held| held.id == role.id));
            steps.extend(lacking.map(|role| StepKind::AssignRole { role: role.clone() }));
            (Purpose::Mend, steps)
        }
        Wish::Audience(audience) => {
            blueprint.audience = audience;
            (Purpose::Audience, vec![StepKind::Upkeep(Upkeep::SetAudience { audience })])
        }
        Wish::Rename(to) => {
            let from = std::mem::replace(&mut blueprint.name, to.clone());
            (Purpose::Rename, vec![StepKind::Upkeep(Upkeep::Rename { from, to })])
        }
        Wish::SetEnabled(enabled) => {
            let purpose = if enabled { Purpose::Enable } else { Purpose::Disable };
            (purpose, vec![StepKind::Upkeep(Upkeep::SetEnabled { enabled })])
        }
        Wish::UseNow(certificate) => (Purpose::UseNow, vec![StepKind::Credential(CredentialStep::AddCertificate { certificate })]),
        Wish::Delete => {
            typed = Some(live.application.display_name.clone());
            let id = live.application.id.clone();
            (Purpose::Delete, vec![StepKind::DeleteApplication { id, name: live.application.display_name.clone(), unique_name: None }])
        }
    };
    if let Some(step) = steps.iter().find(|step| step.adds_credential())
        && let Some(policy) = tenant::secret_policy(app, current, &client, &roles).await
        && let Some(obstacle) = preflight::forbidden(&with_credential_of(step), policy)
    {
        let (what, next) = text::upkeep::forbidden(&obstacle);
        return Err(Notice::new(what, next));
    }
    if steps.is_empty() {
        return Err(Notice::new("There is nothing to change.", "Everything that this plan would do is in place."));
    }
    let facts = Facts {
        application: Some(live.application.id.clone()),
        app_id: Some(live.application.app_id.clone()),
        service_principal: live.service_principal.as_ref().map(|principal| principal.id.clone()),
        resources: ids,
    };
    let was = Was { name: subject.found.name.clone(), expected: subject.found.expected.clone() };
    let record = runs::planned_on(&subject.person, current.tenant.clone(), purpose, blueprint, steps, facts);
    record
        .map(|record| Proposal { record: RunRecord { was: Some(was), ..record }, roles, typed })
        .ok_or_else(|| Notice::new("The browser has no random numbers.", "Reload the page."))
}

/// Returns a blueprint with the credential that a step adds, for the policy.
fn with_credential_of(step: &StepKind) -> Blueprint {
    let (credential, certificate) = match step {
        StepKind::AddSecret { days } => (Credential::Secret { days: *days }, None),
        StepKind::Credential(CredentialStep::MakeCertificate { days, bits }) => {
            (Credential::Certificate { days: *days, bits: *bits }, None)
        }
        StepKind::Credential(CredentialStep::AddCertificate { certificate }) => (Credential::Uploaded, Some((**certificate).clone())),
        _ => (Credential::None, None),
    };
    Blueprint { credential, certificate, ..Blueprint::default() }
}

fn grants_of(permissions: &[Chosen]) -> Vec<StepKind> {
    build::grants(&Blueprint { permissions: permissions.to_vec(), ..Blueprint::default() })
}

fn revocations(permissions: &[Chosen]) -> Vec<StepKind> {
    let (application, delegated): (Vec<&Chosen>, Vec<&Chosen>) = permissions.iter().partition(|p| p.kind == PermissionKind::Application);
    let mut steps: Vec<StepKind> =
        application.into_iter().map(|p| StepKind::Upkeep(Upkeep::RevokeApplication { permission: p.clone() })).collect();
    let whole = Blueprint { permissions: delegated.into_iter().cloned().collect(), ..Blueprint::default() };
    for (resource, name) in whole.resources() {
        let scopes = whole.permissions.iter().filter(|p| p.resource == *resource).map(|p| p.value.clone()).collect();
        steps.push(StepKind::Upkeep(Upkeep::RevokeDelegated { resource: resource.clone(), name: name.to_owned(), scopes }));
    }
    steps
}

fn old_secrets(live: &Live) -> Vec<StepKind> {
    live.secrets.iter().map(remove_secret).collect()
}

fn remove_secret(secret: &PasswordCredential) -> StepKind {
    let name = secret.display_name.clone().unwrap_or_else(|| "without a name".into());
    StepKind::Credential(CredentialStep::RemoveSecret { key_id: secret.key_id.clone(), name, ends: secret.ends() })
}

fn remove_certificate(key: &KeyCredential) -> StepKind {
    let name = key.display_name.clone().or_else(|| key.thumbprint()).unwrap_or_else(|| "without a name".into());
    StepKind::Credential(CredentialStep::RemoveCertificate { key_id: key.key_id.clone(), name, ends: key.ends() })
}

fn manage_as_app() -> Option<Chosen> {
    Some(Chosen {
        resource: crate::domain::ids::AppId::parse(EXCHANGE)?,
        resource_name: "Office 365 Exchange Online".into(),
        id: MANAGE_AS_APP.into(),
        kind: PermissionKind::Application,
        value: "Exchange.ManageAsApp".into(),
    })
}

/// Makes the plan that brings a deleted App session back.
///
/// # Errors
/// What could not be read.
pub async fn propose_restore(app: App, person: Person, current: Current, id: ObjectId, name: String) -> Result<Proposal, Notice> {
    let client = graph::bind(app, &current.account, &current.tenant.id, Feature::AppSessions)
        .await
        .map_err(|trouble| sessions::explain(&trouble, &current.tenant.name))?;
    let roles = tenant::held_roles(app, &current, &client).await;
    let blueprint = Blueprint { name: name.clone(), credential: Credential::None, ..Blueprint::default() };
    let known = sessions::app_of_object(app, &id).and_then(|found| found.expected);
    let known_principal = sessions::app_of_object(app, &id).and_then(|found| found.service_principal);
    let steps = vec![StepKind::Upkeep(Upkeep::Restore { id: id.clone(), name }), undo::restore_principal(known_principal.as_ref())];
    let facts = Facts { application: Some(id), ..Facts::default() };
    let record = runs::planned_on(&person, current.tenant.clone(), Purpose::Restore, known.unwrap_or(blueprint), steps, facts);
    record
        .map(|record| Proposal { record, roles, typed: None })
        .ok_or_else(|| Notice::new("The browser has no random numbers.", "Reload the page."))
}
