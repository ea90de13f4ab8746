//! Carries out the effects of the run engine: stores, sends, waits, and hands a secret to the screen.

use super::graph;
use super::vault::{TokenTrouble, tokens};
use super::{App, connection_accounts, leaving, locks, sessions, sign_in, storage};
use crate::domain::blueprint::Blueprint;
use crate::domain::ids::{AppId, ObjectId, RunId, Tenant, TenantId};
use crate::domain::route::Route;
use crate::domain::secret::Secret;
use crate::domain::session::{AppSession, Person};
use crate::domain::time::Instant;
use crate::entra::attempt::ReturnTo;
use crate::entra::consent;
use crate::entra::fault::Way;
use crate::entra::scopes::Scopes;
use crate::graph::batch::Noted;
use crate::graph::request::GraphRequest;
use crate::plan::drive::{self, Drive, Ports};
use crate::plan::engine::{Command, Event};
use crate::plan::record::{Facts, Purpose, RunRecord, RunState, StepState};
use crate::plan::step::{Deletes, StepKind};
use crate::plan::undo;
use crate::platform::{clock, crypto, page, tabs};
use crate::store::{Shelf, Store};
use async_lock::OnceCell;
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::rc::Rc;

struct Driven {
    drive: RefCell<Drive>,
    lock: locks::Lock,
}

/// The engines of the runs that this tab carries out.
#[derive(Default)]
pub struct Engines {
    driven: RefCell<BTreeMap<RunId, Rc<Driven>>>,
    /// Runs whose lock this tab waits for: it takes them over when the other tab lets go.
    awaited: RefCell<BTreeSet<RunId>>,
    /// Filled when a run of this tab has gone as far as it can for now.
    turns: RefCell<BTreeMap<RunId, Turn>>,
}

/// Tells that a run has gone as far as it can for now.
type Turn = Rc<OnceCell<()>>;

impl Engines {
    fn drives(&self, id: &RunId) -> bool {
        self.driven.borrow().contains_key(id)
    }

    /// Ends all engines of this tab. What is under way is not sent any more, and the journals stay as they are.
    pub fn end(&self) {
        self.driven.borrow_mut().clear();
        self.awaited.borrow_mut().clear();
        let over = std::mem::take(&mut *self.turns.borrow_mut());
        over.values().for_each(tell_turn);
    }

    /// Ends the engine of one run. What is under way is not judged any more.
    fn stop(&self, id: &RunId) {
        self.driven.borrow_mut().remove(id);
        self.awaited.borrow_mut().remove(id);
        self.end_turn(id);
    }

    fn turn(&self, id: &RunId) -> Turn {
        self.turns.borrow_mut().entry(id.clone()).or_default().clone()
    }

    fn end_turn(&self, id: &RunId) {
        if let Some(turn) = self.turns.borrow_mut().remove(id) {
            tell_turn(&turn);
        }
    }
}

fn tell_turn(turn: &Turn) {
    let turn = turn.clone();
    leptos::task::spawn_local(async move {
        // Nobody else fills it.
        let _ = turn.set(()).await;
    });
}

/// Carries a run on with a word of the person, until it rests or is over. Returns its state; `None` where another tab has it.
pub async fn carry_on(app: App, id: &RunId, word: Command) -> Option<RunState> {
    resume(app, id.clone()).await;
    let turn = app.engines.with_value(|engines| engines.turn(id));
    if !app.engines.with_value(|engines| engines.drives(id)) {
        return None;
    }
    choose(app, id, word);
    turn.wait().await;
    loop {
        let turn = app.engines.with_value(|engines| engines.turn(id));
        let state = app.runs.with_untracked(|runs| runs.get(id).map(RunRecord::state))?;
        let is_driven = app.engines.with_value(|engines| engines.drives(id));
        if !matches!(state, RunState::Running | RunState::Waiting) || !is_driven {
            return Some(state);
        }
        turn.wait().await;
    }
}

