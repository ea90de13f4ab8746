//! Who has consented to what, and what an account reaches.

use super::errors::EntraError;
use crate::graph::access::{APP_ADMINISTRATORS, PRIVILEGED_ROLE_ADMINISTRATOR};
use crate::quirks::Quirk;
use crate::world::catalogue::Kind as PermissionKind;
use crate::world::generate::{self, GLOBAL_ADMINISTRATOR, as_object};
use crate::world::object::{Properties, View};
use crate::world::people::Person;
use crate::world::tenant::Kind;
use crate::world::{GRAPH_APP_ID, PAGE_APP_ID, World};
use serde_json::{Value, json};

pub const OIDC: &[&str] = &["openid", "profile", "offline_access", "email"];

pub fn text<'a>(object: &'a Properties, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Finds an app registration in any tenant.
pub fn registration<'w>(world: &'w World, client_id: &str) -> Option<(&'w str, &'w Properties)> {
    world.tenants.values().find_map(|tenant| tenant.find_latest(Kind::Application, "appId", client_id).map(|app| (tenant.id.as_str(), app)))
}

pub fn redirect_uris(application: &Properties, platform: &str) -> Vec<String> {
    let list = application.get(platform).and_then(|p| p["redirectUris"].as_array());
    list.into_iter().flatten().filter_map(|uri| uri.as_str().map(str::to_owned)).collect()
}

/// Splits `https://graph…/User.Read offline_access` into names of Microsoft Graph's scopes.
pub fn graph_scopes(world: &World, scope: &str) -> Result<Vec<String>, EntraError> {
    let prefix = format!("{}/", world.settings.graph_origin);
    let mut found = Vec::new();
    for word in scope.split_whitespace() {
        let name = word.strip_prefix(&prefix).or_else(|| word.strip_prefix("https://graph.microsoft.com/")).unwrap_or(word);
        if name.contains("://") {
            return Err(EntraError::new(
                70011,
                "invalid_scope",
                format!("The provided value for the input parameter 'scope' is not valid: {word}."),
            ));
        }
        let known = name == ".default"
            || OIDC.contains(&name)
            || world
                .catalogue
                .resource(GRAPH_APP_ID)
                .is_some_and(|graph| graph.permissions.iter().any(|p| p.kind == PermissionKind::Scope && p.value == name));
        if !known {
            return Err(EntraError::new(
                650053,
                "invalid_scope",
                format!("The application asked for scope '{name}' that doesn't exist on the resource '{GRAPH_APP_ID}'."),
            ));
        }
        found.push(name.to_owned());
    }
    Ok(found)
}

/// The scopes of Microsoft Graph that a client may use for a person in a tenant.
pub fn granted(world: &World, tenant: &str, client_id: &str, oid: Option<&str>) -> Vec<String> {
    let Some(tenant) = world.tenants.get(tenant) else { return Vec::new() };
    let Some(client) = tenant.find_latest(Kind::ServicePrincipal, "appId", client_id) else { return Vec::new() };
    let resource = tenant.find_latest(Kind::ServicePrincipal, "appId", GRAPH_APP_ID).map(|sp| text(sp, "id")).unwrap_or_default();
    let mut scopes: Vec<String> = Vec::new();
    for grant in tenant.all_latest(Kind::Grant) {
        let mine = text(grant, "clientId") == text(client, "id") && text(grant, "resourceId") == resource;
        let for_me = text(grant, "consentType") == "AllPrincipals" || (oid.is_some() && Some(text(grant, "principalId")) == oid);
        if mine && for_me {
            scopes.extend(text(grant, "scope").split_whitespace().map(str::to_owned));
        }
    }
    scopes.sort();
    scopes.dedup();
    scopes
}

/// How an account stands in a tenant.
pub enum Reach {
    Member { oid: String },
    Technician { roles: Vec<String> },
}

