//! Makes a self-signed certificate in two halves: the bytes to sign, and the certificate once they are signed elsewhere.

use std::str::FromStr;
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder, Result};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::{Any, BitString, GeneralizedTime, Null, ObjectIdentifier, UtcTime};
use x509_cert::der::{DateTime, Document};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};
use x509_cert::time::{Time, Validity};

const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const CLIENT_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
/// Years from here on are written with four digits (RFC 5280, 4.1.2.5).
const FOUR_DIGITS_FROM: u16 = 2050;

/// A certificate of an application: it signs, and issues nothing.
struct OfApplication(Name);

impl BuilderProfile for OfApplication {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.0.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        _issuer: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let subject = tbs.subject();
        let key_id = SubjectKeyIdentifier::try_from(key)?;
        Ok(vec![
            BasicConstraints { ca: false, path_len_constraint: None }.to_extension(subject, &[])?,
            KeyUsage(KeyUsages::DigitalSignature.into()).to_extension(subject, &[])?,
            ExtendedKeyUsage(vec![CLIENT_AUTHENTICATION]).to_extension(subject, &[])?,
            key_id.to_extension(subject, &[])?,
        ])
    }
}

/// The public key stands for the signer, whose private half stays with the browser.
#[derive(Clone)]
struct PublicKey(Vec<u8>);

impl signature::Keypair for PublicKey {
    type VerifyingKey = Self;
    fn verifying_key(&self) -> Self {
        self.clone()
    }
}

impl EncodePublicKey for PublicKey {
    fn to_public_key_der(&self) -> x509_cert::spki::Result<Document> {
        Ok(Document::try_from(self.0.as_slice())?)
    }
}

impl DynSignatureAlgorithmIdentifier for PublicKey {
    fn signature_algorithm_identifier(&self) -> x509_cert::spki::Result<AlgorithmIdentifierOwned> {
        Ok(AlgorithmIdentifierOwned { oid: SHA256_WITH_RSA, parameters: Some(Any::from(Null)) })
    }
}

/// A certificate that lacks its signature.
pub struct Unsigned {
    builder: CertificateBuilder<OfApplication>,
    key: PublicKey,
    /// To be signed with RSASSA-PKCS1-v1_5 and SHA-256.
    pub bytes: Vec<u8>,
}

/// Prepares a certificate. `name` becomes its CN; `spki` is the public key as DER; times are in milliseconds since the Unix epoch;
/// `serial` holds 16 random bytes.
///
/// # Errors
/// When the encoding refuses one of them.
pub fn prepare(name: &str, spki: &[u8], serial: [u8; 16], starts: i64, ends: i64) -> Result<Unsigned> {
    // Escaped as RFC 4514 wants it, so that a name is one CN whatever it holds.
    let special = |c: char| "\"#+,;<=>\\".contains(c);
    let escaped: String = name.trim().chars().flat_map(|c| [special(c).then_some('\\'), Some(c)]).flatten().collect();
    let subject = Name::from_str(&format!("CN={escaped}"))?;
    let mut serial = serial;
    // Positive, and never short.
    serial[0] = serial[0] & 0x7f | 0x40;
    let validity = Validity::new(time(starts)?, time(ends)?);
    let key = PublicKey(spki.to_vec());
    let mut builder =
        CertificateBuilder::new(OfApplication(subject), SerialNumber::new(&serial)?, validity, SubjectPublicKeyInfoOwned::from_der(spki)?)?;
    let bytes = builder.finalize(&key)?;
    Ok(Unsigned { builder, key, bytes })
}

impl Unsigned {
    /// Closes the certificate with its signature.
    ///
    /// # Errors
    /// When the encoding refuses it.
    pub fn sign(self, signature: &[u8]) -> Result<Certificate> {
        self.builder.assemble(BitString::from_bytes(signature)?, &self.key)
    }
}

fn time(millis: i64) -> Result<Time> {
    let moment = DateTime::from_unix_duration(Duration::from_secs(u64::try_from(millis / 1000).unwrap_or_default()))?;
    Ok(if moment.year() < FOUR_DIGITS_FROM {
        Time::UtcTime(UtcTime::from_date_time(moment)?)
    } else {
        Time::GeneralTime(GeneralizedTime::from_date_time(moment))
    })
}
