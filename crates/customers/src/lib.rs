//! The partner's customers: merged from what Graph lists, searched, highlighted, and written as CSV.

pub mod cache;
pub mod check;
pub mod csv;
pub mod directory;
pub mod highlight;
pub mod merge;
pub mod packed;

use domain::ids::TenantId;
use domain::time::Instant;
use entra::fault::EntraFault;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A GUID in 16 bytes: there may be hundreds of thousands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Guid(pub u128);

impl Guid {
    /// Reads a GUID in its usual form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if !domain::ids::is_guid(text) {
            return None;
        }
        let digits = text.bytes().filter(|byte| *byte != b'-');
        Some(Self(digits.fold(0, |number, digit| number << 4 | u128::from((digit as char).to_digit(16).unwrap_or_default()))))
    }

    /// Returns the same as the id of a tenant.
    #[must_use]
    pub fn tenant(self) -> Option<TenantId> {
        TenantId::parse(&self.to_string())
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            n >> 96,
            (n >> 80) & 0xffff,
            (n >> 64) & 0xffff,
            (n >> 48) & 0xffff,
            n & 0xffff_ffff_ffff
        )
    }
}

impl TryFrom<String> for Guid {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a GUID")
    }
}

impl From<Guid> for String {
    fn from(id: Guid) -> Self {
        id.to_string()
    }
}

impl From<&TenantId> for Guid {
    fn from(id: &TenantId) -> Self {
        Self::parse(id.as_str()).unwrap_or_default()
    }
}

/// A customer of the partner, as several lists of Graph tell of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Customer {
    pub id: Guid,
    pub name: Box<str>,
    /// From contracts; delegated administration does not tell it.
    pub domain: Option<Box<str>>,
    pub has_contract: bool,
    /// Delegated administration: the relationship that is worth most.
    pub gdap: Option<Gdap>,
    /// Ids of the relationships that work, both halves.
    pub relationships: Box<[(Guid, Guid)]>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gdap {
    pub status: GdapStatus,
    pub ends: Option<Instant>,
    /// Template ids of the directory roles that the relationship may give; what a person holds follows from its access assignments.
    pub roles: Arc<[Guid]>,
}

/// Most relationships give one of a few sets of roles; each set is kept once, and has a number.
#[derive(Default)]
pub struct RoleSets {
    sets: Vec<Arc<[Guid]>>,
    numbers: HashMap<Arc<[Guid]>, u32>,
}

impl RoleSets {
    pub fn number(&mut self, roles: &Arc<[Guid]>) -> u32 {
        *self.numbers.entry(Arc::clone(roles)).or_insert_with(|| {
            self.sets.push(Arc::clone(roles));
            u32::try_from(self.sets.len() - 1).unwrap_or_default()
        })
    }

    /// Returns the set of a number that was given; nothing for any other.
    #[must_use]
    pub fn get(&self, number: u32) -> Arc<[Guid]> {
        self.sets.get(number as usize).map(Arc::clone).unwrap_or_default()
    }
}

/// The status of a relationship, the one that is worth most first.
/// <https://learn.microsoft.com/graph/api/resources/delegatedadminrelationship>
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GdapStatus {
    Active,
    Expiring,
    Activating,
    Approved,
    ApprovalPending,
    Created,
    TerminationRequested,
    Terminating,
    Expired,
    Terminated,
    /// Delegated administration is there, its relationship was not read.
    Unknown,
}

impl GdapStatus {
    #[must_use]
    pub fn parse(text: &str) -> Self {
        serde_json::from_value(serde_json::Value::from(text)).unwrap_or(Self::Unknown)
    }

    /// Whether people get into the customer's tenant by it.
    #[must_use]
    pub fn works(self) -> bool {
        matches!(self, Self::Active | Self::Expiring | Self::TerminationRequested)
    }
}

/// What the person keeps about a customer in this browser.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Note {
    pub alias: String,
    pub tags: Vec<String>,
    pub favourite: bool,
    /// What the last check found, and when.
    pub consent: Option<ConsentState>,
    pub checked: Option<Instant>,
}

/// Whether the page's own application may work in a customer's tenant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum ConsentState {
    Given {
        /// Scopes of the page that the tenant has not granted.
        missing: Vec<String>,
        /// Scopes that are granted and not asked for.
        extra: Vec<String>,
    },
    NotGiven,
    NoAccess,
    /// Entra refused for another reason, which [`Refusal`] tells. An older release kept it as `blocked`, without the reason.
    #[serde(alias = "blocked")]
    Refused(Refusal),
    Gone,
}

/// A refusal of Entra as it is kept: enough for its words, its buttons, and to quote.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Refusal {
    /// `AADSTS` with its number, else the OAuth word.
    pub code: String,
    /// The OAuth word.
    pub error: String,
    pub correlation_id: Option<String>,
}

impl Refusal {
    #[must_use]
    pub fn of(fault: &EntraFault) -> Self {
        Self { code: fault.code(), error: fault.error.clone(), correlation_id: fault.correlation_id.clone() }
    }

    #[must_use]
    pub fn fault(&self) -> EntraFault {
        EntraFault::of_code(&self.code, &self.error, self.correlation_id.clone())
    }
}
