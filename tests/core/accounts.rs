//! Accounts of connectors: their runs stopped after every effect, with every answer lost, and refused where Microsoft refuses.

use crate::driver::{End, Trouble, Visit, answers_with, violations};
use crate::runs::{GRAPH, Scene, finish, permission};
use crate::support::EVERYTHING;
use latchkey::domain::account::{self, Account, ApiAccess, Licence, PasswordFault, UserNameFault};
use latchkey::domain::blueprint::{Audience, Blueprint, Credential, ExchangeHolder, ExchangeRole, Kind};
use latchkey::domain::ids::{AppId, ObjectId};
use latchkey::domain::permission::PermissionKind;
use latchkey::domain::role::DirectoryRole;
use latchkey::domain::secret::Secret;
use latchkey::domain::time::Instant;
use latchkey::graph::answer::{Fault, NoToken, Outcome, judge};
use latchkey::graph::ask::{Asks, if_there};
use latchkey::graph::batch;
use latchkey::graph::{exchange, users};
use latchkey::plan::engine::{Command, Effect, Engine, Event};
use latchkey::plan::observed::{AccountGround, Adoption, Observed};
use latchkey::plan::preflight::{self, Obstacle};
use latchkey::plan::record::{Need, RunRecord, RunState, StepState};
use latchkey::plan::step::kinds::{ExchangeRoleByHand, FinishAccount};
use latchkey::plan::step::{StepKind, Subject};
use latchkey::plan::{preview, undo};
use proptest::prelude::*;
use serde_json::{Value, json};

const EXCHANGE_ADMINISTRATOR: &str = "29232cdf-9323-42fd-ade2-1d097af3e4de";
const UPN: &str = "svc-calendar@partner.example";

pub fn account() -> Account {
    Account {
        user_name: "svc-calendar".into(),
        domain: "partner.example".into(),
        display_name: "Calendar sync".into(),
        usage_location: Some("DE".into()),
        licence: Some(Licence { sku_id: "3b555118-da6a-4418-894f-7df1e2096870".into(), part: "O365_BUSINESS_ESSENTIALS".into() }),
        roles: vec![DirectoryRole { id: EXCHANGE_ADMINISTRATOR.into(), name: "Exchange Administrator".into() }],
        ..Account::default()
    }
}

pub fn calendar() -> Blueprint {
    let scope = |id: &str, value: &str| permission(GRAPH, "Microsoft Graph", id, PermissionKind::Delegated, value);
    Blueprint {
        kind: Kind::CalendarSync,
        name: "Calendar sync".into(),
        audience: Audience::MultiTenant,
        redirect_uris: vec!["https://lakeside.example.com/settings/calendar-sync/auth-result".into()],
        permissions: vec![
            scope("12466101-c9b8-439a-8589-dd09ee67e8e9", "Calendars.ReadWrite.Shared"),
            scope("e1fe6dd8-ba31-4d61-89e7-88639da4683d", "User.Read"),
        ],
        credential: Credential::Secret { days: 730 },
        account: Some(account()),
        exchange: vec![ExchangeRole { name: "Application Calendars.ReadWrite".into(), holder: ExchangeHolder::Application }],
        grant_in_run: true,
        ..Blueprint::default()
    }
}

pub fn connection() -> Blueprint {
    let access = ApiAccess {
        client: AppId::parse("5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef").unwrap(),
        name: "API access".into(),
        permissions: vec![permission(
            GRAPH,
            "Microsoft Graph",
            "465a38f9-76ea-45b9-9f34-9e8b0d4b0b42",
            PermissionKind::Delegated,
            "Calendars.Read",
        )],
        for_everyone: false,
    };
    Blueprint {
        kind: Kind::ConnectionAccount,
        name: "Backup connector".into(),
        credential: Credential::None,
        account: Some(Account { access: Some(access), ..account() }),
        grant_in_run: true,
        ..Blueprint::default()
    }
}

