//! Instants and spans, in milliseconds since the Unix epoch and in seconds.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Instant(pub i64);

impl Instant {
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Returns the whole seconds from `earlier` to this; negative when it lies before.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1000)
    }

    /// Returns the moment as Graph writes it, e.g. `2027-05-23T00:00:00Z`.
    #[must_use]
    pub fn to_iso(self) -> String {
        DateTime::<Utc>::from_timestamp_millis(self.0).map_or_else(String::new, |time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
    }

    /// Reads a time with an offset, as Graph sends it.
    #[must_use]
    pub fn from_iso(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|time| Self(time.timestamp_millis()))
    }

    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(TimeDelta::try_days(days).map_or(0, |span| span.num_milliseconds())))
    }
}
