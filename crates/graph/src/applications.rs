//! App registrations. <https://learn.microsoft.com/graph/api/resources/application>

use super::answer::Fault;
use super::ask::Ask;
use super::request::{GraphRequest, literal};
use super::sentences::Says;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::blueprint::{Audience, Blueprint};
use domain::certificate::{OF_VISIT, PublicCertificate};
use domain::ids::{AppId, ObjectId};
use domain::name;
use domain::permission::{Chosen, PermissionKind};
use domain::session::{AppSession, KnownCredential};
use domain::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

/// The tag by which an empty browser finds what we made.
pub const TAG: &str = "latchkey";

/// What is kept off a lifetime, in seconds.
const SPARE: i64 = 300;

const SELECT: &str = "id,appId,displayName,uniqueName,signInAudience,tags,createdDateTime,requiredResourceAccess,passwordCredentials,keyCredentials,web,notes,serviceManagementReference";

/// An app registration (resource `application`), with what this page reads of it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// The object ID, for addresses below `/applications`. It is neither the client ID nor that of the service principal.
    pub id: ObjectId,
    /// The application (client) ID, the same in every tenant.
    pub app_id: AppId,
    /// The name that tenants show, at most 120 characters and not unique; marked, since others choose it.
    #[serde(default, deserialize_with = "name::foreign")]
    pub display_name: String,
    /// `application.uniqueName`, an alternate key: `latchkey-` and the run's ID where a run of this page made it. `None` where it has none.
    pub unique_name: Option<String>,
    /// `AzureADMyOrg`, `AzureADMultipleOrgs`, or a value with personal accounts; `None` when it was not read, as of a deleted item.
    #[serde(default)]
    pub sign_in_audience: Option<String>,
    /// Labels of free text: [`TAG`] marks what this page made.
    #[serde(default)]
    pub tags: Vec<String>,
    /// When it was registered, in ISO 8601; [`Application::created`] reads it. `None` when it was not read.
    #[serde(default)]
    pub created_date_time: Option<String>,
    /// The permissions that it lists, by resource. Listing grants nothing: consent does.
    #[serde(default)]
    pub required_resource_access: Vec<RequiredResource>,
    /// Its client secrets without their values, ended ones included.
    #[serde(default)]
    pub password_credentials: Vec<PasswordCredential>,
    /// Its certificates, ended ones included.
    #[serde(default)]
    pub key_credentials: Vec<KeyCredential>,
    /// The settings of the Web platform; `None` when they were not read.
    #[serde(default)]
    pub web: Option<Web>,
    /// Up to 1,024 characters that people keep with it.
    #[serde(default)]
    pub notes: Option<String>,
    /// What a service or asset management database calls it.
    #[serde(default)]
    pub service_management_reference: Option<String>,
}

/// The longest notes, in UTF-16 units. It is documented for those of a service principal, and taken for an application too.
/// <https://learn.microsoft.com/graph/api/resources/serviceprincipal>
pub const LONGEST_NOTES: usize = 1_024;

/// The settings of the Web platform (resource `webApplication`), of which this page reads one.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Web {
    /// Where Entra may send answers for the Web platform. Redirect URIs of single-page applications are not among them.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
}

/// The permissions that a registration lists of one API (resource `requiredResourceAccess`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequiredResource {
    /// The client ID of the API, e.g. `00000003-0000-0000-c000-000000000000` of Microsoft Graph.
    pub resource_app_id: AppId,
    /// The permissions of that API; Entra does not check them before consent.
    #[serde(default)]
    pub resource_access: Vec<RequiredAccess>,
}

/// A permission that a registration lists (resource `resourceAccess`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct RequiredAccess {
    /// The GUID of the app role or of the delegated permission; its name stands with the API's service principal.
    pub id: String,
    /// `Role` for an application permission, `Scope` for a delegated one.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A client secret as reads show it: without its value.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordCredential {
    /// The GUID by which [`remove_password`] names it.
    pub key_id: String,
    /// `passwordCredential.displayName`, marked; `None` where it has none. It need not be unique.
    #[serde(default, deserialize_with = "name::foreign_option")]
    pub display_name: Option<String>,
    /// `passwordCredential.endDateTime` in ISO 8601.
    pub end_date_time: Option<String>,
}

