//! How a run meets what Graph may answer: waits, conflicts, refusals, damaged answers, and others who work in the same tenant.

use crate::driver::{End, Trouble, Visit, answers_with, violations};
use crate::runs::{GRAPH, Scene, finish, permission};
use latchkey::domain::blueprint::{Blueprint, Credential};
use latchkey::domain::ids::AppId;
use latchkey::domain::permission::{Catalogue, PermissionKind};
use latchkey::domain::time::Instant;
use latchkey::graph::answer::{Answer, Fault, Outcome, judge};
use latchkey::graph::request::GraphRequest;
use latchkey::graph::service_principals::{self, Resource};
use latchkey::graph::{applications, batch};
use latchkey::plan::engine::{Command, Effect, Engine, Event, PATIENCE};
use latchkey::plan::observed::Adoption;
use latchkey::plan::preflight::{self, Obstacle};
use latchkey::plan::record::{Need, RunRecord, RunState, StepState};
use latchkey::plan::step::StepKind;
use latchkey::plan::step::kinds::{Consent, CreateApplication};
use latchkey::plan::undo;
use latchkey::text::faults;
use serde_json::{Value, json};

fn scene() -> Scene {
    Scene::new("admin@partner.example")
}

/// A run of one step, which makes an app registration.
fn one_step(scene: &Scene) -> Engine {
    let mut run = scene.new_run();
    run.steps.truncate(1);
    Engine::new(run)
}

/// The same, with its write under way.
fn begun(scene: &Scene) -> (Engine, Instant) {
    let (mut engine, now) = (one_step(scene), scene.bench.now());
    let _ = engine.handle(Event::Began, now);
    assert!(is_write(&engine.handle(Event::Stored, now)), "the first write");
    (engine, now)
}

fn sent(effects: &[Effect]) -> Option<&Vec<GraphRequest>> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send(requests) => Some(requests),
        _ => None,
    })
}

fn is_write(effects: &[Effect]) -> bool {
    sent(effects).is_some_and(|requests| requests.iter().any(GraphRequest::is_write))
}

fn is_read(effects: &[Effect]) -> bool {
    sent(effects).is_some_and(|requests| !requests.iter().any(GraphRequest::is_write))
}

fn leaves(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Send(_) | Effect::Intend))
}

fn wakes_at(effects: &[Effect]) -> Option<Instant> {
    effects.iter().find_map(|effect| match effect {
        Effect::WakeAt(until) => Some(*until),
        _ => None,
    })
}

fn throttled(seconds: Option<i64>) -> Event {
    Event::Answered(vec![(Outcome::Throttled { seconds, fault: Fault { status: 429, ..Fault::default() } }, None)])
}

fn answered(status: u16, is_write: bool, now: Instant) -> Event {
    let answer = Answer { status, request_id: None, retry_after: None, claims: None, body: Value::Null };
    Event::Answered(vec![(judge(answer, is_write, now), None)])
}

/// Whatever is pressed, and whoever opens the run anew: nothing leaves before the moment that Microsoft named.
#[test]
fn f09_no_button_and_no_new_visit_sends_before_the_announced_time() {
    let scene = scene();
    let (mut engine, now) = begun(&scene);
    let told = now.plus_seconds(17);
    assert_eq!(wakes_at(&engine.handle(throttled(Some(17)), now)), Some(told));
    for (second, command) in
        [Command::CheckStatus, Command::Retry, Command::Cancel, Command::Resume, Command::CheckStatus].into_iter().enumerate()
    {
        let at = now.plus_seconds(i64::try_from(second).unwrap() + 1);
        let effects = engine.handle(Event::Chose(command), at);
        assert!(!leaves(&effects), "{command:?} sends early");
    }
    let mut anew = Engine::new(engine.record().clone());
    let effects = anew.handle(Event::Began, now.plus_seconds(9));
    assert!(!leaves(&effects) && wakes_at(&effects) == Some(told), "a new visit keeps the moment");
    assert!(!leaves(&anew.handle(Event::Woke, now.plus_seconds(16))));
    assert!(leaves(&anew.handle(Event::Woke, told)));
}

