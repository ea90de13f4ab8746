//! How often a run goes back and forth: what is independent leaves together, is found together, and fails alone.

use crate::driver::{End, Trouble, Visit, violations};
use crate::runs::{GRAPH, Scene, permission};
use crate::support::EVERYTHING;
use latchkey::domain::blueprint::{Blueprint, Credential};
use latchkey::domain::permission::PermissionKind;
use latchkey::domain::role::DirectoryRole;
use latchkey::graph::answer::Outcome;
use latchkey::graph::request::GraphRequest;
use latchkey::plan::engine::{Command, Engine, Event};
use latchkey::plan::record::{RunRecord, RunState, StepRecord, StepState};
use latchkey::plan::step::StepKind;
use serde_json::{Value, json};

const EXCHANGE_ADMINISTRATOR: &str = "29232cdf-9323-42fd-ade2-1d097af3e4de";

/// Returns an App session with so many application permissions of Microsoft Graph, a role and a secret.
fn blueprint(scene: &Scene, permissions: usize) -> Blueprint {
    let request = GraphRequest::get(format!("/servicePrincipals(appId='{GRAPH}')?$select=id,appId,appRoles"));
    let visit = Visit::new(&scene.bench, &scene.token, scene.new_run(), scene.bench.now());
    let [Outcome::Ok(body)] = &visit.send(&[request])[..] else { panic!("the API is there") };
    let roles = body["appRoles"].as_array().unwrap();
    let is_for_applications = |role: &&Value| role["allowedMemberTypes"].as_array().unwrap().contains(&json!("Application"));
    let asked: Vec<_> = roles
        .iter()
        .filter(is_for_applications)
        .take(permissions)
        .map(|role| {
            let (id, value) = (role["id"].as_str().unwrap(), role["value"].as_str().unwrap());
            permission(GRAPH, "Microsoft Graph", id, PermissionKind::Application, value)
        })
        .collect();
    assert_eq!(asked.len(), permissions, "the API has so many");
    Blueprint {
        name: "Nightly report".into(),
        permissions: asked,
        credential: Credential::Secret { days: 180 },
        roles: vec![DirectoryRole { id: EXCHANGE_ADMINISTRATOR.into(), name: "Exchange Administrator".into() }],
        grant_in_run: true,
        ..Blueprint::default()
    }
}

/// Carries a run out, pressing Retry where it stops. Returns it with how many batches were sent.
fn carry_out(scene: &Scene, mut record: RunRecord) -> (RunRecord, usize) {
    let mut clock = scene.bench.now();
    scene.bench.control("DELETE", "/requests", &Value::Null);
    for _ in 0..8 {
        let mut visit = Visit::new(&scene.bench, &scene.token, record, clock);
        let end = visit.run(Trouble::default());
        (record, clock) = (visit.stored, visit.clock);
        if end == End::State(RunState::Done) {
            break;
        }
        let mut engine = Engine::new(record);
        let _ = engine.handle(Event::Began, clock);
        let _ = engine.handle(Event::Chose(Command::Retry), clock);
        record = engine.record().clone();
    }
    let log = scene.bench.control("GET", "/requests", &Value::Null);
    let batches = log.as_array().unwrap().iter().filter(|entry| entry["path"].as_str().unwrap().ends_with("/$batch")).count();
    (record, batches)
}

/// Returns how many assignments, role assignments and secrets the App session has.
fn given(scene: &Scene, record: &RunRecord) -> (usize, usize, usize, usize) {
    let state = scene.bench.tenant_state(&scene.tenant.id);
    let principal = record.facts.service_principal.as_ref().unwrap().as_str();
    let of = |list: &str| state[list].as_array().unwrap().iter().filter(|item| item["principalId"] == principal).count();
    let apps: Vec<&Value> = state["applications"].as_array().unwrap().iter().filter(|app| app["displayName"] == "Nightly report").collect();
    let secrets = apps.iter().map(|app| app["passwordCredentials"].as_array().unwrap().len()).sum();
    (apps.len(), of("appRoleAssignments"), of("roleAssignments"), secrets)
}

/// The page asks once more, for whose directory it is: eight round trips for 19 permissions, and one for each further 20.
#[test]
fn a_run_costs_seven_batches_and_one_for_each_further_twenty_permissions() {
    for (permissions, most) in [(1, 7), (19, 7), (39, 8), (59, 9)] {
        let scene = Scene::slow("admin@partner.example", EVERYTHING, 0);
        let (record, batches) = carry_out(&scene, scene.run_of(blueprint(&scene, permissions), &scene.observed()));
        assert!(record.steps.iter().all(|step| step.state == StepState::Done), "{:?}", record.steps);
        assert_eq!(given(&scene, &record), (1, permissions, 1, 1));
        assert!(batches <= most, "{permissions} permissions took {batches} batches");
        assert_eq!(violations(&scene.bench), Vec::<Value>::new());
    }
}

