//! Checks the consent of many customers: several at a time, gently, resumable, each result kept as it comes.

use super::graph::{self, Trouble};
use super::partner::{self, ConsentState, Guid};
use super::tenant::lacks_consent;
use super::vault::TokenTrouble;
use super::{App, storage};
use crate::customers::check::{self, Job, MOST_TRIES, Pace};
use crate::domain::ids::{AccountKey, AppId, TenantId};
use crate::domain::permission::GRAPH;
use crate::domain::time::Instant;
use crate::entra::fault::Remedy;
use crate::entra::scopes::Feature;
use crate::entra::token::TokenFault;
use crate::graph::answer::Outcome;
use crate::graph::client::TenantClient;
use crate::graph::grants::{self, Grant};
use crate::graph::service_principals;
use crate::platform::clock;
use crate::store::{Shelf, Store};
use leptos::prelude::*;
use serde_json::Value;
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
    /// Microsoft's sign-in asked to wait until then.
    pub waits_until: RwSignal<Option<Instant>>,
    /// It stopped since the sign-in has ended.
    pub needs_sign_in: RwSignal<bool>,
    is_cancelled: RwSignal<bool>,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            job: RwSignal::new(None),
            is_running: RwSignal::new(false),
            pace: RwSignal::new(Pace::default()),
            waits_until: RwSignal::new(None),
            needs_sign_in: RwSignal::new(false),
            is_cancelled: RwSignal::new(false),
        }
    }
}

impl Checks {
    /// Stops and forgets; what is kept in the browser stays.
    pub fn forget(self) {
        self.is_cancelled.set(true);
        self.needs_sign_in.set(false);
        self.job.set(None);
    }

    fn is_of(self, home: &TenantId) -> bool {
        self.job.with_untracked(|job| job.as_ref().is_some_and(|job| job.home == *home))
    }
}

fn key(home: &TenantId) -> String {
    format!("{home}/check")
}

/// Reads the job that a reload interrupted.
pub async fn load(app: App, home: &TenantId) {
    if app.checks.is_of(home) {
        return;
    }
    let kept = app.store().get(Shelf::Customers, &key(home)).await;
    // Another one may have begun meanwhile.
    if let Ok(Some(json)) = kept
        && app.checks.job.with_untracked(Option::is_none)
    {
        app.checks.job.set(serde_json::from_str::<Job>(&json).ok().filter(|job| job.home == *home));
    }
}

async fn keep(app: App, home: &TenantId) {
    let Some(job) = app.checks.job.get_untracked().filter(|job| job.home == *home) else { return };
    if let Ok(json) = serde_json::to_string(&job) {
        let _ = storage::put(app, Shelf::Customers, &key(home), &json).await;
    }
}

/// Begins a check of these customers; what is left of an earlier one goes with it.
pub fn begin(app: App, home: &TenantId, customers: Vec<Guid>) {
    let checks = app.checks;
    if checks.is_running.get_untracked() {
        return app.toast("A check is running. Cancel it, or wait until it is over, then check these.");
    }
    checks.job.update(|job| match job.as_mut().filter(|job| job.home == *home && !job.waiting.is_empty()) {
        Some(job) => job.add(customers),
        None => *job = Some(Job::new(home.clone(), customers, clock::now())),
    });
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
    let Some(job) = checks.job.get_untracked().filter(|job| !job.waiting.is_empty()) else { return };
    if checks.is_running.get_untracked() {
        return;
    }
    checks.is_running.set(true);
    checks.is_cancelled.set(false);
    checks.needs_sign_in.set(false);
    checks.pace.set(Pace::default());
    leptos::task::spawn_local(async move {
        let home = job.home;
        let shared = Rc::new(Shared {
            account,
            home: home.clone(),
            queue: RefCell::new(job.waiting.into_iter().map(|customer| (customer, Instant(0))).collect()),
            tries: RefCell::default(),
            since: clock::now(),
            over: Cell::new(0),
        });
        keep(app, &home).await;
        let workers = (0..AT_ONCE).map(|_| work(app, shared.clone()));
        futures_util::future::join_all(workers).await;
        keep(app, &home).await;
        checks.waits_until.set(None);
        checks.is_running.set(false);
    });
}

