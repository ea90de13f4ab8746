//! The module that the application loads when a certificate is made or uploaded.

#[cfg(target_family = "wasm")]
mod exports {
    use js_sys::{Object, Reflect};
    use latchkey_certificate::PublicCertificate;
    use latchkey_certificate::{browser, read};
    use wasm_bindgen::prelude::*;

    fn json(value: &impl serde::Serialize) -> Result<String, JsValue> {
        serde_json::to_string(value).map_err(|error| JsValue::from_str(&error.to_string()))
    }

    fn answer(public: &PublicCertificate, name: &str, value: &JsValue) -> Result<JsValue, JsValue> {
        let answer = Object::new();
        Reflect::set(&answer, &"certificate".into(), &json(public)?.into())?;
        Reflect::set(&answer, &name.into(), value)?;
        Ok(answer.into())
    }

    /// Makes a key and its certificate. Returns `{certificate, pem}`: the public part as JSON, and both halves as PEM, which is
    /// the only copy of the private key.
    #[wasm_bindgen]
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds of our time are far below 2^53")]
    pub async fn make_certificate(name: String, days: u32, bits: u32, now: f64) -> Result<JsValue, JsValue> {
        let made = browser::make(&name, days, bits, now as i64).await?;
        answer(&made.public, "pem", &made.to_pem().await?.into())
    }

    /// Makes a certificate with a key for assertions that can't be exported. Returns `{certificate, key}`.
    #[wasm_bindgen]
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds of our time are far below 2^53")]
    pub async fn make_visit_certificate(name: String, days: u32, bits: u32, now: f64) -> Result<JsValue, JsValue> {
        let made = browser::make(&name, days, bits, now as i64).await?;
        let key = made.to_sign_assertions().await?;
        answer(&made.public, "key", &key)
    }

    /// Reads an uploaded file. Returns the public part as JSON; throws the fault as JSON.
    #[wasm_bindgen]
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds of our time are far below 2^53")]
    pub fn read_certificate(mut file: Vec<u8>, now: f64) -> Result<String, JsValue> {
        let found = read::read(&file, now as i64);
        // It may have held a private key.
        file.fill(0);
        match found {
            Ok(public) => json(&public),
            Err(fault) => Err(json(&fault)?.into()),
        }
    }
}

fn main() {}