/// More than five minutes are not waited for unasked; who then asks waits as long as Microsoft said.
#[test]
fn f10_a_wait_of_a_day_asks_the_person() {
    let scene = scene();
    let (mut engine, now) = begun(&scene);
    let effects = engine.handle(throttled(Some(86_400)), now);
    assert!(!leaves(&effects) && wakes_at(&effects).is_none());
    assert_eq!(engine.record().state(), RunState::NeedsYou);
    let step = engine.record().steps[0].clone();
    assert_eq!(step.state, StepState::NeedsYou(Need::NotYet));
    assert!(latchkey::text::steps::note(&step, now).contains("Microsoft asks to wait 24 h"), "{}", latchkey::text::steps::note(&step, now));
    let effects = engine.handle(Event::Chose(Command::CheckStatus), now.plus_seconds(60));
    assert!(!leaves(&effects) && wakes_at(&effects) == Some(now.plus_seconds(86_400)));
    assert_eq!(engine.record().state(), RunState::Waiting);
    assert!(leaves(&engine.handle(Event::Woke, now.plus_seconds(86_400))));
}

#[test]
fn f11_throttling_without_a_time_is_met_with_growing_waits_and_ends_with_words() {
    let scene = scene();
    let (mut engine, mut now) = begun(&scene);
    let began = now;
    let mut waits = Vec::new();
    loop {
        let effects = engine.handle(throttled(None), now);
        let Some(until) = wakes_at(&effects) else { break };
        waits.push(until.seconds_since(now));
        now = until;
        let mut effects = engine.handle(Event::Woke, now);
        if effects.iter().any(|effect| matches!(effect, Effect::Intend)) {
            effects = engine.handle(Event::Stored, now);
        }
        assert!(leaves(&effects));
        assert!(waits.len() < 60, "it ends");
    }
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
    assert!(waits[0] >= 1 && waits.iter().all(|wait| *wait <= 60) && *waits.last().unwrap() >= 30, "{waits:?}");
    assert!(now.seconds_since(began) <= PATIENCE + 60);
    assert_eq!(engine.record().steps[0].state, StepState::NeedsYou(Need::NotYet));
}

/// 503 and 504 of a read are waited for and read again; of a write they say nothing, so a look comes first.
#[test]
fn f12_an_outage_of_a_read_is_repeated_and_of_a_write_is_looked_into() {
    for status in [503, 504] {
        let scene = scene();
        let (mut engine, now) = begun(&scene);
        let until = wakes_at(&engine.handle(answered(status, true, now), now)).expect("a wait");
        let look = engine.handle(Event::Woke, until);
        assert!(is_read(&look), "{status}: what became of the write is looked at first");
        let until = wakes_at(&engine.handle(answered(status, false, until), until)).expect("a wait");
        assert!(is_read(&engine.handle(Event::Woke, until)), "{status}: the look is repeated");
    }
}

/// A tenant whose replicas are far behind: each thing is made once, and nothing is called failed on the way.
#[test]
fn f15_f16_what_was_just_made_is_waited_for_and_made_once() {
    let scene = Scene::slow("admin@partner.example", crate::support::EVERYTHING, 25_000);
    scene.bench.control("DELETE", "/requests", &Value::Null);
    let (record, _) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
    let log = scene.bench.control("GET", "/requests", &Value::Null);
    let writes: Vec<(String, u64)> = log
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["method"] != "GET" && entry["path"] != "/v1.0/$batch")
        .map(|entry| (entry["path"].as_str().unwrap().to_owned(), entry["status"].as_u64().unwrap()))
        .collect();
    let made = writes.iter().filter(|(_, status)| (200..300).contains(status)).count();
    assert_eq!(made, record.steps.len(), "{writes:?}");
    assert!(writes.iter().any(|(_, status)| *status >= 400), "something was refused for being too new: {writes:?}");
    assert!(record.steps.iter().all(|step| step.state == StepState::Done), "{:?}", record.steps);
}

