//! Check with Microsoft: against the emulator every point holds, and under a quirk exactly its own points differ.

use crate::driver::{End, Trouble, Visit, violations};
use crate::support::Bench;
use crate::upkeep::certificate_for;
use latchkey::check::read::{Examination, Ground, Outer};
use latchkey::check::report::{self, Head};
use latchkey::check::sign_in::{Renewal, Renewals};
use latchkey::check::{self, Came, Finding, Point, Standing, Why, plan};
use latchkey::domain::ids::{AppId, ObjectId, RunId, Tenant, TenantId};
use latchkey::domain::route::Route;
use latchkey::domain::session::Person;
use latchkey::entra::attempt::ReturnTo;
use latchkey::entra::authorize::{self, Prompt, Wanted};
use latchkey::entra::callback;
use latchkey::entra::cloud::Cloud;
use latchkey::entra::scopes::Scopes;
use latchkey::entra::token;
use latchkey::graph::applications::Application;
use latchkey::graph::request::GraphRequest;
use latchkey::graph::{applications, batch, service_principals};
use latchkey::plan::observed::HeldRoles;
use latchkey::plan::record::{Purpose, RunRecord, RunState, StepState};
use latchkey::plan::undo;
use latchkey::text;
use latchkey_emulator::Options;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const SCOPES: Scopes = Scopes::LOOK;

/// Somebody who signed in, with all that the check needs of it.
struct Somebody {
    bench: Bench,
    nonce: String,
    refresh_token: String,
    token: String,
    person: Person,
    tenant: Tenant,
}

impl Somebody {
    fn new(upn: &str, quirks: &Value) -> Self {
        Self::with(upn, quirks, Options { customers: 160, replication_ms: 1500, ..Options::default() })
    }

    fn with(upn: &str, quirks: &Value, options: Options) -> Self {
        let bench = Bench::start(options);
        let now = bench.now();
        let wanted = Wanted {
            authority: "organizations".into(),
            scopes: SCOPES,
            return_to: ReturnTo::Screen(Route::Home),
            prompt: Prompt::SelectAccount,
            claims: None,
            account: None,
        };
        let (url, attempt) = authorize::request(&bench.config, wanted, now).unwrap();
        let nonce = attempt.nonce.clone();
        let fragment = bench.sign_in_pages(url.as_str(), upn, true);
        let answered = callback::judge(&fragment, Some(attempt), &bench.config.login, now).expect("the answer is good");
        let reply = bench.post(&token::code_request(&bench.config, &answered).unwrap(), Some(&bench.config.origin));
        bench.control("POST", "/quirks", quirks);
        let tokens: Value = serde_json::from_slice(&reply.body).unwrap();
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let tenant = bench.tenant(upn.split('@').nth(1).unwrap());
        let oid = ObjectId::parse("00000000-0000-4000-8000-000000000001").unwrap();
        let person = Person {
            key: latchkey::domain::ids::AccountKey::new(&oid, &tenant.id),
            name: upn.into(),
            username: upn.into(),
            home: tenant.id.clone(),
        };
        Self { nonce, refresh_token: text("refresh_token"), token: text("access_token"), person, tenant, bench }
    }

    fn renew(&self, tenant: &TenantId) -> Renewal {
        let request = token::refresh_request(&self.bench.config, tenant, SCOPES, &self.refresh_token, None).unwrap();
        let reply = self.bench.post(&request, Some(&self.bench.config.origin));
        Renewal::new(reply.status, &reply.body)
    }

    /// Sends a batch, and lets read what a browser may.
    fn send(&self, token: &str, requests: &[GraphRequest]) -> Outer {
        let url = format!("{}{}", self.bench.config.graph, batch::path(requests));
        let sent =
            self.bench.agent.post(&url).header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
        let mut answer = sent.header("origin", &self.bench.config.origin).send(batch::body(requests).to_string()).unwrap();
        let exposed = answer.headers().get("access-control-expose-headers").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let exposed: Vec<String> = exposed.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
        let may_read = |name: &String| exposed.contains(name) || name == "content-type";
        let headers: Vec<String> = answer.headers().keys().map(|name| name.as_str().to_owned()).filter(may_read).collect();
        let retry_after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let retry_after = retry_after.filter(|_| headers.iter().any(|name| name == "retry-after"));
        let status = answer.status().as_u16();
        let body = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap_or(Value::Null);
        Outer { status, headers, retry_after, body }
    }

