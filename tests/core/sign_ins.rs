//! How long a sign-in lasts, what is kept of it, and ending all of them at once.

use crate::driver::{End, Trouble, Visit, violations};
use crate::support::{Bench, EVERYTHING};
use latchkey::domain::blueprint::{Blueprint, Credential};
use latchkey::domain::ids::{AccountKey, RunId};
use latchkey::domain::session::Person;
use latchkey::domain::time::Instant;
use latchkey::entra::cloud::{Config, ConfigFault};
use latchkey::entra::scopes::{Scope, Scopes};
use latchkey::entra::token::TokenFault;
use latchkey::graph::request::Method;
use latchkey::plan::record::{Purpose, RunRecord, RunState};
use latchkey::plan::{preview, undo};
use latchkey::store::sign_ins::{Sealed, is_key_of, is_key_over, key_name};
use latchkey::text::{faults, sessions};
use latchkey_emulator::Options;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn config(limits: Value) -> Result<Config, ConfigFault> {
    let mut file = json!({"cloud": "global", "clientId": "9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77", "redirectOrigin": "https://keys.example"});
    for (name, value) in limits.as_object().unwrap() {
        file[name] = value.clone();
    }
    Config::read(&file.to_string(), "global", "https://keys.example")
}

fn account(letter: char) -> AccountKey {
    let id = |last: char| format!("aaaaaaaa-0000-4000-8000-00000000000{last}");
    AccountKey::parse(&format!("{}.{}", id(letter), id('f'))).unwrap()
}

fn sealed(until: i64, taken: i64) -> Sealed {
    let (until, taken) = (Instant(until), Instant(taken));
    Sealed { account: account('1'), key: String::new(), generation: 0, until, taken, text: String::new() }
}

#[test]
fn t04_the_limits_come_from_the_configuration_and_are_checked() {
    let limits = config(json!({})).unwrap().limits;
    assert_eq!((limits.idle, limits.absolute), (15 * 60, 8 * 3600), "without a word of the host");
    let limits = config(json!({"idleMinutes": 1, "signedInHours": 24})).unwrap().limits;
    assert_eq!((limits.idle, limits.absolute), (60, 24 * 3600));
    for (name, value, least, most) in
        [("idleMinutes", 0, 1, 480), ("idleMinutes", 481, 1, 480), ("signedInHours", 25, 1, 24), ("signedInHours", -1, 1, 24)]
    {
        let fault = config(json!({ name: value })).unwrap_err();
        assert_eq!(fault, ConfigFault::OutOfRange { name, least, most });
        let said = faults::config(&fault);
        assert!(said.what.contains("time limit") && said.details_text().contains(name), "{said:?}");
    }
    for odd in [json!("15"), json!(1.5), json!([15])] {
        assert!(matches!(config(json!({ "idleMinutes": odd })), Err(ConfigFault::Unreadable(_))));
    }
}

#[test]
fn t04_the_limits_are_said_in_hours_and_minutes() {
    let said = sessions::how_long(15 * 60, 8 * 3600);
    assert!(said.contains("lasts 8 hours at most") && said.contains("After 15 minutes"), "{said}");
    assert!(sessions::locked_over(3600).contains("1 hour at most"));
    assert!(sessions::locked_idle(5400).contains("90 minutes"));
}

#[test]
fn f49_a_later_sign_in_is_newer_and_then_a_later_renewal() {
    assert!(sealed(2, 1).is_newer_than(&sealed(1, 9)), "another sign-in");
    assert!(sealed(2, 2).is_newer_than(&sealed(2, 1)), "another renewal");
    assert!(!sealed(2, 1).is_newer_than(&sealed(2, 1)), "the same");
    assert_eq!(Sealed::read(&serde_json::to_string(&sealed(2, 1)).unwrap()), Some(sealed(2, 1)));
    assert_eq!(Sealed::read("of another release"), None);
}

#[test]
fn t31_keys_are_known_by_account_and_end() {
    let name = key_name(&account('1'), Instant(1000), "random");
    assert!(is_key_of(&name, &account('1')) && !is_key_of(&name, &account('2')));
    assert!(is_key_over(&name, Instant(1000)) && !is_key_over(&name, Instant(999)));
    assert!(is_key_over("accounts", Instant(0)), "what another release made");
    assert_ne!(Sealed::context(&account('1'), 0), Sealed::context(&account('1'), 1), "of each generation its own");
}

/// The plan of a sign-out everywhere, of the administrator in their own tenant.
fn planned(bench: &Bench, account: &AccountKey) -> RunRecord {
    let tenant = bench.tenant("partner.example");
    let person = Person { key: account.clone(), name: "Avery".into(), username: "admin@partner.example".into(), home: tenant.id.clone() };
    let blueprint = Blueprint { name: person.username.clone(), credential: Credential::None, ..Blueprint::default() };
    let id = RunId::parse("5b0c6f0e-7c1d-4e7e-9f54-0a3d6f1c2b88").unwrap();
    let mut run = RunRecord::new(
        id,
        tenant,
        person,
        blueprint,
        vec![latchkey::plan::step::kinds::SignOutEverywhere {}.into()],
        BTreeMap::new(),
        bench.now(),
    );
    run.purpose = Purpose::SignOut;
    run
}

#[test]
fn t04_every_sign_in_is_ended_by_one_write_that_the_plan_shows() {
    let bench = Bench::start(Options::default());
    let tokens = bench.sign_in("admin@partner.example", EVERYTHING);
    let run = planned(&bench, &tokens.account);
    let shown = preview::request(&run, 0).expect("a request");
    assert_eq!((shown.method, shown.path.as_str(), shown.body.clone()), (Method::Post, "/me/revokeSignInSessions", None));
    assert_eq!(run.scopes().iter().map(Scope::name).collect::<Vec<_>>(), ["Directory.Read.All", "User.RevokeSessions.All"]);
    let mut visit = Visit::new(&bench, &tokens.access_token, run, bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Done));
    assert!(undo::steps(&visit.stored).is_empty(), "nothing brings sign-ins back");
    let writes = bench.control("GET", "/requests", &Value::Null);
    let writes = writes.as_array().unwrap().iter().filter(|entry| entry["path"] == "/v1.0/me/revokeSignInSessions").count();
    assert_eq!(writes, 1);
    assert!(violations(&bench).is_empty());
    let refused = bench.refresh(&tokens, &bench.tenant("partner.example").id, Scopes::SIGN_IN).err();
    assert!(matches!(&refused, Some(TokenFault::Refused(fault)) if fault.number == Some(50173)), "{refused:?}");
    // Whoever signs in anew is signed in.
    let again = bench.sign_in("admin@partner.example", EVERYTHING);
    assert!(bench.refresh(&again, &bench.tenant("partner.example").id, Scopes::SIGN_IN).is_ok());
}

#[test]
fn t04_an_answer_that_got_lost_is_looked_for_and_not_asked_for_twice() {
    let bench = Bench::start(Options::default());
    let tokens = bench.sign_in("admin@partner.example", EVERYTHING);
    let lose = json!({"match": {"method": "POST", "path": "/v1.0/me/revokeSignInSessions"}, "then": {"dropAfterApply": true}});
    bench.control("POST", "/faults", &lose);
    let mut visit = Visit::new(&bench, &tokens.access_token, planned(&bench, &tokens.account), bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Done));
    let requests = bench.control("GET", "/requests", &Value::Null);
    let writes = requests.as_array().unwrap().iter().filter(|entry| entry["path"] == "/v1.0/me/revokeSignInSessions").count();
    assert_eq!(writes, 1, "one write");
}
