//! A request to Graph as a value.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The HTTP methods that requests to Graph use, kept as text in capitals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads, and changes nothing.
    Get,
    /// Makes an object, or calls an action.
    Post,
    /// Changes the members that the body names, lists as a whole.
    Patch,
    /// Deletes an object, or an entry of a list.
    Delete,
}

impl Method {
    /// Returns the method as HTTP and a batch write it, in capitals.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request relative to the version, e.g. `/applications?$top=1`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct GraphRequest {
    /// What is done with the resource.
    pub method: Method,
    /// The path below the version, with a slash at its start and its query, percent-encoded.
    pub path: String,
    /// The JSON that is sent along; `None` for reads, deletions, and actions that take nothing.
    pub body: Option<Value>,
    /// `Prefer: create-if-missing`
    pub creates_if_missing: bool,
    /// `ConsistencyLevel: eventual`
    pub eventual: bool,
    /// Known to Graph's beta only.
    #[serde(default)]
    pub beta: bool,
}

impl GraphRequest {
    fn new(method: Method, path: String, body: Option<Value>) -> Self {
        Self { method, path, body, creates_if_missing: false, eventual: false, beta: false }
    }

    /// Returns a read of v1.0; `path` is percent-encoded already.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, path.into(), None)
    }

    /// Returns a request that makes an object or calls an action with this body.
    #[must_use]
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::Post, path.into(), Some(body))
    }

    /// An action that takes nothing.
    #[must_use]
    pub fn act(path: impl Into<String>) -> Self {
        Self::new(Method::Post, path.into(), None)
    }

    /// Returns a change of the members that `body` names; what it leaves out stays as it is.
    #[must_use]
    pub fn patch(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::Patch, path.into(), Some(body))
    }

    /// Returns a deletion.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::Delete, path.into(), None)
    }

    /// Turns a change into an upsert: what is missing is made. <https://learn.microsoft.com/graph/api/application-upsert>
    #[must_use]
    pub fn create_if_missing(mut self) -> Self {
        self.creates_if_missing = true;
        self
    }

    /// Asks by `ConsistencyLevel: eventual`, which advanced queries need. <https://learn.microsoft.com/graph/aad-advanced-queries>
    #[must_use]
    pub fn with_eventual(mut self) -> Self {
        self.eventual = true;
        self
    }

    /// Sends the request to Graph's beta; the batch that it travels in goes there as a whole.
    #[must_use]
    pub fn of_beta(mut self) -> Self {
        self.beta = true;
        self
    }

    /// Whether the request may change something: everything but a GET does.
    #[must_use]
    pub fn is_write(&self) -> bool {
        self.method != Method::Get
    }

    /// Returns the headers besides those of every request.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, &'static str)> {
        let mut headers = Vec::new();
        if self.body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        if self.creates_if_missing {
            headers.push(("Prefer", "create-if-missing"));
        }
        if self.eventual {
            headers.push(("ConsistencyLevel", "eventual"));
        }
        headers
    }

    /// Returns the request as a person reads it on demand.
    #[must_use]
    pub fn to_text(&self, graph_origin: &str) -> String {
        let mut text = format!("{} {graph_origin}/{}{}", self.method.as_str(), version(self.beta), self.path);
        for (name, value) in self.headers() {
            text.push_str(&format!("\n{name}: {value}"));
        }
        if let Some(body) = &self.body {
            text.push_str("\n\n");
            text.push_str(&serde_json::to_string_pretty(body).unwrap_or_default());
        }
        text
    }
}

/// Returns the version of Graph in an address.
#[must_use]
pub fn version(beta: bool) -> &'static str {
    if beta { "beta" } else { "v1.0" }
}

/// Quotes a literal of an OData filter or key, percent-encoded for a path or query.
#[must_use]
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    let encoded: String = url::form_urlencoded::byte_serialize(doubled.as_bytes()).collect();
    format!("'{}'", encoded.replace('+', "%20"))
}
