//! App registrations: create, upsert, change, delete, client secrets.

use super::access::{APP_ADMINISTRATORS, APPLICATION_DEVELOPER};
use super::errors::GraphError;
use super::query::{self, Page};
use super::registration::{NAMES, find, find_latest, may_change, public};
use super::schema::{self, redirect_uri_fault};
use super::{Context, Segment, federated, policies};
use crate::clock::{iso, parse_iso};
use crate::http::{Call, Reply};
use crate::world::generate;
use crate::world::object::Properties;
use crate::world::tenant::Kind;
use crate::world::tokens::Caller;
use serde_json::{Value, json};

const YEAR: i64 = 365 * 86_400_000;

pub fn operate(context: &mut Context<'_>, call: &Call, path: &[Segment]) -> Result<Reply, GraphError> {
    match (call.method.as_str(), path) {
        ("GET", [Segment { key: None, .. }]) => list(context, call, Kind::Application),
        ("POST", [Segment { key: None, .. }]) => create(context, call, None),
        ("PATCH", [Segment { key: Some((name, value)), .. }]) if name == "uniqueName" => upsert(context, call, value),
        (method, [Segment { key, .. }, rest @ ..]) => {
            let (name, value, rest) = match (key, rest) {
                (Some((name, value)), rest) => (name.as_str(), value.clone(), rest),
                (None, [id, rest @ ..]) => ("id", id.name.clone(), rest),
                (None, []) => return Err(GraphError::method_not_allowed()),
            };
            let action = rest.first().map(|segment| segment.name.as_str());
            match (method, action) {
                ("GET", None) => read(context, call, name, &value),
                ("PATCH", None) => change(context, call, name, &value),
                ("DELETE", None) => delete(context, name, &value),
                ("POST", Some("addPassword")) => add_password(context, call, name, &value),
                ("POST", Some("removePassword")) => remove_password(context, call, name, &value),
                ("GET", Some("appManagementPolicies")) => policies::of_application(context, call, &find(context, name, &value)?),
                ("GET", Some("owners")) => owners(context, call, name, &value),
                (_, Some("federatedIdentityCredentials")) => federated::operate(context, call, (name, &value), rest),
                _ => Err(GraphError::method_not_allowed()),
            }
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

pub fn list(context: &mut Context<'_>, call: &Call, kind: Kind) -> Result<Reply, GraphError> {
    context.need_scope(&["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"])?;
    let view = context.view;
    let graph_origin = context.world.settings.graph_origin.clone();
    let Some(tenant) = context.world.tenants.get(&context.tenant) else { return Err(GraphError::not_found(&context.tenant)) };
    let mut items: Vec<Properties> = tenant.all_seen(kind, view).map(public).collect();
    // `key` is shown for a single object only.
    for item in &mut items {
        hide_keys(item);
    }
    let page = Page { path: &call.path, graph_origin: &graph_origin, names: NAMES, max_top: 999 };
    query::list(items, call, &page)
}

fn hide_keys(application: &mut Properties) {
    if let Some(keys) = application.get_mut("keyCredentials").and_then(Value::as_array_mut) {
        for key in keys {
            key["key"] = Value::Null;
        }
    }
}

fn read(context: &mut Context<'_>, call: &Call, name: &str, value: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"])?;
    let mut found = find(context, name, value)?;
    if !call.query_value("$select").is_some_and(|list| list.split(',').any(|name| name == "keyCredentials")) {
        hide_keys(&mut found);
    }
    let selected = query::select(&public(&found), call, NAMES)?;
    Ok(Reply::json(200, &Value::Object(selected)))
}

fn owners(context: &mut Context<'_>, call: &Call, name: &str, value: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"])?;
    let found = find(context, name, value)?;
    let owner = found.get("emulatorOwner").and_then(Value::as_str).unwrap_or_default();
    let view = context.view;
    let origin = context.world.settings.graph_origin.clone();
    let owner = context.world.tenants.get(&context.tenant).and_then(|tenant| tenant.seen(Kind::User, owner, view)).cloned();
    query::list(
        owner.into_iter().collect(),
        call,
        &Page { path: &call.path, graph_origin: &origin, names: &["id", "displayName", "userPrincipalName"], max_top: 100 },
    )
}

fn may_create(context: &Context<'_>) -> Result<(), GraphError> {
    context.need_scope(&["Application.ReadWrite.All"])?;
    let member_may = context.caller_oid().is_some() && context.world.tenants.get(&context.tenant).is_some_and(|t| t.allowed_to_create_apps);
    if member_may {
        return Ok(());
    }
    let mut roles = APP_ADMINISTRATORS.to_vec();
    roles.push(APPLICATION_DEVELOPER);
    context.need_role(&roles)
}

fn create(context: &mut Context<'_>, call: &Call, unique_name: Option<&str>) -> Result<Reply, GraphError> {
    may_create(context)?;
    let body = schema::check(&call.body, schema::APPLICATION)?;
    check_application(&body)?;
    let unique_name = unique_name.or_else(|| body.get("uniqueName").and_then(Value::as_str));
    keep_unique(context, unique_name)?;
    let Some(display_name) = body.get("displayName").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
        return Err(GraphError::bad_request("A value is required for property 'displayName' of resource 'Application'.")
            .target("MissingValue", "displayName"));
    };
    let (id, app_id) = (context.world.uuid(), context.world.uuid());
    let now = context.world.now();
    let mut object = generate::application(&id, &app_id, display_name, "AzureADandPersonalMicrosoftAccount", now);
    merge(&mut object, &body);
    object.insert("uniqueName".into(), json!(unique_name));
    // An administrator of applications does not become an owner; a partner's technician can't.
    let owner = match &context.token.caller {
        Caller::Person { oid: Some(oid), .. } if !context.has_role(APP_ADMINISTRATORS) => Some(oid.clone()),
        _ => None,
    };
    if let Some(owner) = owner {
        object.insert("emulatorOwner".into(), json!(owner));
    }
    let visible = context.world.visible_at();
    let domain = context.world.tenants.get(&context.tenant).map(|t| t.domain.clone());
    object.insert("publisherDomain".into(), json!(domain));
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.insert(Kind::Application, visible, object.clone());
    }
    Ok(Reply::json(201, &Value::Object(public(&object)))
        .with("location", &format!("/v2/{}/directoryObjects/{id}/Microsoft.DirectoryServices.Application", context.tenant)))
}

/// `PATCH /applications(uniqueName='x')`, with or without `Prefer: create-if-missing`.
fn upsert(context: &mut Context<'_>, call: &Call, unique_name: &str) -> Result<Reply, GraphError> {
    let existing = context
        .world
        .tenants
        .get(&context.tenant)
        .and_then(|tenant| tenant.find_latest(Kind::Application, "uniqueName", unique_name))
        .cloned();
    if let Some(existing) = existing {
        let id = existing.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        return apply_change(context, call, &id, existing);
    }
    let creates = call.header("prefer").is_some_and(|prefer| prefer.contains("create-if-missing"));
    if !creates {
        return Err(GraphError::not_found(unique_name));
    }
    create(context, call, Some(unique_name))
}

/// A unique name is taken by what was deleted, too.
fn keep_unique(context: &Context<'_>, unique_name: Option<&str>) -> Result<(), GraphError> {
    let (Some(name), Some(tenant)) = (unique_name, context.world.tenants.get(&context.tenant)) else { return Ok(()) };
    let is_taken = |kind| tenant.find_latest(kind, "uniqueName", name).is_some();
    if is_taken(Kind::Application) || is_taken(Kind::DeletedApplication) {
        return Err(GraphError::bad_request("Another object with the same value for property uniqueName already exists.")
            .target("ObjectConflict", "uniqueName"));
    }
    Ok(())
}

fn change(context: &mut Context<'_>, call: &Call, name: &str, value: &str) -> Result<Reply, GraphError> {
    let latest = find_latest(context, name, value)?;
    let id = latest.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    apply_change(context, call, &id, latest)
}

fn apply_change(context: &mut Context<'_>, call: &Call, id: &str, mut object: Properties) -> Result<Reply, GraphError> {
    may_change(context, &object)?;
    let mut body = schema::check(&call.body, schema::APPLICATION)?;
    check_application(&body)?;
    accept_keys(context, &mut body, &object)?;
    keep_enabled_roles(&body, &object)?;
    merge(&mut object, &body);
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        let app_id = object.get("appId").and_then(Value::as_str).unwrap_or_default();
        // The service principal of the same tenant follows.
        if let Some(mut principal) = tenant.find_latest(Kind::ServicePrincipal, "appId", app_id).cloned() {
            let id = principal.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            for (name, of) in [
                ("appRoles", "appRoles"),
                ("displayName", "displayName"),
                ("appDisplayName", "displayName"),
                ("signInAudience", "signInAudience"),
            ] {
                if body.contains_key(of) {
                    principal.insert(name.into(), body[of].clone());
                }
            }
            tenant.write(Kind::ServicePrincipal, &id, visible, Some(principal));
        }
        tenant.write(Kind::Application, id, visible, Some(object));
    }
    Ok(Reply::empty(204))
}

