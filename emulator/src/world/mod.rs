//! Everything the emulated service knows: tenants, people, tokens, and the log of what was asked.

mod begin;
pub mod catalogue;
pub mod customers;
pub mod generate;
pub mod object;
pub mod people;
pub mod tenant;
pub mod tokens;

use crate::clock::{Clock, Millis};
use crate::control::faults::Fault;
use crate::control::log::Log;
use crate::graph::throttle::Throttle;
use crate::quirks::{Quirk, Quirks};
use catalogue::Catalogue;
use customers::Customers;
use object::View;
use people::Person;
use rand::RngCore;
use rand_chacha::ChaCha20Rng;
use std::collections::{BTreeMap, HashMap};
use tenant::Tenant;
use tokens::Tokens;

/// The client id of the page's own app registration.
pub const PAGE_APP_ID: &str = "5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef";
pub const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

pub struct Settings {
    pub seed: u64,
    pub customers: usize,
    pub replication: Millis,
    /// Where the page is served.
    pub page_origins: Vec<String>,
    pub login_origin: String,
    pub graph_origin: String,
}

/// It begins in `begin.rs`.
pub struct World {
    pub settings: Settings,
    pub clock: Clock,
    /// When the world was made: what lasted for a while then, and ends one day, is dated from it.
    pub began: Millis,
    pub catalogue: Catalogue,
    pub customers: Customers,
    /// Tenants that somebody has touched; customers are made when first used.
    pub tenants: BTreeMap<String, Tenant>,
    pub people: HashMap<String, Person>,
    pub tokens: Tokens,
    pub log: Log,
    pub faults: Vec<Fault>,
    pub quirks: Quirks,
    pub throttle: Throttle,
    rng: ChaCha20Rng,
    reads: u64,
}

impl World {
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Returns the view of the replica that happens to answer: every third one is half a delay behind.
    pub fn view(&mut self) -> View {
        self.reads += 1;
        let lag = if self.reads.is_multiple_of(3) { self.replication() / 2 } else { 0 };
        View { now: self.now(), lag }
    }

    /// Returns when a write that is made now is first seen by a read.
    pub fn visible_at(&self) -> Millis {
        self.now() + self.replication()
    }

    /// How long a write takes until reads see it.
    pub fn replication(&self) -> Millis {
        if self.quirks.is(Quirk::Replication, "slow") { 30_000 } else { self.settings.replication }
    }

    pub fn uuid(&mut self) -> String {
        let mut bytes = [0_u8; 16];
        self.rng.fill_bytes(&mut bytes);
        uuid_from(bytes)
    }

    /// Returns `length` random characters of the URL-safe base64 alphabet.
    pub fn random_text(&mut self, length: usize) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        (0..length).map(|_| char::from(ALPHABET[(self.rng.next_u32() % 64) as usize])).collect()
    }

    /// Finds a tenant by its id or a verified domain, making a customer's on first use.
    pub fn tenant_id(&mut self, id_or_domain: &str) -> Option<String> {
        let wanted = id_or_domain.to_ascii_lowercase();
        if self.tenants.contains_key(&wanted) {
            return Some(wanted);
        }
        if let Some(tenant) = self.tenants.values().find(|t| t.domain == wanted || t.initial_domain() == wanted) {
            return Some(tenant.id.clone());
        }
        let index = self.customers.find(&wanted)?;
        generate::found_customer(self, index);
        Some(self.customers.id(index))
    }

    pub fn tenant(&mut self, id: &str) -> Option<&mut Tenant> {
        self.tenants.get_mut(id)
    }
}

pub fn uuid_from(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