/// What is built on a young object is tried again for ten minutes, and then asked about.
#[test]
fn f16_a_refusal_for_something_new_waits_and_then_asks() {
    let scene = scene();
    let (mut engine, began) = begun(&scene);
    let refused = |message: &str| {
        let body = json!({"error": {"code": "Request_BadRequest", "message": message}});
        judge(Answer { status: 400, request_id: None, retry_after: None, claims: None, body }, true, began)
    };
    for message in [
        "The appId 'x' of the service principal does not reference a valid application object.",
        "Resource 'x' does not exist or one of its queried reference-property objects are not present.",
        "Not a valid reference update",
    ] {
        assert!(matches!(refused(message), Outcome::NotYet(_)), "{message}");
    }
    let mut now = began;
    while let Some(until) = wakes_at(&engine.handle(answers_with(vec![refused("Not a valid reference update")]), now)) {
        assert_eq!(engine.record().state(), RunState::Waiting);
        now = until;
        let look = engine.handle(Event::Woke, now);
        if is_read(&look) {
            let missing = Outcome::NotFound(Fault { status: 404, ..Fault::default() });
            let effects = engine.handle(answers_with(vec![missing]), now);
            assert!(effects.iter().any(|effect| matches!(effect, Effect::Intend)), "it is written again");
        }
        assert!(is_write(&engine.handle(Event::Stored, now)));
    }
    assert!(now.seconds_since(began) > PATIENCE, "{}", now.seconds_since(began));
    assert_eq!(engine.record().steps[0].state, StepState::NeedsYou(Need::NotYet), "asked, not failed");
}

fn conflict(scene: &Scene) {
    let body = json!({"error": {"code": "Request_BadRequest", "message": "Another object with the same value for property uniqueName already exists."}});
    scene.bench.control(
        "POST",
        "/faults",
        &json!({"match": {"origin": "graph", "method": "PATCH", "path": "/v1.0/applications(uniqueName='*')"}, "then": {"status": 400, "body": body}, "times": 1}),
    );
}

fn plant_named(scene: &Scene, extra: &Value) {
    let mut object = json!({"type": "application", "id": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11", "displayName": "Nightly report",
        "uniqueName": "latchkey-7f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef", "signInAudience": "AzureADMyOrg"});
    object.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    scene.bench.control("POST", "/directory", &json!({"tenant": "partner.example", "objects": [object]}));
}

fn named(scene: &Scene) -> Vec<Value> {
    let state = scene.bench.tenant_state(&scene.tenant.id);
    state["applications"].as_array().unwrap().iter().filter(|app| app["displayName"] == "Nightly report").cloned().collect()
}

fn failure(record: &RunRecord) -> (&StepKind, &Fault) {
    let step = record.steps.iter().find(|step| step.state == StepState::Failed).expect("a step failed");
    (&step.step, step.fault.as_ref().unwrap())
}

/// A run that made its app registration, and never heard of it, goes on with that one.
#[test]
fn f17_a_unique_name_of_our_own_is_gone_on_with() {
    let scene = scene();
    plant_named(&scene, &json!({"tags": ["latchkey"]}));
    conflict(&scene);
    let (record, _) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
    assert_eq!(
        record.facts.application.as_ref().map(latchkey::domain::ids::ObjectId::as_str),
        Some("2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11")
    );
    assert_eq!(named(&scene).len(), 1);
    assert_eq!(record.steps[0].attempts, 1);
}

/// What has the name and not our tag is left as it is, and said; pressing Retry makes nothing of it.
#[test]
fn f17_a_unique_name_of_another_is_left_alone_and_told() {
    let scene = scene();
    plant_named(&scene, &json!({"tags": ["theirs"]}));
    let before = named(&scene);
    conflict(&scene);
    let mut visit = Visit::new(&scene.bench, &scene.token, scene.new_run(), scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Failed));
    let (step, fault) = failure(&visit.stored);
    assert_eq!((step, fault.code.as_str()), (&CreateApplication {}.into(), "UniqueNameTaken"));
    let notice = faults::graph(fault, "Creating the app registration", &[]);
    assert!(notice.what.contains("unique name") && notice.next.contains("Start again"), "{notice:?}");
    let mut engine = Engine::new(visit.stored.clone());
    let _ = engine.handle(Event::Began, visit.clock);
    assert!(is_read(&engine.handle(Event::Chose(Command::Retry), visit.clock)), "it looks, and writes nothing");
    assert_eq!(named(&scene), before);
    assert!(!undo::steps(&visit.stored).iter().any(|(_, step)| step.deletes().is_some()), "nothing of others is deleted");
}

