//! What comes after the first day: rotation, certificates, permissions and their undo, with foreign things left as they are.

use crate::driver::{End, Trouble, Visit, violations};
use crate::runs::{GRAPH, Scene, finish, permission};
use latchkey::domain::blueprint::{Audience, Blueprint, Credential};
use latchkey::domain::certificate::PublicCertificate;
use latchkey::domain::ids::{AppId, ObjectId, RunId};
use latchkey::domain::on_premises::{Field, OnPremises};
use latchkey::domain::permission::PermissionKind;
use latchkey::domain::role::DirectoryRole;
use latchkey::entra::relay;
use latchkey::entra::token::TokenFault;
use latchkey::graph::batch;
use latchkey::graph::request::GraphRequest;
use latchkey::plan::record::{Facts, Purpose, RunRecord, RunState, StepState};
use latchkey::plan::step::StepKind;
use latchkey::plan::step::kinds::{
    AddCertificate, AddSecret, AssignRole, ChangePermissions, DeleteApplication, GrantApplication, GrantDelegated, MakeCertificate,
    RemoveCertificate, RemoveRole, RemoveSecret, Rename, RevokeApplication, RevokeDelegated, SetAudience, SetEnabled, SetNotes,
};
use latchkey::plan::undo;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

const MAIL_READ: &str = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
const USER_READ_ALL: &str = "df021288-bdef-4463-88db-98f22de89214";

/// An application with an old secret and, of somebody else, a certificate, a secret and a grant.
struct Old {
    application: ObjectId,
    app_id: AppId,
    principal: ObjectId,
    secret: String,
    key_id: String,
}

impl Old {
    fn make(scene: &Scene) -> Self {
        let (record, secrets) = finish(scene, scene.new_run(), Vec::new(), scene.bench.now());
        let application = record.facts.application.clone().unwrap();
        let principal = record.facts.service_principal.clone().unwrap();
        let plant = |object: Value| scene.bench.control("POST", "/directory", &json!({"tenant": "partner.example", "objects": [object]}));
        plant(json!({"type": "credential", "application": application.as_str(), "usage": "Verify", "key": "Zm9yZWlnbg==",
            "displayName": "CN=foreign", "customKeyIdentifier": "3q2+7wAAAAAAAAAAAAAAAAAAAAA=", "startDateTime": "2026-01-01T00:00:00Z",
            "endDateTime": "2036-01-01T00:00:00Z"}));
        plant(json!({"type": "credential", "application": application.as_str(), "displayName": "of the nightly backup", "hint": "abc",
            "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2036-01-01T00:00:00Z"}));
        let step = record.steps.iter().find(|step| matches!(step.step, StepKind::AddSecret(_))).unwrap();
        Self {
            application,
            app_id: record.facts.app_id.clone().unwrap(),
            principal,
            secret: secrets.last().unwrap().clone(),
            key_id: step.secret.key_id.clone().unwrap(),
        }
    }

    fn run(&self, scene: &Scene, purpose: Purpose, steps: Vec<StepKind>) -> RunRecord {
        let blueprint =
            Blueprint { name: "Nightly report".into(), credential: Credential::None, grant_in_run: true, ..Blueprint::default() };
        let id = RunId::parse("5e1b2a9c-3b7f-4f6e-8d21-90ab12cd34ef").unwrap();
        let resources = scene.resources().into_iter().filter_map(|(app, id)| Some((app, id?))).collect();
        let mut record = RunRecord::new(id, scene.tenant.clone(), scene.person.clone(), blueprint, steps, resources, scene.bench.now());
        record.purpose = purpose;
        record.facts = Facts {
            application: Some(self.application.clone()),
            app_id: Some(self.app_id.clone()),
            service_principal: Some(self.principal.clone()),
            ..record.facts
        };
        record
    }

    fn removal(&self) -> StepKind {
        StepKind::from(RemoveSecret { key_id: self.key_id.clone(), name: "old".into(), ends: None })
    }

    /// Reads the application as the newest replica has it.
    fn read(&self, scene: &Scene) -> Value {
        scene.bench.control("POST", "/clock", &json!({"advanceSeconds": 5}));
        let request = GraphRequest::get(format!(
            "/applications/{}?$select=id,keyCredentials,passwordCredentials,requiredResourceAccess,displayName,signInAudience,notes,serviceManagementReference",
            self.application
        ));
        let answer = scene.bench.batch(&scene.token, &batch::body(std::slice::from_ref(&request))).unwrap();
        answer["responses"][0]["body"].clone()
    }

