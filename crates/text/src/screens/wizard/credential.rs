//! The step where the application gets its credential. The form of a certificate stands in App sessions and runs too.

use crate::screens::common::Common;
use domain::blueprint::Credential;

words! {
    /// The fixed texts of the step.
    WizardCredential {
        Heading => "How does it prove who it is?",
        Nothing => "No credential",
        WhatNothingMeans => "Nothing can connect as it until it gets one. Choose this for apps that people sign in to, or that use workload identity federation.",
        WhenSecretIsMade => "The secret is made at the very end, when you press Show secret, and is shown once. Have the place ready where you keep secrets.",
        Lifetime => "Lifetime",
    }
}

words! {
    /// The fixed texts of the choice of a certificate.
    CertificateForm {
        Origin => "Where it comes from",
        MakeIt => "Make it in this browser",
        UseFile => "Use the certificate of a file",
        File => "Certificate file (.cer, .crt or .pem, without the private key)",
        KeyLength => "Key length",
        WhenKeyIsMade => "The key is made in this browser when the run comes to it. You save it as a file first; only the public part goes to Microsoft.",
    }
}

words! {
    /// What the facts of a certificate are called.
    CertificateFacts {
        Subject => "Subject",
        Valid => "Valid",
        Key => "Key",
        Sha1 => "Thumbprint (SHA-1)",
        Sha256 => "Thumbprint (SHA-256)",
    }
}

/// A lifetime in words.
#[must_use]
pub const fn lifetime(days: u32) -> &'static str {
    match days {
        30 => "30 days",
        90 => "90 days",
        180 => "180 days",
        365 => "12 months",
        730 => "24 months",
        _ => "a lifetime of its own",
    }
}

/// The chosen credential in a few words, beside the step when it is done.
#[must_use]
pub fn chosen(credential: Credential) -> String {
    match credential {
        Credential::None => WizardCredential::Nothing.text().to_owned(),
        Credential::Certificate { days, .. } => format!("{}, {}", Common::Certificate.text(), lifetime(days)),
        Credential::Uploaded => "Certificate from a file".to_owned(),
        Credential::Secret { days } => format!("{}, {}", Common::ClientSecret.text(), lifetime(days)),
    }
}

/// A length of keys to choose.
#[must_use]
pub fn key_length(bits: u32) -> String {
    format!("{bits} bits")
}

/// The days between which a certificate is valid.
#[must_use]
pub fn valid(from: &str, to: &str) -> String {
    format!("{from} to {to}")
}

/// What key a certificate has.
#[must_use]
pub fn key(bits: u32) -> String {
    format!("RSA, {bits} bits")
}
