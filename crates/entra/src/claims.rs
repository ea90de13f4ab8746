//! The `claims` parameter: what this client can do, and what a challenge asks for.
//! <https://learn.microsoft.com/entra/identity-platform/claims-challenge>

use serde_json::{Map, Value, json};

/// The longest challenge that is sent on, in bytes: it goes into an address.
const LONGEST: usize = 4096;

/// Whether a challenge can be sent on: a JSON object of a sane size.
#[must_use]
pub fn is_usable(challenge: &str) -> bool {
    challenge.len() < LONGEST && serde_json::from_str::<Map<String, Value>>(challenge).is_ok()
}

/// Returns the parameter for a request: the capability `cp1`, which says that challenges of continuous access evaluation are
/// understood, with what a challenge asks for on top.
#[must_use]
pub fn parameter(challenge: Option<&str>) -> String {
    let mut all = challenge.and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok()).unwrap_or_default();
    let access = all.entry("access_token").or_insert_with(|| json!({}));
    if !access.is_object() {
        *access = json!({});
    }
    access["xms_cc"] = json!({"values": ["cp1"]});
    Value::Object(all).to_string()
}
