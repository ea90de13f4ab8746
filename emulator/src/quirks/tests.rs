use super::{ALL, Quirk, Quirks};
use crate::control;
use crate::control::faults::Outcome;
use crate::entra;
use crate::graph;
use crate::http::{Call, Reply};
use crate::world::catalogue::Catalogue;
use crate::world::people::Person;
use crate::world::tokens::RefreshToken;
use crate::world::{PAGE_APP_ID, Settings, World};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const APP: &str = "http://localhost:8400";
const LOGIN: &str = "http://localhost:8401";
const GRAPH: &str = "http://localhost:8402";
const VERIFIER: &str = "0123456789012345678901234567890123456789012";
const CAPABLE: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
const STEP_UP: &str = r#"{"access_token":{"xms_cc":{"values":["cp1"]},"acrs":{"essential":true,"value":"c1"}}}"#;
const ADMIN: &str = "admin@partner.example";
const TECH: &str = "tech@partner.example";

fn world(quirks: &[&str]) -> World {
    let settings = Settings {
        seed: 1,
        customers: 110,
        replication: 0,
        page_origins: vec![APP.into()],
        login_origin: LOGIN.into(),
        graph_origin: GRAPH.into(),
    };
    let quirks: Vec<String> = quirks.iter().map(|quirk| (*quirk).to_owned()).collect();
    World::new(settings, Catalogue::load(None).unwrap(), Quirks::from_arguments(&quirks).unwrap())
}

