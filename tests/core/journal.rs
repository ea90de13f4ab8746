//! Stored records: their shapes are pinned, and none holds what must not be stored.

use latchkey::domain::blueprint::Blueprint;
use latchkey::domain::ids::{AccountKey, AppId, ObjectId, RunId, Tenant, TenantId};
use latchkey::domain::origin::Origin;
use latchkey::domain::session::{AppSession, CheckedStatus, Chip, Person, Session, SessionRecord, chip};
use latchkey::domain::time::Instant;
use latchkey::plan::preview;
use latchkey::plan::record::RunRecord;
use latchkey::plan::step::StepKind;
use latchkey::plan::step::kinds::{AddSecret, CreateApplication, CreateServicePrincipal};
use latchkey::store::memory::MemoryStore;
use latchkey::store::{Shelf, Store};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a store in memory never waits"),
    }
}

fn person() -> Person {
    let (uid, home) = (
        ObjectId::parse("48d31887-5fad-4d73-a9f5-3c356e68a038").unwrap(),
        TenantId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").unwrap(),
    );
    Person { key: AccountKey::new(&uid, &home), name: "Ada Admin".into(), username: "ada@contoso.com".into(), home }
}

fn tenant() -> Tenant {
    Tenant { id: person().home, name: "Contoso".into(), domain: "contoso.com".into() }
}

pub fn run() -> RunRecord {
    let steps = vec![CreateApplication {}.into(), CreateServicePrincipal {}.into(), AddSecret { days: 180 }.into()];
    let blueprint = Blueprint { name: "Nightly report".into(), ..Blueprint::default() };
    RunRecord::new(
        RunId::parse("7f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef").unwrap(),
        tenant(),
        person(),
        blueprint,
        steps,
        BTreeMap::new(),
        Instant(1_795_000_000_000),
    )
}

pub fn app_session() -> SessionRecord {
    let app_id = AppId::parse("9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77").unwrap();
    let found = AppSession {
        name: "Nightly report".into(),
        app_id: app_id.clone(),
        object_id: ObjectId::parse("2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11").unwrap(),
        service_principal: None,
        run: Some(run().id),
        credential_ends: Some(Instant(1_810_000_000_000)),
        expected: None,
        credentials: Vec::new(),
        on_premises: None,
    };
    let id = SessionRecord::id_of(&person().key, &tenant().id, Some(&app_id));
    SessionRecord {
        id,
        person: person(),
        tenant: tenant(),
        session: Session::App(found),
        favourite: true,
        last_used: Instant(1_795_000_000_000),
        signed_in_until: None,
        status: None,
        origin: Origin::Here,
    }
}

#[test]
fn the_shapes_of_stored_records_are_pinned() {
    insta::assert_json_snapshot!("run_record", run());
    insta::assert_json_snapshot!("session_record", app_session());
}

/// What serde says that a name could be: all that a stored record may hold, in the order of the code.
fn names_of<T: serde::de::DeserializeOwned>(value: &serde_json::Value) -> String {
    serde_json::from_value::<T>(value.clone()).err().expect("no such name").to_string()
}

/// The names under which steps and states are stored: one that is changed would make a stored run unreadable.
#[test]
fn the_names_of_stored_steps_are_pinned() {
    use latchkey::plan::record::{Need, Purpose, Seen, StepState};
    use latchkey::plan::step::kinds::find_deleted::Deleted;
    use serde_json::json;
    let names = [
        ("steps", StepKind::NAMES.join(", ")),
        ("of the check", names_of::<Deleted>(&json!({"of": "?"}))),
        ("purposes", names_of::<Purpose>(&json!("?"))),
        ("states", names_of::<StepState>(&json!("?"))),
        ("needs", names_of::<Need>(&json!("?"))),
        ("answers", names_of::<Seen>(&json!({"came": "?"}))),
    ];
    let text: Vec<String> = names.iter().map(|(of, names)| format!("{of}: {}", names.split("expected ").last().unwrap())).collect();
    insta::assert_snapshot!("names_of_steps", text.join("\n"));
}

/// Runs as each release stored them go on being read; what can't be read is told apart, not taken for another.
#[test]
fn a_stored_run_is_read_or_told_apart() {
    let json = serde_json::to_value(run()).unwrap();
    assert_eq!(RunRecord::read_stored(&json.to_string()), Some(run()));
    let with = |path: &str, value: serde_json::Value| {
        let mut json = json.clone();
        *json.pointer_mut(path).unwrap() = value;
        json.to_string()
    };
    for unread in [
        with("/schema", serde_json::json!(2)),
        with("/steps/0/step/kind", serde_json::json!("composeSymphony")),
        with("/steps/0/state", serde_json::json!("asleep")),
        with("/purpose", serde_json::json!("conquer")),
        "{}".into(),
        String::new(),
    ] {
        assert_eq!(RunRecord::read_stored(&unread), None, "{unread}");
    }
}

#[test]
fn a_record_comes_back_as_it_was() {
    let json = serde_json::to_string(&run()).unwrap();
    assert_eq!(serde_json::from_str::<RunRecord>(&json).unwrap(), run());
    let json = serde_json::to_string(&app_session()).unwrap();
    assert_eq!(serde_json::from_str::<SessionRecord>(&json).unwrap(), app_session());
    for broken in ["", "{}", "[]", "null", &json[..json.len() - 2]] {
        assert!(serde_json::from_str::<SessionRecord>(broken).is_err(), "{broken}");
    }
}

