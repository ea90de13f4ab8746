//! The list as it is kept between visits: in chunks, so that the first customers are on screen before the last are read.

use super::{Customer, Guid, Note, RoleSets};
use crate::domain::ids::TenantId;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How many customers a chunk holds.
pub const CHUNK: usize = 1_000;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chunk {
    /// When the list was read to its end.
    pub read: Instant,
    /// How many chunks there are.
    pub of: usize,
    customers: Vec<Customer>,
    /// The sets of roles of these customers, each once, and which of them each customer's relationship has.
    role_sets: Vec<Arc<[Guid]>>,
    roles_of: Vec<Option<u32>>,
}

impl Chunk {
    #[must_use]
    pub fn new(read: Instant, of: usize, customers: Vec<Customer>) -> Self {
        let mut sets = RoleSets::default();
        let roles_of = customers.iter().map(|customer| customer.gdap.as_ref().map(|gdap| sets.number(&gdap.roles))).collect();
        Self { read, of, customers, role_sets: sets.sets, roles_of }
    }

    /// Returns the chunk as it is kept: as JSON in ASCII, of which a browser needs a byte a letter in memory, not two.
    ///
    /// # Errors
    /// Never for what is in a chunk.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let json = serde_json::to_string(self)?;
        let mut ascii = String::with_capacity(json.len());
        for letter in json.chars() {
            if letter.is_ascii() {
                ascii.push(letter);
            } else {
                letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}")));
            }
        }
        Ok(ascii)
    }

    /// Returns the customers with their roles.
    #[must_use]
    pub fn customers(self) -> Vec<Customer> {
        let Self { mut customers, role_sets, roles_of, .. } = self;
        for (customer, set) in customers.iter_mut().zip(roles_of) {
            if let (Some(gdap), Some(roles)) = (&mut customer.gdap, set.and_then(|set| role_sets.get(set as usize))) {
                gdap.roles = Arc::clone(roles);
            }
        }
        customers
    }
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
