//! Entra's errors: the JSON of the token endpoint, the redirect, and the page that never comes back.

use crate::http::Reply;
use crate::world::World;
use serde_json::json;

pub use super::refusal::EntraError;

impl EntraError {
    pub fn description(&self, world: &mut World) -> (String, String, String, String) {
        let (trace, correlation) = (world.uuid(), world.uuid());
        let stamp = crate::clock::iso(world.now()).replace('T', " ");
        let text = format!("AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}", self.number, self.text);
        (text, trace, correlation, stamp)
    }

    pub fn json(&self, world: &mut World) -> Reply {
        let (text, trace, correlation, stamp) = self.description(world);
        let mut body = json!({"error": self.error, "error_description": text, "error_codes": [self.number], "timestamp": stamp,
            "trace_id": trace, "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.number)});
        if let Some(suberror) = &self.suberror {
            body["suberror"] = json!(suberror);
        }
        if let Some(claims) = &self.claims {
            body["claims"] = json!(claims);
        }
        Reply::json(self.status, &body)
    }
}