pub fn reach(world: &World, person: &Person, tenant_id: &str) -> Result<Reach, EntraError> {
    let Some(tenant) = world.tenants.get(tenant_id) else {
        return Err(EntraError::new(90002, "invalid_request", format!("Tenant '{tenant_id}' not found.")));
    };
    if tenant.is_gone {
        return Err(EntraError::new(5_000_224, "invalid_request", "We are sorry, this resource is not available."));
    }
    if person.home_tenant == tenant_id {
        return Ok(Reach::Member { oid: person.oid.clone() });
    }
    // A guest object shadows what the partner's relationship gives.
    if let Some(guest) = tenant.find_latest(Kind::User, "userPrincipalName", &person.upn) {
        return Ok(Reach::Member { oid: text(guest, "id").to_owned() });
    }
    let roles = world.customers.index_of(tenant_id).and_then(|index| world.customers.technician_roles(index));
    match roles {
        Some(_) if person.technician && tenant.has_stale_guest => Err(EntraError::new(
            50177,
            "invalid_grant",
            format!("User account '{}' does not exist in tenant '{}' as it stands there.", person.upn, tenant.display_name),
        )),
        Some(_) if person.technician && tenant.blocks_guests => {
            let mut error = EntraError::new(
                53003,
                "invalid_grant",
                "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
            );
            error.claims = Some("{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"c\"]}}}".into());
            Err(error)
        }
        Some(roles) if person.technician => Ok(Reach::Technician { roles: roles.iter().map(|role| (*role).to_owned()).collect() }),
        _ => Err(EntraError::new(
            50020,
            "invalid_grant",
            format!(
                "User account '{}' from identity provider does not exist in tenant '{}' and cannot access the application in that tenant.",
                person.upn, tenant.display_name
            ),
        )),
    }
}

/// Returns the directory roles of an account in a tenant.
pub fn roles(world: &World, person: &Person, tenant_id: &str) -> Vec<String> {
    let view = View { now: world.now(), lag: 0 };
    match reach(world, person, tenant_id) {
        Ok(Reach::Member { oid }) => world.tenants.get(tenant_id).map(|tenant| tenant.roles_of(&oid, view)).unwrap_or_default(),
        Ok(Reach::Technician { roles }) => roles,
        Err(_) => Vec::new(),
    }
}

/// Whether somebody with these roles may consent for the whole tenant; `to_graph_roles` when application permissions of Graph are among it.
pub fn may_consent_for_all(roles: &[String], to_graph_roles: bool) -> bool {
    let has = |wanted: &str| roles.iter().any(|role| role == wanted);
    has(GLOBAL_ADMINISTRATOR) || has(PRIVILEGED_ROLE_ADMINISTRATOR) || (!to_graph_roles && APP_ADMINISTRATORS.iter().any(|role| has(role)))
}

/// What a partner's technician meets while the client has no consent at all in the customer's tenant.
pub fn unauthorized(world: &World, reach: &Reach, client_id: &str, tenant: &str) -> Option<EntraError> {
    let is_foreign = matches!(reach, Reach::Technician { .. }) && granted(world, tenant, client_id, None).is_empty();
    if !is_foreign {
        return None;
    }
    let number = world.quirks.value(Quirk::UnconsentedNumber).parse().unwrap_or(90099);
    let text = if number == 90099 {
        format!(
            "The application '{client_id}' has not been authorized in the tenant '{tenant}'. Applications must be authorized to access the external tenant before partner delegated administrators can use them. Provide pre-consent or execute the appropriate Partner Center API to authorize the application."
        )
    } else {
        format!("The application '{client_id}' can't be used in the tenant '{tenant}'.")
    };
    let error = EntraError::new(number, world.quirks.value(Quirk::UnconsentedError), text);
    Some(if number == 65001 { with_suberror(world, error) } else { error })
}

/// The refusal of scopes that nobody consented to.
pub fn missing(world: &World, client_id: &str) -> EntraError {
    let text = format!(
        "The user or administrator has not consented to use the application with ID '{client_id}'. Send an interactive authorization request for this user and resource."
    );
    with_suberror(world, EntraError::new(65001, "invalid_grant", text))
}

fn with_suberror(world: &World, error: EntraError) -> EntraError {
    if world.quirks.is(Quirk::ConsentSuberror, "with") { error.sub("consent_required") } else { error }
}

/// Whether any of the scopes may be given by an administrator only.
pub fn needs_admin(world: &World, scopes: &[String]) -> bool {
    let graph = world.catalogue.resource(GRAPH_APP_ID);
    scopes.iter().any(|name| {
        graph.is_some_and(|graph| graph.permissions.iter().any(|p| p.kind == PermissionKind::Scope && p.value == *name && p.admin))
    })
}

/// Returns the id of the client's service principal in a tenant, making it when it is missing.
pub fn service_principal(world: &mut World, tenant_id: &str, client_id: &str) -> String {
    if client_id == PAGE_APP_ID {
        return generate::page_service_principal(world, tenant_id);
    }
    let existing = world.tenants.get(tenant_id).and_then(|tenant| tenant.find_latest(Kind::ServicePrincipal, "appId", client_id));
    if let Some(existing) = existing {
        return text(existing, "id").to_owned();
    }
    let (home, name) =
        registration(world, client_id).map(|(home, app)| (home.to_owned(), text(app, "displayName").to_owned())).unwrap_or_default();
    let id = world.uuid();
    let visible = world.visible_at();
    if let Some(tenant) = world.tenant(tenant_id) {
        tenant.insert(Kind::ServicePrincipal, visible, generate::service_principal(&id, client_id, &name, &home));
    }
    id
}

