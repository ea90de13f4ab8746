//! App registrations. <https://learn.microsoft.com/graph/api/resources/application>

use super::request::{GraphRequest, literal};
use crate::domain::blueprint::Blueprint;
use crate::domain::certificate::{OF_VISIT, PublicCertificate};
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::permission::{Chosen, PermissionKind};
use crate::domain::session::KnownCredential;
use crate::domain::time::Instant;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
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
    pub key_credentials: Vec<KeyCredential>,
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

/// A certificate as reads show it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyCredential {
    pub key_id: String,
    pub display_name: Option<String>,
    pub end_date_time: Option<String>,
    /// The SHA-1 thumbprint: in base64, in older entries in hexadecimal digits.
    pub custom_key_identifier: Option<String>,
}

impl KeyCredential {
    #[must_use]
    pub fn ends(&self) -> Option<Instant> {
        self.end_date_time.as_deref().and_then(Instant::from_iso)
    }

    /// Returns the SHA-1 thumbprint in upper-case hexadecimal digits.
    #[must_use]
    pub fn thumbprint(&self) -> Option<String> {
        let text = self.custom_key_identifier.as_deref()?;
        if text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(text.to_ascii_uppercase());
        }
        let bytes = BASE64.decode(text).ok().filter(|bytes| bytes.len() == 20)?;
        Some(bytes.iter().map(|byte| format!("{byte:02X}")).collect())
    }

    /// Whether its key belongs to a visit of this page, and is of no use to a job.
    #[must_use]
    pub fn is_of_visit(&self) -> bool {
        self.display_name.as_deref().and_then(|name| name.strip_prefix("CN=")) == Some(OF_VISIT)
    }

    #[must_use]
    pub fn is_of(&self, certificate: &PublicCertificate) -> bool {
        self.thumbprint().as_ref() == Some(&certificate.sha1)
    }
}

impl Application {
    /// Whether the registration lists a permission.
    #[must_use]
    pub fn asks_for(&self, permission: &Chosen) -> bool {
        let of_resource = self.required_resource_access.iter().filter(|resource| resource.resource_app_id == permission.resource);
        of_resource
            .flat_map(|resource| &resource.resource_access)
            .any(|access| access.id == permission.id && (access.kind == "Role") == (permission.kind == PermissionKind::Application))
    }

    #[must_use]
    pub fn redirect_uris(&self) -> &[String] {
        self.web.as_ref().map(|web| web.redirect_uris.as_slice()).unwrap_or_default()
    }

    /// Returns its secrets and certificates that have an end; the certificate of a visit is left out.
    #[must_use]
    pub fn credentials(&self) -> Vec<KnownCredential> {
        let known =
            |name: &Option<String>, ends: Option<Instant>| Some(KnownCredential { name: name.clone().unwrap_or_default(), ends: ends? });
        let secrets = self.password_credentials.iter().filter_map(|secret| known(&secret.display_name, secret.ends()));
        let keys = self.key_credentials.iter().filter(|key| !key.is_of_visit());
        secrets.chain(keys.filter_map(|key| known(&key.display_name, key.ends()))).collect()
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

/// The certificates alone, with their public keys. <https://learn.microsoft.com/graph/api/resources/keycredential>
#[must_use]
pub fn certificates_of(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/applications/{id}?$select=id,appId,keyCredentials"))
}

/// Replaces the list of certificates: give back what is there.
#[must_use]
pub fn set_certificates(id: &ObjectId, keys: &[Value]) -> GraphRequest {
    GraphRequest::patch(format!("/applications/{id}"), json!({ "keyCredentials": keys }))
}

/// Returns a certificate as the list takes it. Dates are those of the certificate.
#[must_use]
pub fn new_certificate(certificate: &PublicCertificate) -> Value {
    let name: String = certificate.subject.chars().take(90).collect();
    json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": certificate.der, "displayName": name,
        "startDateTime": Instant(certificate.starts).to_iso(), "endDateTime": Instant(certificate.ends).to_iso()})
}

/// Whether an entry of the list has ended.
#[must_use]
pub fn ended(key: &Value, now: Instant) -> bool {
    key.get("endDateTime").and_then(Value::as_str).and_then(Instant::from_iso).is_some_and(|ends| ends <= now)
}

/// <https://learn.microsoft.com/graph/api/directory-deleteditems-restore>
#[must_use]
pub fn restore(id: &ObjectId) -> GraphRequest {
    GraphRequest::post(format!("/directory/deletedItems/{id}/restore"), json!({}))
}

/// Who owns the registration.
#[must_use]
pub fn owners(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/applications/{id}/owners?$select=id,displayName,userPrincipalName"))
}
