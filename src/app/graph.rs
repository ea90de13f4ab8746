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
        return requests.iter().map(|request| (judge(&outer, request.is_write(), now), outer.request_id.clone())).collect();
    }
    let answers = batch::answers(&value, requests.len());
    let missing = || (Outcome::Unknown(Fault::without_answer("NoAnswer")), None);
    answers
        .into_iter()
        .zip(requests)
        .map(|(answer, request)| answer.map_or_else(missing, |answer| (judge(&answer, request.is_write(), now), answer.request_id)))
        .collect()
}

/// Follows a collection to its end, page by page; throttling is waited for. `each` gets the items of every page and says whether to go on.
///
/// # Errors
/// The answer that ended it early.
pub async fn pages(
    app: App,
    account: &AccountKey,
    client: &TenantClient,
    feature: Feature,
    first: GraphRequest,
    mut each: impl FnMut(Vec<Value>) -> bool,
) -> Result<(), Fault> {
    let graph = app.config_now().map(|config| config.graph).unwrap_or_default();
    let mut seen: Vec<String> = Vec::new();
    let mut next = first;
    loop {
        let mut waits = 0;
        let body = loop {
            match send(app, account, client, feature, std::slice::from_ref(&next)).await.pop() {
                Some(Outcome::Ok(body)) => break body,
                Some(Outcome::Throttled { seconds, .. }) if waits < 6 => {
                    waits += 1;
                    let seconds = seconds.unwrap_or(1 << waits).clamp(1, 300);
                    clock::sleep(i32::try_from(seconds * 1000).unwrap_or(60_000)).await;
                }
                Some(Outcome::Unknown(_)) if waits < 3 => {
                    waits += 1;
                    clock::sleep(1000 << waits).await;
                }
                Some(other) => return Err(fault_of(other)),
                None => return Err(Fault::without_answer("NoAnswer")),
            }
        };
        let items = body.get("value").and_then(Value::as_array).cloned().unwrap_or_default();
        if !each(items) {
            return Ok(());
        }
        let Some(link) = body.get("@odata.nextLink").and_then(Value::as_str) else { return Ok(()) };
        // A link that repeats or leads elsewhere ends it: the token must not follow.
        let Some(path) = next_path(link, &graph).filter(|path| !seen.contains(path)) else {
            return Err(Fault::without_answer("ForeignLink"));
        };
        seen.push(path.clone());
        next = GraphRequest::get(path);
    }
}