/// Reads what the tenant has for a new account, as the page does.
fn observed(scene: &Scene, blueprint: &Blueprint) -> Observed {
    let account = blueprint.account.as_ref().unwrap();
    let asks = (users::by_upn(&account.upn()), users::domains(), users::subscriptions(), exchange::definitions());
    let requests = asks.requests();
    let answer = scene.bench.batch_at(&batch::path(&requests), &scene.token, &batch::body(&requests)).unwrap();
    let outcomes = batch::answers(answer.body, requests.len()).into_iter().map(|answer| judge(answer.unwrap(), false, Instant(0)));
    let (taken, domains, subscriptions, exchange) = asks.replies(&mut outcomes.into_iter());
    let ground = AccountGround {
        is_taken: if_there(taken).unwrap().is_some(),
        domains: domains.unwrap(),
        subscriptions: subscriptions.unwrap(),
        exchange: exchange.ok(),
        replaces: None,
    };
    let mut resources = scene.resources();
    let state = scene.bench.tenant_state(&scene.tenant.id);
    for (app, _) in blueprint.principals() {
        let found = state["servicePrincipals"].as_array().unwrap().iter().find(|sp| sp["appId"] == app.as_str()).cloned();
        resources.insert(app.clone(), found.and_then(|sp| ObjectId::parse(sp["id"].as_str()?)));
    }
    Observed { account: Some(ground), resources, ..scene.observed() }
}

pub fn new_run(scene: &Scene, blueprint: Blueprint) -> RunRecord {
    let observed = observed(scene, &blueprint);
    assert_eq!(preflight::obstacles(&blueprint, &observed, Adoption::Undecided), Vec::new());
    scene.run_of(blueprint, &observed)
}

pub fn scene() -> Scene {
    Scene::new_for("admin@partner.example", EVERYTHING)
}

/// Asserts one account with all that it should have, and that the last password handed over signs it in.
fn assert_account(scene: &Scene, passwords: &[String], context: &str) {
    let state = scene.bench.tenant_state(&scene.tenant.id);
    let list = |name: &str| state[name].as_array().unwrap().clone();
    let users: Vec<Value> = list("users").into_iter().filter(|user| user["userPrincipalName"] == UPN).collect();
    assert_eq!(users.len(), 1, "{context}: accounts");
    let id = &users[0]["id"];
    assert_eq!(users[0]["assignedLicenses"].as_array().unwrap().len(), 1, "{context}: licences");
    assert_eq!(list("roleAssignments").iter().filter(|a| a["principalId"] == *id).count(), 1, "{context}: roles");
    let last = passwords.iter().rev().find(|secret| secret.starts_with("Lantern-")).unwrap_or_else(|| panic!("{context}: no password"));
    assert!(scene.bench.can_sign_in(UPN, last), "{context}: the last password shown signs in");
}

/// Stops a run of more effects than `least` after each of them, and lets another visit finish it: at the end there is one account
/// whose last password shown signs in, and `check` holds.
fn stopped_after_every_effect(blueprint: fn() -> Blueprint, least: usize, check: impl Fn(&RunRecord, &Value, &str)) {
    let mut scene = scene();
    for kill_after in 1.. {
        scene.reset();
        let mut visit = Visit::new(&scene.bench, &scene.token, new_run(&scene, blueprint()), scene.bench.now());
        let end = visit.run(Trouble { kill_after: Some(kill_after), ..Trouble::default() });
        let context = format!("killed after effect {kill_after}");
        let (stored, secrets, clock) = (visit.stored, visit.secrets, visit.clock);
        let (record, secrets) = if end == End::Killed { finish(&scene, stored, secrets, clock) } else { (stored, secrets) };
        assert_eq!(record.state(), RunState::Done, "{context}");
        assert_account(&scene, &secrets, &context);
        check(&record, &scene.bench.tenant_state(&scene.tenant.id), &context);
        assert_eq!(violations(&scene.bench), Vec::<Value>::new(), "{context}");
        if end != End::Killed {
            assert!(kill_after > least, "the run has more effects than {kill_after}");
            return;
        }
    }
}

#[test]
fn the_calendar_sync_job_survives_a_crash_after_every_effect() {
    stopped_after_every_effect(calendar, 30, |_, state, context| {
        let apps: Vec<&Value> =
            state["applications"].as_array().unwrap().iter().filter(|app| app["displayName"] == "Calendar sync").collect();
        assert_eq!(apps.len(), 1, "{context}: applications");
        assert_eq!(apps[0]["signInAudience"], "AzureADMultipleOrgs");
        assert_eq!(apps[0]["redirectUris"], json!(["https://lakeside.example.com/settings/calendar-sync/auth-result"]));
        assert_eq!(apps[0]["passwordCredentials"].as_array().unwrap().len(), 1, "{context}: secrets");
        assert_eq!(state["exchangeRoleAssignments"].as_array().unwrap().len(), 1, "{context}: Exchange roles");
    });
}

