//! Tokens in several tenants, and what the token endpoint refuses.

use crate::support::Bench;
use latchkey::entra::fault::Remedy;
use latchkey::entra::scopes::Feature;
use latchkey::entra::token::TokenFault;
use latchkey_emulator::Options;
use serde_json::json;

fn bench() -> Bench {
    Bench::start(Options { customers: 120, ..Options::default() })
}

#[test]
fn a_technician_gets_a_token_in_a_customer_tenant_and_has_no_oid_there() {
    let bench = bench();
    let home = bench.sign_in("tech@partner.example", Feature::SignIn);
    assert_eq!(home.claims.roles, ["AppSessions.Access"]);
    let customer = bench.tenant("customer5.example");
    let there = bench.refresh(&home, &customer.id, Feature::AppSessions).expect("tokens");
    assert_eq!((there.claims.oid, there.claims.tenant), (None, customer.id));
    assert_eq!(there.account, home.account, "the same person");
}

#[test]
fn each_refusal_of_a_tenant_is_told_apart() {
    let bench = bench();
    let refused = |upn: &str, domain: &str| {
        let home = bench.sign_in(upn, Feature::SignIn);
        match bench.refresh(&home, &bench.tenant(domain).id, Feature::AppSessions) {
            Err(TokenFault::Refused(fault)) => fault,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("{domain} gave tokens"),
        }
    };
    let no_access = refused("reader@partner.example", "customer5.example");
    assert_eq!((no_access.number, no_access.remedy()), (Some(50020), Remedy::SignIn));
    let gone = refused("tech@partner.example", "customer111.example");
    assert_eq!(gone.number, Some(5_000_224));
    let blocked = refused("tech@partner.example", "fresh.example");
    assert_eq!(blocked.number, Some(50020));
}

#[test]
fn a_sign_in_ends_after_a_day_whatever_renewals_happened() {
    let bench = bench();
    let home = bench.sign_in("tech@partner.example", Feature::SignIn);
    let tenant = home.home.clone();
    let renewed = bench.refresh(&home, &tenant, Feature::Partner).expect("tokens");
    assert!(renewed.refresh_expires_in <= 86_400);
    bench.control("POST", "/clock", &json!({"advanceSeconds": 86_400}));
    match bench.refresh(&renewed, &tenant, Feature::Partner) {
        Err(TokenFault::Refused(fault)) => assert_eq!((fault.number, fault.remedy()), (Some(700_084), Remedy::SignIn)),
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
    let home = bench.sign_in("tech@partner.example", Feature::SignIn);
    let request =
        latchkey::entra::token::refresh_request(&bench.config, &tenant.id, Feature::SignIn, home.refresh_token.as_deref().unwrap())
            .unwrap();
    let without_origin = bench.post(&request, None);
    assert!(String::from_utf8_lossy(&without_origin.body).contains("AADSTS9002327"));
}
