//! Microsoft Graph: who calls, which operation, what it answers.

pub mod access;
pub mod accounts;
mod applications;
mod batch;
mod certificates;
mod directory;
pub use groups::{admin_agents_group, technicians_group};
pub mod errors;
mod exchange;
mod federated;
mod grants;
mod groups;
mod partner;
mod policies;
mod query;
mod registration;
mod roles;
pub mod schema;
mod service_principals;
pub mod throttle;

use crate::control::faults::{self, Outcome};
use crate::control::log::Entry;
use crate::http::{Call, Reply};
use crate::quirks::{Quirk, claims, shapes};
use crate::world::World;
use crate::world::object::View;
use crate::world::tokens::AccessToken;
use errors::GraphError;

const EXPOSED: &str = "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, ReadWriteConsistencyToken, SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant, X-Planner-Operationid, x-ms-permissions-recommendations";

/// One request by one caller.
pub struct Context<'w> {
    pub world: &'w mut World,
    pub tenant: String,
    pub token: AccessToken,
    pub view: View,
    /// The permissions that open the route.
    pub row: Option<&'static access::Row>,
}

/// Answers a request to the Graph origin.
pub fn answer(world: &mut World, call: &Call) -> Outcome {
    if call.method == "OPTIONS" {
        let reply = Reply::empty(200)
            .with("access-control-allow-origin", "*")
            .with("access-control-allow-methods", "GET, POST, PATCH, PUT, DELETE, OPTIONS")
            .with("access-control-allow-headers", "authorization, content-type, client-request-id, prefer, consistencylevel, if-match")
            .with("access-control-max-age", "3600");
        return Outcome::Answer(reply);
    }
    let mut number = None;
    let mut outcome = if let Some(version) = call.path.strip_suffix("/$batch") {
        let version = version.to_owned();
        batch::answer(world, call, &version)
    } else {
        single(world, call, None, &mut number)
    };
    if let Outcome::Answer(reply) | Outcome::Delayed(reply, _) = &mut outcome {
        let exposed = if world.quirks.is(Quirk::RetryAfter, "hidden") { EXPOSED.to_owned() } else { format!("{EXPOSED}, Retry-After") };
        *reply = shapes::outermost(world, call, reply.clone())
            .with("access-control-allow-origin", "*")
            .with("access-control-expose-headers", &exposed);
    }
    outcome
}

/// Carries out one operation with its faults and its entry in the log.
fn single(world: &mut World, call: &Call, batch_id: Option<&str>, number: &mut Option<usize>) -> Outcome {
    let now = world.now();
    let request_id = world.uuid();
    let client_request_id = call.header("client-request-id").unwrap_or(&request_id).to_owned();
    let fault = faults::take(&mut world.faults, "graph", call);
    let mut entry = Entry::new("graph", call, batch_id);
    if let Some(reply) = faults::instead_of_answering(fault.as_ref()) {
        if let Ok(token) = authenticate(world, call) {
            entry.tenant.clone_from(&token.tenant);
            note_early(world, &token.tenant, batch_id, &mut entry);
            note_wait(world, &token.tenant, &reply, batch_id);
        }
        let reply = reply.with("request-id", &request_id).with("client-request-id", &client_request_id);
        entry.status = reply.status;
        *number = Some(world.log.push(entry));
        return Outcome::Answer(reply);
    }
    if matches!(fault, Some(faults::Then::DropBefore)) {
        if let Ok(token) = authenticate(world, call) {
            entry.tenant.clone_from(&token.tenant);
        }
        world.log.unknown(&entry);
        *number = Some(world.log.push(entry));
        return Outcome::Dropped;
    }
    if let Some(reply) = shapes::gateway(world, batch_id.is_some()) {
        entry.tenant = authenticate(world, call).map(|token| token.tenant).unwrap_or_default();
        entry.status = reply.status;
        world.log.unknown(&entry);
        *number = Some(world.log.push(entry));
        return Outcome::Answer(reply);
    }
    let call = &shapes::arriving(world, call, batch_id.is_some());
    let result = match authenticate(world, call) {
        Err(error) => Err(error),
        Ok(token) => {
            entry.tenant.clone_from(&token.tenant);
            note_early(world, &token.tenant, batch_id, &mut entry);
            world.log.note_repeat(&mut entry);
            let units = if call.method == "GET" { 2 } else { 1 };
            match world.throttle.spend(&token.tenant, &token.client_id, units, now) {
                Some(seconds) => {
                    world.throttle.told_to_wait(&token.tenant, seconds, now, batch_id);
                    Err(GraphError::throttled(seconds))
                }
                None => match claims::challenge(world, &token, call, batch_id.is_some()) {
                    Some(error) => Err(error),
                    None => {
                        let view = world.view();
                        let tenant = token.tenant.clone();
                        operate(&mut Context { world, tenant, token, view, row: None }, call)
                    }
                },
            }
        }
    };
    let reply = match result {
        Ok(reply) => reply,
        Err(error) => {
            entry.violations.extend(error.violation);
            error.reply(now, &request_id, &client_request_id)
        }
    };
    let reply = shapes::leaving(world, call, reply);
    let reply = reply.with("request-id", &request_id).with("client-request-id", &client_request_id);
    entry.status = reply.status;
    entry.response_body = reply.json_body();
    if matches!(fault, Some(faults::Then::DropAfterApply)) {
        world.log.unknown(&entry);
        *number = Some(world.log.push(entry));
        return Outcome::Dropped;
    }
    *number = Some(world.log.push(entry));
    match fault {
        Some(faults::Then::Delay(millis)) => Outcome::Delayed(reply, millis),
        _ => Outcome::Answer(reply),
    }
}

