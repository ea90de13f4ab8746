//! Sessions in words.

use crate::domain::session::{Chip, Session, SessionRecord};

#[must_use]
pub fn chip(chip: Chip) -> String {
    match chip {
        Chip::Valid => "Valid".into(),
        Chip::ExpiresInHours(hours) => format!("Expires in {hours} h"),
        Chip::ExpiresInMinutes(minutes) => format!("Expires in {minutes} min"),
        Chip::SignInAgain => "Sign in again".into(),
        Chip::NotChecked => "Not checked".into(),
        Chip::PermissionsMissing(n) => super::count(n, "permission missing", "permissions missing"),
        Chip::SecretExpired => "Secret expired".into(),
        Chip::Gone => "Deleted".into(),
        Chip::Proved => "Signed in once".into(),
        Chip::NotProved => "Not proved".into(),
    }
}

/// Returns how soon a credential ends, for one that needs a look within 60 days.
#[must_use]
pub fn ends_soon(seconds: i64) -> Option<String> {
    match seconds.div_euclid(86_400) {
        days if days < 0 => Some("Expired".into()),
        0 => Some("Ends today".into()),
        days @ 1..=60 => Some(format!("Ends in {}", super::count(usize::try_from(days).unwrap_or_default(), "day", "days"))),
        _ => None,
    }
}

#[must_use]
pub fn kind(session: &Session) -> &'static str {
    match session {
        Session::User => "User session",
        Session::Customer => "Customer session",
        Session::App(_) => "App session",
        Session::Account(_) => "Connection account",
    }
}

/// Says what becomes of the account that another took the place of.
#[must_use]
pub fn old_account(upn: &str) -> String {
    format!("Before: {upn}. When nothing signs in with it any more, disable it in Entra, and delete it some weeks later.")
}

/// Returns the name of a session: tenant and account, or application.
#[must_use]
pub fn title(record: &SessionRecord) -> String {
    match &record.session {
        Session::App(app) => format!("{} · {}", record.tenant.name, app.name),
        Session::Account(account) => format!("{} · {}", record.tenant.name, account.connector),
        _ => format!("{} · {}", record.tenant.name, record.person.username),
    }
}
