//! One blueprint for many customers: plans made and shown first, then a run for each, one after the other.

use super::draft::Draft;
use super::graph::send;
use super::tenant::{self, Loaded};
use super::{App, Current, partner, runs, storage};
use crate::domain::ids::{RunId, Tenant, TenantId};
use crate::domain::permission::Catalogue;
use crate::entra::scopes::Feature;
use crate::formats::document::Document;
use crate::graph::answer::Outcome;
use crate::graph::service_principals::{self, Resource};
use crate::plan::build;
use crate::plan::engine::Command;
use crate::plan::observed::HeldRoles;
use crate::plan::preflight::{self, Adoption};
use crate::plan::record::{RunRecord, RunState};
pub use crate::plan::rollout::{Alike, Rollout, Row, alike};
use crate::platform::clock;
use crate::store::{Shelf, Store};
use crate::text;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The rollout, as the screen sees it.
#[derive(Clone, Copy)]
pub struct Rollouts {
    /// Customers that were selected for one.
    pub chosen: RwSignal<Vec<Tenant>>,
    /// What was found at each customer, as it comes.
    pub found: RwSignal<Vec<Found>>,
    /// The name of the blueprint that the plans are of.
    pub blueprint: RwSignal<String>,
    /// Ids of tenants that were unticked.
    pub left_out: RwSignal<BTreeSet<String>>,
    /// Raised by every change of what is asked for: plans of an older wish are dropped.
    generation: RwSignal<u32>,
    pub is_planning: RwSignal<bool>,
    /// What was confirmed; kept over a reload.
    pub job: RwSignal<Option<Rollout>>,
    pub is_running: RwSignal<bool>,
    is_cancelled: RwSignal<bool>,
}

impl Default for Rollouts {
    fn default() -> Self {
        Self {
            chosen: RwSignal::new(Vec::new()),
            found: RwSignal::new(Vec::new()),
            blueprint: RwSignal::new(String::new()),
            left_out: RwSignal::new(BTreeSet::new()),
            generation: RwSignal::new(0),
            is_planning: RwSignal::new(false),
            job: RwSignal::new(None),
            is_running: RwSignal::new(false),
            is_cancelled: RwSignal::new(false),
        }
    }
}

impl Rollouts {
    /// Stops and forgets; what is kept in the browser stays.
    pub fn forget(self) {
        self.is_cancelled.set(true);
        self.chosen.set(Vec::new());
        self.drop_plans();
        self.job.set(None);
    }

    /// Drops plans that are no longer of what is chosen.
    pub fn drop_plans(self) {
        self.generation.update(|generation| *generation += 1);
        self.found.set(Vec::new());
        self.left_out.set(BTreeSet::new());
        self.is_planning.set(false);
    }

    /// Takes customers that were selected; plans for others go.
    pub fn choose(self, customers: Vec<Tenant>) {
        self.drop_plans();
        self.chosen.set(customers);
    }
}

/// The plan for a customer, or why there is none.
#[derive(Clone)]
pub struct Found {
    pub tenant: Tenant,
    pub plan: Result<(RunRecord, HeldRoles), String>,
}

/// Makes the plans. Writes nothing.
pub fn plan(app: App, document: Document) {
    let state = app.rollouts;
    let (Some(home), Some(account)) = (untrack(|| partner::home(app)), untrack(|| app.current_account())) else { return };
    if state.is_planning.get_untracked() {
        return;
    }
    state.drop_plans();
    state.blueprint.set(document.name.clone());
    state.is_planning.set(true);
    state.is_cancelled.set(false);
    let this = state.generation.get_untracked();
    leptos::task::spawn_local(async move {
        for customer in state.chosen.get_untracked() {
            // Somebody else's rights make somebody else's plans.
            let is_same = app.current.with_untracked(|current| current.as_ref().is_some_and(|current| current.account == home.account));
            if state.is_cancelled.get_untracked() || !is_same {
                break;
            }
            let current = Current { tenant: customer.clone(), is_customer: customer.id != home.tenant.id, app: None, ..home.clone() };
            let plan = plan_for(app, &current, &document)
                .await
                .map(|(record, roles)| (RunRecord { person: account.person.clone(), ..record }, roles));
            if state.generation.get_untracked() != this {
                return;
            }
            // The tenant's own name counts, not that of the list.
            let tenant = plan.as_ref().map_or(customer, |(record, _)| record.tenant.clone());
            state.found.try_update(|found| found.push(Found { tenant, plan }));
        }
        state.is_planning.set(false);
    });
}

