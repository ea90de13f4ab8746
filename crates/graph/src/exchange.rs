//! Roles of Exchange Online, which Graph knows in its beta only. <https://learn.microsoft.com/graph/api/resources/unifiedrbacapplicationmultiple>

use super::ask::Ask;
use super::request::GraphRequest;
use domain::ids::ObjectId;
use serde::Deserialize;
use serde_json::json;

/// Ids are those of the tenant: roles are found by name.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeDefinition {
    /// The GUID of the role in this tenant.
    pub id: String,
    /// The name by which the role is found, e.g. `Application Mail.Read`, as it came; empty when it is missing.
    #[serde(default)]
    pub display_name: String,
    /// `isEnabled` of the definition; `false` when it is missing.
    #[serde(default)]
    pub is_enabled: bool,
}

/// A role of Exchange Online that a user or an application holds (resource `unifiedRoleAssignment` of the beta).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeAssignment {
    /// The ID of the assignment, by which [`remove`] names it.
    pub id: String,
    /// The ID of the role, as [`ExchangeDefinition::id`] has it.
    pub role_definition_id: String,
}

/// Lists the roles of Exchange Online in the tenant; Graph refuses where the tenant has no Exchange or the person no right to see them.
#[must_use]
pub fn definitions() -> Ask<Vec<ExchangeDefinition>> {
    Ask::list(GraphRequest::get("/roleManagement/exchange/roleDefinitions").of_beta())
}

/// Who holds a role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Principal<'a> {
    /// A user, by the object ID.
    User(&'a ObjectId),
    /// An application, by the object ID of its service principal.
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

/// Lists the assignments that name this principal itself, of every scope.
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

/// Removes the assignment of this ID.
#[must_use]
pub fn remove(assignment: &str) -> GraphRequest {
    GraphRequest::delete(format!("/roleManagement/exchange/roleAssignments/{assignment}")).of_beta()
}
