//! Makes the tenants and people of the contract. Every id and name is a function of the seed.

use super::catalogue::Kind as PermissionKind;
use super::people::{PASSWORD, Person};
use super::tenant::{Kind, Tenant};
use super::{GRAPH_APP_ID, PAGE_APP_ID, World, uuid_from};
use crate::clock::iso;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const ACCESS_ROLE_ID: &str = "b3a6f1d2-5c0e-4a7b-9d11-1f2e3d4c5b6a";
pub const MANAGE_ROLE_ID: &str = "c4b7a2e3-6d1f-4b8c-8e22-2a3f4e5d6c7b";
pub const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
pub const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
pub const CLOUD_APPLICATION_ADMINISTRATOR: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";
pub const DIRECTORY_READERS: &str = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b";

/// The delegated scopes of Microsoft Graph that the page's app registration lists.
pub const PAGE_SCOPES: &[&str] = &[
    "Application.ReadWrite.All",
    "AppRoleAssignment.ReadWrite.All",
    "CrossTenantInformation.ReadBasic.All",
    "DelegatedAdminRelationship.Read.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.Read.All",
    "Domain.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "RoleEligibilitySchedule.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "RoleManagement.ReadWrite.Exchange",
    "User-PasswordProfile.ReadWrite.All",
    "User.Read",
    "User.ReadWrite.All",
    "User.RevokeSessions.All",
    "openid",
    "profile",
    "offline_access",
];

/// Returns a GUID that depends on the seed, a label and a number only.
pub fn stable_id(seed: u64, label: &str, index: usize) -> String {
    let digest = Sha256::digest(format!("{seed}/{label}/{index}"));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid_from(bytes)
}

pub fn populate(world: &mut World) {
    let seed = world.settings.seed;
    let partner = stable_id(seed, "partner", 0);
    let mut tenant = Tenant::new(partner.clone(), "partner.example".into(), "Harbour Lane Partners".into());
    tenant.is_partner = true;
    world.tenants.insert(partner.clone(), tenant);
    furnish(world, &partner);
    page_registration(world, &partner);
    consent_page_app(world, &partner);
    for (name, display, roles, admin_agent, technician, app_roles) in [
        ("admin", "Ada Admin", &[GLOBAL_ADMINISTRATOR][..], true, false, &[ACCESS_ROLE_ID, MANAGE_ROLE_ID][..]),
        ("tech", "Tilo Technician", &[], true, true, &[ACCESS_ROLE_ID]),
        ("reader", "Rita Reader", &[], false, false, &[ACCESS_ROLE_ID]),
        ("boss", "Bo Boss", &[GLOBAL_ADMINISTRATOR], false, false, &[]),
    ] {
        let oid = person(world, &partner, name, display, roles, admin_agent, technician);
        for role in app_roles {
            assign_page_role(world, &partner, &oid, role);
        }
    }

    let fresh = stable_id(seed, "fresh", 0);
    world.tenants.insert(fresh.clone(), Tenant::new(fresh.clone(), "fresh.example".into(), "Fresh Start".into()));
    furnish(world, &fresh);
    person(world, &fresh, "admin", "Fay Fresh", &[GLOBAL_ADMINISTRATOR], false, false);
    // The control names every tenant; thousands of customers are made when first used.
    if world.customers.len() <= 1000 {
        for index in 0..world.customers.len() {
            found_customer(world, index);
        }
    }
}

/// Makes the tenant of a customer with its administrator.
pub fn found_customer(world: &mut World, index: usize) {
    let id = world.customers.id(index);
    if world.tenants.contains_key(&id) {
        return;
    }
    let number = index + 1;
    let mut tenant = Tenant::new(id.clone(), world.customers.domain(index), world.customers.name(index));
    tenant.blocks_guests = number > 60 && number.is_multiple_of(13);
    tenant.has_stale_guest = number > 60 && number.is_multiple_of(17);
    tenant.is_gone = number > 60 && number.is_multiple_of(37);
    // Some have no mailboxes with Microsoft.
    tenant.exchange = (!number.is_multiple_of(5)).then(Vec::new);
    world.tenants.insert(id.clone(), tenant);
    furnish(world, &id);
    person(world, &id, "admin", "Customer Admin", &[GLOBAL_ADMINISTRATOR], false, false);
    let consented = number <= 100 || (number > 150 && Sha256::digest(format!("{}/consent/{index}", world.settings.seed))[0] % 3 == 0);
    if consented {
        consent_page_app(world, &id);
    }
}

