//! Carries out the effects of the run engine: stores, sends, waits, and hands a secret to the screen.

use super::graph::{self, Trouble};
use super::{App, sessions, storage};
use crate::domain::blueprint::Blueprint;
use crate::domain::ids::{AppId, ObjectId, RunId, Tenant};
use crate::domain::session::{AppSession, Person};
use crate::domain::time::Instant;
use crate::entra::attempt::ReturnTo;
use crate::entra::consent;
use crate::graph::answer::{Fault, Outcome};
use crate::graph::request::GraphRequest;
use crate::plan::credentials::CredentialStep;
use crate::plan::engine::{Command, Effect, Engine, Event};
use crate::plan::record::{Facts, Purpose, RunRecord, RunState, StepState};
use crate::plan::step::StepKind;
use crate::plan::undo;
use crate::platform::{clock, crypto, tabs};
use crate::store::{Shelf, Store};
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

struct Driven {
    engine: Engine,
    events: VecDeque<Event>,
    busy: bool,
    _lock: tabs::Lock,
}

/// The engines of the runs that this tab carries out.
#[derive(Default)]
pub struct Engines {
    driven: RefCell<BTreeMap<RunId, Rc<RefCell<Driven>>>>,
}

/// Reads the stored runs.
pub async fn load(app: App) {
    let records = app.store().all(Shelf::Runs).await.unwrap_or_default();
    let runs = records
        .iter()
        .filter_map(|json| serde_json::from_str::<RunRecord>(json).ok())
        .filter(|run| run.schema <= crate::plan::record::SCHEMA);
    app.runs.set(runs.map(|run| (run.id.clone(), run)).collect());
}

/// Reads a record again that another tab changed.
pub async fn reread(app: App, id: &str) {
    let Some(id) = RunId::parse(id) else { return };
    if app.engines.with_value(|engines| engines.driven.borrow().contains_key(&id)) {
        return;
    }
    if let Ok(Some(json)) = app.store().get(Shelf::Runs, id.as_str()).await
        && let Ok(run) = serde_json::from_str::<RunRecord>(&json)
    {
        app.runs.try_update(|runs| runs.insert(id, run));
    }
}

/// Returns the run of a plan as it is shown; nothing is stored. `None` when nobody is signed in.
#[must_use]
pub fn planned(
    app: App,
    tenant: Tenant,
    blueprint: Blueprint,
    steps: Vec<StepKind>,
    resources: BTreeMap<AppId, ObjectId>,
) -> Option<RunRecord> {
    let (id, account) = (crypto::new_run_id()?, app.current_account()?);
    Some(RunRecord::new(id, tenant, account.person, blueprint, steps, resources, clock::now()))
}

/// The same for a plan on what is there already.
#[must_use]
pub fn planned_on(
    person: &Person,
    tenant: Tenant,
    purpose: Purpose,
    blueprint: Blueprint,
    steps: Vec<StepKind>,
    facts: Facts,
) -> Option<RunRecord> {
    let mut record = RunRecord::new(crypto::new_run_id()?, tenant, person.clone(), blueprint, steps, BTreeMap::new(), clock::now());
    record.purpose = purpose;
    record.facts = facts;
    Some(record)
}

/// Stores the run of a plan that was shown, and returns its id. Nothing is sent before [`resume`].
///
/// # Errors
/// In words, when the browser can't store it.
pub async fn create(app: App, mut planned: RunRecord) -> Result<RunId, String> {
    planned.started = clock::now();
    store_new(app, planned).await
}

/// Stores the undo of a run, with the plan that was shown.
///
/// # Errors
/// In words, when the browser can't store it.
pub async fn create_undo(app: App, run: &RunRecord, steps: Vec<StepKind>) -> Result<RunId, String> {
    let Some(id) = crypto::new_run_id() else { return Err(crate::text::faults::no_random().what) };
    let mut undo =
        RunRecord::new(id, run.tenant.clone(), run.person.clone(), run.blueprint.clone(), steps, run.facts.resources.clone(), clock::now());
    undo.purpose = Purpose::Undo;
    undo.undoes = Some(run.id.clone());
    undo.facts.service_principal.clone_from(&run.facts.service_principal);
    undo.facts.application.clone_from(&run.facts.application);
    undo.facts.app_id.clone_from(&run.facts.app_id);
    undo.facts.account.clone_from(&run.facts.account);
    store_new(app, undo).await
}

async fn store_new(app: App, record: RunRecord) -> Result<RunId, String> {
    let id = record.id.clone();
    let json = serde_json::to_string(&record).map_err(|error| error.to_string())?;
    storage::put(app, Shelf::Runs, id.as_str(), &json).await.map_err(|fault| crate::text::faults::storage(&fault))?;
    app.runs.update(|runs| {
        runs.insert(id.clone(), record);
    });
    Ok(id)
}

