//! Whole runs: the journey, and `crash_everywhere`.

use crate::driver::{End, Trouble, Visit, violations};
use crate::support::{Bench, EVERYTHING};
use latchkey::domain::blueprint::{Blueprint, Credential};
use latchkey::domain::ids::{AppId, ObjectId, RunId, Tenant};
use latchkey::domain::permission::{Chosen, PermissionKind};
use latchkey::domain::role::DirectoryRole;
use latchkey::domain::session::Person;
use latchkey::domain::time::Instant;
use latchkey::entra::scopes::Scopes;
use latchkey::plan::build;
use latchkey::plan::engine::{Command, Engine, Event};
use latchkey::plan::observed::Adoption;
use latchkey::plan::observed::{HeldRoles, Observed};
use latchkey::plan::record::{Need, RunRecord, RunState, StepState};
use latchkey::plan::step::StepKind;
use latchkey::plan::step::kinds::Consent;
use latchkey_emulator::Options;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
const EXCHANGE_ADMINISTRATOR: &str = "29232cdf-9323-42fd-ade2-1d097af3e4de";
const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const REPLICATION: i64 = 1500;

pub fn permission(resource: &str, name: &str, id: &str, kind: PermissionKind, value: &str) -> Chosen {
    Chosen { resource: AppId::parse(resource).unwrap(), resource_name: name.into(), id: id.into(), kind, value: value.into() }
}

fn blueprint() -> Blueprint {
    Blueprint {
        name: "Nightly report".into(),
        permissions: vec![
            permission(GRAPH, "Microsoft Graph", "df021288-bdef-4463-88db-98f22de89214", PermissionKind::Application, "User.Read.All"),
            permission(
                EXCHANGE,
                "Office 365 Exchange Online",
                "dc50a0fb-09a3-484d-be87-e023b12c6440",
                PermissionKind::Application,
                "Exchange.ManageAsApp",
            ),
            permission(GRAPH, "Microsoft Graph", "e1fe6dd8-ba31-4d61-89e7-88639da4683d", PermissionKind::Delegated, "User.Read"),
            permission(GRAPH, "Microsoft Graph", "465a38f9-76ea-45b9-9f34-9e8b0d4b0b42", PermissionKind::Delegated, "Calendars.Read"),
        ],
        credential: Credential::Secret { days: 180 },
        roles: vec![DirectoryRole { id: EXCHANGE_ADMINISTRATOR.into(), name: "Exchange Administrator".into() }],
        grant_in_run: true,
        ..Blueprint::default()
    }
}

pub struct Scene {
    pub bench: Bench,
    pub token: String,
    pub person: Person,
    pub tenant: Tenant,
    scopes: Scopes,
}

impl Scene {
    pub fn new(upn: &str) -> Self {
        Self::new_for(upn, EVERYTHING)
    }

    pub fn new_for(upn: &str, scopes: Scopes) -> Self {
        Self::slow(upn, scopes, REPLICATION)
    }

    /// Where a write is seen after so many milliseconds only.
    pub fn slow(upn: &str, scopes: Scopes, replication_ms: i64) -> Self {
        let bench = Bench::start(Options { replication_ms, ..Options::default() });
        Self::of(bench, upn, scopes)
    }

    fn of(bench: Bench, upn: &str, scopes: Scopes) -> Self {
        let tokens = bench.sign_in(upn, scopes);
        let tenant = bench.tenant(upn.split('@').nth(1).unwrap());
        let person =
            Person { key: tokens.account.clone(), name: tokens.claims.name.clone(), username: upn.into(), home: tokens.home.clone() };
        Self { bench, token: tokens.access_token, person, tenant, scopes }
    }

    /// Starts anew in the same process, with a fresh token.
    pub fn reset(&mut self) {
        self.bench.control("POST", "/reset", &json!({"seed": 1, "customers": 0}));
        let tokens = self.bench.sign_in("admin@partner.example", self.scopes);
        self.token = tokens.access_token;
        self.bench.control("DELETE", "/requests", &Value::Null);
    }

    pub fn resources(&self) -> BTreeMap<AppId, Option<ObjectId>> {
        let state = self.bench.tenant_state(&self.tenant.id);
        let principals = state["servicePrincipals"].as_array().unwrap().clone();
        let find = |app: &str| principals.iter().find(|sp| sp["appId"] == app).and_then(|sp| ObjectId::parse(sp["id"].as_str()?));
        [GRAPH, EXCHANGE].into_iter().map(|app| (AppId::parse(app).unwrap(), find(app))).collect()
    }

