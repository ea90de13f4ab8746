//! Service principals and application permissions. <https://learn.microsoft.com/graph/api/resources/serviceprincipal>

use super::request::GraphRequest;
use crate::domain::access;
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::permission::{Chosen, Offered, PermissionKind};
use serde::Deserialize;
use serde_json::json;

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal {
    pub id: ObjectId,
    pub app_id: AppId,
    #[serde(default)]
    pub display_name: String,
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
    pub id: ObjectId,
    pub app_id: AppId,
    #[serde(default)]
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

/// <https://learn.microsoft.com/graph/api/serviceprincipal-upsert>
#[must_use]
pub fn upsert(app_id: &AppId) -> GraphRequest {
    // The tag shows it among the enterprise applications of the portal.
    let body = json!({"tags": [super::applications::TAG, "WindowsAzureActiveDirectoryIntegratedApp"]});
    GraphRequest::patch(format!("/servicePrincipals(appId='{app_id}')"), body).create_if_missing()
}

/// Brings the service principal of a resource API into the tenant.
#[must_use]
pub fn create(app_id: &AppId) -> GraphRequest {
    GraphRequest::post("/servicePrincipals", json!({"appId": app_id.as_str()}))
}

#[must_use]
pub fn by_app_id(app_id: &AppId) -> GraphRequest {
    GraphRequest::get(format!("/servicePrincipals(appId='{app_id}')?$select=id,appId,displayName,accountEnabled"))
}

/// One resource with its permissions. Microsoft Graph's own is about a megabyte.
#[must_use]
pub fn resource(app_id: &AppId) -> GraphRequest {
    GraphRequest::get(format!("/servicePrincipals(appId='{app_id}')?$select=id,appId,displayName,appRoles,oauth2PermissionScopes"))
}

/// Every service principal with its permissions, page by page.
#[must_use]
pub fn resources() -> GraphRequest {
    GraphRequest::get("/servicePrincipals?$select=id,appId,displayName,appRoles,oauth2PermissionScopes&$top=100")
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRoleAssignment {
    pub id: String,
    pub app_role_id: String,
    pub principal_id: ObjectId,
    pub resource_id: ObjectId,
    #[serde(default)]
    pub resource_display_name: Option<String>,
    #[serde(default)]
    pub principal_display_name: Option<String>,
    /// `User`, `Group` or `ServicePrincipal`.
    #[serde(default)]
    pub principal_type: Option<String>,
    #[serde(default)]
    pub created_date_time: Option<String>,
}

/// What was granted to a service principal.
#[must_use]
pub fn granted_to(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/servicePrincipals/{id}/appRoleAssignments?$top=999"))
}

/// <https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto>
#[must_use]
pub fn grant(principal: &ObjectId, resource: &ObjectId, role: &str) -> GraphRequest {
    let body = json!({"principalId": principal.as_str(), "resourceId": resource.as_str(), "appRoleId": role});
    GraphRequest::post(format!("/servicePrincipals/{resource}/appRoleAssignedTo"), body)
}

#[must_use]
pub fn revoke(principal: &ObjectId, assignment: &str) -> GraphRequest {
    GraphRequest::delete(format!("/servicePrincipals/{principal}/appRoleAssignments/{assignment}"))
}

/// The app roles that an enterprise application or its registration offers.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RolesOffered {
    pub id: ObjectId,
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

#[must_use]
pub fn own_by_app_id(app_id: &AppId) -> GraphRequest {
    GraphRequest::get(format!("/servicePrincipals(appId='{app_id}')?$select=id,appRoleAssignmentRequired,appRoles"))
}

/// The registration behind it, in the tenant that it was registered in.
#[must_use]
pub fn registration(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/applications/{id}?$select=id,appRoles"))
}

/// Who holds roles of a resource.
#[must_use]
pub fn assigned_to(resource: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/servicePrincipals/{resource}/appRoleAssignedTo?$top=999"))
}

#[must_use]
pub fn unassign(resource: &ObjectId, assignment: &str) -> GraphRequest {
    GraphRequest::delete(format!("/servicePrincipals/{resource}/appRoleAssignedTo/{assignment}"))
}