/// Grants delegated scopes of a resource, added to what is granted already. `oid` is `None` for the whole tenant.
pub fn grant(world: &mut World, tenant_id: &str, client: &str, resource_app: &str, oid: Option<&str>, scopes: &[String]) {
    let id = world.random_text(43);
    let visible = world.visible_at();
    let Some(tenant) = world.tenants.get_mut(tenant_id) else { return };
    let Some(resource) = tenant.find_latest(Kind::ServicePrincipal, "appId", resource_app).map(|sp| text(sp, "id").to_owned()) else {
        return;
    };
    let existing = tenant
        .all_latest(Kind::Grant)
        .find(|g| text(g, "clientId") == client && text(g, "resourceId") == resource && text(g, "principalId") == oid.unwrap_or_default())
        .cloned();
    if let Some(mut existing) = existing {
        let mut all: Vec<String> = text(&existing, "scope").split_whitespace().map(str::to_owned).collect();
        all.extend(scopes.iter().filter(|scope| !text(&existing, "scope").split_whitespace().any(|have| have == scope.as_str())).cloned());
        existing.insert("scope".into(), json!(all.join(" ")));
        let id = text(&existing, "id").to_owned();
        tenant.write(Kind::Grant, &id, visible, Some(existing));
    } else {
        let consent_type = if oid.is_some() { "Principal" } else { "AllPrincipals" };
        let object = as_object(
            json!({"id": id, "clientId": client, "consentType": consent_type, "principalId": oid, "resourceId": resource, "scope": scopes.join(" ")}),
        );
        tenant.insert(Kind::Grant, visible, object);
    }
}

/// One permission of an application's `requiredResourceAccess`, resolved.
pub struct Required {
    pub resource_app: String,
    pub id: String,
    pub value: String,
    pub kind: PermissionKind,
    pub description: String,
}

/// Resolves what an application requires.
pub fn required(world: &World, application: &Properties) -> Result<Vec<Required>, EntraError> {
    let mut found = Vec::new();
    let lists = application.get("requiredResourceAccess").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    if !lists && world.quirks.is(Quirk::DefaultConsent, "refused") {
        let text = format!(
            "Misconfigured application '{}'. The client has not listed any permissions in the requested permissions of its application registration.",
            text(application, "appId")
        );
        return Err(EntraError::new(650_056, "invalid_client", text));
    }
    for resource in application.get("requiredResourceAccess").and_then(Value::as_array).into_iter().flatten() {
        let app_id = resource["resourceAppId"].as_str().unwrap_or_default();
        let Some(catalogued) = world.catalogue.resource(app_id) else {
            return Err(EntraError::new(
                650052,
                "invalid_resource",
                format!("The app needs access to a service ('{app_id}') that your organization has not subscribed to or enabled."),
            ));
        };
        for access in resource["resourceAccess"].as_array().into_iter().flatten() {
            let kind = if access["type"] == "Role" { PermissionKind::Role } else { PermissionKind::Scope };
            let id = access["id"].as_str().unwrap_or_default();
            let Some(permission) = catalogued.find(kind, id) else {
                return Err(EntraError::new(
                    650053,
                    "invalid_scope",
                    format!("The application asked for permission '{id}' that doesn't exist on the resource '{app_id}'."),
                ));
            };
            found.push(Required {
                resource_app: app_id.to_owned(),
                id: id.to_owned(),
                value: permission.value.clone(),
                kind,
                description: permission.description.clone(),
            });
        }
    }
    Ok(found)
}

/// Gives an application permission; nothing happens when it is there already.
pub fn assign_role(world: &mut World, tenant_id: &str, client: &str, required: &Required) {
    let id = world.random_text(43);
    let (visible, now) = (world.visible_at(), world.now());
    let Some(tenant) = world.tenants.get_mut(tenant_id) else { return };
    let Some(resource) = tenant.find_latest(Kind::ServicePrincipal, "appId", &required.resource_app).cloned() else { return };
    let resource_id = text(&resource, "id").to_owned();
    let there = tenant
        .all_latest(Kind::AppRoleAssignment)
        .any(|a| text(a, "principalId") == client && text(a, "resourceId") == resource_id && text(a, "appRoleId") == required.id);
    if !there {
        let object =
            as_object(json!({"id": id, "deletedDateTime": null, "appRoleId": required.id, "createdDateTime": crate::clock::iso(now),
            "principalDisplayName": null, "principalId": client, "principalType": "ServicePrincipal",
            "resourceDisplayName": resource.get("displayName"), "resourceId": resource_id}));
        tenant.insert(Kind::AppRoleAssignment, visible, object);
    }
}
