//! Resource units of the identity service, per tenant and application, and who was told to wait.

use crate::clock::Millis;
use std::collections::{HashMap, VecDeque};

const WINDOW: Millis = 10_000;
const UNITS: i64 = 3_500;

#[derive(Default)]
pub struct Throttle {
    spent: HashMap<(String, String), VecDeque<(Millis, i64)>>,
    /// When a tenant may be called again after a 429 that named a time.
    waiting: HashMap<String, Millis>,
}

impl Throttle {
    /// Spends units; returns the seconds to wait when there are too few left.
    pub fn spend(&mut self, tenant: &str, client: &str, units: i64, now: Millis) -> Option<i64> {
        let window = self.spent.entry((tenant.into(), client.into())).or_default();
        while window.front().is_some_and(|(at, _)| now - at >= WINDOW) {
            window.pop_front();
        }
        let used: i64 = window.iter().map(|(_, units)| units).sum();
        if used + units > UNITS {
            return Some(10);
        }
        window.push_back((now, units));
        None
    }

    pub fn told_to_wait(&mut self, tenant: &str, seconds: i64, now: Millis) {
        self.waiting.insert(tenant.into(), now + seconds * 1000);
    }

    /// Returns whether a call comes earlier than it was told to. Half a second of rounding is forgiven.
    pub fn is_early(&self, tenant: &str, now: Millis) -> bool {
        self.waiting.get(tenant).is_some_and(|until| now + 500 < *until)
    }
}
