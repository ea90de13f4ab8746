//! The live state of an App session, read from the tenant.

use super::graph::{self, ask, unread};
use super::{App, Current, sessions};
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::permission::{Chosen, PermissionKind};
use crate::domain::role::DirectoryRole;
use crate::domain::session::{AppSession, Person};
use crate::entra::scopes::Scopes;
use crate::formats::Asked;
use crate::graph::applications::{self, Application, PasswordCredential};
use crate::graph::ask::{Reply, if_there};
use crate::graph::directory;
use crate::graph::grants::{self, Grant};
use crate::graph::roles::{self, RoleAssignment};
use crate::graph::service_principals::{self, AppRoleAssignment, Resource};
use crate::plan::live::recent_secrets;
pub use crate::plan::live::{Difference, Live, differences};
use crate::plan::record::StepRecord;
use crate::plan::status::compare;
use crate::platform::clock;
use crate::text::Notice;
use crate::text::faults::Read;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// How often a replica that lacks what this browser has just made is asked again, and after what time.
const LOOKS: u32 = 3;
const LOOK_AGAIN_MS: i32 = 2_000;

/// Reads the application, its grants and its roles; `None` when the application is not there.
///
/// # Errors
/// What could not be read.
pub async fn check(app: App, current: &Current, app_id: &AppId) -> Result<Option<Live>, Notice> {
    let scopes = Scopes::LOOK;
    let account = &current.account;
    let client = graph::bind(app, account, &current.tenant.id, scopes).await.map_err(|trouble| sessions::explain_in(&trouble, current))?;
    let unread = unread(Read::AppSession);
    let first = || (applications::by_app_id(app_id), service_principals::by_app_id(app_id), directory::initial_domain());
    let recent = app.runs.with_untracked(|runs| recent_secrets(runs.values(), app_id, clock::now()));
    let mut replies = ask(app, account, &client, scopes, first()).await;
    for _ in 0..LOOKS {
        let Ok(application) = &replies.0 else { break };
        let lists = |key_id: &String| application.password_credentials.iter().any(|secret| secret.key_id == *key_id);
        if recent.iter().all(lists) {
            break;
        }
        clock::sleep(LOOK_AGAIN_MS).await;
        replies = ask(app, account, &client, scopes, first()).await;
    }
    let (application, service_principal, initial_domain) = replies;
    let Some(application) = if_there(application).map_err(unread)? else {
        sessions::note_check(app, app_id, &current.tenant.id, 0, true).await;
        return Ok(None);
    };
    // Without a service principal nothing is granted; when it could not be read, nobody knows.
    let service_principal = if_there(service_principal).map_err(unread)?;
    let resource_ids: Vec<AppId> = application.required_resource_access.iter().map(|resource| resource.resource_app_id.clone()).collect();
    let has = |id: &ObjectId| (service_principals::granted_to(id), grants::of_client(id), roles::of_principal(id));
    let asked = (
        resource_ids.iter().map(service_principals::resource).collect::<Vec<_>>(),
        applications::owners(&application.id),
        service_principal.as_ref().map(|principal| has(&principal.id)),
    );
    let (resources, owners, held) = ask(app, account, &client, scopes, asked).await;
    // An API that the tenant lacks grants nothing; one that could not be read must not pass for it.
    let resources = resources.into_iter().map(if_there).collect::<Result<Vec<Option<Resource>>, _>>().map_err(unread)?;
    let resources: Vec<Resource> = resources.into_iter().flatten().collect();
    let owners =
        owners.ok().map(|owners| owners.into_iter().map(|owner| owner.display_name.unwrap_or_else(|| owner.id.to_string())).collect());
    let (assignments, granted, role_assignments) = match held {
        Some((assignments, granted, roles)) => (listed(assignments)?, listed(granted)?, listed(roles)?),
        None => <(Vec<AppRoleAssignment>, Vec<Grant>, Vec<RoleAssignment>)>::default(),
    };
    let wanted = wanted(&application, &resources);
    let ids: BTreeMap<AppId, ObjectId> = resources.iter().map(|resource| (resource.app_id.clone(), resource.id.clone())).collect();
    let comparison = compare(&wanted, &ids, &assignments, &granted);
    let extra = comparison.extra.iter().map(|(resource, key)| name_of(&resources, resource, key)).collect();
    let [roles, partial_roles] = roles_of(app, current, &client, &role_assignments).await;
    sessions::note_check(app, app_id, &current.tenant.id, comparison.missing.len(), false).await;
    sessions::note_credentials(app, app_id, &application).await;
    Ok(Some(Live {
        application,
        service_principal,
        comparison,
        extra,
        roles,
        partial_roles,
        resource_ids: ids,
        owners,
        initial_domain: initial_domain.ok(),
    }))
}