/// The name is held by what lies among the deleted items: said at once, never tried for ten minutes, and gone on with once it is restored.
#[test]
fn f18_a_unique_name_among_the_deleted_items_is_found_there() {
    let scene = scene();
    plant_named(&scene, &json!({"tags": ["latchkey"], "deleted": true}));
    scene.bench.control("DELETE", "/requests", &Value::Null);
    let began = scene.bench.now();
    let mut visit = Visit::new(&scene.bench, &scene.token, scene.new_run(), began);
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Failed));
    assert_eq!(failure(&visit.stored).1.code, "UniqueNameDeleted");
    assert!(visit.clock.seconds_since(began) < 30, "nobody waits for what can't come");
    let creations = |scene: &Scene| {
        let log = scene.bench.control("GET", "/requests", &Value::Null);
        log.as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["method"] == "PATCH" || entry["method"] == "POST" && entry["path"] == "/v1.0/applications")
            .count()
    };
    let tried = creations(&scene);
    let notice = faults::graph(failure(&visit.stored).1, "Creating the app registration", &[]);
    assert!(notice.next.contains("Restore it") && notice.next.contains("start again"), "{notice:?}");
    let retry = |record: RunRecord, clock: Instant| {
        let mut engine = Engine::new(record);
        let _ = engine.handle(Event::Began, clock);
        let _ = engine.handle(Event::Chose(Command::Retry), clock);
        engine.record().clone()
    };
    // Retry while it is still deleted: the same words, no further try.
    let mut again = Visit::new(&scene.bench, &scene.token, retry(visit.stored.clone(), visit.clock), visit.clock);
    assert_eq!(again.run(Trouble::default()), End::State(RunState::Failed));
    assert_eq!(creations(&scene), tried);
    let restore = GraphRequest::post("/directory/deletedItems/2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11/restore", json!({}));
    assert!(matches!(again.send(&[restore])[..], [Outcome::Ok(_)]));
    scene.bench.control("POST", "/clock", &json!({"advanceSeconds": 10}));
    let clock = again.clock.plus_seconds(10);
    let (record, _) = finish(&scene, retry(again.stored.clone(), clock), Vec::new(), clock);
    assert_eq!((record.state(), named(&scene).len()), (RunState::Done, 1));
}

/// Somebody else gives the same just before the run does: it counts as done, nothing is there twice, and undo leaves what is theirs.
#[test]
fn f20_what_somebody_gave_meanwhile_counts_and_stays_theirs() {
    fn faster(visit: &Visit<'_>, requests: &[GraphRequest]) {
        let gives = |request: &GraphRequest| {
            ["appRoleAssignedTo", "oauth2PermissionGrants", "roleAssignments"].iter().any(|path| request.path.ends_with(path))
        };
        if requests.iter().any(|request| request.is_write() && gives(request)) {
            // They waited until everything is known everywhere.
            visit.bench.control("POST", "/clock", &json!({"advanceSeconds": 5}));
            assert!(visit.send(requests).iter().all(|outcome| matches!(outcome, Outcome::Ok(_))), "theirs is given");
        }
    }
    let scene = scene();
    let mut visit = Visit::new(&scene.bench, &scene.token, scene.new_run(), scene.bench.now());
    assert_eq!(visit.run(Trouble { meddles: Some(faster), ..Trouble::default() }), End::State(RunState::Done));
    let state = scene.bench.tenant_state(&scene.tenant.id);
    let principal = visit.stored.facts.service_principal.as_ref().unwrap().as_str();
    let of = |list: &str, owner: &str| state[list].as_array().unwrap().iter().filter(|item| item[owner] == principal).count();
    assert_eq!(
        (of("appRoleAssignments", "principalId"), of("oauth2PermissionGrants", "clientId"), of("roleAssignments", "principalId")),
        (2, 1, 1)
    );
    let given = visit.stored.steps.iter().filter(|step| step.state == StepState::AlreadyInPlace).count();
    assert_eq!(given, 4, "{:?}", visit.stored.steps.iter().map(|step| step.state).collect::<Vec<_>>());
}

