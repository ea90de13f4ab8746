//! Directory roles. <https://learn.microsoft.com/graph/api/resources/unifiedroleassignment>

use super::request::GraphRequest;
use crate::domain::ids::ObjectId;
use serde::Deserialize;
use serde_json::json;

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleDefinition {
    pub id: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub is_enabled: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleAssignment {
    pub id: String,
    pub principal_id: ObjectId,
    pub role_definition_id: String,
    pub directory_scope_id: Option<String>,
}

#[must_use]
pub fn definitions() -> GraphRequest {
    GraphRequest::get("/roleManagement/directory/roleDefinitions?$select=id,displayName,isEnabled&$top=999")
}

#[must_use]
pub fn of_principal(principal: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/roleManagement/directory/roleAssignments?$filter=principalId%20eq%20'{principal}'"))
}

/// <https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments>
#[must_use]
pub fn assign(principal: &ObjectId, role: &str) -> GraphRequest {
    let body = json!({"@odata.type": "#microsoft.graph.unifiedRoleAssignment", "roleDefinitionId": role,
        "principalId": principal.as_str(), "directoryScopeId": "/"});
    GraphRequest::post("/roleManagement/directory/roleAssignments", body)
}

#[must_use]
pub fn remove(assignment: &str) -> GraphRequest {
    GraphRequest::delete(format!("/roleManagement/directory/roleAssignments/{assignment}"))
}