/// Stops after the customer that is under way. What was carried out stays, and each run can be opened.
pub fn cancel(app: App) {
    app.rollouts.is_cancelled.set(true);
}

async fn plan_for(app: App, current: &Current, document: &Document) -> Result<(RunRecord, HeldRoles), String> {
    let said = |notice: text::Notice| format!("{} {}", notice.what, notice.next);
    let client = match tenant::enter(app, current, Feature::AppSessions).await {
        Loaded::Ready(client) => client,
        Loaded::Failed(notice) | Loaded::StepUp(notice) => return Err(said(notice)),
        Loaded::Loading => return Err("The tenant did not answer.".into()),
    };
    let mut draft = Draft::of(document);
    let mut wanted: Vec<_> = draft.open.permissions.iter().map(|asked| asked.resource.clone()).collect();
    wanted.sort();
    wanted.dedup();
    let requests: Vec<_> = wanted.iter().map(service_principals::resource).collect();
    let answers = send(app, &current.account, &client, Feature::AppSessions, &requests).await;
    let mut offered = Vec::new();
    for answer in answers {
        match answer {
            Outcome::Ok(body) => offered.extend(serde_json::from_value::<Resource>(body).iter().flat_map(Resource::offered)),
            Outcome::NotFound(_) => {}
            other => return Err(said(text::faults::reading(&super::graph::fault_of(other), "Reading the permissions"))),
        }
    }
    let catalogue = Catalogue::new(offered);
    draft.settle(&catalogue, true);
    if !draft.open.permissions.is_empty() {
        let names: Vec<String> = draft.open.permissions.iter().map(text::formats::unknown).collect();
        return Err(format!("This tenant does not offer {}.", names.join("; ")));
    }
    if !draft.open.roles.is_empty() {
        let roles = tenant::role_definitions(app, current, &client).await.map_err(said)?;
        draft.settle_roles(&roles);
        if !draft.open.roles.is_empty() {
            return Err(format!("This tenant does not have the role {}.", draft.open.roles.join(", ")));
        }
    }
    let blueprint = draft.blueprint;
    let seen = tenant::observe(app, current, &client, &blueprint).await.map_err(said)?;
    let obstacles = preflight::obstacles(&blueprint, &seen, Adoption::Undecided);
    if let Some(obstacle) = obstacles.first() {
        let (what, next) = text::steps::obstacle(obstacle);
        return Err(format!("{what} {next}"));
    }
    let consent_uri = app.config_now().map(|config| config.consent_uri()).unwrap_or_default();
    let steps = build::steps(&blueprint, &seen, Adoption::Undecided, &consent_uri);
    let known = seen.resources.iter().filter_map(|(app, id)| Some((app.clone(), id.clone()?))).collect();
    let record = untrack(|| runs::planned(app, client.tenant().clone(), blueprint, steps, known));
    record.map(|record| (record, seen.roles)).ok_or_else(|| "Sign in again, then make the plans anew.".into())
}

fn key(home: &TenantId) -> String {
    format!("{home}/rollout")
}

/// Reads the rollout that a reload interrupted.
pub async fn load(app: App) {
    let Some(home) = untrack(|| partner::home(app)).map(|home| home.tenant.id) else { return };
    let known = app.rollouts.job.with_untracked(|job| job.as_ref().map(|job| job.home == home));
    match known {
        Some(true) => return,
        // Another partner's people sit here now.
        Some(false) => app.rollouts.forget(),
        None => {}
    }
    if let Ok(Some(json)) = app.store().get(Shelf::Customers, &key(&home)).await {
        app.rollouts.job.try_set(serde_json::from_str::<Rollout>(&json).ok().filter(|job| job.home == home));
    }
}

