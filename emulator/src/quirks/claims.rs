//! Claims challenges: what a token must prove before it may write, and the 401 that asks for it.
//! <https://learn.microsoft.com/entra/identity-platform/claims-challenge>

use super::Quirk;
use crate::entra::errors::EntraError;
use crate::graph::errors::GraphError;
use crate::http::Call;
use crate::world::World;
use crate::world::tokens::{AccessToken, Asked, Caller};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The authentication context that a step-up must reach.
const CONTEXT: &str = "c1";

/// Reads the `claims` parameter of a sign-in or of a token request.
///
/// # Errors
/// What Entra says to a parameter that is not JSON.
pub fn read(parameter: &str) -> Result<Asked, EntraError> {
    if parameter.is_empty() {
        return Ok(Asked::default());
    }
    let malformed = || EntraError::new(9_002_313, "invalid_request", "Invalid request. The 'claims' parameter is not valid JSON.");
    let value: Value = serde_json::from_str(parameter).map_err(|_| malformed())?;
    if !value.is_object() {
        return Err(malformed());
    }
    let asks = |claim: &str, wanted: &str| {
        let claim = &value["access_token"][claim];
        claim["value"] == wanted || claim["values"].as_array().is_some_and(|values| values.iter().any(|value| value == wanted))
    };
    Ok(Asked { capable: asks("xms_cc", "cp1"), step_up: asks("acrs", CONTEXT) })
}

fn wanted(world: &World) -> Value {
    if world.quirks.is(Quirk::ClaimsChallenge, "cae") {
        json!({"access_token": {"nbf": {"essential": true, "value": (world.now() / 1000).to_string()}}})
    } else {
        json!({"access_token": {"acrs": {"essential": true, "value": CONTEXT}}})
    }
}

/// Returns the 401 that a request of its own meets, or one inside a batch.
pub fn challenge(world: &mut World, token: &AccessToken, call: &Call, in_batch: bool) -> Option<GraphError> {
    let outside_only = world.quirks.is(Quirk::ClaimsChallenge, "outer");
    if call.method == "GET" || (in_batch && outside_only) { None } else { refusal(world, token) }
}

/// Returns the 401 that a batch with this token meets as a whole.
pub fn outer(world: &mut World, token: &AccessToken, requests: &[Value]) -> Option<GraphError> {
    let writes = requests.iter().any(|request| request["method"] != "GET");
    if !writes || !world.quirks.is(Quirk::ClaimsChallenge, "outer") {
        return None;
    }
    refusal(world, token)
}

fn refusal(world: &mut World, token: &AccessToken) -> Option<GraphError> {
    if !matches!(token.caller, Caller::Person { .. }) {
        return None;
    }
    let passes = match world.quirks.value(Quirk::ClaimsChallenge) {
        "inner" | "outer" => token.held.stepped_up,
        "always" => false,
        "cae" => {
            let now = world.now();
            // Whatever was issued up to the moment of the evaluation is refused from then on.
            token.held.issued > *world.quirks.evaluated.get_or_insert(now)
        }
        _ => true,
    };
    if passes {
        return None;
    }
    let mut error = GraphError::new(401, "InvalidAuthenticationToken", "The token does not meet what a policy of the tenant asks for.");
    let place = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"";
    // A client that did not say that it handles challenges is not told what is missing.
    let header = if token.held.capable {
        let claims = STANDARD.encode(wanted(world).to_string());
        format!("{place}, error=\"insufficient_claims\", claims=\"{claims}\"")
    } else {
        place.to_owned()
    };
    error.headers.push(("WWW-Authenticate", header));
    Some(error)
}

/// Judges a refresh: what it asks for needs somebody at the screen, or the tenant does.
///
/// # Errors
/// The refusal, with the claims to sign in with.
pub fn of_refresh(world: &World, asked: Asked, stepped_up: bool) -> Result<(), EntraError> {
    let mode = world.quirks.value(Quirk::ClaimsChallenge);
    let needed = asked.step_up || matches!(mode, "token-endpoint" | "token-endpoint-invalid-grant");
    if stepped_up || !needed {
        return Ok(());
    }
    let word = if mode == "token-endpoint-invalid-grant" { "invalid_grant" } else { "interaction_required" };
    let text = "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access this resource.";
    let mut error = EntraError::new(50076, word, text).sub("basic_action");
    error.claims = Some(json!({"access_token": {"acrs": {"essential": true, "value": CONTEXT}}}).to_string());
    Err(error)
}
