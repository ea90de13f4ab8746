//! Sends requests to Graph for a tenant that the token was proven to be of.

use super::App;
use super::vault::{self, TokenTrouble};
use crate::domain::ids::{AccountKey, TenantId};
use crate::entra::scopes::Feature;
use crate::graph::answer::{Answer, Fault, Outcome, judge};
use crate::graph::batch;
use crate::graph::client::{TenantClient, next_path};
use crate::graph::directory;
use crate::graph::request::GraphRequest;
use crate::platform::{clock, fetch};
use serde_json::Value;

/// Why a tenant can't be worked in.
#[derive(Debug)]
pub enum Trouble {
    Token(TokenTrouble),
    /// The directory answered as another tenant, or not at all.
    Directory(Fault),
    /// The directory asks to wait: so many seconds, if it says.
    Busy(Fault, Option<i64>),
    WrongTenant(String),
}

/// Binds to a tenant: gets a token, and asks the directory itself which tenant it is. Done once a tenant and visit.
///
/// # Errors
/// Why requests must not be sent.
pub async fn bind(app: App, account: &AccountKey, tenant: &TenantId, feature: Feature) -> Result<TenantClient, Trouble> {
    let (token, claims) = vault::access(app, account, tenant, feature).await.map_err(Trouble::Token)?;
    if let Some(client) = app.vault().client(account, tenant) {
        return Ok(client);
    }
    let requests = [directory::organization()];
    let outcome = post_batch(app, &token, &requests).await.pop();
    let organization = match outcome {
        Some(Outcome::Ok(body)) => {
            directory::read_organization(&body).ok_or_else(|| Trouble::Directory(Fault::without_answer("UnreadableAnswer")))?
        }
        Some(Outcome::Throttled { seconds, fault }) => return Err(Trouble::Busy(fault, seconds)),
        Some(other) => return Err(Trouble::Directory(fault_of(other))),
        None => return Err(Trouble::Directory(Fault::without_answer("NoAnswer"))),
    };
    let client = TenantClient::new(&claims, organization).map_err(|wrong| Trouble::WrongTenant(wrong.to_string()))?;
    app.vault().keep_client(account, client.clone());
    Ok(client)
}

/// Returns the fault of an outcome that was not good.
#[must_use]
pub fn fault_of(outcome: Outcome) -> Fault {
    match outcome {
        Outcome::Ok(_) => Fault::default(),
        Outcome::NotFound(fault)
        | Outcome::NotYet(fault)
        | Outcome::Duplicate(fault)
        | Outcome::Denied(fault)
        | Outcome::Rejected(fault)
        | Outcome::Unknown(fault) => fault,
        Outcome::Throttled { fault, .. } | Outcome::Token { fault, .. } => fault,
    }
}

/// An answer with the id that Microsoft's support asks for.
pub type Noted = (Outcome, Option<String>);

/// Sends up to 20 requests to the bound tenant in one batch. A token that is not accepted is renewed once.
pub async fn send(app: App, account: &AccountKey, client: &TenantClient, feature: Feature, requests: &[GraphRequest]) -> Vec<Outcome> {
    send_noting(app, account, client, feature, requests).await.into_iter().map(|(outcome, _)| outcome).collect()
}

/// The same, with the request ids.
pub async fn send_noting(app: App, account: &AccountKey, client: &TenantClient, feature: Feature, requests: &[GraphRequest]) -> Vec<Noted> {
    let tenant = &client.tenant().id;
    for attempt in 0..2 {
        let (token, claims) = match vault::access(app, account, tenant, feature).await {
            Ok(access) => access,
            Err(trouble) => return requests.iter().map(|_| (outcome_of(&trouble), None)).collect(),
        };
        if claims.tenant != *tenant {
            return requests.iter().map(|_| (Outcome::Rejected(Fault::without_answer("WrongTenant")), None)).collect();
        }
        let outcomes = post_noting(app, &token, requests).await;
        let refused = outcomes.iter().any(|(outcome, _)| matches!(outcome, Outcome::Token { claims: None, .. }));
        if !refused || attempt == 1 {
            return outcomes;
        }
        app.vault().drop_access(account, tenant);
    }
    Vec::new()
}

/// Whoever asked must sign in again, or try later.
fn outcome_of(trouble: &TokenTrouble) -> Outcome {
    match trouble {
        TokenTrouble::NoAnswer => Outcome::Throttled { seconds: None, fault: Fault::without_answer("NoAnswer") },
        TokenTrouble::Fault(_) | TokenTrouble::SignedOut | TokenTrouble::Missing(_) => {
            Outcome::Token { claims: None, fault: Fault { status: 401, code: "SignInNeeded".into(), ..Fault::default() } }
        }
    }
}

/// Sends one batch with this token, once.
pub async fn post_batch(app: App, token: &str, requests: &[GraphRequest]) -> Vec<Outcome> {
    post_noting(app, token, requests).await.into_iter().map(|(outcome, _)| outcome).collect()
}

