//! Check with Microsoft: carries out what `check/` asks for, keeps what was found for this visit, and makes the plans with a test app.

use super::graph::{self, ask, pages, unread};
use super::state::State;
use super::upkeep::Proposal;
use super::vault::tokens;
use super::{App, Current, runs, sessions, tenant};
use crate::check::plan::{self, Leftovers};
use crate::check::read::{Examination, Ground};
use crate::check::report::Head;
pub use crate::check::report::count;
use crate::check::sign_in::{Renewal, Renewals};
use crate::check::{self};
pub use crate::check::{Came, Finding, Part, Point, Progress, Standing};
use crate::domain::ids::{AppId, TenantId};
use crate::domain::permission::GRAPH;
use crate::domain::session::Person;
use crate::entra::scopes::Scopes;
use crate::graph::applications;
use crate::graph::ask::Ask;
use crate::graph::client::TenantClient;
use crate::graph::request::GraphRequest;
use crate::graph::service_principals::{self, Resource};
use crate::plan::record::{Facts, Purpose, RunRecord, RunState};
use crate::platform::{certificates, clock, page};
use crate::text::Notice;
use crate::text::faults::{self, Read};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// How a test app's certificate is made; its key is dropped at once.
const CERTIFICATE: (u32, u32) = (1, 2048);

/// The reading part in this visit.
#[derive(Clone, PartialEq, Default)]
pub enum Reading {
    #[default]
    NotStarted,
    Going(TenantId, Progress),
    /// What was found in a tenant. No token is in it.
    Done(TenantId, Vec<Finding>),
    Failed(Notice),
}

/// The check of this visit. Copies are handles to the same state.
#[derive(Clone, Copy)]
pub struct Check {
    pub reading: State<Reading>,
    /// Counts the starts and ends, so that what was cancelled says nothing any more.
    turn: State<u32>,
    /// Whether the offer of this browser was answered.
    pub answered: State<bool>,
}

impl Default for Check {
    fn default() -> Self {
        Self { reading: State::new(Reading::NotStarted), turn: State::new(0), answered: State::new(page::choice(check::ANSWERED)) }
    }
}

impl Check {
    /// Ends what is read, and forgets what was.
    pub fn forget(self) {
        self.turn.update(|turn| *turn += 1);
        self.reading.set(Reading::NotStarted);
        self.answered.set(false);
    }
}

/// Whether the check is offered on the first screen.
#[must_use]
pub fn is_offered(app: App) -> bool {
    let cloud = app.config.with(|config| config.as_ref().and_then(|config| config.as_ref().ok()).map(|config| config.cloud));
    cloud.is_some_and(|cloud| check::is_offered(cloud, app.current_account().is_some(), app.check.answered.get()))
}

/// Remembers in this browser that the offer was answered, one way or the other.
pub fn answer(app: App) {
    page::choose(check::ANSWERED, true);
    app.check.answered.set(true);
}

/// Ends the reading; nothing of it is kept.
pub fn cancel(app: App) {
    app.check.turn.update(|turn| *turn += 1);
    app.check.reading.set(Reading::NotStarted);
}

/// Starts the reading part in the tenant of the session.
pub fn start(app: App, current: Current) {
    answer(app);
    app.check.turn.update(|turn| *turn += 1);
    let turn = app.check.turn.get_untracked();
    app.check.reading.set(Reading::Going(current.tenant.id.clone(), Progress::default()));
    leptos::task::spawn_local(async move {
        let found = examine(app, &current, turn).await;
        if is_over(app, turn) {
            return;
        }
        app.check.reading.set(match found {
            Ok(found) => Reading::Done(current.tenant.id, found),
            Err(notice) => Reading::Failed(notice),
        });
    });
}

fn is_over(app: App, turn: u32) -> bool {
    app.check.turn.try_get_untracked() != Some(turn)
}

async fn examine(app: App, current: &Current, turn: u32) -> Result<Vec<Finding>, Notice> {
    let (account, tenant) = (&current.account, &current.tenant.id);
    let at_home = !current.is_customer;
    let explain = |trouble: &graph::Trouble| sessions::explain_in(trouble, current);
    let graph_origin = app.config_now().map(|config| config.graph).unwrap_or_default();
    let client = graph::bind(app, account, tenant, Scopes::LOOK).await.map_err(|trouble| explain(&trouble))?;
    let renew = async |of: &TenantId| tokens::redeem(app, account, of, Scopes::LOOK).await.ok();
    let read = |answer: &tokens::Redeemed| Renewal::new(answer.status, &answer.body);
    let here = renew(tenant).await;
    let mut renewals = Renewals {
        wanted: Scopes::LOOK,
        at_home,
        nonce: here.as_ref().and_then(|answer| answer.with.nonce.clone()),
        here: here.as_ref().map(read),
        customers: None,
    };
    drop(here);
    let mut examination = Examination::new(Ground { graph: graph_origin, at_home });
    loop {
        let asked = examination.wanted();
        if is_over(app, turn) || asked.is_empty() {
            break;
        }
        app.check.reading.set(Reading::Going(tenant.clone(), examination.progress()));
        let requests: Vec<GraphRequest> = asked.iter().map(|(_, request)| request.clone()).collect();
        let mut wait = match graph::post_whole(app, account, &client, Scopes::LOOK, &requests).await {
            Ok(outer) => examination.take(&asked, outer, clock::now()),
            // Another tab was asked to wait: the same is asked for after that.
            Err(graph::Trouble::Busy(_, Some(seconds))) => seconds,
            Err(trouble) => return Err(explain(&trouble)),
        };
        while wait > 0 && !is_over(app, turn) {
            clock::sleep(1_000).await;
            wait -= 1;
        }
    }
    if at_home {
        let mut answers = Vec::new();
        for customer in examination.customers() {
            if is_over(app, turn) {
                break;
            }
            answers.extend(renew(&customer).await.as_ref().map(read));
        }
        renewals.customers = Some(answers);
    }
    Ok(check::examined(&renewals, &examination))
}

