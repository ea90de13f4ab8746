//! Entra ID: discovery, sign-in and consent pages, tokens.

mod assertion;
mod authorize;
pub mod consent;
pub mod errors;
pub mod id_token;
mod pages;
pub mod refusal;
mod token;

#[cfg(test)]
pub use assertion::check as check_assertion;

use crate::control::faults::{self, Outcome};
use crate::control::log::Entry;
use crate::http::{Call, Reply};
use crate::world::World;
use errors::EntraError;
use serde_json::json;

/// Answers a request to the sign-in origin.
pub fn answer(world: &mut World, call: &Call) -> Outcome {
    let fault = faults::take(&mut world.faults, "login", call);
    let mut entry = Entry::new("login", call, None);
    if let Some(faults::Then::Refuse(error)) = &fault {
        let reply = error.json(world);
        return planted(world, call, entry, reply);
    }
    if let Some(reply) = faults::instead_of_answering(fault.as_ref()) {
        return planted(world, call, entry, reply);
    }
    if matches!(fault, Some(faults::Then::DropBefore)) {
        world.log.push(entry);
        return Outcome::Dropped;
    }
    let segments: Vec<&str> = call.path.split('/').filter(|part| !part.is_empty()).collect();
    let (reply, tenant) = match (call.method.as_str(), segments.as_slice()) {
        ("GET", [tenant, "v2.0", ".well-known", "openid-configuration"]) => (discovery(world, tenant), None),
        ("GET", [_, "discovery", "v2.0", "keys"]) => (Reply::json(200, &id_token::jwks()).with("access-control-allow-origin", "*"), None),
        ("GET", [_, "oauth2", "v2.0", "authorize"] | [_, "v2.0", "adminconsent"]) => (authorize::begin(world, call), None),
        ("POST", ["emulator", "sign-in"]) => (authorize::proceed(world, call), None),
        ("GET", [_, "oauth2", "v2.0", "logout"]) => (authorize::logout(world, call), None),
        ("GET", ["favicon.ico"]) => (Reply::empty(204), None),
        ("OPTIONS", [_, "oauth2", "v2.0", "token"]) => {
            let reply = Reply::empty(200).with("access-control-allow-origin", "*").with("access-control-allow-headers", "content-type");
            (reply, None)
        }
        ("POST", [tenant, "oauth2", "v2.0", "token"]) => token::answer(world, call, tenant),
        _ => (Reply::html(404, pages::error("This page does not exist.", "404")), None),
    };
    entry.status = reply.status;
    entry.tenant = tenant.unwrap_or_default();
    if call.path.ends_with("/token") {
        entry.response_body = reply.json_body();
    }
    world.log.push(entry);
    match fault {
        Some(faults::Then::DropAfterApply) => Outcome::Dropped,
        Some(faults::Then::Delay(millis)) => Outcome::Delayed(reply, millis),
        _ => Outcome::Answer(reply),
    }
}

/// Answers as a fault has it, readable for the page that asked.
fn planted(world: &mut World, call: &Call, mut entry: Entry, reply: Reply) -> Outcome {
    entry.status = reply.status;
    entry.tenant = call.path.split('/').nth(1).and_then(|tenant| world.tenant_id(tenant)).unwrap_or_default();
    entry.response_body = reply.json_body();
    world.log.push(entry);
    let origin = call.header("origin").map(str::to_owned);
    Outcome::Answer(origin.iter().fold(reply, |reply, origin| reply.with("access-control-allow-origin", origin)))
}

fn discovery(world: &mut World, tenant: &str) -> Reply {
    let origin = world.settings.login_origin.clone();
    let issuer_tenant = if matches!(tenant, "organizations" | "common") {
        "{tenantid}".to_owned()
    } else {
        match world.tenant_id(tenant) {
            Some(id) => id,
            None => {
                let error = EntraError::new(
                    90002,
                    "invalid_tenant",
                    format!("Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."),
                );
                return error.json(world).with("access-control-allow-origin", "*");
            }
        }
    };
    let body = json!({
        "issuer": format!("{origin}/{issuer_tenant}/v2.0"),
        "authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/token"),
        "end_session_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/logout"),
        "jwks_uri": format!("{origin}/{tenant}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "tenant_region_scope": "EU", "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net", "msgraph_host": world.settings.graph_origin.split("://").last(),
        "request_uri_parameter_supported": false, "http_logout_supported": true,
    });
    Reply::json(200, &body).with("access-control-allow-origin", "*")
}
