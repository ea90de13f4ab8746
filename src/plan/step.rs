//! The kinds of steps: which roles they need, what they read, what they write, and how the answers are understood.

use super::access::AccessStep;
use super::account::AccountStep;
use super::credentials::CredentialStep;
use super::exchange::ExchangeStep;
use super::observed::{AnyOf, TO_ASSIGN_ROLES, TO_CHANGE, TO_GRANT, TO_GRANT_GRAPH_ROLES, TO_REGISTER};
use super::record::{Facts, StepRecord};
use super::upkeep::Upkeep;
use crate::domain::blueprint::Blueprint;
use crate::domain::ids::{AppId, ObjectId, RunId};
use crate::domain::permission::{AZURE_AD_GRAPH, Chosen, GRAPH, PermissionKind};
use crate::domain::role::DirectoryRole;
use crate::domain::time::Instant;
use crate::graph::answer::{Fault, Outcome};
use crate::graph::applications::{self, Application};
use crate::graph::grants::{self, Grant};
use crate::graph::request::GraphRequest;
use crate::graph::roles::{self, RoleAssignment};
use crate::graph::service_principals::{self, AppRoleAssignment, ServicePrincipal};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum StepKind {
    CreateApplication,
    /// Take an application that is there, picked by name, and add what is missing.
    AdoptApplication {
        id: ObjectId,
        name: String,
    },
    CreateServicePrincipal,
    AddResource {
        resource: AppId,
        name: String,
    },
    GrantApplication {
        permission: Chosen,
    },
    GrantDelegated {
        resource: AppId,
        name: String,
        scopes: Vec<String>,
    },
    AddConsentRedirect {
        uri: String,
    },
    /// By Microsoft's page, here or by somebody else.
    Consent,
    RemoveConsentRedirect {
        uri: String,
    },
    AssignRole {
        role: DirectoryRole,
    },
    AddSecret {
        days: u32,
    },
    /// Undo: the application goes to the deleted items with all that hangs on it.
    DeleteApplication {
        id: ObjectId,
        name: String,
        /// What the application must carry, where an undo deletes what its run made.
        #[serde(default)]
        unique_name: Option<String>,
    },
    Credential(CredentialStep),
    Upkeep(Upkeep),
    Access(AccessStep),
    Account(AccountStep),
    Exchange(ExchangeStep),
}

/// What a step needs to know of its run.
pub struct Scene<'a> {
    pub run: &'a RunId,
    pub blueprint: &'a Blueprint,
    pub facts: &'a Facts,
    pub now: Instant,
}

impl Scene<'_> {
    /// The reconcile key of the application.
    #[must_use]
    pub fn unique_name(&self) -> String {
        format!("latchkey-{}", self.run)
    }

    /// The reconcile key of the client secret.
    #[must_use]
    pub fn secret_name(&self) -> String {
        format!("{} · {}", self.blueprint.name.trim().chars().take(60).collect::<String>(), self.run.short())
    }
}

/// What a check found.
#[derive(Clone, PartialEq, Debug)]
pub enum Finding {
    Present(Box<Learned>),
    Missing,
    /// The answers don't tell; the worst of them says why.
    Unclear(Outcome),
}

/// Facts that an answer brought.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Learned {
    pub application: Option<(ObjectId, AppId)>,
    pub service_principal: Option<ObjectId>,
    pub resource: Option<(AppId, ObjectId)>,
    /// An id that undo or a later read needs.
    pub made: Option<String>,
    /// Redirect URIs or scopes that are there already and must be kept.
    pub keep: Vec<String>,
}

impl StepKind {
    /// Whether it waits for a word of its own before anything is written.
    #[must_use]
    pub fn asks_first(&self) -> bool {
        matches!(self, Self::Credential(step) if step.asks_first())
    }

    /// Whether the run makes sense without it when it was refused.
    #[must_use]
    pub fn can_be_left_out(&self) -> bool {
        use AccountStep::{AssignLicence, AssignRole, GrantAccess};
        matches!(
            self,
            Self::Account(AssignLicence { .. } | AssignRole { .. } | GrantAccess(_)) | Self::Exchange(ExchangeStep::Assign { .. })
        )
    }

