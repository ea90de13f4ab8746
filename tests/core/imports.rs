//! What comes in a file or a link is data about the past: nothing of it is ever carried out. Hostile files are a real export with one
//! value of it changed.

use crate::driver::{End, Trouble, Visit, answers_with};
use crate::journal::app_session;
use crate::runs::{Scene, finish};
use crate::{accounts, runs};
use latchkey::domain::blueprint::Blueprint;
use latchkey::domain::certificate::PublicCertificate;
use latchkey::domain::ids::{ObjectId, RunId};
use latchkey::domain::origin::Origin;
use latchkey::domain::secret::Secret;
use latchkey::domain::session::{AppSession, Chip, ConnectionAccount, Session, SessionRecord, chip};
use latchkey::domain::time::Instant;
use latchkey::formats::document;
use latchkey::graph::answer::{Fault, Outcome};
use latchkey::graph::applications::{Application, TAG};
use latchkey::plan::backup::{self, Backup, BackupFault};
use latchkey::plan::engine::{Command, Engine, Event};
use latchkey::plan::live::{Difference, differences};
use latchkey::plan::record::{Need, RunRecord, RunState, StepRecord, StepState, Was};
use latchkey::plan::{preview, undo};
use latchkey::text;
use serde_json::{Value, json};
use std::sync::OnceLock;

const NOW: Instant = Instant(1_795_000_000_000);
/// An id that is nowhere in the export.
const FOREIGN: &str = "deadbeef-0000-4000-8000-00000000beef";
const SAID: &str = "https://jobs.example.com/answer";
const CONSENT: &str = "https://latchkey.example/consent";

fn with_id(record: RunRecord, id: &str) -> RunRecord {
    RunRecord { id: RunId::parse(id).unwrap(), ..record }
}

fn session(said: &RunRecord) -> AppSession {
    AppSession {
        name: said.blueprint.name.clone(),
        app_id: said.facts.app_id.clone().unwrap(),
        object_id: said.facts.application.clone().unwrap(),
        service_principal: said.facts.service_principal.clone(),
        run: Some(said.id.clone()),
        credential_ends: Some(Instant(1_810_000_000_000)),
        expected: Some(Blueprint { redirect_uris: vec![SAID.into()], ..said.blueprint.clone() }),
        credentials: Vec::new(),
        on_premises: None,
    }
}

/// What a browser exports: runs that are over, failed, and stopped in the middle, with what they made in a real tenant.
fn real_export() -> &'static str {
    static EXPORT: OnceLock<String> = OnceLock::new();
    EXPORT.get_or_init(|| {
        let scene = Scene::new("admin@partner.example");
        let now = scene.bench.now();
        let (done, _) = finish(&scene, scene.new_run(), Vec::new(), now);
        let was = Some(Was { name: done.blueprint.name.clone(), expected: Some(done.blueprint.clone()) });
        let done = RunRecord { was, ..done };
        let stopped = |run: RunRecord, effects: usize| {
            let mut visit = Visit::new(&scene.bench, &scene.token, run, scene.bench.now());
            assert_eq!(visit.run(Trouble { kill_after: Some(effects), ..Trouble::default() }), End::Killed);
            visit.stored
        };
        let half = stopped(with_id(accounts::new_run(&scene, accounts::calendar()), "11111111-3b7f-4f6e-8d21-90ab12cd34ef"), 14);
        let mut failed = stopped(with_id(accounts::new_run(&scene, accounts::connection()), "22222222-3b7f-4f6e-8d21-90ab12cd34ef"), 6);
        let at = failed.current().unwrap();
        failed.steps[at].state = StepState::Failed;
        failed.steps[at].fault = Some(Fault { code: "Authorization_RequestDenied".into(), ..Fault::default() });
        let of = |session: Session| {
            let record = SessionRecord { session, person: done.person.clone(), tenant: done.tenant.clone(), ..app_session() };
            SessionRecord { id: record.own_id(), ..record }
        };
        let account = ConnectionAccount {
            connector: "Backup connector".into(),
            upn: "svc-backup@partner.example".into(),
            object_id: ObjectId::parse(FOREIGN.replace("dead", "1ead").as_str()).unwrap(),
            roles: vec!["Exchange Administrator".into()],
            grants: vec!["Calendars.Read".into()],
            is_proved: true,
            since: NOW,
            replaced: None,
            before: None,
            run: done.id.clone(),
        };
        let sessions = vec![of(Session::App(session(&done))), of(Session::User), of(Session::Account(account))];
        backup::write(sessions, vec![done, half, failed], NOW)
    })
}

