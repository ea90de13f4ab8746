//! `$batch`: up to 20 requests in one, with their answers in any order.

use super::errors::GraphError;
use super::single;
use crate::control::faults::{self, Outcome};
use crate::control::log::Entry;
use crate::http::{Call, Reply};
use crate::quirks::{claims, shapes};
use crate::world::World;
use serde_json::{Value, json};
use std::collections::HashMap;

pub fn answer(world: &mut World, call: &Call, version: &str) -> Outcome {
    let now = world.now();
    let id = world.uuid();
    let mut outer = Entry::new("graph", call, None);
    match faults::take(&mut world.faults, "graph", call) {
        Some(faults::Then::DropBefore) => return Outcome::Dropped,
        fault => {
            if let Some(reply) = faults::instead_of_answering(fault.as_ref()) {
                outer.status = reply.status;
                world.log.push(outer);
                return Outcome::Answer(reply);
            }
        }
    }
    let requests = match requests(call) {
        Ok(requests) => requests,
        Err(error) => {
            outer.status = error.status;
            world.log.push(outer);
            return Outcome::Answer(error.reply(now, &id, &id));
        }
    };
    if let Some(reply) = shapes::foreign(world) {
        outer.status = reply.status;
        world.log.push(outer);
        let tenant = super::authenticate(world, call).map(|token| token.tenant).unwrap_or_default();
        // Whoever asked can't know what became of the writes in it.
        for request in &requests {
            let mut entry = Entry::new("graph", &inner_call(call, request, version), Some(&id));
            entry.tenant.clone_from(&tenant);
            world.log.unknown(&entry);
        }
        return Outcome::Answer(reply);
    }
    let refused = super::authenticate(world, call).ok().and_then(|token| claims::outer(world, &token, &requests));
    if let Some(error) = refused {
        outer.status = error.status;
        world.log.push(outer);
        return Outcome::Answer(error.reply(now, &id, &id));
    }
    outer.status = 200;
    world.log.push(outer);
    let batch_id = id.clone();
    let mut statuses: HashMap<String, u16> = HashMap::new();
    let mut responses = Vec::new();
    let mut delay = None;
    let mut dropped = false;
    for request in &requests {
        let request_id = request["id"].as_str().unwrap_or_default().to_owned();
        let depends = request["dependsOn"].as_array().into_iter().flatten().filter_map(Value::as_str);
        if depends.into_iter().any(|on| statuses.get(on).is_none_or(|status| *status >= 400)) {
            statuses.insert(request_id.clone(), 424);
            let error = GraphError::new(424, "FailedDependency", "A request that this one depends on failed.").reply(now, &id, &id);
            responses.push(response(&request_id, &error));
            continue;
        }
        let inner = inner_call(call, request, version);
        let reply = match single(world, &inner, Some(&batch_id), &mut None) {
            Outcome::Answer(reply) => reply,
            Outcome::Delayed(reply, millis) => {
                delay = Some(millis);
                reply
            }
            Outcome::Dropped => {
                dropped = true;
                Reply::empty(0)
            }
        };
        statuses.insert(request_id.clone(), reply.status);
        responses.push(response(&request_id, &reply));
    }
    if dropped {
        return Outcome::Dropped;
    }
    // The order of the answers is free: ours is not that of the requests.
    responses.reverse();
    let reply = Reply::json(200, &json!({ "responses": responses })).with("request-id", &id);
    match delay {
        Some(millis) => Outcome::Delayed(reply, millis),
        None => Outcome::Answer(reply),
    }
}

fn requests(call: &Call) -> Result<Vec<Value>, GraphError> {
    let invalid = |message: &str| GraphError::new(400, "BadRequest", message);
    let body: Value = serde_json::from_slice(&call.body).map_err(|_| invalid("Invalid batch payload format."))?;
    let list = body["requests"].as_array().ok_or_else(|| invalid("Invalid batch payload format."))?;
    if list.len() > 20 {
        return Err(invalid("Number of batch request steps exceeds the maximum value of 20."));
    }
    let mut ids = Vec::new();
    for request in list {
        let (Some(id), Some(_), Some(_)) = (request["id"].as_str(), request["method"].as_str(), request["url"].as_str()) else {
            return Err(invalid("A batch request step needs an id, a method and a url."));
        };
        if ids.contains(&id) {
            return Err(invalid("The ids of batch request steps must be unique."));
        }
        let has_type =
            request["headers"].as_object().is_some_and(|headers| headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")));
        if !request["body"].is_null() && !has_type {
            return Err(invalid("A batch request step with a body needs a Content-Type header."));
        }
        ids.push(id);
    }
    Ok(list.clone())
}

fn inner_call(outer: &Call, request: &Value, version: &str) -> Call {
    let url = request["url"].as_str().unwrap_or_default();
    // The Graph SDKs write whole addresses; what counts is what stands behind the version.
    let url = match url.split_once("://").and_then(|(_, rest)| rest.split_once('/')) {
        Some((_, path)) => path.trim_start_matches(version.trim_start_matches('/')),
        None => url,
    };
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let mut headers: Vec<(String, String)> = request["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    for name in ["authorization", "origin"] {
        if let Some(value) = outer.header(name) {
            headers.push((name.into(), value.into()));
        }
    }
    let body = if request["body"].is_null() { Vec::new() } else { request["body"].to_string().into_bytes() };
    Call {
        method: request["method"].as_str().unwrap_or_default().to_owned(),
        path: format!("{version}/{}", crate::http::decode_path(path.trim_start_matches('/'))),
        query: query.to_owned(),
        headers,
        body,
    }
}

fn response(id: &str, reply: &Reply) -> Value {
    let headers: serde_json::Map<String, Value> = reply.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let mut response = json!({"id": id, "status": reply.status, "headers": headers});
    if !reply.body.is_empty() {
        response["body"] = reply.json_body();
    }
    response
}