impl PasswordCredential {
    /// Returns when the secret ends; `None` when Graph gives no end, or none that can be read.
    #[must_use]
    pub fn ends(&self) -> Option<Instant> {
        self.end_date_time.as_deref().and_then(Instant::from_iso)
    }
}

/// A certificate as reads show it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyCredential {
    /// The GUID of the entry in the list.
    pub key_id: String,
    /// `keyCredential.displayName`, marked; of a certificate that this page added the first 90 characters of its subject. `None` where it
    /// has none.
    #[serde(default, deserialize_with = "name::foreign_option")]
    pub display_name: Option<String>,
    /// `keyCredential.endDateTime` in ISO 8601.
    pub end_date_time: Option<String>,
    /// The SHA-1 thumbprint: in base64, in older entries in hexadecimal digits.
    pub custom_key_identifier: Option<String>,
}

impl KeyCredential {
    /// Returns when the entry ends; `None` when Graph gives no end, or none that can be read.
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

    /// Whether it is this certificate, by the SHA-1 thumbprint; not when the entry has none that can be read.
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

    /// Whether it carries the tag that this page gives to its own.
    #[must_use]
    pub fn is_tagged(&self) -> bool {
        self.tags.iter().any(|tag| tag == TAG)
    }

    /// Whether other tenants can be asked to consent to it in the words of a record: it is that application, they may use it, Microsoft's
    /// page can come back there, and it asks for nothing that the words leave out.
    #[must_use]
    pub fn is_asked_for(&self, known: &AppSession, expected: &Blueprint, redirect: &str) -> bool {
        let asks = |resource: &RequiredResource, access: &RequiredAccess| {
            expected.permissions.iter().any(|p| {
                p.resource == resource.resource_app_id
                    && p.id == access.id
                    && (access.kind == "Role") == (p.kind == PermissionKind::Application)
            })
        };
        self.app_id == known.app_id
            && self.id == known.object_id
            && self.is_tagged()
            && self.sign_in_audience.as_deref() == Some(Audience::MultiTenant.as_graph())
            && self.redirect_uris().iter().any(|uri| uri == redirect)
            && self.required_resource_access.iter().all(|resource| resource.resource_access.iter().all(|access| asks(resource, access)))
    }

    /// When it was made.
    #[must_use]
    pub fn created(&self) -> Option<Instant> {
        self.created_date_time.as_deref().and_then(Instant::from_iso)
    }

    /// Returns the redirect URIs of the Web platform; empty when there are none or they were not read.
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
    GraphRequest::patch(format!("/applications(uniqueName={})", literal(unique_name)), body_of(blueprint)).create_if_missing()
}

/// The same where an upsert is not understood. The unique name keeps a repeat from making a second one.
#[must_use]
pub fn create(unique_name: &str, blueprint: &Blueprint) -> GraphRequest {
    let mut body = body_of(blueprint);
    body["uniqueName"] = json!(unique_name);
    GraphRequest::post("/applications", body)
}

