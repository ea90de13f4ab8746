//! Checks the consent of many customers: several at a time, gently, resumable, each result kept as it comes.

use super::graph::{self, Trouble};
use super::partner::{ConsentState, Guid, set_note};
use super::tenant::lacks_consent;
use super::vault::TokenTrouble;
use super::{App, storage};
use crate::customers::check::{self, Job, MOST_TRIES, Pace};
use crate::domain::ids::{AccountKey, TenantId};
use crate::domain::time::Instant;
use crate::entra::fault::Remedy;
use crate::entra::scopes::Feature;
use crate::entra::token::TokenFault;
use crate::graph::answer::Outcome;
use crate::graph::grants::{self, Grant};
use crate::graph::service_principals;
use crate::platform::clock;
use crate::store::{Shelf, Store};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

/// Customers that are asked about at the same time.
const AT_ONCE: usize = 8;
/// The job is kept each time that so many are over, and at the end.
const KEEP_EVERY: usize = 10;

/// The check, as the screen sees it.
#[derive(Clone, Copy)]
pub struct Checks {
    pub job: RwSignal<Option<Job>>,
    pub is_running: RwSignal<bool>,
    pub pace: RwSignal<Pace>,
    /// Microsoft asked to wait until then.
    pub waits_until: RwSignal<Option<Instant>>,
    is_cancelled: RwSignal<bool>,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            job: RwSignal::new(None),
            is_running: RwSignal::new(false),
            pace: RwSignal::new(Pace::default()),
            waits_until: RwSignal::new(None),
            is_cancelled: RwSignal::new(false),
        }
    }
}

fn key(home: &TenantId) -> String {
    format!("{home}/check")
}

/// Reads the job that a reload interrupted.
pub async fn load(app: App, home: &TenantId) {
    if app.checks.job.get_untracked().is_some() {
        return;
    }
    if let Ok(Some(json)) = app.store().get(Shelf::Customers, &key(home)).await {
        app.checks.job.set(serde_json::from_str(&json).ok());
    }
}

async fn keep(app: App) {
    let Some(job) = app.checks.job.get_untracked() else { return };
    if let Ok(json) = serde_json::to_string(&job) {
        let _ = storage::put(app, Shelf::Customers, &key(&job.home), &json).await;
    }
}

/// Begins a check of these customers.
pub fn begin(app: App, home: TenantId, customers: Vec<Guid>) {
    if app.checks.is_running.get_untracked() || customers.is_empty() {
        return;
    }
    app.checks.job.set(Some(Job::new(home, customers, clock::now())));
    resume(app);
}

/// Takes up the failed ones again, alone.
pub fn retry_failed(app: App) {
    app.checks.job.update(|job| {
        if let Some(job) = job {
            job.retry_failed(clock::now());
        }
    });
    resume(app);
}

/// Stops after what is under way; nothing that was found is lost.
pub fn cancel(app: App) {
    app.checks.is_cancelled.set(true);
}

/// Goes on with the job.
pub fn resume(app: App) {
    let checks = app.checks;
    let Some(account) = app.current.get_untracked().map(|current| current.account) else { return };
    let waiting = checks.job.with_untracked(|job| job.as_ref().map(|job| job.waiting.clone()).unwrap_or_default());
    if waiting.is_empty() || checks.is_running.get_untracked() {
        return;
    }
    checks.is_running.set(true);
    checks.is_cancelled.set(false);
    checks.pace.set(Pace::default());
    leptos::task::spawn_local(async move {
        let shared = Rc::new(Shared {
            account,
            queue: RefCell::new(waiting.into()),
            tries: RefCell::default(),
            since: clock::now(),
            over: Cell::new(0),
        });
        keep(app).await;
        let workers = (0..AT_ONCE).map(|_| work(app, shared.clone()));
        futures_util::future::join_all(workers).await;
        keep(app).await;
        checks.waits_until.set(None);
        checks.is_running.set(false);
    });
}

/// What the workers share.
struct Shared {
    account: AccountKey,
    queue: RefCell<VecDeque<Guid>>,
    tries: RefCell<HashMap<Guid, u32>>,
    since: Instant,
    over: Cell<usize>,
}

