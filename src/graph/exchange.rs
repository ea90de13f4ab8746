//! Roles of Exchange Online, which Graph knows in its beta only. <https://learn.microsoft.com/graph/api/resources/unifiedrbacapplicationmultiple>

use super::request::GraphRequest;
use crate::domain::ids::ObjectId;
use serde::Deserialize;
use serde_json::json;

/// Ids are those of the tenant: roles are found by name.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeDefinition {
    pub id: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub is_enabled: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeAssignment {
    pub id: String,
    pub role_definition_id: String,
}

#[must_use]
pub fn definitions() -> GraphRequest {
    GraphRequest::get("/roleManagement/exchange/roleDefinitions").of_beta()
}

/// Who holds a role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Principal<'a> {
    User(&'a ObjectId),
    Application(&'a ObjectId),
}

impl Principal<'_> {
    fn as_graph(self) -> String {
        match self {
            Self::User(id) => format!("/Users/{id}"),
            Self::Application(id) => format!("/ServicePrincipals/{id}"),
        }
    }
}

#[must_use]
pub fn of_principal(principal: Principal<'_>) -> GraphRequest {
    let filter = format!("principalId%20eq%20'{}'", principal.as_graph());
    GraphRequest::get(format!("/roleManagement/exchange/roleAssignments?$filter={filter}")).of_beta()
}

/// Over the whole organization. <https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments>
#[must_use]
pub fn assign(principal: Principal<'_>, definition: &str) -> GraphRequest {
    let body = json!({"principalId": principal.as_graph(), "roleDefinitionId": definition, "directoryScopeId": "/", "appScopeId": null});
    GraphRequest::post("/roleManagement/exchange/roleAssignments", body).of_beta()
}

#[must_use]
pub fn remove(assignment: &str) -> GraphRequest {
    GraphRequest::delete(format!("/roleManagement/exchange/roleAssignments/{assignment}")).of_beta()
}