/// A policy refuses the secret: said with its reason, nothing is half made, and the run goes on when the policy lets it.
#[test]
fn f22_a_secret_that_a_policy_forbids_leaves_the_run_to_go_on() {
    let scene = scene();
    scene.bench.control("POST", "/quirks", &json!({"app-management-policy": "tenant-no-secrets"}));
    let mut visit = Visit::new(&scene.bench, &scene.token, scene.new_run(), scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Failed));
    let (step, fault) = failure(&visit.stored);
    assert!(matches!(step, StepKind::AddSecret(_)));
    let notice = faults::graph(fault, "Creating the client secret", step.roles_needed());
    assert!(notice.what.contains("policy") && notice.next.contains("Retry"), "{notice:?}");
    assert_eq!(named(&scene)[0]["passwordCredentials"], json!([]));
    scene.bench.control("POST", "/quirks", &json!({"app-management-policy": "none"}));
    let mut engine = Engine::new(visit.stored.clone());
    let _ = engine.handle(Event::Began, visit.clock);
    let _ = engine.handle(Event::Chose(Command::Retry), visit.clock);
    let (record, secrets) = finish(&scene, engine.record().clone(), Vec::new(), visit.clock);
    assert_eq!((record.state(), secrets.len(), named(&scene)[0]["passwordCredentials"].as_array().unwrap().len()), (RunState::Done, 1, 1));
}

/// What the tenant does not offer is read from the tenant itself, and stops the plan before its first write.
#[test]
fn f23_a_permission_that_the_tenant_lacks_is_told_before_the_first_write() {
    let scene = scene();
    let request = service_principals::resource(&AppId::parse(GRAPH).unwrap()).into();
    let answer = scene.bench.batch(&scene.token, &batch::body(&[request])).unwrap();
    let body = batch::answers(answer, 1).remove(0).unwrap().body;
    let offered = Catalogue::new(serde_json::from_value::<Resource>(body).unwrap().offered());
    let wish = |id: &str, kind, value: &str| permission(GRAPH, "Microsoft Graph", id, kind, value);
    let known = wish("df021288-bdef-4463-88db-98f22de89214", PermissionKind::Application, "User.Read.All");
    let unknown = wish("11111111-2222-4333-8444-555555555555", PermissionKind::Application, "User.Invent.All");
    // An id that is there, of the other kind.
    let mistaken = wish("df021288-bdef-4463-88db-98f22de89214", PermissionKind::Delegated, "User.Read.All");
    let blueprint =
        Blueprint { name: "Nightly report".into(), permissions: vec![known, unknown.clone(), mistaken.clone()], ..Blueprint::default() };
    let mut observed = scene.observed();
    observed.compare(&blueprint, &offered);
    assert_eq!(observed.not_offered, [unknown.clone(), mistaken.clone()]);
    let obstacles = preflight::obstacles(&blueprint, &observed, Adoption::Undecided);
    assert_eq!(obstacles, [Obstacle::NotOffered(unknown), Obstacle::NotOffered(mistaken)]);
    assert!(!obstacles.iter().any(Obstacle::is_warning), "the plan can't start");
    let (what, next) = latchkey::text::steps::obstacle(&obstacles[0]);
    assert!(what.contains("User.Invent.All") && next.contains("take it out"), "{what} {next}");
    // A resource that the tenant lacks as a whole is brought in by a step of its own.
    observed.resources.insert(AppId::parse(GRAPH).unwrap(), None);
    observed.compare(&blueprint, &Catalogue::new(Vec::new()));
    assert_eq!(observed.not_offered, []);
}

