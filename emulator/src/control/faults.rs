//! Faults that a test has ordered, and how an answer can go wrong.

use crate::entra::refusal::EntraError;
use crate::http::{Call, Reply};
use serde_json::Value;

/// What becomes of a request.
pub enum Outcome {
    Answer(Reply),
    /// Answered after so many real milliseconds.
    Delayed(Reply, u64),
    /// The connection ends without an answer.
    Dropped,
}

pub struct Fault {
    origin: String,
    method: Option<String>,
    path: String,
    /// The first match that it applies to, counted from 1.
    nth: usize,
    times: usize,
    seen: usize,
    then: Then,
}

#[derive(Clone)]
pub enum Then {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Value,
    },
    DropBefore,
    DropAfterApply,
    Delay(u64),
    Html,
    /// Refused by Entra, in its words.
    Refuse(EntraError),
}

impl Fault {
    /// Reads `{"match":{…},"then":{…},"times":n}`.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn parse(value: &Value) -> Result<Self, String> {
        let (wanted, then) = (&value["match"], &value["then"]);
        let then = if then["dropBefore"] == true {
            Then::DropBefore
        } else if then["dropAfterApply"] == true {
            Then::DropAfterApply
        } else if then["html"] == true {
            Then::Html
        } else if let Some(millis) = then["delayMs"].as_u64() {
            Then::Delay(millis)
        } else if let Some(number) = then["aadsts"].as_u64() {
            let number = u32::try_from(number).map_err(|_| "aadsts is out of range")?;
            let mut error = EntraError::new(number, then["error"].as_str().unwrap_or("invalid_grant"), "Planted.");
            error.suberror = then["suberror"].as_str().map(str::to_owned);
            error.claims = then["claims"].as_str().map(str::to_owned);
            if let Some(status) = then["status"].as_u64() {
                error.status = u16::try_from(status).map_err(|_| "status is out of range")?;
            }
            Then::Refuse(error)
        } else if let Some(status) = then["status"].as_u64() {
            let headers = then["headers"].as_object().into_iter().flatten();
            let headers =
                headers.map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect();
            Then::Answer { status: u16::try_from(status).map_err(|_| "status is out of range")?, headers, body: then["body"].clone() }
        } else {
            return Err("then needs one of status, aadsts, dropBefore, dropAfterApply, delayMs, html".into());
        };
        Ok(Self {
            origin: wanted["origin"].as_str().unwrap_or("graph").to_owned(),
            method: wanted["method"].as_str().map(str::to_owned),
            path: wanted["path"].as_str().unwrap_or("**").to_owned(),
            nth: usize::try_from(wanted["nth"].as_u64().unwrap_or(1)).unwrap_or(1),
            times: usize::try_from(value["times"].as_u64().unwrap_or(1)).unwrap_or(1),
            seen: 0,
            then,
        })
    }
}

/// Returns the fault that applies to a request, and counts the match.
pub fn take(faults: &mut [Fault], origin: &str, call: &Call) -> Option<Then> {
    for fault in faults {
        let fits =
            fault.origin == origin && fault.method.as_ref().is_none_or(|method| *method == call.method) && glob(&fault.path, &call.path);
        if !fits {
            continue;
        }
        fault.seen += 1;
        if (fault.nth..fault.nth.saturating_add(fault.times)).contains(&fault.seen) {
            return Some(fault.then.clone());
        }
    }
    None
}

/// Returns the reply of a fault that answers in place of the service.
pub fn instead_of_answering(fault: Option<&Then>) -> Option<Reply> {
    match fault? {
        Then::Answer { status, headers, body } => {
            let reply = if body.is_null() { Reply::empty(*status) } else { Reply::json(*status, body) };
            Some(headers.iter().fold(reply, |reply, (name, value)| reply.with(name, value)))
        }
        Then::Html => Some(Reply::html(200, "<!doctype html><title>Sign in to the network</title><p>Accept the terms.".into())),
        _ => None,
    }
}

/// `*` stands for anything within a segment, `**` for anything.
fn glob(pattern: &str, path: &str) -> bool {
    match pattern.find('*') {
        None => pattern == path,
        Some(at) => {
            let Some(rest) = path.strip_prefix(&pattern[..at]) else { return false };
            let (deep, after) = match pattern[at..].strip_prefix("**") {
                Some(after) => (true, after),
                None => (false, &pattern[at + 1..]),
            };
            let reach = if deep { rest.len() } else { rest.find('/').unwrap_or(rest.len()) };
            (0..=reach).filter(|end| rest.is_char_boundary(*end)).any(|end| glob(after, &rest[end..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn a_star_stays_within_its_segment() {
        assert!(glob("/v1.0/*/addPassword", "/v1.0/applications/addPassword"));
        assert!(!glob("/v1.0/*/addPassword", "/v1.0/applications/1/addPassword"));
        assert!(glob("/v1.0/applications/*/addPassword", "/v1.0/applications/1/addPassword"));
        assert!(glob("**/addPassword", "/v1.0/applications/1/addPassword"));
        assert!(glob("/v1.0/applications(uniqueName='*')", "/v1.0/applications(uniqueName='a-b')"));
    }
}
