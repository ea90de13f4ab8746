//! Service principals (enterprise applications) and the application permissions granted to them.

use super::access::{APP_ADMINISTRATORS, APPLICATION_DEVELOPER, PRIVILEGED_ROLE_ADMINISTRATOR};
use super::errors::GraphError;
use super::query::{self, Page};
use super::schema;
use super::{Context, Segment};
use crate::clock::iso;
use crate::http::{Call, Reply};
use crate::world::GRAPH_APP_ID;
use crate::world::catalogue::Kind as PermissionKind;
use crate::world::generate::{self, as_object};
use crate::world::object::Properties;
use crate::world::tenant::{Kind, Tenant};
use serde_json::{Value, json};

const NAMES: &[&str] = &[
    "id",
    "appId",
    "displayName",
    "appDisplayName",
    "accountEnabled",
    "appRoleAssignmentRequired",
    "appOwnerOrganizationId",
    "appRoles",
    "oauth2PermissionScopes",
    "servicePrincipalType",
    "servicePrincipalNames",
    "signInAudience",
    "tags",
    "replyUrls",
    "verifiedPublisher",
    "notes",
    "homepage",
    "description",
    "deletedDateTime",
    "disabledByMicrosoftStatus",
    "keyCredentials",
    "passwordCredentials",
];
const ASSIGNMENT_NAMES: &[&str] = &[
    "id",
    "appRoleId",
    "createdDateTime",
    "deletedDateTime",
    "principalDisplayName",
    "principalId",
    "principalType",
    "resourceDisplayName",
    "resourceId",
];