    fn works(&self, scene: &Scene, secret: &str) -> bool {
        scene.app_token(self.app_id.as_str(), secret).get("access_token").is_some()
    }
}

fn foreign(app: &Value, list: &str) -> Vec<String> {
    let is_foreign =
        |credential: &&Value| ["CN=foreign", "of the nightly backup"].contains(&credential["displayName"].as_str().unwrap_or_default());
    app[list].as_array().unwrap().iter().filter(is_foreign).map(Value::to_string).collect()
}

/// Stops the page after every single effect of a rotation. At every stop somebody holds a live credential; at the end exactly the
/// new one is left of ours.
#[test]
fn a_rotation_survives_a_crash_after_every_effect() {
    let mut scene = Scene::new("admin@partner.example");
    for kill_after in 1.. {
        scene.reset();
        let old = Old::make(&scene);
        let before = old.read(&scene);
        scene.bench.control("DELETE", "/requests", &Value::Null);
        let run = old.run(&scene, Purpose::Rotate, vec![AddSecret { days: 90 }.into(), old.removal()]);
        let mut visit = Visit::new(&scene.bench, &scene.token, run, scene.bench.now());
        let end = visit.run(Trouble { kill_after: Some(kill_after), ..Trouble::default() });
        let context = format!("killed after effect {kill_after}");
        let (stored, secrets, clock) = (visit.stored, visit.secrets, visit.clock);
        // A value counts as held once the person could have copied it.
        let held = old.works(&scene, &old.secret) || secrets.iter().any(|secret| old.works(&scene, secret));
        assert!(held, "{context}: nobody has a live credential");
        let (record, secrets) = if end == End::Killed { finish(&scene, stored, secrets, clock) } else { (stored, secrets) };
        let app = old.read(&scene);
        let ours: Vec<&Value> =
            app["passwordCredentials"].as_array().unwrap().iter().filter(|c| c["displayName"] != "of the nightly backup").collect();
        assert_eq!(ours.len(), 1, "{context}: {ours:?}");
        assert_eq!(ours[0]["keyId"].as_str(), record.steps[0].secret.key_id.as_deref(), "{context}");
        assert!(old.works(&scene, secrets.last().unwrap()), "{context}: the last value shown works");
        for list in ["keyCredentials", "passwordCredentials"] {
            assert_eq!(foreign(&app, list), foreign(&before, list), "{context}: {list} of others");
        }
        assert_eq!(violations(&scene.bench), Vec::<Value>::new(), "{context}");
        if end != End::Killed {
            assert!(kill_after > 8, "a rotation has many effects, not {kill_after}");
            break;
        }
    }
}

/// Every answer of a rotation gets lost in turn.
#[test]
fn f03_a_rotation_survives_every_lost_answer() {
    let mut scene = Scene::new("admin@partner.example");
    for then in [json!({"dropAfterApply": true}), json!({"dropBefore": true})] {
        for nth in 1.. {
            scene.reset();
            let old = Old::make(&scene);
            scene.bench.control("DELETE", "/requests", &Value::Null);
            scene.bench.control("POST", "/faults", &json!({"match": {"origin": "graph", "path": "/v1.0/**", "nth": nth}, "then": then}));
            let run = old.run(&scene, Purpose::Rotate, vec![AddSecret { days: 90 }.into(), old.removal()]);
            let (record, secrets) = finish(&scene, run, Vec::new(), scene.bench.now());
            let sent = scene.bench.control("GET", "/requests", &Value::Null).as_array().unwrap().len();
            scene.bench.control("DELETE", "/faults", &Value::Null);
            let app = old.read(&scene);
            let ours: Vec<&Value> =
                app["passwordCredentials"].as_array().unwrap().iter().filter(|c| c["displayName"] != "of the nightly backup").collect();
            assert_eq!(ours.len(), 1, "answer {nth} lost by {then}: {ours:?}");
            assert_eq!(ours[0]["keyId"].as_str(), record.steps[0].secret.key_id.as_deref());
            assert!(old.works(&scene, secrets.last().unwrap()));
            if sent < nth {
                break;
            }
        }
    }
}

/// A certificate with the file of its key, which goes when the value does.
struct Keyed {
    certificate: PublicCertificate,
    key: std::path::PathBuf,
}

