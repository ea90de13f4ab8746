//! Every claim of an ID token that can be wrong, after the negative list of the conformance suites.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::domain::ids::{AppId, TenantId};
use latchkey::domain::time::Instant;
use latchkey::entra::id_token::{Expected, IdTokenFault, Nonce, judge};
use serde_json::{Value, json};

const CLIENT: &str = "5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef";
const TENANT: &str = "8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60";
const LOGIN: &str = "https://login.microsoftonline.com";
const NOW: i64 = 1_795_000_000;

fn good() -> Value {
    json!({"ver": "2.0", "iss": format!("{LOGIN}/{TENANT}/v2.0"), "aud": CLIENT, "exp": NOW + 3600, "nbf": NOW, "iat": NOW, "sub": "s", "tid": TENANT,
        "oid": "48d31887-5fad-4d73-a9f5-3c356e68a038", "name": "Ada", "preferred_username": "ada@contoso.com", "nonce": "n1", "roles": ["AppSessions.Access"]})
}

fn token(header: &Value, claims: &Value) -> String {
    format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn check(claims: &Value, nonce: Nonce<'_>) -> Result<latchkey::entra::id_token::Claims, IdTokenFault> {
    let (client_id, tenant) = (AppId::parse(CLIENT).unwrap(), TenantId::parse(TENANT).unwrap());
    let expected =
        Expected { login_origin: LOGIN, client_id: &client_id, nonce, tenant: Some(&tenant), account: None, now: Instant(NOW * 1000) };
    judge(&token(&json!({"alg": "RS256", "typ": "JWT"}), claims), &expected)
}

#[test]
fn a_good_token_is_read() {
    let claims = check(&good(), Nonce::Sent("n1")).expect("good");
    assert_eq!(claims.roles, ["AppSessions.Access"]);
    assert_eq!(claims.username, "ada@contoso.com");
}

#[test]
fn a_technician_in_a_customer_tenant_has_no_oid() {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove("oid");
    assert_eq!(check(&claims, Nonce::Sent("n1")).expect("good").oid, None);
}

#[test]
fn t06_claims_that_are_no_text_are_refused_even_in_a_member_that_nobody_reads() {
    let (client_id, tenant) = (AppId::parse(CLIENT).unwrap(), TenantId::parse(TENANT).unwrap());
    let expected = Expected {
        login_origin: LOGIN,
        client_id: &client_id,
        nonce: Nonce::Sent("n1"),
        tenant: Some(&tenant),
        account: None,
        now: Instant(NOW * 1000),
    };
    let mut claims = good();
    claims["other"] = json!("?");
    let mut bytes = claims.to_string().into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[at] = 0xff;
    let token = format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#), URL_SAFE_NO_PAD.encode(bytes));
    assert_eq!(judge(&token, &expected).err(), Some(IdTokenFault("its claims are unreadable")));
}

#[test]
fn t06_every_mutation_is_refused() {
    let mutations: Vec<(&str, Value)> = vec![
        ("ver", json!("1.0")),
        ("ver", Value::Null),
        ("iss", json!(format!("{LOGIN}/{TENANT}/v2.0/"))),
        ("iss", json!(format!("https://login.microsoftonline.com.evil.example/{TENANT}/v2.0"))),
        ("iss", json!(format!("{LOGIN}/11111111-2222-4333-8444-555555555555/v2.0"))),
        ("iss", Value::Null),
        ("aud", json!("11111111-2222-4333-8444-555555555555")),
        ("aud", json!([CLIENT, "other"])),
        ("aud", Value::Null),
        ("exp", json!(NOW - 301)),
        ("exp", Value::Null),
        ("exp", json!("soon")),
        ("nbf", json!(NOW + 301)),
        ("iat", Value::Null),
        ("sub", json!("")),
        ("sub", Value::Null),
        ("tid", json!("11111111-2222-4333-8444-555555555555")),
        ("tid", json!("contoso.com")),
        ("tid", Value::Null),
        ("nonce", json!("other")),
        ("nonce", json!(["n1"])),
        ("nonce", Value::Null),
    ];
    for (name, value) in mutations {
        let mut claims = good();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
        assert!(check(&claims, Nonce::Sent("n1")).is_err(), "{name} = {value}");
    }
}

/// Entra sends the nonce of the sign-in with each renewal; OpenID Connect lets a provider leave it out.
#[test]
fn t06_a_renewal_carries_the_nonce_of_its_sign_in_or_none() {
    let mut without = good();
    without.as_object_mut().unwrap().remove("nonce");
    let mut other = good();
    other["nonce"] = json!("n2");
    let mut odd = good();
    odd["nonce"] = json!(7);
    for (claims, known, is_good) in [
        (good(), Some("n1"), true),
        (without.clone(), Some("n1"), true),
        (other.clone(), Some("n1"), false),
        (odd.clone(), Some("n1"), false),
        // Sealed by a release that did not keep it.
        (good(), None, true),
        (without, None, true),
        (odd, None, false),
    ] {
        assert_eq!(check(&claims, Nonce::Renewed(known)).is_ok(), is_good, "{claims} {known:?}");
    }
}

#[test]
fn small_clock_differences_are_forgiven() {
    let mut claims = good();
    claims["exp"] = json!(NOW - 200);
    claims["nbf"] = json!(NOW - 4000);
    assert!(check(&claims, Nonce::Sent("n1")).is_ok());
}

#[test]
fn t06_the_algorithm_none_and_broken_tokens_are_refused() {
    let (client_id, tenant) = (AppId::parse(CLIENT).unwrap(), TenantId::parse(TENANT).unwrap());
    let expected = Expected {
        login_origin: LOGIN,
        client_id: &client_id,
        nonce: Nonce::Sent("n1"),
        tenant: Some(&tenant),
        account: None,
        now: Instant(NOW * 1000),
    };
    for text in [token(&json!({"alg": "none"}), &good()), "a.b".into(), "a.b.c".into(), String::new(), "....".into()] {
        assert!(judge(&text, &expected).is_err(), "{text}");
    }
}
