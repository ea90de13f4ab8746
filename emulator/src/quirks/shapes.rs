//! What requests and answers of Graph look like under a quirk, on their way in and out.

use super::Quirk;
use crate::http::{Call, Reply};
use crate::world::World;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Tells the lists how many items a page may have at most. Set here, and by no client.
pub const PAGE_LIMIT: &str = "emulator-page-limit";

/// Returns a request as Graph takes it.
pub fn arriving(world: &World, call: &Call, in_batch: bool) -> Call {
    let mut call = call.clone();
    if in_batch && world.quirks.is(Quirk::CreateIfMissingInBatch, "ignored") {
        call.headers.retain(|(name, _)| name != "prefer");
    }
    if call.path.starts_with("/beta/") {
        call.headers.push((PAGE_LIMIT.into(), world.quirks.value(Quirk::BetaPageSize).into()));
    }
    call
}

/// Returns an answer of Graph as it leaves.
pub fn leaving(world: &World, call: &Call, reply: Reply) -> Reply {
    let upserted = reply.status == 201 && call.header("prefer").is_some_and(|prefer| prefer.contains("create-if-missing"));
    if upserted && world.quirks.is(Quirk::UpsertAnswer, "empty") {
        let location = reply.header("location").map(str::to_owned);
        return location.iter().fold(Reply::empty(204), |reply, location| reply.with("location", location));
    }
    if reply.status >= 400 {
        return error(world.quirks.value(Quirk::ErrorBody), reply);
    }
    if world.quirks.is(Quirk::Odata, "odd") && !reply.body.is_empty() { odd(reply) } else { reply }
}

/// The answer of a batch itself.
pub fn outermost(world: &World, call: &Call, reply: Reply) -> Reply {
    if !call.path.ends_with("/$batch") || reply.status != 200 || !world.quirks.is(Quirk::Odata, "odd") {
        return reply;
    }
    let mut body = reply.json_body();
    if let Some(members) = body.as_object_mut() {
        members.insert("@odata.context".into(), json!("https://elsewhere.example/$metadata#Collection(batch)"));
        members.insert("unheardOf".into(), json!({"of": [null, 1]}));
    }
    reply.body(body.to_string().into_bytes())
}

/// Returns what something between the browser and Graph answers in the place of a batch, now and then.
pub fn foreign(world: &mut World) -> Option<Reply> {
    world.quirks.batches += 1;
    let is_turn = world.quirks.batches % 10 == 5 && world.quirks.is(Quirk::Foreign200, "on");
    is_turn.then(|| Reply::json(200, &json!({"status": "ok", "session": null})))
}

/// Returns what a gateway answers in the place of a request, now and then: a 503 that is not JSON.
pub fn gateway(world: &mut World, in_batch: bool) -> Option<Reply> {
    world.quirks.requests += 1;
    let is_turn = world.quirks.requests % 20 == 9;
    match world.quirks.value(Quirk::ErrorBody) {
        "empty" if is_turn => Some(Reply::empty(503)),
        "html" if is_turn => {
            const TITLE: &str = "503 Service Temporarily Unavailable";
            let page = format!("<html><head><title>{TITLE}</title></head><body><center><h1>{TITLE}</h1></center></body></html>");
            // Inside a batch, what is not JSON comes as base64.
            let inner = || Reply::empty(503).with("content-type", "text/html").body(json!(STANDARD.encode(&page)).to_string().into_bytes());
            Some(if in_batch { inner() } else { Reply::html(503, page) })
        }
        _ => None,
    }
}

fn odd(reply: Reply) -> Reply {
    let mut body = reply.json_body();
    add(&mut body);
    if let Some(members) = body.as_object_mut() {
        members.insert("@odata.context".into(), json!("https://elsewhere.example/v9/$metadata#things(a,b,'it''s')/$entity"));
        members.insert("@odata.etag".into(), json!("W/\"odd\""));
        members.insert("@microsoft.graph.tips".into(), json!("Use $select."));
        let items = members.get_mut("value").and_then(Value::as_array_mut).into_iter().flatten();
        for item in items.filter_map(Value::as_object_mut) {
            item.insert("@odata.etag".into(), json!("W/\"odd\""));
        }
    }
    reply.body(body.to_string().into_bytes())
}

/// Adds a member that nobody knows to every object.
fn add(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(add);
            members.insert("unheardOf".into(), json!({"of": [null, 1]}));
        }
        Value::Array(items) => items.iter_mut().for_each(add),
        _ => {}
    }
}

fn error(shape: &str, reply: Reply) -> Reply {
    let was = reply.json_body();
    let (code, message) = (was["error"]["code"].clone(), was["error"]["message"].clone());
    let says_enough = matches!(reply.status, 401 | 403 | 404 | 429 | 500..);
    let body = match shape {
        "bare" => json!({"error": {"code": code, "message": message}}),
        "nested" => json!({"error": {"code": code, "message": message, "target": null, "details": was["error"].get("details"),
            "innererror": {"code": code, "innererror": was["error"]["innerError"]}}}),
        "string" if says_enough => json!({"error": code, "error_description": message}),
        _ => return reply,
    };
    reply.body(body.to_string().into_bytes())
}
