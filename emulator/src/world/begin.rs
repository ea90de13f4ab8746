//! How a world begins, and begins anew.

use super::catalogue::Catalogue;
use super::customers::Customers;
use super::tokens::Tokens;
use super::{Settings, World, generate};
use crate::clock::Clock;
use crate::control::log::Log;
use crate::graph::throttle::Throttle;
use crate::quirks::{Quirks, crowds};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::{BTreeMap, HashMap};

impl World {
    /// Makes the world of a seed, with what the quirks put into it.
    pub fn new(settings: Settings, catalogue: Catalogue, quirks: Quirks) -> Self {
        let rng = ChaCha20Rng::seed_from_u64(settings.seed);
        let customers = Customers::new(settings.seed, settings.customers);
        let clock = Clock::default();
        let mut world = Self {
            began: clock.now(),
            clock,
            catalogue,
            customers,
            tenants: BTreeMap::new(),
            people: HashMap::new(),
            tokens: Tokens::default(),
            log: Log::default(),
            faults: Vec::new(),
            quirks,
            throttle: Throttle::default(),
            rng,
            reads: 0,
            settings,
        };
        crowds::settle(&mut world);
        generate::populate(&mut world);
        world
    }

    /// Starts anew with another seed or number of customers; the clock, log and faults too. Quirks are those of the command line.
    pub fn reset(&mut self, seed: u64, customers: usize) {
        let settings = Settings {
            seed,
            customers,
            replication: self.settings.replication,
            page_origins: self.settings.page_origins.clone(),
            login_origin: self.settings.login_origin.clone(),
            graph_origin: self.settings.graph_origin.clone(),
        };
        let catalogue = std::mem::take(&mut self.catalogue);
        let quirks = self.quirks.as_given();
        *self = Self::new(settings, catalogue, quirks);
    }
}
