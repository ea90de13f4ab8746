//! Checks the consent of many customers: several at a time, gently, resumable, each result kept as it comes.

use super::graph::{self, Trouble};
use super::partner::{self, ConsentState, Guid};
use super::state::State;
use super::vault::{TokenTrouble, tokens};
use super::{App, storage};
use crate::customers::check::{self, Fate, Job, MOST_TRIES, Pace};
use crate::domain::ids::{AccountKey, AppId, TenantId};
use crate::domain::permission::GRAPH;
use crate::domain::time::Instant;
use crate::entra::fault::{EntraFault, Meaning};
use crate::entra::scopes::{NAMES, Scopes};
use crate::entra::token::TokenFault;
use crate::graph::answer::Outcome;
use crate::graph::client::TenantClient;
use crate::graph::grants;
use crate::graph::service_principals;
use crate::platform::{clock, page};
use crate::store::{Shelf, Store};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

/// Customers that are asked about at the same time.
const AT_ONCE: usize = 8;
/// The job is kept each time that so many are over, and at the end.
const KEEP_EVERY: usize = 10;

/// Kept in the tab while a check waits for the person to sign in.
const GOES_ON: &str = "latchkey.check";

/// The check, as the screen sees it.
#[derive(Clone, Copy)]
pub struct Checks {
    pub job: State<Option<Job>>,
    pub is_running: State<bool>,
    pub pace: State<Pace>,
    /// Microsoft's sign-in asked to wait until then.
    pub waits_until: State<Option<Instant>>,
    /// It stopped since the sign-in has ended.
    pub needs_sign_in: State<bool>,
    is_cancelled: State<bool>,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            job: State::new(None),
            is_running: State::new(false),
            pace: State::new(Pace::default()),
            waits_until: State::new(None),
            needs_sign_in: State::new(false),
            is_cancelled: State::new(false),
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
        return app.toast(crate::text::partner::CHECK_IS_RUNNING);
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

/// Goes on after a sign-in where a check was stopped for want of one.
pub async fn go_on(app: App, home: &TenantId) {
    if page::take_from_tab(GOES_ON).as_deref() == Some(home.as_str()) {
        load(app, home).await;
        resume(app);
    }
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
            refused_at_home: RefCell::default(),
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
    /// By the code of a refusal: whether the person's own tenant refuses alike.
    refused_at_home: RefCell<HashMap<String, bool>>,
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

    /// Whether the person's own tenant refuses alike. It is asked once for each kind of refusal.
    async fn is_refused_at_home(&self, app: App, fault: &EntraFault) -> bool {
        let known = self.refused_at_home.borrow().get(&fault.code()).copied();
        if let Some(known) = known {
            return known;
        }
        let is_refused = match tokens::renew(app, &self.account, &self.home, Scopes::SIGN_IN).await {
            Err(TokenTrouble::Fault(TokenFault::Refused(at_home))) => {
                at_home.meaning(true) == Meaning::SignInEnded || at_home.code() == fault.code()
            }
            Err(TokenTrouble::SignedOut) => true,
            Ok(_) | Err(TokenTrouble::NoAnswer | TokenTrouble::Missing(_) | TokenTrouble::Fault(_)) => false,
        };
        self.refused_at_home.borrow_mut().insert(fault.code(), is_refused);
        is_refused
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
        let looked = look(app, &shared, customer).await;
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
                page::keep_in_tab(GOES_ON, shared.home.as_str());
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
async fn look(app: App, shared: &Shared, customer: Guid) -> Look {
    let account = &shared.account;
    let scopes = Scopes::CONSENTS;
    let (Some(tenant), Some(config), Some(graph_id)) = (customer.tenant(), app.config_now(), AppId::parse(GRAPH)) else {
        return Look::Found(ConsentState::Gone);
    };
    let client = match graph::bind(app, account, &tenant, scopes).await {
        Ok(client) => client,
        Err(trouble) if trouble.meaning(false) == Meaning::Consent => return partly(app, shared, &tenant).await,
        Err(trouble) => return judge(app, shared, &trouble).await,
    };
    let principals = (service_principals::by_app_id(&config.client_id), service_principals::by_app_id(&graph_id));
    match graph::ask(app, account, &client, scopes, principals).await {
        (Err(ours), _) if matches!(*ours, Outcome::NotFound(_)) => Look::Found(ConsentState::NotGiven),
        (Ok(ours), Ok(resource)) => read_grants(app, account, &client, &ours.id, &resource.id).await,
        (Ok(_), Err(other)) | (Err(other), _) => put_off(*other),
    }
}

async fn read_grants(
    app: App,
    account: &AccountKey,
    client: &TenantClient,
    id: &crate::domain::ids::ObjectId,
    resource: &crate::domain::ids::ObjectId,
) -> Look {
    let mut scopes: BTreeSet<String> = BTreeSet::new();
    let read = graph::pages(app, account, client, Scopes::CONSENTS, grants::of_client(id), |items| {
        let held = items.filter(|grant| grant.is_tenant_wide() && grant.resource_id == *resource);
        scopes.extend(held.flat_map(|grant| grant.scopes().map(str::to_owned).collect::<Vec<_>>()));
        true
    });
    match read.await {
        Ok(()) => Look::Found(check::compare(&NAMES, &scopes)),
        Err(fault) if fault.status == 403 => Look::Found(ConsentState::NoAccess),
        Err(fault) if fault.status == 429 => Look::Later { seconds: None, why: Why::TenantBusy },
        Err(_) => Look::Later { seconds: None, why: Why::Trouble },
    }
}

/// The tenant has not granted what reading its grants needs. What the least token carries tells whether it granted anything.
async fn partly(app: App, shared: &Shared, tenant: &TenantId) -> Look {
    let account = &shared.account;
    match graph::bind(app, account, tenant, Scopes::SIGN_IN).await {
        Ok(_) => {
            let scopes = app.vault().granted(account, tenant, Scopes::SIGN_IN).unwrap_or_default();
            let scopes = scopes.split_whitespace().map(|scope| scope.rsplit('/').next().unwrap_or(scope).to_owned()).collect();
            Look::Found(check::compare(&NAMES, &scopes))
        }
        Err(trouble) => judge(app, shared, &trouble).await,
    }
}

fn put_off(outcome: Outcome) -> Look {
    match outcome {
        Outcome::Throttled { seconds, fault } if fault.status == 429 => Look::Later { seconds, why: Why::TenantBusy },
        Outcome::Throttled { seconds, .. } => Look::Later { seconds, why: Why::Trouble },
        Outcome::Denied(_) => Look::Found(ConsentState::NoAccess),
        _ => Look::Later { seconds: None, why: Why::Trouble },
    }
}

/// What it means that a customer's tenant does not open.
async fn judge(app: App, shared: &Shared, trouble: &Trouble) -> Look {
    match trouble {
        Trouble::Token(TokenTrouble::SignedOut) => Look::SignInEnded,
        Trouble::Token(TokenTrouble::Missing(_)) => Look::Found(ConsentState::NotGiven),
        Trouble::Token(TokenTrouble::Fault(TokenFault::Refused(fault))) => match check::fate(fault) {
            Fate::Found(found) => Look::Found(found),
            Fate::FoundUnlessHome(_) if shared.is_refused_at_home(app, fault).await => Look::SignInEnded,
            Fate::FoundUnlessHome(found) => Look::Found(found),
            Fate::Later => Look::Later { seconds: None, why: Why::SignInBusy },
            Fate::Ended => Look::SignInEnded,
        },
        Trouble::Busy(fault, seconds) if fault.status == 429 => Look::Later { seconds: *seconds, why: Why::TenantBusy },
        Trouble::Busy(_, seconds) => Look::Later { seconds: *seconds, why: Why::Trouble },
        Trouble::Directory(fault) if fault.status == 403 => Look::Found(ConsentState::NoAccess),
        Trouble::Token(
            TokenTrouble::NoAnswer | TokenTrouble::Fault(TokenFault::Foreign(_) | TokenFault::IdToken(_) | TokenFault::Malformed(_)),
        )
        | Trouble::Directory(_)
        | Trouble::WrongTenant(_) => Look::Later { seconds: None, why: Why::Trouble },
    }
}