#[test]
fn a_connection_account_survives_a_crash_after_every_effect() {
    stopped_after_every_effect(connection, 15, |record, state, context| {
        let account = record.facts.account.as_ref().unwrap().as_str();
        let grants: Vec<&Value> =
            state["oauth2PermissionGrants"].as_array().unwrap().iter().filter(|g| g["principalId"] == account).collect();
        assert_eq!(grants.len(), 1, "{context}: grants");
        assert_eq!(
            (grants[0]["consentType"].as_str(), grants[0]["scope"].as_str()),
            (Some("Principal"), Some("Calendars.Read")),
            "{context}"
        );
    });
}

/// The answer to the creation of the account is lost, before it was applied and after.
#[test]
fn f03_a_lost_answer_never_makes_a_second_account() {
    for fault in ["dropBefore", "dropAfterApply"] {
        let scene = scene();
        scene.bench.control(
            "POST",
            "/faults",
            &json!({"match": {"origin": "graph", "method": "POST", "path": "/v1.0/users", "nth": 1}, "then": {fault: true}, "times": 1}),
        );
        let (record, secrets) = finish(&scene, new_run(&scene, calendar()), Vec::new(), scene.bench.now());
        assert_eq!(record.state(), RunState::Done, "{fault}");
        assert_account(&scene, &secrets, fault);
    }
}

/// The creation gets no answer and the account is seen half a minute later only: it is found, and never called somebody else's.
#[test]
fn f15_a_lost_answer_on_a_slow_replica_is_waited_for() {
    let scene = Scene::slow("admin@partner.example", EVERYTHING, 30_000);
    let fault = json!({"match": {"origin": "graph", "method": "POST", "path": "/v1.0/users", "nth": 1}, "then": {"dropAfterApply": true}, "times": 1});
    scene.bench.control("POST", "/faults", &fault);
    let mut run = new_run(&scene, connection());
    run.steps.truncate(1);
    let (record, secrets) = finish(&scene, run, Vec::new(), scene.bench.now());
    assert_eq!((record.state(), record.steps[0].attempts), (RunState::Done, 1));
    assert!(scene.bench.can_sign_in(UPN, secrets.last().unwrap()), "the password of the lost write is the one that counts");
}

/// The look after a lost answer meets an outage too: what it was to settle stays unsettled, and the account stays ours.
#[test]
fn an_outage_after_a_lost_answer_makes_no_stranger_of_the_account() {
    let scene = scene();
    let fault = |method: &str, path: &str, nth: u32, then: Value| {
        let fault = json!({"match": {"origin": "graph", "method": method, "path": path, "nth": nth}, "then": then, "times": 1});
        scene.bench.control("POST", "/faults", &fault);
    };
    let mut run = new_run(&scene, connection());
    run.steps.truncate(1);
    fault("POST", "/v1.0/users", 1, json!({"dropAfterApply": true}));
    fault("GET", "/v1.0/users/*", 2, json!({"status": 503, "body": {"error": {"code": "serviceNotAvailable", "message": "Try again."}}}));
    let (record, secrets) = finish(&scene, run, Vec::new(), scene.bench.now());
    assert_eq!((record.state(), record.steps[0].attempts), (RunState::Done, 1));
    assert!(scene.bench.can_sign_in(UPN, secrets.last().unwrap()));
}

/// A run that was stopped before its secret was saved is undone with its application all the same.
#[test]
fn an_undo_takes_what_was_written_and_not_over() {
    let scene = scene();
    let mut run = new_run(&scene, calendar());
    run.steps.retain(|step| matches!(step.step, StepKind::CreateApplication(_) | StepKind::AddSecret(_)));
    run.facts.application = ObjectId::parse("2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11");
    (run.steps[0].state, run.steps[0].applied) = (StepState::Done, true);
    run.steps[1].state = StepState::NeedsYou(Need::SaveSecret);
    run.steps[1].secret.key_id = Some("k".into());
    let mut back = run.clone();
    back.steps = undo::steps(&run).into_iter().map(|(_, step)| latchkey::plan::record::StepRecord::new(step)).collect();
    back.steps.iter_mut().for_each(|step| step.state = StepState::Done);
    undo::note(&mut run, &back);
    assert!(run.undone, "{:?}", undo::steps(&run));
}