async fn work(app: App, shared: Rc<Shared>) {
    let checks = app.checks;
    while !checks.is_cancelled.get_untracked() {
        // One gate for all: whoever is told to wait makes everybody wait.
        if let Some(until) = checks.waits_until.get_untracked().filter(|until| *until > clock::now()) {
            let millis = (until.0 - clock::now().0).clamp(50, 1_000);
            clock::sleep(i32::try_from(millis).unwrap_or(1_000)).await;
            continue;
        }
        let Some(customer) = shared.queue.borrow_mut().pop_front() else { return };
        match look(app, &shared.account, customer).await {
            Ok(found) => {
                set_note(app, customer, |note| {
                    note.consent = Some(found);
                    note.checked = Some(clock::now());
                });
                checks.job.update(|job| over(job, |job| job.succeeded(customer)));
            }
            Err(PutOff { seconds, is_throttled }) => {
                let tries = {
                    let mut tries = shared.tries.borrow_mut();
                    let tries = tries.entry(customer).or_default();
                    *tries += 1;
                    *tries
                };
                if !is_throttled {
                    // Others go on meanwhile; a service that has trouble is not helped by haste.
                    clock::sleep(1_000 << tries.min(3).saturating_sub(1)).await;
                }
                if is_throttled {
                    checks.waits_until.set(Some(clock::now().plus_seconds(check::wait(tries, seconds))));
                }
                // A wait that Microsoft asked for is no failure of the customer.
                if tries < MOST_TRIES || (is_throttled && tries < 3 * MOST_TRIES) {
                    shared.queue.borrow_mut().push_back(customer);
                    continue;
                }
                checks.job.update(|job| over(job, |job| job.gave_up(customer)));
            }
        }
        shared.over.set(shared.over.get() + 1);
        checks.pace.set(Pace { done: shared.over.get(), seconds: clock::now().seconds_since(shared.since) });
        if shared.over.get().is_multiple_of(KEEP_EVERY) {
            keep(app).await;
        }
    }
}

fn over(job: &mut Option<Job>, change: impl FnOnce(&mut Job)) {
    if let Some(job) = job {
        change(job);
    }
}

/// No result yet: ask again.
struct PutOff {
    seconds: Option<i64>,
    is_throttled: bool,
}

/// Reads what a customer's tenant has granted to the page's own application.
async fn look(app: App, account: &AccountKey, customer: Guid) -> Result<ConsentState, PutOff> {
    let feature = Feature::Partner;
    let (Some(tenant), Some(config)) = (customer.tenant(), app.config_now()) else { return Ok(ConsentState::Gone) };
    let client = match graph::bind(app, account, &tenant, feature).await {
        Ok(client) => client,
        Err(trouble) => return judge(&trouble),
    };
    let outcome = graph::send(app, account, &client, feature, &[service_principals::by_app_id(&config.client_id)]).await.pop();
    let id = match outcome {
        Some(Outcome::Ok(body)) => body.get("id").and_then(|id| id.as_str()).and_then(crate::domain::ids::ObjectId::parse),
        Some(Outcome::NotFound(_)) => return Ok(ConsentState::NotGiven),
        other => return put_off(other),
    };
    let Some(id) = id else { return put_off(None) };
    match graph::send(app, account, &client, feature, &[grants::of_client(&id)]).await.pop() {
        Some(Outcome::Ok(body)) => {
            let items = body.get("value").and_then(|value| value.as_array()).cloned().unwrap_or_default();
            let held = items.into_iter().filter_map(|item| serde_json::from_value::<Grant>(item).ok()).filter(Grant::is_tenant_wide);
            let scopes: BTreeSet<String> = held.flat_map(|grant| grant.scopes().map(str::to_owned).collect::<Vec<_>>()).collect();
            Ok(check::compare(Feature::ALL_SCOPES, &scopes))
        }
        other => put_off(other),
    }
}

fn put_off(outcome: Option<Outcome>) -> Result<ConsentState, PutOff> {
    match outcome {
        Some(Outcome::Throttled { seconds, fault }) => Err(PutOff { seconds, is_throttled: fault.status == 429 }),
        Some(Outcome::Denied(_)) => Ok(ConsentState::NoAccess),
        _ => Err(PutOff { seconds: None, is_throttled: false }),
    }
}

/// What it means that a customer's tenant does not open.
fn judge(trouble: &Trouble) -> Result<ConsentState, PutOff> {
    if lacks_consent(trouble) {
        return Ok(ConsentState::NotGiven);
    }
    match trouble {
        Trouble::Token(TokenTrouble::Fault(TokenFault::Refused(fault))) => match (fault.number, fault.remedy()) {
            (Some(5_000_224 | 90002 | 900_023 | 50059), _) => Ok(ConsentState::Gone),
            (Some(50020 | 50177 | 16000 | 16003), _) => Ok(ConsentState::NoAccess),
            (_, Remedy::Later) => Err(PutOff { seconds: None, is_throttled: true }),
            _ => Ok(ConsentState::Blocked),
        },
        Trouble::Directory(fault) => Err(PutOff { seconds: None, is_throttled: fault.status == 429 }),
        _ => Err(PutOff { seconds: None, is_throttled: false }),
    }
}