fn accept_keys(context: &mut Context<'_>, body: &mut Properties, object: &Properties) -> Result<(), GraphError> {
    let stored = object.get("keyCredentials").and_then(Value::as_array).cloned().unwrap_or_default();
    let now = context.world.now();
    match body.get_mut("keyCredentials") {
        Some(Value::Array(sent)) => {
            let mut ids: Vec<String> = sent.iter().map(|_| context.world.uuid()).collect();
            let may_add = |new: &policies::NewCertificate| policies::check_certificate(context, object, new);
            super::certificates::accept(sent, &stored, now, may_add, || ids.pop().unwrap_or_default())
        }
        _ => Ok(()),
    }
}

/// A role that is enabled can be neither changed nor left out.
fn keep_enabled_roles(body: &Properties, object: &Properties) -> Result<(), GraphError> {
    let Some(sent) = body.get("appRoles").and_then(Value::as_array) else { return Ok(()) };
    let stored = object.get("appRoles").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_kept = |role: &Value| sent.iter().any(|sent| sent["id"] == role["id"] && sent["value"] == role["value"]);
    if stored.iter().filter(|role| role["isEnabled"] == true).all(is_kept) {
        return Ok(());
    }
    Err(GraphError::new(
        400,
        "CannotDeleteOrUpdateEnabledEntitlement",
        "Permission (scope or role) cannot be deleted or updated unless disabled first.",
    ))
}