/// Stores a run for each of the confirmed plans, then carries them out.
pub fn begin(app: App, confirmed: Vec<RunRecord>) {
    let Some(home) = untrack(|| partner::home(app)) else { return };
    let state = app.rollouts;
    if state.is_running.get_untracked() || confirmed.is_empty() {
        return;
    }
    if confirmed.iter().any(|record| record.person.key != home.account) {
        state.drop_plans();
        return app.toast("These plans were made for another account. Make them anew.");
    }
    state.is_running.set(true);
    leptos::task::spawn_local(async move {
        let home = home.tenant.id;
        // The table first: a run without it would wait where nobody looks.
        let rows = confirmed.iter().map(|record| Row { tenant: record.tenant.clone(), run: record.id.clone() }).collect();
        let job = Rollout { home: home.clone(), blueprint: state.blueprint.get_untracked(), started: clock::now(), rows };
        let kept = match serde_json::to_string(&job) {
            Ok(json) => storage::put(app, Shelf::Customers, &key(&home), &json).await.is_ok(),
            Err(_) => false,
        };
        if !kept {
            state.is_running.set(false);
            return app.toast("The browser could not store the table, so nothing was begun.");
        }
        for record in confirmed {
            // None begins by being looked at: each waits for its turn.
            if let Err(what) = runs::create(app, RunRecord { cancelled: true, ..record }).await {
                app.toast(what);
            }
        }
        state.drop_plans();
        state.job.set(Some(job));
        state.is_running.set(false);
        resume(app);
    });
}

/// Whether a run has gone as far as it can without the person.
fn rests(state: RunState) -> bool {
    !matches!(state, RunState::Running | RunState::Waiting)
}

fn state_of(app: App, run: &RunId) -> Option<RunState> {
    app.runs.with_untracked(|runs| runs.get(run).map(RunRecord::state))
}

/// Goes on with the runs that have not come to rest, or not begun, one after the other.
pub fn resume(app: App) {
    carry(app, |state| !rests(state) || matches!(state, RunState::Cancelled | RunState::Paused), Command::Resume);
}

/// Tries those that failed again, alone.
pub fn retry_failed(app: App) {
    carry(app, |state| state == RunState::Failed, Command::Retry);
}

/// How often a look waits for a run to take its word.
const LOOKS: usize = 25;
const LOOK_MS: i32 = 200;

fn carry(app: App, which: fn(RunState) -> bool, word: Command) {
    let state = app.rollouts;
    let Some(job) = state.job.get_untracked().filter(|_| !state.is_running.get_untracked()) else { return };
    state.is_running.set(true);
    state.is_cancelled.set(false);
    leptos::task::spawn_local(async move {
        for row in job.rows {
            if state.is_cancelled.get_untracked() {
                break;
            }
            let Some(before) = state_of(app, &row.run).filter(|now| which(*now)) else { continue };
            runs::resume(app, row.run.clone()).await;
            runs::choose(app, &row.run, word);
            for _ in 0..LOOKS {
                clock::sleep(LOOK_MS).await;
                if state_of(app, &row.run) != Some(before) {
                    break;
                }
            }
            // One tenant after the other: the next begins when this one rests.
            while state_of(app, &row.run).is_some_and(|now| !rests(now)) && !state.is_cancelled.get_untracked() {
                clock::sleep(LOOK_MS).await;
            }
            // The sign-in has ended: it would end the others too.
            if state_of(app, &row.run) == Some(RunState::Paused) {
                break;
            }
        }
        state.is_running.set(false);
    });
}

/// Forgets the table. The runs stay under History.
pub async fn close(app: App) {
    if let Some(job) = app.rollouts.job.get_untracked() {
        let _ = app.store().delete(Shelf::Customers, &key(&job.home)).await;
    }
    app.rollouts.job.set(None);
    app.rollouts.chosen.set(Vec::new());
}
