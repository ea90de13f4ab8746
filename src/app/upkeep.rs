//! Plans for what exists, an App session or the sign-ins of an account, each shown before anything is written. What a plan does is decided
//! in `crates/plan/src/change.rs`.

use super::app_sessions::Live;
use super::tenant;
use super::{App, Current, graph, runs, sessions};
use crate::domain::blueprint::{Blueprint, Credential};
use crate::domain::ids::AccountKey;
use crate::domain::session::{AppSession, Person};
use crate::entra::scopes::Scopes;
use crate::graph::client::TenantClient;
pub use crate::plan::change::Wish;
use crate::plan::change::{self, Ground};
use crate::plan::observed::HeldRoles;
use crate::plan::preflight::{self, Obstacle};
use crate::plan::record::{Facts, Purpose, RunRecord, Was};
use crate::plan::step::kinds::{RestoreApplication, SignOutEverywhere, restore_principal};
use crate::platform::clock;
use crate::text::{self, Notice, faults};
use leptos::prelude::*;

/// What a change is made to.
#[derive(Clone)]
pub struct Subject {
    pub person: Person,
    pub current: Current,
    pub found: AppSession,
    pub live: Live,
}

/// A plan as it is shown, with the roles of the person who would carry it out.
#[derive(Clone)]
pub struct Proposal {
    pub record: RunRecord,
    pub roles: HeldRoles,
    /// The name that must be typed first, where the object that is picked must be the one that is meant.
    pub typed: Option<String>,
    /// What speaks against it and does not forbid it.
    pub warnings: Vec<Obstacle>,
}

/// Enters the tenant and reads what the person may do there.
async fn enter(app: App, current: &Current) -> Result<(TenantClient, HeldRoles), Notice> {
    let client = graph::bind(app, &current.account, &current.tenant.id, Scopes::LOOK)
        .await
        .map_err(|trouble| sessions::explain_in(&trouble, current))?;
    let roles = tenant::held_roles(app, current, &client).await;
    Ok((client, roles))
}

/// Makes the plan of a wish. Writes nothing.
///
/// # Errors
/// What could not be read, or why there is nothing to do.
pub async fn propose(app: App, subject: Subject, wish: Wish) -> Result<Proposal, Notice> {
    let Subject { person, current, found, live } = &subject;
    let (client, roles) = enter(app, current).await?;
    let mut resources = live.resource_ids.clone();
    let mut unknown = change::resources(live, found.expected.as_ref(), &wish);
    unknown.retain(|resource| !resources.contains_key(resource));
    resources.extend(tenant::resource_ids(app, current, &client, &unknown).await?);
    let consent_uri = app.config_now().map(|config| config.consent_uri()).unwrap_or_default();
    let ground = Ground {
        live,
        expected: found.expected.as_ref(),
        roles: &roles,
        resources: &resources,
        consent_uri: &consent_uri,
        now: clock::now(),
    };
    let change = change::plan(&ground, wish);
    let mut warnings = Vec::new();
    if let Some(step) = change.steps.iter().find(|step| step.credential().is_some())
        && let Some(policy) = tenant::credential_policy(app, current, &client, &roles, &live.application).await
    {
        warnings = preflight::against(step, &policy);
    }
    if change.steps.is_empty() {
        return Err(text::upkeep::nothing_to_change());
    }
    let typed = (change.purpose == Purpose::Delete).then(|| live.application.display_name.clone());
    let facts = Facts {
        application: Some(live.application.id.clone()),
        app_id: Some(live.application.app_id.clone()),
        service_principal: live.service_principal.as_ref().map(|principal| principal.id.clone()),
        resources,
        account: None,
    };
    let record = runs::planned_on(person, current.tenant.clone(), change.purpose, change.blueprint, change.steps, facts);
    let was = Was { name: found.name.clone(), expected: found.expected.clone() };
    Ok(Proposal { record: RunRecord { was: Some(was), ..record.ok_or_else(faults::no_random)? }, roles, typed, warnings })
}

/// Makes the plan that brings a deleted App session back.
///
/// # Errors
/// What could not be read.
pub async fn propose_restore(app: App, person: &Person, current: &Current, found: AppSession) -> Result<Proposal, Notice> {
    let (_, roles) = enter(app, current).await?;
    let AppSession { name, object_id, service_principal, expected, .. } = found;
    let blueprint = expected.unwrap_or_else(|| Blueprint { name: name.clone(), credential: Credential::None, ..Blueprint::default() });
    let steps = vec![RestoreApplication { id: object_id.clone(), name }.into(), restore_principal::of(service_principal.as_ref())];
    let facts = Facts { application: Some(object_id), ..Facts::default() };
    let record = runs::planned_on(person, current.tenant.clone(), Purpose::Restore, blueprint, steps, facts);
    Ok(Proposal { record: record.ok_or_else(faults::no_random)?, roles, typed: None, warnings: Vec::new() })
}

/// Makes the plan that ends every sign-in of an account, in its own tenant as the tenant names itself. Nothing is written.
///
/// # Errors
/// What keeps the tenant from being worked in.
pub async fn propose_everywhere(app: App, account: &AccountKey) -> Result<Proposal, Notice> {
    let known = app.accounts.with_untracked(|all| all.iter().find(|known| known.person.key == *account).cloned());
    let person = known.map(|known| known.person).ok_or_else(faults::signed_out)?;
    let client = graph::bind(app, account, &person.home, Scopes::SIGN_IN).await;
    let client = client.map_err(|trouble| sessions::explain(&trouble, faults::YOUR_TENANT, true))?;
    let blueprint = Blueprint { name: person.username.clone(), credential: Credential::None, ..Blueprint::default() };
    let steps = vec![SignOutEverywhere {}.into()];
    let record = runs::planned_on(&person, client.tenant().clone(), Purpose::SignOut, blueprint, steps, Facts::default());
    let record = record.ok_or_else(faults::no_random)?;
    Ok(Proposal { record, roles: HeldRoles::Unknown, typed: None, warnings: Vec::new() })
}
