//! The list as it is kept between visits: in chunks, so that the first customers are on screen before the last are read, and briefly,
//! since what goes to and comes from its storage stays in a browser's memory for a while.

use super::{Customer, Gdap, GdapStatus, Guid, Note, RoleSets};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::ids::TenantId;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How many customers a chunk holds.
pub const CHUNK: usize = 1_000;
/// A list is not longer than so many chunks, whatever a broken storage says.
const MOST: usize = 1_000;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chunk {
    /// When the list was read to its end.
    pub read: Instant,
    /// How many chunks there are.
    pub of: usize,
    ids: Guids,
    names: Vec<Box<str>>,
    domains: Vec<Option<Box<str>>>,
    ties: Vec<Tie>,
    /// The sets of roles of these customers, each once.
    role_sets: Vec<Guids>,
}

/// What a customer is to the partner: whether there is a contract, and the relationship with the number of its set of roles.
#[derive(Serialize, Deserialize)]
struct Tie(bool, Option<(GdapStatus, Option<Instant>, usize)>);

impl Chunk {
    #[must_use]
    pub fn new(read: Instant, of: usize, customers: &[Customer]) -> Self {
        let mut sets = RoleSets::default();
        let mut tie = |customer: &Customer| {
            let gdap = customer.gdap.as_ref().map(|gdap| (gdap.status, gdap.ends, sets.number(&gdap.roles) as usize));
            Tie(customer.has_contract, gdap)
        };
        let ties = customers.iter().map(&mut tie).collect();
        Self {
            read,
            of,
            ids: Guids(customers.iter().map(|customer| customer.id).collect()),
            role_sets: sets.sets.iter().map(|set| Guids(set.to_vec())).collect(),
            ties,
            domains: customers.iter().map(|customer| customer.domain.clone()).collect(),
            names: customers.iter().map(|customer| customer.name.clone()).collect(),
        }
    }

    /// Returns for how many customers to make room.
    #[must_use]
    pub fn room(&self) -> usize {
        self.of.min(MOST) * CHUNK
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

    /// Returns the customers with their roles, without the ids of their relationships.
    #[must_use]
    pub fn customers(self) -> Vec<Customer> {
        let role_sets: Vec<Arc<[Guid]>> = self.role_sets.into_iter().map(|set| set.0.into()).collect();
        let gdap_of = |(status, ends, set)| Gdap { status, ends, roles: role_sets.get(set).cloned().unwrap_or_default() };
        let mut customers = Vec::with_capacity(self.names.len());
        for (((id, name), domain), Tie(has_contract, gdap)) in self.ids.0.into_iter().zip(self.names).zip(self.domains).zip(self.ties) {
            customers.push(Customer { id, name, domain, has_contract, gdap: gdap.map(gdap_of), relationships: Box::default() });
        }
        customers
    }
}

/// In how many parts the relationships are kept.
pub const PARTS: usize = 16;

/// A part of the relationships that work. Who opens one customer needs them, so they are kept apart, each where the customer's id says.
#[derive(Serialize, Deserialize)]
pub struct Relationships(Guids);

impl Relationships {
    #[must_use]
    pub fn new(customers: impl Iterator<Item = Customer>) -> Self {
        let ids_of = |customer: Customer| {
            let halves = customer.relationships.iter().flat_map(|(one, other)| [customer.id, *one, *other]);
            halves.collect::<Vec<_>>()
        };
        Self(Guids(customers.flat_map(ids_of).collect()))
    }

    /// Returns the ids of the relationships with a customer, both halves.
    #[must_use]
    pub fn of(&self, customer: Guid) -> Vec<(Guid, Guid)> {
        let all = self.0.0.chunks_exact(3).filter(|ids| ids[0] == customer);
        all.map(|ids| (ids[1], ids[2])).collect()
    }
}

/// Ids as they are kept: 16 bytes each, in base64.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Guids(Vec<Guid>);

impl From<Guids> for String {
    fn from(Guids(ids): Guids) -> Self {
        STANDARD_NO_PAD.encode(ids.iter().flat_map(|id| id.0.to_be_bytes()).collect::<Vec<u8>>())
    }
}

impl TryFrom<String> for Guids {
    type Error = base64::DecodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = STANDARD_NO_PAD.decode(text)?;
        let number = |bytes: &[u8]| Some(Guid(u128::from_be_bytes(bytes.try_into().ok()?)));
        Ok(Self(bytes.chunks_exact(16).filter_map(number).collect()))
    }
}

/// Returns the key of a chunk.
#[must_use]
pub fn key(home: &TenantId, number: usize) -> String {
    format!("{home}/{number}")
}

/// Returns the part of the relationships that a customer is in.
#[must_use]
pub fn part(customer: Guid) -> usize {
    usize::try_from(customer.0 % PARTS as u128).unwrap_or_default()
}

/// Returns the key of a part of the relationships.
#[must_use]
pub fn key_of_relationships(home: &TenantId, part: usize) -> String {
    format!("{home}/relationships/{part}")
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
