//! The page of an App session, a file for each part of it.

pub mod changes;
pub mod from_file;
pub mod on_premises;
pub mod permissions;
pub mod roles;
pub mod status;
pub mod use_now;

words! {
    /// The fixed texts of the page itself.
    Page {
        Reading => "Reading the App session",
        Unknown => "This browser does not know this App session. Use Find App sessions in this tenant on the first screen.",
        CopyClientId => "Copy client ID",
        ReadingTenant => "Reading permissions, roles and credentials",
        Connect => "Connect",
        CopyCommand => "Copy command",
        /// What a toast calls a command that was copied.
        Command => "Command",
    }
}

/// Says that the App session is in use, and who reads then.
#[must_use]
pub fn in_use(has_relay: bool) -> &'static str {
    if has_relay {
        "This App session is in use. Connect as the application below to read as it."
    } else {
        "This App session is in use. The page itself keeps working as you: a browser gets no app-only token."
    }
}

/// Says what the commands that connect need.
#[must_use]
pub fn commands(has_certificate: bool) -> &'static str {
    if has_certificate {
        "These commands connect with the certificate. Its private key is read from certificate.pem or from the store of the computer; none of them holds it."
    } else {
        "A page cannot test a client secret: Microsoft refuses that from a browser. These commands do. They ask for the secret; none of them holds it."
    }
}
