//! Waits that Microsoft asked for in a tenant, shared by all tabs: while one lasts no tab sends there, and after it one asks first.

use super::App;
use super::locks::{self, Lock};
use crate::domain::ids::TenantId;
use crate::graph::answer::{Fault, Outcome};
use crate::platform::{clock, page};

const COOL: &str = "latchkey.cool.";
/// Where Microsoft does not say how long, in seconds.
const UNSAID: i64 = 5;
/// Between two looks while another tab asks, in seconds.
const LOOK_AGAIN: i64 = 2;

fn key(tenant: &TenantId) -> String {
    format!("{COOL}{tenant}")
}

/// Waits for no one: returns what is to be held while a request is on its way, or for how many seconds there must be none.
///
/// # Errors
/// The seconds to wait.
pub async fn turn(app: App, tenant: &TenantId) -> Result<Option<Lock>, i64> {
    if page::shared_moment(&key(tenant)).is_none() {
        return Ok(None);
    }
    if let Some(seconds) = left(tenant) {
        return Err(seconds);
    }
    match locks::try_take(app, &format!("latchkey-first-{tenant}")).await {
        // Whoever asked meanwhile may have been told to wait once more.
        Some(first) => left(tenant).map_or(Ok(Some(first)), Err),
        None => Err(LOOK_AGAIN),
    }
}

/// Returns for how many seconds the wait goes on.
fn left(tenant: &TenantId) -> Option<i64> {
    let millis = page::shared_moment(&key(tenant))?.0 - clock::now().0;
    (millis > 0).then_some((millis + 999) / 1000)
}

/// Notes what came of the requests: a wait for all tabs, or that it is over. Only whoever asked first after a wait knows that.
pub fn note<'a>(tenant: &TenantId, was_first: bool, outcomes: impl Iterator<Item = &'a Outcome>) {
    let mut wait = None;
    let mut is_answered = false;
    for outcome in outcomes {
        match outcome {
            Outcome::Throttled { seconds, fault } if fault.status == 429 => wait = wait.max(Some(seconds.unwrap_or(UNSAID))),
            Outcome::Throttled { .. } | Outcome::Unknown(_) => {}
            Outcome::Ok(_) | Outcome::NotFound(_) | Outcome::NotYet(_) | Outcome::Duplicate(_) => is_answered = true,
            Outcome::Denied(_) | Outcome::Rejected(_) | Outcome::Token { .. } => is_answered = true,
        }
    }
    match wait {
        Some(seconds) => {
            let until = clock::now().plus_seconds(seconds);
            page::share_moment(&key(tenant), page::shared_moment(&key(tenant)).max(Some(until)));
        }
        None if is_answered && was_first => page::share_moment(&key(tenant), None),
        None => {}
    }
}

/// Returns what it means for a request that it was not sent.
#[must_use]
pub fn unsent(seconds: i64) -> Outcome {
    let fault = Fault { status: 429, code: "TooManyRequests".into(), ..Fault::default() };
    Outcome::Throttled { seconds: Some(seconds), fault }
}