pub fn operate(context: &mut Context<'_>, call: &Call, path: &[Segment]) -> Result<Reply, GraphError> {
    match (call.method.as_str(), path) {
        ("GET", [Segment { key: None, .. }]) => list(context, call),
        ("POST", [Segment { key: None, .. }]) => create(context, call),
        (method, [Segment { key, .. }, rest @ ..]) => {
            let (name, value, rest) = match (key, rest) {
                (Some((name, value)), rest) => (name.as_str(), value.clone(), rest),
                (None, [id, rest @ ..]) => ("id", id.name.clone(), rest),
                (None, []) => return Err(GraphError::method_not_allowed()),
            };
            let below: Vec<&str> = rest.iter().map(|segment| segment.name.as_str()).collect();
            match (method, below.as_slice()) {
                ("GET", []) => read(context, call, name, &value),
                ("PATCH", []) => upsert(context, call, name, &value),
                ("DELETE", []) => delete(context, name, &value),
                ("GET", ["appRoleAssignments"]) => assignments(context, call, name, &value, "principalId"),
                ("GET", ["appRoleAssignedTo"]) => assignments(context, call, name, &value, "resourceId"),
                ("POST", ["appRoleAssignedTo" | "appRoleAssignments"]) => assign(context, call, name, &value, below[0]),
                ("DELETE", ["appRoleAssignedTo" | "appRoleAssignments", id]) => revoke(context, name, &value, id),
                ("GET", ["oauth2PermissionGrants"]) => grants(context, call, name, &value),
                _ => Err(GraphError::method_not_allowed()),
            }
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

fn may_read(context: &Context<'_>) -> Result<(), GraphError> {
    context.need_scope(&["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"])
}

fn find(context: &Context<'_>, name: &str, value: &str) -> Result<Properties, GraphError> {
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(value))?;
    let found = match name {
        "id" => tenant.seen(Kind::ServicePrincipal, value, context.view),
        "appId" => tenant.find_seen(Kind::ServicePrincipal, "appId", value, context.view),
        _ => return Err(GraphError::bad_request(format!("'{name}' is not an alternate key of servicePrincipal."))),
    };
    found.cloned().ok_or_else(|| GraphError::not_found(value))
}

fn id_of(object: &Properties) -> String {
    object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Adds the permissions that the catalogue keeps for a resource.
fn with_permissions(context: &Context<'_>, mut object: Properties) -> Properties {
    let app_id = object.get("appId").and_then(Value::as_str).unwrap_or_default();
    if let Some(resource) = context.world.catalogue.resource(app_id) {
        object.insert("appRoles".into(), resource.app_roles());
        object.insert("oauth2PermissionScopes".into(), resource.scopes());
    }
    object
}

fn wants_permissions(call: &Call) -> bool {
    call.query_value("$select").is_none_or(|list| list.contains("appRoles") || list.contains("oauth2PermissionScopes"))
}

fn list(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    may_read(context)?;
    let origin = context.world.settings.graph_origin.clone();
    let items: Vec<Properties> = context
        .world
        .tenants
        .get(&context.tenant)
        .into_iter()
        .flat_map(|tenant| tenant.all_seen(Kind::ServicePrincipal, context.view))
        .cloned()
        .collect();
    let items = if wants_permissions(call) { items.into_iter().map(|item| with_permissions(context, item)).collect() } else { items };
    query::list(items, call, &Page { path: &call.path, graph_origin: &origin, names: NAMES, max_top: 999 })
}

fn read(context: &mut Context<'_>, call: &Call, name: &str, value: &str) -> Result<Reply, GraphError> {
    may_read(context)?;
    let found = find(context, name, value)?;
    let found = if wants_permissions(call) { with_permissions(context, found) } else { found };
    Ok(Reply::json(200, &Value::Object(query::select(&found, call, NAMES)?)))
}

fn create(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    let body = schema::check(&call.body, schema::SERVICE_PRINCIPAL)?;
    let Some(app_id) = body.get("appId").and_then(Value::as_str).map(str::to_owned) else {
        return Err(GraphError::bad_request("A value is required for property 'appId' of resource 'ServicePrincipal'."));
    };
    let taken = context
        .world
        .tenants
        .get(&context.tenant)
        .is_some_and(|tenant| tenant.find_latest(Kind::ServicePrincipal, "appId", &app_id).is_some());
    if taken {
        context.need_scope(&["Application.ReadWrite.All"])?;
        return Err(GraphError::new(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            format!(
                "The service principal cannot be created, updated, or restored because the service principal name {app_id} is already in use."
            ),
        ));
    }
    make(context, &app_id, &body)
}

/// `PATCH /servicePrincipals(appId='x')`, with or without `Prefer: create-if-missing`, and by id.
fn upsert(context: &mut Context<'_>, call: &Call, name: &str, value: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["Application.ReadWrite.All"])?;
    let body = schema::check(&call.body, schema::SERVICE_PRINCIPAL)?;
    let creates = name == "appId" && call.header("prefer").is_some_and(|prefer| prefer.contains("create-if-missing"));
    let existing = if creates {
        context.world.tenants.get(&context.tenant).and_then(|tenant| tenant.find_latest(Kind::ServicePrincipal, "appId", value)).cloned()
    } else {
        Some(find(context, name, value)?)
    };
    let Some(mut object) = existing else { return make(context, value, &body) };
    let (id, app_id) = (id_of(&object), object.get("appId").and_then(Value::as_str).unwrap_or_default().to_owned());
    if !owns_application(context, &app_id) {
        context.need_role(APP_ADMINISTRATORS)?;
    }
    object.extend(body);
    object.insert("appId".into(), json!(app_id));
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.write(Kind::ServicePrincipal, &id, visible, Some(object));
    }
    Ok(Reply::empty(204))
}

fn owns_application(context: &Context<'_>, app_id: &str) -> bool {
    let Some(tenant) = context.world.tenants.get(&context.tenant) else { return false };
    let owner = tenant.find_latest(Kind::Application, "appId", app_id).and_then(|app| app.get("emulatorOwner")).and_then(Value::as_str);
    owner.is_some() && owner == context.caller_oid()
}

fn make(context: &mut Context<'_>, app_id: &str, body: &Properties) -> Result<Reply, GraphError> {
    context.need_scope(&["Application.ReadWrite.All"])?;
    let view = context.view;
    let tenant_id = context.tenant.clone();
    let own = context.world.tenants.get(&tenant_id).and_then(|tenant| tenant.find_seen(Kind::Application, "appId", app_id, view)).cloned();
    let resource = context.world.catalogue.resource(app_id).map(|resource| resource.display_name.clone());
    if own.is_none() && resource.is_none() {
        let message = format!("The appId '{app_id}' of the service principal does not reference a valid application object.");
        return Err(GraphError::bad_request(message).target("NoBackingApplicationObject", "appId"));
    }
    if own.is_none() || !owns_application(context, app_id) {
        let mut roles = APP_ADMINISTRATORS.to_vec();
        if own.is_some() {
            roles.push(APPLICATION_DEVELOPER);
        }
        context.need_role(&roles)?;
    }
    let name =
        own.as_ref().and_then(|app| app.get("displayName")).and_then(Value::as_str).map(str::to_owned).or(resource).unwrap_or_default();
    let owner_tenant = if own.is_some() { tenant_id.clone() } else { "f8cdef31-a31e-4b4a-93e4-5f571e91255a".into() };
    let id = context.world.uuid();
    let mut object = generate::service_principal(&id, app_id, &name, &owner_tenant);
    if let Some(app) = &own {
        object.insert("signInAudience".into(), app.get("signInAudience").cloned().unwrap_or(Value::Null));
        object.insert("appRoles".into(), app.get("appRoles").cloned().unwrap_or(Value::Null));
        object.insert("replyUrls".into(), app.get("web").map(|web| web["redirectUris"].clone()).unwrap_or(Value::Null));
    }
    object.extend(body.clone());
    object.insert("appId".into(), json!(app_id));
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&tenant_id) {
        tenant.insert(Kind::ServicePrincipal, visible, object.clone());
    }
    Ok(Reply::json(201, &Value::Object(object)))
}

fn delete(context: &mut Context<'_>, name: &str, value: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["Application.ReadWrite.All"])?;
    let found = find(context, name, value)?;
    let app_id = found.get("appId").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !owns_application(context, &app_id) {
        context.need_role(APP_ADMINISTRATORS)?;
    }
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        remove_with_dependents(tenant, &app_id, visible);
    }
    Ok(Reply::empty(204))
}