    /// Whether it deletes what other things hang on, so that its name must be typed first.
    #[must_use]
    pub fn deletes(&self) -> bool {
        matches!(self, Self::DeleteApplication { .. } | Self::Account(AccountStep::Delete { .. }))
    }

    /// Whether it gives the application a credential.
    #[must_use]
    pub fn adds_credential(&self) -> bool {
        use CredentialStep::{AddCertificate, MakeCertificate};
        matches!(self, Self::AddSecret { .. } | Self::Credential(AddCertificate { .. } | MakeCertificate { .. }))
    }

    /// Returns the roles of which the person needs one.
    #[must_use]
    pub fn roles_needed(&self) -> AnyOf {
        match self {
            Self::CreateApplication | Self::CreateServicePrincipal => TO_REGISTER,
            Self::AdoptApplication { .. } | Self::AddConsentRedirect { .. } | Self::RemoveConsentRedirect { .. } => TO_CHANGE,
            Self::AddResource { .. } | Self::AddSecret { .. } | Self::DeleteApplication { .. } => TO_CHANGE,
            Self::GrantApplication { permission } => to_grant(permission),
            Self::GrantDelegated { .. } => TO_GRANT,
            Self::Consent => TO_GRANT_GRAPH_ROLES,
            Self::AssignRole { .. } => TO_ASSIGN_ROLES,
            Self::Credential(step) => step.roles_needed(),
            Self::Upkeep(step) => step.roles_needed(),
            Self::Access(step) => step.roles_needed(),
            Self::Account(step) => step.roles_needed(),
            Self::Exchange(step) => step.roles_needed(),
        }
    }

    /// How many good reads in a row end the wait for a written object; 0 for no wait.
    #[must_use]
    pub fn good_reads(&self) -> u32 {
        match self {
            Self::AssignRole { .. } => 3,
            Self::GrantApplication { .. } | Self::GrantDelegated { .. } => 1,
            Self::CreateApplication | Self::CreateServicePrincipal | Self::AddResource { .. } => 1,
            Self::AdoptApplication { .. } | Self::AddConsentRedirect { .. } | Self::RemoveConsentRedirect { .. } => 1,
            Self::Consent | Self::AddSecret { .. } | Self::DeleteApplication { .. } => 1,
            Self::Credential(_) | Self::Upkeep(_) | Self::Access(_) | Self::Exchange(_) => 1,
            Self::Account(step) => step.good_reads(),
        }
    }

    /// Whether the body of the write depends on what is there, so that a read comes first.
    #[must_use]
    pub fn reads_first(&self) -> bool {
        !matches!(self, Self::CreateApplication)
    }

    /// Returns the reads that tell whether the step is done. `None` when an earlier step has not brought what they need.
    #[must_use]
    pub fn check(&self, scene: &Scene<'_>) -> Option<Vec<GraphRequest>> {
        let facts = scene.facts;
        let principal = || facts.service_principal.as_ref();
        Some(match self {
            Self::CreateApplication => vec![applications::by_unique_name(&scene.unique_name())],
            Self::AdoptApplication { id, .. } | Self::DeleteApplication { id, .. } => vec![applications::by_id(id)],
            Self::CreateServicePrincipal => vec![service_principals::by_app_id(facts.app_id.as_ref()?)],
            Self::AddResource { resource, .. } => vec![service_principals::by_app_id(resource)],
            Self::GrantApplication { .. } => vec![service_principals::granted_to(principal()?)],
            Self::GrantDelegated { .. } => vec![grants::of_client(principal()?)],
            Self::AddConsentRedirect { .. } | Self::RemoveConsentRedirect { .. } | Self::AddSecret { .. } => {
                vec![applications::by_id(facts.application.as_ref()?)]
            }
            Self::Consent => {
                // The consent page makes the service principals of resources that the tenant lacked.
                let mut reads = vec![service_principals::granted_to(principal()?), grants::of_client(principal()?)];
                reads.extend(scene.blueprint.resources().into_iter().map(|(resource, _)| service_principals::by_app_id(resource)));
                reads
            }
            Self::AssignRole { .. } => vec![roles::of_principal(principal()?)],
            Self::Credential(step) => return step.check(scene),
            Self::Upkeep(step) => return step.check(scene),
            Self::Access(step) => return step.check(scene),
            Self::Account(step) => return step.check(scene),
            Self::Exchange(step) => return step.check(scene),
        })
    }

