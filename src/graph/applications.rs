//! App registrations. <https://learn.microsoft.com/graph/api/resources/application>

use super::request::{GraphRequest, literal};
use crate::domain::blueprint::Blueprint;
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::permission::{Chosen, PermissionKind};
use crate::domain::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

/// The tag by which an empty browser finds what we made.
pub const TAG: &str = "latchkey";

const SELECT: &str =
    "id,appId,displayName,uniqueName,signInAudience,tags,createdDateTime,requiredResourceAccess,passwordCredentials,keyCredentials,web";

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    pub id: ObjectId,
    pub app_id: AppId,
    #[serde(default)]
    pub display_name: String,
    pub unique_name: Option<String>,
    #[serde(default)]
    pub sign_in_audience: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub created_date_time: Option<String>,
    #[serde(default)]
    pub required_resource_access: Vec<RequiredResource>,
    #[serde(default)]
    pub password_credentials: Vec<PasswordCredential>,
    #[serde(default)]
    pub web: Option<Web>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Web {
    #[serde(default)]
    pub redirect_uris: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequiredResource {
    pub resource_app_id: AppId,
    #[serde(default)]
    pub resource_access: Vec<RequiredAccess>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct RequiredAccess {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
}

/// A client secret as reads show it: without its value.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordCredential {
    pub key_id: String,
    pub display_name: Option<String>,
    pub end_date_time: Option<String>,
}

impl PasswordCredential {
    #[must_use]
    pub fn ends(&self) -> Option<Instant> {
        self.end_date_time.as_deref().and_then(Instant::from_iso)
    }
}

impl Application {
    #[must_use]
    pub fn redirect_uris(&self) -> &[String] {
        self.web.as_ref().map(|web| web.redirect_uris.as_slice()).unwrap_or_default()
    }

    /// Returns the credentials of that display name.
    pub fn secrets_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a PasswordCredential> {
        self.password_credentials.iter().filter(move |credential| credential.display_name.as_deref() == Some(name))
    }
}

/// <https://learn.microsoft.com/graph/api/application-upsert>
#[must_use]
pub fn upsert(unique_name: &str, blueprint: &Blueprint) -> GraphRequest {
    let mut body = json!({
        "displayName": blueprint.name.trim(),
        "signInAudience": blueprint.audience.as_graph(),
        "requiredResourceAccess": required_resource_access(&blueprint.permissions),
        "tags": [TAG],
    });
    if !blueprint.redirect_uris.is_empty() {
        body["web"] = json!({"redirectUris": blueprint.redirect_uris});
    }
    GraphRequest::patch(format!("/applications(uniqueName={})", literal(unique_name)), body).create_if_missing()
}

/// Groups permissions by resource as the manifest has them.
#[must_use]
pub fn required_resource_access(permissions: &[Chosen]) -> Value {
    let mut resources: Vec<(&AppId, Vec<Value>)> = Vec::new();
    for permission in permissions {
        let kind = match permission.kind {
            PermissionKind::Application => "Role",
            PermissionKind::Delegated => "Scope",
        };
        let access = json!({"id": permission.id, "type": kind});
        match resources.iter_mut().find(|(resource, _)| *resource == &permission.resource) {
            Some((_, list)) => list.push(access),
            None => resources.push((&permission.resource, vec![access])),
        }
    }
    resources.into_iter().map(|(resource, list)| json!({"resourceAppId": resource.as_str(), "resourceAccess": list})).collect()
}

#[must_use]
pub fn by_unique_name(unique_name: &str) -> GraphRequest {
    GraphRequest::get(format!("/applications(uniqueName={})?$select={SELECT}", literal(unique_name)))
}

#[must_use]
pub fn by_id(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/applications/{id}?$select={SELECT}"))
}

#[must_use]
pub fn by_app_id(app_id: &AppId) -> GraphRequest {
    GraphRequest::get(format!("/applications(appId='{app_id}')?$select={SELECT}"))
}

/// Finds applications of that display name, which need not be unique.
#[must_use]
pub fn named(name: &str) -> GraphRequest {
    GraphRequest::get(format!("/applications?$filter=displayName%20eq%20{}&$select={SELECT}", literal(name)))
}

/// Finds what carries our tag.
#[must_use]
pub fn tagged() -> GraphRequest {
    GraphRequest::get(format!("/applications?$filter=tags/any(t:t%20eq%20'{TAG}')&$select={SELECT}"))
}

#[must_use]
pub fn set_redirect_uris(id: &ObjectId, uris: &[String]) -> GraphRequest {
    GraphRequest::patch(format!("/applications/{id}"), json!({"web": {"redirectUris": uris}}))
}

#[must_use]
pub fn set_tags(id: &ObjectId, tags: &[String]) -> GraphRequest {
    GraphRequest::patch(format!("/applications/{id}"), json!({ "tags": tags }))
}

#[must_use]
pub fn delete(id: &ObjectId) -> GraphRequest {
    GraphRequest::delete(format!("/applications/{id}"))
}

/// <https://learn.microsoft.com/graph/api/application-addpassword>
#[must_use]
pub fn add_password(id: &ObjectId, display_name: &str, ends: Instant) -> GraphRequest {
    let body = json!({"passwordCredential": {"displayName": display_name, "endDateTime": ends.to_iso()}});
    GraphRequest::post(format!("/applications/{id}/addPassword"), body)
}

/// <https://learn.microsoft.com/graph/api/application-removepassword>
#[must_use]
pub fn remove_password(id: &ObjectId, key_id: &str) -> GraphRequest {
    GraphRequest::post(format!("/applications/{id}/removePassword"), json!({ "keyId": key_id }))
}