    /// Does the reading part in a tenant, as the page does.
    fn read_in(&self, tenant: &TenantId) -> (Renewals, Examination) {
        let at_home = *tenant == self.tenant.id;
        let here = self.renew(tenant);
        let token = here.body["access_token"].as_str().unwrap_or(&self.token).to_owned();
        let mut renewals = Renewals { wanted: SCOPES, at_home, here: Some(here), nonce: Some(self.nonce.clone()), customers: None };
        let mut examination = Examination::new(Ground { graph: self.bench.config.graph.clone(), at_home });
        for _ in 0..60 {
            let asked = examination.wanted();
            if asked.is_empty() {
                if at_home {
                    renewals.customers = Some(examination.customers().iter().map(|customer| self.renew(customer)).collect());
                }
                return (renewals, examination);
            }
            let requests: Vec<GraphRequest> = asked.iter().map(|(_, request)| request.clone()).collect();
            let wait = examination.take(&asked, Some(self.send(&token, &requests)), self.bench.now());
            if wait > 0 {
                self.bench.control("POST", "/clock", &json!({ "advanceSeconds": wait }));
            }
        }
        panic!("the check does not end");
    }

    fn ask(&self, request: &GraphRequest) -> Value {
        let ask = || self.send(&self.token, std::slice::from_ref(request)).body;
        // Something else may answer, once.
        let body = Some(ask()).filter(|body| body.get("responses").is_some()).unwrap_or_else(ask);
        body["responses"][0]["body"].clone()
    }

    fn planned(&self) -> RunRecord {
        let graph = AppId::parse("00000003-0000-0000-c000-000000000000").unwrap();
        let resource: service_principals::Resource =
            serde_json::from_value(self.ask(&service_principals::resource(&graph).into())).unwrap();
        let blueprint = plan::blueprint(self.bench.now(), &resource.offered());
        let steps = plan::steps(&blueprint, &HeldRoles::Known(vec![GLOBAL_ADMINISTRATOR.into()]), Some(certificate_for(1)));
        let id = RunId::parse("7f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef").unwrap();
        let known = BTreeMap::from([(graph, resource.id)]);
        let mut record = RunRecord::new(id, self.tenant.clone(), self.person.clone(), blueprint, steps, known, self.bench.now());
        record.purpose = Purpose::Check;
        record
    }

    /// Carries a plan out to its end; returns the record, and what was handed over to be shown.
    fn carry_out(&self, mut record: RunRecord) -> (RunRecord, Vec<String>) {
        let mut secrets = Vec::new();
        for _ in 0..3 {
            let mut visit = Visit::new(&self.bench, &self.token, record, self.bench.now());
            let end = visit.run(Trouble::default());
            secrets.append(&mut visit.secrets);
            record = visit.stored;
            if end == End::State(RunState::Done) {
                return (record, secrets);
            }
            assert_ne!(end, End::State(RunState::Failed), "{:?}", record.steps.iter().find(|step| step.state == StepState::Failed));
        }
        panic!("not done: {:?}", record.steps.iter().find(|step| !step.is_over()));
    }

    fn whole(&self) -> Vec<Finding> {
        let (renewals, examination) = self.read_in(&self.tenant.id);
        let (run, secrets) = self.carry_out(self.planned());
        assert!(secrets.is_empty(), "nothing is shown");
        whole(&renewals, &examination, Some(&run))
    }

