//! Reads an uploaded file: .cer, .crt or .pem, with DER or PEM in it.

use crate::{Fault, PublicCertificate};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Encode, Reader, SliceReader};
use x509_cert::ext::pkix::BasicConstraints;

/// The largest file that is looked at, in bytes. A certificate has one to three thousand.
pub const LARGEST: usize = 32 * 1024;
/// The shortest RSA key, in bits.
pub const SHORTEST_KEY: u32 = 2048;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const WEAK: [ObjectIdentifier; 3] = [
    // md5WithRSAEncryption, sha1WithRSAEncryption, sha-1WithRSA of OIW
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"),
    ObjectIdentifier::new_unwrap("1.3.14.3.2.29"),
];

/// Reads the one certificate of a file. `now` is in milliseconds since the Unix epoch.
///
/// # Errors
/// Why it is not taken. Nothing of the file is kept then.
pub fn read(file: &[u8], now: i64) -> Result<PublicCertificate, Fault> {
    if file.len() > LARGEST {
        return Err(Fault::TooLarge { bytes: file.len() });
    }
    let der = match std::str::from_utf8(file).ok().filter(|text| text.contains("-----BEGIN")) {
        Some(text) => from_pem(text)?,
        None => bare(file),
    };
    if holds_key(&der) {
        return Err(Fault::HoldsPrivateKey);
    }
    let certificate = Certificate::from_der(&der).map_err(|_| Fault::NotACertificate)?;
    let read = describe(&der, &certificate)?;
    if WEAK.contains(&certificate.signature_algorithm().oid) {
        return Err(Fault::WeakSignature);
    }
    let is_authority = certificate.tbs_certificate().get_extension::<BasicConstraints>().ok().flatten().is_some_and(|(_, found)| found.ca);
    if is_authority {
        return Err(Fault::CertificateAuthority);
    }
    if read.bits < SHORTEST_KEY {
        return Err(Fault::WeakKey { bits: read.bits });
    }
    if read.ends <= now {
        return Err(Fault::Expired);
    }
    if read.starts > now {
        return Err(Fault::NotYetValid);
    }
    Ok(read)
}

/// Describes a certificate without judging it.
///
/// # Errors
/// When its key is not of RSA, or its numbers can't be read.
pub fn describe(der: &[u8], certificate: &Certificate) -> Result<PublicCertificate, Fault> {
    let tbs = certificate.tbs_certificate();
    let key = tbs.subject_public_key_info();
    if key.algorithm.oid != RSA {
        return Err(Fault::NotRsa);
    }
    let millis = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX);
    Ok(PublicCertificate {
        der: BASE64.encode(der),
        subject: tbs.subject().to_string(),
        sha1: hex(&Sha1::digest(der)),
        sha256: hex(&Sha256::digest(der)),
        starts: millis(tbs.validity().not_before),
        ends: millis(tbs.validity().not_after),
        bits: modulus_bits(key.subject_public_key.raw_bytes()).ok_or(Fault::NotACertificate)?,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017, A.1.1).
fn modulus_bits(key: &[u8]) -> Option<u32> {
    let mut reader = SliceReader::new(key).ok()?;
    let bytes = reader
        .sequence(|inner| {
            let modulus = UintRef::decode(inner)?;
            let _exponent = UintRef::decode(inner)?;
            Ok::<_, x509_cert::der::Error>(modulus.as_bytes().to_vec())
        })
        .ok()?;
    let leading = bytes.first()?.leading_zeros();
    Some(u32::try_from(bytes.len() * 8).ok()? - leading)
}

fn from_pem(text: &str) -> Result<Vec<u8>, Fault> {
    if text.contains("PRIVATE KEY-----") {
        return Err(Fault::HoldsPrivateKey);
    }
    let blocks: Vec<&str> = text.split("-----BEGIN CERTIFICATE-----").skip(1).collect();
    let [block] = blocks.as_slice() else {
        return Err(if blocks.is_empty() { Fault::NotACertificate } else { Fault::Several { count: blocks.len() } });
    };
    let body = block.split("-----END CERTIFICATE-----").next().unwrap_or_default();
    decode(body).ok_or(Fault::NotACertificate)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.split_whitespace().collect::<String>()).ok()
}

/// DER as it is, or base64 without the lines around it.
fn bare(file: &[u8]) -> Vec<u8> {
    std::str::from_utf8(file).ok().and_then(decode).unwrap_or_else(|| file.to_vec())
}

/// PKCS#1 and PKCS#8 keys and PKCS#12 files begin with a version, which no certificate does.
fn holds_key(der: &[u8]) -> bool {
    let Ok(mut reader) = SliceReader::new(der) else { return false };
    reader
        .sequence(|inner| {
            let version = UintRef::decode(inner)?;
            let is_version = matches!(version.as_bytes(), [0 | 1 | 3]);
            let rest = inner.remaining_len();
            inner.read_slice(rest)?;
            Ok::<_, x509_cert::der::Error>(is_version)
        })
        .unwrap_or(false)
}

/// Returns a DER value between the lines of PEM.
#[must_use]
pub fn to_pem(label: &str, der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Returns the DER of a certificate that was just made.
///
/// # Errors
/// When it can't be encoded.
pub fn encode(certificate: &Certificate) -> Result<Vec<u8>, x509_cert::der::Error> {
    certificate.to_der()
}