    /// Understands the answers to [`StepKind::check`].
    #[must_use]
    pub fn judge_check(&self, scene: &Scene<'_>, outcomes: &[Outcome]) -> Finding {
        let Some(first) = outcomes.first() else { return unclear("NoAnswer") };
        let facts = scene.facts;
        let present = |learned: Learned| Finding::Present(Box::new(learned));
        match self {
            Self::CreateApplication => one::<Application>(first, |app| {
                // What was asked for is read back: an address that comes back otherwise leads sign-ins astray.
                if !scene.blueprint.redirect_uris.iter().all(|uri| app.redirect_uris().contains(uri)) {
                    return Finding::Unclear(Outcome::Rejected(Fault::without_answer("RedirectsDiffer")));
                }
                present(Learned {
                    application: Some((app.id.clone(), app.app_id.clone())),
                    made: Some(app.id.to_string()),
                    ..Learned::default()
                })
            }),
            Self::AdoptApplication { .. } => one::<Application>(first, |app| {
                let learned = Learned { application: Some((app.id.clone(), app.app_id.clone())), ..Learned::default() };
                if lacks(&app, scene.blueprint) { Finding::Missing } else { present(learned) }
            }),
            // Gone is what is wanted.
            Self::DeleteApplication { unique_name, .. } => match first {
                Outcome::NotFound(_) => present(Learned::default()),
                Outcome::Ok(body) if unique_name.is_some() && body.get("uniqueName").and_then(Value::as_str) != unique_name.as_deref() => {
                    Finding::Unclear(Outcome::Rejected(Fault::without_answer("NotOurs")))
                }
                Outcome::Ok(_) => Finding::Missing,
                other => Finding::Unclear(other.clone()),
            },
            Self::CreateServicePrincipal => one::<ServicePrincipal>(first, |sp| {
                present(Learned { service_principal: Some(sp.id.clone()), made: Some(sp.id.to_string()), ..Learned::default() })
            }),
            Self::AddResource { resource, .. } => one::<ServicePrincipal>(first, |sp| {
                present(Learned { resource: Some((resource.clone(), sp.id.clone())), ..Learned::default() })
            }),
            Self::GrantApplication { permission } => list::<AppRoleAssignment>(first, |assignments| {
                let resource = facts.resources.get(&permission.resource);
                let found = assignments.iter().find(|a| Some(&a.resource_id) == resource && a.app_role_id == permission.id);
                found.map_or(Finding::Missing, |a| present(Learned { made: Some(a.id.clone()), ..Learned::default() }))
            }),
            Self::GrantDelegated { resource, scopes, .. } => list::<Grant>(first, |grants| {
                let found = grants.iter().find(|grant| grant.is_tenant_wide() && Some(&grant.resource_id) == facts.resources.get(resource));
                match found {
                    Some(grant) if scopes.iter().all(|scope| grant.scopes().any(|held| held == scope)) => {
                        present(Learned { made: Some(grant.id.clone()), ..Learned::default() })
                    }
                    _ => Finding::Missing,
                }
            }),
            Self::AddConsentRedirect { uri } => {
                one::<Application>(
                    first,
                    |app| if app.redirect_uris().contains(uri) { present(Learned::default()) } else { Finding::Missing },
                )
            }
            Self::RemoveConsentRedirect { uri } => {
                one::<Application>(
                    first,
                    |app| if app.redirect_uris().contains(uri) { Finding::Missing } else { present(Learned::default()) },
                )
            }
            Self::Consent => judge_consent(scene, outcomes),
            Self::AssignRole { role } => list::<RoleAssignment>(first, |assignments| {
                let found = assignments.iter().find(|a| a.role_definition_id == role.id);
                found.map_or(Finding::Missing, |a| present(Learned { made: Some(a.id.clone()), ..Learned::default() }))
            }),
            Self::AddSecret { .. } => unclear("SecretStep"),
            Self::Credential(step) => step.judge_check(outcomes),
            Self::Upkeep(step) => step.judge_check(scene, outcomes),
            Self::Access(step) => step.judge_check(outcomes),
            Self::Account(step) => step.judge_check(scene, outcomes),
            Self::Exchange(step) => step.judge_check(outcomes),
        }
    }