    fn leftovers(&self) -> plan::Leftovers {
        self.bench.control("POST", "/clock", &json!({"advanceSeconds": 60}));
        let list = |request: &GraphRequest| -> Vec<Application> { serde_json::from_value(self.ask(request)["value"].clone()).unwrap() };
        let principal = |app: &Application| {
            let found = self.ask(&service_principals::by_app_id(&app.app_id).into());
            found["id"].as_str().and_then(ObjectId::parse)
        };
        let live = list(&applications::tagged().into()).into_iter().map(|app| (principal(&app), app)).map(|(id, app)| (app, id)).collect();
        let principals = serde_json::from_value(self.ask(&service_principals::all_deleted())["value"].clone()).unwrap();
        plan::Leftovers::of(live, list(&applications::all_deleted()), principals)
    }
}

fn whole(renewals: &Renewals, examination: &Examination, run: Option<&RunRecord>) -> Vec<Finding> {
    let table = [check::examined(renewals, examination), check::written(run)].concat();
    let points: Vec<Point> = table.iter().map(|finding| finding.point).collect();
    assert_eq!(points, Point::ALL, "each point once, in the order of the table");
    table
}

fn standing(table: &[Finding], point: Point) -> (Standing, Came) {
    let found = table.iter().find(|finding| finding.point == point).unwrap();
    (found.standing, found.came.clone())
}

fn with(table: &[Finding], standing: Standing) -> BTreeSet<&'static str> {
    table.iter().filter(|finding| finding.standing == standing).map(|finding| finding.point.code()).collect()
}

/// What comes up only under a quirk, or only for a technician.
const NOT_MET: &[Point] =
    &[Point::CustomerRefusal, Point::CustomerRefusalWord, Point::CustomerSuberror, Point::CustomerClientInfo, Point::RetryAfter];

#[test]
fn against_the_emulator_every_point_holds() {
    let admin = Somebody::new("admin@partner.example", &json!({}));
    admin.bench.control("DELETE", "/requests", &Value::Null);
    let table = admin.whole();
    let differs: Vec<&Finding> = table.iter().filter(|finding| finding.standing == Standing::Differs).collect();
    assert!(differs.is_empty(), "{differs:#?}");
    let not_met: BTreeSet<&str> = NOT_MET.iter().map(|point| point.code()).collect();
    assert_eq!(with(&table, Standing::NotTried), not_met);
    assert!(admin.leftovers().is_empty(), "{:?}", admin.leftovers());
    assert_eq!(violations(&admin.bench), Vec::<Value>::new());
}

#[test]
fn what_only_a_technician_sees_holds_at_customers_and_in_the_own_tenant() {
    let tech = Somebody::new("tech@partner.example", &json!({}));
    let (renewals, examination) = tech.read_in(&tech.tenant.id);
    let table = whole(&renewals, &examination, None);
    for point in [Point::CustomerRefusal, Point::CustomerRefusalWord, Point::CustomerClientInfo] {
        assert_eq!(standing(&table, point), check::held(), "{point:?}");
    }
    assert_eq!(with(&table, Standing::Differs), BTreeSet::new());
    let customer = tech.bench.tenant("customer1.example");
    let (renewals, examination) = tech.read_in(&customer.id);
    let table = whole(&renewals, &examination, None);
    assert_eq!(with(&table, Standing::Differs), BTreeSet::new());
    assert_eq!(standing(&table, Point::GroupsPage), check::not_tried(Why::NotAMember));
    assert_eq!(standing(&table, Point::Contracts), check::not_tried(Why::NotAtHome));
    assert_eq!(standing(&table, Point::CustomerClientInfo), check::held());
}

