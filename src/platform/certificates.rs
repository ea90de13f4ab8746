//! The module that makes and reads certificates. It is fetched when it is first needed.

use super::page;
use crate::domain::certificate::{Fault, PublicCertificate};
use crate::domain::secret::Secret;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::CryptoKey;

/// Why no certificate came.
#[derive(Debug)]
pub enum Trouble {
    /// The module could not be fetched, or the browser refused.
    Browser(String),
    Fault(Fault),
}

fn refused(error: &JsValue) -> Trouble {
    let text = error.as_string().or_else(|| Reflect::get(error, &"message".into()).ok()?.as_string());
    Trouble::Browser(text.unwrap_or_else(|| "the browser gave no reason".into()))
}

async fn function(name: &str) -> Result<(JsValue, Function), Trouble> {
    let load = page::boot_function("certificates").ok_or_else(|| Trouble::Browser("the page is of another release".into()))?;
    let promise: Promise = load.call0(&JsValue::NULL).and_then(JsCast::dyn_into).map_err(|error| refused(&error))?;
    let module = JsFuture::from(promise).await.map_err(|error| refused(&error))?;
    let function = Reflect::get(&module, &name.into()).and_then(JsCast::dyn_into).map_err(|error| refused(&error))?;
    Ok((module, function))
}

/// Makes a key and its certificate. The second is both as PEM: the only copy of the private key.
///
/// # Errors
/// When the module can't be fetched or the browser refuses.
pub async fn make(name: &str, days: u32, bits: u32) -> Result<(PublicCertificate, Secret), Trouble> {
    let (public, made) = made("make_certificate", name, days, bits).await?;
    let pem = Reflect::get(&made, &"pem".into()).ok().and_then(|value| value.as_string()).unwrap_or_default();
    Ok((public, Secret::new(pem)))
}

/// Makes a certificate whose key can't be exported, with that key.
///
/// # Errors
/// When the module can't be fetched or the browser refuses.
pub async fn make_for_visit(name: &str, days: u32, bits: u32) -> Result<(PublicCertificate, CryptoKey), Trouble> {
    let (public, made) = made("make_visit_certificate", name, days, bits).await?;
    let key = Reflect::get(&made, &"key".into()).and_then(JsCast::dyn_into).map_err(|error| refused(&error))?;
    Ok((public, key))
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of our time are far below 2^53")]
async fn made(function_name: &str, name: &str, days: u32, bits: u32) -> Result<(PublicCertificate, JsValue), Trouble> {
    let (module, make) = function(function_name).await?;
    let now = super::clock::now().0 as f64;
    let promise: Promise = make
        .call4(&module, &name.into(), &days.into(), &bits.into(), &now.into())
        .and_then(JsCast::dyn_into)
        .map_err(|error| refused(&error))?;
    let made = JsFuture::from(promise).await.map_err(|error| refused(&error))?;
    let json = Reflect::get(&made, &"certificate".into()).ok().and_then(|value| value.as_string()).unwrap_or_default();
    let public = serde_json::from_str(&json).map_err(|error| Trouble::Browser(error.to_string()))?;
    Ok((public, made))
}

/// Reads the certificate of a file.
///
/// # Errors
/// Why it is not taken.
#[allow(clippy::cast_precision_loss, reason = "milliseconds of our time are far below 2^53")]
pub async fn read(file: &[u8]) -> Result<PublicCertificate, Trouble> {
    let (module, read) = function("read_certificate").await?;
    let now = super::clock::now().0 as f64;
    match read.call2(&module, &Uint8Array::from(file), &now.into()) {
        Ok(public) => serde_json::from_str(&public.as_string().unwrap_or_default()).map_err(|error| Trouble::Browser(error.to_string())),
        Err(error) => Err(match error.as_string().and_then(|text| serde_json::from_str(&text).ok()) {
            Some(fault) => Trouble::Fault(fault),
            None => refused(&error),
        }),
    }
}