/// Compares an App session that came in a file with its tenant. Where both agree, it is kept as the tenant has it.
///
/// # Errors
/// What could not be read.
pub async fn compare_with_tenant(app: App, current: &Current, person: &Person, found: &AppSession) -> Result<Vec<Difference>, Notice> {
    let (scopes, account) = (Scopes::LOOK, &current.account);
    let client = graph::bind(app, account, &current.tenant.id, scopes).await.map_err(|trouble| sessions::explain_in(&trouble, current))?;
    let asked = (applications::by_app_id(&found.app_id), service_principals::by_app_id(&found.app_id));
    let (application, principal) = ask(app, account, &client, scopes, asked).await;
    let application = if_there(application).map_err(unread(Read::AppSession))?;
    let principal = if_there(principal).map_err(unread(Read::AppSession))?;
    let consent_uri = app.config_now().map(|config| config.consent_uri()).unwrap_or_default();
    let principal = principal.map(|principal| principal.id);
    let differences = differences(found, application.as_ref(), principal.as_ref(), &consent_uri);
    if let (true, Some(application)) = (differences.is_empty(), application) {
        sessions::adopt(app, person, client.tenant(), &application, principal).await;
    }
    Ok(differences)
}

/// Reads what a service principal holds. Where that has gone meanwhile, it is nothing.
fn listed<T>(reply: Reply<Vec<T>>) -> Result<Vec<T>, Notice> {
    if_there(reply).map(Option::unwrap_or_default).map_err(unread(Read::AppSession))
}

/// Names what the registration requires, by what its resources offer.
fn wanted(application: &Application, resources: &[Resource]) -> Vec<Chosen> {
    let offered: Vec<Chosen> = resources.iter().flat_map(Resource::offered).map(|offered| offered.chosen).collect();
    let of = |resource: &AppId, id: &str, kind: PermissionKind| {
        let known = offered.iter().find(|chosen| chosen.resource == *resource && chosen.id == id && chosen.kind == kind).cloned();
        known.unwrap_or_else(|| Chosen {
            resource: resource.clone(),
            resource_name: resource.to_string(),
            id: id.to_owned(),
            kind,
            value: id.to_owned(),
        })
    };
    let required = application.required_resource_access.iter();
    required
        .flat_map(|resource| {
            resource.resource_access.iter().map(|access| {
                let kind = if access.kind == "Role" { PermissionKind::Application } else { PermissionKind::Delegated };
                of(&resource.resource_app_id, &access.id, kind)
            })
        })
        .collect()
}

fn name_of(resources: &[Resource], resource: &ObjectId, key: &str) -> String {
    let found = resources.iter().find(|known| known.id == *resource);
    let permission =
        found.and_then(|resource| resource.offered().into_iter().find(|offered| offered.chosen.id == key || offered.chosen.value == key));
    permission.map_or_else(|| key.to_owned(), |offered| crate::text::permissions::title(&offered.chosen))
}

/// Names the roles that count in the whole tenant, and those that count in a part of it.
async fn roles_of(
    app: App,
    current: &Current,
    client: &crate::graph::client::TenantClient,
    assignments: &[RoleAssignment],
) -> [Vec<DirectoryRole>; 2] {
    if assignments.is_empty() {
        return [Vec::new(), Vec::new()];
    }
    let definitions = ask(app, &current.account, client, Scopes::LOOK, roles::definitions()).await.unwrap_or_default();
    let name = |id: &str| definitions.iter().find(|role| role.id == id).map_or_else(|| id.to_owned(), |role| role.display_name.clone());
    let role = |id: &str| DirectoryRole { id: id.to_owned(), name: name(id) };
    let (whole, part): (Vec<&RoleAssignment>, Vec<_>) = assignments.iter().partition(|assignment| assignment.is_tenant_wide());
    [whole, part].map(|some| some.into_iter().map(|assignment| role(&assignment.role_definition_id)).collect())
}

/// Returns Microsoft's consent link for an application of the current tenant. Only a redirect URI that the application has comes back here.
#[must_use]
pub fn consent_link(app: App, current: &Current, live: &Live) -> Option<String> {
    let config = app.config_now()?;
    let ours = config.consent_uri();
    let has_ours = live.application.redirect_uris().contains(&ours);
    let link = crate::entra::consent::link(&config, Some(&current.tenant.id), &live.application.app_id, None).ok()?;
    has_ours.then(|| link.to_string())
}

/// Whether a client secret carries a name that this page gave, and nobody told this browser that its value was saved: the answer that
/// brought it may have been lost.
#[must_use]
pub fn is_orphan(app: App, name: &str, secret: &PasswordCredential) -> bool {
    let is_ours = secret.display_name.as_deref().is_some_and(|title| title.starts_with(&format!("{name} · ")));
    let is_saved = |step: &StepRecord| step.secret.saved && step.secret.key_id.as_ref() == Some(&secret.key_id);
    is_ours && !app.runs.with_untracked(|runs| runs.values().filter(|run| run.origin.is_here()).flat_map(|run| &run.steps).any(is_saved))
}

/// Hands the permissions of a manifest to the page of an App session.
pub fn import(app: App, app_id: AppId, asked: Vec<Asked>) {
    app.imported.set(Some((app_id, asked)));
}

/// Whether permissions wait for this App session.
#[must_use]
pub fn has_import(app: App, app_id: &AppId) -> bool {
    app.imported.with_untracked(|imported| imported.as_ref().is_some_and(|(id, _)| id == app_id))
}

/// Takes the permissions that wait for this App session, and for no other.
pub fn take_import(app: App, app_id: &AppId) -> Option<Vec<Asked>> {
    app.imported.try_update(|imported| imported.take_if(|(id, _)| id == app_id)).flatten().map(|(_, asked)| asked)
}
