//! Directory roles. <https://learn.microsoft.com/graph/api/resources/unifiedroleassignment>

use super::ask::Ask;
use super::request::GraphRequest;
use domain::ids::ObjectId;
use domain::name;
use serde::Deserialize;
use serde_json::json;

/// A directory role that can be assigned (resource `unifiedRoleDefinition`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleDefinition {
    /// The ID of the definition: for a built-in role its template ID, the same GUID in every tenant.
    pub id: String,
    /// The name of the role, marked, since custom roles have any; empty when it is missing.
    #[serde(default, deserialize_with = "name::foreign")]
    pub display_name: String,
    /// Whether the role can be assigned; `false` when it is missing.
    #[serde(default)]
    pub is_enabled: bool,
}

/// A directory role that a principal holds (resource `unifiedRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignment {
    /// The ID of the assignment, by which [`remove`] names it; it is no GUID.
    pub id: String,
    /// The object ID of the user, group, or service principal.
    pub principal_id: ObjectId,
    /// The ID of the role, as [`RoleDefinition::id`] has it.
    pub role_definition_id: String,
    /// Where the role counts: `/` for the whole tenant, else an administrative unit or one object. `None` when Graph leaves it out.
    pub directory_scope_id: Option<String>,
}

impl RoleAssignment {
    /// Whether the role counts in the whole tenant, which is how this page assigns roles. One that counts in an administrative unit, or
    /// for one object, is another assignment of the same role.
    #[must_use]
    pub fn is_tenant_wide(&self) -> bool {
        is_whole_tenant(self.directory_scope_id.as_deref())
    }
}

/// Whether a `directoryScopeId` means the whole tenant; one that was left out does.
pub(crate) fn is_whole_tenant(scope: Option<&str>) -> bool {
    scope.is_none_or(|scope| scope == "/")
}

/// Returns the assignment of a role that counts in the whole tenant.
#[must_use]
pub fn tenant_wide<'a>(all: &'a [RoleAssignment], role: &str) -> Option<&'a RoleAssignment> {
    all.iter().find(|assignment| assignment.role_definition_id == role && assignment.is_tenant_wide())
}

/// Lists the directory roles of the tenant, built-in and custom ones.
#[must_use]
pub fn definitions() -> Ask<Vec<RoleDefinition>> {
    Ask::list(GraphRequest::get("/roleManagement/directory/roleDefinitions?$select=id,displayName,isEnabled&$top=999"))
}

/// Lists the assignments that name this principal itself, of every scope; roles that it has through a group are not among them.
#[must_use]
pub fn of_principal(principal: &ObjectId) -> Ask<Vec<RoleAssignment>> {
    Ask::list(GraphRequest::get(format!("/roleManagement/directory/roleAssignments?$filter=principalId%20eq%20'{principal}'")))
}

/// <https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments>
#[must_use]
pub fn assign(principal: &ObjectId, role: &str) -> GraphRequest {
    let body = json!({"@odata.type": "#microsoft.graph.unifiedRoleAssignment", "roleDefinitionId": role,
        "principalId": principal.as_str(), "directoryScopeId": "/"});
    GraphRequest::post("/roleManagement/directory/roleAssignments", body)
}

/// Removes the assignment of this ID.
#[must_use]
pub fn remove(assignment: &str) -> GraphRequest {
    GraphRequest::delete(format!("/roleManagement/directory/roleAssignments/{assignment}"))
}
