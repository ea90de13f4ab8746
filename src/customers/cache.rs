//! The list as it is kept between visits: in chunks, so that the first customers are on screen before the last are read.

use super::{Customer, Guid, Note};
use crate::domain::ids::TenantId;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// How many customers a chunk holds.
pub const CHUNK: usize = 1_000;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chunk {
    /// When the list was read to its end.
    pub read: Instant,
    /// How many chunks there are.
    pub of: usize,
    pub customers: Vec<Customer>,
}

/// Returns the key of a chunk.
#[must_use]
pub fn key(home: &TenantId, number: usize) -> String {
    format!("{home}/{number}")
}

/// Returns the key of a note.
#[must_use]
pub fn key_of_note(home: &TenantId, customer: Guid) -> String {
    format!("{home}/{customer}")
}

/// A note as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptNote {
    pub home: TenantId,
    pub customer: Guid,
    pub note: Note,
}