fn delete(context: &mut Context<'_>, name: &str, value: &str) -> Result<Reply, GraphError> {
    let mut found = find(context, name, value)?;
    may_change(context, &found)?;
    let id = found.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let app_id = found.get("appId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (visible, now) = (context.world.visible_at(), context.world.now());
    found.insert("deletedDateTime".into(), json!(iso(now)));
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        let principal = tenant.find_latest(Kind::ServicePrincipal, "appId", &app_id).cloned();
        found.insert("emulatorPrincipal".into(), principal.map_or(Value::Null, Value::Object));
        tenant.write(Kind::Application, &id, visible, None);
        tenant.insert(Kind::DeletedApplication, visible, found);
        super::service_principals::remove_with_dependents(tenant, &app_id, visible);
    }
    Ok(Reply::empty(204))
}

fn add_password(context: &mut Context<'_>, call: &Call, name: &str, value: &str) -> Result<Reply, GraphError> {
    let found = find(context, name, value)?;
    may_change(context, &found)?;
    let body = schema::check(&call.body, schema::ADD_PASSWORD)?;
    let wanted = body.get("passwordCredential").cloned().unwrap_or(Value::Null);
    let now = context.world.now();
    let end = wanted["endDateTime"].as_str().and_then(parse_iso).unwrap_or(now + 2 * YEAR);
    policies::check_secret(context, &found, end - now)?;
    if end <= now {
        return Err(GraphError::bad_request("The end date of the credential is in the past.").target("InvalidValue", "endDateTime"));
    }
    let id = found.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (key_id, secret) = (context.world.uuid(), format!("{}8Q~{}", context.world.random_text(3), context.world.random_text(34)));
    let credential = json!({"customKeyIdentifier": null, "displayName": wanted["displayName"], "endDateTime": iso(end), "hint": secret[..3],
        "keyId": key_id, "secretText": null, "startDateTime": iso(now)});
    let visible = context.world.visible_at();
    context.world.tokens.marks.push(secret.clone());
    context.world.tokens.secrets.insert((id.clone(), key_id), secret.clone());
    if let Some(tenant) = context.world.tenant(&context.tenant)
        && let Some(mut object) = tenant.latest(Kind::Application, &id).cloned()
    {
        if let Some(list) = object.get_mut("passwordCredentials").and_then(Value::as_array_mut) {
            list.push(credential.clone());
        }
        tenant.write(Kind::Application, &id, visible, Some(object));
    }
    let mut answer = credential;
    answer["secretText"] = json!(secret);
    answer["@odata.context"] = json!(format!("{}/v1.0/$metadata#microsoft.graph.passwordCredential", context.world.settings.graph_origin));
    Ok(Reply::json(200, &answer))
}