/// Each quirk with the points that must differ under it, and no others.
fn expectations() -> Vec<(Value, &'static [Point])> {
    vec![
        (json!({"nonce-on-refresh": "off"}), &[Point::RenewalNonce]),
        (json!({"access-tokens": "opaque"}), &[Point::AccessFormat]),
        (json!({"upsert-answer": "empty"}), &[Point::UpsertAnswer]),
        (json!({"beta-page-size": "2"}), &[Point::ExchangeRolesPage]),
        (json!({"cast-queries": "advanced"}), &[Point::GroupsCast]),
        (json!({"odata": "odd"}), &[Point::Context]),
        (json!({"replication": "slow"}), &[Point::Replication]),
        (json!({"create-if-missing-in-batch": "ignored"}), &[Point::UpsertInBatch, Point::PrincipalUpsert]),
        (json!({"foreign-200": "on"}), &[Point::BatchAnswers]),
        (json!({"error-body": "bare"}), &[Point::ErrorBody]),
        (json!({"error-body": "nested"}), &[Point::ErrorBody]),
        (json!({"error-body": "string"}), &[Point::ErrorBody]),
        (json!({"app-management-policy": "tenant-lifetime"}), &[Point::PolicyRestrictions]),
        (json!({"app-management-policy": "tenant-no-secrets"}), &[Point::PolicyRestrictions, Point::SecretAdded]),
        (json!({"app-management-policy": "app-override"}), &[Point::PolicyRestrictions]),
        (json!({"app-management-policy": "exclude-actors"}), &[Point::PolicyRestrictions]),
        (json!({"app-management-policy": "created-after"}), &[Point::PolicyRestrictions]),
        (json!({"app-management-policy": "trusted-ca"}), &[Point::PolicyRestrictions, Point::CertificateAdded]),
        // What differs by tenant, not by Microsoft, or can't be seen from a page.
        (json!({"apis": "many"}), &[]),
        (json!({"default-consent": "nothing"}), &[]),
        (json!({"assertion-pairs": "any"}), &[]),
        (json!({"policy-refusal": "403"}), &[]),
        (json!({"consent-suberror": "without"}), &[]),
        (json!({"client-errors": "readable"}), &[]),
    ]
}

#[test]
fn under_a_quirk_exactly_its_own_points_differ() {
    for (quirks, points) in expectations() {
        let admin = Somebody::new("admin@partner.example", &quirks);
        if quirks.get("foreign-200").is_some() {
            // Each tenth batch, beginning with the fifth, is answered by something else.
            admin.ask(&applications::tagged().into());
            admin.ask(&applications::tagged().into());
        }
        let table = admin.whole();
        let wanted: BTreeSet<&str> = points.iter().map(|point| point.code()).collect();
        let differs: Vec<&Finding> = table.iter().filter(|finding| finding.standing == Standing::Differs).collect();
        assert_eq!(with(&table, Standing::Differs), wanted, "{quirks}: {differs:?}");
        admin.bench.control("POST", "/quirks", &json!({"foreign-200": "off", "error-body": "standard"}));
        assert!(admin.leftovers().is_empty(), "{quirks}");
    }
}

#[test]
fn under_a_quirk_exactly_the_points_of_a_technician_differ() {
    let cases: Vec<(Value, &[Point])> = vec![
        (json!({"unconsented-number": "65001"}), &[Point::CustomerRefusal]),
        (json!({"unconsented-number": "65001", "consent-suberror": "without"}), &[Point::CustomerRefusal, Point::CustomerSuberror]),
        (json!({"unconsented-number": "7000229"}), &[Point::CustomerRefusal]),
        (json!({"unconsented-error": "interaction_required"}), &[Point::CustomerRefusalWord]),
        (json!({"client-info-elsewhere": "absent"}), &[Point::CustomerClientInfo]),
        (json!({"groups": "many"}), &[Point::GroupsPage]),
        (json!({"claims-challenge": "token-endpoint"}), &[Point::Renewal]),
        (json!({"error-body": "empty"}), &[Point::BatchAnswers]),
        (json!({"error-body": "html"}), &[Point::BatchAnswers]),
    ];
    for (quirks, points) in cases {
        let tech = Somebody::new("tech@partner.example", &quirks);
        let (renewals, examination) = tech.read_in(&tech.tenant.id);
        let table = whole(&renewals, &examination, None);
        let wanted: BTreeSet<&str> = points.iter().map(|point| point.code()).collect();
        let differs: Vec<&Finding> = table.iter().filter(|finding| finding.standing == Standing::Differs).collect();
        assert_eq!(with(&table, Standing::Differs), wanted, "{quirks}: {differs:?}");
    }
}

