//! What can be changed about an App session, and the forms for it.

words! {
    /// The buttons, and what stands around them.
    Change {
        Title => "Change it",
        /// What a screen reader calls the part of the page.
        Label => "Changes",
        NotAsItself => "An App session is changed from a User session or a Customer session. Use Switch session in the banner first.",
        Mend => "Bring back in line",
        Exchange => "Exchange Online app access",
        EditPermissions => "Edit permissions",
        AddRole => "Add the role",
        MakeMultitenant => "Make multitenant",
        KeepToThisTenant => "Keep to this tenant",
        Rename => "Rename",
        EditNotes => "Edit notes",
        Disable => "Disable",
        Enable => "Enable",
        ReadingRights => "Reading what you may do here",
    }
}

words! {
    /// The list of secrets and certificates.
    CredentialList {
        Title => "Credentials",
        Nothing => "No client secret and no certificate: nothing can connect as it.",
        NamelessSecret => "Client secret without a name",
        NotKnownSaved => "This browser does not know that anybody saved its value. If no job uses it, remove it.",
        NamelessCertificate => "Certificate without a name",
    }
}

words! {
    /// The forms for a new secret and for a new certificate.
    NewCredential {
        Secret => "A new client secret",
        OldSecretsStay => "The new secret is made and handed over first. Each old one stays until you remove it by a click of its own.",
        Certificate => "A certificate",
        OldCredentialsStay => "It is added first. Each old credential stays until you remove it by a click of its own.",
    }
}

words! {
    /// The forms for the name and for the notes.
    NameAndNotes {
        NewName => "New name",
        SameName => "This is its name already.",
        Notes => "Notes",
        Reference => "Service management reference",
        WhoSeesNotes => "Anyone who can read app registrations in this tenant can see these.",
    }
}

words! {
    /// What is said of an App session that is not in the tenant any more.
    Gone {
        Title => "This app registration is not in the tenant any more.",
        WhatNow => "Somebody deleted it. For 30 days it can be restored. Remove it from Recent sessions if it is not needed.",
        Restore => "Restore",
    }
}

/// The button that makes a new client secret.
#[must_use]
pub fn new_secret(has_secret: bool) -> &'static str {
    if has_secret { "Rotate secret" } else { "Add a client secret" }
}

/// The button that adds a certificate.
#[must_use]
pub fn new_certificate(has_secret: bool, has_certificate: bool) -> &'static str {
    match (has_secret, has_certificate) {
        (true, _) => "Switch to certificate",
        (_, true) => "Rotate certificate",
        _ => "Add a certificate",
    }
}
