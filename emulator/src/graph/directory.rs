//! The signed-in person, the organization, people, groups, domains, policies and deleted items.

use super::access::APP_ADMINISTRATORS;
use super::errors::GraphError;
use super::groups::{admin_agents_group, group, partner_groups, technicians_group};
use super::query::{self, Page};
use super::{Context, Segment, accounts, applications, policies, registration};
use crate::clock::iso;
use crate::http::{Call, Reply};
use crate::quirks::crowds;
use crate::world::generate::{as_object, stable_id};
use crate::world::object::Properties;
use crate::world::people::Person;
use crate::world::tenant::Kind;
use crate::world::tokens::Caller;
use serde_json::{Value, json};

const USER_NAMES: &[&str] = &[
    "id",
    "displayName",
    "userPrincipalName",
    "mail",
    "usageLocation",
    "accountEnabled",
    "userType",
    "mailNickname",
    "givenName",
    "surname",
    "jobTitle",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "businessPhones",
    "assignedLicenses",
    "passwordPolicies",
    "signInSessionsValidFromDateTime",
    "createdDateTime",
    "deletedDateTime",
];
const GROUP_NAMES: &[&str] = &["id", "displayName", "description", "securityEnabled", "isAssignableToRole"];

pub fn operate(context: &mut Context<'_>, call: &Call, path: &[Segment]) -> Result<Reply, GraphError> {
    let mut names: Vec<&str> = path.iter().map(|segment| segment.name.as_str()).collect();
    if let Some((name, value)) = path.first().and_then(|first| first.key.as_ref())
        && name.is_empty()
    {
        names.insert(1, value);
    }
    match (call.method.as_str(), names.as_slice()) {
        ("GET", ["me"]) => {
            let me = me(context)?;
            user(context, call, &me.1)
        }
        ("POST", ["me", "revokeSignInSessions"]) => end_sign_ins(context, call),
        ("GET", ["me", "transitiveMemberOf" | "memberOf", "microsoft.graph.directoryRole"]) => my_roles(context, call),
        ("GET", ["me", "transitiveMemberOf" | "memberOf", "microsoft.graph.group"]) => my_groups(context, call),
        ("GET", ["organization"]) => organization(context, call),
        ("GET", ["domains"]) => domains(context, call),
        ("GET", ["users"]) => users(context, call),
        ("GET", ["users", id]) => {
            context.need_scope(&["User.Read.All", "User.ReadBasic.All", "User.ReadWrite.All", "Directory.Read.All"])?;
            let (id, _) = accounts::find(context, id)?;
            user(context, call, &id)
        }
        ("POST", ["users"]) => accounts::create(context, call),
        ("PATCH", ["users", id]) => accounts::change(context, call, id),
        ("DELETE", ["users", id]) => accounts::delete(context, id),
        ("POST", ["users", id, "assignLicense"]) => accounts::assign_license(context, call, id),
        ("GET", ["groups"]) => {
            context.need_scope(&["Group.Read.All", "GroupMember.Read.All", "Directory.Read.All"])?;
            let groups = partner_groups(context);
            page(context, call, groups, GROUP_NAMES)
        }
        ("GET", ["policies", rest @ ..]) if rest != ["authorizationPolicy"] => policies::operate(context, call, rest),
        ("GET", ["policies", "authorizationPolicy"]) => {
            context.need_scope(&["Policy.Read.All"])?;
            let allowed = context.world.tenants.get(&context.tenant).is_some_and(|tenant| tenant.allowed_to_create_apps);
            Ok(Reply::json(
                200,
                &json!({"id": "authorizationPolicy", "displayName": "Authorization Policy",
                "defaultUserRolePermissions": {"allowedToCreateApps": allowed, "allowedToReadOtherUsers": true}}),
            ))
        }
        ("GET", ["directory", "deletedItems", "microsoft.graph.user"]) => {
            context.need_scope(&[])?;
            page(context, call, Vec::new(), USER_NAMES)
        }
        ("GET", ["directory", "deletedItems", "microsoft.graph.application"]) => {
            applications::list(context, call, Kind::DeletedApplication)
        }
        ("GET", ["directory", "deletedItems", "microsoft.graph.servicePrincipal"]) => {
            context.need_scope(&["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"])?;
            let items = deleted_principals(context).into_iter().map(|(_, principal)| principal).collect();
            page(context, call, items, &["id", "appId", "displayName", "tags", "deletedDateTime", "servicePrincipalType"])
        }
        ("GET", ["groups", id]) => {
            context.need_scope(&[])?;
            let found = partner_groups(context).into_iter().find(|group| group.get("id").and_then(Value::as_str) == Some(*id));
            Ok(Reply::json(200, &Value::Object(found.ok_or_else(|| GraphError::not_found(id))?)))
        }
        (
            "GET",
            ["directory", "deletedItems", id]
            | ["directory", "deletedItems", id, "microsoft.graph.application" | "microsoft.graph.servicePrincipal"],
        ) => {
            context.need_scope(&["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"])?;
            let principal = deleted_principals(context).into_iter().find(|(_, one)| is_of_id(one, id)).map(|(_, principal)| principal);
            let found = principal.map_or_else(|| deleted(context, id), Ok)?;
            Ok(Reply::json(200, &Value::Object(registration::public(&found))))
        }
        ("POST", ["directory", "deletedItems", id, "restore"]) => restore(context, id),
        ("DELETE", ["directory", "deletedItems", id]) => {
            context.need_scope(&["Application.ReadWrite.All"])?;
            context.need_role(APP_ADMINISTRATORS)?;
            if let Some((app, _)) = deleted_principals(context).into_iter().find(|(_, one)| is_of_id(one, id)) {
                return Ok(forget_principal(context, &app));
            }
            deleted(context, id)?;
            let visible = context.world.visible_at();
            if let Some(tenant) = context.world.tenant(&context.tenant) {
                tenant.write(Kind::DeletedApplication, id, visible, None);
            }
            Ok(Reply::empty(204))
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

fn page(context: &Context<'_>, call: &Call, items: Vec<Properties>, names: &[&str]) -> Result<Reply, GraphError> {
    query::list(items, call, &Page { path: &call.path, graph_origin: &context.world.settings.graph_origin, names, max_top: 999 })
}

/// Returns the person and their object id. A partner's technician has no object in a customer's tenant.
fn me(context: &Context<'_>) -> Result<(Person, String), GraphError> {
    context.need_scope(&["User.Read", "User.ReadWrite.All", "Directory.Read.All"])?;
    match &context.token.caller {
        Caller::Person { upn, oid: Some(oid), .. } => {
            let person = context.world.people.get(upn).cloned().ok_or_else(|| GraphError::not_found(upn))?;
            Ok((person, oid.clone()))
        }
        Caller::Person { upn, .. } => Err(GraphError::not_found(upn)),
        Caller::Application { .. } => {
            Err(GraphError::new(400, "BadRequest", "/me request is only valid with delegated authentication flow."))
        }
    }
}

/// Ends all sign-ins of the caller: refresh tokens and what browsers remember. Access tokens live on.
fn end_sign_ins(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    let (person, oid) = me(context)?;
    let now = context.world.now();
    context.world.tokens.valid_from.insert(person.upn.clone(), now);
    for accounts in context.world.tokens.browsers.values_mut() {
        accounts.retain(|upn| *upn != person.upn);
    }
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant)
        && let Some(mut user) = tenant.latest(Kind::User, &oid).cloned()
    {
        user.insert("signInSessionsValidFromDateTime".into(), json!(iso(now)));
        tenant.write(Kind::User, &oid, visible, Some(user));
    }
    let version = call.path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let of = format!("{}/{version}/$metadata#Edm.Boolean", context.world.settings.graph_origin);
    Ok(Reply::json(200, &json!({"@odata.context": of, "value": true})))
}

fn user(context: &Context<'_>, call: &Call, id: &str) -> Result<Reply, GraphError> {
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(id))?;
    let found = tenant.seen(Kind::User, id, context.view).ok_or_else(|| GraphError::not_found(id))?;
    let selected = query::select(found, call, USER_NAMES)?;
    Ok(Reply::json(200, &Value::Object(by_default(selected, call))))
}

fn by_default(user: Properties, call: &Call) -> Properties {
    if call.query_value("$select").is_some() {
        user
    } else {
        user.into_iter().filter(|(name, _)| accounts::USER_DEFAULT.contains(&name.as_str())).collect()
    }
}

fn users(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    context.need_scope(&["User.Read.All", "User.ReadBasic.All", "User.ReadWrite.All", "Directory.Read.All"])?;
    let items = context.world.tenants.get(&context.tenant).into_iter().flat_map(|tenant| tenant.all_seen(Kind::User, context.view));
    let items = items.cloned().map(|user| if call.query_value("$select").is_some() { user } else { by_default(user, call) }).collect();
    page(context, call, items, USER_NAMES)
}

fn my_roles(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    let (_, oid) = me(context)?;
    query::cast(context.world, call)?;
    let held = context.world.tenants.get(&context.tenant).map(|tenant| tenant.roles_of(&oid, context.view)).unwrap_or_default();
    let seed = context.world.settings.seed;
    let items = context.world.catalogue.roles.iter().filter(|role| held.contains(&role.id)).map(|role| {
        let id = stable_id(seed, &format!("activated/{}/{}", context.tenant, role.id), 0);
        as_object(
            json!({"@odata.type": "#microsoft.graph.directoryRole", "id": id, "displayName": role.display_name, "roleTemplateId": role.id}),
        )
    });
    let items = items.collect();
    page(context, call, items, &["id", "displayName", "description", "roleTemplateId"])
}

fn my_groups(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    let (person, _) = me(context)?;
    query::cast(context.world, call)?;
    let seed = context.world.settings.seed;
    let mut items = if person.technician { crowds::groups(context.world) } else { Vec::new() };
    if person.admin_agent {
        items.push(group(&admin_agents_group(seed), "AdminAgents"));
    }
    if person.technician {
        items.push(group(&technicians_group(seed), "GDAP Technicians"));
    }
    page(context, call, items, GROUP_NAMES)
}

fn organization(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    context.need_scope(&["User.Read", "Organization.Read.All", "Directory.Read.All"])?;
    let full = context.has_scope(&["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"]);
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(&context.tenant))?;
    let domain = |(name, kind): (String, &str)| {
        let (is_default, is_initial) = (name == tenant.domain, name == tenant.initial_domain());
        json!({"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": is_default, "isInitial": is_initial, "name": name, "type": kind})
    };
    let domains: Vec<Value> = tenant.verified_domains().into_iter().map(domain).collect();
    let mut object = as_object(json!({"id": tenant.id, "displayName": tenant.display_name,
        "verifiedDomains": domains,
        "tenantType": null, "countryLetterCode": null, "partnerTenantType": null}));
    if full {
        object.insert("tenantType".into(), json!("AAD"));
        object.insert("countryLetterCode".into(), json!("DE"));
        object.insert("partnerTenantType".into(), if tenant.is_partner { json!("ResellerPartnerDelegatedAdmin") } else { Value::Null });
    }
    page(context, call, vec![object], &["id", "displayName", "verifiedDomains", "tenantType", "countryLetterCode", "partnerTenantType"])
}

