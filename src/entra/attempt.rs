//! One attempt to sign in: what must come back unchanged, for ten minutes, once.

use super::scopes::Feature;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// How long an attempt may take, in seconds.
pub const LIFE: i64 = 600;

/// Where the person goes after the answer. A closed list, so that no address can choose it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReturnTo {
    Home,
    Wizard(crate::domain::blueprint::Kind),
    Partner,
    Run(crate::domain::ids::RunId),
    App(crate::domain::ids::AppId),
    /// The sign-in as the account of a run, which shows that it can.
    Proof(crate::domain::ids::RunId),
}

/// Kept in the tab's session storage under its `state`, and removed as it is read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
    /// `organizations` or a tenant id: the code is redeemed where it was asked for.
    pub authority: String,
    pub feature: Feature,
    pub return_to: ReturnTo,
    pub started: Instant,
    /// Whom the attempt is for, when it is a step-up of an account that is signed in.
    pub account: Option<String>,
}

impl Attempt {
    #[must_use]
    pub fn is_stale(&self, now: Instant) -> bool {
        let age = now.seconds_since(self.started);
        !(-60..=LIFE).contains(&age)
    }
}
