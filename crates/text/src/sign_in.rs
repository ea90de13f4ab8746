//! What is said around a sign-in that this page begins or takes in.

use crate::Notice;

/// Nobody is signed in, and what was asked for needs somebody.
#[must_use]
pub fn not_signed_in() -> Notice {
    Notice::new("You are not signed in.", "Sign in first.")
}

/// The session ended while something was read.
#[must_use]
pub fn signed_out_meanwhile() -> Notice {
    Notice::new("You are not signed in any more.", "Sign in again.")
}

/// The browser keeps nothing for the session, so that a sign-in could not come back.
#[must_use]
pub fn no_memory() -> Notice {
    Notice::new(
        "This browser does not let the page remember the sign-in.",
        "Allow this site to store data for the session, then try again.",
    )
}

/// Somebody else signed in than was asked for.
#[must_use]
pub fn other_account(signed_in: &str, wanted: &str) -> Notice {
    Notice::new(
        format!("You signed in as {signed_in}, but this was for {wanted}."),
        "Nothing was done with the other account. Switch the session at the top, or sign in again.",
    )
}

/// Stands for an account that this page knows no name of.
pub const SOMEBODY_ELSE: &str = "somebody else";
