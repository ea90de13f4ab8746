//! Certificates of applications: what is read from one, why one is refused, and how one is made. No private key is ever kept here.

#[cfg(all(feature = "x509", target_family = "wasm"))]
pub mod browser;
#[cfg(feature = "x509")]
pub mod make;
#[cfg(feature = "x509")]
pub mod read;

use serde::{Deserialize, Serialize};

/// The public part of a certificate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicCertificate {
    /// DER in base64, as Graph takes it in `key`.
    pub der: String,
    /// As RFC 4514 writes it, e.g. `CN=Nightly report`.
    pub subject: String,
    /// Thumbprints in upper-case hexadecimal digits; Entra shows the first.
    pub sha1: String,
    pub sha256: String,
    /// In milliseconds since the Unix epoch.
    pub starts: i64,
    pub ends: i64,
    /// The length of the RSA key.
    pub bits: u32,
}

/// Why a file is not taken. Bytes and bits are counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "camelCase")]
pub enum Fault {
    TooLarge {
        bytes: usize,
    },
    HoldsPrivateKey,
    NotACertificate,
    Several {
        count: usize,
    },
    Expired,
    NotYetValid,
    CertificateAuthority,
    /// Entra takes RSA keys only for the certificates of applications.
    NotRsa,
    WeakKey {
        bits: u32,
    },
    /// Signed with MD5 or SHA-1.
    WeakSignature,
}
