//! Makes certificates with keys of WebCrypto.

use crate::{PublicCertificate, make, read};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, CryptoKeyPair, SubtleCrypto};

const ALGORITHM: &str = "RSASSA-PKCS1-v1_5";
const DAY: i64 = 86_400_000;
/// Clocks differ: a certificate counts from a little before, in milliseconds.
const EARLIER: i64 = 300_000;

/// A certificate with its private key, as WebCrypto holds it.
pub struct Made {
    pub public: PublicCertificate,
    pub key: CryptoKey,
    der: Vec<u8>,
}

fn said(fault: impl std::fmt::Display) -> JsValue {
    JsValue::from_str(&fault.to_string())
}

fn crypto() -> Result<Crypto, JsValue> {
    web_sys::window().ok_or(JsValue::NULL)?.crypto()
}

async fn bytes(promise: js_sys::Promise) -> Result<Vec<u8>, JsValue> {
    Ok(Uint8Array::new(&JsFuture::from(promise).await?).to_vec())
}

/// An algorithm of RSA with SHA-256.
fn algorithm(name: &str) -> Result<Object, JsValue> {
    let (algorithm, hash) = (Object::new(), Object::new());
    Reflect::set(&hash, &"name".into(), &"SHA-256".into())?;
    Reflect::set(&algorithm, &"name".into(), &name.into())?;
    Reflect::set(&algorithm, &"hash".into(), &hash)?;
    Ok(algorithm)
}

async fn new_key(subtle: &SubtleCrypto, bits: u32) -> Result<CryptoKeyPair, JsValue> {
    let algorithm = algorithm(ALGORITHM)?;
    Reflect::set(&algorithm, &"modulusLength".into(), &bits.into())?;
    Reflect::set(&algorithm, &"publicExponent".into(), &Uint8Array::from([1_u8, 0, 1].as_slice()))?;
    let uses = Array::of2(&"sign".into(), &"verify".into());
    // A dictionary, which has no class that it could be checked for.
    Ok(JsFuture::from(subtle.generate_key_with_object(&algorithm, true, &uses)?).await?.unchecked_into())
}

/// Makes a key of so many bits and its certificate for so many days from `now`, in milliseconds since the Unix epoch.
///
/// # Errors
/// What the browser or the encoding refused.
pub async fn make(name: &str, days: u32, bits: u32, now: i64) -> Result<Made, JsValue> {
    let crypto = crypto()?;
    let subtle = crypto.subtle();
    let pair = new_key(&subtle, bits).await?;
    let key: CryptoKey = pair.get_private_key();
    let spki = bytes(subtle.export_key("spki", &pair.get_public_key())?).await?;
    let mut serial = [0_u8; 16];
    crypto.get_random_values_with_u8_array(&mut serial)?;
    // A policy counts the days: one that is as long as it allows must not be longer by a moment.
    let (starts, ends) = (now - EARLIER, now - 2 * EARLIER + i64::from(days) * DAY);
    let unsigned = make::prepare(name, &spki, serial, starts, ends).map_err(said)?;
    let to_sign = Uint8Array::from(unsigned.bytes.as_slice());
    let signature = bytes(subtle.sign_with_str_and_buffer_source(ALGORITHM, &key, &to_sign)?).await?;
    let certificate = unsigned.sign(&signature).map_err(said)?;
    let der = read::encode(&certificate).map_err(said)?;
    let public = read::describe(&der, &certificate).map_err(|fault| said(format!("{fault:?}")))?;
    Ok(Made { public, key, der })
}

impl Made {
    /// Returns the key for client assertions, which are signed with RSASSA-PSS. This one can't be exported.
    ///
    /// # Errors
    /// What the browser refused.
    pub async fn to_sign_assertions(&self) -> Result<CryptoKey, JsValue> {
        let subtle = crypto()?.subtle();
        let mut key = bytes(subtle.export_key("pkcs8", &self.key)?).await?;
        let held = Uint8Array::from(key.as_slice());
        let taken = subtle.import_key_with_object("pkcs8", &held, &algorithm("RSA-PSS")?, false, &Array::of1(&"sign".into()))?;
        let taken = JsFuture::from(taken).await;
        held.fill(0, 0, held.length());
        key.fill(0);
        Ok(taken?.unchecked_into())
    }

    /// Returns key and certificate as PEM: the only copy of the private key.
    ///
    /// # Errors
    /// When the key can't be exported.
    pub async fn to_pem(&self) -> Result<String, JsValue> {
        let mut key = bytes(crypto()?.subtle().export_key("pkcs8", &self.key)?).await?;
        let pem = read::to_pem("PRIVATE KEY", &key) + &read::to_pem("CERTIFICATE", &self.der);
        key.fill(0);
        Ok(pem)
    }
}
