//! Sign-ins as they are stored: sealed text, and the name of the key that opens it. Pure: what is newer, what is over, how keys are named.

use crate::domain::ids::AccountKey;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// The sign-in of one account, sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sealed {
    /// Whose it is: a device keeps one of an account.
    pub account: AccountKey,
    /// The name of the key that opens it.
    pub key: String,
    /// How often the account had been signed out of this browser when the person signed in.
    pub generation: u32,
    /// When the sign-in ends.
    pub until: Instant,
    /// When its refresh token came.
    pub taken: Instant,
    /// What `platform::crypto::seal` made of the sign-in, in base64: its refresh token is in there.
    pub text: String,
}

impl Sealed {
    /// Reads what was stored. `None` for what this release did not write.
    #[must_use]
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// Whether it is of a later sign-in, or of a later renewal of the same one.
    #[must_use]
    pub fn is_newer_than(&self, other: &Self) -> bool {
        (self.until, self.taken) > (other.until, other.taken)
    }

    /// What the text is bound to: sealed for one account and generation, it opens for no other.
    #[must_use]
    pub fn context(account: &AccountKey, generation: u32) -> String {
        format!("latchkey/sign-in/2/{}/{generation}", account.as_str())
    }
}

/// What became of a sign-in that was to be stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stored {
    /// It is stored, or its key is, where the sign-in itself stays in the tab.
    Kept,
    /// Another tab stored a newer one, which stays.
    Newer,
    /// The account was signed out meanwhile, or the browser's data erased: nothing was stored.
    SignedOut,
}

/// Returns the name of a key: whose it is and when it is of no use any more, so that it can be destroyed without being opened.
#[must_use]
pub fn key_name(account: &AccountKey, until: Instant, random: &str) -> String {
    format!("{}/{}/{random}", account.as_str(), until.0)
}

/// Whether a key of that name is of the account.
#[must_use]
pub fn is_key_of(name: &str, account: &AccountKey) -> bool {
    name.split('/').next() == Some(account.as_str())
}

/// Whether nothing can be sealed with a key of that name any more, or another release made it.
#[must_use]
pub fn is_key_over(name: &str, now: Instant) -> bool {
    let until = name.split('/').nth(1).and_then(|until| until.parse().ok()).map(Instant);
    until.is_none_or(|until| until <= now)
}