    /// Returns the write. `last_read` is the answer to the last check, for what must be kept.
    #[must_use]
    pub fn write(&self, scene: &Scene<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let facts = scene.facts;
        let application = || last_read.and_then(|value| serde_json::from_value::<Application>(value.clone()).ok());
        Some(match self {
            Self::CreateApplication => applications::upsert(&scene.unique_name(), scene.blueprint),
            Self::AdoptApplication { id, .. } => adopt(id, &application()?, scene.blueprint),
            Self::CreateServicePrincipal => service_principals::upsert(facts.app_id.as_ref()?),
            Self::AddResource { resource, .. } => service_principals::create(resource),
            Self::GrantApplication { permission } => {
                service_principals::grant(facts.service_principal.as_ref()?, facts.resources.get(&permission.resource)?, &permission.id)
            }
            Self::GrantDelegated { resource, scopes, .. } => grant_delegated(facts, resource, scopes, last_read)?,
            Self::AddConsentRedirect { uri } => {
                let mut uris = application()?.redirect_uris().to_vec();
                uris.push(uri.clone());
                applications::set_redirect_uris(facts.application.as_ref()?, &uris)
            }
            Self::RemoveConsentRedirect { uri } => {
                let uris: Vec<String> = application()?.redirect_uris().iter().filter(|known| *known != uri).cloned().collect();
                applications::set_redirect_uris(facts.application.as_ref()?, &uris)
            }
            Self::AssignRole { role } => roles::assign(facts.service_principal.as_ref()?, &role.id),
            Self::DeleteApplication { id, .. } => applications::delete(id),
            Self::Credential(step) => return step.write(scene, last_read),
            Self::Upkeep(step) => return step.write(scene, last_read),
            Self::Access(step) => return step.write(scene, last_read),
            Self::Account(step) => return step.write(scene, last_read),
            Self::Exchange(step) => return step.write(scene, last_read),
            Self::Consent | Self::AddSecret { .. } => return None,
        })
    }

    /// Whether a read shows what earlier steps of the run wrote into the same list. One that does not comes from a replica that is
    /// behind: a list that is built on it would take back what they did.
    #[must_use]
    pub fn fits(&self, earlier: &[StepRecord], facts: &Facts, read: &Value) -> bool {
        let written = |step: &&StepRecord| step.applied;
        match self {
            Self::Credential(CredentialStep::AddCertificate { .. } | CredentialStep::RemoveCertificate { .. }) => {
                let Ok(app) = serde_json::from_value::<Application>(read.clone()) else { return true };
                earlier.iter().filter(written).all(|step| match &step.step {
                    Self::Credential(CredentialStep::AddCertificate { certificate }) => {
                        app.key_credentials.iter().any(|key| key.is_of(certificate))
                    }
                    Self::Credential(CredentialStep::RemoveCertificate { key_id, .. }) => {
                        !app.key_credentials.iter().any(|key| key.key_id == *key_id)
                    }
                    _ => true,
                })
            }
            Self::GrantDelegated { resource, .. } | Self::Upkeep(Upkeep::RevokeDelegated { resource, .. }) => {
                let there: Vec<Grant> = read_list(read).unwrap_or_default();
                let held = |scope: &String| {
                    let of_resource = |grant: &&Grant| grant.is_tenant_wide() && Some(&grant.resource_id) == facts.resources.get(resource);
                    there.iter().filter(of_resource).any(|grant| grant.scopes().any(|held| held == scope))
                };
                earlier.iter().filter(written).all(|step| match &step.step {
                    Self::GrantDelegated { resource: of, scopes, .. } if of == resource => scopes.iter().all(held),
                    Self::Upkeep(Upkeep::RevokeDelegated { resource: of, scopes, .. }) if of == resource => !scopes.iter().any(held),
                    _ => true,
                })
            }
            _ => true,
        }
    }