/// What the workers share.
struct Shared {
    account: AccountKey,
    home: TenantId,
    /// Customers with the moment before which they are not asked again.
    queue: RefCell<VecDeque<(Guid, Instant)>>,
    tries: RefCell<HashMap<Guid, u32>>,
    since: Instant,
    over: Cell<usize>,
}

impl Shared {
    /// Takes the next customer whose wait is over; `None` when all that are left wait.
    fn next(&self, now: Instant) -> Option<Guid> {
        let mut queue = self.queue.borrow_mut();
        let at = queue.iter().position(|(_, not_before)| *not_before <= now)?;
        queue.remove(at).map(|(customer, _)| customer)
    }

    fn tried(&self, customer: Guid) -> u32 {
        let mut tries = self.tries.borrow_mut();
        let tries = tries.entry(customer).or_default();
        *tries += 1;
        *tries
    }
}

async fn work(app: App, shared: Rc<Shared>) {
    let checks = app.checks;
    while !checks.is_cancelled.get_untracked() {
        let now = clock::now();
        // Tenants are throttled each for themselves; the sign-in is one for all.
        let is_gated = checks.waits_until.get_untracked().is_some_and(|until| until > now);
        let Some(customer) = (!is_gated).then(|| shared.next(now)).flatten() else {
            if shared.queue.borrow().is_empty() {
                return;
            }
            clock::sleep(250).await;
            continue;
        };
        let looked = look(app, &shared.account, customer).await;
        if !checks.is_of(&shared.home) {
            return;
        }
        match looked {
            Look::Found(found) => {
                partner::set_note_of(app, &shared.home, customer, |note| {
                    note.consent = Some(found);
                    note.checked = Some(clock::now());
                });
                checks.job.update(|job| over(job, |job| job.succeeded(customer)));
            }
            Look::SignInEnded => {
                checks.needs_sign_in.set(true);
                checks.is_cancelled.set(true);
                return;
            }
            Look::Later { seconds, why } => {
                let tries = shared.tried(customer);
                let until = clock::now().plus_seconds(check::wait(tries, seconds));
                if why == Why::SignInBusy {
                    checks.waits_until.update(|known| *known = (*known).max(Some(until)));
                }
                // A wait that Microsoft asked for is no failure of the customer.
                if tries < MOST_TRIES || (why != Why::Trouble && tries < 3 * MOST_TRIES) {
                    shared.queue.borrow_mut().push_back((customer, until));
                    continue;
                }
                checks.job.update(|job| over(job, |job| job.gave_up(customer)));
            }
        }
        shared.over.set(shared.over.get() + 1);
        checks.pace.set(Pace { done: shared.over.get(), seconds: clock::now().seconds_since(shared.since) });
        if shared.over.get().is_multiple_of(KEEP_EVERY) {
            keep(app, &shared.home).await;
        }
    }
}

fn over(job: &mut Option<Job>, change: impl FnOnce(&mut Job)) {
    if let Some(job) = job {
        change(job);
    }
}

/// What a look at a customer's tenant gave.
enum Look {
    Found(ConsentState),
    /// No result yet: after so many seconds, if Microsoft says.
    Later {
        seconds: Option<i64>,
        why: Why,
    },
    /// The person must sign in again before anything can be asked.
    SignInEnded,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The tenant is asked too often.
    TenantBusy,
    /// Microsoft's sign-in is asked too often.
    SignInBusy,
    /// No answer, or one that says nothing.
    Trouble,
}

/// Reads what a customer's tenant has granted to the page's own application.
async fn look(app: App, account: &AccountKey, customer: Guid) -> Look {
    let feature = Feature::Consents;
    let (Some(tenant), Some(config), Some(graph_id)) = (customer.tenant(), app.config_now(), AppId::parse(GRAPH)) else {
        return Look::Found(ConsentState::Gone);
    };
    let client = match graph::bind(app, account, &tenant, feature).await {
        Ok(client) => client,
        Err(trouble) if lacks_consent(&trouble) => return partly(app, account, &tenant).await,
        Err(trouble) => return judge(&trouble),
    };
    let principals = [service_principals::by_app_id(&config.client_id), service_principals::by_app_id(&graph_id)];
    let mut outcomes = graph::send(app, account, &client, feature, &principals).await.into_iter();
    let ours = match (outcomes.next(), outcomes.next()) {
        (Some(Outcome::NotFound(_)), _) => return Look::Found(ConsentState::NotGiven),
        (Some(Outcome::Ok(ours)), Some(Outcome::Ok(resource))) => id_of(&ours).zip(id_of(&resource)),
        (Some(Outcome::Ok(_)), other) | (other, _) => return put_off(other),
    };
    let Some((id, resource)) = ours else { return put_off(None) };
    read_grants(app, account, &client, &id, &resource).await
}

