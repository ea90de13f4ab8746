//! `$batch` (graph json-batching): the envelope in which throttling can be read by a page.

use super::answer::{Answer, Outcome, OwnFault, judge};
use super::request::{GraphRequest, version};
use domain::time::Instant;
use serde_json::{Value, json};

/// The most requests that one batch takes.
pub const MOST: usize = 20;

/// Returns the path of the batch: beta takes the requests of v1.0 too.
#[must_use]
pub fn path(requests: &[GraphRequest]) -> String {
    format!("/{}/$batch", version(requests.iter().any(|request| request.beta)))
}

/// Returns the body of a batch. Ids are the positions.
#[must_use]
pub fn body(requests: &[GraphRequest]) -> Value {
    let steps: Vec<Value> = requests
        .iter()
        .enumerate()
        .map(|(index, request)| {
            let mut step = json!({"id": index.to_string(), "method": request.method.as_str(), "url": request.path});
            let headers = request.headers();
            if !headers.is_empty() {
                step["headers"] =
                    headers.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect::<serde_json::Map<_, _>>().into();
            }
            if let Some(body) = &request.body {
                step["body"] = body.clone();
            }
            step
        })
        .collect();
    json!({ "requests": steps })
}

/// An answer with the id that Microsoft's support asks for.
pub type Noted = (Outcome, Option<String>);

/// Returns what it means for each of the requests that no answer came that could be read.
#[must_use]
pub fn lost(requests: &[GraphRequest], own: OwnFault) -> Vec<Noted> {
    requests.iter().map(|_| (Outcome::Unknown(own.fault()), None)).collect()
}

/// Judges the answer to a batch: one outcome for each request, in their order. `outer` is the answer of the envelope.
#[must_use]
pub fn judge_all(outer: Answer, requests: &[GraphRequest], now: Instant) -> Vec<Noted> {
    if !outer.body.get("responses").is_some_and(Value::is_array) {
        if (200..300).contains(&outer.status) {
            // Something else answered in Graph's place: nothing is known.
            return lost(requests, OwnFault::UnreadableAnswer);
        }
        return requests.iter().map(|request| (judge(outer.clone(), request.is_write(), now), outer.request_id.clone())).collect();
    }
    let judged = |(answer, request): (Option<Answer>, &GraphRequest)| {
        let Some(answer) = answer else { return (Outcome::Unknown(OwnFault::NoAnswer.fault()), None) };
        let request_id = answer.request_id.clone();
        (judge(answer, request.is_write(), now), request_id)
    };
    answers(outer.body, requests.len()).into_iter().zip(requests).map(judged).collect()
}

/// Returns the inner answers in the order of the requests; `None` where one is missing. Bodies can be large: they are moved.
#[must_use]
pub fn answers(mut body: Value, count: usize) -> Vec<Option<Answer>> {
    let mut answers = vec![None; count];
    for response in body.get_mut("responses").and_then(Value::as_array_mut).into_iter().flatten() {
        let number = response.get("id").and_then(Value::as_str).and_then(|id| id.parse::<usize>().ok());
        let Some(slot) = number.and_then(|number| answers.get_mut(number)).filter(|slot| slot.is_none()) else { continue };
        *slot = answer(response);
    }
    answers
}

fn answer(response: &mut Value) -> Option<Answer> {
    let status = response.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok())?;
    let header = |wanted: &str| {
        let headers = response.get("headers").and_then(Value::as_object)?;
        headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).and_then(|(_, value)| value.as_str()).map(str::to_owned)
    };
    Some(Answer {
        status,
        request_id: header("request-id"),
        retry_after: header("retry-after"),
        claims: header("www-authenticate").as_deref().and_then(claims_of_challenge),
        body: response.get_mut("body").map(Value::take).unwrap_or_default(),
    })
}

/// Returns the decoded `claims` of a `WWW-Authenticate` header; `None` when it is no claims challenge.
#[must_use]
pub fn claims_of_challenge(header: &str) -> Option<String> {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    if !header.contains("insufficient_claims") {
        return None;
    }
    let text = header.split("claims=\"").nth(1)?.split('"').next()?.trim_end_matches('=');
    let bytes = STANDARD_NO_PAD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok()?;
    let claims = String::from_utf8(bytes).ok()?;
    serde_json::from_str::<Value>(&claims).ok().filter(|_| claims.len() < 4096).map(|_| claims)
}