    /// Returns what of the things that the step changes was there before it: scopes of the grant, ids of permissions.
    #[must_use]
    pub fn before(&self, scene: &Scene<'_>, last_read: &Value) -> Vec<String> {
        let facts = scene.facts;
        match self {
            Self::Account(step) => step.before(scene, last_read),
            Self::GrantDelegated { resource, .. } | Self::Upkeep(Upkeep::RevokeDelegated { resource, .. }) => {
                let there: Vec<Grant> = read_list(last_read).unwrap_or_default();
                let grant = there.iter().find(|grant| grant.is_tenant_wide() && Some(&grant.resource_id) == facts.resources.get(resource));
                grant.map(|grant| grant.scopes().map(str::to_owned).collect()).unwrap_or_default()
            }
            Self::Upkeep(Upkeep::SetAudience { .. }) => {
                last_read.get("signInAudience").and_then(Value::as_str).map(str::to_owned).into_iter().collect()
            }
            Self::Upkeep(Upkeep::ChangePermissions { .. }) => {
                let app = serde_json::from_value::<Application>(last_read.clone()).ok();
                let required = app.map(|app| app.required_resource_access).unwrap_or_default();
                required.into_iter().flat_map(|resource| resource.resource_access).map(|access| access.id).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns what a good answer to the write brought. `None` when it must be read.
    #[must_use]
    pub fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        match self {
            Self::CreateApplication => {
                let (id, app_id) = (ObjectId::parse(text("id")?)?, AppId::parse(text("appId")?)?);
                Some(Learned { made: Some(id.to_string()), application: Some((id, app_id)), ..Learned::default() })
            }
            Self::CreateServicePrincipal => {
                let id = ObjectId::parse(text("id")?)?;
                Some(Learned { made: Some(id.to_string()), service_principal: Some(id), ..Learned::default() })
            }
            Self::AddResource { resource, .. } => {
                Some(Learned { resource: Some((resource.clone(), ObjectId::parse(text("id")?)?)), ..Learned::default() })
            }
            Self::Account(AccountStep::AssignRole { .. } | AccountStep::GrantAccess(_))
            | Self::Exchange(ExchangeStep::Assign { .. })
            | Self::GrantApplication { .. }
            | Self::GrantDelegated { .. }
            | Self::AssignRole { .. } => Some(Learned { made: text("id").map(str::to_owned), ..Learned::default() }),
            _ => Some(Learned::default()),
        }
    }
}

pub(super) fn to_grant(permission: &Chosen) -> AnyOf {
    let of_graph = matches!(permission.resource.as_str(), GRAPH | AZURE_AD_GRAPH);
    if permission.kind == PermissionKind::Application && of_graph { TO_GRANT_GRAPH_ROLES } else { TO_GRANT }
}

pub(super) fn unclear(code: &str) -> Finding {
    Finding::Unclear(Outcome::Unknown(Fault::without_answer(code)))
}

/// Reads a single object; not found is missing.
pub(super) fn one<T: DeserializeOwned>(outcome: &Outcome, found: impl FnOnce(T) -> Finding) -> Finding {
    match outcome {
        Outcome::Ok(body) => serde_json::from_value(body.clone()).map_or_else(|_| unclear("UnreadableAnswer"), found),
        Outcome::NotFound(_) => Finding::Missing,
        other => Finding::Unclear(other.clone()),
    }
}

/// Reads a collection. That its owner is not found means that it is not known everywhere yet.
pub(super) fn list<T: DeserializeOwned>(outcome: &Outcome, found: impl FnOnce(&[T]) -> Finding) -> Finding {
    match outcome {
        Outcome::Ok(body) => read_list(body).map_or_else(|| unclear("UnreadableAnswer"), |items| found(&items)),
        Outcome::NotFound(fault) => Finding::Unclear(Outcome::NotYet(fault.clone())),
        other => Finding::Unclear(other.clone()),
    }
}

/// Reads `value` of a collection.
#[must_use]
pub fn read_list<T: DeserializeOwned>(body: &Value) -> Option<Vec<T>> {
    serde_json::from_value(body.get("value")?.clone()).ok()
}

fn judge_consent(scene: &Scene<'_>, outcomes: &[Outcome]) -> Finding {
    let [assignments, grants, principals @ ..] = outcomes else { return unclear("NoAnswer") };
    let mut resources = scene.facts.resources.clone();
    for (outcome, (app_id, _)) in principals.iter().zip(scene.blueprint.resources()) {
        if let Outcome::Ok(body) = outcome
            && let Ok(principal) = serde_json::from_value::<ServicePrincipal>(body.clone())
        {
            resources.insert(app_id.clone(), principal.id);
        }
    }
    list::<AppRoleAssignment>(assignments, |assignments| {
        list::<Grant>(grants, |grants| {
            let missing = super::status::compare(&scene.blueprint.permissions, &resources, assignments, grants).missing;
            if missing.is_empty() { Finding::Present(Box::default()) } else { Finding::Missing }
        })
    })
}

/// Whether an application lacks anything of the blueprint that its registration carries.
fn lacks(app: &Application, blueprint: &Blueprint) -> bool {
    !blueprint.permissions.iter().all(|permission| app.asks_for(permission))
        || !blueprint.redirect_uris.iter().all(|uri| app.redirect_uris().contains(uri))
        || !app.tags.iter().any(|tag| tag == applications::TAG)
}

/// Adds the blueprint to an application, keeping all that it has.
fn adopt(id: &ObjectId, app: &Application, blueprint: &Blueprint) -> GraphRequest {
    let mut resources: Vec<(String, Vec<Value>)> = app
        .required_resource_access
        .iter()
        .map(|resource| {
            (
                resource.resource_app_id.to_string(),
                resource.resource_access.iter().map(|a| serde_json::json!({"id": a.id, "type": a.kind})).collect(),
            )
        })
        .collect();
    for wanted in applications::required_resource_access(&blueprint.permissions).as_array().into_iter().flatten() {
        let resource = wanted["resourceAppId"].as_str().unwrap_or_default().to_owned();
        let list = match resources.iter().position(|(known, _)| *known == resource) {
            Some(at) => &mut resources[at].1,
            None => {
                resources.push((resource, Vec::new()));
                let last = resources.len() - 1;
                &mut resources[last].1
            }
        };
        for access in wanted["resourceAccess"].as_array().into_iter().flatten() {
            if !list.contains(access) {
                list.push(access.clone());
            }
        }
    }
    let access: Vec<Value> =
        resources.into_iter().map(|(id, list)| serde_json::json!({"resourceAppId": id, "resourceAccess": list})).collect();
    let union = |have: &[String], want: &[String]| -> Vec<String> {
        let mut all = have.to_vec();
        all.extend(want.iter().filter(|item| !have.contains(item)).cloned());
        all
    };
    let uris = union(app.redirect_uris(), &blueprint.redirect_uris);
    let tags = union(&app.tags, &[applications::TAG.to_owned()]);
    GraphRequest::patch(
        format!("/applications/{id}"),
        serde_json::json!({"requiredResourceAccess": access, "tags": tags, "web": {"redirectUris": uris}}),
    )
}

/// One grant exists for a client, a resource and the whole tenant: it is created, or widened by what is missing.
fn grant_delegated(facts: &Facts, resource: &AppId, scopes: &[String], last_read: Option<&Value>) -> Option<GraphRequest> {
    let (client, resource) = (facts.service_principal.as_ref()?, facts.resources.get(resource)?);
    let there: Vec<Grant> = last_read.and_then(read_list).unwrap_or_default();
    let existing = there.iter().find(|grant| grant.is_tenant_wide() && grant.resource_id == *resource);
    Some(match existing {
        Some(grant) => {
            let mut all: Vec<&str> = grant.scopes().collect();
            for scope in scopes {
                if !all.contains(&scope.as_str()) {
                    all.push(scope);
                }
            }
            grants::set_scopes(&grant.id, &all)
        }
        None => grants::create(client, resource, &scopes.iter().map(String::as_str).collect::<Vec<_>>()),
    })
}
