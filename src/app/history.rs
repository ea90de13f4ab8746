//! Runs of the past, credentials that end, and taking both to another browser.

use super::{App, runs, sessions, storage};
use crate::domain::ids::AppId;
use crate::domain::session::{Session, SessionRecord};
use crate::domain::time::Instant;
use crate::plan::backup;
use crate::plan::record::RunRecord;
use crate::platform::{clock, page};
use crate::store::{Shelf, Store};
use crate::text::calendar::{self, End};
use crate::text::imported;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// A credential that ends, of an App session of this browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Ending {
    pub app_id: AppId,
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
            Session::App(found) if record.origin.is_here() && record.status.as_ref().is_none_or(|status| !status.gone) => {
                let ending = |credential: &str, ends: Instant| Ending {
                    app_id: found.app_id.clone(),
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
        title: calendar::title(&ending.name),
        note: calendar::note(&ending.name, &ending.tenant, &ending.credential),
        at: ending.ends,
    };
    let ends: Vec<End> = untrack(|| endings(app)).into_iter().map(of).collect();
    page::download("credentials.ics", "text/calendar;charset=utf-8", &calendar::write(&ends, clock::now()));
}

/// Saves the ends as a table.
pub fn save_table(app: App) {
    let rows = untrack(|| endings(app))
        .into_iter()
        .map(|ending| vec![ending.name, ending.credential, ending.tenant, ending.app_id.to_string(), ending.ends.to_iso()]);
    let text = crate::customers::csv::write(&calendar::CSV_COLUMNS, rows);
    page::download("credentials.csv", "text/csv;charset=utf-8", &text);
}

/// Saves sessions and runs as a file.
pub fn export(app: App) {
    let runs = app.runs.with_untracked(|runs| runs.values().cloned().collect());
    let text = backup::write(app.sessions.get_untracked(), runs, clock::now());
    page::download("latchkey-history.json", "application/json", &text);
}

/// Takes the sessions and runs of a chosen file in; `None` when no file was chosen.
///
/// Returns how many of each are new, or in words why nothing was taken.
pub async fn from_file(app: App, event: &web_sys::Event) -> Option<Result<(usize, usize), String>> {
    Some(match page::chosen_text(event, backup::LONGEST).await? {
        Ok(text) => import(app, &text).await,
        Err(page::TooLarge) => Err(imported::too_large(backup::LONGEST)),
    })
}

/// Takes sessions and runs in, to read; what this browser has stays as it is.
async fn import(app: App, text: &str) -> Result<(usize, usize), String> {
    let backup = backup::read(text, clock::now()).map_err(|fault| imported::fault(&fault))?;
    // Another tab may have made some of them since this one looked.
    let store = app.store();
    let known_sessions: BTreeSet<String> = store
        .all(Shelf::Sessions)
        .await
        .unwrap_or_default()
        .iter()
        .filter_map(|json| serde_json::from_str::<SessionRecord>(json).ok())
        .map(|session| session.id)
        .collect();
    let (mut new_sessions, mut new_runs) = (0, 0);
    for session in backup.sessions {
        let is_known =
            known_sessions.contains(&session.id) || app.sessions.with_untracked(|all| all.iter().any(|known| known.id == session.id));
        if !is_known {
            sessions::keep(app, session).await;
            new_sessions += 1;
        }
    }
    let mut taken = BTreeSet::new();
    for run in backup.runs {
        let is_known = app.runs.with_untracked(|runs| runs.contains_key(&run.id))
            || matches!(store.get(Shelf::Runs, run.id.as_str()).await, Ok(Some(_)));
        if !is_known && taken.insert(run.id.clone()) {
            let json = serde_json::to_string(&run).map_err(|error| error.to_string())?;
            storage::put(app, Shelf::Runs, run.id.as_str(), &json).await.map_err(|fault| crate::text::faults::storage(&fault))?;
            new_runs += 1;
        }
    }
    runs::load(app).await;
    Ok((new_sessions, new_runs))
}

/// Takes a run that can only be read out of the list. Nothing in the tenant changes.
pub async fn remove(app: App, run: &RunRecord) {
    if !run.origin.is_here() {
        runs::forget(app, &run.id).await;
    }
}

/// Saves the stored runs that this release can't read, as they are.
pub fn export_unread(app: App) {
    let all: Vec<serde_json::Value> = app
        .unread_runs
        .get_untracked()
        .into_iter()
        .map(|text| serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)))
        .collect();
    page::download("latchkey-runs-not-read.json", "application/json", &serde_json::to_string_pretty(&all).unwrap_or_default());
}

/// Saves what a run did as evidence: who, where, when, each step with what was there before, and the request ids of refusals.
pub fn save_evidence(run: &RunRecord) {
    let text = crate::text::evidence::write(run);
    page::download(&format!("evidence-{}.json", run.id.short()), "application/json", &text);
}
