//! ID tokens, signed as real ones are.

use crate::world::World;
use crate::world::people::Person;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::LazyLock;

const KEY_ID: &str = "emulator-key-1";

static KEY: LazyLock<Option<RsaPrivateKey>> = LazyLock::new(|| RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).ok());

/// Makes the signing key, which takes a moment.
pub fn prepare() {
    LazyLock::force(&KEY);
}

pub fn jwks() -> Value {
    let Some(key) = KEY.as_ref() else { return json!({"keys": []}) };
    let public = RsaPublicKey::from(key);
    json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "x5t": KEY_ID,
        "n": BASE64.encode(public.n().to_bytes_be()), "e": BASE64.encode(public.e().to_bytes_be())}]})
}

pub struct Claims<'a> {
    pub tenant: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub person: &'a Person,
    /// Object id in that tenant; missing for a partner's technician in a customer's tenant.
    pub oid: Option<String>,
    /// Values of the app roles of the client.
    pub roles: Vec<String>,
    pub partner_roles: Vec<String>,
}

pub fn sign(world: &World, claims: &Claims<'_>) -> String {
    let now = world.now() / 1000;
    let person = claims.person;
    let mut body = json!({"ver": "2.0", "iss": format!("{}/{}/v2.0", world.settings.login_origin, claims.tenant), "aud": claims.client_id,
        "sub": format!("sub-{}-{}", person.oid, claims.client_id), "tid": claims.tenant, "iat": now, "nbf": now, "exp": now + 3600,
        "name": person.name, "preferred_username": person.upn, "login_hint": format!("O.{}", person.oid)});
    if !claims.nonce.is_empty() {
        body["nonce"] = json!(claims.nonce);
    }
    if !claims.roles.is_empty() {
        body["roles"] = json!(claims.roles);
    }
    match &claims.oid {
        Some(oid) => body["oid"] = json!(oid),
        None => {
            let mut wids = vec!["08372b87-7d02-482a-9e02-fb03ea5fe193".to_owned()];
            wids.extend(claims.partner_roles.iter().cloned());
            body["wids"] = json!(wids);
            body["name"] = json!("Harbour Lane Partners Technician");
            body["aai"] = json!(format!("tenant: {}, object: {}", person.home_tenant, person.oid));
        }
    }
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": KEY_ID});
    let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(body.to_string()));
    let signature = KEY.as_ref().map(|key| SigningKey::<Sha256>::new(key.clone()).sign(signed.as_bytes()).to_vec());
    format!("{signed}.{}", BASE64.encode(signature.unwrap_or_default()))
}