async fn post_noting(app: App, token: &str, requests: &[GraphRequest]) -> Vec<Noted> {
    let lost = |code: &str| -> Vec<Noted> { requests.iter().map(|_| (Outcome::Unknown(Fault::without_answer(code)), None)).collect() };
    let Some(config) = app.config_now() else { return lost("NoConfiguration") };
    let url = format!("{}{}", config.graph, batch::path(requests));
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let deadline = if requests.iter().any(GraphRequest::is_write) { fetch::WRITE_MS } else { fetch::READ_MS };
    let body = batch::body(requests).to_string();
    let Ok(answer) = fetch::send("POST", &url, &headers, Some(body), deadline).await else { return lost("NoAnswer") };
    let now = clock::now();
    let value: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    if answer.status != 200 || value.get("responses").is_none() {
        let claims = answer.challenge().as_deref().and_then(batch::claims_of_challenge);
        let outer =
            Answer { status: answer.status, request_id: answer.request_id(), retry_after: answer.retry_after(), claims, body: value };
        return requests.iter().map(|request| (judge(outer.clone(), request.is_write(), now), outer.request_id.clone())).collect();
    }
    let answers = batch::answers(value, requests.len());
    let missing = || (Outcome::Unknown(Fault::without_answer("NoAnswer")), None);
    answers
        .into_iter()
        .zip(requests)
        .map(|(answer, request)| {
            answer.map_or_else(missing, |answer| {
                let request_id = answer.request_id.clone();
                (judge(answer, request.is_write(), now), request_id)
            })
        })
        .collect()
}

/// A collection of Graph, of which some pages were read.
pub struct Collection<'a> {
    next: Option<GraphRequest>,
    seen: Vec<String>,
    /// How often this page was asked for in vain.
    waits: u32,
    fault: Option<Fault>,
    each: Box<dyn FnMut(Vec<Value>) -> bool + 'a>,
}

impl<'a> Collection<'a> {
    /// `each` gets the items of every page and says whether to go on.
    pub fn new(first: GraphRequest, each: impl FnMut(Vec<Value>) -> bool + 'a) -> Self {
        Self { next: Some(first), seen: Vec::new(), waits: 0, fault: None, each: Box::new(each) }
    }

    /// Takes what came of the page that was asked for. Returns for how many seconds Microsoft asks to be left alone.
    fn take(&mut self, outcome: Outcome, graph: &str) -> i64 {
        self.waits += 1;
        let fault = match outcome {
            Outcome::Ok(body) => {
                self.waits = 0;
                self.next = None;
                self.fault = self.take_page(body, graph).err();
                return 0;
            }
            Outcome::Throttled { seconds, .. } if self.waits <= 6 => return seconds.unwrap_or(1 << self.waits).clamp(1, 300),
            Outcome::Unknown(_) if self.waits <= 3 => return 1 << self.waits,
            other => fault_of(other),
        };
        (self.next, self.fault) = (None, Some(fault));
        0
    }

    fn take_page(&mut self, mut body: Value, graph: &str) -> Result<(), Fault> {
        let Some(Value::Array(items)) = body.get_mut("value").map(Value::take) else {
            return Err(Fault::without_answer("UnreadableAnswer"));
        };
        if !(self.each)(items) {
            return Ok(());
        }
        let Some(link) = body.get("@odata.nextLink").and_then(Value::as_str) else { return Ok(()) };
        // A link that repeats or leads elsewhere ends it: the token must not follow.
        let Some(path) = next_path(link, graph).filter(|path| !self.seen.contains(path)) else {
            return Err(Fault::without_answer("ForeignLink"));
        };
        self.seen.push(path.clone());
        self.next = Some(GraphRequest::get(path));
        Ok(())
    }
}

/// Follows a collection to its end, page by page. `each` gets the items of every page and says whether to go on.
///
/// # Errors
/// The answer that ended it early.
pub async fn pages(
    app: App,
    account: &AccountKey,
    client: &TenantClient,
    feature: Feature,
    first: GraphRequest,
    each: impl FnMut(Vec<Value>) -> bool,
) -> Result<(), Fault> {
    pages_of(app, account, client, feature, &mut [Collection::new(first, each)]).await
}

/// Follows collections to their ends; throttling is waited for. The next pages of all of them are asked for in one batch:
/// each request costs a browser memory for a while.
///
/// # Errors
/// The answer that ended one of them early; the others are read to their ends nevertheless.
pub async fn pages_of(
    app: App,
    account: &AccountKey,
    client: &TenantClient,
    feature: Feature,
    collections: &mut [Collection<'_>],
) -> Result<(), Fault> {
    while collections.iter().any(|collection| collection.next.is_some()) {
        next_pages(app, account, client, feature, collections).await;
    }
    collections.iter_mut().find_map(|collection| collection.fault.take()).map_or(Ok(()), Err)
}

/// Asks for the next page of each, once; after one that was asked for in vain, for that one alone.
pub async fn next_pages(app: App, account: &AccountKey, client: &TenantClient, feature: Feature, collections: &mut [Collection<'_>]) {
    let graph = app.config_now().map(|config| config.graph).unwrap_or_default();
    let again = collections.iter().position(|collection| collection.next.is_some() && collection.waits > 0);
    let collections = match again {
        Some(at) => &mut collections[at..=at],
        None => collections,
    };
    let requests: Vec<GraphRequest> = collections.iter().filter_map(|collection| collection.next.clone()).collect();
    let lost = || Outcome::Unknown(Fault::without_answer("NoAnswer"));
    let outcomes = send(app, account, client, feature, &requests).await.into_iter().chain(std::iter::repeat_with(lost));
    let asked = collections.iter_mut().filter(|collection| collection.next.is_some());
    let wait = asked.zip(outcomes).map(|(collection, outcome)| collection.take(outcome, &graph)).max().unwrap_or_default();
    if wait > 0 {
        clock::sleep(i32::try_from(wait * 1000).unwrap_or(60_000)).await;
    }
}