/// Deletes a service principal with its grants and assignments.
pub fn remove_with_dependents(tenant: &mut Tenant, app_id: &str, visible: i64) {
    let Some(id) = tenant.find_latest(Kind::ServicePrincipal, "appId", app_id).map(id_of) else { return };
    tenant.write(Kind::ServicePrincipal, &id, visible, None);
    for (kind, name) in [(Kind::AppRoleAssignment, "principalId"), (Kind::Grant, "clientId"), (Kind::RoleAssignment, "principalId")] {
        let ids: Vec<String> = tenant.all_latest(kind).filter(|o| o.get(name).and_then(Value::as_str) == Some(&id)).map(id_of).collect();
        for dependent in ids {
            tenant.write(kind, &dependent, visible, None);
        }
    }
}

fn assignments(context: &mut Context<'_>, call: &Call, name: &str, value: &str, side: &str) -> Result<Reply, GraphError> {
    may_read(context)?;
    let id = id_of(&find(context, name, value)?);
    let origin = context.world.settings.graph_origin.clone();
    let items =
        context.world.tenants.get(&context.tenant).into_iter().flat_map(|tenant| tenant.all_seen(Kind::AppRoleAssignment, context.view));
    let items = items.filter(|a| a.get(side).and_then(Value::as_str) == Some(&id)).cloned().collect();
    query::list(items, call, &Page { path: &call.path, graph_origin: &origin, names: ASSIGNMENT_NAMES, max_top: 999 })
}