#[test]
fn the_store_in_memory_keeps_the_contract() {
    let store = MemoryStore::default();
    now_or_never(async {
        store.put(Shelf::Runs, "a", "1").await.unwrap();
        store.put(Shelf::Runs, "a", "2").await.unwrap();
        store.put(Shelf::Sessions, "a", "3").await.unwrap();
        assert_eq!(store.get(Shelf::Runs, "a").await.unwrap().as_deref(), Some("2"));
        assert_eq!(store.all(Shelf::Runs).await.unwrap(), ["2"]);
        store.delete(Shelf::Runs, "a").await.unwrap();
        assert_eq!(store.get(Shelf::Runs, "a").await.unwrap(), None);
        assert_eq!(store.all(Shelf::Sessions).await.unwrap(), ["3"]);
        store.clear().await.unwrap();
        assert!(store.all(Shelf::Sessions).await.unwrap().is_empty());
    });
}

#[test]
fn chips_say_what_is_so() {
    let now = Instant(1_795_000_000_000);
    let user = |seconds: i64| SessionRecord { session: Session::User, signed_in_until: Some(now.plus_seconds(seconds)), ..app_session() };
    assert_eq!(chip(&user(20 * 3600), true, now), Chip::Valid);
    assert_eq!(chip(&user(3 * 3600 + 60), true, now), Chip::ExpiresInHours(3));
    assert_eq!(chip(&user(600), true, now), Chip::ExpiresInMinutes(10));
    assert_eq!(chip(&user(600), false, now), Chip::SignInAgain);
    assert_eq!(chip(&user(-1), true, now), Chip::SignInAgain);
    let checked =
        |missing, gone| SessionRecord { status: Some(CheckedStatus { at: now, missing_permissions: missing, gone }), ..app_session() };
    assert_eq!(chip(&app_session(), true, now), Chip::NotChecked, "nothing is claimed that was not read");
    assert_eq!(chip(&checked(0, false), true, now), Chip::Valid);
    assert_eq!(chip(&checked(2, false), true, now), Chip::PermissionsMissing(2));
    assert_eq!(chip(&checked(0, true), true, now), Chip::Gone);
    assert_eq!(chip(&checked(0, false), true, Instant(1_811_000_000_000)), Chip::SecretExpired);
}

#[test]
fn the_request_that_is_shown_is_the_one_that_is_sent() {
    let record = run();
    let shown: Vec<String> = (0..record.steps.len())
        .map(|at| preview::readable(&preview::request(&record, at).expect("a request").to_text("https://graph.microsoft.com")))
        .collect();
    insta::assert_snapshot!("previews", shown.join("\n\n---\n\n"));
}

#[test]
fn the_consent_link_is_microsofts_and_nothing_else_can_choose_it() {
    let file = r#"{"cloud":"global","clientId":"5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef","redirectOrigin":"https://latchkey.example"}"#;
    let config = latchkey::entra::cloud::Config::read(file, "global", "https://latchkey.example").unwrap();
    let app = AppId::parse("9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77").unwrap();
    let link = latchkey::entra::consent::link(&config, Some(&tenant().id), &app, Some("s1")).unwrap();
    insta::assert_snapshot!("consent_link", link.as_str());
}

#[test]
fn t07_t29_a_configuration_for_elsewhere_turns_sign_in_off() {
    use latchkey::entra::cloud::{Config, ConfigFault};
    let file = |cloud: &str, origin: &str, login: &str| {
        format!(
            r#"{{"cloud":"{cloud}","clientId":"5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef","redirectOrigin":"{origin}","loginOrigin":"{login}","graphOrigin":"{login}"}}"#
        )
    };
    assert_eq!(Config::read(&file("global", "https://a.example", ""), "emulator", "https://a.example"), Err(ConfigFault::OtherCloud));
    assert!(matches!(
        Config::read(&file("global", "https://a.example", ""), "global", "https://b.example"),
        Err(ConfigFault::OtherOrigin { .. })
    ));
    assert_eq!(
        Config::read(&file("emulator", "https://a.example", "http://localhost:1"), "emulator", "https://a.example"),
        Err(ConfigFault::EmulatorElsewhere)
    );
    assert_eq!(
        Config::read(&file("emulator", "http://localhost:1", "https://evil.example"), "emulator", "http://localhost:1"),
        Err(ConfigFault::EmulatorElsewhere)
    );
    let stolen = Config::read(&file("global", "https://a.example", "https://evil.example"), "global", "https://a.example").unwrap();
    assert_eq!(stolen.login, "https://login.microsoftonline.com", "a file can't choose the hosts of a cloud");
}

/// One step of each kind, as it is stored: read, and written back the same.
#[test]
fn steps_of_every_kind_are_read_and_written_as_they_are_stored() {
    let all: Vec<serde_json::Value> = serde_json::from_str(include_str!("stored/steps.json")).unwrap();
    for stored in all {
        let step: StepKind = serde_json::from_value(stored.clone()).unwrap_or_else(|error| panic!("{stored}: {error}"));
        assert_eq!(serde_json::to_value(&step).unwrap(), stored);
    }
}
