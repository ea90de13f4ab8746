//! Emulated time: the machine's clock plus whatever tests advanced it by.

use chrono::{DateTime, SecondsFormat, Utc};

/// Milliseconds since the Unix epoch.
pub type Millis = i64;

#[derive(Default)]
pub struct Clock {
    advanced: Millis,
}

impl Clock {
    pub fn now(&self) -> Millis {
        Utc::now().timestamp_millis() + self.advanced
    }

    pub fn advance(&mut self, millis: Millis) {
        self.advanced += millis;
    }
}

/// Returns the time as Graph writes it, e.g. `2026-11-23T08:15:40Z`.
pub fn iso(at: Millis) -> String {
    DateTime::<Utc>::from_timestamp_millis(at).map_or_else(String::new, |t| t.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Returns the time as the header `Date` has it, e.g. `Mon, 23 Nov 2026 08:15:40 GMT`.
pub fn http_date(at: Millis) -> String {
    DateTime::<Utc>::from_timestamp_millis(at).map_or_else(String::new, |t| t.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

/// Reads an ISO 8601 time with an offset; `None` when it is not one.
pub fn parse_iso(text: &str) -> Option<Millis> {
    DateTime::parse_from_rfc3339(text).ok().map(|t| t.timestamp_millis())
}
