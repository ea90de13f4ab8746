//! What was done, in which tenant, and what ends soon.

use crate::count;

words! {
    /// The fixed texts of the screen.
    History {
        Title => "History",
        Reading => "Reading the history",
        Endings => "Credentials that end",
        NoEnding => "No credential of an App session is known in this browser.",
        ExportCalendar => "Export calendar",
        Runs => "Runs",
        SearchRuns => "Search runs",
        /// Stands in the field of the search while it is empty.
        SearchBy => "Name, tenant or person",
        /// The button for runs that this release can't read.
        ExportUnread => "Export them",
        ToAnotherBrowser => "Take it to another browser",
        WhatFileHolds => "The file holds sessions and runs, with names and ids of tenants and people. It holds no token and no secret: in the other browser you sign in again. There the runs can be read, and not be resumed or undone; App sessions are compared with their tenants first.",
        Export => "Export history",
        Import => "Import history",
    }
}

/// How many runs are listed.
#[must_use]
pub fn runs(found: usize) -> String {
    count(found, "run", "runs")
}

/// What a screen reader calls the button for the evidence of a run.
#[must_use]
pub fn export_evidence(of: &str) -> String {
    format!("Export evidence of {of}")
}

/// Says how much of a file was new here.
#[must_use]
pub fn taken_over(sessions: usize, runs: usize) -> String {
    format!("{} and {} taken over", count(sessions, "new session", "new sessions"), count(runs, "new run", "new runs"))
}