fn assign(context: &mut Context<'_>, call: &Call, name: &str, value: &str, collection: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["AppRoleAssignment.ReadWrite.All"])?;
    context.need_scope(&["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"])?;
    let body = schema::check(&call.body, schema::APP_ROLE_ASSIGNMENT)?;
    let field = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (principal_id, resource_id, role_id) = (field("principalId"), field("resourceId"), field("appRoleId"));
    let path_id = id_of(&find(context, name, value)?);
    let expected = if collection == "appRoleAssignedTo" { &resource_id } else { &principal_id };
    if &path_id != expected {
        return Err(GraphError::bad_request("Not a valid reference update"));
    }
    let view = context.view;
    let not_there = || GraphError::bad_request("Not a valid reference update");
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(not_there)?;
    let resource = tenant.seen(Kind::ServicePrincipal, &resource_id, view).ok_or_else(not_there)?.clone();
    let user = tenant.seen(Kind::User, &principal_id, view).cloned();
    let groups = super::groups::partner_groups(context);
    let group = groups.into_iter().find(|group| group.get("id").and_then(Value::as_str) == Some(&principal_id));
    let principal_type = if user.is_some() {
        "User"
    } else if group.is_some() {
        "Group"
    } else {
        "ServicePrincipal"
    };
    let service_principal = || tenant.seen(Kind::ServicePrincipal, &principal_id, view).cloned();
    let principal = user.or(group).or_else(service_principal).ok_or_else(not_there)?;
    let resource_app = resource.get("appId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_graph = resource_app == GRAPH_APP_ID || resource_app == "00000002-0000-0000-c000-000000000000";
    let mut roles = vec![PRIVILEGED_ROLE_ADMINISTRATOR];
    if !is_graph {
        roles.extend(APP_ADMINISTRATORS);
    }
    context.need_role(&roles)?;
    let known = match context.world.catalogue.resource(&resource_app) {
        Some(catalogued) => catalogued.find(PermissionKind::Role, &role_id).is_some(),
        None => {
            resource.get("appRoles").and_then(Value::as_array).is_some_and(|list| list.iter().any(|role| role["id"] == role_id.as_str()))
        }
    };
    if !known {
        return Err(GraphError::bad_request("Permission being assigned was not found on application."));
    }
    let same = |a: &Properties| {
        let is = |name: &str, wanted: &str| a.get(name).and_then(Value::as_str) == Some(wanted);
        is("principalId", &principal_id) && is("resourceId", &resource_id) && is("appRoleId", &role_id)
    };
    if context.world.tenants.get(&context.tenant).is_some_and(|tenant| tenant.all_latest(Kind::AppRoleAssignment).any(same)) {
        return Err(GraphError::bad_request("Permission being assigned already exists on the object"));
    }
    let id = context.world.random_text(43);
    let now = context.world.now();
    let object = as_object(json!({"id": id, "deletedDateTime": null, "appRoleId": role_id, "createdDateTime": iso(now),
        "principalDisplayName": principal.get("displayName"), "principalId": principal_id, "principalType": principal_type,
        "resourceDisplayName": resource.get("displayName"), "resourceId": resource_id}));
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.insert(Kind::AppRoleAssignment, visible, object.clone());
    }
    Ok(Reply::json(201, &Value::Object(object)))
}

fn revoke(context: &mut Context<'_>, name: &str, value: &str, id: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["AppRoleAssignment.ReadWrite.All"])?;
    find(context, name, value)?;
    let found = context.world.tenants.get(&context.tenant).and_then(|t| t.seen(Kind::AppRoleAssignment, id, context.view)).cloned();
    let found = found.ok_or_else(|| GraphError::not_found(id))?;
    let resource_id = found.get("resourceId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let resource = context
        .world
        .tenants
        .get(&context.tenant)
        .and_then(|t| t.latest(Kind::ServicePrincipal, &resource_id))
        .cloned()
        .unwrap_or_default();
    let mut roles = vec![PRIVILEGED_ROLE_ADMINISTRATOR];
    if resource.get("appId").and_then(Value::as_str) != Some(GRAPH_APP_ID) {
        roles.extend(APP_ADMINISTRATORS);
    }
    context.need_role(&roles)?;
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.write(Kind::AppRoleAssignment, id, visible, None);
    }
    Ok(Reply::empty(204))
}

fn grants(context: &mut Context<'_>, call: &Call, name: &str, value: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"])?;
    let id = id_of(&find(context, name, value)?);
    let origin = context.world.settings.graph_origin.clone();
    let items = context.world.tenants.get(&context.tenant).into_iter().flat_map(|tenant| tenant.all_seen(Kind::Grant, context.view));
    let items = items.filter(|grant| grant.get("clientId").and_then(Value::as_str) == Some(&id)).cloned().collect();
    query::list(items, call, &Page { path: &call.path, graph_origin: &origin, names: super::grants::NAMES, max_top: 999 })
}
