//! Tokens in several tenants, and what the token endpoint refuses.

use crate::support::{Bench, EVERYTHING};
use latchkey::entra::fault::Meaning;
use latchkey::entra::id_token::{Expected, Nonce};
use latchkey::entra::scopes::Scopes;
use latchkey::entra::token::{self, TokenFault, Tokens};
use latchkey_emulator::Options;
use serde_json::{Value, json};

fn bench() -> Bench {
    Bench::start(Options { customers: 120, ..Options::default() })
}

#[test]
fn a_technician_gets_a_token_in_a_customer_tenant_and_has_no_oid_there() {
    let bench = bench();
    let home = bench.sign_in("tech@partner.example", Scopes::SIGN_IN);
    assert_eq!(home.claims.roles, ["AppSessions.Access"]);
    let customer = bench.tenant("customer5.example");
    let there = bench.refresh(&home, &customer.id, EVERYTHING).expect("tokens");
    assert_eq!((there.claims.oid, there.claims.tenant), (None, customer.id));
    assert_eq!(there.account, home.account, "the same person");
}

#[test]
fn f44_each_refusal_of_a_tenant_is_told_apart() {
    let bench = bench();
    let refused = |upn: &str, domain: &str| {
        let home = bench.sign_in(upn, Scopes::SIGN_IN);
        match bench.refresh(&home, &bench.tenant(domain).id, EVERYTHING) {
            Err(TokenFault::Refused(fault)) => fault,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("{domain} gave tokens"),
        }
    };
    let no_access = refused("reader@partner.example", "customer5.example");
    assert_eq!((no_access.number, no_access.meaning(false)), (Some(50020), Meaning::NoAccess));
    let gone = refused("tech@partner.example", "customer111.example");
    assert_eq!(gone.number, Some(5_000_224));
    let blocked = refused("tech@partner.example", "fresh.example");
    assert_eq!(blocked.number, Some(50020));
}

/// Whether a renewal brings the nonce back, and another tenant client_info, is not documented: both are taken, and what is wrong is not.
#[test]
fn a_renewal_is_taken_with_and_without_what_is_not_documented() {
    let bench = bench();
    let home = bench.sign_in("tech@partner.example", Scopes::SIGN_IN);
    let customer = bench.tenant("customer5.example");
    for quirk in [json!({}), json!({"nonce-on-refresh": "off"}), json!({"client-info-elsewhere": "absent"})] {
        bench.control("POST", "/quirks", &quirk);
        let there = bench.refresh(&home, &customer.id, EVERYTHING).expect("tokens");
        assert_eq!(there.account, home.account, "{quirk}");
        let back = bench.refresh(&home, &home.home.clone(), Scopes::PARTNER).expect("tokens");
        assert_eq!(back.account, home.account, "{quirk}");
    }
}

/// What a technician meets in a tenant that never consented means the same, whichever number and word Entra chooses.
#[test]
fn a_tenant_without_consent_is_understood_whatever_it_answers() {
    let bench = bench();
    let home = bench.sign_in("tech@partner.example", Scopes::SIGN_IN);
    let customer = bench.tenant("customer106.example");
    let quirks = bench.control("GET", "/quirks", &serde_json::Value::Null);
    let values = |name: &str| -> Vec<String> {
        let quirk = quirks.as_array().unwrap().iter().find(|quirk| quirk["name"] == name).unwrap();
        quirk["values"].as_array().unwrap().iter().map(|value| value["value"].as_str().unwrap().to_owned()).collect()
    };
    let mut met = 0;
    for number in values("unconsented-number") {
        for word in values("unconsented-error") {
            for suberror in values("consent-suberror") {
                bench.control(
                    "POST",
                    "/quirks",
                    &json!({"unconsented-number": number, "unconsented-error": word, "consent-suberror": suberror}),
                );
                match bench.refresh(&home, &customer.id, EVERYTHING) {
                    Err(TokenFault::Refused(fault)) => {
                        assert_eq!(fault.meaning(false), Meaning::Consent, "{number} {word} {suberror}: {fault}");
                    }
                    Err(other) => panic!("{number} {word} {suberror}: {other}"),
                    Ok(_) => panic!("{number} {word} {suberror}: tokens"),
                }
                met += 1;
            }
        }
    }
    assert!(met >= 60, "{met}");
}

#[test]
fn a_sign_in_ends_after_a_day_whatever_renewals_happened() {
    let bench = bench();
    let home = bench.sign_in("tech@partner.example", Scopes::SIGN_IN);
    let tenant = home.home.clone();
    let renewed = bench.refresh(&home, &tenant, Scopes::PARTNER).expect("tokens");
    assert!(renewed.refresh_expires_in <= 86_400);
    bench.control("POST", "/clock", &json!({"advanceSeconds": 86_400}));
    match bench.refresh(&renewed, &tenant, Scopes::PARTNER) {
        Err(TokenFault::Refused(fault)) => assert_eq!((fault.number, fault.meaning(true)), (Some(700_084), Meaning::SignInEnded)),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("tokens after a day"),
    }
}

