//! What a person takes from one browser to another: sessions and runs. No token and no secret is in either.

use super::record::{RunRecord, SCHEMA};
use crate::domain::session::SessionRecord;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// The version of this shape.
const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Backup {
    pub latchkey: u32,
    pub exported: String,
    pub sessions: Vec<SessionRecord>,
    pub runs: Vec<RunRecord>,
}

/// Why a file is not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BackupFault {
    /// With the line that can't be read, from 1.
    Unreadable {
        line: usize,
    },
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

/// Reads a file whole, or not at all.
///
/// # Errors
/// Why it is not taken.
pub fn read(text: &str) -> Result<Backup, BackupFault> {
    #[derive(Deserialize)]
    struct Head {
        latchkey: u32,
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
    // A run goes on when its page is opened: one that came in a file waits until the person has seen it and presses Resume.
    let paused = |run: RunRecord| if run.current().is_some() { RunRecord { cancelled: true, ..run } } else { run };
    Ok(Backup { runs: backup.runs.into_iter().map(paused).collect(), ..backup })
}