    pub fn observed(&self) -> Observed {
        Observed {
            tenant: self.tenant.clone(),
            roles: HeldRoles::Known(vec![GLOBAL_ADMINISTRATOR.into()]),
            eligible: Vec::new(),
            is_member: true,
            members_may_register: Some(true),
            same_name: Vec::new(),
            resources: self.resources(),
            not_offered: Vec::new(),
            credential_policy: None,
            surplus: Vec::new(),
            account: None,
        }
    }

    pub fn run_of(&self, blueprint: Blueprint, observed: &Observed) -> RunRecord {
        let steps = build::steps(&blueprint, observed, Adoption::Undecided, &self.bench.config.consent_uri());
        let known = observed.resources.iter().filter_map(|(app, id)| Some((app.clone(), id.clone()?))).collect();
        let id = RunId::parse("7f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef").unwrap();
        RunRecord::new(id, self.tenant.clone(), self.person.clone(), blueprint, steps, known, self.bench.now())
    }

    pub fn new_run(&self) -> RunRecord {
        self.run_of(blueprint(), &self.observed())
    }

    /// Asserts that the tenant has exactly what the blueprint asks for, and one live credential whose value was handed over.
    fn assert_as_planned(&self, record: &RunRecord, secrets: &[String], context: &str) {
        let state = self.bench.tenant_state(&self.tenant.id);
        let apps: Vec<&Value> =
            state["applications"].as_array().unwrap().iter().filter(|app| app["displayName"] == "Nightly report").collect();
        assert_eq!(apps.len(), 1, "{context}: applications");
        let app_id = &apps[0]["appId"];
        let principals: Vec<&Value> = state["servicePrincipals"].as_array().unwrap().iter().filter(|sp| sp["appId"] == *app_id).collect();
        assert_eq!(principals.len(), 1, "{context}: service principals");
        let principal = &principals[0]["id"];
        let of = |list: &str, name: &str| {
            state[list].as_array().unwrap().iter().filter(|item| item[name] == *principal).cloned().collect::<Vec<_>>()
        };
        assert_eq!(of("appRoleAssignments", "principalId").len(), 2, "{context}: application permissions");
        let grants = of("oauth2PermissionGrants", "clientId");
        assert_eq!(grants.len(), 1, "{context}: delegated grants");
        assert_eq!(grants[0]["scope"], "User.Read Calendars.Read", "{context}: scopes");
        assert_eq!(of("roleAssignments", "principalId").len(), 1, "{context}: roles");
        let credentials = apps[0]["passwordCredentials"].as_array().unwrap();
        assert_eq!(credentials.len(), 1, "{context}: credentials {credentials:?}");
        let step = record.steps.iter().find(|step| matches!(step.step, StepKind::AddSecret(_))).unwrap();
        assert_eq!(
            credentials[0]["keyId"].as_str(),
            step.secret.key_id.as_deref(),
            "{context}: the live credential is the one that was handed over"
        );
        let token = self.app_token(app_id.as_str().unwrap(), secrets.last().map(String::as_str).unwrap_or_default());
        assert!(token.get("access_token").is_some(), "{context}: the last value shown works: {token}");
    }

    /// Asks for an app-only token, as a job would.
    pub fn app_token(&self, app_id: &str, secret: &str) -> Value {
        self.bench.control("POST", "/clock", &json!({"advanceSeconds": 5}));
        let url = format!("{}/{}/oauth2/v2.0/token", self.bench.config.login, self.tenant.id);
        let scope = format!("{}/.default", self.bench.config.graph);
        let form = [("client_id", app_id), ("client_secret", secret), ("grant_type", "client_credentials"), ("scope", scope.as_str())];
        let mut answer = self.bench.agent.post(&url).send_form(form).unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }
}

/// Visits the page again and again until the run is done, as a person would.
pub fn finish(scene: &Scene, mut record: RunRecord, mut secrets: Vec<String>, mut clock: Instant) -> (RunRecord, Vec<String>) {
    for _ in 0..5 {
        let mut visit = Visit::new(&scene.bench, &scene.token, record, clock);
        let end = visit.run(Trouble::default());
        secrets.append(&mut visit.secrets);
        record = visit.stored;
        clock = visit.clock;
        if end == End::State(RunState::Done) {
            return (record, secrets);
        }
        assert_ne!(end, End::State(RunState::Failed), "{:?}", record.steps.iter().find(|s| s.state == StepState::Failed));
    }
    panic!("not done after five visits: {:?}", record.steps);
}