fn remove_password(context: &mut Context<'_>, call: &Call, name: &str, value: &str) -> Result<Reply, GraphError> {
    let found = find(context, name, value)?;
    may_change(context, &found)?;
    let body = schema::check(&call.body, schema::REMOVE_PASSWORD)?;
    let key_id = body.get("keyId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let listed =
        found.get("passwordCredentials").and_then(Value::as_array).is_some_and(|list| list.iter().any(|c| c["keyId"] == key_id.as_str()));
    if !listed {
        return Err(GraphError::bad_request(format!("No password credential found with keyId {key_id}.")));
    }
    let id = found.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let visible = context.world.visible_at();
    context.world.tokens.secrets.remove(&(id.clone(), key_id.clone()));
    if let Some(tenant) = context.world.tenant(&context.tenant)
        && let Some(mut object) = tenant.latest(Kind::Application, &id).cloned()
    {
        if let Some(list) = object.get_mut("passwordCredentials").and_then(Value::as_array_mut) {
            list.retain(|credential| credential["keyId"] != key_id.as_str());
        }
        tenant.write(Kind::Application, &id, visible, Some(object));
    }
    Ok(Reply::empty(204))
}

fn check_application(body: &Properties) -> Result<(), GraphError> {
    if body.contains_key("passwordCredentials") {
        return Err(GraphError::bad_request("New password credentials must be generated with service actions."));
    }
    if let Some(name) = body.get("displayName").and_then(Value::as_str)
        && name.chars().count() > 120
    {
        return Err(GraphError::bad_request("Invalid value specified for property 'displayName' of resource 'Application'.")
            .target("InvalidValue", "displayName"));
    }
    if let Some(audience) = body.get("signInAudience").and_then(Value::as_str)
        && !["AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"].contains(&audience)
    {
        return Err(GraphError::bad_request("Invalid value specified for property 'signInAudience' of resource 'Application'.")
            .target("InvalidValue", "signInAudience"));
    }
    for platform in ["web", "spa", "publicClient"] {
        let uris = body.get(platform).and_then(|p| p["redirectUris"].as_array()).into_iter().flatten().filter_map(Value::as_str);
        for uri in uris {
            if let Some(fault) = redirect_uri_fault(uri) {
                return Err(GraphError::bad_request(fault).target("InvalidReplyUrl", &format!("{platform}.redirectUris")));
            }
        }
    }
    let resources = body.get("requiredResourceAccess").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let permissions: usize = resources.iter().map(|r| r["resourceAccess"].as_array().map_or(0, Vec::len)).sum();
    if resources.len() > 50 || permissions > 400 {
        return Err(GraphError::new(
            400,
            "Directory_ResourceSizeExceeded",
            "The size of the object has exceeded its limit. Please reduce the number of values and retry your request.",
        ));
    }
    Ok(())
}

/// Members that are missing stay; collections are replaced as a whole, members of complex properties one by one.
fn merge(object: &mut Properties, body: &Properties) {
    for (name, value) in body {
        match (object.get_mut(name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => old.extend(new.clone()),
            _ => {
                object.insert(name.clone(), value.clone());
            }
        }
    }
}