/// A word of the person counts where Exchange refuses to be asked, and not where nobody was asked.
#[test]
fn an_ended_sign_in_is_no_proof_of_what_was_done_by_hand() {
    let scene = scene();
    let mut record = new_run(&scene, calendar());
    record.steps.retain(|step| step.step.subject() == Subject::Exchange);
    record.facts.service_principal = ObjectId::parse("6d2b7c90-1c8d-4a0f-9d42-5e8f7a6b3c21");
    record.steps[0].step = ExchangeRoleByHand { role: calendar().exchange[0].clone() }.into();
    let now = scene.bench.now();
    let said = |outcome: Outcome| {
        let mut engine = Engine::new(record.clone());
        let _ = engine.handle(Event::Began, now);
        let _ = engine.handle(Event::Chose(Command::Confirm), now);
        let _ = engine.handle(answers_with(vec![outcome.clone(), outcome]), now);
        engine.record().steps[0].state
    };
    let fault = |status: u16, code: &str| Fault { status, code: code.into(), ..Fault::default() };
    assert_eq!(said(Outcome::Token { claims: None, fault: NoToken::SignedOut.fault("") }), StepState::NeedsYou(Need::SignIn));
    assert_eq!(said(Outcome::Unknown(fault(0, "NoAnswer"))), StepState::Waiting);
    assert_eq!(said(Outcome::Unknown(fault(500, "InternalServerError"))), StepState::Warning);
    assert_eq!(said(Outcome::Token { claims: None, fault: fault(401, "Unauthorized") }), StepState::Warning);
}

/// What was refused for good can be left out; what makes no sense without it goes on all the same.
#[test]
fn a_licence_that_is_refused_is_left_out_by_choice() {
    let scene = scene();
    let refusal =
        json!({"error": {"code": "Request_BadRequest", "message": "Subscription with SKU x does not have any available licenses."}});
    scene.bench.control("POST", "/faults", &json!({"match": {"origin": "graph", "method": "POST", "path": "/v1.0/users/*/assignLicense", "nth": 1}, "then": {"status": 400, "body": refusal}, "times": 1}));
    let mut visit = Visit::new(&scene.bench, &scene.token, new_run(&scene, connection()), scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Failed));
    let mut engine = Engine::new(visit.stored.clone());
    let _ = engine.handle(Event::Began, visit.clock);
    let _ = engine.handle(Event::Chose(Command::Later), visit.clock);
    assert_eq!(engine.record().steps[1].state, StepState::Skipped);
    let (record, _) = finish(&scene, engine.record().clone(), Vec::new(), visit.clock);
    assert_eq!(record.state(), RunState::Done);
}

#[test]
fn f16_a_client_id_of_nobody_ends_at_once_with_the_reason() {
    let scene = scene();
    let mut blueprint = connection();
    let access = blueprint.account.as_mut().unwrap().access.as_mut().unwrap();
    access.client = AppId::parse("11111111-3b7f-4f6e-8d21-90ab12cd34ef").unwrap();
    let mut visit = Visit::new(&scene.bench, &scene.token, new_run(&scene, blueprint), scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Failed));
    let failed = visit.stored.steps.iter().find(|step| step.state == StepState::Failed).unwrap();
    assert_eq!(failed.fault.as_ref().unwrap().code, "NoSuchApplication");
    assert!(visit.clock.seconds_since(scene.bench.now()) < 30, "it does not wait for what nobody makes");
}

#[test]
fn there_is_no_waiting_for_a_role_that_nobody_gave() {
    let scene = scene();
    let mut record = new_run(&scene, calendar());
    record.steps.retain(|step| step.step.subject() == Subject::Exchange);
    record.steps[0].step = ExchangeRoleByHand { role: calendar().exchange[0].clone() }.into();
    let now = scene.bench.now();
    let mut engine = Engine::new(record);
    let _ = engine.handle(Event::Began, now);
    let _ = engine.handle(Event::Chose(Command::Later), now);
    let states: Vec<StepState> = engine.record().steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [StepState::Skipped, StepState::Skipped]);
}

fn account_engine(scene: &Scene) -> Engine {
    let mut record = new_run(scene, connection());
    record.steps.retain(|step| matches!(step.step, StepKind::CreateAccount(_)));
    Engine::new(record)
}

