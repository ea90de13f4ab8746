//! A run. What is said of its state and of each step stands in [`crate::steps`].

use domain::ids::Tenant;

words! {
    /// The fixed texts of the screen.
    Run {
        /// The title, and what a screen reader calls the state of the run.
        Title => "Run",
        Reading => "Reading the run",
        NotHere => "This browser has no such run. If it was started in another browser, open it there.",
        Canceled => "Nothing more is sent. What was made is still there: Resume goes on, Undo takes it back.",
        InAnotherTab => "This run goes on in another tab. Here you can watch it; when that tab is closed it goes on here.",
        Steps => "Steps",
        ReadingApplication => "Reading the application in the tenant",
        SignInAsAccount => "Sign in as the account",
        /// Above the consent link of the page itself.
        SendLink => "If only an administrator of this tenant may consent, send the link. Try again once it is given.",
        OpenUndo => "Open the undo",
        Retry => "Retry",
    }
}

words! {
    /// The fixed texts of a run that did not come about in this browser.
    PastRun {
        NewPlan => "Make a new plan from it",
        Remove => "Remove from this browser",
        Removed => "Removed from this browser. Nothing changed in the tenant.",
    }
}

words! {
    /// The fixed texts of what an undo would take back.
    UndoPlan {
        ChooseOne => "Choose at least one step to undo.",
        Start => "Undo the run",
    }
}

words! {
    /// The fixed texts of steps on an account.
    AccountStep {
        PasswordRefused => "Entra refused this password: it is too simple, or on the list of passwords that are guessed first. Choose another.",
        NoPasswordMade => "This browser could not make a password. Type one.",
        SetPassword => "Set the new password",
        Create => "Create the account",
        MakePassword => "Let this page make one (24 characters)",
        TypePassword => "Type one",
        NewPassword => "New password",
        WhatPasswordNeeds => "8 characters at least, of three kinds: small letters, capital letters, digits, signs. For a service account 16 or more.",
        ExchangePowerShell => "Exchange Online PowerShell",
        CopyCommands => "Copy commands",
        /// What a toast calls the commands that were copied.
        Commands => "Commands",
        NoCommands => "A name in this run has characters that can’t stand in a command. Assign the role in the Exchange admin center.",
    }
}

words! {
    /// The fixed texts around a client secret or a password that is shown once.
    SecretStep {
        SecretValue => "Client secret value",
        CopySecret => "Copy secret",
        ReplaceSecret => "Replace secret",
        KeepSecret => "Keep it in a vault or in the settings of the job, never in a mail or a chat. Microsoft may need a minute until it works.",
        CopyPassword => "Copy password",
        AnotherPassword => "Choose another password",
        KeepPassword => "Keep it in a vault or in the settings of the connector, never in a mail or a chat.",
        ClearClipboard => "Clear clipboard",
        ClipboardHistory => "The clipboard history of your system, and its copy in the cloud where that is on, keep what was copied: delete it there too.",
    }
}

words! {
    /// The fixed texts where a certificate is made.
    CertificateStep {
        Create => "Create certificate",
        Making => "Making the key. A long one takes some seconds.",
        SaveNow => "Save the file now: it holds the private key, which exists nowhere else. Keep it where only the job can read it. If the job wants a PFX:",
        /// The command that makes one.
        ToPfx => "openssl pkcs12 -export -in certificate.pem -out certificate.pfx",
        OnWindows => "For Exchange Online PowerShell on Windows, import the PFX with a CSP provider (add -CSP \"Microsoft Enhanced RSA and AES Cryptographic Provider\" to the line): keys of newer providers are not accepted everywhere.",
        Download => "Download PEM",
        AfterDownload => "I have saved it can be pressed after the download.",
    }
}

/// How many steps of a run are over.
#[must_use]
pub fn steps_done(over: usize, of: usize) -> String {
    format!("{over} of {of} steps done")
}

/// Says that the wrong account signed in, and which one is wanted.
#[must_use]
pub fn wrong_account(upn: &str) -> String {
    format!("Another account signed in. Nothing was done with it. Press Sign in as the account, and sign in as {upn}.")
}

/// The heading of what an undo would take back.
#[must_use]
pub fn undo_in(tenant: &Tenant) -> String {
    format!("Undo in {} · {}:", tenant.name, tenant.domain)
}

/// Names the steps that an undo can't take back.
#[must_use]
pub fn stays(steps: &[String]) -> String {
    format!("Stays, since it can’t be taken back: {}.", steps.join("; "))
}