#[test]
fn a_page_gets_no_app_only_token_and_a_server_no_token_of_a_page() {
    let bench = bench();
    let tenant = bench.tenant("partner.example");
    let url = format!("{}/{}/oauth2/v2.0/token", bench.config.login, tenant.id);
    let scope = format!("{}/.default", bench.config.graph);
    let form = [
        ("client_id", bench.config.client_id.as_str()),
        ("client_secret", "x"),
        ("grant_type", "client_credentials"),
        ("scope", scope.as_str()),
    ];
    let mut answer = bench.agent.post(&url).header("origin", &bench.config.origin).send_form(form).unwrap();
    assert!(answer.body_mut().read_to_string().unwrap().contains("AADSTS9002326"));
    let home = bench.sign_in("tech@partner.example", Scopes::SIGN_IN);
    let request =
        latchkey::entra::token::refresh_request(&bench.config, &tenant.id, Scopes::SIGN_IN, home.refresh_token.as_deref().unwrap(), None)
            .unwrap();
    let without_origin = bench.post(&request, None);
    assert!(String::from_utf8_lossy(&without_origin.body).contains("AADSTS9002327"));
}

/// Each part of the answer that can be missing or wrong: what proves who it is for is demanded, the rest is read carefully.
#[test]
fn f40_an_answer_that_lacks_a_part_is_refused_or_read_carefully() {
    let bench = bench();
    let home = bench.sign_in("tech@partner.example", Scopes::SIGN_IN);
    let request = token::refresh_request(&bench.config, &home.home, Scopes::LOOK, home.refresh_token.as_deref().unwrap(), None).unwrap();
    let good: Value = serde_json::from_slice(&bench.post(&request, Some(&bench.config.origin)).body).unwrap();
    let judge = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| -> Result<Tokens, TokenFault> {
        let mut body = good.clone();
        change(body.as_object_mut().unwrap());
        let expected = Expected {
            login_origin: &bench.config.login,
            client_id: &bench.config.client_id,
            nonce: Nonce::Renewed(None),
            tenant: Some(&home.home),
            account: Some(&home.account),
            now: bench.now(),
        };
        token::judge(200, body.to_string().as_bytes(), &expected)
    };
    assert!(judge(&|_| {}).is_ok());
    for missing in ["access_token", "token_type", "id_token", "client_info"] {
        let fault = judge(&|body| drop(body.remove(missing))).err().expect(missing);
        assert!(matches!(fault, TokenFault::Malformed(_)), "{missing}: {fault}");
    }
    for (name, wrong) in
        [("token_type", json!("pop")), ("access_token", json!("")), ("id_token", json!("a.b.c")), ("client_info", json!("e30"))]
    {
        assert!(judge(&|body| drop(body.insert(name.into(), wrong.clone()))).is_err(), "{name} = {wrong}");
    }
    let without = judge(&|body| {
        ["expires_in", "refresh_token", "refresh_token_expires_in", "scope"].iter().for_each(|name| drop(body.remove(*name)));
    });
    let without = without.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!((without.expires_in, without.refresh_token.as_deref(), without.refresh_expires_in), (300, None, 86_400));
    assert_eq!(Scopes::LOOK.missing_in(&without.scope).len(), 3, "nothing is taken for granted");
    let long =
        judge(&|body| drop(body.insert("refresh_token_expires_in".into(), json!(9_999_999)))).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(long.refresh_expires_in, 86_400, "a day at most");
    let narrow =
        judge(&|body| drop(body.insert("scope".into(), json!("openid Directory.Read.All")))).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(Scopes::LOOK.missing_in(&narrow.scope), ["Policy.Read.All", "RoleEligibilitySchedule.Read.Directory"]);
}

/// Tokens that were asked for in one tenant and come from another are not taken, whatever else is right about them.
#[test]
fn t08_a_token_of_another_tenant_is_refused() {
    let bench = bench();
    let home = bench.sign_in("tech@partner.example", Scopes::SIGN_IN);
    let (asked, other) = (bench.tenant("customer5.example"), bench.tenant("customer6.example"));
    let request = token::refresh_request(&bench.config, &other.id, Scopes::CONSENTS, home.refresh_token.as_deref().unwrap(), None).unwrap();
    let reply = bench.post(&request, Some(&bench.config.origin));
    let judge = |tenant| {
        let expected = Expected {
            login_origin: &bench.config.login,
            client_id: &bench.config.client_id,
            nonce: Nonce::Renewed(None),
            tenant: Some(tenant),
            account: Some(&home.account),
            now: bench.now(),
        };
        token::judge(reply.status, &reply.body, &expected)
    };
    assert!(judge(&other.id).is_ok());
    assert!(matches!(judge(&asked.id), Err(TokenFault::IdToken(_))));
}