/// Every place of a JSON, as a pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    found.push(at.to_owned());
    for (name, value) in below {
        places(value, &format!("{at}/{name}"), found);
    }
}

/// Everything that can stand in the place of a value: another id, another name, another type, the words of this page's own records.
fn others(value: &Value) -> Vec<Value> {
    let words = ["here", "done", "running", "pending", "failed", "create", "undo", "check", "cleanUp", "app", "user"];
    let deep = (0..20).fold(json!("deep"), |inner, _| json!([inner]));
    let types = [json!(FOREIGN), json!(i64::MAX), json!(i64::MIN), json!(true), json!([]), json!({}), Value::Null, deep];
    let texts = [json!("Global Administrator\u{202e}"), json!(""), json!("x".repeat(10_000)), json!({"needsYou": "confirm"})];
    let for_text = value.is_string().then_some(texts).into_iter().flatten();
    let words = words.into_iter().filter(|_| value.is_string()).map(|word| json!(word));
    let numbers = [json!(u64::MAX), json!(0.5), json!(-1)].into_iter().filter(|_| value.is_number());
    let not = value.as_bool().map(|yes| json!(!yes));
    types.into_iter().chain(for_text).chain(words).chain(numbers).chain(not).filter(|other| other != value).collect()
}

fn every_event() -> Vec<Event> {
    let commands = [
        Command::Cancel,
        Command::Resume,
        Command::Retry,
        Command::Later,
        Command::CheckStatus,
        Command::AwaitConsent,
        Command::ShowSecret,
        Command::SavedSecret,
        Command::ReplaceSecret,
        Command::Confirm,
    ];
    let certificate = PublicCertificate {
        subject: "CN=x".into(),
        der: "AA==".into(),
        starts: 0,
        ends: 1,
        bits: 2048,
        sha1: String::new(),
        sha256: String::new(),
    };
    let mut events = vec![
        Event::Began,
        Event::Woke,
        Event::Stored,
        Event::StoreFailed,
        answers_with(vec![Outcome::Ok(json!({"id": FOREIGN, "appId": FOREIGN, "value": []}))]),
        Event::Answered(Vec::new()),
        Event::PasswordChosen(Secret::new("Lantern-0001-quay".into())),
        Event::Proved(ObjectId::parse(FOREIGN).unwrap()),
        Event::CertificateMade(Box::new(certificate)),
    ];
    events.extend(commands.map(Event::Chose));
    events.push(Event::Began);
    events
}

/// Asserts that a run does nothing, whatever happens to it, and that all that is said of it can be said.
fn assert_past(run: &RunRecord, context: &str) {
    assert_eq!(run.origin, Origin::Imported, "{context}");
    let mut engine = Engine::new(run.clone());
    for event in every_event() {
        assert!(engine.handle(event, NOW).is_empty(), "{context}: an effect");
    }
    assert_eq!(engine.record(), run, "{context}: changed");
    assert!(undo::steps(run).is_empty(), "{context}: an undo");
    assert!(text::evidence::write(run).contains("read from a file"), "{context}");
    let _ = (run.state(), run.scopes(), text::steps::heading(run), run.fault(), run.steps_over());
    for (at, step) in run.steps.iter().enumerate() {
        let _ = (text::steps::title(&step.step, &run.blueprint.name), text::steps::change(&step.step, &run.blueprint.name));
        let _ = (text::steps::note(step, NOW), text::steps::doing(&step.step), text::imported::step(step.state));
        let _ = preview::request(run, at);
    }
    // A new plan from it goes the way of any document.
    if let Ok(document) = document::read(&document::write(&document::of(&run.blueprint, &[], ""))) {
        assert!(latchkey::domain::name::check(&document.name).is_ok() || document.name.is_empty(), "{context}");
    }
}

