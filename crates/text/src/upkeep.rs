//! What is done to an App session after its first day, in words.

use crate::Notice;
use graph::applications::LONGEST_NOTES;
use plan::record::Purpose;

/// Returns what stands before the name in the heading of a run; `None` for one that creates.
#[must_use]
pub fn purpose(purpose: Purpose) -> Option<&'static str> {
    Some(match purpose {
        Purpose::Create | Purpose::Undo => return None,
        Purpose::AddCredential => "Add a credential",
        Purpose::Rotate => "Rotate the credential",
        Purpose::SwitchToCertificate => "Switch to a certificate",
        Purpose::RemoveCredential => "Remove a credential",
        Purpose::Exchange => "Exchange Online app access",
        Purpose::Role => "Add a role",
        Purpose::Permissions => "Edit permissions",
        Purpose::Mend => "Bring back in line",
        Purpose::Audience => "Change who may use it",
        Purpose::Rename => "Rename",
        Purpose::Notes => "Edit notes",
        Purpose::Enable => "Enable",
        Purpose::Disable => "Disable",
        Purpose::Delete => "Delete",
        Purpose::Restore => "Restore",
        Purpose::UseNow => "Use here",
        Purpose::Access => "Access to App sessions",
        Purpose::Check => "Check with Microsoft",
        Purpose::CleanUp => "Clean up",
        Purpose::SignOut => "Sign out everywhere",
    })
}

/// Says why notes are not taken; `None` when they are.
#[must_use]
pub fn notes_fault(notes: &str) -> Option<&'static str> {
    (notes.encode_utf16().count() > LONGEST_NOTES).then_some("Notes can have up to 1,024 characters. Shorten them.")
}

/// Nothing was typed.
pub const NOTHING_CHANGED: &str = "Change something first.";

/// Says why a certificate file is not taken, and what to do.
#[must_use]
pub fn certificate_fault(fault: domain::certificate::Fault) -> String {
    use domain::certificate::Fault;
    match fault {
        Fault::TooLarge { bytes } => format!(
            "This file has {} bytes; a certificate has a few thousand. Choose the .cer, .crt or .pem file of one certificate.",
            super::thousands(bytes)
        ),
        Fault::HoldsPrivateKey => {
            "This file holds a private key. It was not kept. Export the certificate alone, without its key, and choose that file.".into()
        }
        Fault::NotACertificate => "This is not a certificate in DER or PEM. Choose a .cer, .crt or .pem file.".into(),
        Fault::Several { count } => format!("This file holds {count} certificates. Choose a file with the one of the application alone."),
        Fault::Expired => "This certificate has expired. Make or request a new one.".into(),
        Fault::NotYetValid => "This certificate is not valid yet. Check its dates, and the clock of this computer.".into(),
        Fault::CertificateAuthority => {
            "This certificate is that of a certificate authority. Choose the certificate of the application itself.".into()
        }
        Fault::NotRsa => "This certificate does not have an RSA key. Entra accepts RSA only for applications.".into(),
        Fault::WeakKey { bits } => format!("The RSA key of this certificate has {bits} bits. It needs 2048 or more."),
        Fault::WeakSignature => "This certificate is signed with MD5 or SHA-1, which is broken. Make one with SHA-256.".into(),
    }
}

/// The browser made or read no certificate.
#[must_use]
pub fn no_certificate(why: &str) -> String {
    format!("The certificate could not be made or read here ({why}). Reload the page and try again.")
}

pub const OTHER_KEY_UNSAVED: &str = "Another run has a certificate whose key was not saved yet. Save it there, or put it off.";
pub const OTHER_TAB: &str = "Another tab carries this run out. Close that tab first; the certificate is kept until then.";

/// A plan came out empty.
#[must_use]
pub fn nothing_to_change() -> Notice {
    Notice::new("There is nothing to change.", "Everything that this plan would do is in place.")
}

/// The browser made no key for Use now.
#[must_use]
pub fn key_not_made(why: String) -> Notice {
    Notice::new(why, "Reload the page and try again.")
}

/// The browser did not sign with the key of Use now.
#[must_use]
pub fn not_signed_with_key() -> Notice {
    Notice::new("The browser refused to sign with the key of this visit.", "Press Connect as the application again.")
}

/// There is no key of Use now for this application.
#[must_use]
pub fn no_key_this_visit() -> Notice {
    Notice::new("This visit has no key for this application.", "Press Connect as the application first.")
}
