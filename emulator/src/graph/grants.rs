//! Delegated permission grants.

use super::access::{APP_ADMINISTRATORS, PRIVILEGED_ROLE_ADMINISTRATOR};
use super::errors::GraphError;
use super::query::{self, Page};
use super::schema;
use super::{Context, Segment};
use crate::http::{Call, Reply};
use crate::world::object::Properties;
use crate::world::tenant::Kind;
use serde_json::{Value, json};

pub const NAMES: &[&str] = &["id", "clientId", "consentType", "principalId", "resourceId", "scope"];

pub fn operate(context: &mut Context<'_>, call: &Call, path: &[Segment]) -> Result<Reply, GraphError> {
    let id = path.get(1).map(|segment| segment.name.as_str());
    match (call.method.as_str(), id, path.len()) {
        ("GET", None, _) => list(context, call),
        ("POST", None, _) => create(context, call),
        ("GET", Some(id), 2) => {
            may_read(context)?;
            let found = find(context, id)?;
            Ok(Reply::json(200, &Value::Object(query::select(&found, call, NAMES)?)))
        }
        ("PATCH", Some(id), 2) => change(context, call, id),
        ("DELETE", Some(id), 2) => {
            may_write(context)?;
            find(context, id)?;
            let visible = context.world.visible_at();
            if let Some(tenant) = context.world.tenant(&context.tenant) {
                tenant.write(Kind::Grant, id, visible, None);
            }
            Ok(Reply::empty(204))
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

fn may_read(context: &Context<'_>) -> Result<(), GraphError> {
    context.need_scope(&["Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"])
}

fn may_write(context: &Context<'_>) -> Result<(), GraphError> {
    context.need_scope(&["DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"])?;
    let mut roles = APP_ADMINISTRATORS.to_vec();
    roles.push(PRIVILEGED_ROLE_ADMINISTRATOR);
    context.need_role(&roles)
}

fn find(context: &Context<'_>, id: &str) -> Result<Properties, GraphError> {
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(id))?;
    tenant.seen(Kind::Grant, id, context.view).cloned().ok_or_else(|| GraphError::not_found(id))
}

fn list(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    may_read(context)?;
    let origin = context.world.settings.graph_origin.clone();
    let items = context
        .world
        .tenants
        .get(&context.tenant)
        .into_iter()
        .flat_map(|tenant| tenant.all_seen(Kind::Grant, context.view))
        .cloned()
        .collect();
    query::list(items, call, &Page { path: &call.path, graph_origin: &origin, names: NAMES, max_top: 999 })
}

fn create(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    may_write(context)?;
    let body = schema::check(&call.body, schema::GRANT)?;
    let field = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (client, resource, consent_type, principal) = (field("clientId"), field("resourceId"), field("consentType"), field("principalId"));
    let fits = matches!((consent_type.as_str(), principal.is_empty()), ("AllPrincipals", true) | ("Principal", false));
    if !fits {
        return Err(GraphError::bad_request("Invalid value specified for property 'consentType' of resource 'OAuth2PermissionGrant'."));
    }
    let view = context.view;
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(&client))?;
    for id in [&client, &resource] {
        if tenant.seen(Kind::ServicePrincipal, id, view).is_none() {
            return Err(GraphError::bad_request(GraphError::not_found(id).message));
        }
    }
    if !principal.is_empty() && tenant.seen(Kind::User, &principal, view).is_none() {
        return Err(GraphError::bad_request(GraphError::not_found(&principal).message));
    }
    let same = |grant: &Properties| {
        let is = |name: &str, wanted: &str| grant.get(name).and_then(Value::as_str).unwrap_or_default() == wanted;
        is("clientId", &client) && is("resourceId", &resource) && is("principalId", &principal)
    };
    if tenant.all_latest(Kind::Grant).any(same) {
        return Err(GraphError::new(409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists."));
    }
    let id = context.world.random_text(43);
    let object = generate_grant(&id, &body);
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.insert(Kind::Grant, visible, object.clone());
    }
    Ok(Reply::json(201, &Value::Object(object)))
}

pub fn generate_grant(id: &str, body: &Properties) -> Properties {
    let mut object = Properties::new();
    object.insert("id".into(), json!(id));
    for name in &NAMES[1..] {
        object.insert((*name).to_owned(), body.get(*name).cloned().unwrap_or(Value::Null));
    }
    object
}

fn change(context: &mut Context<'_>, call: &Call, id: &str) -> Result<Reply, GraphError> {
    may_write(context)?;
    find(context, id)?;
    let body = schema::check(&call.body, schema::GRANT_PATCH)?;
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant)
        && let Some(mut object) = tenant.latest(Kind::Grant, id).cloned()
    {
        object.extend(body);
        tenant.write(Kind::Grant, id, visible, Some(object));
    }
    Ok(Reply::empty(204))
}
