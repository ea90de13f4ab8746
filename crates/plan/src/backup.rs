//! What a person takes from one browser to another: sessions and runs, to read. No token and no secret is in either.

use super::record::{RunRecord, SCHEMA};
use domain::name;
use domain::origin::Origin;
use domain::session::SessionRecord;
use domain::time::Instant;
use formats::json;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of this shape.
const VERSION: u32 = 1;
/// The longest file that is read, in bytes: some thousand runs.
pub const LONGEST: usize = 32 * 1024 * 1024;

/// An exported file: one JSON object. A member of it that is not named here is refused.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Backup {
    /// The version of the shape, 1 so far; [`read`] refuses a higher one as [`BackupFault::Newer`].
    pub latchkey: u32,
    /// When the file was written, in ISO 8601 and UTC. Nothing is decided by it.
    pub exported: String,
    /// The entries of Recent sessions. [`write`] and [`read`] both take out until when somebody is signed in.
    pub sessions: Vec<SessionRecord>,
    /// The journals of runs. [`read`] marks each as imported, and one that was not over as canceled.
    pub runs: Vec<RunRecord>,
}

/// The longest text in it, in bytes: a certificate is one.
const LONGEST_TEXT: usize = 16 * 1024;
/// The longest name of a person or tenant, in characters.
const LONGEST_NAME: usize = 256;

/// Why a file is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BackupFault {
    /// The text is longer than [`LONGEST`] bytes.
    TooLarge,
    /// With the line where brackets nest too deep, from 1.
    TooDeep {
        /// The line in which brackets nest deeper than in anything that this page reads.
        line: usize,
    },
    /// With the line that can't be read, from 1.
    Unreadable {
        /// The line at which reading stopped; 1 also where no single line is at fault.
        line: usize,
    },
    /// A newer release wrote the file, or one of its runs.
    Newer,
}

/// Returns the file.
#[must_use]
pub fn write(sessions: Vec<SessionRecord>, runs: Vec<RunRecord>, now: Instant) -> String {
    // A sign-in belongs to the browser that it was made in.
    let sessions = sessions.into_iter().map(|session| SessionRecord { signed_in_until: None, ..session }).collect();
    let backup = Backup { latchkey: VERSION, exported: now.to_iso(), sessions, runs };
    serde_json::to_string_pretty(&backup).unwrap_or_default()
}

/// Reads a file whole, or not at all. Whatever it says of itself: all that is in it comes from a file.
///
/// # Errors
/// Why it is not taken.
pub fn read(text: &str, now: Instant) -> Result<Backup, BackupFault> {
    #[derive(Deserialize)]
    struct Head {
        latchkey: u32,
    }
    if text.len() > LONGEST {
        return Err(BackupFault::TooLarge);
    }
    if let Some(line) = json::too_deep(text) {
        return Err(BackupFault::TooDeep { line });
    }
    let unreadable = |error: serde_json::Error| BackupFault::Unreadable { line: error.line() };
    let head: Head = serde_json::from_str(text).map_err(unreadable)?;
    if head.latchkey > VERSION {
        return Err(BackupFault::Newer);
    }
    let backup: Backup = serde_json::from_str(text).map_err(unreadable)?;
    if backup.runs.iter().any(|run| run.schema > SCHEMA) {
        return Err(BackupFault::Newer);
    }
    let backup = plain(backup).ok_or(BackupFault::Unreadable { line: 1 })?;
    let runs = backup.runs.into_iter().map(imported_run).collect();
    let sessions = backup.sessions.into_iter().map(|session| imported_session(session, now)).collect();
    Ok(Backup { sessions, runs, ..backup })
}

/// Returns the same with all texts as they may stand on a screen: what hides in them is marked, and none goes on without an end.
fn plain(backup: Backup) -> Option<Backup> {
    fn walk(value: &mut Value) {
        match value {
            Value::String(text) => {
                let is_long = text.len() > LONGEST_TEXT;
                if is_long || text.chars().any(|c| name::is_hidden(c) && !matches!(c, '\n' | '\r' | '\t')) {
                    *text = name::marked(text).chars().take(LONGEST_TEXT).collect();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(walk),
            Value::Object(members) => members.values_mut().for_each(walk),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut value = serde_json::to_value(&backup).ok()?;
    walk(&mut value);
    let mut backup: Backup = serde_json::from_value(value).ok()?;
    for tenant in backup.sessions.iter_mut().map(|session| &mut session.tenant).chain(backup.runs.iter_mut().map(|run| &mut run.tenant)) {
        shorten(&mut tenant.name);
        shorten(&mut tenant.domain);
    }
    for person in backup.sessions.iter_mut().map(|session| &mut session.person).chain(backup.runs.iter_mut().map(|run| &mut run.person)) {
        shorten(&mut person.name);
        shorten(&mut person.username);
    }
    Some(backup)
}

/// Directories know no longer names (Microsoft Graph, resource types user and organization).
fn shorten(name: &mut String) {
    if let Some((end, _)) = name.char_indices().nth(LONGEST_NAME) {
        name.truncate(end);
    }
}

/// A run that was not over was stopped for good where the file was written.
fn imported_run(run: RunRecord) -> RunRecord {
    RunRecord { cancelled: run.cancelled || run.current().is_some(), origin: Origin::Imported, ..run }
}

/// A session under the id that its own parts make, with nothing of what only a sign-in or a check of this browser can tell.
fn imported_session(session: SessionRecord, now: Instant) -> SessionRecord {
    SessionRecord {
        id: session.own_id(),
        last_used: session.last_used.min(now),
        signed_in_until: None,
        status: None,
        origin: Origin::Imported,
        ..session
    }
}