fn domains(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    context.need_scope(&["Domain.Read.All", "Directory.Read.All"])?;
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(&context.tenant))?;
    let domain = |name: &str, kind: &str, verified: bool| {
        as_object(
            json!({"authenticationType": kind, "availabilityStatus": null, "id": name, "isAdminManaged": true, "isDefault": name == tenant.domain,
            "isInitial": name == tenant.initial_domain(), "isRoot": true, "isVerified": verified, "passwordNotificationWindowInDays": 14,
            "passwordValidityPeriodInDays": 2_147_483_647_u32,
            "supportedServices": ["Email", "OfficeCommunicationsOnline"], "state": null, "manufacturer": null, "model": null}),
        )
    };
    let mut items: Vec<Properties> = tenant.verified_domains().iter().map(|(name, kind)| domain(name, kind, true)).collect();
    items.push(domain(&format!("unverified.{}", tenant.domain), "Managed", false));
    page(
        context,
        call,
        items,
        &["id", "authenticationType", "isAdminManaged", "isDefault", "isInitial", "isRoot", "isVerified", "supportedServices"],
    )
}

fn deleted(context: &Context<'_>, id: &str) -> Result<Properties, GraphError> {
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(id))?;
    tenant.seen(Kind::DeletedApplication, id, context.view).cloned().ok_or_else(|| GraphError::not_found(id))
}

