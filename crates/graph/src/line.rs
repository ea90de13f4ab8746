//! How requests reach a tenant: 20 to a batch, lists to their ends, and once more with a fresh token where one was not accepted. What a
//! token is and how a batch travels is the line's: a browser's, or a test's.

use super::answer::Outcome;
use super::batch::{self, Noted};
use super::pages;
use super::request::GraphRequest;

/// The way to one tenant, for one account.
#[allow(async_fn_in_trait, reason = "pages have one thread")]
pub trait Line {
    /// The origin of Graph.
    fn graph(&self) -> &str;

    /// Sends one batch, once, with a token that is proven to be of the tenant.
    async fn post(&self, requests: &[GraphRequest]) -> Vec<Noted>;

    /// A token was not accepted: the next one is a fresh one, with what the tenant asks for, if it does.
    async fn refused(&self, challenge: Option<&str>);
}

/// Sends requests and reads lists to their ends. What a token is not accepted for is sent once more with a fresh one.
pub async fn send<L: Line>(line: &L, requests: &[GraphRequest]) -> Vec<Noted> {
    let mut all = send_once(line, requests).await;
    let mut seen = vec![Vec::new(); requests.len()];
    loop {
        let mut next: Vec<(usize, GraphRequest)> = Vec::new();
        for (at, (outcome, _)) in all.iter_mut().enumerate() {
            let Outcome::Ok(body) = outcome else { continue };
            match pages::next(&requests[at], body, line.graph(), &mut seen[at]) {
                Ok(Some(request)) => next.push((at, request)),
                Ok(None) => {}
                Err(fault) => *outcome = Outcome::Unknown(fault),
            }
        }
        if next.is_empty() {
            return all;
        }
        let (places, requests): (Vec<usize>, Vec<GraphRequest>) = next.into_iter().unzip();
        for (at, (outcome, id)) in places.into_iter().zip(send_once(line, &requests).await) {
            match (&mut all[at].0, outcome) {
                (Outcome::Ok(whole), Outcome::Ok(page)) => pages::join(whole, page),
                // Half a list is none.
                (whole, outcome) => {
                    *whole = outcome;
                    all[at].1 = id;
                }
            }
        }
    }
}

/// Sends requests, 20 to a batch. A list is its first page.
pub async fn send_once<L: Line>(line: &L, requests: &[GraphRequest]) -> Vec<Noted> {
    let mut all = Vec::with_capacity(requests.len());
    for some in requests.chunks(batch::MOST) {
        all.extend(send_batch(line, some).await);
    }
    all
}

async fn send_batch<L: Line>(line: &L, requests: &[GraphRequest]) -> Vec<Noted> {
    let mut outcomes = line.post(requests).await;
    // What was refused for its token was not done; what was done is not sent again.
    let challenge = |(outcome, _): &Noted| match outcome {
        Outcome::Token { claims, fault } if fault.no_token().is_none() => Some(claims.clone()),
        _ => None,
    };
    let refused_at: Vec<usize> = (0..outcomes.len()).filter(|at| challenge(&outcomes[*at]).is_some()).collect();
    let Some(first) = refused_at.iter().find_map(|at| challenge(&outcomes[*at])) else { return outcomes };
    let asked = refused_at.iter().find_map(|at| challenge(&outcomes[*at]).flatten()).or(first);
    line.refused(asked.as_deref()).await;
    let again: Vec<GraphRequest> = refused_at.iter().map(|at| requests[*at].clone()).collect();
    for (at, noted) in refused_at.into_iter().zip(line.post(&again).await) {
        if let Outcome::Token { claims: Some(claims), .. } = &noted.0 {
            line.refused(Some(claims)).await;
        }
        outcomes[at] = noted;
    }
    outcomes
}