/// Puts the service principals of the catalogue's resources into a new tenant. Azure AD Graph has none in tenants made lately.
fn furnish(world: &mut World, tenant_id: &str) {
    let resources: Vec<(String, String)> = world.catalogue.resources.iter().map(|r| (r.app_id.clone(), r.display_name.clone())).collect();
    for (number, (app_id, name)) in resources.iter().enumerate() {
        if app_id == "00000002-0000-0000-c000-000000000000" {
            continue;
        }
        let id = stable_id(world.settings.seed, &format!("resource/{tenant_id}"), number);
        let object = service_principal(&id, app_id, name, "f8cdef31-a31e-4b4a-93e4-5f571e91255a");
        if let Some(tenant) = world.tenant(tenant_id) {
            tenant.insert(Kind::ServicePrincipal, 0, object);
        }
    }
}

fn page_registration(world: &mut World, tenant_id: &str) {
    let uris: Vec<String> =
        world.settings.page_origins.iter().flat_map(|origin| [format!("{origin}/auth"), format!("{origin}/consent")]).collect();
    let id = stable_id(world.settings.seed, "page-registration", 0);
    let access: Vec<Value> = world
        .catalogue
        .resource(GRAPH_APP_ID)
        .into_iter()
        .flat_map(|graph| graph.permissions.iter())
        .filter(|p| p.kind == PermissionKind::Scope && PAGE_SCOPES.contains(&p.value.as_str()))
        .map(|p| json!({"id": p.id, "type": "Scope"}))
        .collect();
    let mut object = application(&id, PAGE_APP_ID, "Latchkey", "AzureADMultipleOrgs", world.now());
    object.insert("spa".into(), json!({ "redirectUris": uris }));
    object.insert("requiredResourceAccess".into(), json!([{"resourceAppId": GRAPH_APP_ID, "resourceAccess": access}]));
    object.insert("appRoles".into(), page_roles());
    if let Some(tenant) = world.tenant(tenant_id) {
        tenant.insert(Kind::Application, 0, object);
    }
}

pub fn page_roles() -> Value {
    let role = |id: &str, name: &str, value: &str| json!({"allowedMemberTypes": ["User"], "description": name, "displayName": name, "id": id, "isEnabled": true, "origin": "Application", "value": value});
    json!([
        role(ACCESS_ROLE_ID, "Access App sessions", "AppSessions.Access"),
        role(MANAGE_ROLE_ID, "Manage access to App sessions", "AppSessions.Manage")
    ])
}

/// Puts the page's enterprise application into a tenant, with tenant-wide consent to all of its scopes.
fn consent_page_app(world: &mut World, tenant_id: &str) {
    let id = page_service_principal(world, tenant_id);
    let grant_id = stable_id(world.settings.seed, &format!("page-grant/{tenant_id}"), 0);
    if let Some(tenant) = world.tenants.get_mut(tenant_id) {
        let graph = tenant.find_latest(Kind::ServicePrincipal, "appId", GRAPH_APP_ID).and_then(|sp| sp.get("id").cloned());
        let grant = json!({"id": grant_id, "clientId": id, "consentType": "AllPrincipals", "principalId": null,
            "resourceId": graph, "scope": PAGE_SCOPES.join(" ")});
        tenant.insert(Kind::Grant, 0, as_object(grant));
    }
}

/// Returns the id of the page's service principal in a tenant, making it when it is missing.
pub fn page_service_principal(world: &mut World, tenant_id: &str) -> String {
    let id = stable_id(world.settings.seed, &format!("page/{tenant_id}"), 0);
    let home = stable_id(world.settings.seed, "partner", 0);
    if let Some(tenant) = world.tenant(tenant_id)
        && tenant.latest(Kind::ServicePrincipal, &id).is_none()
    {
        let mut object = service_principal(&id, PAGE_APP_ID, "Latchkey", &home);
        object.insert("appRoles".into(), page_roles());
        tenant.insert(Kind::ServicePrincipal, 0, object);
    }
    id
}

fn assign_page_role(world: &mut World, tenant_id: &str, oid: &str, role: &str) {
    let resource = page_service_principal(world, tenant_id);
    let id = stable_id(world.settings.seed, &format!("page-role/{oid}/{role}"), 0);
    let name = world.people.values().find(|person| person.oid == oid).map(|person| person.name.clone());
    let since = world.now() - 30 * 86_400_000;
    if let Some(tenant) = world.tenant(tenant_id) {
        let assignment = json!({"id": id, "deletedDateTime": null, "appRoleId": role, "createdDateTime": iso(since), "principalDisplayName": name,
            "principalId": oid, "principalType": "User", "resourceDisplayName": "Latchkey", "resourceId": resource});
        tenant.insert(Kind::AppRoleAssignment, 0, as_object(assignment));
    }
}

