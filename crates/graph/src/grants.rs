//! Delegated permission grants. <https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant>

use super::ask::Ask;
use super::request::GraphRequest;
use domain::ids::ObjectId;
use serde::Deserialize;
use serde_json::json;

/// Delegated permissions of one API that an application has, for one user or for all (resource `oAuth2PermissionGrant`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The key of the grant, a text of Graph's own and no GUID.
    pub id: String,
    /// The object ID of the application's service principal, not its client ID.
    pub client_id: ObjectId,
    /// `AllPrincipals` for the whole tenant, `Principal` for one user.
    pub consent_type: String,
    /// The object ID of the API's service principal in this tenant.
    pub resource_id: ObjectId,
    /// Whom it is for, where it is not for all.
    #[serde(default)]
    pub principal_id: Option<ObjectId>,
    /// The values of the permissions between blanks, e.g. `User.Read Mail.Read`; [`Grant::scopes`] takes them apart.
    #[serde(default)]
    pub scope: String,
}

impl Grant {
    /// Whether it holds for every user of the tenant, which only an administrator can give.
    #[must_use]
    pub fn is_tenant_wide(&self) -> bool {
        self.consent_type == "AllPrincipals"
    }

    /// Returns the scopes. Blanks at the start occur.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.split_whitespace()
    }
}

/// Lists the grants of an application by the object ID of its service principal: those for all and those for single users.
#[must_use]
pub fn of_client(client: &ObjectId) -> Ask<Vec<Grant>> {
    Ask::list(GraphRequest::get(format!("/servicePrincipals/{client}/oauth2PermissionGrants?$top=999")))
}

/// <https://learn.microsoft.com/graph/api/oauth2permissiongrant-post>
#[must_use]
pub fn create(client: &ObjectId, resource: &ObjectId, scopes: &[&str]) -> GraphRequest {
    create_for(client, resource, None, scopes)
}

/// For one user, or without one for all.
#[must_use]
pub fn create_for(client: &ObjectId, resource: &ObjectId, user: Option<&ObjectId>, scopes: &[&str]) -> GraphRequest {
    let consent = if user.is_some() { "Principal" } else { "AllPrincipals" };
    let body = json!({"clientId": client.as_str(), "consentType": consent, "principalId": user.map(ObjectId::as_str),
        "resourceId": resource.as_str(), "scope": scopes.join(" ")});
    GraphRequest::post("/oauth2PermissionGrants", body)
}

/// Replaces the scopes of a grant: give the union of what is there and what is wanted.
#[must_use]
pub fn set_scopes(id: &str, scopes: &[&str]) -> GraphRequest {
    GraphRequest::patch(format!("/oauth2PermissionGrants/{id}"), json!({"scope": scopes.join(" ")}))
}

/// Deletes a grant with all its scopes: Graph wants this where none would be left.
#[must_use]
pub fn delete(id: &str) -> GraphRequest {
    GraphRequest::delete(format!("/oauth2PermissionGrants/{id}"))
}
