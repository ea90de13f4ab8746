//! Every sentence that a person reads, by what it is about. The seam where translations would come.

pub mod accounts;
pub mod calendar;
pub mod check;
pub mod commands;
pub mod consent;
pub mod environments;
pub mod evidence;
pub mod faults;
pub mod formats;
pub mod imported;
pub mod kinds;
pub mod on_premises;
pub mod outside;
pub mod page;
pub mod partner;
pub mod permissions;
pub mod registration;
pub mod screens;
pub mod script;
pub mod sessions;
pub mod shell;
pub mod sign_in;
pub mod steps;
pub mod upkeep;

use entra::fault::Way;

/// A message with what to do next, and what to quote.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Notice {
    /// What happened and why.
    pub what: String,
    /// Who must act, and how.
    pub next: String,
    /// Codes, ids and times, to copy for whoever helps.
    pub details: Vec<(String, String)>,
    /// Which buttons lead out of it.
    pub way: Way,
}

impl Notice {
    #[must_use]
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into(), details: Vec::new(), way: Way::Nothing }
    }

    #[must_use]
    pub fn leading(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: Option<String>) -> Self {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.details.push((name.to_owned(), value));
        }
        self
    }

    /// Returns the details as text to copy.
    #[must_use]
    pub fn details_text(&self) -> String {
        self.details.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
    }
}

/// Returns the elapsed time in words, e.g. `40 s`, `3 min`, `2 h`.
#[must_use]
pub fn span(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// Returns `n thing` or `n things`.
#[must_use]
pub fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// Returns a number with its thousands apart, e.g. `12,345`.
#[must_use]
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns `n thing` or `n things`, with thousands apart.
#[must_use]
pub fn count_of(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// Joins with commas and a last word: `A, B or C`.
#[must_use]
pub fn list(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

/// Names the roles of which one is enough to consent, Global Administrator among them: whoever gets a link must know who may press
/// Accept.
#[must_use]
pub fn roles_to_consent(any_of: &[&str]) -> String {
    let all = any_of.iter().copied().chain(std::iter::once(domain::role::GLOBAL_ADMINISTRATOR));
    list(&all.map(|id| domain::role::name(id).to_owned()).collect::<Vec<_>>(), "or")
}

/// Names roles of which one is enough. Global Administrators may too, but are not asked for first.
#[must_use]
pub fn roles(any_of: &[&str]) -> String {
    let names: Vec<String> = any_of.iter().map(|id| domain::role::name(id).to_owned()).collect();
    list(&names, "or")
}
