//! Working as the application itself, over a relay, with a key that lives for this visit and can't be exported.

use super::upkeep::{self, Proposal, Subject, Wish};
use super::{App, graph};
use crate::domain::certificate::{OF_VISIT, PublicCertificate};
use crate::domain::ids::{AppId, TenantId};
use crate::domain::time::Instant;
use crate::entra::relay;
use crate::graph::answer::Outcome;
use crate::graph::directory;
use crate::graph::request::GraphRequest;
use crate::platform::{certificates, clock, crypto, fetch};
use crate::text::{self, Notice, faults};
use leptos::prelude::*;
use std::rc::Rc;
use web_sys::CryptoKey;

/// The key is of no use after a day.
const DAYS: u32 = 1;
const BITS: u32 = 2048;
/// How long a new certificate may take to be known everywhere, in seconds, and the time between two tries in milliseconds.
const PATIENCE: i64 = 120;
const TRY_AGAIN_MS: i32 = 3_000;

/// The application that this visit works as.
#[derive(Clone)]
pub struct Visit {
    pub app_id: AppId,
    pub tenant: TenantId,
    pub public: PublicCertificate,
    key: CryptoKey,
    token: Option<Rc<(String, Instant)>>,
}

/// What came of a reading as the application.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    Allowed,
    Refused,
    /// No permission for it was granted, so it was not tried.
    NotGranted,
}

/// What is read, how, and the application permissions of which one is enough (Graph permissions reference).
const READS: [(&str, &str, &[&str]); 4] = [
    ("Organization", "/organization?$select=id,displayName", &["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"]),
    ("Users", "/users?$select=id&$top=1", &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]),
    ("Groups", "/groups?$select=id&$top=1", &["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]),
    (
        "Applications",
        "/applications?$select=id&$top=1",
        &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    ),
];

/// Whether config.json switches the relay on.
#[must_use]
pub fn is_on(app: App) -> bool {
    app.config_now().is_some_and(|config| config.relay)
}

/// Makes the key of this visit, and the plan that adds its certificate.
///
/// # Errors
/// In words.
pub async fn begin(app: App, subject: Subject) -> Result<Proposal, Notice> {
    let refused = |trouble: certificates::Trouble| text::upkeep::key_not_made(super::certificates::say(&trouble));
    let (public, key) = certificates::make_for_visit(OF_VISIT, DAYS, BITS).await.map_err(refused)?;
    let visit =
        Visit { app_id: subject.found.app_id.clone(), tenant: subject.current.tenant.id.clone(), public: public.clone(), key, token: None };
    app.visit.set(Some(visit));
    upkeep::propose(app, subject, Wish::UseNow(Box::new(public))).await
}

/// Gets a token of the application, waiting until its certificate is known, and reads what its permissions allow. `granted` are the
/// names of its application permissions of Microsoft Graph.
///
/// # Errors
/// Why it can't work.
pub async fn read(app: App, granted: &[String]) -> Result<Vec<(&'static str, Reading)>, Notice> {
    let token = token(app).await?;
    let is_granted = |enough: &[&str]| granted.iter().any(|name| enough.contains(&name.as_str()));
    let requests: Vec<GraphRequest> =
        READS.iter().filter(|(_, _, enough)| is_granted(enough)).map(|(_, path, _)| GraphRequest::get(*path)).collect();
    let tenant = app.visit.with_untracked(|visit| visit.as_ref().map(|visit| visit.tenant.clone()));
    let outcomes = match &tenant {
        Some(tenant) if !requests.is_empty() => graph::post_batch(app, tenant, &token, &requests).await,
        _ => Vec::new(),
    };
    // Only a denial says what the application may not.
    let is_unclear = |outcome: &&Outcome| !matches!(outcome, Outcome::Ok(_) | Outcome::Denied(_));
    if let Some(unclear) = outcomes.iter().find(is_unclear) {
        return Err(faults::reading(&graph::fault_of(unclear), faults::Read::AsApplication));
    }
    // Where the application may read whose directory it is, that must be the one that the key was added in.
    let other = outcomes.iter().zip(&requests).find_map(|(outcome, request)| {
        let Outcome::Ok(body) = outcome else { return None };
        let found = directory::read_organization(body).filter(|_| request.path.starts_with(READS[0].1))?;
        (Some(&found.id) != tenant.as_ref()).then_some(found)
    });
    if let Some(other) = other {
        return Err(faults::wrong_tenant(&faults::directory_of_another(&other.id)));
    }
    let mut outcomes = outcomes.into_iter();
    let of = |(what, _, enough): &(&'static str, &str, &[&str])| {
        let reading = match is_granted(enough).then(|| outcomes.next()).flatten() {
            None => Reading::NotGranted,
            Some(Outcome::Ok(_)) => Reading::Allowed,
            Some(_) => Reading::Refused,
        };
        (*what, reading)
    };
    Ok(READS.iter().map(of).collect())
}

async fn token(app: App) -> Result<String, Notice> {
    let unsigned_fault = |_| text::upkeep::not_signed_with_key();
    let unready = text::upkeep::no_key_this_visit;
    let visit = app.visit.get_untracked().ok_or_else(unready)?;
    if let Some(kept) = visit.token.as_ref().filter(|kept| clock::now() < kept.1) {
        return Ok(kept.0.clone());
    }
    let config = app.config_now().ok_or_else(unready)?;
    let until = clock::now().plus_seconds(PATIENCE);
    loop {
        let id = crypto::new_run_id().ok_or_else(faults::no_random)?;
        let unsigned = relay::unsigned(&config.login, &visit.tenant, &visit.app_id, &visit.public.sha256, id.as_str(), clock::now());
        let signature = crypto::sign(&visit.key, unsigned.as_bytes()).await.map_err(unsigned_fault)?;
        let form = relay::form(&visit.app_id, &relay::signed(&unsigned, &signature), &config.graph);
        let headers = [("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")];
        let address = relay::address(&config.origin, &visit.tenant);
        let answer = fetch::send("POST", &address, &headers, Some(form), fetch::READ_MS).await.map_err(|_| faults::no_answer())?;
        match relay::judge(answer.status, &answer.body) {
            Ok(token) => {
                let ends = clock::now().plus_seconds(token.expires_in - 300);
                let kept = Rc::new((token.access_token.clone(), ends));
                app.visit.update(|current| {
                    if let Some(current) = current.as_mut().filter(|current| current.public == visit.public) {
                        current.token = Some(kept);
                    }
                });
                return Ok(token.access_token);
            }
            Err(fault) if relay::is_early(&fault) && clock::now() < until => clock::sleep(TRY_AGAIN_MS).await,
            Err(fault) => return Err(faults::token(&fault, faults::THE_TENANT, false)),
        }
        // The person has turned to something else.
        if app.visit.with_untracked(|current| current.as_ref().is_none_or(|current| current.public != visit.public)) {
            return Err(unready());
        }
    }
}
