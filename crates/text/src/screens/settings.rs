//! Settings: accounts, storage, diagnostics.

use entra::cloud::Config;

words! {
    /// The fixed texts of the screen.
    Settings {
        Title => "Settings",
        Accounts => "Accounts",
        NobodySignedIn => "Nobody is signed in.",
        SignOut => "Sign out",
        SignOutEverywhere => "Sign out everywhere",
        Storage => "Storage",
        WhatIsKept => "Recent sessions and the journals of runs are kept in this browser. They hold no token and no secret.",
        EraseData => "Erase this browser's data",
        WhatIsErased => "All sessions and runs of this browser are erased, and everybody is signed out here, in every tab.",
        NoTenantChanges => "Nothing changes in any tenant. App sessions can be found again by their tag.",
        /// The button that erases, after the warning.
        Erase => "Erase",
        WhatCheckDoes => "Finds out whether Microsoft answers in your tenant as this page expects. Reading takes less than a minute; writing is a plan that you see first.",
        About => "About",
        ThirdParty => "Third-party notices",
        /// The heading, and what a toast calls the diagnostics that were copied.
        Diagnostics => "Diagnostics",
        ExportDiagnostics => "Export diagnostics",
    }
}

/// What the diagnostics tell.
pub struct Diagnosed<'a> {
    pub version: &'a str,
    pub config: Option<&'a Config>,
    /// How many accounts are signed in.
    pub accounts: usize,
    pub sessions: usize,
    pub runs: usize,
    /// What is wrong with the storage, if anything.
    pub storage: Option<&'a str>,
    /// What the policy of the page stopped, each in words.
    pub stopped: &'a [String],
}

/// Returns the diagnostics, to read and to copy.
#[must_use]
pub fn diagnostics(of: &Diagnosed<'_>) -> String {
    let Diagnosed { version, accounts, sessions, runs, .. } = of;
    let config =
        of.config.map(|config| format!("{:?}, client id {}, {}", config.cloud, config.client_id, config.origin)).unwrap_or_default();
    let storage = of.storage.unwrap_or("available");
    let stopped = if of.stopped.is_empty() { "nothing".to_owned() } else { of.stopped.join("; ") };
    format!(
        "Latchkey {version}\nCloud: {config}\nAccounts signed in: {accounts}\nSessions: {sessions}\nRuns: {runs}\nStorage: {storage}\nStopped by the policy: {stopped}"
    )
}

/// Says which release this is.
#[must_use]
pub fn release(version: &str) -> String {
    format!("Latchkey {version}.")
}
