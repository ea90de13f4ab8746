//! Service principals and application permissions. <https://learn.microsoft.com/graph/api/resources/serviceprincipal>

use super::ask::Ask;
use super::request::GraphRequest;
use domain::access;
use domain::ids::{AppId, ObjectId};
use domain::name;
use domain::permission::{Chosen, Offered, PermissionKind};
use serde::Deserialize;
use serde_json::json;

/// A service principal, which portals show as an enterprise application: what one tenant has of an application.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal {
    /// The object ID in this tenant, which grants and role assignments name.
    pub id: ObjectId,
    /// The client ID of its application, the same in every tenant.
    pub app_id: AppId,
    /// The name that the tenant shows, marked; empty when it is missing.
    #[serde(default, deserialize_with = "name::foreign")]
    pub display_name: String,
    /// Whether tokens are issued for it; Entra refuses with AADSTS7000112 where not. `true` when it was not read.
    #[serde(default = "yes")]
    pub account_enabled: bool,
}

fn yes() -> bool {
    true
}

/// A resource API with what it offers.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// The object ID of the API's service principal in this tenant.
    pub id: ObjectId,
    /// The client ID of the API, the same in every tenant.
    pub app_id: AppId,
    /// The name of the API, marked; empty when it is missing.
    #[serde(default, deserialize_with = "name::foreign")]
    pub display_name: String,
    #[serde(default)]
    app_roles: Vec<AppRole>,
    #[serde(default)]
    oauth2_permission_scopes: Vec<Scope>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppRole {
    id: String,
    value: Option<String>,
    #[serde(default, deserialize_with = "name::foreign_option")]
    description: Option<String>,
    #[serde(default = "yes")]
    is_enabled: bool,
    #[serde(default)]
    allowed_member_types: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scope {
    id: String,
    value: Option<String>,
    #[serde(default, deserialize_with = "name::foreign_option")]
    admin_consent_description: Option<String>,
    #[serde(default = "yes")]
    is_enabled: bool,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Resource {
    /// Returns the enabled permissions that an application can ask for.
    #[must_use]
    pub fn offered(&self) -> Vec<Offered> {
        let chosen = |id: &str, value: &str, kind| Chosen {
            resource: self.app_id.clone(),
            resource_name: self.display_name.clone(),
            id: id.to_owned(),
            kind,
            value: value.to_owned(),
        };
        let roles =
            self.app_roles.iter().filter(|role| role.is_enabled && role.allowed_member_types.iter().any(|kind| kind == "Application"));
        let roles = roles.filter_map(|role| {
            Some(Offered {
                chosen: chosen(&role.id, role.value.as_deref()?, PermissionKind::Application),
                description: role.description.clone().unwrap_or_default(),
                needs_admin: true,
            })
        });
        let scopes = self.oauth2_permission_scopes.iter().filter(|scope| scope.is_enabled).filter_map(|scope| {
            Some(Offered {
                chosen: chosen(&scope.id, scope.value.as_deref()?, PermissionKind::Delegated),
                description: scope.admin_consent_description.clone().unwrap_or_default(),
                needs_admin: scope.kind.as_deref() != Some("User"),
            })
        });
        roles.chain(scopes).collect()
    }
}

/// Ours, and the one that shows it among the enterprise applications of the portal.
const TAGS: [&str; 2] = [super::applications::TAG, "WindowsAzureActiveDirectoryIntegratedApp"];

/// <https://learn.microsoft.com/graph/api/serviceprincipal-upsert>
#[must_use]
pub fn upsert(app_id: &AppId) -> GraphRequest {
    GraphRequest::patch(format!("/servicePrincipals(appId='{app_id}')"), json!({"tags": TAGS})).create_if_missing()
}

/// The same where an upsert is not understood. There is one service principal of an application in a tenant.
#[must_use]
pub fn create_ours(app_id: &AppId) -> GraphRequest {
    GraphRequest::post("/servicePrincipals", json!({"appId": app_id.as_str(), "tags": TAGS}))
}

/// Brings the service principal of a resource API into the tenant.
#[must_use]
pub fn create(app_id: &AppId) -> GraphRequest {
    GraphRequest::post("/servicePrincipals", json!({"appId": app_id.as_str()}))
}

/// Reads the service principal of an application; Graph answers 404 where the tenant has none.
#[must_use]
pub fn by_app_id(app_id: &AppId) -> Ask<ServicePrincipal> {
    Ask::object(GraphRequest::get(format!("/servicePrincipals(appId='{app_id}')?$select=id,appId,displayName,accountEnabled")))
}

/// Service principals among the deleted items: each is an item of its own, beside its application.
#[must_use]
pub fn all_deleted() -> GraphRequest {
    GraphRequest::get("/directory/deletedItems/microsoft.graph.servicePrincipal?$select=id,appId,displayName,tags&$top=100")
}

/// One resource with its permissions. Microsoft Graph's own is about a megabyte.
#[must_use]
pub fn resource(app_id: &AppId) -> Ask<Resource> {
    Ask::object(GraphRequest::get(format!(
        "/servicePrincipals(appId='{app_id}')?$select=id,appId,displayName,appRoles,oauth2PermissionScopes"
    )))
}

/// Every service principal with its permissions, page by page.
#[must_use]
pub fn resources() -> Ask<Vec<Resource>> {
    Ask::list(GraphRequest::get("/servicePrincipals?$select=id,appId,displayName,appRoles,oauth2PermissionScopes&$top=100"))
}

/// An app role that somebody holds: an application permission of an application, or a role of a user or group (resource
/// `appRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRoleAssignment {
    /// The key of the assignment, a text of Graph's own and no GUID.
    pub id: String,
    /// The GUID of the app role; zeros stand for the default access.
    pub app_role_id: String,
    /// The object ID of who holds the role: a user, a group, or a service principal.
    pub principal_id: ObjectId,
    /// The object ID of the service principal that offers the role.
    pub resource_id: ObjectId,
    /// The name of the service principal that offers the role, marked; `None` when Graph leaves it out.
    #[serde(default, deserialize_with = "name::foreign_option")]
    pub resource_display_name: Option<String>,
    /// The name of who holds the role, marked; `None` when Graph leaves it out.
    #[serde(default, deserialize_with = "name::foreign_option")]
    pub principal_display_name: Option<String>,
    /// `User`, `Group` or `ServicePrincipal`.
    #[serde(default)]
    pub principal_type: Option<String>,
    /// When it was assigned, in ISO 8601; `None` when Graph leaves it out.
    #[serde(default)]
    pub created_date_time: Option<String>,
}

/// What was granted to a service principal.
#[must_use]
pub fn granted_to(id: &ObjectId) -> Ask<Vec<AppRoleAssignment>> {
    Ask::list(GraphRequest::get(format!("/servicePrincipals/{id}/appRoleAssignments?$top=999")))
}

/// <https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto>
#[must_use]
pub fn grant(principal: &ObjectId, resource: &ObjectId, role: &str) -> GraphRequest {
    let body = json!({"principalId": principal.as_str(), "resourceId": resource.as_str(), "appRoleId": role});
    GraphRequest::post(format!("/servicePrincipals/{resource}/appRoleAssignedTo"), body)
}

/// Takes an application permission away: `principal` is the service principal that holds it, `assignment` its [`AppRoleAssignment::id`].
#[must_use]
pub fn revoke(principal: &ObjectId, assignment: &str) -> GraphRequest {
    GraphRequest::delete(format!("/servicePrincipals/{principal}/appRoleAssignments/{assignment}"))
}

/// The app roles that an enterprise application or its registration offers.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RolesOffered {
    /// The object ID of the enterprise application, or of the registration where that was read ([`registration`]).
    pub id: ObjectId,
    /// Whether only who is assigned may sign in (`servicePrincipal.appRoleAssignmentRequired`); `false` of a registration, which does not
    /// have it.
    #[serde(default)]
    pub app_role_assignment_required: bool,
    #[serde(default)]
    app_roles: Vec<AppRole>,
}

