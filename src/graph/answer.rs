//! The judgement of Graph's answers (graph error responses; throttling): by status and code, by text only where nothing else tells.

use crate::domain::time::Instant;
use serde_json::Value;

/// An answer as it came.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    pub status: u16,
    pub request_id: Option<String>,
    /// The text of `Retry-After`, where it could be read.
    pub retry_after: Option<String>,
    /// `claims` of a `WWW-Authenticate` challenge, decoded.
    pub claims: Option<String>,
    pub body: Value,
}

/// What an answer means for the one who asked.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    Ok(Value),
    /// The object is not there, or not yet.
    NotFound(Fault),
    /// Something that was just made is not known everywhere yet.
    NotYet(Fault),
    /// It exists already.
    Duplicate(Fault),
    /// Wait so many seconds, when told.
    Throttled {
        seconds: Option<i64>,
        fault: Fault,
    },
    /// The token is not accepted; `claims` when there is a challenge to meet.
    Token {
        claims: Option<String>,
        fault: Fault,
    },
    /// The caller may not.
    Denied(Fault),
    /// The server said no; nothing happened.
    Rejected(Fault),
    /// Nobody knows what happened.
    Unknown(Fault),
}

/// What to show and quote of an answer that was not good.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    pub status: u16,
    pub code: String,
    pub message: String,
    pub request_id: Option<String>,
    /// `details[].target`: the field that is at fault.
    pub target: Option<String>,
}

impl Fault {
    /// A fault without an answer: nothing came back, or nothing readable.
    #[must_use]
    pub fn without_answer(why: &str) -> Self {
        Self { code: why.to_owned(), ..Self::default() }
    }
}

/// The longest wait that is taken without asking, in seconds.
pub const LONGEST_WAIT: i64 = 300;

/// Reads `Retry-After`: seconds or an HTTP date; at least one second.
#[must_use]
pub fn retry_after_seconds(text: &str, now: Instant) -> Option<i64> {
    if let Ok(seconds) = text.trim().parse::<i64>() {
        return Some(seconds.max(1));
    }
    let until = chrono::DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some(Instant(until.timestamp_millis()).seconds_since(now).max(1))
}

fn fault_of(answer: &Answer) -> Option<Fault> {
    let error = answer.body.get("error")?;
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let details = error.get("details").and_then(Value::as_array).and_then(|list| list.first());
    let inner = error.get("innerError").or_else(|| error.get("innererror"));
    Some(Fault {
        status: answer.status,
        code: text(error, "code").unwrap_or_default(),
        message: text(error, "message").unwrap_or_default(),
        request_id: answer.request_id.clone().or_else(|| inner.and_then(|inner| text(inner, "request-id"))),
        target: details.and_then(|detail| text(detail, "target")),
    })
}

/// Judges an answer. `is_write` makes an outcome unknown where a read would simply be repeated.
#[must_use]
pub fn judge(answer: Answer, is_write: bool, now: Instant) -> Outcome {
    let fault = fault_of(&answer);
    let plain = || Fault { status: answer.status, request_id: answer.request_id.clone(), ..Fault::default() };
    match (answer.status, fault) {
        (200..=299, None) if answer.body.is_object() || (answer.status == 204 && answer.body.is_null()) => Outcome::Ok(answer.body),
        (200..=299, _) => Outcome::Unknown(Fault { code: "UnreadableAnswer".into(), ..plain() }),
        (429, fault) => Outcome::Throttled {
            seconds: answer.retry_after.as_deref().and_then(|text| retry_after_seconds(text, now)),
            fault: fault.unwrap_or_else(plain),
        },
        (503 | 504, fault) if !is_write => Outcome::Throttled {
            seconds: answer.retry_after.as_deref().and_then(|text| retry_after_seconds(text, now)),
            fault: fault.unwrap_or_else(plain),
        },
        (401, fault) => Outcome::Token { claims: answer.claims, fault: fault.unwrap_or_else(plain) },
        (403, Some(fault)) if answer.claims.is_some() => Outcome::Token { claims: answer.claims, fault },
        (403, Some(fault)) if fault.message.contains("backing application of the service principal") => Outcome::NotYet(fault),
        (403, Some(fault)) if fault.code == "Authorization_RequestDenied" => Outcome::Denied(fault),
        (404, Some(fault)) => Outcome::NotFound(fault),
        (409, Some(fault)) if fault.code.ends_with("ConcurrencyViolation") => Outcome::NotYet(fault),
        (409, Some(fault)) => Outcome::Duplicate(fault),
        (400, Some(fault)) => judge_bad_request(fault),
        (400..=499, Some(fault)) => Outcome::Rejected(fault),
        (500..=599, fault) => Outcome::Unknown(fault.unwrap_or_else(plain)),
        _ => Outcome::Unknown(Fault { code: "UnreadableAnswer".into(), ..plain() }),
    }
}

/// Where Graph gives only `Request_BadRequest`, its text tells an object that is not replicated or exists already from a real mistake.
fn judge_bad_request(fault: Fault) -> Outcome {
    const NOT_YET: &[&str] = &[
        "does not reference a valid application object",
        "Not a valid reference update",
        "queried reference-property objects are not present",
        // The location is written with the account, and known everywhere a little later.
        "License assignment cannot be done for user with invalid usage location",
    ];
    const DUPLICATE: &[&str] = &[
        "Permission being assigned already exists",
        "EntitlementGrant entry already exists",
        "A conflicting object with one or more of the specified property values is present",
        "already exist for the following modified properties",
        "same value for property uniqueName already exists",
    ];
    let says = |texts: &[&str]| texts.iter().any(|text| fault.message.contains(text));
    if says(NOT_YET) || fault.code == "NoBackingApplicationObject" {
        Outcome::NotYet(fault)
    } else if says(DUPLICATE) || fault.code == "Request_MultipleObjectsWithSameKeyValue" {
        Outcome::Duplicate(fault)
    } else {
        Outcome::Rejected(fault)
    }
}
