//! One attempt to sign in: what must come back unchanged, for ten minutes, once.

use super::scopes::Scopes;
use domain::ids::RunId;
use domain::route::Route;
use domain::time::Instant;
use serde::{Deserialize, Serialize};

/// How long an attempt may take, in seconds.
pub const LIFE: i64 = 600;

/// Where the person goes after the answer: a screen of this page, so that no address can choose it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReturnTo {
    /// A screen of this page, by its route: usually the one that the sign-in was started from.
    Screen(Route),
    /// The sign-in as the account of a run, which shows that it can.
    Proof(RunId),
}

impl ReturnTo {
    /// Returns the screen at a path of this page; the first one where there is none, or one that only an answer leads to.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        Self::Screen(Route::of_path(path).filter(|route| *route != Route::Consent).unwrap_or(Route::Home))
    }

    /// Returns the path of the screen.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Screen(route) => route.path(),
            Self::Proof(run) => Route::Run(run.clone()).path(),
        }
    }
}

/// The redirects of the last minutes, by what they were for. Kept in the tab, so that a reload forgets none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Departures(Vec<(String, Instant)>);

/// How many redirects for one purpose are taken for a person's own, and within how many seconds.
const MOST: usize = 3;
const WITHIN: i64 = 120;

impl Departures {
    /// Notes one more. Returns whether the page goes back and forth without an end, and must stay.
    pub fn is_loop(&mut self, purpose: &str, now: Instant) -> bool {
        self.0.retain(|(_, at)| (0..WITHIN).contains(&now.seconds_since(*at)));
        let others = self.0.iter().filter(|(known, _)| known == purpose).count();
        if others < MOST {
            self.0.push((purpose.to_owned(), now));
        }
        others >= MOST
    }
}

/// Kept in the tab's session storage under its `state`, and removed as it is read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The `state` parameter, 32 random bytes in base64url: the answer must repeat it, and the attempt is kept under it.
    pub state: String,
    /// The `nonce` parameter, 32 random bytes in base64url: the ID token must repeat it.
    pub nonce: String,
    /// The code verifier of PKCE (RFC 7636), 64 random bytes in base64url: only who has it can redeem the code.
    pub verifier: String,
    /// `organizations` or a tenant id: the code is redeemed where it was asked for.
    pub authority: String,
    /// The delegated permissions that were asked for: the code is redeemed for the same.
    pub scopes: Scopes,
    /// Where the page goes on after the answer, a refusal included.
    pub return_to: ReturnTo,
    /// When the page left for Microsoft, by the page's clock.
    pub started: Instant,
    /// The challenge that it meets: the code is redeemed with the same.
    #[serde(default)]
    pub claims: Option<String>,
    /// Whom the attempt is for, when it is a step-up of an account that is signed in.
    pub account: Option<String>,
}

impl Attempt {
    /// Whether the attempt is older than [`LIFE`], or begins more than a minute in the future: no answer to it counts any more.
    #[must_use]
    pub fn is_stale(&self, now: Instant) -> bool {
        let age = now.seconds_since(self.started);
        !(-60..=LIFE).contains(&age)
    }
}