#[test]
fn an_account_of_somebody_else_is_never_taken_over() {
    let scene = scene();
    let mut engine = account_engine(&scene);
    let planted = json!({"tenant": "partner.example", "objects": [{"type": "user", "userPrincipalName": UPN, "displayName": "Somebody"}]});
    scene.bench.control("POST", "/directory", &planted);
    let blueprint = connection();
    let seen = observed(&scene, &blueprint);
    assert_eq!(preflight::obstacles(&blueprint, &seen, Adoption::Undecided), vec![Obstacle::UserNameTaken(UPN.into())]);
    // It came after the plan was made: the run stops before it writes.
    let _ = engine.handle(Event::Began, scene.bench.now());
    assert_eq!(engine.record().steps[0].state, StepState::NeedsYou(Need::ChoosePassword));
    let visit = Visit::new(&scene.bench, &scene.token, engine.record().clone(), scene.bench.now());
    let mut visit = visit;
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Failed));
    assert_eq!(visit.stored.steps[0].fault.as_ref().unwrap().code, "UserNameTaken");
    assert_eq!(undo::steps(&visit.stored), Vec::new(), "nothing of ours is there to take back");
}

/// A browser sends a request again by itself when the connection breaks: the second answer says that the account exists. Whose it is
/// tell its name and its age.
/// Carries effects out until none is left or the run waits for a person; `before_write` happens just before each write.
fn play(scene: &Scene, engine: &mut Engine, mut effects: Vec<Effect>, now: Instant, before_write: impl Fn()) {
    let mut clock = now;
    for _ in 0..12 {
        let mut next = Vec::new();
        for effect in effects {
            match effect {
                Effect::Intend => next.extend(engine.handle(Event::Stored, clock)),
                Effect::Send(requests) => {
                    if requests[0].is_write() {
                        before_write();
                    }
                    let visit = Visit::new(&scene.bench, &scene.token, engine.record().clone(), clock);
                    next.extend(engine.handle(answers_with(visit.send(&requests)), clock));
                }
                Effect::WakeAt(until) => {
                    clock = until;
                    next.extend(engine.handle(Event::Woke, clock));
                }
                Effect::Keep | Effect::HandOver(_) => {}
            }
        }
        effects = next;
    }
}

#[test]
fn a_conflict_right_after_our_own_look_is_settled_by_a_look() {
    for (name, created, state) in [
        ("Calendar sync", true, StepState::NeedsYou(Need::SavePassword)),
        ("Somebody else", true, StepState::Failed),
        ("Calendar sync", false, StepState::Failed),
    ] {
        let scene = scene();
        let mut engine = account_engine(&scene);
        let now = scene.bench.now();
        let _ = engine.handle(Event::Began, now);
        let effects = engine.handle(Event::PasswordChosen(Secret::new("Lantern-quay-77".into())), now);
        play(&scene, &mut engine, effects, now, || {
            let mut user = json!({"type": "user", "userPrincipalName": UPN, "displayName": name});
            if created {
                user["createdDateTime"] = json!(now.to_iso());
            }
            scene.bench.control("POST", "/directory", &json!({"tenant": "partner.example", "objects": [user]}));
        });
        assert_eq!(engine.record().steps[0].state, state, "{name}, new: {created}");
    }
}

#[test]
fn a_banned_password_is_asked_for_again_and_the_account_is_not_made() {
    let scene = scene();
    let mut engine = account_engine(&scene);
    let now = scene.bench.now();
    let _ = engine.handle(Event::Began, now);
    let effects = engine.handle(Event::PasswordChosen(Secret::new("Passw0rd-1".into())), now);
    play(&scene, &mut engine, effects, now, || {});
    let step = &engine.record().steps[0];
    assert_eq!(step.state, StepState::NeedsYou(Need::ChoosePassword));
    assert!(step.fault.as_ref().unwrap().message.contains("password complexity"), "{:?}", step.fault);
    assert!(!serde_json::to_string(engine.record()).unwrap().contains("Passw0rd"), "no password in the journal");
}

/// Roles go before the account, which Graph does not delete while it has one; then nothing is left to undo.
#[test]
fn undo_takes_back_the_account_the_application_and_the_exchange_role() {
    for blueprint in [calendar(), connection()] {
        undo_of(blueprint);
    }
}