#[test]
fn the_journey_ends_with_what_was_planned() {
    let scene = Scene::new("admin@partner.example");
    scene.bench.control("DELETE", "/requests", &Value::Null);
    let run = scene.new_run();
    let titles: Vec<&str> = run
        .steps
        .iter()
        .map(|step| match step.step {
            StepKind::CreateApplication(_) => "application",
            StepKind::CreateServicePrincipal(_) => "service principal",
            StepKind::GrantApplication(_) => "application permission",
            StepKind::GrantDelegated(_) => "delegated permissions",
            StepKind::AssignRole(_) => "role",
            StepKind::AddSecret(_) => "secret",
            _ => "unexpected",
        })
        .collect();
    assert_eq!(
        titles,
        ["application", "service principal", "application permission", "application permission", "delegated permissions", "role", "secret"]
    );
    let (record, secrets) = finish(&scene, run, Vec::new(), scene.bench.now());
    assert_eq!(secrets.len(), 1);
    scene.assert_as_planned(&record, &secrets, "journey");
    assert_eq!(violations(&scene.bench), Vec::<Value>::new());
    let json = serde_json::to_string(&record).unwrap();
    assert!(!json.contains(&secrets[0]), "the journal must not hold the secret");
}

/// Where Microsoft's behavior is not known for sure, each way ends with the same objects.
#[test]
fn f19_the_journey_ends_with_what_was_planned_whichever_way_graph_behaves() {
    let mut scene = Scene::new("admin@partner.example");
    for quirk in [
        json!({"create-if-missing-in-batch": "ignored"}),
        json!({"upsert-answer": "empty"}),
        json!({"create-if-missing-in-batch": "ignored", "replication": "slow"}),
        json!({"beta-page-size": "2"}),
        json!({"odata": "odd"}),
        json!({"error-body": "nested"}),
        json!({"error-body": "bare"}),
        json!({"foreign-200": "on"}),
        json!({"access-tokens": "opaque"}),
    ] {
        scene.reset();
        scene.bench.control("POST", "/quirks", &quirk);
        let (record, secrets) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
        scene.assert_as_planned(&record, &secrets, &quirk.to_string());
    }
}

#[test]
fn running_a_finished_run_again_changes_nothing() {
    let scene = Scene::new("admin@partner.example");
    let (record, secrets) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
    scene.bench.control("DELETE", "/requests", &Value::Null);
    let (again, more) = finish(&scene, record.clone(), Vec::new(), scene.bench.now());
    assert!(more.is_empty());
    assert_eq!(again, record);
    assert_eq!(scene.bench.control("GET", "/requests", &Value::Null), json!([]));
    scene.assert_as_planned(&again, &secrets, "again");
}

/// Kills the page after every single effect, and lets the person come back.
#[test]
fn crash_after_every_effect() {
    let mut scene = Scene::new("admin@partner.example");
    let mut kill_after = 1;
    loop {
        scene.reset();
        let mut visit = Visit::new(&scene.bench, &scene.token, scene.new_run(), scene.bench.now());
        let end = visit.run(Trouble { kill_after: Some(kill_after), ..Trouble::default() });
        if end != End::Killed {
            assert!(kill_after > 30, "the journey has many effects, not {kill_after}");
            break;
        }
        let (stored, secrets, clock) = (visit.stored, visit.secrets, visit.clock);
        let (record, secrets) = finish(&scene, stored, secrets, clock);
        let context = format!("killed after effect {kill_after}");
        scene.assert_as_planned(&record, &secrets, &context);
        assert_eq!(violations(&scene.bench), Vec::<Value>::new(), "{context}");
        kill_after += 1;
    }
}

