//! The step for name, audience and redirect URIs.

words! {
    /// The fixed texts of the step.
    WizardName {
        Heading => "What is it called?",
        /// Above the limits of a calendar-sync service account.
        CannotDo => "What this page can’t do for you",
        WhatItCannotDo => "It can’t see whether an Exchange role works: Exchange takes up to two hours, and only the calendar system itself can tell. Where Graph does not manage Exchange roles in your tenant, you run two commands of Exchange Online PowerShell that the page writes for you. It can’t set up MFA for the account, nor exempt it: that is Conditional Access.",
        NameHelp => "Say what the job does and for whom, such as “Nightly mailbox report”. Administrators read this name when they approve it.",
        /// Before the redirect URI that the filled-in fields give.
        RedirectUri => "Redirect URI",
        SingleTenant => "This tenant only",
        MultiTenant => "Any tenant that consents to it",
        /// Opens the field.
        RedirectUris => "Redirect URIs (only for apps that people sign in to)",
        OneALine => "Redirect URIs, one a line",
        Braces => "A word in braces, such as {agency}, becomes a field of its own.",
    }
}
