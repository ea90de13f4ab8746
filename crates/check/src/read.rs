//! Points that reading Graph tells: what is asked next, in which batches, and how lists and objects are judged.

use super::sign_in::Renewals;
use super::{Came, Judged, Point, Why, code, complete, differs, held, is, known, not_tried};
use domain::time::Instant;
use graph::answer::{Answer, retry_after_seconds};
use graph::batch;
use graph::request::GraphRequest;
use plan::record::RunRecord;
use serde_json::Value;

/// How often the same is asked for.
const MOST_TRIES: u32 = 4;
/// Headers of an answer that this page can use.
pub const HEADERS: &[&str] = &["request-id", "client-request-id", "content-type", "retry-after", "www-authenticate", "location", "date"];

/// What is known before anything is asked.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The origin of Graph.
    pub graph: String,
    /// Whether the person has an object in the tenant.
    pub at_home: bool,
}

/// A batch as it was answered.
#[derive(Clone, Debug)]
pub struct Outer {
    pub status: u16,
    /// The names of the headers that could be read.
    pub headers: Vec<String>,
    pub retry_after: Option<String>,
    pub body: Value,
}

/// What was seen of the batches themselves.
#[derive(Clone, Default, Debug)]
pub struct Traffic {
    /// Batches that Graph answered.
    pub answered: usize,
    /// Batches that something else answered with 200, and requests in them that a gateway answered.
    pub foreign: usize,
    /// What every batch let read of the headers of our list.
    pub readable: Option<Vec<&'static str>>,
    /// The same of the inner answers.
    pub inner: Option<Vec<&'static str>>,
    /// Whether a wait could be read where one was asked for.
    pub retry_after: Option<bool>,
}

/// Where a point's answer comes from.
#[derive(Clone, Copy)]
pub enum Definition {
    /// The token endpoint.
    Tokens(fn(&Renewals) -> Judged),
    /// The batches that all reading goes through.
    Traffic(fn(&Traffic) -> Judged),
    /// Requests of its own: the next one, given the answers so far.
    Reads { ask: fn(&Ground, &[Answer]) -> Option<GraphRequest>, judge: fn(&Ground, &[Answer]) -> Judged },
    /// The run with the test app.
    Writes(fn(&RunRecord) -> Judged),
}

struct Reading {
    point: Point,
    got: Vec<Answer>,
    tries: u32,
    is_over: bool,
}

/// Reads for all points, in as few batches as possible.
pub struct Examination {
    pub ground: Ground,
    pub traffic: Traffic,
    readings: Vec<Reading>,
}

impl Examination {
    #[must_use]
    pub fn new(ground: Ground) -> Self {
        let reads = |point: &&Point| matches!(point.definition(), Definition::Reads { .. });
        let reading = |point: &Point| Reading { point: *point, got: Vec::new(), tries: 0, is_over: false };
        Self { ground, traffic: Traffic::default(), readings: Point::ALL.iter().filter(reads).map(reading).collect() }
    }

    /// Returns the requests of the next batch, each with its place; empty when all is read. A batch is of one version.
    #[must_use]
    pub fn wanted(&mut self) -> Vec<(usize, GraphRequest)> {
        let mut wanted = Vec::new();
        for (at, reading) in self.readings.iter_mut().enumerate().filter(|(_, reading)| !reading.is_over) {
            let request = match reading.point.definition() {
                Definition::Reads { ask, .. } => ask(&self.ground, &reading.got),
                Definition::Tokens(_) | Definition::Traffic(_) | Definition::Writes(_) => None,
            };
            match request {
                Some(request) => wanted.push((at, request)),
                None => reading.is_over = true,
            }
        }
        let beta = wanted.iter().all(|(_, request)| request.beta);
        wanted.retain(|(_, request)| request.beta == beta);
        wanted.truncate(batch::MOST);
        wanted
    }