fn is_of_id(object: &Properties, id: &str) -> bool {
    object.get("id").and_then(Value::as_str) == Some(id)
}

/// The service principals that were deleted with their applications, each with the id of its application. Each is an item of its own.
fn deleted_principals(context: &Context<'_>) -> Vec<(String, Properties)> {
    let tenant = context.world.tenants.get(&context.tenant);
    let apps = tenant.into_iter().flat_map(|tenant| tenant.all_seen(Kind::DeletedApplication, context.view));
    let of = |app: &Properties| {
        let principal = app.get("emulatorPrincipal")?.as_object()?.clone();
        Some((app.get("id")?.as_str()?.to_owned(), principal))
    };
    apps.filter_map(of).collect()
}

fn forget_principal(context: &mut Context<'_>, app: &str) -> Reply {
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant)
        && let Some(mut object) = tenant.latest(Kind::DeletedApplication, app).cloned()
    {
        object.remove("emulatorPrincipal");
        tenant.write(Kind::DeletedApplication, app, visible, Some(object));
    }
    Reply::empty(204)
}

/// The service principal of a deleted application is restored by a call of its own, once the application is back. What was granted to
/// it is not.
fn restore_principal(context: &mut Context<'_>, id: &str) -> Option<Reply> {
    let visible = context.world.visible_at();
    let tenant = context.world.tenant(&context.tenant)?;
    let is_of = |app: &&Properties| app.get("emulatorPrincipal").is_some_and(|principal| principal["id"] == id);
    let principal = tenant.all_latest(Kind::Application).find(is_of)?.get("emulatorPrincipal")?.as_object()?.clone();
    tenant.insert(Kind::ServicePrincipal, visible, principal.clone());
    Some(Reply::json(200, &Value::Object(principal)))
}

fn restore(context: &mut Context<'_>, id: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["Application.ReadWrite.All"])?;
    context.need_role(APP_ADMINISTRATORS)?;
    if let Some(reply) = restore_principal(context, id) {
        return Ok(reply);
    }
    let mut object = deleted(context, id)?;
    object.insert("deletedDateTime".into(), Value::Null);
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.write(Kind::DeletedApplication, id, visible, None);
        tenant.insert(Kind::Application, visible, object.clone());
    }
    Ok(Reply::json(200, &Value::Object(registration::public(&object))))
}