fn body_of(blueprint: &Blueprint) -> Value {
    let mut body = json!({
        "displayName": blueprint.name.trim(),
        "signInAudience": blueprint.audience.as_graph(),
        "requiredResourceAccess": required_resource_access(&blueprint.permissions),
        "tags": [TAG],
    });
    if !blueprint.redirect_uris.is_empty() {
        body["web"] = json!({"redirectUris": blueprint.redirect_uris});
    }
    body
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

/// Reads the application of a unique name, the alternate key; Graph answers 404 when there is none.
#[must_use]
pub fn by_unique_name(unique_name: &str) -> GraphRequest {
    GraphRequest::get(format!("/applications(uniqueName={})?$select={SELECT}", literal(unique_name)))
}

/// Reads one application by its object ID; Graph answers 404 when it is deleted or of another tenant.
#[must_use]
pub fn by_id(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/applications/{id}?$select={SELECT}"))
}

/// Reads the application of a client ID; Graph answers 404 where the registration is not in this tenant.
#[must_use]
pub fn by_app_id(app_id: &AppId) -> Ask<Application> {
    Ask::object(GraphRequest::get(format!("/applications(appId='{app_id}')?$select={SELECT}")))
}

/// The same as it stands, for a reader of manifests.
#[must_use]
pub fn as_manifest(app_id: &AppId) -> Ask<Value> {
    Ask::object(by_app_id(app_id).into())
}

/// Finds applications of that display name, which need not be unique.
#[must_use]
pub fn named(name: &str) -> Ask<Vec<Application>> {
    Ask::list(GraphRequest::get(format!("/applications?$filter=displayName%20eq%20{}&$select={SELECT}", literal(name))))
}

/// Finds what carries our tag.
#[must_use]
pub fn tagged() -> Ask<Vec<Application>> {
    Ask::list(GraphRequest::get(format!("/applications?$filter=tags/any(t:t%20eq%20'{TAG}')&$select={SELECT}")))
}

/// Replaces the redirect URIs of the Web platform: give back what is there.
#[must_use]
pub fn set_redirect_uris(id: &ObjectId, uris: &[String]) -> GraphRequest {
    GraphRequest::patch(format!("/applications/{id}"), json!({"web": {"redirectUris": uris}}))
}

/// Replaces the tags: give back what is there.
#[must_use]
pub fn set_tags(id: &ObjectId, tags: &[String]) -> GraphRequest {
    GraphRequest::patch(format!("/applications/{id}"), json!({ "tags": tags }))
}

/// Deletes a registration, and its service principal with it: for 30 days it is among the deleted items, where [`restore`] finds it.
#[must_use]
pub fn delete(id: &ObjectId) -> GraphRequest {
    GraphRequest::delete(format!("/applications/{id}"))
}

/// Returns the end of a client secret for so many days: some minutes earlier, since a policy counts the days by Microsoft's clock.
#[must_use]
pub fn secret_ends(now: Instant, days: u32) -> Instant {
    now.plus_days(i64::from(days)).plus_seconds(-SPARE)
}

/// <https://learn.microsoft.com/graph/api/application-addpassword>
#[must_use]
pub fn add_password(id: &ObjectId, display_name: &str, ends: Instant) -> GraphRequest {
    let body = json!({"passwordCredential": {"displayName": display_name, "endDateTime": ends.to_iso()}});
    GraphRequest::post(format!("/applications/{id}/addPassword"), body)
}

/// Whether a removal was refused since there is no such secret: it is gone, or the replica that was asked does not know it yet.
#[must_use]
pub fn is_secret_unknown(fault: &Fault) -> bool {
    fault.says(Says::NoSecret)
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

/// <https://learn.microsoft.com/graph/api/directory-deleteditems-get>
#[must_use]
pub fn deleted(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/directory/deletedItems/{id}"))
}

/// Applications among the deleted items. <https://learn.microsoft.com/graph/api/directory-deleteditems-list>
#[must_use]
pub fn all_deleted() -> GraphRequest {
    GraphRequest::get("/directory/deletedItems/microsoft.graph.application?$select=id,appId,displayName,uniqueName,tags&$top=100")
}

/// <https://learn.microsoft.com/graph/api/directory-deleteditems-delete>
#[must_use]
pub fn delete_for_good(id: &ObjectId) -> GraphRequest {
    GraphRequest::delete(format!("/directory/deletedItems/{id}"))
}

/// Somebody who owns a registration: a user or a service principal.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// The object ID in this tenant.
    pub id: ObjectId,
    /// The name that the tenant shows; `None` for whom the reader may not see.
    #[serde(default)]
    pub display_name: Option<String>,
}

/// Who owns the registration.
#[must_use]
pub fn owners(id: &ObjectId) -> Ask<Vec<Owner>> {
    Ask::list(GraphRequest::get(format!("/applications/{id}/owners?$select=id,displayName,userPrincipalName")))
}