/// Drops the answer to every single request after the service applied it, and before.
#[test]
fn f02_f03_every_answer_lost() {
    let mut scene = Scene::new("admin@partner.example");
    for then in [json!({"dropAfterApply": true}), json!({"dropBefore": true})] {
        for nth in 1.. {
            scene.reset();
            scene.bench.control("POST", "/faults", &json!({"match": {"origin": "graph", "path": "/v1.0/**", "nth": nth}, "then": then}));
            let (record, secrets) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
            let context = format!("answer {nth} lost by {then}");
            scene.assert_as_planned(&record, &secrets, &context);
            assert_eq!(violations(&scene.bench), Vec::<Value>::new(), "{context}");
            let log = scene.bench.control("GET", "/requests", &Value::Null);
            if log.as_array().unwrap().len() < nth {
                assert!(nth > 20, "the journey has many requests, not {nth}");
                break;
            }
        }
    }
}

/// Random crashes and random losses, 50 seeds.
#[test]
fn f06_fifty_seeds_of_trouble() {
    let mut scene = Scene::new("admin@partner.example");
    for seed in 1_u64..=50 {
        scene.reset();
        let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut draw = |below: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random % below
        };
        // About a third of the requests get lost, before or after the service applied them.
        for nth in 1..=60 {
            if draw(10) < 3 {
                let then = if draw(2) == 0 { json!({"dropAfterApply": true}) } else { json!({"dropBefore": true}) };
                scene.bench.control(
                    "POST",
                    "/faults",
                    &json!({"match": {"origin": "graph", "path": "/v1.0/**", "nth": nth}, "then": then}),
                );
            }
        }
        let mut record = scene.new_run();
        let (mut secrets, mut clock) = (Vec::new(), scene.bench.now());
        for _ in 0..3 {
            let mut visit = Visit::new(&scene.bench, &scene.token, record, clock);
            visit.run(Trouble { kill_after: Some(usize::try_from(draw(40)).unwrap() + 1), ..Trouble::default() });
            secrets.append(&mut visit.secrets);
            (record, clock) = (visit.stored, visit.clock);
        }
        let (record, secrets) = finish(&scene, record, secrets, clock);
        scene.assert_as_planned(&record, &secrets, &format!("seed {seed}"));
        assert_eq!(violations(&scene.bench), Vec::<Value>::new(), "seed {seed}");
        let sent = scene.bench.control("GET", "/requests", &Value::Null).as_array().unwrap().len();
        assert!(sent < 400, "seed {seed} sent {sent} requests");
    }
}

#[test]
fn f09_throttling_is_obeyed_to_the_second() {
    let scene = Scene::new("admin@partner.example");
    scene.bench.control("DELETE", "/requests", &Value::Null);
    let busy = json!({"status": 429, "headers": {"Retry-After": "17"}, "body": {"error": {"code": "TooManyRequests", "message": "Please retry again later."}}});
    scene.bench.control(
        "POST",
        "/faults",
        &json!({"match": {"method": "POST", "path": "/v1.0/servicePrincipals/*/appRoleAssignedTo", "nth": 1}, "then": busy, "times": 2}),
    );
    let (record, secrets) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
    scene.assert_as_planned(&record, &secrets, "throttled");
    assert_eq!(violations(&scene.bench), Vec::<Value>::new());
}

#[test]
fn what_an_interfering_proxy_says_is_not_believed() {
    let scene = Scene::new("admin@partner.example");
    scene.bench.control(
        "POST",
        "/faults",
        &json!({"match": {"method": "PATCH", "path": "/v1.0/applications(uniqueName='*')"}, "then": {"html": true}}),
    );
    let (record, secrets) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
    scene.assert_as_planned(&record, &secrets, "captive portal");
}

#[test]
fn a_refusal_stops_the_run_with_its_reason_and_retry_goes_on() {
    let scene = Scene::new("admin@partner.example");
    let denied = json!({"status": 403, "headers": {}, "body": {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}}});
    scene.bench.control(
        "POST",
        "/faults",
        &json!({"match": {"method": "POST", "path": "/v1.0/roleManagement/directory/roleAssignments"}, "then": denied}),
    );
    let mut visit = Visit::new(&scene.bench, &scene.token, scene.new_run(), scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Failed));
    let failed = visit.stored.steps.iter().find(|step| step.state == StepState::Failed).unwrap();
    assert!(matches!(failed.step, StepKind::AssignRole(_)));
    assert_eq!(failed.fault.as_ref().unwrap().code, "Authorization_RequestDenied");
    let mut engine = Engine::new(visit.stored.clone());
    assert!(engine.handle(Event::Began, visit.clock).is_empty());
    let _ = engine.handle(Event::Chose(Command::Retry), visit.clock);
    assert_eq!(engine.record().state(), RunState::Running);
}