/// One inner answer of a batch fails, and whatever it says: everything is there once, and the others do not wait for it.
#[test]
fn one_answer_of_a_batch_fails_alone() {
    let error = |code: &str, message: &str| json!({"error": {"code": code, "message": message}});
    let answers = [
        (429, error("TooManyRequests", "Please retry again later."), json!({"Retry-After": "9"})),
        (403, error("Authorization_RequestDenied", "Insufficient privileges to complete the operation."), json!({})),
        (
            404,
            error(
                "Request_ResourceNotFound",
                "Resource 'x' does not exist or one of its queried reference-property objects are not present.",
            ),
            json!({}),
        ),
        (409, error("Conflict", "Something else is in the way."), json!({})),
        (424, error("FailedDependency", "Failed."), json!({})),
        (500, error("InternalServerError", "Something went wrong."), json!({})),
    ];
    for (status, body, headers) in answers {
        for nth in [1, 4, 6] {
            let scene = Scene::slow("admin@partner.example", EVERYTHING, 1500);
            let run = scene.run_of(blueprint(&scene, 6), &scene.observed());
            let matches = json!({"origin": "graph", "method": "POST", "path": "/v1.0/servicePrincipals/*/appRoleAssignedTo", "nth": nth});
            scene.bench.control(
                "POST",
                "/faults",
                &json!({"match": matches, "then": {"status": status, "headers": headers, "body": body}}),
            );
            let (record, _) = carry_out(&scene, run);
            let context = format!("{status} for the request {nth}");
            assert!(record.steps.iter().all(StepRecord::is_over), "{context}: {:?}", record.steps);
            assert_eq!(given(&scene, &record), (1, 6, 1, 1), "{context}");
            assert_eq!(violations(&scene.bench), Vec::<Value>::new(), "{context}");
            let log = scene.bench.control("GET", "/requests", &Value::Null);
            let tries = |entry: &&Value| entry["method"] == "POST" && entry["path"].as_str().unwrap().ends_with("/appRoleAssignedTo");
            let tried = log.as_array().unwrap().iter().filter(tries).count();
            assert!(tried <= 6 + 1 + 6, "{context}: {tried} tries");
        }
    }
}

/// What one step is refused stops the run there, with the others done; Retry does that one again and nothing else.
#[test]
fn a_refused_step_stops_the_run_and_is_alone_in_being_tried_again() {
    let scene = Scene::slow("admin@partner.example", EVERYTHING, 0);
    let run = scene.run_of(blueprint(&scene, 5), &scene.observed());
    let denied = json!({"status": 403, "body": {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}}});
    scene.bench.control(
        "POST",
        "/faults",
        &json!({"match": {"method": "POST", "path": "/v1.0/servicePrincipals/*/appRoleAssignedTo", "nth": 2}, "then": denied}),
    );
    let mut visit = Visit::new(&scene.bench, &scene.token, run, scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Failed));
    let states: Vec<StepState> = visit.stored.steps.iter().map(|step| step.state).collect();
    let grants: Vec<StepState> = visit
        .stored
        .steps
        .iter()
        .filter(|step| matches!(step.step, StepKind::GrantApplication(_) | StepKind::AssignRole(_)))
        .map(|step| step.state)
        .collect();
    assert_eq!(grants.iter().filter(|state| **state == StepState::Failed).count(), 1, "{states:?}");
    assert_eq!(grants.iter().filter(|state| **state == StepState::Done).count(), 5, "{states:?}");
    let (record, batches) = carry_out(&scene, {
        let mut engine = Engine::new(visit.stored.clone());
        let _ = engine.handle(Event::Began, visit.clock);
        let _ = engine.handle(Event::Chose(Command::Retry), visit.clock);
        engine.record().clone()
    });
    assert_eq!((record.state(), given(&scene, &record)), (RunState::Done, (1, 5, 1, 1)));
    assert!(batches <= 5, "{batches}");
}

/// The commands of the plan made it all before, under the name of the run: the page looks before it writes, and makes no second secret.
#[test]
fn what_was_there_under_the_name_of_the_run_is_looked_at_first() {
    let scene = Scene::slow("admin@partner.example", EVERYTHING, 0);
    let run = scene.run_of(blueprint(&scene, 2), &scene.observed());
    let (first, _) = carry_out(&scene, run.clone());
    assert_eq!(given(&scene, &first), (1, 2, 1, 1));
    // Nobody has the value of the secret that is there: it is found, and removed before another one is made.
    let (again, _) = carry_out(&scene, run);
    assert_eq!(given(&scene, &again), (1, 2, 1, 1), "nothing is there twice");
    let log = scene.bench.control("GET", "/requests", &Value::Null);
    let of_secrets = |entry: &Value| {
        entry["path"].as_str().and_then(|path| path.rsplit('/').next()).filter(|end| end.ends_with("Password")).map(str::to_owned)
    };
    let secrets: Vec<String> = log.as_array().unwrap().iter().filter_map(of_secrets).collect();
    assert_eq!(secrets, ["removePassword", "addPassword"]);
}
