//! Resource units of the identity service, per tenant and application, and who was told to wait.

use crate::clock::Millis;
use std::collections::{HashMap, VecDeque};

const WINDOW: Millis = 10_000;
const UNITS: i64 = 3_500;

struct Wait {
    until: Millis,
    /// The batch in which it was said: its other requests were sent before anybody knew.
    batch: Option<String>,
}

#[derive(Default)]
pub struct Throttle {
    spent: HashMap<(String, String), VecDeque<(Millis, i64)>>,
    /// When a tenant may be called again after a 429 that named a time.
    waiting: HashMap<String, Wait>,
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

    pub fn told_to_wait(&mut self, tenant: &str, seconds: i64, now: Millis, batch: Option<&str>) {
        self.waiting.insert(tenant.into(), Wait { until: now + seconds * 1000, batch: batch.map(str::to_owned) });
    }

    /// Returns whether a call comes earlier than it was told to. Half a second of rounding is forgiven.
    pub fn is_early(&self, tenant: &str, now: Millis, batch: Option<&str>) -> bool {
        let came_along = |wait: &Wait| batch.is_some() && wait.batch.as_deref() == batch;
        self.waiting.get(tenant).is_some_and(|wait| now + 500 < wait.until && !came_along(wait))
    }
}