fn undo_of(blueprint: Blueprint) {
    let scene = scene();
    let mut run = new_run(&scene, blueprint);
    run.steps.retain(|step| !matches!(step.step, StepKind::SettleExchange(_)));
    let (mut record, _) = finish(&scene, run, Vec::new(), scene.bench.now());
    let steps: Vec<StepKind> = undo::steps(&record).into_iter().map(|(_, step)| step).collect();
    let mut back = RunRecord::new(
        record.id.clone(),
        record.tenant.clone(),
        record.person.clone(),
        record.blueprint.clone(),
        steps,
        record.facts.resources.clone(),
        scene.bench.now(),
    );
    back.facts = record.facts.clone();
    let mut visit = Visit::new(&scene.bench, &scene.token, back, scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Done), "{:?}", visit.stored.steps);
    let state = scene.bench.tenant_state(&scene.tenant.id);
    assert!(state["users"].as_array().unwrap().iter().all(|user| user["userPrincipalName"] != UPN));
    assert_eq!(violations(&scene.bench), Vec::<Value>::new());
    undo::note(&mut record, &visit.stored);
    assert!(record.undone, "{:?}", undo::steps(&record));
    assert_eq!(state["exchangeRoleAssignments"], json!([]));
    assert!(
        state["applications"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|app| app["displayName"] == "Calendar sync")
            .all(|app| app["deleted"] == true)
    );
}