/// Carries a run on in this tab, unless another tab does. Safe to call again.
pub async fn resume(app: App, id: RunId) {
    let engines = app.engines.get_value();
    if engines.driven.borrow().contains_key(&id) {
        return;
    }
    let Some(record) = app.runs.with_untracked(|runs| runs.get(&id).cloned()) else { return };
    if record.state() == RunState::Done || record.undone {
        return;
    }
    let Some(lock) = tabs::try_lock(&format!("latchkey-run-{id}")).await else {
        app.watched.update(|watched| watched.push(id.clone()));
        return;
    };
    app.watched.update(|watched| watched.retain(|known| *known != id));
    let driven = Driven { engine: Engine::new(record), events: VecDeque::from([Event::Began]), busy: false, _lock: lock };
    let driven = Rc::new(RefCell::new(driven));
    engines.driven.borrow_mut().insert(id, driven.clone());
    pump(app, driven);
}

/// Passes on what the person chose.
pub fn choose(app: App, id: &RunId, command: Command) {
    let driven = app.engines.with_value(|engines| engines.driven.borrow().get(id).cloned());
    let Some(driven) = driven else { return };
    if matches!(command, Command::Retry | Command::Resume) {
        let (account, tenant) = {
            let driven = driven.borrow();
            let record = driven.engine.record();
            (record.person.key.clone(), record.tenant.id.clone())
        };
        // A role that was just activated is in a fresh token only.
        app.vault().drop_access(&account, &tenant);
    }
    if matches!(command, Command::SavedSecret) {
        app.secret.set(None);
    }
    if command == Command::Later {
        super::certificates::forget(app, id);
    }
    driven.borrow_mut().events.push_back(Event::Chose(command));
    pump(app, driven);
}

/// Passes on what happened outside of Graph.
///
/// Returns whether this tab carries the run out.
pub fn tell(app: App, id: &RunId, event: Event) -> bool {
    let driven = app.engines.with_value(|engines| engines.driven.borrow().get(id).cloned());
    let Some(driven) = driven else { return false };
    driven.borrow_mut().events.push_back(event);
    pump(app, driven);
    true
}

/// Works through the events; one at a time, so that what an event brings about is stored in its order.
fn pump(app: App, driven: Rc<RefCell<Driven>>) {
    if std::mem::replace(&mut driven.borrow_mut().busy, true) {
        return;
    }
    leptos::task::spawn_local(async move {
        loop {
            let Some(event) = driven.borrow_mut().events.pop_front() else { break };
            let (effects, record) = {
                let mut driven = driven.borrow_mut();
                let effects = driven.engine.handle(event, clock::now());
                (effects, driven.engine.record().clone())
            };
            // Done is said when the run can be found again, and kept after what is found of it: somebody may leave the page at once.
            if record.state() == RunState::Done {
                finished(app, &record).await;
            } else {
                publish(app, &record);
            }
            for effect in effects {
                carry_out(app, &driven, &record, effect).await;
            }
        }
        let (record, id) = {
            let mut driven = driven.borrow_mut();
            driven.busy = false;
            let record = driven.engine.record().clone();
            let id = record.id.clone();
            (record, id)
        };
        if matches!(record.state(), RunState::Done) {
            app.engines.with_value(|engines| engines.driven.borrow_mut().remove(&id));
            publish(app, &record);
            if record.is_about_access() {
                // The person's own roles may have changed: they are in fresh tokens only.
                super::access::renew(app, &record.person.key, &record.tenant.id).await;
            }
        }
    });
}

fn publish(app: App, record: &RunRecord) {
    app.runs.try_update(|runs| runs.insert(record.id.clone(), record.clone()));
}

async fn carry_out(app: App, driven: &Rc<RefCell<Driven>>, record: &RunRecord, effect: Effect) {
    match effect {
        Effect::Intend => {
            let stored = store(app, record).await;
            driven.borrow_mut().events.push_back(if stored { Event::Stored } else { Event::StoreFailed });
        }
        Effect::Keep => {
            store(app, record).await;
        }
        Effect::Send(requests) => {
            let answers = send(app, record, &requests).await;
            let is_write = requests.iter().any(GraphRequest::is_write);
            let ids: Vec<String> = answers.iter().filter(|_| is_write).filter_map(|(_, id)| id.clone()).collect();
            let mut driven = driven.borrow_mut();
            driven.events.extend(ids.into_iter().map(Event::Noted));
            driven.events.push_back(Event::Answered(answers.into_iter().map(|(outcome, _)| outcome).collect()));
        }
        Effect::WakeAt(until) => {
            let driven = driven.clone();
            leptos::task::spawn_local(async move {
                let millis = (until.0 - clock::now().0).clamp(50, 3_600_000);
                clock::sleep(i32::try_from(millis).unwrap_or(60_000)).await;
                // A run that came to its end meanwhile is not finished a second time.
                let id = driven.borrow().engine.record().id.clone();
                if !app.engines.with_value(|engines| engines.driven.borrow().contains_key(&id)) {
                    return;
                }
                driven.borrow_mut().events.push_back(Event::Woke);
                pump(app, driven);
            });
        }
        Effect::HandOver(secret) => {
            let id = record.id.clone();
            app.secret.try_set(Some((id, Rc::new(secret))));
        }
    }
}

