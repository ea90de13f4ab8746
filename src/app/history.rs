//! Runs of the past, credentials that end, and taking both to another browser.

use super::{App, runs, sessions, storage};
use crate::domain::session::Session;
use crate::domain::time::Instant;
use crate::plan::backup::{self, BackupFault};
use crate::plan::record::RunRecord;
use crate::platform::{clock, page};
use crate::store::Shelf;
use crate::text::calendar::{self, End};
use leptos::prelude::*;

/// A credential that ends, of an App session of this browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Ending {
    pub app_id: String,
    pub name: String,
    /// The name of the credential, where it was read.
    pub credential: String,
    pub tenant: String,
    pub ends: Instant,
}

/// Returns the ends of all credentials that this browser knows of, the next first.
#[must_use]
pub fn endings(app: App) -> Vec<Ending> {
    let mut all: Vec<Ending> = app.sessions.with(|all| {
        let of = |record: &crate::domain::session::SessionRecord| match &record.session {
            Session::App(found) if record.status.as_ref().is_none_or(|status| !status.gone) => {
                let ending = |credential: &str, ends: Instant| Ending {
                    app_id: found.app_id.to_string(),
                    name: found.name.clone(),
                    credential: credential.to_owned(),
                    tenant: record.tenant.name.clone(),
                    ends,
                };
                // One that was made and not read since is known by its end alone.
                match (found.credentials.as_slice(), found.credential_ends) {
                    ([], Some(ends)) => vec![ending("", ends)],
                    (known, _) => known.iter().map(|credential| ending(&credential.name, credential.ends)).collect(),
                }
            }
            _ => Vec::new(),
        };
        all.iter().flat_map(of).collect()
    });
    all.sort_by_key(|ending| ending.ends);
    all
}

/// Saves the ends as a calendar.
pub fn save_calendar(app: App) {
    let of = |ending: Ending| End {
        id: format!("{}-{}", ending.app_id, ending.ends.0),
        title: format!("The credential of {} ends", ending.name),
        note: format!("App session {} in {} {}. Rotate it in Latchkey before this day.", ending.name, ending.tenant, ending.credential),
        at: ending.ends,
    };
    let ends: Vec<End> = untrack(|| endings(app)).into_iter().map(of).collect();
    page::download("credentials.ics", "text/calendar;charset=utf-8", &calendar::write(&ends, clock::now()));
}

/// Saves the ends as a table.
pub fn save_table(app: App) {
    let rows = untrack(|| endings(app))
        .into_iter()
        .map(|ending| vec![ending.name, ending.credential, ending.tenant, ending.app_id, ending.ends.to_iso()]);
    let text = crate::customers::csv::write(&["App session", "Credential", "Tenant", "Client ID", "Ends"], rows);
    page::download("credentials.csv", "text/csv;charset=utf-8", &text);
}

/// Saves sessions and runs as a file.
pub fn export(app: App) {
    let runs = app.runs.with_untracked(|runs| runs.values().cloned().collect());
    let text = backup::write(app.sessions.get_untracked(), runs, clock::now());
    page::download("latchkey-history.json", "application/json", &text);
}

/// Takes sessions and runs of a file in; what this browser has stays as it is. Returns how many of each are new.
///
/// # Errors
/// In words.
pub async fn import(app: App, text: &str) -> Result<(usize, usize), String> {
    let backup = backup::read(text).map_err(|fault| match fault {
        BackupFault::Unreadable { line } => {
            format!("This is not a history of Latchkey: line {line} can’t be read. Nothing was taken from it.")
        }
        BackupFault::Newer => "This file was written by a newer release of this page. Reload the page, then try again.".to_owned(),
    })?;
    let (mut new_sessions, mut new_runs) = (0, 0);
    for session in backup.sessions {
        if !app.sessions.with_untracked(|all| all.iter().any(|known| known.id == session.id)) {
            sessions::keep(app, session).await;
            new_sessions += 1;
        }
    }
    for run in backup.runs {
        if !app.runs.with_untracked(|runs| runs.contains_key(&run.id)) {
            let json = serde_json::to_string(&run).map_err(|error| error.to_string())?;
            storage::put(app, Shelf::Runs, run.id.as_str(), &json).await.map_err(|fault| crate::text::faults::storage(&fault))?;
            new_runs += 1;
        }
    }
    runs::load(app).await;
    Ok((new_sessions, new_runs))
}

/// Saves what a run did as evidence: who, where, when, each step with what was there before, and the request ids of refusals.
pub fn save_evidence(run: &RunRecord) {
    let text = crate::text::evidence::write(run);
    page::download(&format!("evidence-{}.json", run.id.short()), "application/json", &text);
}
