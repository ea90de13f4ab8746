//! Directory roles: definitions and assignments.

use super::access::PRIVILEGED_ROLE_ADMINISTRATOR;
use super::errors::GraphError;
use super::query::{self, Page};
use super::schema;
use super::{Context, Segment};
use crate::http::{Call, Reply};
use crate::world::generate::{GLOBAL_ADMINISTRATOR, as_object};
use crate::world::object::Properties;
use crate::world::tenant::Kind;
use serde_json::{Value, json};

const DEFINITION_NAMES: &[&str] =
    &["id", "displayName", "description", "templateId", "isBuiltIn", "isEnabled", "isPrivileged", "rolePermissions", "version"];
const ASSIGNMENT_NAMES: &[&str] = &["id", "principalId", "directoryScopeId", "roleDefinitionId"];

pub fn operate(context: &mut Context<'_>, call: &Call, path: &[Segment]) -> Result<Reply, GraphError> {
    let names: Vec<&str> = path.iter().map(|segment| segment.name.as_str()).collect();
    match (call.method.as_str(), &names[1..]) {
        ("GET", ["directory", "roleDefinitions"]) => definitions(context, call),
        ("GET", ["directory", "roleEligibilityScheduleInstances", "filterByCurrentUser"]) => eligible(context, path),
        ("GET", ["directory", "roleAssignments"]) => list(context, call),
        ("POST", ["directory", "roleAssignments"]) => assign(context, call),
        ("GET", ["directory", "roleAssignments", id]) => {
            may_read(context)?;
            let found = find(context, id)?;
            Ok(Reply::json(200, &Value::Object(query::select(&found, call, ASSIGNMENT_NAMES)?)))
        }
        ("DELETE", ["directory", "roleAssignments", id]) => remove(context, id),
        _ => Err(GraphError::method_not_allowed()),
    }
}

fn may_read(context: &Context<'_>) -> Result<(), GraphError> {
    context.need_scope(&["RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "Directory.Read.All"])
}

fn definitions(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    may_read(context)?;
    let beta = call.path.starts_with("/beta/");
    let origin = context.world.settings.graph_origin.clone();
    let items = context.world.catalogue.roles.iter().map(|role| {
        let mut object = as_object(json!({"id": role.id, "displayName": role.display_name, "description": role.display_name,
            "templateId": role.id, "isBuiltIn": true, "isEnabled": true, "version": "1"}));
        if beta {
            object.insert("isPrivileged".into(), json!(role.privileged));
        }
        object
    });
    let names: Vec<&str> = DEFINITION_NAMES.iter().copied().filter(|name| beta || *name != "isPrivileged").collect();
    query::list(items.collect(), call, &Page { path: &call.path, graph_origin: &origin, names: &names, max_top: 999 })
}

fn list(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    may_read(context)?;
    let origin = context.world.settings.graph_origin.clone();
    let items = context
        .world
        .tenants
        .get(&context.tenant)
        .into_iter()
        .flat_map(|tenant| tenant.all_seen(Kind::RoleAssignment, context.view))
        .cloned()
        .collect();
    query::list(items, call, &Page { path: &call.path, graph_origin: &origin, names: ASSIGNMENT_NAMES, max_top: 999 })
}

/// The roles that the caller may activate. <https://learn.microsoft.com/graph/api/unifiedroleeligibilityscheduleinstance-filterbycurrentuser>
fn eligible(context: &mut Context<'_>, path: &[Segment]) -> Result<Reply, GraphError> {
    context.need_scope(&[
        "RoleEligibilitySchedule.Read.Directory",
        "RoleEligibilitySchedule.ReadWrite.Directory",
        "RoleManagement.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
    ])?;
    if path.last().and_then(|last| last.key.clone()) != Some(("on".into(), "principal".into())) {
        return Err(GraphError::new(400, "BadRequest", "The parameter 'on' must be 'principal'."));
    }
    let oid = context.caller_oid().map(str::to_owned).ok_or_else(|| GraphError::not_found("me"))?;
    let tenant = context.world.tenants.get(&context.tenant);
    let mine = |one: &&Properties| one.get("principalId").and_then(Value::as_str) == Some(oid.as_str());
    let items: Vec<Value> = tenant
        .into_iter()
        .flat_map(|tenant| tenant.all_seen(Kind::Eligibility, context.view))
        .filter(mine)
        .cloned()
        .map(Value::Object)
        .collect();
    Ok(Reply::json(200, &json!({ "value": items })))
}

fn find(context: &Context<'_>, id: &str) -> Result<Properties, GraphError> {
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(id))?;
    tenant.seen(Kind::RoleAssignment, id, context.view).cloned().ok_or_else(|| GraphError::not_found(id))
}

fn assign(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    context.need_scope(&["RoleManagement.ReadWrite.Directory"])?;
    context.need_role(&[PRIVILEGED_ROLE_ADMINISTRATOR])?;
    let body = schema::check(&call.body, schema::ROLE_ASSIGNMENT)?;
    let field = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (role, principal, scope) = (field("roleDefinitionId"), field("principalId"), field("directoryScopeId"));
    if !context.world.catalogue.roles.iter().any(|known| known.id == role) {
        return Err(GraphError::not_found(&role));
    }
    if scope != "/" {
        return Err(GraphError::bad_request("The directoryScopeId is not valid."));
    }
    let view = context.view;
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(&principal))?;
    let known = [Kind::ServicePrincipal, Kind::User].into_iter().any(|kind| tenant.seen(kind, &principal, view).is_some());
    if !known {
        return Err(GraphError::not_found(&principal));
    }
    let same = |a: &Properties| {
        [("principalId", &principal), ("roleDefinitionId", &role), ("directoryScopeId", &scope)]
            .iter()
            .all(|(name, value)| a.get(*name) == Some(&json!(value)))
    };
    if tenant.all_latest(Kind::RoleAssignment).any(same) {
        return Err(GraphError::bad_request(
            "A conflicting object with one or more of the specified property values is present in the directory.",
        ));
    }
    let id = format!("{}-1", context.world.random_text(42));
    let object = as_object(json!({"id": id, "principalId": principal, "directoryScopeId": "/", "roleDefinitionId": role}));
    // A role takes longer than an object until every replica knows it.
    let visible = context.world.visible_at() + context.world.replication();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.insert(Kind::RoleAssignment, visible, object.clone());
    }
    Ok(Reply::json(201, &Value::Object(object)))
}

fn remove(context: &mut Context<'_>, id: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["RoleManagement.ReadWrite.Directory"])?;
    context.need_role(&[PRIVILEGED_ROLE_ADMINISTRATOR])?;
    let found = find(context, id)?;
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(id))?;
    let is_global = |a: &&Properties| a.get("roleDefinitionId").and_then(Value::as_str) == Some(GLOBAL_ADMINISTRATOR);
    if is_global(&&found) && tenant.all_latest(Kind::RoleAssignment).filter(is_global).count() == 1 {
        return Err(GraphError::bad_request("The last Global Administrator can't be removed."));
    }
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.write(Kind::RoleAssignment, id, visible, None);
    }
    Ok(Reply::empty(204))
}
