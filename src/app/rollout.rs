//! One blueprint for many customers: plans made and shown first, then a run for each, eight at a time.

use super::draft::Draft;
use super::graph::{ask, unread};
use super::state::State;
use super::tenant::{self, Loaded};
use super::{App, Current, partner, runs, storage};
use crate::domain::ids::{RunId, Tenant, TenantId};
use crate::domain::permission::Catalogue;
use crate::entra::scopes::Scopes;
use crate::formats::document::Document;
use crate::graph::answer::Fault;
use crate::graph::ask::if_there;
use crate::graph::service_principals::{self, Resource};
use crate::plan::build;
use crate::plan::engine::Command;
use crate::plan::observed::{Adoption, HeldRoles};
use crate::plan::preflight;
use crate::plan::record::{RunRecord, RunState};
pub use crate::plan::rollout::{Alike, Rollout, Row, alike};
use crate::platform::clock;
use crate::store::{Shelf, Store};
use crate::text;
use crate::text::faults::Read;
use futures_util::{StreamExt, stream};
use leptos::prelude::*;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::pin::pin;

/// The rollout, as the screen sees it.
#[derive(Clone, Copy)]
pub struct Rollouts {
    /// Customers that were selected for one.
    pub chosen: State<Vec<Tenant>>,
    /// What was found at each customer, as it comes.
    pub found: State<Vec<Found>>,
    /// The name of the blueprint that the plans are of.
    pub blueprint: State<String>,
    /// Ids of tenants that were unticked.
    pub left_out: State<BTreeSet<String>>,
    /// Raised by every change of what is asked for: plans of an older wish are dropped.
    generation: State<u32>,
    pub is_planning: State<bool>,
    /// What was confirmed; kept over a reload.
    pub job: State<Option<Rollout>>,
    pub is_running: State<bool>,
    is_cancelled: State<bool>,
}