/// Returns the last run with a test app in a tenant.
#[must_use]
pub fn last_run(app: App, tenant: &TenantId) -> Option<RunRecord> {
    let is_it = |run: &&RunRecord| run.origin.is_here() && run.purpose == Purpose::Check && run.tenant.id == *tenant;
    app.runs.with(|runs| runs.values().filter(is_it).max_by_key(|run| run.started).cloned())
}

/// Returns the whole table for a tenant: what was read in this visit, and what the last run with a test app showed.
#[must_use]
pub fn table(app: App, tenant: &TenantId) -> Vec<Finding> {
    let read = app.check.reading.with(|reading| match reading {
        Reading::Done(of, found) if of == tenant => found.clone(),
        _ => Vec::new(),
    });
    read.into_iter().chain(check::written(last_run(app, tenant).as_ref())).collect()
}

/// Whether a run with a test app goes on or was left half-way.
#[must_use]
pub fn is_open(run: &RunRecord) -> bool {
    !matches!(run.state(), RunState::Done | RunState::Undone)
}

/// Returns the report of a table.
#[must_use]
pub fn report(app: App, current: &Current, table: &[Finding]) -> Option<String> {
    let config = app.config_now()?;
    let head = Head::new(config.cloud, clock::now(), &page::user_agent(), &current.tenant.id, !current.is_customer);
    Some(crate::text::check::report(&head, table))
}

/// Makes the plan with a test app. Writes nothing.
///
/// # Errors
/// What could not be read.
pub async fn propose(app: App, current: &Current, person: &Person) -> Result<Proposal, Notice> {
    let client = enter(app, current).await?;
    let roles = tenant::held_roles(app, current, &client).await;
    let resource = graph_principal(app, current, &client).await?;
    let blueprint = plan::blueprint(clock::now(), &resource.offered());
    let (days, bits) = CERTIFICATE;
    // Nobody gets the key: it goes with the value that holds it.
    let certificate = certificates::make_for_visit(&blueprint.name, days, bits).await.ok().map(|(public, _)| public);
    let steps = plan::steps(&blueprint, &roles, certificate);
    let facts = Facts { resources: BTreeMap::from([(resource.app_id.clone(), resource.id)]), ..Facts::default() };
    let record = runs::planned_on(person, current.tenant.clone(), Purpose::Check, blueprint, steps, facts);
    Ok(Proposal { record: record.ok_or_else(faults::no_random)?, roles, typed: None, warnings: Vec::new() })
}

/// Looks for what checks left in the tenant, and makes the plan that removes it for good; `None` when there is nothing.
///
/// # Errors
/// What could not be read.
pub async fn propose_clean_up(app: App, current: &Current, person: &Person) -> Result<Option<Proposal>, Notice> {
    let client = enter(app, current).await?;
    let tagged = list(app, current, &client, applications::tagged()).await?;
    let deleted = list(app, current, &client, Ask::list(applications::all_deleted())).await?;
    let principals = list(app, current, &client, Ask::list(service_principals::all_deleted())).await?;
    let mut live = Vec::new();
    for test_app in tagged.into_iter().filter(plan::is_test_app) {
        let known = tenant::resource_ids(app, current, &client, std::slice::from_ref(&test_app.app_id)).await?;
        let principal = known.get(&test_app.app_id).cloned();
        live.push((test_app, principal));
    }
    let found = Leftovers::of(live, deleted, principals);
    let Some(name) = found.name().map(str::to_owned) else { return Ok(None) };
    let roles = tenant::held_roles(app, current, &client).await;
    let blueprint = crate::domain::blueprint::Blueprint {
        name,
        credential: crate::domain::blueprint::Credential::None,
        ..crate::domain::blueprint::Blueprint::default()
    };
    let record = runs::planned_on(person, current.tenant.clone(), Purpose::CleanUp, blueprint, found.steps(), Facts::default());
    Ok(Some(Proposal { record: record.ok_or_else(faults::no_random)?, roles, typed: None, warnings: Vec::new() }))
}

async fn enter(app: App, current: &Current) -> Result<TenantClient, Notice> {
    let bound = graph::bind(app, &current.account, &current.tenant.id, Scopes::LOOK).await;
    bound.map_err(|trouble| sessions::explain_in(&trouble, current))
}

async fn graph_principal(app: App, current: &Current, client: &TenantClient) -> Result<Resource, Notice> {
    let Some(graph_id) = AppId::parse(GRAPH) else { return Err(faults::no_answer()) };
    let asked = service_principals::resource(&graph_id);
    ask(app, &current.account, client, Scopes::LOOK, asked).await.map_err(unread(Read::Permissions))
}

async fn list<T: DeserializeOwned>(app: App, current: &Current, client: &TenantClient, first: Ask<Vec<T>>) -> Result<Vec<T>, Notice> {
    let mut found = Vec::new();
    let read = pages(app, &current.account, client, Scopes::LOOK, first, |items| {
        found.extend(items);
        true
    });
    read.await.map_err(|fault| faults::reading(&fault, faults::Read::TestApps))?;
    Ok(found)
}