/// Others add certificates of theirs while ours is added: each time that the list is read there is one more, and none is lost.
#[test]
fn f24_certificates_that_others_add_meanwhile_stay() {
    fn another(visit: &Visit<'_>, requests: &[GraphRequest]) {
        if !requests.iter().any(|request| !request.is_write() && request.path.contains("keyCredentials")) {
            return;
        }
        let Some(id) = visit.stored.facts.application.as_ref() else { return };
        let planted = json!({"type": "credential", "application": id.as_str(), "usage": "Verify", "key": "b3RoZXJz", "displayName": "CN=theirs",
            "customKeyIdentifier": "3q2+7wAAAAAAAAAAAAAAAAAAAAA=", "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2036-01-01T00:00:00Z"});
        visit.bench.control("POST", "/directory", &json!({"tenant": "partner.example", "objects": [planted]}));
    }
    let scene = scene();
    let mut run = scene.new_run();
    run.blueprint.credential = Credential::Certificate { days: 365, bits: 2048 };
    let make = StepKind::from(latchkey::plan::step::kinds::MakeCertificate { days: 365, bits: 2048 });
    run.steps.retain(|step| !matches!(step.step, StepKind::AddSecret(_)));
    run.steps.push(latchkey::plan::record::StepRecord::new(make));
    let mut visit = Visit::new(&scene.bench, &scene.token, run, scene.bench.now());
    let certificate = crate::upkeep::certificate();
    visit.certificate = Some(certificate.clone());
    assert_eq!(visit.run(Trouble { meddles: Some(another), ..Trouble::default() }), End::State(RunState::Done));
    let keys = named(&scene)[0]["keyCredentials"].as_array().unwrap().clone();
    let theirs = keys.iter().filter(|key| key["displayName"] == "CN=theirs").count();
    assert!(theirs >= 2, "{keys:?}");
    assert_eq!(keys.len(), theirs + 1, "ours is there once: {keys:?}");
}

