//! Recent sessions, and what the first visit shows.

use crate::count;

words! {
    /// The fixed texts of the screen.
    Home {
        Title => "Recent sessions",
        Welcome => "Give an application its way into a Microsoft 365 tenant",
        WhatItDoes => "Create an app registration with its permissions, consent and roles, check that they are in place, and find it again. Sign in with a work account to begin.",
        Leaving => "Microsoft’s sign-in page opens in a moment.",
        KeepSignedIn => "Keep me signed in on this device",
        Reading => "Reading your sessions",
        NoneOfThisPage => "No App session of this page in this tenant",
        CreateAppSession => "Create App session",
        CreateAccount => "Create connection account",
        FindAppSessions => "Find App sessions in this tenant",
        Removed => "Removed from this list. Nothing changed in the tenant.",
        PutBack => "Put it back",
        NoSession => "No session yet. Sign in to begin; every session that you open is listed here.",
        UnfinishedRuns => "Unfinished runs",
        Switch => "Switch",
        /// In place of Switch, for an App session that came in a file.
        Compare => "Compare with the tenant",
    }
}

/// How many App sessions were found in the tenant.
#[must_use]
pub fn found(sessions: usize) -> String {
    format!("{} found", count(sessions, "App session", "App sessions"))
}

/// Stands between the name of an unfinished run and its tenant.
pub const BETWEEN_RUN_AND_TENANT: &str = " in ";
