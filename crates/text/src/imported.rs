//! What came in a file, and what a tenant says otherwise.

use domain::origin::Origin;
use plan::backup::{self, BackupFault};
use plan::live::Difference;
use plan::record::StepState;

/// Says why a run can only be read, and what to do instead.
#[must_use]
pub fn run(origin: Origin) -> &'static str {
    match origin {
        Origin::Here => "This run was made in this browser.",
        Origin::Imported => {
            "This run came in a file, so it can only be read, exported and removed here: nothing of it is sent, tried again or undone. To set the same up, make a new plan from it; to change what it made, use Find App sessions in this tenant."
        }
        Origin::Unknown => {
            "An older version of this page kept this run without noting whether it came in a file, so it can only be read, exported and removed here. To set the same up, make a new plan from it; to change what it made, use Find App sessions in this tenant."
        }
    }
}

/// Returns what became of a step of a run that does not go on.
#[must_use]
pub fn step(state: StepState) -> &'static str {
    match state {
        StepState::Pending | StepState::Running | StepState::Waiting | StepState::NeedsYou(_) => "Not done",
        StepState::Done | StepState::AlreadyInPlace | StepState::Skipped | StepState::Warning | StepState::Failed | StepState::Undone => {
            super::steps::state(state)
        }
    }
}

/// Marks a run in the list; `None` for one of this browser.
#[must_use]
pub fn chip(origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::Here => None,
        Origin::Imported => Some("From a file"),
        Origin::Unknown => Some("Read only"),
    }
}

/// Says why an App session offers nothing yet.
#[must_use]
pub fn app_session(origin: Origin) -> &'static str {
    match origin {
        Origin::Here => "This App session is known to this browser.",
        Origin::Imported => "This App session came in a file. Nothing is offered before its tenant was read and says the same.",
        Origin::Unknown => {
            "An older version of this page kept this App session without noting whether it came in a file. Nothing is offered before its tenant was read and says the same."
        }
    }
}

/// Says what a tenant says otherwise than a record.
#[must_use]
pub fn difference(difference: &Difference, tenant: &str) -> String {
    let or_none = |uris: &[String]| if uris.is_empty() { "none".to_owned() } else { uris.join(", ") };
    match difference {
        Difference::NotThere => format!("{tenant} has no app registration with this client ID."),
        Difference::OtherObject { here } => format!("{tenant} has this client ID with another object ID: {here}."),
        Difference::NotTagged => "The app registration does not carry the tag that this page gives to its own.".into(),
        Difference::OtherPrincipal => "The service principal is another one.".into(),
        Difference::RedirectUris { gone, new } => {
            format!("The redirect URIs differ. In the record alone: {}. In the tenant alone: {}.", or_none(gone), or_none(new))
        }
    }
}

/// Says why a history was not taken.
#[must_use]
pub fn fault(fault: &BackupFault) -> String {
    match fault {
        BackupFault::TooLarge => too_large(backup::LONGEST),
        BackupFault::TooDeep { line } => {
            format!("Line {line}: brackets nest too deep for a history of Latchkey. Nothing was taken from it.")
        }
        BackupFault::Unreadable { line } => {
            format!("This is not a history of Latchkey: line {line} can’t be read. Nothing was taken from it.")
        }
        BackupFault::Newer => "This file was written by a newer release of this page. Reload the page, then try again.".into(),
    }
}

/// Says that a file was not even opened. The limit is in bytes.
#[must_use]
pub fn too_large(longest: usize) -> String {
    const MEGABYTE: usize = 1024 * 1024;
    let limit = if longest >= MEGABYTE { format!("{} MB", longest / MEGABYTE) } else { format!("{} KB", longest / 1024) };
    format!("This file is larger than {limit}, so it was not opened.")
}

/// Stored runs that this release can't read.
#[must_use]
pub fn unread_runs(count: usize) -> String {
    let runs = super::count(count, "run", "runs");
    format!(
        "{runs} in this browser can’t be read by this version of the page: another version made them, or they are damaged. They are kept, and nothing goes on with them."
    )
}
