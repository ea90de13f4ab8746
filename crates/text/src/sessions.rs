//! Sessions in words.

use domain::session::{Chip, Session, SessionRecord};

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
        Chip::FromFile => "From a file".into(),
    }
}

/// Returns a span in words: hours where they are whole, else minutes.
fn span(seconds: i64) -> String {
    let count = |n: i64, one, many| super::count(usize::try_from(n).unwrap_or_default(), one, many);
    if seconds % 3600 == 0 { count(seconds / 3600, "hour", "hours") } else { count(seconds / 60, "minute", "minutes") }
}

/// Returns how long a sign-in lasts here.
#[must_use]
pub fn how_long(idle: i64, absolute: i64) -> String {
    format!(
        "A sign-in lasts {} at most. After {} without a key or a click the page locks, in every tab, and you sign in again where you were. \
         The sign-in is stored encrypted; software that runs in this browser could still use it.",
        span(absolute),
        span(idle)
    )
}

/// Returns what the browser said when it was asked to keep what is stored.
#[must_use]
pub fn is_storage_kept(is_kept: bool) -> &'static str {
    if is_kept {
        "The browser keeps them until you erase them."
    } else {
        "The browser may clear them by itself when space is short, or when this page was not opened for long. Export history keeps a copy."
    }
}

/// Returns why the page is locked, when nobody used it.
#[must_use]
pub fn locked_idle(idle: i64) -> String {
    format!("Nobody used it for {}, so everybody is signed out of this browser.", span(idle))
}

/// Returns why the page is locked, when the sign-in lasted as long as it may.
#[must_use]
pub fn locked_over(absolute: i64) -> String {
    format!("Your sign-in is over: it lasts {} at most.", span(absolute))
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
