//! Leaving for Microsoft's sign-in page, with what must be known when the answer comes. Needs no state of the page, so the door uses it too.

use crate::domain::time::Instant;
use crate::entra::attempt::{Attempt, ReturnTo};
use crate::entra::authorize::{self, Prompt, Wanted};
use crate::entra::cloud::Config;
use crate::entra::scopes::Feature;
use crate::platform::{clock, page};

const ATTEMPT: &str = "latchkey.attempt.";
const LOOP: &str = "latchkey.redirects";

/// Why the page stayed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stayed {
    /// Back and forth without an end.
    Loop,
    /// The browser does not let the page remember the attempt.
    NoMemory,
    Configuration,
}

/// Returns what a first sign-in asks for.
#[must_use]
pub fn first_sign_in() -> Wanted {
    Wanted {
        authority: "organizations".into(),
        feature: Feature::SignIn,
        return_to: ReturnTo::Home,
        prompt: Prompt::SelectAccount,
        claims: None,
        account: None,
    }
}

/// Leaves for Microsoft.
///
/// # Errors
/// Why the page stayed.
pub fn leave(config: &Config, wanted: Wanted) -> Result<(), Stayed> {
    let now = clock::now();
    if too_many(now) {
        return Err(Stayed::Loop);
    }
    // A new attempt is always allowed; stale ones are swept, others belong to Back and Forward.
    page::sweep_tab(ATTEMPT, |text| serde_json::from_str::<Attempt>(text).is_ok_and(|attempt| !attempt.is_stale(now)));
    let (url, attempt) = authorize::request(config, wanted, now).map_err(|_| Stayed::Configuration)?;
    let text = serde_json::to_string(&attempt).map_err(|_| Stayed::NoMemory)?;
    if !page::keep_in_tab(&format!("{ATTEMPT}{}", attempt.state), &text) {
        return Err(Stayed::NoMemory);
    }
    page::go(url.as_str());
    Ok(())
}

/// Returns where the attempt of a state leads back to, without using the attempt up.
#[must_use]
pub fn return_of(state: &str) -> Option<ReturnTo> {
    let text = page::kept_in_tab(&format!("{ATTEMPT}{state}"))?;
    serde_json::from_str::<Attempt>(&text).ok().map(|attempt| attempt.return_to)
}

/// Takes the attempt of a state out of storage: it can be used once.
#[must_use]
pub fn take_attempt(state: &str) -> Option<Attempt> {
    let text = page::take_from_tab(&format!("{ATTEMPT}{state}"))?;
    serde_json::from_str(&text).ok()
}

/// Counts redirects of the last two minutes; more than eight are a loop.
fn too_many(now: Instant) -> bool {
    let mut times: Vec<i64> = page::kept_in_tab(LOOP).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    times.retain(|time| now.0 - time < 120_000);
    times.push(now.0);
    page::keep_in_tab(LOOP, &serde_json::to_string(&times).unwrap_or_default());
    times.len() > 8
}
