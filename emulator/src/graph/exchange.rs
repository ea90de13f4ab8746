//! Roles of Exchange Online, which Graph knows in its beta only.

use super::errors::GraphError;
use super::query::{self, Page};
use super::{Context, schema};
use crate::http::{Call, Reply};
use crate::world::generate::{as_object, stable_id};
use crate::world::object::Properties;
use crate::world::tenant::Kind;
use serde_json::{Value, json};

const EXCHANGE_ADMINISTRATOR: &str = "29232cdf-9323-42fd-ade2-1d097af3e4de";
const ROLES: &[&str] = &[
    "Application Calendars.Read",
    "Application Calendars.ReadWrite",
    "Application Contacts.ReadWrite",
    "Application EWS.AccessAsApp",
    "Application Mail Full Access",
    "Application Mail.Read",
    "Application Mail.Send",
    "Mail Recipients",
    "View-Only Recipients",
];

pub fn operate(context: &mut Context<'_>, call: &Call, names: &[&str]) -> Result<Reply, GraphError> {
    if !call.path.starts_with("/beta/") {
        return Err(GraphError::new(400, "BadRequest", "Resource not found for the segment 'exchange'."));
    }
    let reads = ["RoleManagement.Read.Exchange", "RoleManagement.ReadWrite.Exchange", "RoleManagement.Read.All"];
    context.need_scope(if call.method == "GET" { &reads } else { &reads[1..2] })?;
    context.need_role(&[EXCHANGE_ADMINISTRATOR])?;
    let older = context.world.tenants.get(&context.tenant).and_then(|tenant| tenant.exchange.clone());
    let Some(older) = older else {
        return Err(GraphError::new(404, "ResourceNotFound", "The tenant has no Exchange Online."));
    };
    match (call.method.as_str(), names) {
        ("GET", ["roleDefinitions"]) => {
            let items = all(&older).map(|name| definition(context, name)).collect();
            page(context, call, items, &["id", "displayName", "description", "isEnabled", "version", "isBuiltIn", "templateId"])
        }
        ("GET", ["roleAssignments"]) => {
            let tenant = context.world.tenants.get(&context.tenant);
            let items = tenant.into_iter().flat_map(|tenant| tenant.all_seen(Kind::ExchangeAssignment, context.view)).cloned().collect();
            page(context, call, items, ASSIGNMENT)
        }
        ("POST", ["roleAssignments"]) => assign(context, call, &older),
        ("DELETE", ["roleAssignments", id]) => {
            let tenant = context.world.tenants.get(&context.tenant);
            if tenant.and_then(|tenant| tenant.seen(Kind::ExchangeAssignment, id, context.view)).is_none() {
                return Err(GraphError::not_found(id));
            }
            let visible = context.world.visible_at();
            if let Some(tenant) = context.world.tenant(&context.tenant) {
                tenant.write(Kind::ExchangeAssignment, id, visible, None);
            }
            Ok(Reply::empty(204))
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

const ASSIGNMENT: &[&str] = &["id", "principalId", "roleDefinitionId", "directoryScopeId", "appScopeId"];

fn all(older: &[String]) -> impl Iterator<Item = &str> {
    ROLES.iter().copied().chain(older.iter().map(String::as_str))
}

fn definition_id(context: &Context<'_>, name: &str) -> String {
    stable_id(context.world.settings.seed, &format!("exchange/{}/{name}", context.tenant), 0)
}

fn definition(context: &Context<'_>, name: &str) -> Properties {
    as_object(json!({"id": definition_id(context, name), "displayName": name, "description": name, "isEnabled": true,
        "version": "0.12 (14.0.451.0)", "isBuiltIn": true, "templateId": null}))
}

fn assign(context: &mut Context<'_>, call: &Call, older: &[String]) -> Result<Reply, GraphError> {
    let body = schema::check(&call.body, schema::EXCHANGE_ASSIGNMENT)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let (principal, role) = (text("principalId"), text("roleDefinitionId"));
    let Some(name) = all(older).find(|name| definition_id(context, name) == role).map(str::to_owned) else {
        return Err(GraphError::not_found(role));
    };
    let (kind, id) = match principal.trim_start_matches('/').split_once('/') {
        Some(("Users", id)) => (Kind::User, id),
        Some(("ServicePrincipals", id)) => (Kind::ServicePrincipal, id),
        _ => return Err(GraphError::bad_request("The principalId is not valid.")),
    };
    // Roles of RBAC for Applications are for applications, all others for people.
    if (kind == Kind::ServicePrincipal) != name.starts_with("Application ") {
        return Err(GraphError::bad_request(format!("The role '{name}' can't be assigned to this principal.")));
    }
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(id))?;
    if tenant.seen(kind, id, context.view).is_none() {
        return Err(GraphError::not_found(id));
    }
    let same = |a: &Properties| a.get("principalId") == Some(&json!(principal)) && a.get("roleDefinitionId") == Some(&json!(role));
    if tenant.all_latest(Kind::ExchangeAssignment).any(same) {
        return Err(GraphError::bad_request(
            "A conflicting object with one or more of the specified property values is present in the directory.",
        ));
    }
    let mut object = body.clone();
    object.insert("id".into(), json!(context.world.uuid()));
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.insert(Kind::ExchangeAssignment, visible, object.clone());
    }
    Ok(Reply::json(201, &Value::Object(object)))
}

fn page(context: &Context<'_>, call: &Call, items: Vec<Properties>, names: &[&str]) -> Result<Reply, GraphError> {
    query::list(items, call, &Page { path: &call.path, graph_origin: &context.world.settings.graph_origin, names, max_top: 999 })
}
