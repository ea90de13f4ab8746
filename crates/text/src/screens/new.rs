//! The choice of what to set up.

words! {
    /// The fixed texts of the screen.
    New {
        /// The title of the tab.
        Title => "Create",
        Heading => "What do you want to set up?",
        WhatAppSessionIs => "An app registration with permissions and a client secret or certificate, so that jobs connect as an application, without a password and without a prompt for MFA.",
        ConnectionAccount => "Connection account",
        WhatConnectionAccountIs => "A user account in a verified domain with its roles, for a connector that must sign in as somebody. The password is shown once, and a sign-in proves that it works.",
        /// Stands where a manifest is imported too.
        CalendarSync => "Calendar-sync service account",
        WhatCalendarSyncIs => "A multitenant app with the redirect URI of the calendar system, its delegated permissions, consent for all, a client secret, a service account and the Exchange role: one plan in the place of fifty steps.",
        WhatImportIs => "The manifest from a vendor’s help page, as it stands there, for a new app or for one that exists, with the difference first.",
        Blueprints => "Blueprints",
        SavedHere => "Saved in this browser",
        Use => "Use",
        OpenFile => "Open a blueprint file",
        NothingTaken => "Nothing was taken from this file:",
    }
}

/// What the button Use of a saved blueprint is called for a screen reader.
#[must_use]
pub fn use_blueprint(name: &str) -> String {
    format!("Use {name}")
}

/// What the button Delete of a saved blueprint is called for a screen reader.
#[must_use]
pub fn delete_blueprint(name: &str) -> String {
    format!("Delete the blueprint {name}")
}