/// Reads the stored runs.
pub async fn load(app: App) {
    let mut runs = BTreeMap::new();
    let mut unread = Vec::new();
    for json in app.store().all(Shelf::Runs).await.unwrap_or_default() {
        match RunRecord::read_stored(&json) {
            Some(run) => drop(runs.insert(run.id.clone(), run)),
            None => unread.push(json),
        }
    }
    app.runs.set(runs);
    app.unread_runs.set(unread);
}

/// Reads a record again that another tab changed.
pub async fn reread(app: App, id: RunId) {
    let is_driven = app.engines.with_value(|engines| engines.drives(&id));
    if let Ok(Some(json)) = app.store().get(Shelf::Runs, id.as_str()).await
        && let Some(run) = RunRecord::read_stored(&json)
        && (!is_driven || !run.can_go_on())
    {
        // An undo that was begun elsewhere ends what goes on here.
        if !run.can_go_on() {
            app.engines.with_value(|engines| engines.stop(&id));
        }
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
    if !run.origin.is_here() {
        return Err(crate::text::imported::run(run.origin).to_owned());
    }
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

/// How long an undo waits for another tab to let go of what it takes back, in milliseconds. That tab stops before its next write anyway.
const LET_GO_MS: i32 = 5_000;

/// Before an undo goes on: neither this tab nor another one goes on with what it takes back. Returns whether that is sure.
async fn stop_what_is_undone(app: App, id: &RunId) -> bool {
    let undoes = app.runs.with_untracked(|runs| runs.get(id).and_then(|undo| undo.undoes.clone()));
    let original = undoes.and_then(|of| app.runs.with_untracked(|runs| runs.get(&of).cloned()));
    let Some(mut original) = original.filter(|original| original.origin.is_here() && !original.undone) else { return true };
    app.engines.with_value(|engines| engines.stop(&original.id));
    if original.undo.as_ref() != Some(id) {
        // What another tab did last is in the storage.
        let stored = app.store().get(Shelf::Runs, original.id.as_str()).await.ok().flatten();
        original = stored.and_then(|json| RunRecord::read_stored(&json)).unwrap_or(original);
        original.undo = Some(id.clone());
        if !store(app, &original).await {
            return false;
        }
        publish(app, &original);
    }
    // What is under way elsewhere is over when its lock is free.
    let name = lock_name(&original.id);
    let (lock, patience) = (pin!(locks::wait(app, &name)), pin!(clock::sleep(LET_GO_MS)));
    drop(futures_util::future::select(lock, patience).await);
    true
}

fn lock_name(id: &RunId) -> String {
    format!("latchkey-run-{id}")
}

/// Forgets a run of this browser's list that is not carried out. Nothing in the tenant changes.
pub async fn forget(app: App, id: &RunId) {
    let _ = app.store().delete(Shelf::Runs, id.as_str()).await;
    app.runs.update(|runs| {
        runs.remove(id);
    });
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

/// Carries a run of this browser on in this tab. While another tab does, it is watched here, and carried on as soon as that tab lets go. Safe to call
/// again.
pub async fn resume(app: App, id: RunId) {
    let engines = app.engines.get_value();
    if engines.drives(&id) || !can_go_on(app, &id) || !engines.awaited.borrow_mut().insert(id.clone()) {
        return;
    }
    let name = lock_name(&id);
    if let Some(lock) = locks::try_take(app, &name).await {
        return begin(app, id, lock).await;
    }
    app.watched.update(|watched| watched.push(id.clone()));
    leptos::task::spawn_local(async move {
        let lock = locks::wait(app, &name).await;
        app.watched.try_update(|watched| watched.retain(|known| *known != id));
        if let Some(lock) = lock {
            // What the other tab did last is in the storage.
            reread(app, id.clone()).await;
            begin(app, id, lock).await;
        }
    });
}

/// Starts the engine; that of an undo once nothing goes on with what it takes back.
async fn begin(app: App, id: RunId, lock: locks::Lock) {
    if stop_what_is_undone(app, &id).await {
        drive(app, id, lock);
    } else {
        app.engines.with_value(|engines| engines.awaited.borrow_mut().remove(&id));
    }
}

fn can_go_on(app: App, id: &RunId) -> bool {
    app.runs.with_untracked(|runs| runs.get(id).is_some_and(|record| record.can_go_on() && record.state() != RunState::Done))
}

/// Starts the engine, unless what was waited for is over meanwhile.
fn drive(app: App, id: RunId, lock: locks::Lock) {
    let engines = app.engines.get_value();
    if !engines.awaited.borrow_mut().remove(&id) || !can_go_on(app, &id) {
        return;
    }
    let Some(record) = app.runs.with_untracked(|runs| runs.get(&id).cloned()) else { return };
    let driven = Rc::new(Driven { drive: RefCell::new(Drive::new(record)), lock });
    engines.driven.borrow_mut().insert(id, driven.clone());
    pump(app, driven);
}

/// Passes on what the person chose, where this tab carries the run out.
pub fn choose(app: App, id: &RunId, command: Command) {
    let driven = app.engines.with_value(|engines| engines.driven.borrow().get(id).cloned());
    let Some(driven) = driven else { return };
    if matches!(command, Command::Retry | Command::Resume) {
        let (account, tenant) = {
            let drive = driven.drive.borrow();
            let record = drive.record();
            (record.person.key.clone(), record.tenant.id.clone())
        };
        // A role that was just activated is in a fresh token only.
        app.vault().drop_access(&account, &tenant);
        let _ = page::take_from_tab(&answered_key(&tenant));
    }
    if matches!(command, Command::SavedSecret) {
        app.secret.set(None);
    }
    if command == Command::Later {
        forget_certificate(app, id);
    }
    driven.drive.borrow_mut().tell(Event::Chose(command));
    pump(app, driven);
}

/// Forgets a key that was made for this run.
fn forget_certificate(app: App, run: &RunId) {
    if app.certificate.with_untracked(|made| made.as_ref().is_some_and(|made| made.run == *run)) {
        app.certificate.set(None);
    }
}

/// Passes on what happened outside of Graph.
///
/// Returns whether this tab carries the run out.
pub fn tell(app: App, id: &RunId, event: Event) -> bool {
    let driven = app.engines.with_value(|engines| engines.driven.borrow().get(id).cloned());
    let Some(driven) = driven else { return false };
    driven.drive.borrow_mut().tell(event);
    pump(app, driven);
    true
}

/// Works through the events, and does what comes after them.
fn pump(app: App, driven: Rc<Driven>) {
    leptos::task::spawn_local(async move {
        let ports = InTab { app, driven };
        let worked = drive::work(&ports.driven.drive, &ports).await;
        let id = ports.id();
        let is_over = app.engines.with_value(|engines| !engines.drives(&id));
        let Some(record) = worked else {
            // It was ended from outside.
            if is_over {
                app.engines.with_value(|engines| engines.end_turn(&id));
            }
            return;
        };
        match record.state() {
            RunState::Paused => answer_challenge(app, &ports.driven, &record),
            RunState::Done => {
                app.engines.with_value(|engines| engines.driven.borrow_mut().remove(&record.id));
                publish(app, &record);
                // Some browsers wait for the person's answer.
                leptos::task::spawn_local(storage::ask_to_stay(app));
                if record.is_about_access() {
                    // The person's own roles may have changed: they are in fresh tokens only.
                    tokens::renew_rights(app, &record.person.key, &record.tenant.id).await;
                }
            }
            RunState::Running | RunState::Waiting | RunState::NeedsYou | RunState::Failed | RunState::Cancelled | RunState::Undone => {}
        }
        app.engines.with_value(|engines| engines.end_turn(&id));
    });
}

/// A run as this tab carries it out.
struct InTab {
    app: App,
    driven: Rc<Driven>,
}

impl InTab {
    fn id(&self) -> RunId {
        self.driven.drive.borrow().record().id.clone()
    }

    fn tenant(&self) -> TenantId {
        self.driven.drive.borrow().record().tenant.id.clone()
    }
}

impl Ports for InTab {
    fn now(&self) -> Instant {
        clock::now()
    }

    fn goes_on(&self) -> bool {
        let id = self.id();
        self.app.engines.with_value(|engines| engines.drives(&id))
    }

    async fn is_ours(&self) -> bool {
        self.goes_on() && self.driven.lock.is_held().await && !is_undone_elsewhere(self.app, &self.id()).await
    }

    /// Another tab has it now: it is watched here.
    fn let_go(&self) {
        let (app, id) = (self.app, self.id());
        app.engines.with_value(|engines| engines.driven.borrow_mut().remove(&id));
        leptos::task::spawn_local(async move { resume(app, id).await });
    }

    async fn store(&self, record: &RunRecord) -> bool {
        keep(self.app, record).await
    }

    fn publish(&self, record: &RunRecord) {
        publish(self.app, record);
    }

    async fn finished(&self, record: &RunRecord) {
        finished(self.app, record).await;
    }

    async fn send(&self, record: &RunRecord, requests: &[GraphRequest]) -> Vec<Noted> {
        let account = &record.person.key;
        match graph::bind(self.app, account, &record.tenant.id, record.scopes()).await {
            Ok(client) => graph::send_noting(self.app, account, &client, record.scopes(), requests).await,
            Err(trouble) => requests.iter().map(|_| (graph::outcome_without(&trouble), None)).collect(),
        }
    }

    fn wake_at(&self, until: Instant) {
        // A run that was ended meanwhile gives its lock back at once.
        let (app, driven) = (self.app, Rc::downgrade(&self.driven));
        leptos::task::spawn_local(async move {
            let millis = (until.0 - clock::now().0).clamp(50, 3_600_000);
            clock::sleep(i32::try_from(millis).unwrap_or(60_000)).await;
            let Some(driven) = driven.upgrade() else { return };
            // A run that came to its end meanwhile is not finished a second time.
            let id = driven.drive.borrow().record().id.clone();
            if !app.engines.with_value(|engines| engines.drives(&id)) {
                return;
            }
            driven.drive.borrow_mut().tell(Event::Woke);
            pump(app, driven);
        });
    }

    fn hand_over(&self, secret: Secret) {
        self.app.secret.try_set(Some((self.id(), Rc::new(secret))));
    }

    fn challenge_answered(&self) -> Option<Instant> {
        page::kept_in_tab(&answered_key(&self.tenant())).and_then(|text| text.parse().ok()).map(Instant)
    }

    fn forget_challenge(&self) {
        let _ = page::take_from_tab(&answered_key(&self.tenant()));
    }
}

fn publish(app: App, record: &RunRecord) {
    app.runs.try_update(|runs| runs.insert(record.id.clone(), record.clone()));
}

/// Whether an undo of the run is stored, which this tab may not have heard of.
async fn is_undone_elsewhere(app: App, id: &RunId) -> bool {
    let stored = app.store().get(Shelf::Runs, id.as_str()).await.ok().flatten();
    stored.and_then(|json| RunRecord::read_stored(&json)).is_some_and(|run| !run.can_go_on())
}

/// Stores what became of a run. One that is being undone elsewhere stays so.
async fn keep(app: App, record: &RunRecord) -> bool {
    if record.can_go_on() && is_undone_elsewhere(app, &record.id).await {
        reread(app, record.id.clone()).await;
        return false;
    }
    store(app, record).await
}

async fn store(app: App, record: &RunRecord) -> bool {
    let Ok(json) = serde_json::to_string(record) else { return false };
    let stored = storage::put(app, Shelf::Runs, record.id.as_str(), &json).await.is_ok();
    tabs::tell(&tabs::Word::Changed(record.id.clone()));
    stored
}

/// Where the tab keeps when a sign-in answered the challenge of a tenant.
fn answered_key(tenant: &TenantId) -> String {
    format!("latchkey.answered.{tenant}")
}

/// A tenant asked for more in the middle of a run: one sign-in answers it, and the run goes on by itself when the page is back. Only
/// where the person looks at the run, and has nothing on screen that leaving would lose.
fn answer_challenge(app: App, driven: &Driven, record: &RunRecord) {
    let return_to = ReturnTo::Screen(Route::Run(record.id.clone()));
    let is_busy = app.secret.with_untracked(Option::is_some) || app.certificate.with_untracked(Option::is_some);
    if !driven.drive.borrow_mut().take_challenge() || is_busy || page::path() != return_to.path() {
        return;
    }
    page::keep_in_tab(&answered_key(&record.tenant.id), &clock::now().0.to_string());
    sign_in::step_up_from(app, &record.person.key, &record.tenant.id, record.scopes(), return_to);
}

/// Leaves for Microsoft where a plan needs more than is consented to, and comes back to the run. Returns whether the page leaves. Where
/// only an administrator of another tenant can consent, the run itself says so.
pub async fn leaves_for_approval(app: App, record: &RunRecord) -> bool {
    let (account, tenant) = (&record.person.key, &record.tenant.id);
    let at_home = *tenant == record.person.home;
    let leaves = match tokens::access(app, account, tenant, record.scopes()).await {
        Ok(_) => false,
        Err(trouble @ (TokenTrouble::Missing(_) | TokenTrouble::SignedOut)) => trouble.meaning(at_home).way() != Way::Nothing,
        Err(trouble) => at_home && matches!(trouble.meaning(at_home).way(), Way::Consent | Way::SignIn),
    };
    if leaves {
        sign_in::step_up_from(app, account, tenant, record.scopes(), ReturnTo::Screen(Route::Run(record.id.clone())));
    }
    leaves
}

/// Returns what a plan needs and the tenant has not consented to, as far as the tokens of this visit tell.
#[must_use]
pub fn to_be_approved(app: App, record: &RunRecord) -> Vec<&'static str> {
    let granted = app.vault().granted(&record.person.key, &record.tenant.id, Scopes::LOOK);
    granted.map(|granted| record.scopes().missing_in(&granted)).unwrap_or_default()
}

/// A run that came to its end is found again under Recent sessions; an undo marks what it undid. Called again where the end was not kept.
async fn finished(app: App, record: &RunRecord) {
    if let Some(undone) = &record.undoes {
        let original = app.runs.with_untracked(|runs| runs.get(undone).cloned());
        if let Some(mut original) = original.filter(|original| original.origin.is_here()) {
            let deletes = record.steps.iter().any(|step| step.step.deletes() == Some(Deletes::Application));
            undo::note(&mut original, record);
            original.undo = None;
            app.engines.with_value(|engines| engines.stop(&original.id));
            store(app, &original).await;
            publish(app, &original);
            if original.undone {
                connection_accounts::forget(app, &original).await;
            }
            match (&original.facts.app_id, &original.was) {
                (Some(app_id), _) if deletes => sessions::note_check(app, app_id, &original.tenant.id, 0, true).await,
                (Some(app_id), Some(was)) if original.undone => sessions::put_back(app, app_id, was).await,
                _ => {}
            }
        }
        return;
    }
    connection_accounts::remember(app, record).await;
    match (&record.facts.app_id, record.purpose) {
        (_, Purpose::Access | Purpose::UseNow | Purpose::Check | Purpose::CleanUp) => {}
        // Microsoft ends them everywhere; what this browser holds of them is of no use any more.
        (_, Purpose::SignOut) => leaving::sign_out(app, &record.person.key).await,
        (Some(app_id), Purpose::Delete) => sessions::note_check(app, app_id, &record.tenant.id, 0, true).await,
        _ => remember(app, record).await,
    }
}

/// Puts the App session of a run into Recent sessions.
pub async fn remember(app: App, record: &RunRecord) {
    let (Some(app_id), Some(object_id)) = (record.facts.app_id.clone(), record.facts.application.clone()) else { return };
    let known = sessions::known_app(app, &app_id);
    let done = record.steps.iter().filter(|step| step.state == StepState::Done);
    let made = done.filter_map(|step| step.step.credential_ends(&record.past(step)));
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
    app.runs.with(|runs| {
        runs.values()
            .filter(|run| run.origin.is_here() && !matches!(run.state(), RunState::Done | RunState::Undone | RunState::Cancelled))
            .count()
    })
}