/// The run waits for a sign-in; what it met until then is told.
#[test]
fn a_challenge_of_writes_is_told() {
    let admin = Somebody::new("admin@partner.example", &json!({"claims-challenge": "inner"}));
    let mut visit = Visit::new(&admin.bench, &admin.token, admin.planned(), admin.bench.now());
    assert_eq!(visit.run(Trouble::default()), End::State(RunState::Paused));
    let table = check::written(Some(&visit.stored));
    let differs: Vec<Point> = table.iter().filter(|finding| finding.standing == Standing::Differs).map(|finding| finding.point).collect();
    assert_eq!(differs, [Point::Challenge]);
}

#[test]
fn a_wait_is_waited_for_and_tells_whether_it_can_be_read() {
    for (value, wanted) in [("shown", check::held()), ("hidden", check::differs(Came::Nothing))] {
        let admin = Somebody::new("admin@partner.example", &json!({ "retry-after": value }));
        let fault = json!({"match": {"path": "/v1.0/$batch"}, "then": {"status": 429, "headers": {"Retry-After": "7"},
            "body": {"error": {"code": "TooManyRequests", "message": "Wait."}}}});
        admin.bench.control("POST", "/faults", &fault);
        let (renewals, examination) = admin.read_in(&admin.tenant.id);
        let table = whole(&renewals, &examination, None);
        assert_eq!(standing(&table, Point::RetryAfter), wanted);
        assert_eq!(standing(&table, Point::Paging), check::held(), "the rest is read nevertheless");
    }
}

/// Stopped after any effect, and never taken up again: what is left is found by another visit, and goes for good.
#[test]
fn a_check_that_was_stopped_anywhere_is_cleaned_up() {
    for kill_after in (1..).step_by(5) {
        let admin = Somebody::new("admin@partner.example", &json!({}));
        let mut visit = Visit::new(&admin.bench, &admin.token, admin.planned(), admin.bench.now());
        let end = visit.run(Trouble { kill_after: Some(kill_after), ..Trouble::default() });
        let found = admin.leftovers();
        let steps = found.steps();
        if !steps.is_empty() {
            let blueprint = latchkey::domain::blueprint::Blueprint { name: plan::name(admin.bench.now()), ..Default::default() };
            let id = RunId::parse("8f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef").unwrap();
            let mut record =
                RunRecord::new(id, admin.tenant.clone(), admin.person.clone(), blueprint, steps, BTreeMap::new(), admin.bench.now());
            record.purpose = Purpose::CleanUp;
            let (record, _) = admin.carry_out(record);
            assert!(undo::steps(&record).is_empty(), "what was deleted for good does not come back");
        }
        assert!(admin.leftovers().is_empty(), "after {kill_after} effects");
        let state = admin.bench.tenant_state(&admin.tenant.id);
        let left = state["applications"].as_array().unwrap().iter().filter(|app| app["displayName"].to_string().contains("Latchkey check"));
        assert_eq!(left.count(), 0, "after {kill_after} effects");
        if end == End::State(RunState::Done) {
            return;
        }
    }
}

/// An app of the same name that somebody else made, or an App session of this page, is no test app.
#[test]
fn only_what_a_check_made_is_cleaned_up() {
    let app = |name: &str, unique: Option<&str>, tags: &[&str]| -> Application {
        let id = "00000000-0000-4000-8000-000000000001";
        serde_json::from_value(json!({"id": id, "appId": id, "displayName": name, "uniqueName": unique, "tags": tags})).unwrap()
    };
    let name = "Latchkey check 2026-11-27 (safe to delete)";
    assert!(plan::is_test_app(&app(name, Some("latchkey-1"), &["latchkey"])));
    assert!(!plan::is_test_app(&app(name, None, &["latchkey"])));
    assert!(!plan::is_test_app(&app(name, Some("latchkey-1"), &[])));
    assert!(!plan::is_test_app(&app("Nightly report", Some("latchkey-1"), &["latchkey"])));
    assert!(!plan::is_test_app(&app(name, Some("other-1"), &["latchkey"])));
}

fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.chars().count() > 5 => {
            found.insert(text.to_lowercase());
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

/// Nothing that is in any tenant, and no token, is in the report. What is in Microsoft's own catalogue is no secret.
#[test]
fn t40_the_report_names_nothing_of_the_tenant() {
    for upn in ["admin@partner.example", "tech@partner.example"] {
        let somebody = Somebody::new(upn, &json!({"error-body": "bare", "odata": "odd"}));
        let (renewals, examination) = somebody.read_in(&somebody.tenant.id);
        let run = (upn == "admin@partner.example").then(|| somebody.carry_out(somebody.planned()).0);
        let table = whole(&renewals, &examination, run.as_ref());
        let agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        let head = Head::new(Cloud::Emulator, somebody.bench.now(), agent, &somebody.tenant.id, true);
        let report = text::check::report(&head, &table).to_lowercase();
        assert!(report.contains("chromium 142"), "{report}");
        for point in Point::ALL {
            assert!(report.contains(point.code()), "{point:?} is in the report");
        }
        let mut secrets = BTreeSet::new();
        let state = somebody.bench.control("GET", "/state", &Value::Null);
        for (id, tenant) in state["tenants"].as_object().unwrap() {
            secrets.insert(id.clone());
            for list in ["applications", "users", "oauth2PermissionGrants", "appRoleAssignments"] {
                texts(&tenant[list], &mut secrets);
            }
            texts(&json!([tenant["domain"], tenant["displayName"]]), &mut secrets);
        }
        texts(&somebody.bench.control("GET", "/marks", &Value::Null), &mut secrets);
        let names_of_microsoft = |text: &String| !text.contains(' ') && !text.contains("example") && !text.contains('-') && text.len() < 40;
        secrets.retain(|text| !names_of_microsoft(text));
        assert!(secrets.len() > 500, "{}", secrets.len());
        for secret in &secrets {
            assert!(!report.contains(secret.as_str()), "{secret} is in the report:\n{report}");
        }
    }
}

#[test]
fn a_code_that_could_be_a_text_is_left_out() {
    assert_eq!(check::code("Request_ResourceNotFound"), "Request_ResourceNotFound");
    for text in ["contoso.com", "Contoso Ltd", "ada@contoso.com", "8f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef", ""] {
        assert_eq!(check::code(text), "");
    }
}

#[test]
fn a_tenant_is_a_hash_of_twelve_digits_that_differs_by_tenant() {
    let of = |id: &str| report::hash(&TenantId::parse(id).unwrap());
    let one = of("8f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef");
    assert_eq!(one.len(), 12);
    assert_eq!(one, of("8F3C9A1E-3B7F-4F6E-8D21-90AB12CD34EF"));
    assert_ne!(one, of("9f3c9a1e-3b7f-4f6e-8d21-90ab12cd34ef"));
    assert_eq!(
        report::engine("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15"),
        "WebKit 605"
    );
    assert_eq!(report::engine("Mozilla/5.0 (X11; rv:145.0) Gecko/20100101 Firefox/145.0"), "Gecko 145");
    assert_eq!(report::engine("curl"), "another engine");
}

#[test]
fn the_check_is_offered_once_and_on_real_clouds_only() {
    for cloud in [Cloud::Global, Cloud::Usgov, Cloud::UsgovDod, Cloud::China] {
        assert!(check::is_offered(cloud, true, false));
        assert!(!check::is_offered(cloud, true, true), "it was answered");
        assert!(!check::is_offered(cloud, false, false), "nobody is signed in");
    }
    assert!(!check::is_offered(Cloud::Emulator, true, false));
}
