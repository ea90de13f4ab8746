//! The claims of an ID token: whatever is taken says what was expected, as another reading of the same bytes finds.
#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::domain::ids::{AppId, TenantId};
use latchkey::domain::time::Instant;
use latchkey::entra::id_token::{Expected, Nonce, judge};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const LOGIN: &str = "https://login.microsoftonline.com";
const CLIENT: &str = "5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef";
const TENANT: &str = "8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60";
const NOW: i64 = 1_795_000_000;

fuzz_target!(|bytes: &[u8]| {
    let (Some(client_id), Some(tenant)) = (AppId::parse(CLIENT), TenantId::parse(TENANT)) else { return };
    let expected = Expected {
        login_origin: LOGIN,
        client_id: &client_id,
        nonce: Nonce::Sent("n1"),
        tenant: Some(&tenant),
        account: None,
        now: Instant(NOW * 1000),
    };
    if let Ok(text) = std::str::from_utf8(bytes) {
        // Three parts are hardly ever found by chance: that it neither panics nor takes anything is what counts here.
        let _ = judge(text, &expected);
    }
    let token = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#), URL_SAFE_NO_PAD.encode(bytes));
    let Ok(claims) = judge(&token, &expected) else { return };
    assert!(std::str::from_utf8(bytes).is_ok(), "claims that are no text were taken");
    // A number that nobody reads may be larger than this reading takes.
    let Ok(said) = serde_json::from_slice::<Value>(bytes) else { return };
    assert_eq!(said["ver"], "2.0");
    assert_eq!(said["aud"], CLIENT);
    assert_eq!(said["iss"], format!("{LOGIN}/{TENANT}/v2.0"));
    assert_eq!(said["nonce"], "n1");
    assert!(said["tid"].as_str().is_some_and(|tid| tid.eq_ignore_ascii_case(TENANT)));
    assert!(said["exp"].as_i64().is_some_and(|exp| exp > NOW - 300));
    assert!(said["nbf"].is_null() || said["nbf"].as_i64().is_some_and(|nbf| nbf <= NOW + 300));
    assert_eq!(said["iat"].as_i64(), Some(claims.issued_at));
    assert_eq!(claims.tenant, tenant);
});