fn person(world: &mut World, tenant_id: &str, name: &str, display: &str, roles: &[&str], admin_agent: bool, technician: bool) -> String {
    let seed = world.settings.seed;
    let oid = stable_id(seed, &format!("person/{tenant_id}/{name}"), 0);
    let Some(tenant) = world.tenants.get_mut(tenant_id) else { return oid };
    let upn = format!("{name}@{}", tenant.domain);
    let mut user = user_object(&oid, &upn, display);
    user.insert("mail".into(), json!(upn));
    user.insert("usageLocation".into(), json!("DE"));
    tenant.insert(Kind::User, 0, user);
    for (number, role) in roles.iter().enumerate() {
        let id = stable_id(seed, &format!("role/{oid}"), number);
        let assignment = json!({"id": id, "principalId": oid, "directoryScopeId": "/", "roleDefinitionId": role});
        tenant.insert(Kind::RoleAssignment, 0, as_object(assignment));
    }
    let person = Person {
        upn: upn.clone(),
        name: display.into(),
        home_tenant: tenant_id.into(),
        oid: oid.clone(),
        admin_agent,
        technician,
        password: PASSWORD.into(),
        must_change: false,
        has_mfa: true,
    };
    world.people.insert(upn, person);
    oid
}

pub fn user_object(id: &str, upn: &str, display: &str) -> serde_json::Map<String, Value> {
    let nickname = upn.split('@').next().unwrap_or_default();
    as_object(
        json!({"id": id, "displayName": display, "userPrincipalName": upn, "mail": null, "accountEnabled": true, "userType": "Member",
        "usageLocation": null, "mailNickname": nickname, "givenName": null, "surname": null, "jobTitle": null, "mobilePhone": null,
        "officeLocation": null, "preferredLanguage": null, "businessPhones": [], "assignedLicenses": [], "passwordPolicies": null,
        "createdDateTime": "2026-01-05T08:00:00Z", "deletedDateTime": null}),
    )
}

pub fn application(id: &str, app_id: &str, display_name: &str, audience: &str, now: i64) -> serde_json::Map<String, Value> {
    as_object(json!({
        "id": id, "deletedDateTime": null, "appId": app_id, "applicationTemplateId": null, "disabledByMicrosoftStatus": null,
        "createdDateTime": iso(now), "displayName": display_name, "description": null, "groupMembershipClaims": null,
        "identifierUris": [], "isDeviceOnlyAuthSupported": null, "isFallbackPublicClient": null, "notes": null,
        "publisherDomain": null, "serviceManagementReference": null, "signInAudience": audience, "tags": [], "uniqueName": null,
        "tokenEncryptionKeyId": null, "samlMetadataUrl": null, "defaultRedirectUri": null, "certification": null,
        "optionalClaims": null, "requestSignatureVerification": null, "addIns": [],
        "api": {"acceptMappedClaims": null, "knownClientApplications": [], "requestedAccessTokenVersion": null,
            "oauth2PermissionScopes": [], "preAuthorizedApplications": []},
        "appRoles": [],
        "info": {"logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null, "termsOfServiceUrl": null},
        "keyCredentials": [], "passwordCredentials": [],
        "parentalControlSettings": {"countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow"},
        "publicClient": {"redirectUris": []}, "requiredResourceAccess": [],
        "verifiedPublisher": {"displayName": null, "verifiedPublisherId": null, "addedDateTime": null},
        "web": {"homePageUrl": null, "logoutUrl": null, "redirectUris": [],
            "implicitGrantSettings": {"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false}},
        "servicePrincipalLockConfiguration": null, "spa": {"redirectUris": []}
    }))
}

pub fn service_principal(id: &str, app_id: &str, display_name: &str, owner_tenant: &str) -> serde_json::Map<String, Value> {
    as_object(json!({
        "id": id, "deletedDateTime": null, "accountEnabled": true, "alternativeNames": [], "appDescription": null,
        "appDisplayName": display_name, "appId": app_id, "applicationTemplateId": null, "appOwnerOrganizationId": owner_tenant,
        "appRoleAssignmentRequired": false, "description": null, "disabledByMicrosoftStatus": null, "displayName": display_name,
        "homepage": null, "loginUrl": null, "logoutUrl": null, "notes": null, "notificationEmailAddresses": [],
        "preferredSingleSignOnMode": null, "replyUrls": [], "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application", "signInAudience": "AzureADMyOrg", "tags": [], "tokenEncryptionKeyId": null,
        "addIns": [], "appRoles": [], "info": {}, "keyCredentials": [], "oauth2PermissionScopes": [], "passwordCredentials": [],
        "resourceSpecificApplicationPermissions": [], "samlSingleSignOnSettings": null, "verifiedPublisher": {}
    }))
}

pub fn as_object(value: Value) -> serde_json::Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => serde_json::Map::new(),
    }
}
