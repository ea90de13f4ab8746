//! Sends requests to Graph for a tenant that the token was proven to be of.

use super::vault::{TokenTrouble, tokens};
use super::{App, cooldown};
use crate::check::read::Outer;
use crate::domain::ids::{AccountKey, TenantId};
use crate::entra::fault::Meaning;
use crate::entra::id_token::Claims;
use crate::entra::scopes::Scopes;
use crate::entra::token::TokenFault;
use crate::graph::answer::{Answer, Fault, NoToken, Outcome, OwnFault};
use crate::graph::ask::{Ask, Asks};
use crate::graph::batch::{self, Noted};
use crate::graph::client::TenantClient;
use crate::graph::directory;
use crate::graph::line::{self, Line};
use crate::graph::pages;
use crate::graph::request::GraphRequest;
use crate::platform::{clock, fetch, page};
use crate::text::Notice;
use crate::text::faults::{self, Read};
use leptos::prelude::{GetValue, SetValue, UpdateValue};
use serde::de::DeserializeOwned;
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

impl Trouble {
    /// Returns what it means for the one who asked. `at_home` says that the tenant is the account's own.
    #[must_use]
    pub fn meaning(&self, at_home: bool) -> Meaning {
        match self {
            Self::Token(trouble) => trouble.meaning(at_home),
            Self::Directory(fault) => meaning_of(fault),
            Self::Busy(..) => Meaning::Later,
            Self::WrongTenant(_) => Meaning::SignInEnded,
        }
    }
}

/// Returns what a refusal of Graph means where something was only read.
#[must_use]
pub fn meaning_of(fault: &Fault) -> Meaning {
    match fault.status {
        // The token was fresh, or a fresh one was tried: only a sign-in brings another.
        401 => Meaning::PolicyAsks,
        403 => Meaning::NoAccess,
        0 | 429 | 500..=599 => Meaning::Later,
        _ => Meaning::Unknown,
    }
}

/// Binds to a tenant: gets a token, and asks the directory itself which tenant that is of. Done once for each token.
///
/// # Errors
/// Why requests must not be sent.
pub async fn bind(app: App, account: &AccountKey, tenant: &TenantId, scopes: Scopes) -> Result<TenantClient, Trouble> {
    let (mut token, mut claims) = tokens::access(app, account, tenant, scopes).await.map_err(Trouble::Token)?;
    if let Some(client) = app.vault().client(account, tenant).filter(|_| app.vault().is_proven(&token)) {
        return Ok(client);
    }
    let mut outcome = ask_whose(app, tenant, &token).await;
    if let Outcome::Token { claims: challenge, fault } = &outcome
        && fault.no_token().is_none()
    {
        refused(app, account, tenant, challenge.as_deref()).await;
        (token, claims) = tokens::access(app, account, tenant, scopes).await.map_err(Trouble::Token)?;
        outcome = ask_whose(app, tenant, &token).await;
    }
    let client = prove(app, &token, &claims, outcome)?;
    app.vault().keep_client(account, client.clone());
    Ok(client)
}

/// Asks the directory which tenant a token is of.
async fn ask_whose(app: App, tenant: &TenantId, token: &str) -> Outcome {
    let outcome = post_in_turn(app, tenant, token, &[directory::organization().into()]).await.pop().map(|(outcome, _)| outcome);
    outcome.unwrap_or_else(|| Outcome::Unknown(OwnFault::NoAnswer.fault()))
}

/// Judges what the directory said: the token counts from then on.
fn prove(app: App, token: &str, claims: &Claims, outcome: Outcome) -> Result<TenantClient, Trouble> {
    let organization = directory::organization().reply(outcome).map_err(|outcome| match *outcome {
        Outcome::Throttled { seconds, fault } => Trouble::Busy(fault, seconds),
        other => Trouble::Directory(fault_of(&other)),
    })?;
    let client = TenantClient::new(claims, organization).map_err(|wrong| Trouble::WrongTenant(wrong.to_string()))?;
    app.vault().note_proven(token);
    Ok(client)
}

/// Returns a token for the bound tenant that the directory knows as its own; else what came instead.
async fn proven(app: App, account: &AccountKey, client: &TenantClient, scopes: Scopes) -> Result<String, Box<Outcome>> {
    let tenant = &client.tenant().id;
    let (token, claims) = tokens::access(app, account, tenant, scopes).await.map_err(|trouble| Box::new(outcome_of(&trouble)))?;
    if !app.vault().is_proven(&token) {
        match ask_whose(app, tenant, &token).await {
            refused @ Outcome::Token { .. } => return Err(Box::new(refused)),
            outcome => drop(prove(app, &token, &claims, outcome).map_err(|trouble| Box::new(outcome_without(&trouble)))?),
        }
    }
    if claims.tenant == *tenant {
        Ok(token)
    } else {
        Err(Box::new(wrong_tenant(&crate::text::faults::token_of_another(&claims.tenant, tenant))))
    }
}