impl Drop for Keyed {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.key);
    }
}

fn keyed() -> Keyed {
    keyed_for(365)
}

fn keyed_for(days: u32) -> Keyed {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let file = std::env::temp_dir().join(format!("latchkey-upkeep-{}-{number}.pem", std::process::id()));
    let key = file.with_extension("key");
    let made = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-newkey", "rsa:2048", "-subj", "/CN=Nightly report", "-days", &days.to_string()])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&file)
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let bytes = std::fs::read(&file).unwrap();
    let _ = std::fs::remove_file(&file);
    let now = i64::try_from(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap();
    Keyed { certificate: latchkey_certificate::read::read(&bytes, now + 60_000).unwrap(), key }
}

pub fn certificate() -> PublicCertificate {
    keyed().certificate.clone()
}

pub fn certificate_for(days: u32) -> PublicCertificate {
    keyed_for(days).certificate.clone()
}

/// The relay's assertion, signed by OpenSSL in place of WebCrypto, gets a token where no Origin is sent, and none where one is.
#[test]
fn an_assertion_of_the_page_gets_a_token_without_an_origin() {
    let scene = Scene::new("admin@partner.example");
    let old = Old::make(&scene);
    let keyed = keyed();
    let add = StepKind::from(AddCertificate { certificate: Box::new(keyed.certificate.clone()) });
    finish(&scene, old.run(&scene, Purpose::UseNow, vec![add]), Vec::new(), scene.bench.now());
    scene.bench.control("POST", "/clock", &json!({"advanceSeconds": 5}));
    let ask = |sha256: &str, origin: Option<&str>| {
        let unsigned = relay::unsigned(&scene.bench.config.login, &scene.tenant.id, &old.app_id, sha256, "one", scene.bench.now());
        let mut openssl = Command::new("openssl");
        openssl.args(["dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1", "-sign"]).arg(&keyed.key);
        let mut child = openssl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(unsigned.as_bytes()).unwrap();
        let assertion = relay::signed(&unsigned, &child.wait_with_output().unwrap().stdout);
        let form = relay::form(&old.app_id, &assertion, &scene.bench.config.graph);
        let url = format!("{}/{}/oauth2/v2.0/token", scene.bench.config.login, scene.tenant.id);
        let mut post = scene.bench.agent.post(&url).header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            post = post.header("origin", origin);
        }
        let mut answer = post.send(form).unwrap();
        relay::judge(answer.status().as_u16(), &answer.body_mut().read_to_vec().unwrap())
    };
    assert!(ask(&keyed.certificate.sha256, None).is_ok_and(|token| token.expires_in > 3000));
    let refused = ask(&"00".repeat(32), None).err().unwrap();
    assert!(relay::is_early(&refused), "a thumbprint that is not known yet: {refused}");
    let refused = ask(&keyed.certificate.sha256, Some(&scene.bench.config.origin)).err().unwrap();
    assert!(matches!(&refused, TokenFault::Refused(fault) if fault.number == Some(9_002_326)), "{refused}");
    assert!(!relay::is_early(&refused));
}

/// The same for the switch to a certificate: the certificate is listed once, what others have stays byte for byte.
#[test]
fn f24_t37_a_switch_to_a_certificate_survives_a_crash_after_every_effect() {
    let mut scene = Scene::new("admin@partner.example");
    let certificate = certificate();
    for kill_after in 1.. {
        scene.reset();
        let old = Old::make(&scene);
        let before = old.read(&scene);
        let make = StepKind::from(MakeCertificate { days: 365, bits: 2048 });
        let mut record = old.run(&scene, Purpose::SwitchToCertificate, vec![make, old.removal()]);
        let mut clock = scene.bench.now();
        let mut ended = false;
        for visit_no in 0..4 {
            let mut visit = Visit::new(&scene.bench, &scene.token, record, clock);
            visit.certificate = Some(certificate.clone());
            let end = visit.run(Trouble { kill_after: (visit_no == 0).then_some(kill_after), ..Trouble::default() });
            let listed =
                |app: &Value| app["keyCredentials"].as_array().unwrap().iter().filter(|key| key["displayName"] != "CN=foreign").count();
            let app = old.read(&scene);
            assert!(old.works(&scene, &old.secret) || listed(&app) == 1, "effect {kill_after}: no live credential");
            (record, clock) = (visit.stored, visit.clock);
            if end == End::State(RunState::Done) {
                ended = visit_no == 0;
                break;
            }
            assert_eq!(end, End::Killed, "{:?}", record.steps);
        }
        let context = format!("killed after effect {kill_after}");
        let app = old.read(&scene);
        let keys = app["keyCredentials"].as_array().unwrap();
        assert_eq!(keys.len(), 2, "{context}: {keys:?}");
        assert_eq!(keys.iter().filter(|key| key["key"] == certificate.der.as_str()).count(), 1, "{context}");
        assert_eq!(app["passwordCredentials"].as_array().unwrap().len(), 1, "{context}: the secret of others is left");
        for list in ["keyCredentials", "passwordCredentials"] {
            assert_eq!(foreign(&app, list), foreign(&before, list), "{context}: {list} of others");
        }
        if ended {
            assert!(kill_after > 6, "the switch has many effects, not {kill_after}");
            break;
        }
    }
}

