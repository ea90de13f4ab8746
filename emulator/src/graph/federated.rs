//! Federated identity credentials of an application: trust in tokens of another issuer.
//! <https://learn.microsoft.com/graph/api/resources/federatedidentitycredential>

use super::errors::GraphError;
use super::query::{self, Page};
use super::registration::{find_latest, may_change};
use super::{Context, Segment, schema};
use crate::http::{Call, Reply};
use crate::world::object::Properties;
use crate::world::tenant::Kind;
use serde_json::{Value, json};

/// Where an application keeps them; not shown with the application itself.
const HELD: &str = "emulatorFederated";
const NAMES: &[&str] = &["id", "name", "issuer", "subject", "audiences", "description"];

pub fn operate(context: &mut Context<'_>, call: &Call, key: (&str, &str), rest: &[Segment]) -> Result<Reply, GraphError> {
    let mut application = find_latest(context, key.0, key.1)?;
    let held: Vec<Value> = application.get(HELD).and_then(Value::as_array).cloned().unwrap_or_default();
    // By its id, or by its name, which is a key, too.
    let at = |one: &Segment| {
        let wanted = one.key.as_ref().map_or(one.name.as_str(), |(_, value)| value);
        let is_it = |known: &Value| known["id"] == wanted || known["name"] == wanted;
        held.iter().position(is_it).ok_or_else(|| GraphError::not_found(wanted))
    };
    match (call.method.as_str(), rest) {
        ("GET", [Segment { key: None, .. }]) => {
            context.need_scope(&[])?;
            let items = held.iter().filter_map(Value::as_object).cloned().collect();
            let origin = context.world.settings.graph_origin.clone();
            query::list(items, call, &Page { path: &call.path, graph_origin: &origin, names: NAMES, max_top: 100 })
        }
        ("GET", [list, one @ ..]) => {
            context.need_scope(&[])?;
            Ok(Reply::json(200, &held[at(one.first().unwrap_or(list))?]))
        }
        ("POST", [Segment { key: None, .. }]) => {
            context.need_scope(&[])?;
            may_change(context, &application)?;
            let mut body = schema::check(&call.body, schema::FEDERATED)?;
            for name in ["name", "issuer", "subject", "audiences"] {
                if body.get(name).is_none_or(Value::is_null) {
                    return Err(GraphError::bad_request(format!("Property '{name}' is required but is missing.")).target("Required", name));
                }
            }
            if held.iter().any(|known| known["name"] == body["name"]) {
                return Err(GraphError::new(
                    409,
                    "Request_MultipleObjectsWithSameKeyValue",
                    "FederatedIdentityCredential with that name already exists.",
                ));
            }
            body.insert("id".into(), json!(context.world.uuid()));
            let made = Value::Object(body);
            keep(context, &mut application, [held, vec![made.clone()]].concat());
            Ok(Reply::json(201, &made))
        }
        ("PATCH", [list, one @ ..]) => {
            context.need_scope(&[])?;
            may_change(context, &application)?;
            let at = at(one.first().unwrap_or(list))?;
            let body = schema::check(&call.body, schema::FEDERATED)?;
            let mut all = held.clone();
            for (name, value) in body {
                all[at][name] = value;
            }
            keep(context, &mut application, all);
            Ok(Reply::empty(204))
        }
        ("DELETE", [list, one @ ..]) => {
            context.need_scope(&[])?;
            may_change(context, &application)?;
            let at = at(one.first().unwrap_or(list))?;
            let mut all = held.clone();
            all.remove(at);
            keep(context, &mut application, all);
            Ok(Reply::empty(204))
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

fn keep(context: &mut Context<'_>, application: &mut Properties, all: Vec<Value>) {
    application.insert(HELD.into(), Value::Array(all));
    let id = application.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.write(Kind::Application, &id, visible, Some(application.clone()));
    }
}