fn wrong_tenant(detail: &str) -> Outcome {
    Outcome::Rejected(Fault { message: detail.to_owned(), ..OwnFault::WrongTenant.fault() })
}

/// Returns what it means for requests that their tenant can't be worked in.
#[must_use]
pub fn outcome_without(trouble: &Trouble) -> Outcome {
    match trouble {
        Trouble::Token(trouble) => outcome_of(trouble),
        // Nothing was sent for them yet.
        Trouble::Directory(fault) if fault.no_token().is_some() => Outcome::Token { claims: None, fault: fault.clone() },
        Trouble::Directory(fault) => Outcome::Throttled { seconds: None, fault: fault.clone() },
        Trouble::Busy(fault, seconds) => Outcome::Throttled { seconds: *seconds, fault: fault.clone() },
        Trouble::WrongTenant(detail) => wrong_tenant(detail),
    }
}

/// A token was not accepted: the next one is a fresh one, with what the tenant asks for, if it does.
async fn refused(app: App, account: &AccountKey, tenant: &TenantId, challenge: Option<&str>) {
    match challenge {
        Some(claims) => tokens::challenged(app, account, tenant, claims).await,
        None => app.vault().drop_access(account, tenant),
    }
}

/// Returns the fault of an outcome that was not good.
#[must_use]
pub fn fault_of(outcome: &Outcome) -> Fault {
    outcome.fault().cloned().unwrap_or_default()
}

/// The way from this page to the bound tenant.
struct FromHere<'a> {
    app: App,
    account: &'a AccountKey,
    client: &'a TenantClient,
    scopes: Scopes,
    graph: String,
}

impl<'a> FromHere<'a> {
    fn new(app: App, account: &'a AccountKey, client: &'a TenantClient, scopes: Scopes) -> Self {
        let graph = app.config_now().map(|config| config.graph).unwrap_or_default();
        Self { app, account, client, scopes, graph }
    }
}

impl Line for FromHere<'_> {
    fn graph(&self) -> &str {
        &self.graph
    }

    async fn post(&self, requests: &[GraphRequest]) -> Vec<Noted> {
        match proven(self.app, self.account, self.client, self.scopes).await {
            Ok(token) => post_in_turn(self.app, &self.client.tenant().id, &token, requests).await,
            Err(outcome) => requests.iter().map(|_| ((*outcome).clone(), None)).collect(),
        }
    }

    async fn refused(&self, challenge: Option<&str>) {
        refused(self.app, self.account, &self.client.tenant().id, challenge).await;
    }
}

/// Asks the bound tenant, 20 requests to a batch, and reads lists to their ends. What a token is not accepted for is asked once more with
/// a fresh one.
pub async fn ask<A: Asks>(app: App, account: &AccountKey, client: &TenantClient, scopes: Scopes, asks: A) -> A::Replies {
    let answers = send_noting(app, account, client, scopes, &asks.requests()).await;
    asks.replies(&mut answers.into_iter().map(|(outcome, _)| outcome))
}

/// The same, with the first page of a list only: for a search, whose end nobody scrolls to.
pub async fn ask_first<A: Asks>(app: App, account: &AccountKey, client: &TenantClient, scopes: Scopes, asks: A) -> A::Replies {
    let answers = line::send_once(&FromHere::new(app, account, client, scopes), &asks.requests()).await;
    asks.replies(&mut answers.into_iter().map(|(outcome, _)| outcome))
}

/// Says why something could not be read.
pub fn unread(what: Read) -> impl Fn(Box<Outcome>) -> Notice + Copy {
    move |outcome| faults::reading(&fault_of(&outcome), what)
}

/// Sends requests to the bound tenant in the same manner, with the request ids.
pub async fn send_noting(app: App, account: &AccountKey, client: &TenantClient, scopes: Scopes, requests: &[GraphRequest]) -> Vec<Noted> {
    line::send(&FromHere::new(app, account, client, scopes), requests).await
}