#[test]
fn where_graph_does_not_answer_for_exchange_the_commands_are_shown_and_the_word_counts() {
    let scene = scene();
    scene.bench.control(
        "POST",
        "/directory",
        &json!({"tenant": "partner.example", "objects": [{"type": "policy", "exchangeRoles": null}]}),
    );
    let mut blueprint = calendar();
    blueprint.exchange = vec![ExchangeRole { name: "ApplicationImpersonation".into(), holder: ExchangeHolder::Account }];
    let (record, _) = finish(&scene, new_run(&scene, blueprint), Vec::new(), scene.bench.now());
    let at = record.steps.iter().position(|step| matches!(step.step, StepKind::ExchangeRoleByHand(_))).unwrap();
    assert_eq!(record.steps[at].state, StepState::Warning, "nobody could look at it");
    let commands = latchkey::text::accounts::commands_by_hand(&record, at, latchkey::entra::cloud::Cloud::Global).unwrap();
    insta::assert_snapshot!(commands, @r"
    Connect-ExchangeOnline
    if ((Get-ConnectionInformation | Select-Object -Last 1).TenantID -ne '5c63b5ac-7de7-4871-b9d5-aed8b6a37097') { throw 'This is another tenant.' }
    New-ManagementRoleAssignment -Role 'ApplicationImpersonation' -User 'svc-calendar@partner.example'
    ");
}

#[test]
fn a_retired_exchange_role_is_said_before_the_plan_starts() {
    let scene = scene();
    let mut blueprint = calendar();
    blueprint.exchange = vec![ExchangeRole { name: "ApplicationImpersonation".into(), holder: ExchangeHolder::Account }];
    let obstacles = preflight::obstacles(&blueprint, &observed(&scene, &blueprint), Adoption::Undecided);
    assert_eq!(obstacles, vec![Obstacle::ExchangeRoleGone(blueprint.exchange[0].clone())]);
    // An older tenant still has it.
    let planted = json!({"tenant": "partner.example", "objects": [{"type": "policy", "exchangeRoles": ["ApplicationImpersonation"]}]});
    scene.bench.control("POST", "/directory", &planted);
    let (record, _) = finish(&scene, new_run(&scene, blueprint), Vec::new(), scene.bench.now());
    assert_eq!(record.state(), RunState::Done);
}

/// Two hours are a state of the run, over any number of visits; before they are over nothing is called done but by the person.
#[test]
fn the_delay_of_exchange_outlives_the_browser() {
    let scene = scene();
    let mut record = new_run(&scene, calendar());
    record.steps.retain(|step| step.step.subject() == Subject::Exchange);
    let start = scene.bench.now();
    (record.steps[0].state, record.steps[0].ended) = (StepState::Done, Some(start));
    let mut engine = Engine::new(record);
    let wakes = |effects: Vec<Effect>| effects.iter().any(|effect| matches!(effect, Effect::WakeAt(at) if *at == start.plus_seconds(7200)));
    assert!(wakes(engine.handle(Event::Began, start)));
    assert_eq!(engine.record().state(), RunState::Waiting);
    let mut later = Engine::new(engine.record().clone());
    assert!(wakes(later.handle(Event::Began, start.plus_seconds(3600))));
    assert_eq!(later.record().state(), RunState::Waiting);
    let _ = later.handle(Event::Woke, start.plus_seconds(7201));
    assert_eq!(later.record().state(), RunState::NeedsYou, "the hours are over, and nobody has seen it work yet");
    let _ = later.handle(Event::Chose(Command::Confirm), start.plus_seconds(7300));
    assert_eq!(later.record().state(), RunState::Done);
    let _ = engine.handle(Event::Chose(Command::Confirm), start.plus_seconds(60));
    assert_eq!(engine.record().state(), RunState::Done, "it worked sooner");
}

#[test]
fn another_account_proves_nothing_and_the_record_keeps_the_old_one() {
    let scene = scene();
    let mut record = new_run(&scene, connection());
    record.facts.account = ObjectId::parse("48d31887-5fad-4d73-a9f5-3c356e68a038");
    record.steps.retain(|step| matches!(step.step, StepKind::ProveAccount(_) | StepKind::FinishAccount(_)));
    record.steps[1].step = FinishAccount { replaces: Some("old@partner.example".into()) }.into();
    let now = scene.bench.now();
    let mut engine = Engine::new(record.clone());
    let _ = engine.handle(Event::Began, now);
    let _ = engine.handle(Event::Proved(ObjectId::parse("00000000-5fad-4d73-a9f5-3c356e68a038").unwrap()), now);
    assert_eq!(engine.record().steps[0].state, StepState::NeedsYou(Need::Prove));
    assert_eq!(engine.record().steps[0].fault.as_ref().unwrap().code, "OtherAccount");
    let _ = engine.handle(Event::Chose(Command::Later), now);
    let states: Vec<StepState> = engine.record().steps.iter().map(|step| step.state).collect();
    assert_eq!(states, vec![StepState::Skipped, StepState::Skipped]);
    let mut proved = Engine::new(record.clone());
    let _ = proved.handle(Event::Began, now);
    let _ = proved.handle(Event::Proved(record.facts.account.unwrap()), now);
    assert_eq!(proved.record().steps[1].state, StepState::NeedsYou(Need::Finish));
}

#[test]
fn no_request_that_is_shown_holds_a_password() {
    let scene = scene();
    let record = new_run(&scene, connection());
    let shown: Vec<String> = (0..record.steps.len())
        .filter_map(|at| preview::request(&record, at))
        .map(|request| preview::readable(&request.to_text("https://graph.microsoft.com")))
        .collect();
    insta::assert_snapshot!(shown.join("\n\n"));
}

#[test]
fn names_and_passwords_are_checked_before_any_request() {
    let check = |name: &str| account::check_user_name(name, "partner.example");
    assert_eq!(check("svc-calendar"), Ok(()));
    assert_eq!(check("o'neil_1"), Ok(()));
    assert_eq!(check(" "), Err(UserNameFault::Empty));
    assert_eq!(check("a@b"), Err(UserNameFault::Character('@')));
    assert_eq!(check("müller"), Err(UserNameFault::Character('ü')));
    assert_eq!(check("svc."), Err(UserNameFault::EndsWithDot));
    assert_eq!(check(&"a".repeat(65)), Err(UserNameFault::TooLong));
    let password = |text: &str| account::check_password(text, "svc-calendar");
    assert_eq!(password("Lantern-quay-7"), Ok(()));
    assert_eq!(password("Short-1"), Err(PasswordFault::TooShort));
    assert_eq!(password("lowercaseonly"), Err(PasswordFault::TooSimple));
    assert_eq!(password("Grüße-2026"), Err(PasswordFault::Character('ü')));
    assert_eq!(password("My-SVC-calendar-1"), Err(PasswordFault::HoldsUserName));
    assert_eq!(password(&"aA1-".repeat(65)), Err(PasswordFault::TooLong));
}

proptest! {
    #[test]
    fn a_generated_password_meets_every_rule(random in proptest::collection::vec(any::<u8>(), 96..128)) {
        if let Some(password) = account::generate_password(&random) {
            prop_assert_eq!(password.reveal().len(), account::GENERATED_LENGTH);
            prop_assert_eq!(account::check_password(password.reveal(), "svc-calendar"), Ok(()));
        }
    }
}