impl RolesOffered {
    /// Returns the id of the enabled role of that value.
    #[must_use]
    pub fn id_of(&self, value: &str) -> Option<&str> {
        self.app_roles.iter().find(|role| role.is_enabled && role.value.as_deref() == Some(value)).map(|role| role.id.as_str())
    }

    /// Whether it has an enabled role of that value; its id may be another one.
    #[must_use]
    pub fn offers(&self, role: &access::AppRole) -> bool {
        self.id_of(&role.value).is_some()
    }
}

/// The page's own enterprise application.
#[must_use]
pub fn own(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/servicePrincipals/{id}?$select=id,appRoleAssignmentRequired,appRoles"))
}

/// The page's own enterprise application by its client ID.
#[must_use]
pub fn own_by_app_id(app_id: &AppId) -> Ask<RolesOffered> {
    Ask::object(GraphRequest::get(format!("/servicePrincipals(appId='{app_id}')?$select=id,appRoleAssignmentRequired,appRoles")))
}

/// The registration behind it, in the tenant that it was registered in.
#[must_use]
pub fn registration(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/applications/{id}?$select=id,appRoles"))
}

/// Who holds roles of a resource.
#[must_use]
pub fn assigned_to(resource: &ObjectId) -> Ask<Vec<AppRoleAssignment>> {
    Ask::list(GraphRequest::get(format!("/servicePrincipals/{resource}/appRoleAssignedTo?$top=999")))
}

/// Takes an app role of `resource`, a service principal, from whoever holds it; `assignment` is the [`AppRoleAssignment::id`].
#[must_use]
pub fn unassign(resource: &ObjectId, assignment: &str) -> GraphRequest {
    GraphRequest::delete(format!("/servicePrincipals/{resource}/appRoleAssignedTo/{assignment}"))
}
