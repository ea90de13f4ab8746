//! What the token endpoint answers, one part at a time: whose tokens they are, from when to when, and what is no answer of Entra.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::domain::ids::{AccountKey, AppId, ObjectId, TenantId};
use latchkey::domain::time::Instant;
use latchkey::entra::claims;
use latchkey::entra::id_token::{Expected, Nonce};
use latchkey::entra::token::{TokenFault, Tokens, judge, renew_at};
use latchkey::graph::batch;
use latchkey::graph::request::GraphRequest;
use serde_json::{Value, json};

const CLIENT: &str = "5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef";
const HOME: &str = "8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60";
const CUSTOMER: &str = "11111111-2222-4333-8444-555555555555";
const ADA: &str = "48d31887-5fad-4d73-a9f5-3c356e68a038";
const BOB: &str = "99d31887-5fad-4d73-a9f5-3c356e68a099";
const LOGIN: &str = "https://login.microsoftonline.com";
const NOW: i64 = 1_795_000_000;

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// What Entra answers in a tenant, with parts of the claims and of the answer put in the place of the good ones; `null` takes away.
fn answer(tenant: &str, claims: &Value, parts: &Value) -> Value {
    fn put(into: &mut Value, parts: &Value) {
        for (name, value) in parts.as_object().unwrap() {
            into[name] = value.clone();
        }
        into.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    let mut all = json!({"ver": "2.0", "iss": format!("{LOGIN}/{tenant}/v2.0"), "aud": CLIENT, "exp": NOW + 3600, "nbf": NOW, "iat": NOW,
        "sub": "s", "tid": tenant, "oid": ADA, "nonce": "n1"});
    put(&mut all, claims);
    let mut body = json!({"token_type": "Bearer", "access_token": "at", "expires_in": 3600, "scope": "User.Read", "refresh_token": "rt",
        "refresh_token_expires_in": 80_000, "client_info": encoded(&json!({"uid": ADA, "utid": HOME})),
        "id_token": format!("{}.{}.c2ln", encoded(&json!({"alg": "RS256"})), encoded(&all))});
    put(&mut body, parts);
    body
}

fn ada() -> AccountKey {
    AccountKey::new(&ObjectId::parse(ADA).unwrap(), &TenantId::parse(HOME).unwrap())
}

fn judged(status: u16, body: &Value, account: Option<&AccountKey>) -> Result<Tokens, TokenFault> {
    let client_id = AppId::parse(CLIENT).unwrap();
    let expected =
        Expected { login_origin: LOGIN, client_id: &client_id, nonce: Nonce::Sent("n1"), tenant: None, account, now: Instant(NOW * 1000) };
    judge(status, body.to_string().as_bytes(), &expected)
}

/// Returns why an answer is not taken.
fn why(status: u16, body: &Value, account: Option<&AccountKey>) -> String {
    judged(status, body, account).err().map_or_else(String::new, |fault| format!("{fault}"))
}

#[test]
fn a_good_answer_is_read_whole() {
    let tokens = judged(200, &answer(HOME, &json!({}), &json!({})), None).unwrap();
    assert_eq!((tokens.access_token.as_str(), tokens.refresh_token.as_deref(), tokens.scope.as_str()), ("at", Some("rt"), "User.Read"));
    assert_eq!((tokens.expires_in, tokens.refresh_expires_in), (3600, 80_000));
    assert_eq!((tokens.account, tokens.home), (ada(), TenantId::parse(HOME).unwrap()));
    // Nothing lasts longer than Entra lets it, whatever is written there.
    let tokens = judged(200, &answer(HOME, &json!({}), &json!({"refresh_token_expires_in": 9_999_999, "expires_in": -5})), None).unwrap();
    assert_eq!((tokens.expires_in, tokens.refresh_expires_in), (0, 86_400));
}

#[test]
fn an_answer_that_lacks_a_part_gives_no_tokens() {
    for (parts, fault) in [
        (json!({"token_type": null}), "token_type is not Bearer"),
        (json!({"token_type": "pop"}), "token_type is not Bearer"),
        (json!({"access_token": null}), "access_token is missing"),
        (json!({"access_token": ""}), "access_token is missing"),
        (json!({"id_token": null}), "id_token is missing"),
        (json!({"client_info": null}), "client_info is missing"),
        (json!({"client_info": "e30"}), "client_info is unreadable"),
        (json!({"client_info": encoded(&json!({"uid": "ada", "utid": HOME}))}), "client_info is unreadable"),
    ] {
        assert_eq!(why(200, &answer(HOME, &json!({}), &parts), None), format!("the answer is malformed: {fault}"), "{parts}");
    }
    for status in [200, 502] {
        assert!(matches!(judged(status, &json!("<html>"), None), Err(TokenFault::Foreign(found)) if found == status));
    }
    // A good body under a bad status is none.
    assert!(judged(400, &answer(HOME, &json!({}), &json!({})), None).is_err());
}

#[test]
fn tokens_belong_to_whom_the_id_token_and_client_info_agree_on() {
    let of = |uid: &str, utid: &str| json!({"client_info": encoded(&json!({"uid": uid, "utid": utid}))});
    let another = "the answer is malformed: client_info names another person than the ID token";
    assert_eq!(why(200, &answer(HOME, &json!({}), &of(BOB, HOME)), None), another);
    assert_eq!(why(200, &answer(HOME, &json!({"oid": null}), &json!({})), None), another);
    // In a customer's tenant the person has another object id, or none.
    for oid in [json!(BOB), json!(null)] {
        let tokens = judged(200, &answer(CUSTOMER, &json!({"oid": oid}), &json!({})), Some(&ada())).unwrap();
        assert_eq!((tokens.account, tokens.claims.tenant), (ada(), TenantId::parse(CUSTOMER).unwrap()));
    }
    // There client_info may be missing, when it is known whom the tokens were asked for. At home it may not.
    let without = json!({"client_info": null});
    let tokens = judged(200, &answer(CUSTOMER, &json!({}), &without), Some(&ada())).unwrap();
    assert_eq!((tokens.account, tokens.home), (ada(), TenantId::parse(HOME).unwrap()));
    assert_eq!(why(200, &answer(HOME, &json!({}), &without), Some(&ada())), "the answer is malformed: client_info is missing");
    assert_eq!(why(200, &answer(CUSTOMER, &json!({}), &without), None), "the answer is malformed: client_info is missing");
}

#[test]
fn an_id_token_counts_from_five_minutes_before_to_five_minutes_after() {
    for (claim, at, is_good) in [("exp", NOW - 299, true), ("exp", NOW - 300, false), ("nbf", NOW + 300, true), ("nbf", NOW + 301, false)] {
        assert_eq!(judged(200, &answer(HOME, &json!({claim: at}), &json!({})), None).is_ok(), is_good, "{claim} {}", at - NOW);
    }
}

#[test]
fn a_token_is_renewed_five_minutes_before_its_end_or_at_its_half() {
    let after = |expires_in: i64| (renew_at(Instant(NOW * 1000), expires_in).0 - NOW * 1000) / 1000;
    assert_eq!((after(3600), after(700), after(400), after(100), after(0)), (3300, 400, 200, 50, 0));
}

#[test]
fn the_longest_challenge_that_is_met_has_4095_bytes() {
    let challenge = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    assert_eq!(challenge(4095).len(), 4095);
    assert!(claims::is_usable(&challenge(4095)) && !claims::is_usable(&challenge(4096)));
    let header = |length: usize| {
        let encoded = base64::engine::general_purpose::STANDARD.encode(challenge(length));
        format!("Bearer error=\"insufficient_claims\", claims=\"{encoded}\"")
    };
    assert_eq!(batch::claims_of_challenge(&header(4095)), Some(challenge(4095)));
    assert_eq!(batch::claims_of_challenge(&header(4096)), None);
}

#[test]
fn a_batch_is_of_beta_when_one_of_its_requests_is_and_names_headers_where_there_are_some() {
    let plain = GraphRequest::get("/me");
    let beta = GraphRequest::get("/me/x").of_beta().with_eventual();
    assert_eq!(
        (batch::path(std::slice::from_ref(&plain)), batch::path(&[plain.clone(), beta.clone()])),
        ("/v1.0/$batch".into(), "/beta/$batch".into())
    );
    let body = batch::body(&[plain, beta]);
    assert_eq!(body["requests"][0], json!({"id": "0", "method": "GET", "url": "/me"}));
    assert_eq!((&body["requests"][1]["id"], &body["requests"][1]["headers"]), (&json!("1"), &json!({"ConsistencyLevel": "eventual"})));
}
