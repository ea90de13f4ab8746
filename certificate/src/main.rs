//! The module that the application loads when a certificate is made or uploaded.

#[cfg(target_family = "wasm")]
mod browser {
    use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
    use latchkey_certificate::{make, read};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Crypto, CryptoKey, CryptoKeyPair, SubtleCrypto};

    const ALGORITHM: &str = "RSASSA-PKCS1-v1_5";
    const DAY: f64 = 86_400_000.0;
    /// Clocks differ: a certificate counts from a little before.
    const EARLIER: f64 = 300_000.0;

    fn said(fault: impl std::fmt::Display) -> JsValue {
        JsValue::from_str(&fault.to_string())
    }

    fn crypto() -> Result<Crypto, JsValue> {
        web_sys::window().ok_or(JsValue::NULL)?.crypto()
    }

    async fn bytes(promise: Promise) -> Result<Vec<u8>, JsValue> {
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

    struct Made {
        certificate: String,
        der: Vec<u8>,
        key: CryptoKey,
    }

    async fn make(name: &str, days: f64, bits: u32, now: f64, is_extractable: bool) -> Result<Made, JsValue> {
        let crypto = crypto()?;
        let subtle = crypto.subtle();
        let pair = new_key(&subtle, bits, is_extractable).await?;
        let key: CryptoKey = pair.get_private_key();
        let spki = bytes(subtle.export_key("spki", &pair.get_public_key())?).await?;
        let mut serial = [0_u8; 16];
        crypto.get_random_values_with_u8_array(&mut serial)?;
        #[allow(clippy::cast_possible_truncation, reason = "milliseconds of our time are far below 2^53")]
        let (starts, ends) = ((now - EARLIER) as i64, (now - EARLIER + days * DAY) as i64);
        let unsigned = make::prepare(name, &spki, serial, starts, ends).map_err(said)?;
        let to_sign = Uint8Array::from(unsigned.bytes.as_slice());
        let signature = bytes(subtle.sign_with_str_and_buffer_source(ALGORITHM, &key, &to_sign)?).await?;
        let certificate = unsigned.sign(&signature).map_err(said)?;
        let der = read::encode(&certificate).map_err(said)?;
        let public = read::describe(&der, &certificate).map_err(|fault| said(format!("{fault:?}")))?;
        Ok(Made { certificate: serde_json::to_string(&public).map_err(said)?, der, key })
    }

    /// Makes a key and its certificate. Returns `{certificate, pem}`: the public part as JSON, and both halves as PEM, which is
    /// the only copy of the private key.
    #[wasm_bindgen]
    pub async fn make_certificate(name: String, days: f64, bits: u32, now: f64) -> Result<JsValue, JsValue> {
        let made = make(&name, days, bits, now, true).await?;
        let mut key = bytes(crypto()?.subtle().export_key("pkcs8", &made.key)?).await?;
        let pem = read::to_pem("PRIVATE KEY", &key) + &read::to_pem("CERTIFICATE", &made.der);
        key.fill(0);
        answer(&made.certificate, "pem", &pem.into())
    }

    /// Makes a certificate with a key that can't be exported. Returns `{certificate, key}`.
    #[wasm_bindgen]
    pub async fn make_visit_certificate(name: String, days: f64, bits: u32, now: f64) -> Result<JsValue, JsValue> {
        let made = make(&name, days, bits, now, false).await?;
        answer(&made.certificate, "key", &made.key)
    }

    fn answer(certificate: &str, name: &str, value: &JsValue) -> Result<JsValue, JsValue> {
        let answer = Object::new();
        Reflect::set(&answer, &"certificate".into(), &certificate.into())?;
        Reflect::set(&answer, &name.into(), value)?;
        Ok(answer.into())
    }

    /// Reads an uploaded file. Returns the public part as JSON; throws the fault as JSON.
    #[wasm_bindgen]
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds of our time are far below 2^53")]
    pub fn read_certificate(mut file: Vec<u8>, now: f64) -> Result<String, JsValue> {
        let found = read::read(&file, now as i64);
        // It may have held a private key.
        file.fill(0);
        match found {
            Ok(public) => serde_json::to_string(&public).map_err(said),
            Err(fault) => Err(serde_json::to_string(&fault).map_err(said)?.into()),
        }
    }
}

fn main() {}