/// A success that is no success: nothing is believed, nothing crashes, and in the end everything is there once.
#[test]
fn f25_a_damaged_success_is_looked_into() {
    let mut scene = scene();
    for body in [
        Value::Null,
        json!({}),
        json!([]),
        json!("text"),
        json!({"id": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11"}),
        json!({"id": 7, "appId": true}),
        json!({"id": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11", "appId": "not-a-guid", "displayName": null}),
        json!({"@odata.type": "#microsoft.graph.unknownFutureValue", "value": [[[]]]}),
        json!({"error": {"code": 7}}),
    ] {
        for (method, path) in [
            ("PATCH", "/v1.0/applications(uniqueName='*')"),
            ("GET", "/v1.0/applications(uniqueName='*')"),
            ("PATCH", "/v1.0/servicePrincipals(appId='*')"),
            ("POST", "/v1.0/servicePrincipals/*/appRoleAssignedTo"),
        ] {
            // An assignment with an id is what a good answer looks like.
            if path.ends_with("appRoleAssignedTo") && body["id"].is_string() {
                continue;
            }
            scene.reset();
            scene.bench.control(
                "POST",
                "/faults",
                &json!({"match": {"origin": "graph", "method": method, "path": path}, "then": {"status": if method == "GET" { 200 } else { 201 }, "body": body}, "times": 1}),
            );
            let (record, secrets) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
            let context = format!("{method} {path} answered {body}");
            assert_eq!((record.state(), secrets.len(), named(&scene).len()), (RunState::Done, 1, 1), "{context}");
            assert_eq!(violations(&scene.bench), Vec::<Value>::new(), "{context}");
        }
    }
}

/// A write that was accepted is waited for until a read shows it: neither done before, nor failed within ten minutes.
#[test]
fn f28_written_is_not_seen_and_late_is_not_failed() {
    let scene = scene();
    let (mut engine, began) = begun(&scene);
    let made = json!({"id": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11", "appId": "9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77"});
    let mut effects = engine.handle(answers_with(vec![Outcome::Ok(made)]), began);
    let mut now = began;
    let mut looks = 0;
    while engine.record().steps[0].state == StepState::Waiting {
        assert!(latchkey::text::steps::note(&engine.record().steps[0], now).contains("not known everywhere yet"));
        if is_read(&effects) {
            looks += 1;
            effects = engine.handle(answers_with(vec![Outcome::NotFound(Fault { status: 404, ..Fault::default() })]), now);
        } else if let Some(until) = wakes_at(&effects) {
            now = until;
            effects = engine.handle(Event::Woke, now);
        } else {
            panic!("it stalls");
        }
        assert!(!is_write(&effects) && !effects.iter().any(|effect| matches!(effect, Effect::Intend)), "it is never written again");
    }
    assert!(looks > 10 && now.seconds_since(began) >= PATIENCE, "{looks} looks in {} s", now.seconds_since(began));
    assert_eq!(engine.record().steps[0].state, StepState::NeedsYou(Need::NotYet));
    let found =
        json!({"id": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11", "appId": "9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77", "tags": [applications::TAG]});
    assert!(is_read(&engine.handle(Event::Chose(Command::CheckStatus), now)));
    let _ = engine.handle(answers_with(vec![Outcome::Ok(found)]), now);
    assert_eq!(engine.record().steps[0].state, StepState::Done, "one read shows it");
}

/// After Accept the page looks for a minute, says what is missing, and sends nobody to Microsoft by itself.
#[test]
fn f42_a_consent_that_is_not_seen_yet_is_looked_for_and_then_asked_about() {
    let scene = scene();
    let mut run = scene.new_run();
    run.blueprint.grant_in_run = false;
    run.steps = vec![latchkey::plan::record::StepRecord::new(Consent {}.into())];
    run.facts.service_principal = latchkey::domain::ids::ObjectId::parse("6d2b7c90-1c8d-4a0f-9d42-5e8f7a6b3c21");
    run.steps[0].checked = Some(scene.bench.now());
    let mut engine = Engine::new(run);
    let began = scene.bench.now();
    let _ = engine.handle(Event::Began, began);
    assert_eq!(engine.record().steps[0].state, StepState::NeedsYou(Need::Consent));
    let nothing = || answers_with(vec![Outcome::Ok(json!({"value": []})); 4]);
    let (mut now, mut looks) = (began, 0);
    let mut effects = engine.handle(Event::Chose(Command::AwaitConsent), began);
    while engine.record().steps[0].state == StepState::Waiting {
        if is_read(&effects) {
            looks += 1;
            effects = engine.handle(nothing(), now);
        } else {
            now = wakes_at(&effects).expect("it goes on");
            effects = engine.handle(Event::Woke, now);
        }
    }
    assert!(looks > 10 && (60..=300).contains(&now.seconds_since(began)), "{looks} looks in {} s", now.seconds_since(began));
    assert_eq!(engine.record().steps[0].state, StepState::NeedsYou(Need::Consent), "the person decides what comes next");
}

/// An intent that can't be stored is not sent; when there is room again the run goes on.
#[test]
fn f52_without_room_for_the_intent_nothing_is_sent() {
    let scene = scene();
    let (mut engine, now) = (one_step(&scene), scene.bench.now());
    assert!(matches!(engine.handle(Event::Began, now)[..], [Effect::Intend]));
    assert!(!leaves(&engine.handle(Event::StoreFailed, now)));
    assert_eq!(engine.record().state(), RunState::Failed);
    assert_eq!(failure(engine.record()).1.code, "StorageFull");
    assert_eq!((engine.record().steps[0].attempts, engine.record().steps[0].intended), (0, false), "nothing is taken for sent");
    assert!(matches!(engine.handle(Event::Chose(Command::Retry), now)[..], [Effect::Intend]));
    assert!(is_write(&engine.handle(Event::Stored, now)));
}

/// What a run makes is small: one secret of at most half a year, the tag, a single tenant, and a record without the secret.
#[test]
fn t38_what_is_made_is_limited_tagged_and_short_lived() {
    let scene = scene();
    let (record, secrets) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
    let [app] = &named(&scene)[..] else { panic!("one application") };
    assert_eq!((app["tags"].clone(), app["signInAudience"].as_str()), (json!(["latchkey"]), Some("AzureADMyOrg")));
    let [secret] = &app["passwordCredentials"].as_array().unwrap()[..] else { panic!("one secret") };
    let ends = Instant::from_iso(secret["endDateTime"].as_str().unwrap()).unwrap();
    assert!(ends.seconds_since(scene.bench.now()) <= 180 * 86_400, "{secret}");
    assert!(secret["displayName"].as_str().unwrap().contains("7f3c9a1e"), "it says which run made it");
    assert!(!serde_json::to_string(&record).unwrap().contains(&secrets[0]));
    assert!(matches!(Blueprint::default().credential, Credential::Secret { days } if days <= 180), "{:?}", Blueprint::default().credential);
}

/// Nothing waits for a person who has nothing to press.
#[test]
fn every_state_that_waits_for_a_person_offers_something() {
    use latchkey::plan::offers::{self, Form, Offer};
    use latchkey::plan::record::StepRecord;
    let kinds: Vec<serde_json::Value> = serde_json::from_str(include_str!("stored/steps.json")).unwrap();
    // All that a person can be asked for, in each kind of step.
    let needs = [
        Need::Consent,
        Need::MakeSecret,
        Need::SaveSecret,
        Need::SecretLost,
        Need::SignIn,
        Need::MakeCertificate,
        Need::Confirm,
        Need::ChoosePassword,
        Need::SavePassword,
        Need::PasswordLost,
        Need::DoByHand,
        Need::TryIt,
        Need::Prove,
        Need::Finish,
        Need::NotYet,
    ];
    for kind in kinds {
        let step: StepKind = serde_json::from_value(kind.clone()).unwrap();
        for need in needs {
            let record = StepRecord { state: StepState::NeedsYou(need), ..StepRecord::new(step.clone()) };
            let offered = offers::of(&record);
            assert!(!offered.is_empty(), "{need:?} of {kind}");
            assert!(offered.iter().filter(|offer| matches!(offer, Offer::Form(_))).count() <= 1, "{need:?} of {kind}");
            // Each button has words of its own.
            let words: Vec<&str> = offered
                .iter()
                .filter_map(|offer| {
                    if let Offer::Button(command) = offer { Some(latchkey::text::steps::command(*command, &record, false).0) } else { None }
                })
                .collect();
            let mut once = words.clone();
            once.dedup();
            assert_eq!(words, once, "{need:?} of {kind}");
        }
        for state in [StepState::Done, StepState::AlreadyInPlace, StepState::Undone, StepState::Pending, StepState::Running] {
            assert_eq!(offers::of(&StepRecord { state, ..StepRecord::new(step.clone()) }), [], "{state:?} of {kind}");
        }
    }
    let consent = StepRecord { state: StepState::Skipped, ..StepRecord::new(Consent {}.into()) };
    assert_eq!(offers::of(&consent), [Offer::Form(Form::ConsentLink)], "a link that was put off can still be handed on");
}

/// Microsoft refuses with one sentence what is not known everywhere yet and what the person has no right to: once the patience is over,
/// both are said.
#[test]
fn a_service_principal_that_is_refused_for_long_may_need_a_role() {
    use latchkey::plan::record::StepRecord;
    use latchkey::plan::step::kinds::CreateServicePrincipal;
    let message = "When using this permission, the backing application of the service principal being created must in the local tenant";
    let fault = Fault { status: 403, code: "Authorization_RequestDenied".into(), message: message.into(), ..Fault::default() };
    let note = |fault: Fault| {
        let state = StepState::NeedsYou(Need::NotYet);
        let record = StepRecord { state, fault: Some(fault), ..StepRecord::new(CreateServicePrincipal {}.into()) };
        latchkey::text::steps::note(&record, Instant(0))
    };
    assert!(
        note(fault.clone()).contains("that needs the role Application Developer, Cloud Application Administrator or"),
        "{}",
        note(fault)
    );
    assert!(!note(Fault::default()).contains("role"), "{}", note(Fault::default()));
}

/// A look that met a fault does not turn what a person put off into a refusal.
#[test]
fn what_was_put_off_says_so_and_what_was_refused_says_that() {
    use latchkey::plan::record::StepRecord;
    use latchkey::plan::step::kinds::{AddSecret, Rename};
    let skipped = |step: StepKind| {
        let record = StepRecord { state: StepState::Skipped, fault: Some(Fault::default()), ..StepRecord::new(step) };
        latchkey::text::steps::note(&record, Instant(0))
    };
    assert_eq!(skipped(Consent {}.into()), "Put off. The permissions have no effect until an administrator gives consent.");
    assert_eq!(skipped(AddSecret { days: 30 }.into()), "Put off. No client secret was made.");
    assert_eq!(skipped(Rename { from: "a".into(), to: "b".into() }.into()), "Refused. The run went on without it.");
}