#[test]
fn t12_consent_waits_for_grants_and_can_be_put_off() {
    let scene = Scene::new("admin@partner.example");
    let mut wish = blueprint();
    wish.grant_in_run = false;
    let observed = scene.observed();
    let run = scene.run_of(wish, &observed);
    let mut visit = Visit::new(&scene.bench, &scene.token, run, scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::NeedsYou));
    let at = visit.stored.current().unwrap();
    assert_eq!(visit.stored.steps[at].step, Consent {}.into());
    assert_eq!(visit.stored.steps[at].state, StepState::NeedsYou(Need::Consent));

    // An administrator accepts on Microsoft's page; the redirect is only a hint.
    let app = visit.stored.facts.app_id.clone().unwrap();
    let link = latchkey::entra::consent::link(&scene.bench.config, Some(&scene.tenant.id), &app, Some("s")).unwrap();
    let query = scene.bench.sign_in_pages(link.as_str(), "admin@partner.example", true);
    assert!(matches!(latchkey::entra::consent::read(&query).0, latchkey::entra::consent::Hint::SaysAccepted { .. }), "{query}");
    scene.bench.control("POST", "/clock", &json!({"advanceSeconds": 10}));
    let mut engine = Engine::new(visit.stored.clone());
    let _ = engine.handle(Event::Began, visit.clock);
    assert_eq!(engine.record().state(), RunState::NeedsYou, "nothing is believed before it is read");
    let effects = engine.handle(Event::Chose(Command::CheckStatus), visit.clock);
    assert!(effects.iter().any(|effect| matches!(effect, latchkey::plan::engine::Effect::Send(_))), "a check reads");
    // The same visit, a second look: it reads again.
    let mut stored = visit.stored.clone();
    stored.steps[at].state = StepState::Pending;
    stored.steps[at].checked = None;
    let mut engine = Engine::new(stored);
    let _ = engine.handle(Event::Began, visit.clock);
    let empty = latchkey::graph::answer::Outcome::Ok(json!({"value": []}));
    let _ = engine.handle(Event::Answered(vec![(empty, None); 4]), visit.clock);
    assert_eq!(engine.record().state(), RunState::NeedsYou);
    let effects = engine.handle(Event::Chose(Command::CheckStatus), visit.clock);
    assert!(effects.iter().any(|effect| matches!(effect, latchkey::plan::engine::Effect::Send(_))), "a second check reads too");
    let mut later = Engine::new(visit.stored.clone());
    let _ = later.handle(Event::Began, visit.clock);
    let _ = later.handle(Event::Chose(Command::Later), visit.clock);
    assert_eq!(later.record().steps[at].state, StepState::Skipped);

    // A check reads the real grants and the run goes on to its end.
    let mut stored = visit.stored.clone();
    stored.steps[at].state = StepState::Pending;
    stored.steps[at].checked = None;
    let (record, secrets) = finish(&scene, stored, Vec::new(), visit.clock);
    scene.assert_as_planned(&record, &secrets, "consent");
    let app = scene.bench.tenant_state(&scene.tenant.id)["applications"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["displayName"] == "Nightly report")
        .unwrap()
        .clone();
    assert_eq!(app["redirectUris"], json!([]), "our consent page was taken out again");
}

#[test]
fn cancel_stops_before_the_next_write_and_resume_goes_on() {
    let scene = Scene::new("admin@partner.example");
    let mut engine = Engine::new(scene.new_run());
    let now = scene.bench.now();
    let _ = engine.handle(Event::Began, now);
    let _ = engine.handle(Event::Chose(Command::Cancel), now);
    let effects = engine.handle(Event::Stored, now);
    assert!(!effects.iter().any(|effect| matches!(effect, latchkey::plan::engine::Effect::Send(_))), "nothing leaves after Cancel");
    assert_eq!(engine.record().state(), RunState::Cancelled);
    let mut stored = engine.record().clone();
    stored.cancelled = false;
    let (record, secrets) = finish(&scene, stored, Vec::new(), now);
    scene.assert_as_planned(&record, &secrets, "resumed");
}

