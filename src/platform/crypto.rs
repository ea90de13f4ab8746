//! Sealing with a key that can't be exported, and random ids. Sealing shortens how long a token lies readable; it does not stop script in the page.

use crate::domain::ids::RunId;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

/// The browser refused, or what was sealed does not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the browser's cryptography refused")]
pub struct CryptoFault;

fn crypto() -> Result<web_sys::Crypto, CryptoFault> {
    web_sys::window().and_then(|window| window.crypto().ok()).ok_or(CryptoFault)
}

fn subtle() -> Result<SubtleCrypto, CryptoFault> {
    Ok(crypto()?.subtle())
}

#[must_use]
pub fn new_run_id() -> Option<RunId> {
    RunId::parse(&crypto().ok()?.random_uuid())
}

/// Fills with random bytes, for what nobody may guess.
///
/// # Errors
/// When the browser refuses.
pub fn fill_random(bytes: &mut [u8]) -> Result<(), CryptoFault> {
    crypto()?.get_random_values_with_u8_array(bytes).map(|_| ()).map_err(|_| CryptoFault)
}

/// Signs with RSASSA-PSS and a salt as long as the hash, SHA-256 (RFC 7518, 3.5).
///
/// # Errors
/// When the browser refuses.
pub async fn sign(key: &CryptoKey, bytes: &[u8]) -> Result<Vec<u8>, CryptoFault> {
    let algorithm = Object::new();
    set(&algorithm, "name", &"RSA-PSS".into())?;
    set(&algorithm, "saltLength", &32.into())?;
    let data = Uint8Array::from(bytes);
    let promise = subtle()?.sign_with_object_and_buffer_source(&algorithm, key, &data).map_err(|_| CryptoFault)?;
    Ok(Uint8Array::new(&JsFuture::from(promise).await.map_err(|_| CryptoFault)?).to_vec())
}

/// Makes an AES-GCM key of 256 bits that can't be exported.
///
/// # Errors
/// When the browser refuses.
pub async fn new_key() -> Result<CryptoKey, CryptoFault> {
    let algorithm = Object::new();
    set(&algorithm, "name", &"AES-GCM".into())?;
    set(&algorithm, "length", &256.into())?;
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let promise = subtle()?.generate_key_with_object(&algorithm, false, &usages).map_err(|_| CryptoFault)?;
    JsFuture::from(promise).await.map_err(|_| CryptoFault)?.dyn_into().map_err(|_| CryptoFault)
}

fn set(object: &Object, name: &str, value: &JsValue) -> Result<(), CryptoFault> {
    Reflect::set(object, &name.into(), value).map(|_| ()).map_err(|_| CryptoFault)
}

fn parameters(iv: &[u8], context: &str) -> Result<Object, CryptoFault> {
    let parameters = Object::new();
    set(&parameters, "name", &"AES-GCM".into())?;
    set(&parameters, "iv", &Uint8Array::from(iv).into())?;
    set(&parameters, "additionalData", &Uint8Array::from(context.as_bytes()).into())?;
    Ok(parameters)
}

/// Seals a text under a fresh 96-bit IV; `context` must be the same to open it.
///
/// # Errors
/// When the browser refuses.
pub async fn seal(key: &CryptoKey, context: &str, text: &str) -> Result<String, CryptoFault> {
    let mut iv = [0_u8; 12];
    crypto()?.get_random_values_with_u8_array(&mut iv).map_err(|_| CryptoFault)?;
    let data = Uint8Array::from(text.as_bytes());
    let promise = subtle()?.encrypt_with_object_and_buffer_source(&parameters(&iv, context)?, key, &data).map_err(|_| CryptoFault)?;
    let sealed = Uint8Array::new(&JsFuture::from(promise).await.map_err(|_| CryptoFault)?).to_vec();
    Ok(BASE64.encode([iv.as_slice(), &sealed].concat()))
}

/// Opens what [`seal`] made.
///
/// # Errors
/// When it was changed, cut, or sealed by another key or under another context.
pub async fn open(key: &CryptoKey, context: &str, sealed: &str) -> Result<String, CryptoFault> {
    let bytes = BASE64.decode(sealed).map_err(|_| CryptoFault)?;
    let (iv, data) = bytes.split_at_checked(12).ok_or(CryptoFault)?;
    let promise = subtle()?
        .decrypt_with_object_and_buffer_source(&parameters(iv, context)?, key, &Uint8Array::from(data))
        .map_err(|_| CryptoFault)?;
    let text = Uint8Array::new(&JsFuture::from(promise).await.map_err(|_| CryptoFault)?).to_vec();
    String::from_utf8(text).map_err(|_| CryptoFault)
}