    /// Takes what came of a batch; `None` when nothing came. Returns for how many seconds Microsoft asks to wait.
    pub fn take(&mut self, asked: &[(usize, GraphRequest)], outer: Option<Outer>, now: Instant) -> i64 {
        let mut wait = 0;
        let mut answers = vec![None; asked.len()];
        if let Some(outer) = outer {
            let readable: Vec<&'static str> = HEADERS.iter().copied().filter(|name| has(&outer.headers, name)).collect();
            let is_graph = outer.body.get("responses").is_some_and(Value::is_array);
            if outer.status == 429 || outer.status == 503 {
                self.traffic.note_wait(outer.status, outer.retry_after.is_some());
                wait = outer.retry_after.as_deref().and_then(|text| retry_after_seconds(text, now)).unwrap_or(4);
            }
            match (outer.status, is_graph) {
                (200, true) => {
                    self.traffic.answered += 1;
                    self.traffic.readable = Some(both(self.traffic.readable.take(), readable));
                    self.traffic.note_inner(&outer.body);
                    answers = batch::answers(outer.body, asked.len());
                }
                (200, false) => self.traffic.foreign += 1,
                _ => {}
            }
        }
        for ((at, _), answer) in asked.iter().zip(answers) {
            let Some(reading) = self.readings.get_mut(*at) else { continue };
            reading.tries += 1;
            match answer {
                Some(answer) if matches!(answer.status, 429 | 502..=504) && reading.tries < MOST_TRIES => {
                    self.traffic.note_wait(answer.status, answer.retry_after.is_some());
                    let asks = answer.retry_after.as_deref().and_then(|text| retry_after_seconds(text, now));
                    wait = wait.max(asks.unwrap_or(2 * i64::from(reading.tries)));
                }
                Some(answer) => {
                    reading.got.push(answer);
                    reading.tries = 0;
                }
                None => reading.is_over = reading.tries >= MOST_TRIES,
            }
        }
        wait.min(graph::answer::LONGEST_WAIT)
    }

    /// How many points were read, of how many.
    #[must_use]
    pub fn progress(&self) -> super::Progress {
        super::Progress { done: self.readings.iter().filter(|reading| reading.is_over).count(), all: self.readings.len() }
    }

    /// Returns the answers of a point.
    #[must_use]
    pub fn got(&self, point: Point) -> &[Answer] {
        self.readings.iter().find(|reading| reading.point == point).map(|reading| reading.got.as_slice()).unwrap_or_default()
    }

    /// Returns customers of which a relationship says that it works, the first and the last ones.
    #[must_use]
    pub fn customers(&self) -> Vec<domain::ids::TenantId> {
        let working = |item: &&Value| matches!(item["status"].as_str(), Some("active" | "expiring"));
        let id = |item: &Value| domain::ids::TenantId::parse(item["customer"]["tenantId"].as_str()?);
        let listed = self.got(Point::Relationships).iter().flat_map(|answer| answer.body["value"].as_array().into_iter().flatten());
        let all: Vec<_> = listed.filter(working).filter_map(id).collect();
        let half = super::sign_in::MOST_CUSTOMERS / 2;
        if all.len() <= 2 * half {
            return all;
        }
        all[..half].iter().chain(&all[all.len() - half..]).cloned().collect()
    }
}

impl Traffic {
    /// Only who throttles says for how long.
    fn note_wait(&mut self, status: u16, readable: bool) {
        if status == 429 {
            self.retry_after = Some(readable && self.retry_after.unwrap_or(true));
        }
    }

    fn note_inner(&mut self, body: &Value) {
        for response in body["responses"].as_array().into_iter().flatten() {
            // Graph says its errors in JSON: what is between it and its services does not.
            if response["status"].as_u64().is_some_and(|status| status >= 500) && response["body"].get("error").is_none() {
                self.foreign += 1;
                continue;
            }
            let names: Vec<String> = response["headers"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
            let seen = HEADERS.iter().copied().filter(|name| has(&names, name)).collect();
            self.inner = Some(both(self.inner.take(), seen));
        }
    }
}

fn has(names: &[String], wanted: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(wanted))
}

/// Keeps what every answer had.
fn both(before: Option<Vec<&'static str>>, now: Vec<&'static str>) -> Vec<&'static str> {
    match before {
        Some(before) => before.into_iter().filter(|name| now.contains(name)).collect(),
        None => now,
    }
}

/// Asks once.
pub(super) fn once<R: Into<GraphRequest>>(got: &[Answer], request: impl FnOnce() -> R) -> Option<GraphRequest> {
    got.is_empty().then(|| request().into())
}

