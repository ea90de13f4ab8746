//! Where a stored record comes from.

use serde::{Deserialize, Serialize};

/// Only what this browser made itself is acted on. Anything else is data about the past: it can be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// This browser made it, or read it from the tenant.
    Here,
    /// It came in a file.
    Imported,
    /// It was stored by a version of this page that did not note it. It may have come in a file.
    #[default]
    Unknown,
}

impl Origin {
    #[must_use]
    pub fn is_here(self) -> bool {
        self == Self::Here
    }
}
