//! Client assertions: a JWT that an application signs with the key of one of its certificates.
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>

use super::errors::EntraError;
use crate::clock::parse_iso;
use crate::world::object::Properties;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier;
use serde_json::Value;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, X509Certificate};

/// Checks an assertion of a client at a tenant's token endpoint. `audiences` are the addresses that it may be made for.
/// With `strict`, each algorithm goes with one kind of thumbprint only.
pub fn check(
    application: &Properties,
    client_id: &str,
    assertion: &str,
    audiences: &[String],
    now: i64,
    strict: bool,
) -> Result<(), EntraError> {
    let invalid = |number, text: &str| EntraError::new(number, "invalid_client", text);
    let malformed = || invalid(50027, "JWT token is invalid or malformed.");
    let parts: Vec<&str> = assertion.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else { return Err(malformed()) };
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed());
    let read = |text: &str| -> Result<Value, EntraError> { serde_json::from_slice(&bytes(text)?).map_err(|_| malformed()) };
    let (head, claims) = (read(header)?, read(claims)?);
    let named = |name: &str| claims[name].as_str().unwrap_or_default();
    if named("iss") != client_id || named("sub") != client_id {
        return Err(invalid(700_021, "Client assertion application identifier doesn't match 'client_id' parameter."));
    }
    if !audiences.iter().any(|audience| audience == named("aud")) {
        return Err(invalid(700_023, "Client assertion audience claim does not match Realm issuer."));
    }
    // NumericDate may have a fraction (RFC 7519, 2).
    #[allow(clippy::cast_possible_truncation, reason = "seconds of our time are far below 2^53")]
    let seconds = |name: &str| claims[name].as_f64().unwrap_or_default() as i64 * 1000;
    let slack = 300_000;
    if named("jti").is_empty() || seconds("exp") <= now - slack || seconds("nbf") > now + slack || seconds("exp") > now + 86_400_000 {
        return Err(invalid(700_024, "Client assertion is not within its valid time range."));
    }
    let keys = application.get("keyCredentials").and_then(Value::as_array).cloned().unwrap_or_default();
    let found =
        keys.iter().filter_map(|key| Some((key, STANDARD.decode(key["key"].as_str()?).ok()?))).find(|(_, der)| is_named(&head, der));
    let Some((key, der)) = found else {
        return Err(invalid(700_027, "Client assertion contains an invalid signature. The key was not found by its thumbprint."));
    };
    if key["endDateTime"].as_str().and_then(parse_iso).is_some_and(|ends| ends <= now) {
        return Err(invalid(700_027, "The certificate used to sign the client assertion is expired on application."));
    }
    let (_, certificate) = X509Certificate::from_der(&der).map_err(|_| malformed())?;
    let public = RsaPublicKey::from_public_key_der(certificate.public_key().raw).map_err(|_| malformed())?;
    let is_pair = head[if head["alg"] == "PS256" { "x5t#S256" } else { "x5t" }].is_string();
    if strict && !is_pair {
        return Err(invalid(700_027, "The thumbprint of the client assertion does not go with its algorithm."));
    }
    let message = format!("{header}.{}", parts[1]);
    let signature = bytes(signature)?;
    let is_good = match head["alg"].as_str() {
        Some("RS256") => rsa::pkcs1v15::Signature::try_from(signature.as_slice())
            .is_ok_and(|signature| rsa::pkcs1v15::VerifyingKey::<Sha256>::new(public).verify(message.as_bytes(), &signature).is_ok()),
        Some("PS256") => rsa::pss::Signature::try_from(signature.as_slice())
            .is_ok_and(|signature| rsa::pss::VerifyingKey::<Sha256>::new(public).verify(message.as_bytes(), &signature).is_ok()),
        _ => false,
    };
    if is_good { Ok(()) } else { Err(invalid(700_027, "Client assertion failed signature validation.")) }
}

/// The header names the certificate by a thumbprint, in base64url.
fn is_named(head: &Value, der: &[u8]) -> bool {
    let is =
        |name: &str, digest: &[u8]| head[name].as_str().is_some_and(|text| text.trim_end_matches('=') == URL_SAFE_NO_PAD.encode(digest));
    is("x5t", &sha1::Sha1::digest(der)) || is("x5t#S256", &Sha256::digest(der))
}
