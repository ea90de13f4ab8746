//! Instants and spans, in milliseconds since the Unix epoch and in seconds.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A clock that goes by what was measured: it is never put back, and a computer that is set wrong does not mislead it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// What is added to the computer's time, in milliseconds.
    ahead: f64,
    /// The last look: the computer's time, and a count of milliseconds that nobody can set. The count may rest while the computer sleeps.
    last: Option<(f64, f64)>,
}

/// Differences up to this many milliseconds are those of networks and of whole seconds.
const NOISE: f64 = 60_000.0;
/// How far the computer's time may fall behind the count between two looks, in milliseconds.
const JITTER: f64 = 1_000.0;

impl Clock {
    /// Reads the clock.
    pub fn read(&mut self, computer: f64, count: f64) -> Instant {
        if let Some((computer_before, count_before)) = self.last {
            let lost = (count - count_before) - (computer - computer_before);
            if lost > JITTER {
                self.ahead += lost;
            }
        }
        self.last = Some((computer, count));
        #[allow(clippy::cast_possible_truncation)]
        Instant((computer + self.ahead) as i64)
    }

    /// Takes how far a server's time is ahead of the computer's, in milliseconds.
    pub fn measured(&mut self, ahead: f64) {
        self.ahead = if ahead.abs() > NOISE { ahead } else { 0.0 };
    }

    /// By how many seconds the computer's time is behind; negative when it is fast.
    #[must_use]
    pub fn behind(&self) -> i64 {
        #[allow(clippy::cast_possible_truncation)]
        let seconds = (self.ahead / 1000.0).round() as i64;
        seconds
    }
}

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
        self.0.saturating_sub(earlier.0).div_euclid(1000)
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