fn assert_taken_as_past(backup: Backup, context: &str) {
    for session in &backup.sessions {
        assert_eq!((session.origin, &session.status, session.signed_in_until), (Origin::Imported, &None, None), "{context}");
        assert_eq!(session.id, session.own_id(), "{context}");
        assert!(session.last_used <= NOW, "{context}: stands before everything else");
        let said = chip(session, true, NOW);
        assert!(matches!(said, Chip::FromFile | Chip::SignInAgain), "{context}: {said:?}");
        let _ = text::sessions::title(session);
        if let Session::App(app) = &session.session {
            let at = app.credential_ends.unwrap_or(NOW);
            let end = text::calendar::End { id: app.app_id.to_string(), title: app.name.clone(), note: String::new(), at };
            assert!(text::calendar::write(&[end], NOW).contains("END:VCALENDAR"), "{context}");
            let _ = text::sessions::ends_soon(at.seconds_since(NOW));
        }
    }
    static PLAIN: OnceLock<Vec<RunRecord>> = OnceLock::new();
    let plain = PLAIN.get_or_init(|| backup::read(real_export(), NOW).unwrap().runs);
    for run in &backup.runs {
        assert_eq!(run.origin, Origin::Imported, "{context}");
        // What is as it was is looked at in a test of its own.
        if !plain.contains(run) {
            assert_past(run, context);
        }
        assert!(matches!(run.state(), RunState::Cancelled | RunState::Done | RunState::Undone), "{context}: it goes on");
    }
    // Taken on to a third browser, or read again from where this one keeps it, it is still the same.
    let stored: Vec<RunRecord> =
        backup.runs.iter().map(|run| serde_json::from_str(&serde_json::to_string(run).unwrap()).unwrap()).collect();
    assert_eq!(stored, backup.runs, "{context}");
    let again = backup::read(&backup::write(backup.sessions, backup.runs, NOW), NOW).unwrap();
    assert!(again.runs.iter().all(|run| run.origin == Origin::Imported), "{context}");
    assert!(again.sessions.iter().all(|session| session.origin == Origin::Imported), "{context}");
}

#[test]
fn t22_a_real_export_comes_back_to_be_read_and_nothing_else() {
    let backup = backup::read(real_export(), NOW).unwrap();
    assert_eq!((backup.sessions.len(), backup.runs.len()), (3, 3));
    let exported: Value = serde_json::from_str(real_export()).unwrap();
    assert!(exported["runs"].as_array().unwrap().iter().all(|run| run["origin"] == "here"), "the file says that they are of here");
    for run in &backup.runs {
        assert_past(run, "as it is");
    }
    assert_taken_as_past(backup, "as it is");
}

/// The export with one of its records alone, each; and with none.
fn one_by_one() -> Vec<Value> {
    let export: Value = serde_json::from_str(real_export()).unwrap();
    let with = |list: &str, record: Option<&Value>| {
        let mut one = export.clone();
        (one["sessions"], one["runs"]) = (json!([]), json!([]));
        one[list] = json!(Vec::from_iter(record));
        one
    };
    let records =
        ["sessions", "runs"].into_iter().flat_map(|list| export[list].as_array().unwrap().iter().map(move |record| (list, record)));
    std::iter::once(with("runs", None)).chain(records.map(|(list, record)| with(list, Some(record)))).collect()
}