/// Returns what it means for requests that there is no token for them: whoever asked must sign in again, or try later.
#[must_use]
pub fn outcome_of(trouble: &TokenTrouble) -> Outcome {
    let later = || Outcome::Throttled { seconds: None, fault: OwnFault::NoAnswer.fault() };
    let (fault, claims) = match trouble {
        TokenTrouble::NoAnswer | TokenTrouble::Fault(TokenFault::Foreign(_)) => return later(),
        TokenTrouble::Fault(TokenFault::Refused(refused)) if refused.meaning(true) == Meaning::Later => return later(),
        TokenTrouble::Fault(TokenFault::Refused(refused)) => {
            let number = refused.number.map(|number| number.to_string()).unwrap_or_default();
            let noted = NoToken::Refused.fault(refused.error.clone());
            let fault = Fault { code: noted.code.clone() + &number, request_id: refused.correlation_id.clone(), ..noted };
            (fault, refused.claims.clone())
        }
        TokenTrouble::Fault(fault @ (TokenFault::IdToken(_) | TokenFault::Malformed(_))) => {
            (NoToken::Unusable.fault(fault.to_string()), None)
        }
        TokenTrouble::SignedOut => (NoToken::SignedOut.fault(""), None),
        TokenTrouble::Missing(scopes) => (NoToken::Missing.fault(scopes.join(", ")), None),
    };
    Outcome::Token { claims, fault }
}

/// Sends one batch with this token, once, unless Microsoft asked some tab of this browser to wait.
async fn post_in_turn(app: App, tenant: &TenantId, token: &str, requests: &[GraphRequest]) -> Vec<Noted> {
    let first = match cooldown::turn(app, tenant).await {
        Ok(first) => first,
        Err(seconds) => return requests.iter().map(|_| (cooldown::unsent(seconds), None)).collect(),
    };
    let noted = post_noting(app, token, requests).await;
    cooldown::note(tenant, first.is_some(), noted.iter().map(|(outcome, _)| outcome));
    drop(first);
    noted
}

/// Sends one batch with a token that is no account's, once, in the turn of all tabs.
pub async fn post_batch(app: App, tenant: &TenantId, token: &str, requests: &[GraphRequest]) -> Vec<Outcome> {
    post_in_turn(app, tenant, token, requests).await.into_iter().map(|(outcome, _)| outcome).collect()
}

/// Sends one batch to the bound tenant and returns the answer whole, for a check with Microsoft; `None` when nothing came.
///
/// # Errors
/// Why there is no token for it, or for how long nothing may be sent.
pub async fn post_whole(
    app: App,
    account: &AccountKey,
    client: &TenantClient,
    scopes: Scopes,
    requests: &[GraphRequest],
) -> Result<Option<Outer>, Trouble> {
    bind(app, account, &client.tenant().id, scopes).await?;
    let (token, _) = tokens::access(app, account, &client.tenant().id, scopes).await.map_err(Trouble::Token)?;
    let Some(config) = app.config_now() else { return Ok(None) };
    let url = format!("{}{}", config.graph, batch::path(requests));
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let tenant = &client.tenant().id;
    let first = match cooldown::turn(app, tenant).await {
        Ok(first) => first,
        Err(seconds) => return Err(Trouble::Busy(fault_of(&cooldown::unsent(seconds)), Some(seconds))),
    };
    let Ok(answer) = fetch::send("POST", &url, &headers, Some(batch::body(requests).to_string()), fetch::READ_MS).await else {
        return Ok(None);
    };
    let outer = outer_of(&answer);
    cooldown::note(tenant, first.is_some(), batch::judge_all(outer.clone(), requests, clock::now()).iter().map(|(outcome, _)| outcome));
    drop(first);
    Ok(Some(Outer { status: outer.status, retry_after: outer.retry_after, body: outer.body, headers: answer.headers }))
}

/// Returns the answer of an envelope as Graph gave it.
fn outer_of(answer: &fetch::Answer) -> Answer {
    Answer {
        status: answer.status,
        request_id: answer.request_id(),
        retry_after: answer.retry_after(),
        claims: answer.challenge().as_deref().and_then(batch::claims_of_challenge),
        body: serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
    }
}

async fn post_noting(app: App, token: &str, requests: &[GraphRequest]) -> Vec<Noted> {
    let Some(config) = app.config_now() else { return batch::lost(requests, OwnFault::NoConfiguration) };
    let url = format!("{}{}", config.graph, batch::path(requests));
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let deadline = if requests.iter().any(GraphRequest::is_write) { fetch::WRITE_MS } else { fetch::READ_MS };
    let body = batch::body(requests).to_string();
    let Ok(answer) = fetch::send("POST", &url, &headers, Some(body), deadline).await else {
        let is_read = !requests.iter().any(GraphRequest::is_write);
        return match why_no_answer(app, &config.graph, is_read).await {
            Some(fault) => requests.iter().map(|_| (Outcome::Token { claims: None, fault: fault.clone() }, None)).collect(),
            None => batch::lost(requests, OwnFault::NoAnswer),
        };
    };
    app.unanswered.set_value(0);
    batch::judge_all(outer_of(&answer), requests, clock::now())
}

