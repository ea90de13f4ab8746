//! Certificates of applications: what Graph does with a list of `keyCredentials` that is sent.

use super::errors::GraphError;
use super::policies::NewCertificate;
use crate::clock::{iso, parse_iso};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use x509_parser::prelude::{FromDer, X509Certificate};

/// Takes a list in the place of the stored one. Entries with a known keyId and no key keep theirs; new ones must be certificates.
pub fn accept(
    sent: &mut [Value],
    stored: &[Value],
    now: i64,
    may_add: impl Fn(&NewCertificate) -> Result<(), GraphError>,
    mut new_id: impl FnMut() -> String,
) -> Result<(), GraphError> {
    for key in sent.iter_mut() {
        let known = stored.iter().find(|stored| stored["keyId"] == key["keyId"] && key["keyId"].is_string());
        let ends = key["endDateTime"].as_str().and_then(parse_iso);
        if ends.is_some_and(|ends| ends <= now) {
            return Err(invalid_end());
        }
        if let Some(known) = known {
            if key["key"].is_null() {
                key["key"] = known["key"].clone();
            }
            if key["key"] == known["key"] {
                continue;
            }
        }
        if key["type"] != "AsymmetricX509Cert" || key["usage"] != "Verify" {
            return Err(GraphError::bad_request("Key credential must have the type 'AsymmetricX509Cert' and the usage 'Verify'."));
        }
        let bad =
            || GraphError::bad_request("Value for the property 'key' is not a valid certificate.").target("InvalidValue", "keyCredentials");
        let der = key["key"].as_str().and_then(|text| BASE64.decode(text).ok()).ok_or_else(bad)?;
        let (rest, certificate) = X509Certificate::from_der(&der).map_err(|_| bad())?;
        if !rest.is_empty() {
            return Err(bad());
        }
        let millis = |time: x509_parser::time::ASN1Time| time.timestamp() * 1000;
        let (from, until) = (millis(certificate.validity().not_before), millis(certificate.validity().not_after));
        let ends = ends.unwrap_or(until);
        let starts = key["startDateTime"].as_str().and_then(parse_iso).unwrap_or(from);
        if ends > until || until <= now {
            return Err(invalid_end());
        }
        may_add(&NewCertificate { lifetime: ends - starts, is_self_signed: certificate.issuer() == certificate.subject() })?;
        key["startDateTime"] = json!(iso(starts));
        key["endDateTime"] = json!(iso(ends));
        if key["keyId"].is_null() {
            key["keyId"] = json!(new_id());
        }
        if key["customKeyIdentifier"].is_null() {
            key["customKeyIdentifier"] = json!(BASE64.encode(Sha1::digest(&der)));
        }
    }
    Ok(())
}

fn invalid_end() -> GraphError {
    GraphError::new(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.")
        .target("KeyCredentialsInvalidEndDate", "keyCredentials")
}