/// The old certificate is removed from a list that must hold the new one, however far behind the replica is that answers.
#[test]
fn f24_a_rotated_certificate_is_never_lost_to_a_stale_list() {
    let mut scene = Scene::new("admin@partner.example");
    for _ in 0..12 {
        scene.reset();
        let old = Old::make(&scene);
        let certificate = certificate();
        let add = StepKind::from(AddCertificate { certificate: Box::new(certificate.clone()) });
        let keys = old.read(&scene)["keyCredentials"].clone();
        let key_id = keys[0]["keyId"].as_str().unwrap().to_owned();
        let remove = StepKind::from(RemoveCertificate { key_id, name: "old".into(), ends: None });
        finish(&scene, old.run(&scene, Purpose::Rotate, vec![add, remove]), Vec::new(), scene.bench.now());
        let keys = old.read(&scene)["keyCredentials"].clone();
        assert_eq!(keys.as_array().unwrap().len(), 1, "{keys}");
        assert_eq!(keys[0]["key"], certificate.der.as_str());
    }
}

/// Two removals in a row: the second must not be built on a list that still has the first.
#[test]
fn a_removed_certificate_does_not_come_back() {
    let mut scene = Scene::new("admin@partner.example");
    for _ in 0..8 {
        scene.reset();
        let old = Old::make(&scene);
        let keyed = certificate();
        let add = StepKind::from(AddCertificate { certificate: Box::new(keyed) });
        finish(&scene, old.run(&scene, Purpose::AddCredential, vec![add]), Vec::new(), scene.bench.now());
        let keys = old.read(&scene)["keyCredentials"].as_array().unwrap().clone();
        assert_eq!(keys.len(), 2);
        let removals = keys.iter().map(|key| {
            let key_id = key["keyId"].as_str().unwrap().to_owned();
            StepKind::from(RemoveCertificate { key_id, name: "old".into(), ends: None })
        });
        let mut run = old.run(&scene, Purpose::RemoveCredential, removals.collect());
        run.id = RunId::parse("9e1b2a9c-3b7f-4f6e-8d21-90ab12cd34ef").unwrap();
        finish(&scene, run, Vec::new(), scene.bench.now());
        assert_eq!(old.read(&scene)["keyCredentials"], json!([]));
    }
}

/// A rotation whose new secret is put off takes nothing away.
#[test]
fn a_rotation_that_is_put_off_leaves_the_old_secret() {
    let scene = Scene::new("admin@partner.example");
    let old = Old::make(&scene);
    let run = old.run(&scene, Purpose::Rotate, vec![AddSecret { days: 90 }.into(), old.removal()]);
    let mut visit = Visit::new(&scene.bench, &scene.token, run, scene.bench.now());
    visit.puts_off = true;
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Done));
    assert_eq!(visit.stored.steps.iter().map(|step| step.state).collect::<Vec<_>>(), [StepState::Skipped, StepState::Skipped]);
    assert!(old.works(&scene, &old.secret));
}

/// A record that was changed, or came in a file, deletes nothing that its run did not make.
#[test]
fn t37_undo_deletes_only_what_carries_the_name_of_its_run() {
    let scene = Scene::new("admin@partner.example");
    let old = Old::make(&scene);
    let unique_name = Some("latchkey-another".into());
    let steps = vec![DeleteApplication { id: old.application.clone(), name: "Nightly report".into(), unique_name }.into()];
    let mut visit = Visit::new(&scene.bench, &scene.token, old.run(&scene, Purpose::Undo, steps), scene.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Failed));
    assert!(old.works(&scene, &old.secret));
}