fn id_of(body: &Value) -> Option<crate::domain::ids::ObjectId> {
    body.get("id").and_then(Value::as_str).and_then(crate::domain::ids::ObjectId::parse)
}

async fn read_grants(
    app: App,
    account: &AccountKey,
    client: &TenantClient,
    id: &crate::domain::ids::ObjectId,
    resource: &crate::domain::ids::ObjectId,
) -> Look {
    match graph::send(app, account, client, Feature::Consents, &[grants::of_client(id)]).await.pop() {
        Some(Outcome::Ok(body)) => {
            let items = body.get("value").and_then(Value::as_array).cloned().unwrap_or_default();
            let held = items
                .into_iter()
                .filter_map(|item| serde_json::from_value::<Grant>(item).ok())
                .filter(|grant| grant.is_tenant_wide() && grant.resource_id == *resource);
            let scopes: BTreeSet<String> = held.flat_map(|grant| grant.scopes().map(str::to_owned).collect::<Vec<_>>()).collect();
            Look::Found(check::compare(Feature::ALL_SCOPES, &scopes))
        }
        other => put_off(other),
    }
}

/// The tenant has not granted what reading its grants needs. What the least token carries tells whether it granted anything.
async fn partly(app: App, account: &AccountKey, tenant: &TenantId) -> Look {
    match graph::bind(app, account, tenant, Feature::SignIn).await {
        Ok(_) => {
            let scopes = app.vault().granted(account, tenant, Feature::SignIn).unwrap_or_default();
            let scopes = scopes.split_whitespace().map(|scope| scope.rsplit('/').next().unwrap_or(scope).to_owned()).collect();
            Look::Found(check::compare(Feature::ALL_SCOPES, &scopes))
        }
        Err(trouble) if lacks_consent(&trouble) => Look::Found(ConsentState::NotGiven),
        Err(trouble) => judge(&trouble),
    }
}

fn put_off(outcome: Option<Outcome>) -> Look {
    match outcome {
        Some(Outcome::Throttled { seconds, fault }) if fault.status == 429 => Look::Later { seconds, why: Why::TenantBusy },
        Some(Outcome::Throttled { seconds, .. }) => Look::Later { seconds, why: Why::Trouble },
        Some(Outcome::Denied(_)) => Look::Found(ConsentState::NoAccess),
        _ => Look::Later { seconds: None, why: Why::Trouble },
    }
}

/// What it means that a customer's tenant does not open.
fn judge(trouble: &Trouble) -> Look {
    match trouble {
        Trouble::Token(TokenTrouble::SignedOut) => Look::SignInEnded,
        Trouble::Token(TokenTrouble::Fault(TokenFault::Refused(fault))) => match (fault.number, fault.remedy()) {
            (Some(5_000_224 | 90002 | 900_023 | 50059), _) => Look::Found(ConsentState::Gone),
            (Some(50020 | 50177 | 16000 | 16003), _) => Look::Found(ConsentState::NoAccess),
            // Conditional Access and multifactor authentication of that tenant; any other wish for a sign-in is for all of them.
            (Some(50072 | 50074 | 50076 | 50079 | 50097 | 50158 | 53000..=53004 | 53011 | 530_032 | 530_034 | 530_035), _) => {
                Look::Found(ConsentState::Blocked)
            }
            (_, Remedy::SignIn) => Look::SignInEnded,
            (_, Remedy::Later) => Look::Later { seconds: None, why: Why::SignInBusy },
            _ => Look::Found(ConsentState::Blocked),
        },
        Trouble::Busy(fault, seconds) if fault.status == 429 => Look::Later { seconds: *seconds, why: Why::TenantBusy },
        Trouble::Busy(_, seconds) => Look::Later { seconds: *seconds, why: Why::Trouble },
        Trouble::Directory(fault) if fault.status == 403 => Look::Found(ConsentState::NoAccess),
        _ => Look::Later { seconds: None, why: Why::Trouble },
    }
}
