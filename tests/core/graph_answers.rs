//! Judgement of Graph's answers, and the requests as they leave.

use latchkey::domain::ids::{AppId, ObjectId, Tenant, TenantId};
use latchkey::domain::time::Instant;
use latchkey::entra::id_token::Claims;
use latchkey::graph::answer::{Answer, Outcome, judge, retry_after_seconds};
use latchkey::graph::batch;
use latchkey::graph::client::{TenantClient, next_path};
use latchkey::graph::directory::{days_of_duration, read_credential_policy};
use latchkey::graph::{applications, pages, request};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: Instant = Instant(1_795_000_000_000);

fn answer(status: u16, code: &str, message: &str) -> Answer {
    let body = if code.is_empty() { Value::Null } else { json!({"error": {"code": code, "message": message}}) };
    Answer { status, request_id: Some("r-1".into()), retry_after: None, claims: None, body }
}

#[test]
fn each_answer_is_understood() {
    let kind = |answer: &Answer, is_write: bool| match judge(answer.clone(), is_write, NOW) {
        Outcome::Ok(_) => "ok",
        Outcome::NotFound(_) => "not found",
        Outcome::NotYet(_) => "not yet",
        Outcome::Duplicate(_) => "duplicate",
        Outcome::Throttled { .. } => "throttled",
        Outcome::Token { .. } => "token",
        Outcome::Denied(_) => "denied",
        Outcome::Rejected(_) => "rejected",
        Outcome::Unknown(_) => "unknown",
    };
    let bad = "Request_BadRequest";
    for (answer, is_write, expected) in [
        (answer(204, "", ""), true, "ok"),
        (answer(200, "", ""), false, "unknown"),
        (answer(400, bad, "The appId 'x' of the service principal does not reference a valid application object."), true, "not yet"),
        (answer(400, bad, "Not a valid reference update"), true, "not yet"),
        (answer(400, bad, "Permission being assigned already exists on the object"), true, "duplicate"),
        (
            answer(400, bad, "A conflicting object with one or more of the specified property values is present in the directory."),
            true,
            "duplicate",
        ),
        (answer(400, bad, "Invalid property 'x'."), true, "rejected"),
        (answer(401, "InvalidAuthenticationToken", "expired"), true, "token"),
        (answer(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."), true, "denied"),
        (
            answer(
                403,
                "Authorization_RequestDenied",
                "the backing application of the service principal being created must in the local tenant",
            ),
            true,
            "not yet",
        ),
        (answer(403, "Directory_QuotaExceeded", "full"), true, "rejected"),
        (answer(404, "Request_ResourceNotFound", "Resource does not exist"), true, "not found"),
        (answer(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists."), true, "duplicate"),
        (answer(409, "Directory_ConcurrencyViolation", "concurrent"), true, "not yet"),
        (answer(429, "TooManyRequests", "Please retry again later."), true, "throttled"),
        (answer(503, "serviceNotAvailable", ""), false, "throttled"),
        (answer(503, "serviceNotAvailable", ""), true, "unknown"),
        (answer(500, "", ""), true, "unknown"),
        (answer(502, "", ""), false, "unknown"),
        (answer(302, "", ""), true, "unknown"),
    ] {
        assert_eq!(kind(&answer, is_write), expected, "{answer:?}");
    }
}

#[test]
fn f10_retry_after_is_read_in_every_form() {
    assert_eq!(retry_after_seconds("17", NOW), Some(17));
    assert_eq!(retry_after_seconds("0", NOW), Some(1), "never a busy loop");
    assert_eq!(retry_after_seconds("-5", NOW), Some(1));
    assert_eq!(retry_after_seconds("abc", NOW), None);
    let date = chrono::DateTime::from_timestamp_millis(NOW.0 + 30_000).unwrap().to_rfc2822();
    assert_eq!(retry_after_seconds(&date, NOW), Some(30));
}

#[test]
fn t16_f26_a_token_never_follows_a_link_to_another_host() {
    let graph = "https://graph.microsoft.com";
    assert_eq!(next_path("https://graph.microsoft.com/v1.0/users?$skiptoken=x", graph, false).as_deref(), Some("/users?$skiptoken=x"));
    let beta = "https://graph.microsoft.com/beta/roleManagement/exchange/roleDefinitions?$skiptoken=x";
    assert_eq!(next_path(beta, graph, true).as_deref(), Some("/roleManagement/exchange/roleDefinitions?$skiptoken=x"));
    assert_eq!((next_path(beta, graph, false), next_path("https://graph.microsoft.com/betamax/x", graph, true)), (None, None));
    for link in [
        "https://graph.microsoft.com.evil.tld/v1.0/users",
        "//evil.tld/v1.0/users",
        "http://graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com@evil.tld/v1.0/users",
        "https://user@graph.microsoft.com/v1.0/users",
        "https://graph.microsoft.com/beta/users",
        "javascript:alert(1)",
        "",
    ] {
        assert_eq!(next_path(link, graph, false), None, "{link}");
    }
}

#[test]
fn t08_a_tenant_is_bound_only_when_token_and_directory_agree() {
    let (own, other) = (
        TenantId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").unwrap(),
        TenantId::parse("11111111-2222-4333-8444-555555555555").unwrap(),
    );
    let claims = Claims {
        tenant: own.clone(),
        oid: None,
        name: String::new(),
        username: String::new(),
        login_hint: None,
        roles: Vec::new(),
        issued_at: 0,
    };
    let organization = |id: &TenantId| Tenant { id: id.clone(), name: "Contoso".into(), domain: "contoso.com".into() };
    assert!(TenantClient::new(&claims, organization(&own)).is_ok());
    assert!(TenantClient::new(&claims, organization(&other)).is_err());
}

#[test]
fn f14_inner_answers_are_matched_by_id_in_any_order() {
    let body = json!({"responses": [
        {"id": "1", "status": 429, "headers": {"Retry-After": "10"}, "body": {"error": {"code": "TooManyRequests", "message": ""}}},
        {"id": "0", "status": 200, "headers": {"request-id": "r"}, "body": {"value": []}}]});
    let answers = batch::answers(body, 3);
    assert_eq!(answers[0].as_ref().map(|a| a.status), Some(200));
    assert_eq!(answers[1].as_ref().and_then(|a| a.retry_after.clone()).as_deref(), Some("10"));
    assert!(answers[2].is_none());
}

#[test]
fn f36_claims_challenges_are_decoded_whatever_their_padding() {
    let header = r#"Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==""#;
    assert_eq!(batch::claims_of_challenge(header).as_deref(), Some(r#"{"access_token":{"nbf":{"essential":true}}}"#));
    assert_eq!(batch::claims_of_challenge(&header.replace("==", "")), batch::claims_of_challenge(header));
    let two = format!(r#"Bearer realm="", authorization_uri="https://login.example/common", error="invalid_token", {header}"#);
    assert_eq!(batch::claims_of_challenge(&two), batch::claims_of_challenge(header), "two challenges, joined as a browser joins them");
    assert_eq!(batch::claims_of_challenge("Bearer error=\"invalid_token\""), None);
    assert_eq!(batch::claims_of_challenge("Bearer error=\"insufficient_claims\", claims=\"***\""), None);
}

#[test]
fn literals_are_quoted_for_odata_and_the_address() {
    assert_eq!(request::literal("O'Neil & Søn"), "'O%27%27Neil%20%26%20S%C3%B8n'");
    let request = request::GraphRequest::from(applications::named("a'b"));
    assert!(request.path.starts_with("/applications?$filter=displayName%20eq%20'a%27%27b'&"), "{}", request.path);
}

#[test]
fn the_tenants_policy_is_read() {
    let policy = json!({"isEnabled": true, "applicationRestrictions": {"passwordCredentials": [
        {"restrictionType": "passwordLifetime", "state": "enabled", "maxLifetime": "P90D"},
        {"restrictionType": "passwordAddition", "state": "disabled"}]}});
    let read = read_credential_policy(&policy, &[], NOW);
    assert_eq!((read.forbids_secrets, read.longest_secret_days), (false, Some(90)));
    let since = |when: &str, created: &str| {
        let policy = json!({"isEnabled": true, "applicationRestrictions": {"passwordCredentials": [
            {"restrictionType": "passwordAddition", "state": "enabled", "restrictForAppsCreatedAfterDateTime": when}]}});
        read_credential_policy(&policy, &[], Instant::from_iso(created).unwrap()).forbids_secrets
    };
    assert!(since("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z") && !since("2026-03-01T00:00:00Z", "2026-02-01T00:00:00Z"));
    // What is assigned to the application stands over the default, restriction by restriction.
    let own = json!({"displayName": "Vendors", "isEnabled": true, "restrictions": {
        "passwordCredentials": [{"restrictionType": "passwordLifetime", "state": "enabled", "maxLifetime": "P365D"}],
        "keyCredentials": [{"restrictionType": "trustedCertificateAuthority", "state": "enabled", "excludeActors": {"customSecurityAttributes": []}}]}});
    let read = read_credential_policy(&policy, std::slice::from_ref(&own), NOW);
    assert_eq!((read.longest_secret_days, read.wants_trusted_authority, read.exempts_callers), (Some(365), true, true));
    assert_eq!(read.name.as_deref(), Some("Vendors"));
    let mut off = own;
    off["isEnabled"] = json!(false);
    assert_eq!(read_credential_policy(&policy, &[off], NOW), read_credential_policy(&policy, &[], NOW));
    assert_eq!(days_of_duration("P1Y2M3D"), Some(365 + 60 + 3));
    assert_eq!(days_of_duration("P2W"), Some(14));
    assert_eq!(days_of_duration("90"), None);
}

/// Whoever takes the first page for the whole list takes away what stands on the others.
#[test]
fn f26_a_list_is_read_to_its_end_with_the_headers_of_its_first_page() {
    let graph = "https://graph.microsoft.com";
    let first = request::GraphRequest::get("/me/transitiveMemberOf/microsoft.graph.group?$count=true").with_eventual().of_beta();
    let page = |items: Value, next: Option<u32>| {
        let mut page = json!({"value": items});
        if let Some(next) = next {
            page["@odata.nextLink"] = json!(format!("{graph}/beta/me/transitiveMemberOf?$skiptoken={next}"));
        }
        page
    };
    let (mut whole, mut seen) = (page(json!([1, 2]), Some(1)), Vec::new());
    let next = pages::next(&first, &whole, graph, &mut seen).unwrap().unwrap();
    assert!(next.eventual && next.beta && next.path.ends_with("$skiptoken=1"), "{next:?}");
    pages::join(&mut whole, page(json!([3]), Some(2)));
    assert!(pages::next(&first, &whole, graph, &mut seen).unwrap().is_some());
    pages::join(&mut whole, page(json!([4]), None));
    assert_eq!(whole["value"], json!([1, 2, 3, 4]));
    assert_eq!(pages::next(&first, &whole, graph, &mut seen), Ok(None));
    // A circle, and a way out of Graph.
    assert!(pages::next(&first, &page(json!([]), Some(2)), graph, &mut seen).is_err());
    let mut foreign = page(json!([]), None);
    foreign["@odata.nextLink"] = json!("https://evil.example/beta/x");
    assert!(pages::next(&first, &foreign, graph, &mut Vec::new()).is_err());
    // Not a list: nothing to follow, nothing to lose.
    let mut one = json!({"id": "x"});
    pages::join(&mut one, json!({"id": "y"}));
    assert_eq!(one, json!({"id": "x"}));
}

#[test]
fn an_answer_of_another_shape_is_no_application() {
    let id = ObjectId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").unwrap();
    let app: Result<applications::Application, _> = serde_json::from_value(json!({"id": id.as_str()}));
    assert!(app.is_err(), "without an appId it is none");
    assert!(AppId::parse("not-a-guid").is_none());
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_fail(text in ".{0,120}") {
        let _ = retry_after_seconds(&text, NOW);
        let _ = batch::claims_of_challenge(&text);
        let _ = next_path(&text, "https://graph.microsoft.com", text.len() % 2 == 0);
        let _ = days_of_duration(&text);
    }
}