async fn store(app: App, record: &RunRecord) -> bool {
    let Ok(json) = serde_json::to_string(record) else { return false };
    let stored = storage::put(app, Shelf::Runs, record.id.as_str(), &json).await.is_ok();
    tabs::tell(record.id.as_str());
    stored
}

/// Sends for the tenant of the record and no other.
async fn send(app: App, record: &RunRecord, requests: &[GraphRequest]) -> Vec<graph::Noted> {
    let account = &record.person.key;
    match graph::bind(app, account, &record.tenant.id, record.feature()).await {
        Ok(client) => graph::send_noting(app, account, &client, record.feature(), requests).await,
        Err(trouble) => requests.iter().map(|_| (refused(&trouble), None)).collect(),
    }
}

fn refused(trouble: &Trouble) -> Outcome {
    match trouble {
        Trouble::Token(super::vault::TokenTrouble::NoAnswer) => {
            Outcome::Throttled { seconds: None, fault: Fault::without_answer("NoAnswer") }
        }
        Trouble::Token(_) => Outcome::Token { claims: None, fault: Fault { status: 401, code: "SignInNeeded".into(), ..Fault::default() } },
        Trouble::Directory(fault) => Outcome::Throttled { seconds: None, fault: fault.clone() },
        Trouble::Busy(fault, seconds) => Outcome::Throttled { seconds: *seconds, fault: fault.clone() },
        Trouble::WrongTenant(_) => Outcome::Rejected(Fault::without_answer("WrongTenant")),
    }
}

/// A run that came to its end is found again under Recent sessions; an undo marks what it undid. Called again where the end was not kept.
async fn finished(app: App, record: &RunRecord) {
    if let Some(undone) = &record.undoes {
        let original = app.runs.with_untracked(|runs| runs.get(undone).cloned());
        if let Some(mut original) = original {
            let deletes = record.steps.iter().any(|step| matches!(step.step, StepKind::DeleteApplication { .. }));
            undo::note(&mut original, record);
            store(app, &original).await;
            publish(app, &original);
            if original.undone {
                super::accounts::forget(app, &original).await;
            }
            match (&original.facts.app_id, &original.was) {
                (Some(app_id), _) if deletes => sessions::note_check(app, app_id, &original.tenant.id, 0, true).await,
                (Some(app_id), Some(was)) if original.undone => sessions::put_back(app, app_id, was).await,
                _ => {}
            }
        }
        return;
    }
    super::accounts::remember(app, record).await;
    match (&record.facts.app_id, record.purpose) {
        (_, Purpose::Access | Purpose::UseNow) => {}
        (Some(app_id), Purpose::Delete) => sessions::note_check(app, app_id, &record.tenant.id, 0, true).await,
        _ => remember(app, record).await,
    }
}

/// Puts the App session of a run into Recent sessions.
pub async fn remember(app: App, record: &RunRecord) {
    let (Some(app_id), Some(object_id)) = (record.facts.app_id.clone(), record.facts.application.clone()) else { return };
    let known = sessions::known_app(app, &app_id);
    let made = record.steps.iter().filter(|step| step.state == StepState::Done).filter_map(|step| match &step.step {
        StepKind::AddSecret { .. } => step.secret.key_id.as_ref().and(step.secret.ends),
        StepKind::Credential(CredentialStep::AddCertificate { certificate }) => Some(Instant(certificate.ends)),
        _ => None,
    });
    let credential_ends = made.max().or(known.as_ref().and_then(|known| known.credential_ends));
    let found = AppSession {
        name: record.blueprint.name.clone(),
        app_id,
        object_id,
        service_principal: record.facts.service_principal.clone(),
        run: Some(record.id.clone()),
        credential_ends,
        expected: Some(record.blueprint.clone()),
        credentials: known.as_ref().map(|known| known.credentials.clone()).unwrap_or_default(),
        on_premises: known.and_then(|known| known.on_premises),
    };
    sessions::keep(app, sessions::app_record(app, &record.person, &record.tenant, found)).await;
}

/// Returns Microsoft's consent link for the application of a run.
#[must_use]
pub fn consent_link(app: App, record: &RunRecord, state: Option<&str>) -> Option<String> {
    let config = app.config_now()?;
    consent::link(&config, Some(&record.tenant.id), record.facts.app_id.as_ref()?, state).ok().map(|url| url.to_string())
}

/// Returns the runs of a tenant that wait for somebody or go on, for the badge.
#[must_use]
pub fn open_runs(app: App) -> usize {
    app.runs
        .with(|runs| runs.values().filter(|run| !matches!(run.state(), RunState::Done | RunState::Undone | RunState::Cancelled)).count())
}

/// Goes to Microsoft to sign in again for a paused run.
pub fn sign_in_again(app: App, record: &RunRecord) {
    super::sign_in::step_up(app, &record.person.key, &record.tenant.id, record.feature(), ReturnTo::Run(record.id.clone()), None);
}