/// Returns the body of a good answer.
///
/// # Errors
/// What it says about the point that there is none.
pub(super) fn body(got: &[Answer], at: usize) -> Result<&Value, Judged> {
    let Some(answer) = got.get(at) else { return Err(not_tried(Why::NoAnswer)) };
    match answer.status {
        200..=299 => Ok(&answer.body),
        401 | 403 => Err(not_tried(Why::NotAllowed)),
        429 | 500..=599 => Err(not_tried(Why::NoAnswer)),
        _ => Err(differs(refused(answer))),
    }
}

pub(super) fn refused(answer: &Answer) -> Came {
    Came::Refused { status: answer.status, code: code(answer.body["error"]["code"].as_str().unwrap_or_default()) }
}

/// Whether an object has these members; a dot goes one level down.
fn lacks(object: &Value, member: &str) -> bool {
    member.split('.').try_fold(object, |object, name| object.get(name)).is_none()
}

/// Judges the members of an object.
pub(super) fn members(object: &Value, wanted: &[&'static str]) -> Judged {
    complete(wanted.iter().copied().filter(|member| lacks(object, member)).collect())
}

/// Judges the members of each object of a list; one without objects tells nothing.
pub(super) fn members_of_each(got: &[Answer], wanted: &[&'static str]) -> Judged {
    match list(got, 0) {
        Err(judged) => judged,
        Ok([]) => not_tried(Why::NothingThere),
        Ok(items) => {
            let missing = |member: &&'static str| items.iter().any(|item| lacks(item, member));
            complete(wanted.iter().copied().filter(missing).collect())
        }
    }
}

pub(super) fn list(got: &[Answer], at: usize) -> Result<&[Value], Judged> {
    let items = body(got, at)?.get("value").and_then(Value::as_array);
    items.map(Vec::as_slice).ok_or_else(|| differs(Came::Unreadable))
}

/// Returns the path of the next page of an answer, where it leads to Graph in this version.
pub(super) fn next_page(ground: &Ground, answer: &Answer, version: &str) -> Option<String> {
    let link = url::Url::parse(answer.body.get("@odata.nextLink")?.as_str()?).ok()?;
    let path = link.path().strip_prefix('/')?.strip_prefix(version)?;
    let is_ours = link.origin().ascii_serialization() == ground.graph && path.starts_with('/');
    is_ours.then(|| format!("{path}?{}", link.query().unwrap_or_default()))
}

/// Judges a list of one item to the page, and the page after it.
pub(super) fn paged(ground: &Ground, got: &[Answer], version: &str) -> Judged {
    let first = match list(got, 0) {
        Ok(first) => first,
        Err(judged) => return judged,
    };
    if got[0].body.get("@odata.nextLink").is_none() {
        return if first.len() > 1 { differs(Came::Count(first.len())) } else { differs(Came::Nothing) };
    }
    if next_page(ground, &got[0], version).is_none() {
        return differs(Came::Elsewhere);
    }
    list(got, 1).map_or_else(|judged| judged, |_| held())
}

/// Judges what an error carries. Nothing has the id that was asked for.
pub(super) fn error_body(got: &[Answer]) -> Judged {
    let Some(answer) = got.first() else { return not_tried(Why::NoAnswer) };
    if answer.status != 404 {
        return differs(refused(answer));
    }
    let wanted = ["error.code", "error.message", "error.innerError", "error.innerError.request-id", "error.innerError.date"];
    match members(&answer.body, &wanted) {
        (super::Standing::Held, _) => is(answer.body["error"]["code"] == "Request_ResourceNotFound", refused(answer)),
        judged => judged,
    }
}

/// Judges the context that names the shape of an answer.
pub(super) fn context(ground: &Ground, got: &[Answer]) -> Judged {
    let context = match body(got, 0) {
        Ok(body) => body.get("@odata.context").and_then(Value::as_str),
        Err(judged) => return judged,
    };
    match context {
        None => differs(Came::Nothing),
        Some(context) => is(context.starts_with(&format!("{}/v1.0/$metadata", ground.graph)), Came::Elsewhere),
    }
}

const RESTRICTIONS: &[&str] = &[
    "passwordAddition",
    "passwordLifetime",
    "customPasswordAddition",
    "symmetricKeyAddition",
    "symmetricKeyLifetime",
    "asymmetricKeyLifetime",
    "trustedCertificateAuthority",
];

/// Judges what the policy of the tenant restricts: as a rule nothing.
pub(super) fn restrictions(got: &[Answer]) -> Judged {
    let policy = match body(got, 0) {
        Ok(policy) => policy,
        Err(judged) => return judged,
    };
    if policy["isEnabled"] != true {
        return held();
    }
    let of = |list: &str| policy["applicationRestrictions"][list].as_array().into_iter().flatten();
    let in_force = || of("passwordCredentials").chain(of("keyCredentials")).filter(|one| one["state"] != "disabled");
    let names = in_force().map(|one| one["restrictionType"].as_str().unwrap_or_default());
    let mut found: Vec<&'static str> = names.filter_map(|name| known(RESTRICTIONS, name)).collect();
    if found.len() < in_force().count() {
        found.push("another restriction");
    }
    for (member, name) in [("excludeActors", "excludeActors"), ("restrictForAppsCreatedAfterDateTime", "created after a date")] {
        if in_force().any(|one| one.get(member).is_some_and(|value| !value.is_null())) {
            found.push(name);
        }
    }
    found.dedup();
    if found.is_empty() { held() } else { differs(Came::Found(found)) }
}

/// <https://learn.microsoft.com/graph/api/resources/delegatedadminrelationship>
const STATUSES: &[&str] = &[
    "activating",
    "active",
    "approvalPending",
    "approved",
    "created",
    "expired",
    "expiring",
    "terminated",
    "terminating",
    "terminationRequested",
];

pub(super) fn statuses(got: &[Answer]) -> Judged {
    match list(got, 0) {
        Err(judged) => judged,
        Ok([]) => not_tried(Why::NothingThere),
        Ok(items) => {
            let unlisted = items.iter().filter(|item| known(STATUSES, item["status"].as_str().unwrap_or_default()).is_none()).count();
            is(unlisted == 0, Came::Unlisted(unlisted))
        }
    }
}

/// Judges what a member of the tenant alone can be told.
pub(super) fn of_member(ground: &Ground, judge: impl FnOnce() -> Judged) -> Judged {
    if ground.at_home { judge() } else { not_tried(Why::NotAMember) }
}

/// Judges what the partner's own tenant alone shows.
pub(super) fn of_partner(ground: &Ground, judge: impl FnOnce() -> Judged) -> Judged {
    if ground.at_home { judge() } else { not_tried(Why::NotAtHome) }
}

/// Judges whether all of a list of the beta came on one page.
pub(super) fn one_page(got: &[Answer]) -> Judged {
    match body(got, 0) {
        Ok(page) => is(page.get("@odata.nextLink").is_none(), Came::FirstPage(page["value"].as_array().map_or(0, Vec::len))),
        Err(judged) => judged,
    }
}

/// Exchange says in several ways that it does not answer here.
pub(super) fn exchange(got: &[Answer], judge: impl FnOnce() -> Judged) -> Judged {
    match got.first().map(|answer| answer.status) {
        Some(400 | 404) => not_tried(Why::NothingThere),
        Some(_) => judge(),
        None => not_tried(Why::NoAnswer),
    }
}

/// Judges which names, and which names with their ids, the service principal of Microsoft Graph offers.
pub(super) fn offered(got: &[Answer], wanted: &[(&'static str, &'static str)], with_ids: bool) -> Judged {
    let offered = match body(got, 0) {
        Ok(principal) => match principal["oauth2PermissionScopes"].as_array() {
            Some(offered) => offered,
            None => return differs(Came::Missing(vec!["oauth2PermissionScopes"])),
        },
        Err(judged) => return judged,
    };
    let is_there = |(name, id): &(&'static str, &'static str)| {
        offered.iter().any(|scope| scope["value"] == *name && scope["isEnabled"] == true && (!with_ids || scope["id"] == *id))
    };
    // A name that is not there at all is a matter of the other point.
    let is_known = |name: &str| offered.iter().any(|scope| scope["value"] == name);
    let missing = wanted.iter().filter(|one| !is_there(one) && (!with_ids || is_known(one.0)));
    complete(missing.map(|(name, _)| *name).collect())
}
