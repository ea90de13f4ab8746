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

async fn new_key(subtle: &SubtleCrypto, bits: u32, is_extractable: bool) -> Result<CryptoKeyPair, JsValue> {
    let algorithm = Object::new();
    let hash = Object::new();
    Reflect::set(&hash, &"name".into(), &"SHA-256".into())?;
    Reflect::set(&algorithm, &"name".into(), &ALGORITHM.into())?;
    Reflect::set(&algorithm, &"modulusLength".into(), &bits.into())?;
    Reflect::set(&algorithm, &"publicExponent".into(), &Uint8Array::from([1_u8, 0, 1].as_slice()))?;
    Reflect::set(&algorithm, &"hash".into(), &hash)?;
    let uses = Array::of2(&"sign".into(), &"verify".into());
    // A dictionary, which has no class that it could be checked for.
    Ok(JsFuture::from(subtle.generate_key_with_object(&algorithm, is_extractable, &uses)?).await?.unchecked_into())
}

/// Makes a key of so many bits and its certificate for so many days from `now`, in milliseconds since the Unix epoch.
///
/// # Errors
/// What the browser or the encoding refused.
pub async fn make(name: &str, days: u32, bits: u32, now: i64, is_extractable: bool) -> Result<Made, JsValue> {
    let crypto = crypto()?;
    let subtle = crypto.subtle();
    let pair = new_key(&subtle, bits, is_extractable).await?;
    let key: CryptoKey = pair.get_private_key();
    let spki = bytes(subtle.export_key("spki", &pair.get_public_key())?).await?;
    let mut serial = [0_u8; 16];
    crypto.get_random_values_with_u8_array(&mut serial)?;
    let (starts, ends) = (now - EARLIER, now - EARLIER + i64::from(days) * DAY);
    let unsigned = make::prepare(name, &spki, serial, starts, ends).map_err(said)?;
    let to_sign = Uint8Array::from(unsigned.bytes.as_slice());
    let signature = bytes(subtle.sign_with_str_and_buffer_source(ALGORITHM, &key, &to_sign)?).await?;
    let certificate = unsigned.sign(&signature).map_err(said)?;
    let der = read::encode(&certificate).map_err(said)?;
    let public = read::describe(&der, &certificate).map_err(|fault| said(format!("{fault:?}")))?;
    Ok(Made { public, key, der })
}

impl Made {
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
