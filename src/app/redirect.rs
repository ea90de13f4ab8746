//! Leaving for Microsoft's sign-in page, with what must be known when the answer comes. Needs no state of the page, so the door uses it too.

use crate::domain::time::Instant;
use crate::entra::attempt::{Attempt, Departures, ReturnTo};
use crate::entra::authorize::{self, Prompt, Wanted};
use crate::entra::cloud::Config;
use crate::entra::scopes::Scopes;
use crate::platform::{clock, page};

const ATTEMPT: &str = "latchkey.attempt.";
const LOOP: &str = "latchkey.redirects";
const SWEEP_MS: i32 = 30_000;

/// Why the page stayed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stayed {
    /// Back and forth without an end.
    Loop,
    /// The browser does not let the page remember the attempt.
    NoMemory,
    Configuration,
}

/// Returns what a first sign-in asks for; it comes back to this screen.
#[must_use]
pub fn first_sign_in() -> Wanted {
    Wanted {
        authority: "organizations".into(),
        scopes: Scopes::SIGN_IN,
        return_to: ReturnTo::of_path(&page::path()),
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
    if is_loop(&wanted, now) {
        return Err(Stayed::Loop);
    }
    // A new attempt is always allowed; those that are not stale belong to Back and Forward.
    sweep(now);
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

/// Removes what an abandoned attempt left: its verifier, state and nonce live for ten minutes.
fn sweep(now: Instant) {
    page::sweep_tab(ATTEMPT, |text| serde_json::from_str::<Attempt>(text).is_ok_and(|attempt| !attempt.is_stale(now)));
}

/// Sweeps for as long as the page lives: nobody may come to leave it again.
pub async fn keep_swept() {
    loop {
        sweep(clock::now());
        clock::sleep(SWEEP_MS).await;
    }
}

/// Notes a departure. One purpose is one tenant, one set of scopes and one screen.
fn is_loop(wanted: &Wanted, now: Instant) -> bool {
    let mut departures: Departures = page::kept_in_tab(LOOP).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let purpose = serde_json::to_string(&(&wanted.authority, &wanted.scopes, &wanted.return_to)).unwrap_or_default();
    let is_loop = departures.is_loop(&purpose, now);
    page::keep_in_tab(LOOP, &serde_json::to_string(&departures).unwrap_or_default());
    is_loop
}

/// Forgets the departures and all that waits for an answer, for a person who starts over.
pub fn forget() {
    let _ = page::take_from_tab(LOOP);
    page::sweep_tab(ATTEMPT, |_| false);
}