#[test]
fn t37_undo_takes_back_what_the_run_made_and_nothing_else() {
    let scene = Scene::new("admin@partner.example");
    let before = scene.bench.tenant_state(&scene.tenant.id);
    let (record, _) = finish(&scene, scene.new_run(), Vec::new(), scene.bench.now());
    let steps: Vec<StepKind> = latchkey::plan::undo::steps(&record).into_iter().map(|(_, step)| step).collect();
    assert_eq!(steps.len(), 1);
    let mut undo = RunRecord::new(
        RunId::parse("8f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef").unwrap(),
        record.tenant.clone(),
        record.person.clone(),
        record.blueprint.clone(),
        steps,
        BTreeMap::new(),
        scene.bench.now(),
    );
    undo.undoes = Some(record.id.clone());
    let (_, secrets) = finish(&scene, undo, Vec::new(), scene.bench.now());
    assert!(secrets.is_empty());
    let after = scene.bench.tenant_state(&scene.tenant.id);
    for list in ["servicePrincipals", "appRoleAssignments", "oauth2PermissionGrants", "roleAssignments", "users"] {
        assert_eq!(before[list], after[list], "{list}");
    }
    let mine: Vec<&Value> = after["applications"].as_array().unwrap().iter().filter(|app| app["displayName"] == "Nightly report").collect();
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0]["deleted"], json!(true));
}

#[test]
fn t37_adopting_keeps_what_the_application_has() {
    let scene = Scene::new("admin@partner.example");
    let planted = json!({"tenant": "partner.example", "objects": [{"type": "application", "id": "11111111-2222-4333-8444-555555555555", "displayName": "Nightly report",
        "tags": ["theirs"], "web": {"redirectUris": ["https://old.example/cb"]},
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": [{"id": "7b2449af-6ccd-4f4d-9f78-e550c193f0d1", "type": "Role"}]}]}]});
    scene.bench.control("POST", "/directory", &planted);
    let mut observed = scene.observed();
    let id = ObjectId::parse("11111111-2222-4333-8444-555555555555").unwrap();
    let answer = scene.bench.batch(&scene.token, &latchkey::graph::batch::body(&[latchkey::graph::applications::by_id(&id)])).unwrap();
    let app = latchkey::graph::batch::answers(answer, 1).remove(0).unwrap();
    observed.same_name = vec![serde_json::from_value(app.body).unwrap()];
    let steps = build::steps(&blueprint(), &observed, Adoption::Adopt, "unused");
    let known = observed.resources.iter().filter_map(|(app, id)| Some((app.clone(), id.clone()?))).collect();
    let run = RunRecord::new(
        RunId::parse("9f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef").unwrap(),
        scene.tenant.clone(),
        scene.person.clone(),
        blueprint(),
        steps,
        known,
        scene.bench.now(),
    );
    let (record, secrets) = finish(&scene, run, Vec::new(), scene.bench.now());
    scene.assert_as_planned(&record, &secrets, "adopted");
    let state = scene.bench.tenant_state(&scene.tenant.id);
    let app = state["applications"].as_array().unwrap().iter().find(|a| a["id"] == id.as_str()).unwrap();
    assert_eq!(app["tags"], json!(["theirs", "latchkey"]));
    assert_eq!(app["redirectUris"], json!(["https://old.example/cb"]));
    assert!(app["requiredResourceAccess"].to_string().contains("7b2449af-6ccd-4f4d-9f78-e550c193f0d1"), "what was there stays");
    let deletes = |(_, step): &(usize, StepKind)| matches!(step, StepKind::DeleteApplication(_));
    assert!(!latchkey::plan::undo::steps(&record).iter().any(deletes), "undo never deletes what the run did not make");
}

/// A run whose undo was begun hears nothing any more, whatever is pressed or comes late.
#[test]
fn what_is_being_undone_does_not_go_on() {
    let scene = Scene::new("admin@partner.example");
    let now = scene.bench.now();
    for (undo, undone) in [(true, false), (false, true)] {
        let mut record = scene.new_run();
        record.undo = undo.then(|| RunId::parse("2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11").unwrap());
        record.undone = undone;
        let before = record.clone();
        let mut engine = Engine::new(record);
        for event in
            [Event::Began, Event::Woke, Event::Chose(Command::Resume), Event::Chose(Command::Retry), Event::Chose(Command::ShowSecret)]
        {
            assert!(engine.handle(event, now).is_empty());
        }
        assert_eq!(*engine.record(), before);
    }
}
