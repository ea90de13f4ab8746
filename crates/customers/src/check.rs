//! Checking the consent of many customers: what is left to do, what came of each, and when to ask again.

use super::{ConsentState, Guid, Refusal};
use domain::ids::TenantId;
use domain::time::Instant;
use entra::fault::{EntraFault, Meaning, Reason};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How often a customer is asked at most before it counts as failed.
pub const MOST_TRIES: u32 = 5;
/// The longest wait after an answer that named no time, in seconds (graph throttling guidance: 1, 2, 4, 8, 16, 30).
const LONGEST: i64 = 30;

/// A check of several customers, as it is kept over a reload.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// The partner's tenant.
    pub home: TenantId,
    pub waiting: BTreeSet<Guid>,
    pub done: usize,
    pub failed: Vec<Guid>,
    pub started: Instant,
}

impl Job {
    #[must_use]
    pub fn new(home: TenantId, customers: impl IntoIterator<Item = Guid>, now: Instant) -> Self {
        Self { home, waiting: customers.into_iter().collect(), done: 0, failed: Vec::new(), started: now }
    }

    #[must_use]
    pub fn total(&self) -> usize {
        self.waiting.len() + self.done + self.failed.len()
    }

    pub fn succeeded(&mut self, customer: Guid) {
        self.waiting.remove(&customer);
        self.done += 1;
    }

    pub fn gave_up(&mut self, customer: Guid) {
        self.waiting.remove(&customer);
        self.failed.push(customer);
    }

    /// Takes more customers in; what is left of the job stays.
    pub fn add(&mut self, customers: impl IntoIterator<Item = Guid>) {
        self.waiting.extend(self.failed.drain(..));
        self.waiting.extend(customers);
    }

    /// Takes the failed ones up again, alone.
    pub fn retry_failed(&mut self, now: Instant) {
        self.waiting.extend(self.failed.drain(..));
        self.done = 0;
        self.started = now;
    }
}

/// How fast a check goes, counted since this visit took it up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pace {
    pub done: usize,
    pub seconds: i64,
}

impl Pace {
    /// Customers a minute; `None` while there is too little to tell.
    #[must_use]
    pub fn per_minute(self) -> Option<usize> {
        (self.done >= 5 && self.seconds > 0).then(|| self.done * 60 / usize::try_from(self.seconds).unwrap_or(1))
    }

    /// Seconds until so many more are done.
    #[must_use]
    pub fn left(self, waiting: usize) -> Option<i64> {
        let rate = self.per_minute().filter(|rate| *rate > 0)?;
        i64::try_from(waiting * 60 / rate).ok()
    }
}

/// What becomes of a check when a customer's tenant refuses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// That is the customer's own, and the others go on.
    Found(ConsentState),
    /// The same, unless the person's own tenant answers alike: then the sign-in has ended for all.
    FoundUnlessHome(ConsentState),
    Later,
    /// The sign-in itself has ended.
    Ended,
}

/// Decides it by what the refusal means.
#[must_use]
pub fn fate(fault: &EntraFault) -> Fate {
    let refused = || ConsentState::Refused(Refusal::of(fault));
    match (fault.meaning(false), fault.reason) {
        (Meaning::Consent, _) => Fate::Found(ConsentState::NotGiven),
        (Meaning::NoAccess, Reason::NoAccess) => Fate::Found(ConsentState::NoAccess),
        (Meaning::Gone, Reason::TenantUnknown) => Fate::Found(ConsentState::Gone),
        (Meaning::NoAccess | Meaning::Gone | Meaning::Declined, _) => Fate::Found(refused()),
        (Meaning::PolicyAsks | Meaning::PolicyForbids | Meaning::Registration | Meaning::Unknown, _) => Fate::FoundUnlessHome(refused()),
        (Meaning::Later, _) => Fate::Later,
        (Meaning::SignInEnded, _) => Fate::Ended,
    }
}

/// Returns how long to wait after a try that was put off: what Microsoft says, else longer each time.
#[must_use]
pub fn wait(tries: u32, said: Option<i64>) -> i64 {
    said.unwrap_or_else(|| (1_i64 << tries.min(5)).min(LONGEST)).clamp(1, 300)
}

/// Compares the scopes that a tenant granted for everybody with those that the page asks for.
#[must_use]
pub fn compare(wanted: &[&str], granted: &BTreeSet<String>) -> ConsentState {
    let is_granted = |scope: &str| granted.iter().any(|known| known.eq_ignore_ascii_case(scope));
    let is_ours = |scope: &str| wanted.iter().any(|known| known.eq_ignore_ascii_case(scope));
    // OpenID Connect's own are granted along with any other.
    let is_plain = |scope: &str| matches!(scope, "openid" | "profile" | "offline_access" | "email");
    ConsentState::Given {
        missing: wanted.iter().filter(|scope| !is_granted(scope)).map(|scope| (*scope).to_owned()).collect(),
        extra: granted.iter().filter(|scope| !is_ours(scope) && !is_plain(scope)).cloned().collect(),
    }
}