/// So many are bad luck.
const BAD_LUCK: u32 = 2;

/// Returns what keeps this page from Graph, where that can be told: its own policy, or, when reads fail again and again while the page's
/// host answers, something between. `None` where an outage is as likely. A write is told of only where it surely was not sent.
async fn why_no_answer(app: App, graph: &str, is_read: bool) -> Option<Fault> {
    let host = graph.split("//").nth(1).unwrap_or(graph);
    // The policy's word may come a moment after the failure.
    clock::sleep(50).await;
    if page::policy_stops(graph) {
        return Some(NoToken::Blocked.fault(host));
    }
    app.unanswered.update_value(|times| *times += 1);
    if !is_read || app.unanswered.get_value() <= BAD_LUCK || !page::is_online() {
        return None;
    }
    let own = fetch::send("GET", &format!("{}/config.json", page::origin()), &[], None, fetch::PROBE_MS).await;
    own.is_ok().then(|| NoToken::CutOff.fault(host))
}

/// What takes the items of a page, and says whether to go on.
type EachPage<'a> = Box<dyn FnMut(Vec<Value>) -> bool + 'a>;

/// A collection of Graph, of which some pages were read.
pub struct Collection<'a> {
    next: Option<GraphRequest>,
    first: GraphRequest,
    seen: Vec<String>,
    /// How often this page was asked for in vain.
    waits: u32,
    fault: Option<Fault>,
    each: EachPage<'a>,
}

impl<'a> Collection<'a> {
    /// `each` gets the items of every page and says whether to go on. An item that can't be read is left out: one of 100,000 must not
    /// hide the others.
    pub fn new<T: DeserializeOwned>(first: Ask<Vec<T>>, mut each: impl FnMut(&mut dyn Iterator<Item = T>) -> bool + 'a) -> Self {
        let first = GraphRequest::from(first);
        let each = move |items: Vec<Value>| each(&mut items.into_iter().filter_map(|item| serde_json::from_value(item).ok()));
        Self { next: Some(first.clone()), first, seen: Vec::new(), waits: 0, fault: None, each: Box::new(each) }
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
            other => fault_of(&other),
        };
        (self.next, self.fault) = (None, Some(fault));
        0
    }

    fn take_page(&mut self, mut body: Value, graph: &str) -> Result<(), Fault> {
        let Some(Value::Array(items)) = body.get_mut("value").map(Value::take) else {
            return Err(OwnFault::UnreadableAnswer.fault());
        };
        if !(self.each)(items) {
            return Ok(());
        }
        self.next = pages::next(&self.first, &body, graph, &mut self.seen)?;
        Ok(())
    }
}

/// Follows a collection to its end, page by page. `each` gets the items of every page and says whether to go on.
///
/// # Errors
/// The answer that ended it early.
pub async fn pages<T: DeserializeOwned>(
    app: App,
    account: &AccountKey,
    client: &TenantClient,
    scopes: Scopes,
    first: Ask<Vec<T>>,
    each: impl FnMut(&mut dyn Iterator<Item = T>) -> bool,
) -> Result<(), Fault> {
    pages_of(app, account, client, scopes, &mut [Collection::new(first, each)]).await
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
    scopes: Scopes,
    collections: &mut [Collection<'_>],
) -> Result<(), Fault> {
    while collections.iter().any(|collection| collection.next.is_some()) {
        next_pages(app, account, client, scopes, collections).await;
    }
    collections.iter_mut().find_map(|collection| collection.fault.take()).map_or(Ok(()), Err)
}

/// Asks for the next page of each, once; after one that was asked for in vain, for that one alone.
pub async fn next_pages(app: App, account: &AccountKey, client: &TenantClient, scopes: Scopes, collections: &mut [Collection<'_>]) {
    let again = collections.iter().position(|collection| collection.next.is_some() && collection.waits > 0);
    let collections = match again {
        Some(at) => &mut collections[at..=at],
        None => collections,
    };
    let requests: Vec<GraphRequest> = collections.iter().filter_map(|collection| collection.next.clone()).collect();
    let lost = || Outcome::Unknown(OwnFault::NoAnswer.fault());
    let line = FromHere::new(app, account, client, scopes);
    let answers = line::send_once(&line, &requests).await.into_iter().map(|(outcome, _)| outcome);
    let outcomes = answers.chain(std::iter::repeat_with(lost));
    let asked = collections.iter_mut().filter(|collection| collection.next.is_some());
    let wait = asked.zip(outcomes).map(|(collection, outcome)| collection.take(outcome, &line.graph)).max().unwrap_or_default();
    if wait > 0 {
        clock::sleep(i32::try_from(wait * 1000).unwrap_or(60_000)).await;
    }
}