fn note_early(world: &World, tenant: &str, batch: Option<&str>, entry: &mut Entry) {
    if world.throttle.is_early(tenant, world.now(), batch) {
        entry.violations.push("earlyRetry");
    }
}

/// Remembers that a tenant was told to wait.
fn note_wait(world: &mut World, tenant: &str, reply: &Reply, batch: Option<&str>) {
    if let Some(seconds) = reply.header("retry-after").and_then(|text| text.parse::<i64>().ok()).filter(|_| reply.status == 429) {
        let now = world.now();
        world.throttle.told_to_wait(tenant, seconds, now, batch);
    }
}

pub fn authenticate(world: &World, call: &Call) -> Result<AccessToken, GraphError> {
    let refuse = |message: &str| {
        let mut error = GraphError::new(401, "InvalidAuthenticationToken", message);
        error.headers.push((
            "WWW-Authenticate",
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"".into(),
        ));
        error
    };
    let Some(header) = call.header("authorization") else { return Err(refuse("Access token is empty.")) };
    let Some(token) = header.strip_prefix("Bearer ") else { return Err(refuse("CompactToken parsing failed with error code: 80049217")) };
    match world.tokens.access.get(token) {
        None => Err(refuse("CompactToken parsing failed with error code: 80049217")),
        Some(token) if token.expires <= world.now() => Err(refuse("Access token has expired or is not yet valid.")),
        Some(token) => Ok(token.clone()),
    }
}

/// A path segment: `applications(appId='x')` has the key `("appId", "x")`.
pub struct Segment {
    pub name: String,
    pub key: Option<(String, String)>,
}

fn segments(path: &str) -> Vec<Segment> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(|part| match part.split_once('(') {
            Some((name, rest)) if rest.ends_with("')") => {
                let rest = rest.strip_suffix(')').unwrap_or(rest);
                let unquoted = |text: &str| text.trim_start_matches('\'').trim_end_matches('\'').replace("''", "'");
                // A key without a name is the object's own: users('somebody@example.com').
                let key = match rest.split_once('=').filter(|_| !rest.starts_with('\'')) {
                    Some((name, value)) => (name.to_owned(), unquoted(value)),
                    None => (String::new(), unquoted(rest)),
                };
                Segment { name: name.to_owned(), key: Some(key) }
            }
            // The namespace has a short name, which the Graph SDKs write.
            _ if part.starts_with("graph.") => Segment { name: format!("microsoft.{part}"), key: None },
            _ => Segment { name: part.to_owned(), key: None },
        })
        .collect()
}

/// Finds the operation of a request.
fn operate(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    let Some(rest) = call.path.strip_prefix("/v1.0/").or_else(|| call.path.strip_prefix("/beta/")) else {
        return Err(GraphError::new(400, "BadRequest", "Invalid version."));
    };
    // An old name of the tenant itself, which CLI for Microsoft 365 sends.
    let path = segments(rest.strip_prefix("myorganization/").unwrap_or(rest));
    context.row = access::row(&call.method, &path);
    let names: Vec<&str> = path.iter().map(|segment| segment.name.as_str()).collect();
    let no_such = || {
        GraphError::new(400, "BadRequest", format!("Resource not found for the segment '{}'.", names.first().copied().unwrap_or_default()))
    };
    match names.first().copied() {
        Some("subscribedSkus") => accounts::subscriptions(context, call),
        Some("roleManagement") if names.get(1) == Some(&"exchange") => exchange::operate(context, call, &names[2..]),
        Some("applications") => applications::operate(context, call, &path),
        Some("servicePrincipals") => service_principals::operate(context, call, &path),
        Some("oauth2PermissionGrants") => grants::operate(context, call, &path),
        Some("roleManagement") => roles::operate(context, call, &path),
        Some("tenantRelationships" | "contracts") => partner::operate(context, call, &path),
        Some("me" | "organization" | "users" | "groups" | "domains" | "policies" | "directory") => directory::operate(context, call, &path),
        _ => Err(no_such()),
    }
}