#[test]
fn t22_no_value_of_a_real_export_can_be_changed_so_that_something_is_carried_out() {
    let (mut taken, mut refused) = (0, 0);
    for export in one_by_one() {
        let mut all = Vec::new();
        places(&export, "", &mut all);
        for place in &all {
            for other in others(export.pointer(place).unwrap()) {
                let mut hostile = export.clone();
                *hostile.pointer_mut(place).unwrap() = other.clone();
                let context = format!("{place} = {}", other.to_string().chars().take(60).collect::<String>());
                match backup::read(&hostile.to_string(), NOW) {
                    Ok(backup) => {
                        taken += 1;
                        assert_taken_as_past(backup, &context);
                    }
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(taken > 1000 && refused > 1000, "{taken} taken, {refused} refused");
}

#[test]
fn t22_no_member_that_is_added_or_left_out_makes_a_run_one_of_this_browser() {
    for export in one_by_one() {
        let mut all = Vec::new();
        places(&export, "", &mut all);
        for place in all.iter().filter(|place| export.pointer(place).unwrap().is_object()) {
            let names: Vec<String> = export.pointer(place).unwrap().as_object().unwrap().keys().cloned().collect();
            for name in names {
                let mut hostile = export.clone();
                hostile.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(&name);
                if let Ok(backup) = backup::read(&hostile.to_string(), NOW) {
                    assert_taken_as_past(backup, &format!("without {place}/{name}"));
                }
            }
            let mut hostile = export.clone();
            hostile.pointer_mut(place).unwrap().as_object_mut().unwrap().insert("origin".into(), json!("here"));
            if let Ok(backup) = backup::read(&hostile.to_string(), NOW) {
                assert_taken_as_past(backup, &format!("{place}/origin"));
            }
        }
    }
    // Twice, the second time as the attacker wants it.
    let twice = real_export().replace("\"origin\": \"here\"", "\"origin\": \"imported\", \"origin\": \"here\"");
    assert!(matches!(backup::read(&twice, NOW), Err(BackupFault::Unreadable { .. })));
}

/// The same against a tenant: whoever takes a run of a file for one of this browser and lets it run sends nothing.
#[test]
fn t22_an_imported_run_reaches_no_tenant() {
    let scene = Scene::new("admin@partner.example");
    let exported = backup::write(Vec::new(), vec![scene.new_run()], NOW);
    let mut run = backup::read(&exported, NOW).unwrap().runs.remove(0);
    let before = scene.bench.tenant_state(&scene.tenant.id);
    scene.bench.control("DELETE", "/requests", &Value::Null);
    // As if a fault had taken the stop out of it.
    run.cancelled = false;
    for step in &mut run.steps {
        step.state = StepState::Pending;
    }
    let mut engine = Engine::new(run.clone());
    assert!(every_event().into_iter().all(|event| engine.handle(event, scene.bench.now()).is_empty()));
    let mut visit = Visit::new(&scene.bench, &scene.token, run, scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Running));
    assert_eq!(visit.effects, 0);
    assert_eq!(scene.bench.tenant_state(&scene.tenant.id), before);
    assert_eq!(scene.bench.control("GET", "/requests", &Value::Null), json!([]));
    // The same run, made here, does what it says.
    finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
    assert_ne!(scene.bench.tenant_state(&scene.tenant.id), before);
}

/// Records of before the origin was noted may have come in a file.
#[test]
fn t22_a_stored_record_without_an_origin_is_read_and_not_carried_out() {
    let mut stored = serde_json::to_value(crate::journal::run()).unwrap();
    stored.as_object_mut().unwrap().remove("origin");
    let run: RunRecord = serde_json::from_value(stored).unwrap();
    assert_eq!(run.origin, Origin::Unknown);
    let mut engine = Engine::new(run.clone());
    assert!(every_event().into_iter().all(|event| engine.handle(event, NOW).is_empty()));
    let done = RunRecord { steps: vec![StepRecord { state: StepState::Done, ..run.steps[0].clone() }], ..run };
    assert!(undo::steps(&RunRecord { origin: Origin::Here, ..done.clone() }).is_empty(), "no application is known");
    let facts = latchkey::plan::record::Facts { application: ObjectId::parse(FOREIGN), ..done.facts.clone() };
    let made = RunRecord { facts, ..done };
    assert_eq!(undo::steps(&RunRecord { origin: Origin::Here, ..made.clone() }).len(), 1, "here it can be undone");
    assert!(undo::steps(&made).is_empty());
    let mut stored = serde_json::to_value(app_session()).unwrap();
    stored.as_object_mut().unwrap().remove("origin");
    let record: SessionRecord = serde_json::from_value(stored).unwrap();
    assert_eq!((record.origin, chip(&record, true, NOW)), (Origin::Unknown, Chip::NotChecked));
}

#[test]
fn t22_a_history_is_bounded_before_it_is_parsed() {
    let text = real_export();
    let long = format!("{text}{}", " ".repeat(backup::LONGEST));
    assert_eq!(backup::read(&long, NOW).unwrap_err(), BackupFault::TooLarge);
    let deep = format!("{{\"latchkey\": 1,\n\"sessions\": {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(backup::read(&deep, NOW).unwrap_err(), BackupFault::TooDeep { line: 2 });
    for fault in [BackupFault::TooLarge, BackupFault::TooDeep { line: 2 }, BackupFault::Unreadable { line: 3 }, BackupFault::Newer] {
        assert!(text::imported::fault(&fault).ends_with('.'));
    }
    assert_eq!(text::imported::fault(&BackupFault::TooLarge), "This file is larger than 32 MB, so it was not opened.");
}

/// The application of a tenant, as a read shows it.
fn live(said: &AppSession, uris: &[&str]) -> Application {
    serde_json::from_value(json!({"id": said.object_id.as_str(), "appId": said.app_id.as_str(), "displayName": "Nightly report",
        "tags": [TAG], "web": {"redirectUris": uris}}))
    .unwrap()
}

#[test]
fn t11_an_imported_app_session_must_be_what_the_tenant_has() {
    let backup = backup::read(real_export(), NOW).unwrap();
    let Session::App(said) = &backup.sessions[0].session else { panic!("an App session") };
    let principal = said.service_principal.as_ref();
    let found = |said: &AppSession, live: Option<&Application>| differences(said, live, principal, CONSENT);
    let there = live(said, &[SAID]);
    assert_eq!(found(said, Some(&there)), []);
    assert_eq!(found(said, Some(&live(said, &[SAID, CONSENT]))), [], "our consent page comes and goes");
    assert_eq!(found(said, None), [Difference::NotThere]);
    let foreign = ObjectId::parse(FOREIGN).unwrap();
    let other = Application { id: foreign.clone(), ..there.clone() };
    assert_eq!(found(said, Some(&other)), [Difference::OtherObject { here: foreign.clone() }]);
    assert_eq!(found(said, Some(&Application { tags: vec!["other".into()], ..there.clone() })), [Difference::NotTagged]);
    assert_eq!(differences(said, Some(&there), None, CONSENT), [Difference::OtherPrincipal]);
    assert_eq!(differences(said, Some(&there), Some(&foreign), CONSENT), [Difference::OtherPrincipal]);
    let evil = "https://evil.example/take";
    assert_eq!(found(said, Some(&live(said, &[evil]))), [Difference::RedirectUris { gone: vec![SAID.into()], new: vec![evil.into()] }]);
    let stranger = AppSession { app_id: latchkey::domain::ids::AppId::parse(FOREIGN).unwrap(), ..said.clone() };
    assert_eq!(found(&stranger, Some(&there)), [Difference::NotThere], "an answer about another application counts for nothing");
    for difference in found(said, Some(&live(said, &[evil]))) {
        assert!(text::imported::difference(&difference, "Contoso").contains(evil), "what differs is said");
    }
}

/// Each id that names an object of the tenant, changed alone.
#[test]
fn t11_no_id_of_an_imported_app_session_can_be_another_one() {
    let export: Value = serde_json::from_str(real_export()).unwrap();
    let said: AppSession = serde_json::from_value(export["sessions"][0]["session"].clone()).unwrap();
    let there = live(&said, &[SAID]);
    for name in ["appId", "objectId", "servicePrincipal"] {
        let mut changed = export["sessions"][0]["session"].clone();
        changed[name] = json!(FOREIGN);
        let changed: AppSession = serde_json::from_value(changed).unwrap();
        assert_eq!(differences(&changed, Some(&there), said.service_principal.as_ref(), CONSENT).len(), 1, "{name}");
    }
}

/// A consent link for customers is in the words of this browser's record: the registration must still be as those words say.
#[test]
fn t11_customers_are_asked_only_for_what_the_tenant_has() {
    let run = runs::permission(
        runs::GRAPH,
        "Microsoft Graph",
        "df021288-bdef-4463-88db-98f22de89214",
        latchkey::domain::permission::PermissionKind::Application,
        "User.Read.All",
    );
    let expected = Blueprint { permissions: vec![run], redirect_uris: vec![SAID.into()], ..Blueprint::default() };
    let known = AppSession { expected: Some(expected.clone()), ..session(&real_run()) };
    let asked = |change: &dyn Fn(&mut Value)| {
        let mut body = json!({"id": known.object_id.as_str(), "appId": known.app_id.as_str(), "displayName": "x", "tags": [TAG],
            "signInAudience": "AzureADMultipleOrgs", "web": {"redirectUris": [SAID]}, "requiredResourceAccess": [{"resourceAppId": runs::GRAPH,
            "resourceAccess": [{"id": "df021288-bdef-4463-88db-98f22de89214", "type": "Role"}]}]});
        change(&mut body);
        serde_json::from_value::<Application>(body).unwrap().is_asked_for(&known, &expected, SAID)
    };
    assert!(asked(&|_| {}));
    assert!(!asked(&|body| body["id"] = json!(FOREIGN)));
    assert!(!asked(&|body| body["appId"] = json!(FOREIGN)));
    assert!(!asked(&|body| body["tags"] = json!([])));
    assert!(!asked(&|body| body["signInAudience"] = json!("AzureADMyOrg")));
    assert!(!asked(&|body| body["web"]["redirectUris"] = json!(["https://evil.example/take"])));
    assert!(
        !asked(&|body| body["requiredResourceAccess"][0]["resourceAccess"][0]["type"] = json!("Scope")),
        "a permission that the words leave out"
    );
}

fn real_run() -> RunRecord {
    backup::read(real_export(), NOW).unwrap().runs.remove(0)
}

#[test]
fn t22_a_need_of_a_person_in_a_file_asks_for_nothing() {
    let mut run = real_run();
    for need in [Need::Consent, Need::MakeSecret, Need::Confirm, Need::ChoosePassword, Need::Finish, Need::SignIn] {
        run.steps[0].state = StepState::NeedsYou(need);
        assert_eq!(text::imported::step(run.steps[0].state), "Not done");
        assert_past(&run, &format!("{need:?}"));
    }
}

#[test]
fn t13_beside_each_consent_link_stands_what_is_asked_by_whom_and_where() {
    use latchkey::domain::permission::PermissionKind;
    use latchkey::text::consent::{Brief, facts, message};
    let run = crate::journal::run();
    let permissions = [
        runs::permission(runs::GRAPH, "Microsoft Graph", "a", PermissionKind::Application, "RoleManagement.ReadWrite.Directory"),
        runs::permission(runs::GRAPH, "Microsoft Graph", "b", PermissionKind::Delegated, "User.Read"),
    ];
    let client = latchkey::domain::ids::AppId::parse(FOREIGN).unwrap();
    let brief = Brief {
        name: "Nightly report",
        client: &client,
        tenant: &run.tenant,
        permissions: &permissions,
        asker: "Ada Admin (ada@contoso.com)",
        login: "https://login.microsoftonline.com",
    };
    let said = facts(&brief);
    let names: Vec<&str> = said.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["Application", "Application (client) ID", "Publisher", "Tenant", "Permissions", "Who asks", "Ends", "Where it leads"]
    );
    assert!(said.iter().all(|(_, values)| !values.is_empty() && values.iter().all(|value| !value.is_empty())));
    let link = "https://login.microsoftonline.com/x/v2.0/adminconsent";
    let text = message(&brief, link);
    for part in [
        "Nightly report",
        FOREIGN,
        "verified",
        "Contoso · contoso.com · 8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60",
        "RoleManagement.ReadWrite.Directory (application) of Microsoft Graph (critical risk)",
        "User.Read (delegated) of Microsoft Graph (low risk)",
        "Ada Admin (ada@contoso.com)",
        "no end of its own",
        "https://login.microsoftonline.com/.",
        link,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

/// Names of a file are as plain as those of an answer: what hides in them is marked, and none is without an end.
#[test]
fn t39_what_hides_in_the_texts_of_a_file_is_marked_and_long_names_end() {
    let mut run = crate::journal::run();
    run.tenant.name = "Con\u{202e}toso\u{200b}".into();
    run.person.username = "a".repeat(300_000);
    run.blueprint.name = "Nightly \u{2066}report".into();
    let text = backup::write(vec![crate::journal::app_session()], vec![run], Instant(1_795_000_000_000));
    let read = backup::read(&text, Instant(1_795_000_000_000)).unwrap();
    let [run] = &read.runs[..] else { panic!("one run") };
    assert_eq!(run.tenant.name, "Con⟨U+202E⟩toso⟨U+200B⟩");
    assert_eq!(run.blueprint.name, "Nightly ⟨U+2066⟩report");
    assert_eq!(run.person.username.len(), 256);
    assert_eq!(read.sessions[0].tenant.name, "Contoso");
}