fn reply(outcome: Outcome) -> Reply {
    match outcome {
        Outcome::Answer(reply) | Outcome::Delayed(reply, _) => reply,
        Outcome::Dropped => panic!("dropped"),
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn call(method: &str, path: &str, query: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Call {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Call { method: method.into(), path: path.into(), query: query.into(), headers, body }
}

fn token(world: &mut World, tenant: &str, pairs: &[(&str, &str)]) -> Reply {
    let mut form = vec![("client_id", PAGE_APP_ID), ("redirect_uri", "http://localhost:8400/auth")];
    form.extend(pairs);
    reply(entra::answer(world, &call("POST", &format!("/{tenant}/oauth2/v2.0/token"), "", &[("origin", APP)], encode(&form).into_bytes())))
}

/// Opens the page of sign-in, as somebody whose browser is signed in.
fn authorize(world: &mut World, upn: &str, tenant: &str, claims: &str) -> Reply {
    world.tokens.browsers.insert("browser".into(), vec![upn.to_owned()]);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let mut query = vec![
        ("client_id", PAGE_APP_ID),
        ("redirect_uri", "http://localhost:8400/auth"),
        ("response_type", "code"),
        ("response_mode", "fragment"),
        ("scope", "openid profile offline_access User.Read"),
        ("nonce", "the-nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    if !claims.is_empty() {
        query.push(("claims", claims));
    }
    let path = format!("/{tenant}/oauth2/v2.0/authorize");
    reply(entra::answer(world, &call("GET", &path, &encode(&query), &[("cookie", "ESTSAUTH=browser")], Vec::new())))
}

/// Signs in and redeems the code.
fn sign_in(world: &mut World, upn: &str, claims: &str) -> Value {
    let back = authorize(world, upn, "organizations", claims);
    let location = back.header("location").unwrap().to_owned();
    let fragment = location.split('#').nth(1).unwrap();
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect();
    let code = crate::http::value(&pairs, "code").unwrap().to_owned();
    let mut form = vec![("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
    form.push(("scope", "openid profile offline_access User.Read"));
    if !claims.is_empty() {
        form.push(("claims", claims));
    }
    let answer = token(world, "organizations", &form);
    assert_eq!(answer.status, 200, "{}", answer.json_body());
    answer.json_body()
}

fn refresh(world: &mut World, session: &Value, tenant: &str, claims: &str) -> Reply {
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", session["refresh_token"].as_str().unwrap())];
    form.push(("scope", "openid profile offline_access User.Read"));
    if !claims.is_empty() {
        form.push(("claims", claims));
    }
    token(world, tenant, &form)
}

fn claims_of(jwt: &Value) -> Value {
    let body = jwt.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
}

fn ask(world: &mut World, session: &Value, method: &str, path: &str, more: &[(&str, &str)], body: &Value) -> Reply {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let bearer = format!("Bearer {}", session["access_token"].as_str().unwrap());
    let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/json"), ("origin", APP)];
    headers.extend(more);
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    reply(graph::answer(world, &call(method, path, query, &headers, body)))
}

fn get(world: &mut World, session: &Value, path: &str) -> Reply {
    ask(world, session, "GET", path, &[], &Value::Null)
}

fn create(world: &mut World, session: &Value, name: &str) -> Value {
    let answer = ask(world, session, "POST", "/v1.0/applications", &[], &json!({"displayName": name}));
    assert_eq!(answer.status, 201, "{}", answer.json_body());
    answer.json_body()
}

fn batch(world: &mut World, session: &Value, requests: &Value) -> Reply {
    ask(world, session, "POST", "/v1.0/$batch", &[], &json!({ "requests": requests }))
}

fn upsert(name: &str) -> Value {
    json!([{"id": "1", "method": "PATCH", "url": format!("/applications(uniqueName='{name}')"),
        "headers": {"Content-Type": "application/json", "Prefer": "create-if-missing"}, "body": {"displayName": name}}])
}

fn write() -> Value {
    json!([{"id": "1", "method": "POST", "url": "/applications", "headers": {"Content-Type": "application/json"},
        "body": {"displayName": "Something"}}])
}

fn controlled(world: &mut World, method: &str, path: &str, body: &Value) -> Reply {
    control::answer(world, &call(method, path, "", &[], body.to_string().into_bytes()))
}

fn customer(world: &World, number: usize) -> String {
    world.customers.id(number - 1)
}

#[test]
fn each_quirk_stands_once_with_a_default_and_a_source() {
    for (index, definition) in ALL.iter().enumerate() {
        assert_eq!(definition.quirk as usize, index, "{}", definition.name);
        assert!(definition.values.len() > 1, "{}", definition.name);
        assert!(!definition.source.is_empty() && !definition.uncertain.contains('\n'), "{}", definition.name);
        let others = ALL.iter().filter(|other| other.name == definition.name).count();
        assert_eq!(others, 1, "{}", definition.name);
    }
}

#[test]
fn control_sets_quirks_by_name_and_a_reset_takes_them_back() {
    let mut world = world(&["groups", "replication=slow"]);
    assert_eq!(world.quirks.value(Quirk::Groups), "many");
    let set = controlled(&mut world, "POST", "/quirks", &json!({"nonce-on-refresh": "off", "beta-page-size": 2, "apis": "many"}));
    assert_eq!(set.status, 200);
    assert_eq!(world.quirks.value(Quirk::BetaPageSize), "2");
    let named = controlled(&mut world, "GET", "/quirks", &Value::Null).json_body();
    let nonce = named.as_array().unwrap().iter().find(|quirk| quirk["name"] == "nonce-on-refresh").unwrap().clone();
    assert_eq!((nonce["value"].as_str(), nonce["default"].as_str()), (Some("off"), Some("on")));
    let wrong = controlled(&mut world, "POST", "/quirks", &json!({"groups": "normal", "nonce": "off"}));
    assert_eq!(wrong.status, 400);
    assert!(wrong.json_body()["error"].as_str().unwrap().contains("claims-challenge"));
    assert_eq!(world.quirks.value(Quirk::Groups), "many", "all or nothing");
    let wrong = controlled(&mut world, "POST", "/quirks", &json!({"groups": "none"}));
    assert!(wrong.json_body()["error"].as_str().unwrap().ends_with("it has normal, many"), "{}", wrong.json_body());
    controlled(&mut world, "POST", "/reset", &json!({}));
    assert_eq!(world.quirks.value(Quirk::NonceOnRefresh), "on");
    assert_eq!(world.quirks.value(Quirk::Groups), "many");
    assert_eq!(world.quirks.value(Quirk::Replication), "slow");
    assert!(Quirks::from_arguments(&["groups=few".into()]).is_err());
}

#[test]
fn the_nonce_comes_back_on_refresh() {
    for (value, expected) in [("on", json!("the-nonce")), ("off", Value::Null)] {
        let mut world = world(&[&format!("nonce-on-refresh={value}")]);
        let session = sign_in(&mut world, ADMIN, "");
        assert_eq!(claims_of(&session["id_token"])["nonce"], "the-nonce");
        let first = refresh(&mut world, &session, "organizations", "").json_body();
        assert_eq!(claims_of(&first["id_token"])["nonce"], expected);
        let second = refresh(&mut world, &first, "organizations", "").json_body();
        assert_eq!(claims_of(&second["id_token"])["nonce"], expected, "and of the refresh after it");
    }
}

#[test]
fn a_technician_meets_90099_where_nobody_consented_and_a_member_65001() {
    for word in Quirk::UnconsentedError.definition().values.iter().map(|(value, _)| *value) {
        let mut world = world(&[&format!("unconsented-error={word}")]);
        let session = sign_in(&mut world, TECH, "");
        let tenant = customer(&world, 101);
        let answer = refresh(&mut world, &session, &tenant, "");
        assert_eq!(answer.status, if word == "invalid_client" { 401 } else { 400 });
        let body = answer.json_body();
        assert_eq!((&body["error"], &body["error_codes"]), (&json!(word), &json!([90099])));
        assert_eq!(body["suberror"], Value::Null);
        let members: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        let known = ["error", "error_description", "error_codes", "timestamp", "trace_id", "correlation_id", "error_uri"];
        assert_eq!(members, known);
        let said = body["error_description"].as_str().unwrap();
        for part in ["AADSTS90099: ", " Trace ID: ", " Correlation ID: ", " Timestamp: "] {
            assert!(said.contains(part), "{said}");
        }
        let page = authorize(&mut world, TECH, &tenant, "");
        assert_eq!(page.status, 400);
        assert!(String::from_utf8_lossy(&page.body).contains("AADSTS90099"), "on Microsoft's own page as well");
        let here = customer(&world, 1);
        assert_eq!(refresh(&mut world, &session, &here, "").status, 200);
    }
    for (number, _) in Quirk::UnconsentedNumber.definition().values {
        let mut world = world(&[&format!("unconsented-number={number}")]);
        let session = sign_in(&mut world, TECH, "");
        let tenant = customer(&world, 101);
        let body = refresh(&mut world, &session, &tenant, "").json_body();
        assert_eq!(body["error_codes"][0].to_string(), *number);
    }
    for (value, expected) in [("with", json!("consent_required")), ("without", Value::Null)] {
        let mut world = world(&[&format!("consent-suberror={value}")]);
        let upn = "admin@customer101.example".to_owned();
        let Person { home_tenant, .. } = world.people[&upn].clone();
        let known = RefreshToken {
            client_id: PAGE_APP_ID.into(),
            upn,
            redirect_uri: format!("{APP}/auth"),
            signed_in: world.now(),
            nonce: String::new(),
            stepped_up: false,
        };
        world.tokens.refresh.insert("1.known".into(), known);
        let body = refresh(&mut world, &json!({"refresh_token": "1.known"}), &home_tenant, "").json_body();
        assert_eq!((&body["error_codes"], &body["error"]), (&json!([65001]), &json!("invalid_grant")));
        assert_eq!(body["suberror"], expected);
    }
}

#[test]
fn errors_about_the_client_may_be_readable_or_not() {
    for (value, readable) in [("hidden", false), ("readable", true)] {
        let mut world = world(&[&format!("client-errors={value}")]);
        let form = [("client_id", "11111111-3b7f-4f6e-8d21-90ab12cd34ef"), ("grant_type", "authorization_code"), ("code", "none")];
        let asked = call("POST", "/organizations/oauth2/v2.0/token", "", &[("origin", APP)], encode(&form).into_bytes());
        let answer = reply(entra::answer(&mut world, &asked));
        assert_eq!(answer.json_body()["error_codes"], json!([700_016]));
        assert_eq!(answer.header("access-control-allow-origin").is_some(), readable);
    }
}

#[test]
fn client_info_may_be_missing_elsewhere_and_never_at_home() {
    for (value, there) in [("present", true), ("absent", false)] {
        let mut world = world(&[&format!("client-info-elsewhere={value}")]);
        let session = sign_in(&mut world, TECH, "");
        assert!(session["client_info"].is_string());
        let tenant = customer(&world, 1);
        assert_eq!(refresh(&mut world, &session, &tenant, "").json_body()["client_info"].is_string(), there);
        let back = authorize(&mut world, TECH, &tenant, "");
        assert_eq!(back.header("location").unwrap().contains("client_info="), there);
    }
}

fn consent_link(world: &mut World, client_id: &str, upn: &str) -> Reply {
    world.tokens.browsers.insert("browser".into(), vec![upn.to_owned()]);
    let query = encode(&[
        ("client_id", client_id),
        ("redirect_uri", "https://app.example/consent"),
        ("scope", "https://graph.microsoft.com/.default"),
    ]);
    let cookie = [("cookie", "ESTSAUTH=browser")];
    reply(entra::answer(world, &call("GET", "/partner.example/v2.0/adminconsent", &query, &cookie, Vec::new())))
}

#[test]
fn consent_by_default_to_an_app_without_permissions_is_refused() {
    for (value, status) in [("refused", 400), ("nothing", 200)] {
        let mut world = world(&[&format!("default-consent={value}")]);
        let session = sign_in(&mut world, ADMIN, "");
        let body = json!({"displayName": "Bare", "web": {"redirectUris": ["https://app.example/consent"]}});
        let app = ask(&mut world, &session, "POST", "/v1.0/applications", &[], &body).json_body();
        let page = consent_link(&mut world, app["appId"].as_str().unwrap(), ADMIN);
        assert_eq!(page.status, status);
        assert_eq!(String::from_utf8_lossy(&page.body).contains("AADSTS650056"), status == 400);
    }
}

#[test]
fn an_application_administrator_consents_to_all_but_application_permissions_of_graph() {
    const CLOUD_APPLICATION_ADMINISTRATOR: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";
    let roles = vec![CLOUD_APPLICATION_ADMINISTRATOR.to_owned()];
    assert!(entra::consent::may_consent_for_all(&roles, false));
    assert!(!entra::consent::may_consent_for_all(&roles, true));
    let mut world = world(&[]);
    let tenant = world.tenant_id("partner.example").unwrap();
    let reader = world.people["reader@partner.example"].oid.clone();
    let planted = json!({"tenant": "partner.example", "objects": [
        {"type": "roleAssignment", "principalId": reader, "roleDefinitionId": CLOUD_APPLICATION_ADMINISTRATOR}]});
    assert_eq!(controlled(&mut world, "POST", "/directory", &planted).status, 200);
    let session = sign_in(&mut world, ADMIN, "");
    for (app, id, kind, may) in [
        ("00000003-0000-0000-c000-000000000000", "df021288-bdef-4463-88db-98f22de89214", "Role", false),
        ("00000003-0000-0000-c000-000000000000", "a154be20-db9c-4678-8ab7-66f6cc099a59", "Scope", true),
        ("00000002-0000-0ff1-ce00-000000000000", "dc50a0fb-09a3-484d-be87-e023b12c6440", "Role", true),
    ] {
        let body = json!({"displayName": kind, "web": {"redirectUris": ["https://app.example/consent"]},
            "requiredResourceAccess": [{"resourceAppId": app, "resourceAccess": [{"id": id, "type": kind}]}]});
        let made = ask(&mut world, &session, "POST", "/v1.0/applications", &[], &body).json_body();
        let page = consent_link(&mut world, made["appId"].as_str().unwrap(), "reader@partner.example");
        let page = String::from_utf8_lossy(&page.body).into_owned();
        assert_eq!(page.contains("Accept"), may, "{app} {kind}");
    }
    assert!(world.tenants.contains_key(&tenant));
}

#[test]
fn each_algorithm_of_an_assertion_goes_with_its_thumbprint() {
    use rsa::pkcs8::EncodePrivateKey;
    use rsa::signature::{RandomizedSigner, SignatureEncoding, Signer};
    use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let der = PrivatePkcs8KeyDer::from(key.to_pkcs8_der().unwrap().as_bytes().to_vec());
    let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_RSA_SHA256).unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["job.example".into()]).unwrap().self_signed(&pair).unwrap();
    let der = certificate.der().to_vec();
    let application = crate::world::generate::as_object(json!({"keyCredentials": [{"key": STANDARD.encode(&der)}]}));
    let now = 1_800_000_000_000;
    for (algorithm, thumbprint, documented) in
        [("PS256", "x5t#S256", true), ("RS256", "x5t", true), ("RS256", "x5t#S256", false), ("PS256", "x5t", false)]
    {
        let digest = if thumbprint == "x5t" { sha1::Sha1::digest(&der).to_vec() } else { Sha256::digest(&der).to_vec() };
        let header = json!({"alg": algorithm, "typ": "JWT", thumbprint: URL_SAFE_NO_PAD.encode(digest)});
        let claims = json!({"iss": "job", "sub": "job", "aud": "here", "jti": "1", "exp": now / 1000 + 300, "nbf": now / 1000});
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = if algorithm == "RS256" {
            rsa::pkcs1v15::SigningKey::<Sha256>::new(key.clone()).sign(signed.as_bytes()).to_vec()
        } else {
            rsa::pss::SigningKey::<Sha256>::new(key.clone()).sign_with_rng(&mut rsa::rand_core::OsRng, signed.as_bytes()).to_vec()
        };
        let assertion = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        let check = |strict| entra::check_assertion(&application, "job", &assertion, &["here".into()], now, strict);
        assert_eq!(check(true).map_err(|error| error.number), if documented { Ok(()) } else { Err(700_027) }, "{algorithm} {thumbprint}");
        assert!(check(false).is_ok(), "{algorithm} {thumbprint}");
    }
}

#[test]
fn an_upsert_in_a_batch_may_be_ignored_and_a_create_with_the_unique_name_works() {
    let mut heeding = world(&[]);
    let session = sign_in(&mut heeding, ADMIN, "");
    assert_eq!(batch(&mut heeding, &session, &upsert("one")).json_body()["responses"][0]["status"], 201);

    let mut world = world(&["create-if-missing-in-batch=ignored"]);
    let session = sign_in(&mut world, ADMIN, "");
    assert_eq!(batch(&mut world, &session, &upsert("one")).json_body()["responses"][0]["status"], 404);
    let body = json!({"displayName": "One", "uniqueName": "one"});
    let made = ask(&mut world, &session, "POST", "/v1.0/applications", &[], &body);
    assert_eq!((made.status, &made.json_body()["uniqueName"]), (201, &json!("one")));
    let again = ask(&mut world, &session, "POST", "/v1.0/applications", &[], &body);
    assert_eq!(again.status, 400);
    assert!(again.json_body()["error"]["message"].as_str().unwrap().contains("same value for property uniqueName already exists"));
    let prefer = [("prefer", "create-if-missing")];
    let path = "/v1.0/applications(uniqueName='two')";
    assert_eq!(ask(&mut world, &session, "PATCH", path, &prefer, &json!({"displayName": "Two"})).status, 201, "alone it works");
    assert_eq!(batch(&mut world, &session, &upsert("two")).json_body()["responses"][0]["status"], 204, "what is there is changed");
}

#[test]
fn an_upsert_may_be_answered_without_a_body() {
    let mut world = world(&["upsert-answer=empty"]);
    let session = sign_in(&mut world, ADMIN, "");
    let answer = batch(&mut world, &session, &upsert("one")).json_body();
    assert_eq!(answer["responses"][0]["status"], 204);
    assert_eq!(answer["responses"][0]["body"], Value::Null);
    assert_eq!(get(&mut world, &session, "/v1.0/applications(uniqueName='one')").status, 200, "made all the same");
}

#[test]
fn lists_of_the_beta_page_under_beta() {
    let mut world = world(&["beta-page-size=2"]);
    let session = sign_in(&mut world, ADMIN, "");
    let mut path = "/beta/roleManagement/exchange/roleDefinitions?$top=100".to_owned();
    let mut names = Vec::new();
    let mut pages = 0;
    loop {
        let page = get(&mut world, &session, &path).json_body();
        let items = page["value"].as_array().unwrap().clone();
        assert!(items.len() <= 2);
        names.extend(items.iter().map(|item| item["displayName"].to_string()));
        pages += 1;
        let Some(next) = page["@odata.nextLink"].as_str() else { break };
        assert!(next.starts_with("http://localhost:8402/beta/roleManagement/exchange/"), "{next}");
        path = next.trim_start_matches(GRAPH).to_owned();
    }
    assert!(pages > 4 && names.len() == 9, "{pages} {names:?}");
    let whole = get(&mut world, &session, "/v1.0/roleManagement/directory/roleDefinitions").json_body();
    assert_eq!(whole["value"].as_array().unwrap().len(), 100, "v1.0 is as before");
}

#[test]
fn retry_after_may_be_hidden_from_scripts() {
    for (value, shown) in [("shown", true), ("hidden", false)] {
        let mut world = world(&[&format!("retry-after={value}")]);
        let session = sign_in(&mut world, ADMIN, "");
        let exposed = get(&mut world, &session, "/v1.0/me").header("access-control-expose-headers").unwrap().to_owned();
        assert_eq!(exposed.ends_with(", Retry-After"), shown);
    }
}

/// The claims that a `WWW-Authenticate` asks for, decoded.
fn asked_for(header: Option<&str>) -> Option<String> {
    let claims = header?.split("claims=\"").nth(1)?.split('"').next()?;
    String::from_utf8(STANDARD.decode(claims).ok()?).ok()
}

fn inner(answer: &Value) -> (u64, Option<String>) {
    let headers = answer["responses"][0]["headers"].as_object().unwrap();
    let header = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("www-authenticate")).and_then(|(_, value)| value.as_str());
    (answer["responses"][0]["status"].as_u64().unwrap(), asked_for(header))
}

#[test]
fn a_write_is_challenged_inside_the_batch_until_somebody_stepped_up() {
    let mut world = world(&["claims-challenge=inner"]);
    let session = sign_in(&mut world, ADMIN, CAPABLE);
    assert_eq!(get(&mut world, &session, "/v1.0/applications").status, 200, "reads pass");
    let (status, claims) = inner(&batch(&mut world, &session, &write()).json_body());
    let claims = claims.unwrap();
    assert_eq!((status, claims.as_str()), (401, r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#));
    let alone = ask(&mut world, &session, "POST", "/v1.0/applications", &[], &json!({"displayName": "One"}));
    assert_eq!(alone.status, 401);
    assert!(alone.header("www-authenticate").unwrap().contains("error=\"insufficient_claims\""));
    assert_eq!(asked_for(alone.header("www-authenticate")), Some(claims));
    // Silently there is nothing to be had: the answer says with which claims to sign in.
    let silent = refresh(&mut world, &session, "organizations", STEP_UP).json_body();
    assert_eq!((&silent["error"], &silent["suberror"]), (&json!("interaction_required"), &json!("basic_action")));
    assert!(silent["claims"].as_str().unwrap().contains("acrs"));
    let session = sign_in(&mut world, ADMIN, STEP_UP);
    assert_eq!(inner(&batch(&mut world, &session, &write()).json_body()).0, 201);
    let renewed = refresh(&mut world, &session, "organizations", CAPABLE).json_body();
    assert_eq!(claims_of(&renewed["access_token"])["acrs"], json!(["c1"]));
    assert_eq!(inner(&batch(&mut world, &renewed, &write()).json_body()).0, 201, "and what is renewed");
    let broken = refresh(&mut world, &session, "organizations", "{");
    assert_eq!(broken.json_body()["error_codes"], json!([9_002_313]));
}

#[test]
fn a_client_that_says_nothing_of_challenges_gets_a_plain_401() {
    let mut world = world(&["claims-challenge=inner"]);
    let session = sign_in(&mut world, ADMIN, "");
    assert_eq!(inner(&batch(&mut world, &session, &write()).json_body()), (401, None));
    let capable = refresh(&mut world, &session, "organizations", CAPABLE).json_body();
    assert!(inner(&batch(&mut world, &capable, &write()).json_body()).1.is_some(), "it may say so when it renews");
    let renewed = refresh(&mut world, &capable, "organizations", "").json_body();
    assert!(inner(&batch(&mut world, &renewed, &write()).json_body()).1.is_none(), "and must each time");
}

#[test]
fn a_batch_may_be_challenged_as_a_whole() {
    let mut world = world(&["claims-challenge=outer"]);
    let session = sign_in(&mut world, ADMIN, CAPABLE);
    let refused = batch(&mut world, &session, &write());
    assert_eq!(refused.status, 401);
    assert!(asked_for(refused.header("www-authenticate")).is_some());
    let reads = json!([{"id": "1", "method": "GET", "url": "/me"}]);
    assert_eq!(batch(&mut world, &session, &reads).status, 200);
    let session = sign_in(&mut world, ADMIN, STEP_UP);
    assert_eq!(batch(&mut world, &session, &write()).status, 200);
}

#[test]
fn a_challenge_may_come_for_ever_or_end_with_a_newer_token() {
    let mut world = world(&["claims-challenge=always"]);
    let session = sign_in(&mut world, ADMIN, STEP_UP);
    assert_eq!(inner(&batch(&mut world, &session, &write()).json_body()).0, 401);

    controlled(&mut world, "POST", "/quirks", &json!({"claims-challenge": "cae"}));
    let (status, claims) = inner(&batch(&mut world, &session, &write()).json_body());
    assert_eq!(status, 401);
    assert!(claims.unwrap().contains("nbf"));
    world.clock.advance(1000);
    let renewed = refresh(&mut world, &session, "organizations", CAPABLE).json_body();
    assert_eq!(inner(&batch(&mut world, &renewed, &write()).json_body()).0, 201);
    assert_eq!(inner(&batch(&mut world, &session, &write()).json_body()).0, 401, "the older one stays refused");
}

#[test]
fn a_refresh_may_need_a_step_up() {
    for (value, word) in [("token-endpoint", "interaction_required"), ("token-endpoint-invalid-grant", "invalid_grant")] {
        let mut world = world(&[&format!("claims-challenge={value}")]);
        let session = sign_in(&mut world, ADMIN, CAPABLE);
        let refused = refresh(&mut world, &session, "organizations", CAPABLE);
        assert_eq!(refused.status, 400);
        let body = refused.json_body();
        assert_eq!((&body["error"], &body["error_codes"]), (&json!(word), &json!([50076])));
        assert!(body["claims"].as_str().unwrap().contains("acrs"));
        let session = sign_in(&mut world, ADMIN, STEP_UP);
        assert_eq!(refresh(&mut world, &session, "organizations", CAPABLE).status, 200);
    }
}

/// Adds a secret of so many days to a new app of this person; returns what Graph says.
fn add_secret(world: &mut World, upn: &str, days: i64) -> Reply {
    let admin = sign_in(world, ADMIN, "");
    let app = create(world, &admin, "With a secret");
    let session = sign_in(world, upn, "");
    let end = crate::clock::iso(world.now() + days * 86_400_000);
    let body = json!({"passwordCredential": {"displayName": "x", "endDateTime": end}});
    ask(world, &session, "POST", &format!("/v1.0/applications/{}/addPassword", app["id"].as_str().unwrap()), &[], &body)
}

fn code_of(reply: &Reply) -> String {
    reply.json_body()["error"]["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn policies_restrict_secrets_by_tenant_app_date_and_person() {
    const TYPE: &str = "CredentialTypeNotAllowedAsPerAppPolicy";
    const LIFETIME: &str = "CredentialInvalidLifetimeAsPerAppPolicy";
    for (policy, upn, days, expected) in [
        ("none", ADMIN, 700, ""),
        ("tenant-lifetime", ADMIN, 91, LIFETIME),
        ("tenant-lifetime", ADMIN, 90, ""),
        ("tenant-no-secrets", ADMIN, 1, TYPE),
        ("app-override", ADMIN, 31, LIFETIME),
        ("app-override", ADMIN, 30, ""),
        ("exclude-actors", ADMIN, 30, ""),
        ("exclude-actors", "boss@partner.example", 30, TYPE),
        ("created-after", ADMIN, 30, ""),
        ("trusted-ca", ADMIN, 30, ""),
    ] {
        for status in ["400", "403"] {
            let mut world = world(&[&format!("app-management-policy={policy}"), &format!("policy-refusal={status}")]);
            let answer = add_secret(&mut world, upn, days);
            assert_eq!(code_of(&answer), expected, "{policy} {upn} {days}");
            assert_eq!(answer.status.to_string(), if expected.is_empty() { "200" } else { status });
        }
    }
    // Apps of the time after the date are bound.
    let mut world = world(&["app-management-policy=created-after"]);
    world.clock.advance(366 * 86_400_000);
    assert_eq!(code_of(&add_secret(&mut world, ADMIN, 30)), TYPE);
}

#[test]
fn policies_are_read_as_graph_shows_them() {
    let mut world = world(&["app-management-policy=app-override"]);
    let session = sign_in(&mut world, ADMIN, "");
    let app = create(&mut world, &session, "One");
    let tenant = get(&mut world, &session, "/v1.0/policies/defaultAppManagementPolicy").json_body();
    assert_eq!(tenant["isEnabled"], true);
    assert_eq!(tenant["applicationRestrictions"]["passwordCredentials"][0]["restrictionType"], "passwordAddition");
    let all = get(&mut world, &session, "/v1.0/policies/appManagementPolicies").json_body();
    let id = all["value"][0]["id"].as_str().unwrap().to_owned();
    let of_app =
        get(&mut world, &session, &format!("/v1.0/applications/{}/appManagementPolicies", app["id"].as_str().unwrap())).json_body();
    assert_eq!(of_app["value"][0]["id"], id.as_str());
    assert_eq!(of_app["value"][0]["restrictions"]["passwordCredentials"][1]["maxLifetime"], "P30D");
    let applies = get(&mut world, &session, &format!("/v1.0/policies/appManagementPolicies/{id}/appliesTo")).json_body();
    assert!(applies["value"].as_array().unwrap().iter().any(|one| one["id"] == app["id"]));
    let reader = sign_in(&mut world, "reader@partner.example", "");
    assert_eq!(get(&mut world, &reader, "/v1.0/policies/defaultAppManagementPolicy").status, 403);

    // A planted policy is for the apps that it names.
    controlled(&mut world, "POST", "/quirks", &json!({"app-management-policy": "tenant-no-secrets"}));
    let planted = json!({"tenant": "partner.example", "objects": [{"type": "policy", "displayName": "Planted", "isEnabled": true,
        "appliesTo": [app["id"]], "restrictions": {"passwordCredentials": [{"restrictionType": "passwordAddition", "state": "disabled"}]}}]});
    assert_eq!(controlled(&mut world, "POST", "/directory", &planted).status, 200);
    let path = format!("/v1.0/applications/{}/addPassword", app["id"].as_str().unwrap());
    assert_eq!(ask(&mut world, &session, "POST", &path, &[], &json!({})).status, 200);
    assert_eq!(add_secret(&mut world, ADMIN, 1).status, 400);
}

#[test]
fn policies_restrict_certificates_by_lifetime_and_by_authority() {
    let add = |quirk: &str, days: i64| {
        let mut world = world(&[&format!("app-management-policy={quirk}")]);
        let session = sign_in(&mut world, ADMIN, "");
        let app = create(&mut world, &session, "With a certificate");
        let mut params = rcgen::CertificateParams::new(vec!["job.example".into()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2036, 1, 1);
        let certificate = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        let (start, end) = (world.now(), world.now() + days * 86_400_000);
        let key = json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(certificate.der()),
            "startDateTime": crate::clock::iso(start), "endDateTime": crate::clock::iso(end)});
        let path = format!("/v1.0/applications/{}", app["id"].as_str().unwrap());
        let answer = ask(&mut world, &session, "PATCH", &path, &[], &json!({"keyCredentials": [key]}));
        (answer.status, code_of(&answer))
    };
    assert_eq!(add("none", 700), (204, String::new()));
    assert_eq!(add("tenant-lifetime", 90), (204, String::new()));
    assert_eq!(add("tenant-lifetime", 91), (400, "CredentialInvalidLifetimeAsPerAppPolicy".into()));
    assert_eq!(add("trusted-ca", 30), (400, "CredentialTypeNotAllowedAsPerAppPolicy".into()));
}

#[test]
fn a_technician_in_many_groups_finds_the_right_one_on_the_last_page() {
    let mut world = world(&["groups=many", "cast-queries=advanced"]);
    let session = sign_in(&mut world, TECH, "");
    let path = "/v1.0/me/transitiveMemberOf/microsoft.graph.group";
    assert_eq!(get(&mut world, &session, path).status, 400, "a cast is an advanced query");
    let eventual = [("consistencylevel", "eventual")];
    let mut next = format!("{path}?$count=true&$select=id,displayName");
    let mut groups = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = ask(&mut world, &session, "GET", &next, &eventual, &Value::Null).json_body();
        let items = page["value"].as_array().unwrap().clone();
        sizes.push(items.len());
        groups.extend(items);
        let Some(link) = page["@odata.nextLink"].as_str() else { break };
        next = link.trim_start_matches(GRAPH).to_owned();
    }
    assert_eq!(sizes, [100, 0, 100, 50]);
    assert_eq!(groups[249]["displayName"], "GDAP Technicians");
    let whole = ask(&mut world, &session, "GET", &format!("{path}?$count=true&$top=999"), &eventual, &Value::Null).json_body();
    assert_eq!((whole["value"].as_array().unwrap().len(), &whole["@odata.count"]), (250, &json!(250)));
    controlled(&mut world, "POST", "/quirks", &json!({"cast-queries": "plain", "groups": "normal"}));
    assert_eq!(get(&mut world, &session, path).json_body()["value"].as_array().unwrap().len(), 2);
}

#[test]
fn a_tenant_may_offer_many_apis() {
    let mut world = world(&[]);
    let session = sign_in(&mut world, ADMIN, "");
    let offering = |world: &mut World| {
        let list = get(world, &session, "/v1.0/servicePrincipals?$top=999&$select=appId,displayName,appRoles").json_body();
        let all = list["value"].as_array().unwrap().clone();
        all.iter().filter(|one| one["appRoles"].as_array().is_some_and(|roles| !roles.is_empty())).count()
    };
    let usual = offering(&mut world);
    controlled(&mut world, "POST", "/quirks", &json!({"apis": "many"}));
    assert!(offering(&mut world) >= 59, "{}", offering(&mut world));
    controlled(&mut world, "POST", "/quirks", &json!({"apis": "normal"}));
    assert_eq!(offering(&mut world), usual);
}

#[test]
fn access_tokens_may_be_opaque() {
    let mut world = world(&[]);
    let session = sign_in(&mut world, ADMIN, CAPABLE);
    let claims = claims_of(&session["access_token"]);
    assert_eq!((&claims["appid"], &claims["xms_cc"]), (&json!(PAGE_APP_ID), &json!(["cp1"])));
    controlled(&mut world, "POST", "/quirks", &json!({"access-tokens": "opaque"}));
    let session = sign_in(&mut world, ADMIN, CAPABLE);
    assert!(!session["access_token"].as_str().unwrap().contains('.'));
    assert_eq!(get(&mut world, &session, "/v1.0/me").status, 200);
}

#[test]
fn replication_may_take_half_a_minute() {
    let mut world = world(&["replication=slow"]);
    let session = sign_in(&mut world, ADMIN, "");
    let app = create(&mut world, &session, "Slow");
    let path = format!("/v1.0/applications/{}", app["id"].as_str().unwrap());
    assert_eq!(get(&mut world, &session, &path).status, 404);
    world.clock.advance(29_000);
    assert_eq!(get(&mut world, &session, &path).status, 404);
    world.clock.advance(20_000);
    assert_eq!(get(&mut world, &session, &path).status, 200);
}

#[test]
fn answers_may_hold_what_nobody_knows() {
    let mut world = world(&["odata=odd"]);
    let session = sign_in(&mut world, ADMIN, "");
    let list = get(&mut world, &session, "/v1.0/organization").json_body();
    assert!(list["@odata.context"].as_str().unwrap().starts_with("https://elsewhere.example/"));
    let one = &list["value"][0];
    assert!(one["@odata.etag"].is_string() && one["unheardOf"].is_object() && one["verifiedDomains"][0]["unheardOf"].is_object());
    let answer = batch(&mut world, &session, &json!([{"id": "1", "method": "GET", "url": "/me"}])).json_body();
    assert!(answer["unheardOf"].is_object() && answer["responses"][0]["body"]["@odata.etag"].is_string());
    assert_eq!(answer["responses"][0]["unheardOf"], Value::Null, "what the batch itself answers is documented");
}

#[test]
fn errors_come_in_every_shape() {
    for (value, _) in Quirk::ErrorBody.definition().values {
        let mut world = world(&[&format!("error-body={value}")]);
        let session = sign_in(&mut world, ADMIN, "");
        let missing = get(&mut world, &session, "/v1.0/applications/00000000-0000-4000-8000-000000000000");
        assert_eq!(missing.status, 404);
        let body = missing.json_body();
        let error = &body["error"];
        match *value {
            "standard" => assert!(error["innerError"]["request-id"].is_string()),
            "bare" => assert_eq!(error.as_object().unwrap().len(), 2),
            "nested" => assert!(error["details"].is_null() && error["innererror"]["innererror"]["request-id"].is_string()),
            "string" => assert_eq!(error, "Request_ResourceNotFound"),
            _ => assert!(error["innerError"].is_object(), "{value}: what Graph itself says is as ever"),
        }
        let inner = batch(
            &mut world,
            &session,
            &json!([{"id": "1", "method": "GET", "url": "/applications/00000000-0000-4000-8000-000000000000"}]),
        );
        assert_eq!(inner.json_body()["responses"][0]["status"], 404);
        let wrong = ask(&mut world, &session, "POST", "/v1.0/applications", &[], &json!({"displayname": "x"}));
        assert_eq!((wrong.status, code_of(&wrong).as_str()), (400, "Request_BadRequest"), "{value}: where the code is needed it is there");
    }
}

#[test]
fn a_gateway_answers_without_json_now_and_then() {
    for (value, content_type) in [("empty", None), ("html", Some("text/html; charset=utf-8"))] {
        let mut world = world(&[&format!("error-body={value}")]);
        let session = sign_in(&mut world, ADMIN, "");
        let statuses: Vec<u16> = (0..40).map(|_| get(&mut world, &session, "/v1.0/me").status).collect();
        let turns: Vec<usize> = (0..40).filter(|turn| statuses[*turn] == 503).collect();
        assert_eq!(turns, [8, 28], "{value}");
        for _ in 0..8 {
            get(&mut world, &session, "/v1.0/me");
        }
        let refused = ask(&mut world, &session, "POST", "/v1.0/applications", &[], &json!({"displayName": "One"}));
        assert_eq!((refused.status, refused.header("content-type")), (503, content_type));
        assert_eq!(refused.body.is_empty(), value == "empty");
        let all = get(&mut world, &session, "/v1.0/applications").json_body();
        assert!(all["value"].as_array().unwrap().iter().all(|app| app["displayName"] != "One"), "it did not reach Graph");
    }
}

#[test]
fn now_and_then_something_else_answers_a_batch() {
    let mut world = world(&["foreign-200"]);
    let session = sign_in(&mut world, ADMIN, "");
    let foreign: Vec<usize> = (1..=20)
        .filter(|turn| {
            let answer = batch(&mut world, &session, &upsert(&format!("app-{turn}")));
            assert_eq!(answer.status, 200);
            answer.json_body()["responses"].is_null()
        })
        .collect();
    assert_eq!(foreign, [5, 15]);
    let repeats = |world: &mut World| {
        let log = controlled(world, "GET", "/requests", &Value::Null).json_body();
        log.to_string().contains("repeatAfterUnknown")
    };
    // Nobody knows what became of the write in it: it is not repeated before somebody looked.
    batch(&mut world, &session, &upsert("app-5"));
    assert!(repeats(&mut world));
    controlled(&mut world, "POST", "/reset", &json!({}));
    let session = sign_in(&mut world, ADMIN, "");
    for turn in 1..=5 {
        batch(&mut world, &session, &upsert(&format!("app-{turn}")));
    }
    assert_eq!(get(&mut world, &session, "/v1.0/applications(uniqueName='app-5')").status, 404, "it did not reach Graph");
    batch(&mut world, &session, &upsert("app-5"));
    assert!(!repeats(&mut world));
}

#[test]
fn a_refusal_can_be_planted_for_one_tenant() {
    let mut world = world(&[]);
    let session = sign_in(&mut world, TECH, "");
    let (first, second) = (customer(&world, 1), customer(&world, 2));
    let fault = json!({"match": {"origin": "login", "path": format!("/{first}/oauth2/v2.0/token")}, "times": 9,
        "then": {"aadsts": 530_033, "error": "interaction_required", "suberror": "message_only", "claims": "{}", "status": 400}});
    assert_eq!(controlled(&mut world, "POST", "/faults", &fault).status, 204);
    let refused = refresh(&mut world, &session, &first, "");
    let body = refused.json_body();
    assert_eq!((refused.status, &body["error_codes"], &body["suberror"]), (400, &json!([530_033]), &json!("message_only")));
    assert_eq!(refused.header("access-control-allow-origin"), Some(APP));
    assert_eq!(refresh(&mut world, &session, &second, "").status, 200);
    // Or any status and body.
    controlled(&mut world, "DELETE", "/faults", &Value::Null);
    let fault =
        json!({"match": {"origin": "login", "path": format!("/{first}/**")}, "then": {"status": 400, "body": {"error": "invalid_grant"}}});
    controlled(&mut world, "POST", "/faults", &fault);
    assert_eq!(refresh(&mut world, &session, &first, "").json_body(), json!({"error": "invalid_grant"}));
    let log = controlled(&mut world, "GET", "/requests", &Value::Null).json_body();
    assert_eq!(log.as_array().unwrap().last().unwrap()["tenant"], first.as_str());
}

#[test]
fn a_password_of_somebody_needs_a_permission_of_its_own() {
    let mut world = world(&[]);
    let session = sign_in(&mut world, ADMIN, "");
    let reader = world.people["reader@partner.example"].oid.clone();
    let body = json!({"passwordProfile": {"password": "Vq7#dR2m!kP9zL4x", "forceChangePasswordNextSignIn": false}});
    let path = format!("/v1.0/users/{reader}");
    assert_eq!(ask(&mut world, &session, "PATCH", &path, &[], &body).status, 204);
    let without = |scopes: &mut Vec<String>| scopes.retain(|scope| scope != "User-PasswordProfile.ReadWrite.All");
    let known = world.tokens.access.get_mut(session["access_token"].as_str().unwrap()).unwrap();
    match &mut known.caller {
        crate::world::tokens::Caller::Person { scopes, .. } => without(scopes),
        crate::world::tokens::Caller::Application { .. } => panic!("a person"),
    }
    assert_eq!(ask(&mut world, &session, "PATCH", &path, &[], &body).status, 403, "User.ReadWrite.All is not enough");
    assert_eq!(ask(&mut world, &session, "PATCH", &path, &[], &json!({"usageLocation": "FR"})).status, 204);
}

#[test]
fn an_administrator_does_not_become_the_owner_of_a_new_app() {
    let mut world = world(&[]);
    for (upn, owners) in [(ADMIN, 0), ("reader@partner.example", 1)] {
        let session = sign_in(&mut world, upn, "");
        let app = create(&mut world, &session, upn);
        let list = get(&mut world, &session, &format!("/v1.0/applications/{}/owners", app["id"].as_str().unwrap())).json_body();
        assert_eq!(list["value"].as_array().unwrap().len(), owners, "{upn}");
    }
}

#[test]
fn a_filter_for_active_relationships_drops_those_that_expire() {
    let mut world = World::new(
        Settings {
            seed: 1,
            customers: 400,
            replication: 0,
            page_origins: vec![APP.into()],
            login_origin: LOGIN.into(),
            graph_origin: GRAPH.into(),
        },
        Catalogue::load(None).unwrap(),
        Quirks::default(),
    );
    let session = sign_in(&mut world, TECH, "");
    let expiring = (150..400).find(|index| world.customers.relationships(*index).first() == Some(&"expiring")).unwrap();
    assert!(world.customers.technician_roles(expiring).is_some(), "it still works");
    let path = "/v1.0/tenantRelationships/delegatedAdminRelationships?$top=300&$filter=";
    let active = get(&mut world, &session, &format!("{path}status eq 'active'").replace(' ', "%20")).json_body();
    assert!(active["value"].as_array().unwrap().iter().all(|one| one["status"] == "active"));
    let expiring = get(&mut world, &session, &format!("{path}status eq 'expiring'").replace(' ', "%20")).json_body();
    assert!(!expiring["value"].as_array().unwrap().is_empty());
}

/// The table of docs/emulator.md.
fn table() -> String {
    let mut lines = vec!["| quirk | values, the default first | what is not known |".to_owned(), "|---|---|---|".to_owned()];
    for d in ALL {
        let values: Vec<String> = d.values.iter().map(|(value, does)| format!("`{value}`: {does}")).collect();
        lines.push(format!("| `{}` | {} | {} <br>({}) |", d.name, values.join("<br>"), d.uncertain, d.source));
    }
    lines.join("\n")
}

#[test]
fn the_docs_list_every_quirk() {
    let docs = include_str!("../../../docs/emulator.md");
    assert!(docs.contains(&table()), "docs/emulator.md needs this table:\n{}", table());
}
