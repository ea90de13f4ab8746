//! The frame around the screens, and the lock in front of them.

use crate::count;

words! {
    /// The fixed texts of the frame.
    Shell {
        /// The link by which the keyboard passes over the frame.
        SkipToContent => "Skip to content",
        Offline => "You are offline. What is stored here stays readable; creating and changing are possible again when the network is back.",
        Reload => "Reload the page",
        StartOver => "Start over",
        /// What a screen reader calls the toasts.
        Messages => "Messages",
        Product => "Latchkey",
        /// In the banner, in place of the session.
        Locked => "Locked",
        /// In the banner, in place of the session.
        NotSignedIn => "Not signed in",
        NoSession => "No session yet.",
        SignInWithAnother => "Sign in with another account",
        /// What a screen reader calls the links to the screens.
        Screens => "Screens",
    }
}

words! {
    /// The fixed texts of the lock.
    Lock {
        Title => "This page is locked",
        Kept => "What you were doing is kept. Sign in to go on where you were.",
    }
}

/// Stands on the lock between the user name of the person and the tenant.
pub const BETWEEN_PERSON_AND_TENANT: &str = " in ";

/// Names the App session in use.
#[must_use]
pub fn app_session(name: &str) -> String {
    format!("App session: {name}")
}

/// Says that the tenant in use is a customer's, and for whom the person works there: their own tenant, where its name is known.
#[must_use]
pub fn works_in(customer: &str, home: Option<&str>) -> String {
    format!("You work in {customer} as {}’s technician", home.unwrap_or("your company"))
}

/// How many runs are not over.
#[must_use]
pub fn open_runs(runs: usize) -> String {
    count(runs, "run is open", "runs are open")
}