impl Default for Rollouts {
    fn default() -> Self {
        Self {
            chosen: State::new(Vec::new()),
            found: State::new(Vec::new()),
            blueprint: State::new(String::new()),
            left_out: State::new(BTreeSet::new()),
            generation: State::new(0),
            is_planning: State::new(false),
            job: State::new(None),
            is_running: State::new(false),
            is_cancelled: State::new(false),
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

    /// Takes a tenant out of what will be carried out, or in again.
    pub fn choose_tenant(self, id: &str, is_in: bool) {
        self.left_out.update(|left_out| {
            if is_in {
                left_out.remove(id);
            } else {
                left_out.insert(id.to_owned());
            }
        });
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
    pub plan: Result<Plan, String>,
}

/// A plan with what the person may do there.
#[derive(Clone)]
pub struct Plan {
    pub record: RunRecord,
    pub roles: HeldRoles,
    /// What speaks against it and does not forbid it. Such a customer waits until somebody ticks it.
    pub warnings: Vec<String>,
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
        let one = async |customer: Tenant| {
            // Somebody else's rights make somebody else's plans.
            let is_same = app.current.with_untracked(|current| current.as_ref().is_some_and(|current| current.account == home.account));
            if state.is_cancelled.get_untracked() || !is_same {
                return None;
            }
            let current = Current { tenant: customer.clone(), is_customer: customer.id != home.tenant.id, app: None, ..home.clone() };
            let plan = plan_for(app, &current, &document)
                .await
                .map(|plan| Plan { record: RunRecord { person: account.person.clone(), ..plan.record }, ..plan });
            Some((customer, plan))
        };
        let mut plans = pin!(stream::iter(state.chosen.get_untracked()).map(one).buffered(AT_ONCE));
        while let Some((customer, plan)) = plans.next().await.flatten() {
            if state.generation.get_untracked() != this {
                return;
            }
            // The tenant's own name counts, not that of the list.
            let tenant = plan.as_ref().map_or(customer, |plan| plan.record.tenant.clone());
            if plan.as_ref().is_ok_and(|plan| !plan.warnings.is_empty()) {
                state.left_out.try_update(|left_out| left_out.insert(tenant.id.to_string()));
            }
            state.found.try_update(|found| found.push(Found { tenant, plan }));
        }
        state.is_planning.set(false);
    });
}

/// Stops after the customers that are under way. What was carried out stays, and each run can be opened.
pub fn cancel(app: App) {
    app.rollouts.is_cancelled.set(true);
}

async fn plan_for(app: App, current: &Current, document: &Document) -> Result<Plan, String> {
    let said = |notice: text::Notice| format!("{} {}", notice.what, notice.next);
    let client = match tenant::enter(app, current, Scopes::LOOK).await {
        Loaded::Ready(client) => client,
        Loaded::Stopped(notice) => return Err(said(notice)),
        Loaded::Loading => return Err(text::partner::NO_ANSWER.into()),
    };
    let mut draft = Draft::of(document);
    let mut wanted: Vec<_> = draft.open.permissions.iter().map(|asked| asked.resource.clone()).collect();
    wanted.sort();
    wanted.dedup();
    let asked: Vec<_> = wanted.iter().map(service_principals::resource).collect();
    let mut offered = Vec::new();
    for reply in ask(app, &current.account, &client, Scopes::LOOK, asked).await {
        let found = if_there(reply).map_err(|outcome| said(unread(Read::Permissions)(outcome)))?;
        offered.extend(found.iter().flat_map(Resource::offered));
    }
    let catalogue = Catalogue::new(offered);
    draft.settle(&catalogue, true);
    if !draft.open.permissions.is_empty() {
        let names: Vec<String> = draft.open.permissions.iter().map(text::formats::unknown).collect();
        return Err(text::partner::not_offered(&names));
    }
    if !draft.open.roles.is_empty() {
        let roles = tenant::role_definitions(app, current, &client).await.map_err(said)?;
        draft.settle_roles(&roles);
        if !draft.open.roles.is_empty() {
            return Err(text::partner::no_such_role(&draft.open.roles));
        }
    }
    let blueprint = draft.blueprint;
    let seen = tenant::observe(app, current, &client, &blueprint).await.map_err(said)?;
    let obstacles = preflight::obstacles(&blueprint, &seen, Adoption::Undecided);
    let said_of = |obstacle: &preflight::Obstacle| {
        let (what, next) = text::steps::obstacle(obstacle);
        format!("{what} {next}")
    };
    if let Some(obstacle) = obstacles.iter().find(|obstacle| !obstacle.is_warning()) {
        return Err(said_of(obstacle));
    }
    let warnings = obstacles.iter().map(said_of).collect();
    let consent_uri = app.config_now().map(|config| config.consent_uri()).unwrap_or_default();
    let steps = build::steps(&blueprint, &seen, Adoption::Undecided, &consent_uri);
    let known = seen.resources.iter().filter_map(|(app, id)| Some((app.clone(), id.clone()?))).collect();
    let record = untrack(|| runs::planned(app, client.tenant().clone(), blueprint, steps, known));
    record.map(|record| Plan { record, roles: seen.roles, warnings }).ok_or_else(|| text::partner::PLAN_ANEW.into())
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
        return app.toast(text::partner::PLANS_OF_ANOTHER);
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
            return app.toast(text::partner::TABLE_NOT_STORED);
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

fn is_sign_in_over(app: App, run: &RunId) -> bool {
    app.runs.with_untracked(|runs| runs.get(run).and_then(RunRecord::fault).is_some_and(Fault::ends_sign_in))
}

/// Goes on with the runs that have not come to rest, or not begun.
pub fn resume(app: App) {
    carry(app, |state| !rests(state) || matches!(state, RunState::Cancelled | RunState::Paused), Command::Resume);
}

/// Tries those that failed again, alone.
pub fn retry_failed(app: App) {
    carry(app, |state| state == RunState::Failed, Command::Retry);
}

/// Customers that are worked on at the same time.
const AT_ONCE: usize = 8;

fn carry(app: App, which: fn(RunState) -> bool, word: Command) {
    let state = app.rollouts;
    let Some(job) = state.job.get_untracked().filter(|_| !state.is_running.get_untracked()) else { return };
    state.is_running.set(true);
    state.is_cancelled.set(false);
    let ended = Cell::new(false);
    leptos::task::spawn_local(async move {
        let one = async |row: Row| {
            if state.is_cancelled.get_untracked() || ended.get() || !state_of(app, &row.run).is_some_and(which) {
                return;
            }
            // The sign-in itself has ended: it would end the others too. What one tenant asks for is that tenant's.
            let paused = runs::carry_on(app, &row.run, word).await == Some(RunState::Paused);
            ended.set(ended.get() || (paused && is_sign_in_over(app, &row.run)));
        };
        stream::iter(job.rows).for_each_concurrent(AT_ONCE, one).await;
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
