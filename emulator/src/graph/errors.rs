//! Graph's error body.

use crate::clock::iso;
use crate::http::Reply;
use serde_json::{Value, json};

#[derive(Debug)]
pub struct GraphError {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    pub details: Option<Value>,
    pub headers: Vec<(&'static str, String)>,
    /// The violation that the log notes for it.
    pub violation: Option<&'static str>,
}

impl GraphError {
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: None, headers: Vec::new(), violation: None }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    pub fn unknown_property(name: &str) -> Self {
        Self::bad_request(format!("Invalid property '{name}'.")).noting("unknownProperty")
    }

    pub fn not_found(id: &str) -> Self {
        let message = format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
        Self::new(404, "Request_ResourceNotFound", message)
    }

    pub fn denied() -> Self {
        Self::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    }

    pub fn method_not_allowed() -> Self {
        Self::new(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
    }

    pub fn throttled(seconds: i64) -> Self {
        let mut error = Self::new(429, "TooManyRequests", "Please retry again later.");
        error.headers.push(("Retry-After", seconds.to_string()));
        error
    }

    #[must_use]
    pub fn target(mut self, code: &str, target: &str) -> Self {
        self.details = Some(json!([{"code": code, "message": self.message, "target": target}]));
        self
    }

    #[must_use]
    pub fn noting(mut self, violation: &'static str) -> Self {
        self.violation = Some(violation);
        self
    }

    pub fn reply(&self, now: i64, request_id: &str, client_request_id: &str) -> Reply {
        let date = iso(now).trim_end_matches('Z').to_owned();
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(details) = &self.details {
            error["details"] = details.clone();
        }
        error["innerError"] = json!({"date": date, "request-id": request_id, "client-request-id": client_request_id});
        let mut reply = Reply::json(self.status, &json!({ "error": error }));
        for (name, value) in &self.headers {
            reply = reply.with(name, value);
        }
        reply
    }
}