/// An expired certificate of somebody else may not be sent back; the plan says that it goes.
#[test]
fn an_expired_certificate_is_left_out_of_the_list() {
    let scene = Scene::new("admin@partner.example");
    let old = Old::make(&scene);
    scene.bench.control(
        "POST",
        "/directory",
        &json!({"tenant": "partner.example", "objects": [{"type": "credential", "application": old.application.as_str(), "usage": "Verify",
            "key": "ZXhwaXJlZA==", "displayName": "CN=expired", "startDateTime": "2020-01-01T00:00:00Z", "endDateTime": "2021-01-01T00:00:00Z"}]}),
    );
    let certificate = certificate();
    let add = StepKind::from(AddCertificate { certificate: Box::new(certificate) });
    finish(&scene, old.run(&scene, Purpose::AddCredential, vec![add]), Vec::new(), scene.bench.now());
    let names: Vec<String> =
        old.read(&scene)["keyCredentials"].as_array().unwrap().iter().map(|key| key["displayName"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["CN=foreign", "CN=Nightly report"]);
}

/// A role that counts in an administrative unit is neither the one that was asked for nor the one that is taken away.
#[test]
fn a_role_in_a_part_of_the_tenant_is_another_one() {
    let scene = Scene::new("admin@partner.example");
    let old = Old::make(&scene);
    let role = DirectoryRole { id: "f2ef992c-3afb-46b9-b7cf-a126ee74c451".into(), name: "Global Reader".into() };
    let reader = role.id.clone();
    let unit = "/administrativeUnits/7f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef";
    let planted =
        json!({"type": "roleAssignment", "principalId": old.principal.as_str(), "roleDefinitionId": role.id, "directoryScopeId": unit});
    scene.bench.control("POST", "/directory", &json!({"tenant": "partner.example", "objects": [planted]}));
    let scopes = || {
        let state = scene.bench.tenant_state(&scene.tenant.id);
        let mine = state["roleAssignments"].as_array().unwrap().iter().filter(|held| held["principalId"] == old.principal.as_str());
        let of_role = mine.filter(|held| held["roleDefinitionId"] == reader.as_str());
        let mut all: Vec<String> = of_role.map(|held| held["directoryScopeId"].as_str().unwrap().to_owned()).collect();
        all.sort();
        all
    };
    let given = old.run(&scene, Purpose::Role, vec![AssignRole { role: role.clone() }.into()]);
    let (given, _) = finish(&scene, given, Vec::new(), scene.bench.now());
    assert_eq!(given.steps[0].state, StepState::Done, "{:?}", given.steps[0]);
    assert_eq!(scopes(), ["/", unit]);
    let mut taken = old.run(&scene, Purpose::Role, vec![RemoveRole { role }.into()]);
    taken.id = RunId::parse("6e1b2a9c-3b7f-4f6e-8d21-90ab12cd34ef").unwrap();
    let (taken, _) = finish(&scene, taken, Vec::new(), scene.bench.now());
    assert_eq!(taken.steps[0].state, StepState::Done, "{:?}", taken.steps[0]);
    assert_eq!(scopes(), [unit]);
}

/// What a run changed is taken back by its undo; a scope that was granted before stays.
#[test]
fn t37_undo_takes_back_what_the_run_made_and_nothing_else() {
    let scene = Scene::new("admin@partner.example");
    let old = Old::make(&scene);
    let before = (old.read(&scene), scene.bench.tenant_state(&scene.tenant.id));
    let graph = AppId::parse(GRAPH).unwrap();
    let mail = permission(GRAPH, "Microsoft Graph", MAIL_READ, PermissionKind::Application, "Mail.Read");
    let users = permission(GRAPH, "Microsoft Graph", USER_READ_ALL, PermissionKind::Application, "User.Read.All");
    let role = DirectoryRole { id: "f2ef992c-3afb-46b9-b7cf-a126ee74c451".into(), name: "Global Reader".into() };
    let steps = vec![
        ChangePermissions { add: vec![mail.clone()], remove: vec![users.clone()] }.into(),
        GrantApplication { permission: mail }.into(),
        RevokeApplication { permission: users }.into(),
        GrantDelegated { resource: graph.clone(), name: "Microsoft Graph".into(), scopes: vec!["User.Read".into(), "Mail.Send".into()] }
            .into(),
        RevokeDelegated { resource: graph, name: "Microsoft Graph".into(), scopes: vec!["Calendars.Read".into()] }.into(),
        AssignRole { role }.into(),
        SetAudience { audience: Audience::MultiTenant }.into(),
        Rename { from: "Nightly report".into(), to: "Nightly report 2".into() }.into(),
        SetEnabled { enabled: false }.into(),
    ];
    let count = steps.len();
    let (record, _) = finish(&scene, old.run(&scene, Purpose::Permissions, steps), Vec::new(), scene.bench.now());
    let changed = old.read(&scene);
    assert_eq!(
        (changed["displayName"].as_str(), changed["signInAudience"].as_str()),
        (Some("Nightly report 2"), Some("AzureADMultipleOrgs"))
    );
    assert_ne!(changed["requiredResourceAccess"], before.0["requiredResourceAccess"]);
    let back: Vec<StepKind> = undo::steps(&record).into_iter().map(|(_, step)| step).collect();
    assert_eq!(back.len(), count, "{back:?}");
    assert_eq!(undo::stays(&record), Vec::<usize>::new());
    let mut undo = old.run(&scene, Purpose::Undo, back);
    undo.id = RunId::parse("6e1b2a9c-3b7f-4f6e-8d21-90ab12cd34ef").unwrap();
    let (undone, _) = finish(&scene, undo, Vec::new(), scene.bench.now());
    assert!(undone.steps.iter().all(|step| step.state == StepState::Done), "{:?}", undone.steps);
    let after = (old.read(&scene), scene.bench.tenant_state(&scene.tenant.id));
    let ids = |app: &Value| {
        let mut all: Vec<String> = app["requiredResourceAccess"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|r| r["resourceAccess"].as_array().unwrap().clone())
            .map(|a| a["id"].as_str().unwrap().to_owned())
            .collect();
        all.sort();
        all
    };
    assert_eq!(ids(&after.0), ids(&before.0));
    assert_eq!((&after.0["displayName"], &after.0["signInAudience"]), (&before.0["displayName"], &before.0["signInAudience"]));
    let of = |state: &Value, list: &str, owner: &str, keep: &[&str]| {
        let mine = state[list].as_array().unwrap().iter().filter(|item| item[owner] == old.principal.as_str());
        let mut all: Vec<String> = mine.map(|item| keep.iter().map(|name| item[*name].to_string()).collect::<String>()).collect();
        all.sort();
        all
    };
    for (list, owner, keep) in [
        ("appRoleAssignments", "principalId", &["resourceId", "appRoleId"][..]),
        ("roleAssignments", "principalId", &["roleDefinitionId"][..]),
    ] {
        assert_eq!(of(&after.1, list, owner, keep), of(&before.1, list, owner, keep), "{list}");
    }
    let scopes = |state: &Value| {
        let grant = state["oauth2PermissionGrants"]
            .as_array()
            .unwrap()
            .iter()
            .find(|grant| grant["clientId"] == old.principal.as_str())
            .unwrap()
            .clone();
        let mut scopes: Vec<String> = grant["scope"].as_str().unwrap().split(' ').map(str::to_owned).collect();
        scopes.sort();
        scopes
    };
    assert_eq!(scopes(&after.1), scopes(&before.1));
}

#[test]
fn a_secret_that_was_just_made_must_be_listed_until_it_was_removed() {
    use latchkey::plan::live::recent_secrets;
    let scene = Scene::new("admin@partner.example");
    let old = Old::make(&scene);
    let rotation = old.run(&scene, Purpose::Rotate, vec![AddSecret { days: 90 }.into(), old.removal()]);
    let app_id = rotation.facts.app_id.clone().unwrap();
    let (mut made, _) = finish(&scene, rotation, Vec::new(), scene.bench.now());
    let ended = made.steps[0].ended.unwrap();
    let new = made.steps[0].secret.key_id.clone().unwrap();
    let recent = |run: &RunRecord, seconds| recent_secrets([run].into_iter(), &app_id, ended.plus_seconds(seconds));
    assert_eq!(recent(&made, 5), [new.clone()].into());
    assert!(recent(&made, 600).is_empty(), "by then every replica knows it, or somebody removed it");
    let StepKind::RemoveSecret(removal) = &mut made.steps[1].step else { panic!("a rotation ends with a removal") };
    removal.key_id = new;
    made.steps[1].applied = true;
    assert!(recent(&made, 5).is_empty(), "what a run takes away is not waited for");
}

#[test]
fn notes_are_set_and_taken_back() {
    let scene = Scene::new("admin@partner.example");
    let old = Old::make(&scene);
    let notes = |app: &serde_json::Value| (app["notes"].clone(), app["serviceManagementReference"].clone());
    let change = |notes: Option<&str>, reference: Option<&str>| -> StepKind {
        SetNotes { notes: notes.map(str::to_owned), reference: reference.map(str::to_owned) }.into()
    };
    let run = |step: StepKind| finish(&scene, old.run(&scene, Purpose::Notes, vec![step]), Vec::new(), scene.bench.now()).0;
    let (finance, none, asset) = (json!("Owned by Finance"), Value::Null, json!("CI-42"));
    run(change(Some("Owned by Finance"), None));
    assert_eq!(notes(&old.read(&scene)), (finance.clone(), none.clone()));
    // What is not changed is not written: a colleague may have changed it meanwhile.
    run(change(None, Some("CI-42")));
    assert_eq!(notes(&old.read(&scene)), (finance.clone(), asset.clone()));
    let record = run(change(Some(""), None));
    assert_eq!(notes(&old.read(&scene)), (none, asset.clone()));
    let back: Vec<StepKind> = undo::steps(&record).into_iter().map(|(_, step)| step).collect();
    assert_eq!(back, [change(Some("Owned by Finance"), None)]);
    let script = latchkey::text::script::write(&record, "https://graph.microsoft.com", latchkey::text::script::Language::AzureCli).unwrap();
    assert!(script.contains("--method patch") && !script.contains("serviceManagementReference"), "{script}");
    finish(&scene, old.run(&scene, Purpose::Undo, back), Vec::new(), scene.bench.now());
    assert_eq!(notes(&old.read(&scene)), (finance, asset));
}

#[test]
fn a_deleted_application_is_restored() {
    let scene = Scene::new("admin@partner.example");
    let old = Old::make(&scene);
    let delete = DeleteApplication { id: old.application.clone(), name: "Nightly report".into(), unique_name: None }.into();
    let (deleted, _) = finish(&scene, old.run(&scene, Purpose::Delete, vec![delete]), Vec::new(), scene.bench.now());
    assert!(!old.works(&scene, &old.secret));
    let back = undo::steps(&deleted).into_iter().map(|(_, step)| step).collect();
    finish(&scene, old.run(&scene, Purpose::Restore, back), Vec::new(), scene.bench.now());
    assert_eq!(old.read(&scene)["displayName"], "Nightly report");
    assert!(old.works(&scene, &old.secret));
}

#[test]
fn on_premises_settings_are_checked_at_the_field() {
    let good = OnPremises {
        enabled: true,
        domain: "corp.example.com".into(),
        server: "dc1.corp.example.com:636".into(),
        search_base: r"OU=Staff\, all,DC=corp,DC=example,DC=com".into(),
        user_name_attribute: "userPrincipalName".into(),
        connect_server: String::new(),
        note: "Two forests".into(),
    };
    assert_eq!(good.faults(), []);
    assert_eq!(OnPremises::default().faults(), [], "off and empty is fine");
    let on = OnPremises { enabled: true, ..OnPremises::default() };
    assert_eq!(on.faults(), [Field::Domain, Field::Server, Field::UserNameAttribute]);
    type Change = fn(&mut OnPremises);
    let bad: [(Field, Change); 8] = [
        (Field::Domain, |s| s.domain = "corp".into()),
        (Field::Domain, |s| s.domain = "corp_.example.com".into()),
        (Field::Server, |s| s.server = "dc1:99999".into()),
        (Field::Server, |s| s.server = "ldap://dc1".into()),
        (Field::SearchBase, |s| s.search_base = "Staff".into()),
        (Field::UserNameAttribute, |s| s.user_name_attribute = "user name".into()),
        (Field::ConnectServer, |s| s.connect_server = "-sync".into()),
        (Field::Note, |s| s.note = "x".repeat(501)),
    ];
    for (field, change) in bad {
        let mut settings = good.clone();
        change(&mut settings);
        assert_eq!(settings.faults(), [field], "{settings:?}");
    }
}
