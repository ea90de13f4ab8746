//! What was asked and answered, for tests to look at. Secrets are masked.

use crate::http::Call;
use serde_json::{Value, json};

pub struct Entry {
    pub origin: &'static str,
    pub method: String,
    pub path: String,
    pub query: String,
    pub tenant: String,
    pub status: u16,
    pub batch_id: Option<String>,
    pub request_body: Value,
    pub response_body: Value,
    pub request_headers: Value,
    pub violations: Vec<&'static str>,
}

impl Entry {
    pub fn new(origin: &'static str, call: &Call, batch_id: Option<&str>) -> Self {
        let mut headers = serde_json::Map::new();
        for (name, shown) in
            [("origin", "Origin"), ("prefer", "Prefer"), ("consistencylevel", "ConsistencyLevel"), ("content-type", "Content-Type")]
        {
            if let Some(value) = call.header(name) {
                headers.insert(shown.into(), json!(value));
            }
        }
        let body = if origin == "login" {
            let pairs =
                call.form().into_iter().map(|(name, value)| if name == "code" { (name, json!("***")) } else { (name, json!(value)) });
            mask(Value::Object(pairs.collect()))
        } else {
            mask(serde_json::from_slice(&call.body).unwrap_or(Value::Null))
        };
        Self {
            origin,
            method: call.method.clone(),
            path: call.path.clone(),
            query: call.query.clone(),
            tenant: String::new(),
            status: 0,
            batch_id: batch_id.map(str::to_owned),
            request_body: body,
            response_body: Value::Null,
            request_headers: Value::Object(headers),
            violations: Vec::new(),
        }
    }
}

/// Returns the first segment under the version, e.g. `applications`.
fn collection(path: &str) -> &str {
    path.split('/').nth(2).unwrap_or_default().split('(').next().unwrap_or_default()
}

fn mask(mut value: Value) -> Value {
    const SECRET: &[&str] = &[
        "password",
        "secretText",
        "client_secret",
        "refresh_token",
        "access_token",
        "id_token",
        "code_verifier",
        "client_assertion",
        "Password",
        "ctx",
    ];
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                *member = if SECRET.contains(&name.as_str()) && member.is_string() { json!("***") } else { mask(member.take()) };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = mask(item.take())),
        _ => {}
    }
    value
}

/// A write whose answer never arrived.
struct Unknown {
    tenant: String,
    method: String,
    path: String,
    body: Value,
}

#[derive(Default)]
pub struct Log {
    entries: Vec<Entry>,
    unknown: Vec<Unknown>,
}

impl Log {
    /// Adds an entry and returns its number.
    pub fn push(&mut self, mut entry: Entry) -> usize {
        entry.response_body = mask(entry.response_body.take());
        if entry.method == "GET" && entry.status != 0 {
            let settles = |write: &Unknown| {
                write.tenant == entry.tenant
                    && (write.path.contains(collection(&entry.path)) || entry.path.contains(collection(&write.path)))
            };
            self.unknown.retain(|write| !settles(write));
        }
        self.entries.push(entry);
        self.entries.len()
    }

    /// Remembers that the caller can't know what became of this write.
    pub fn unknown(&mut self, entry: &Entry) {
        if entry.method != "GET" {
            self.unknown.push(Unknown {
                tenant: entry.tenant.clone(),
                method: entry.method.clone(),
                path: entry.path.clone(),
                body: entry.request_body.clone(),
            });
        }
    }

    /// Notes a write that repeats one of unknown outcome without a read in between.
    pub fn note_repeat(&self, entry: &mut Entry) {
        let repeats = |write: &Unknown| {
            write.tenant == entry.tenant && write.method == entry.method && write.path == entry.path && write.body == entry.request_body
        };
        if self.unknown.iter().any(repeats) {
            entry.violations.push("repeatAfterUnknown");
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.unknown.clear();
    }

    pub fn to_json(&self) -> Value {
        let entries = self.entries.iter().enumerate().map(|(index, entry)| {
            json!({"n": index + 1, "batchId": entry.batch_id, "origin": entry.origin, "method": entry.method, "path": entry.path,
                "query": entry.query, "tenant": entry.tenant, "status": entry.status, "requestBody": entry.request_body,
                "responseBody": entry.response_body, "requestHeaders": entry.request_headers, "violations": entry.violations})
        });
        entries.collect()
    }
}
