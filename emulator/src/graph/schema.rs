//! Which properties Graph takes in a body, and of which shape. Names are case-sensitive; an unknown one is refused.

use super::errors::GraphError;
use crate::clock::parse_iso;
use crate::world::object::Properties;
use serde_json::Value;

pub enum Shape {
    Text,
    Bool,
    Time,
    Guid,
    /// The name of the entity itself, which the Graph SDKs send along.
    Entity(&'static str),
    /// Taken as it is.
    Any,
    List(&'static Self),
    Object(Fields),
}

pub type Fields = &'static [(&'static str, Shape)];

use Shape::{Any, Bool, Entity, Guid, List, Object, Text, Time};

const IMPLICIT: Fields = &[("enableIdTokenIssuance", Bool), ("enableAccessTokenIssuance", Bool)];
const APP_ROLE: Fields = &[
    ("allowedMemberTypes", List(&Text)),
    ("description", Text),
    ("displayName", Text),
    ("id", Guid),
    ("isEnabled", Bool),
    ("origin", Text),
    ("value", Text),
];
const KEY_CREDENTIAL: Fields = &[
    ("customKeyIdentifier", Text),
    ("displayName", Text),
    ("endDateTime", Time),
    ("key", Text),
    ("keyId", Guid),
    ("startDateTime", Time),
    ("type", Text),
    ("usage", Text),
];
const RESOURCE_ACCESS: Fields = &[("resourceAppId", Guid), ("resourceAccess", List(&Object(&[("id", Guid), ("type", Text)])))];

pub const APPLICATION: Fields = &[
    ("@odata.type", Entity("application")),
    ("addIns", Any),
    ("api", Any),
    ("appRoles", List(&Object(APP_ROLE))),
    ("defaultRedirectUri", Text),
    ("description", Text),
    ("displayName", Text),
    ("groupMembershipClaims", Text),
    ("identifierUris", List(&Text)),
    ("info", Any),
    ("isDeviceOnlyAuthSupported", Bool),
    ("isFallbackPublicClient", Bool),
    ("keyCredentials", List(&Object(KEY_CREDENTIAL))),
    ("notes", Text),
    ("optionalClaims", Any),
    ("parentalControlSettings", Any),
    ("passwordCredentials", Any),
    ("publicClient", Object(&[("redirectUris", List(&Text))])),
    ("requiredResourceAccess", List(&Object(RESOURCE_ACCESS))),
    ("samlMetadataUrl", Text),
    ("serviceManagementReference", Text),
    ("signInAudience", Text),
    ("spa", Object(&[("redirectUris", List(&Text))])),
    ("tags", List(&Text)),
    ("tokenEncryptionKeyId", Guid),
    ("uniqueName", Text),
    (
        "web",
        Object(&[
            ("homePageUrl", Text),
            ("logoutUrl", Text),
            ("redirectUris", List(&Text)),
            ("implicitGrantSettings", Object(IMPLICIT)),
            ("redirectUriSettings", Any),
        ]),
    ),
];

pub const SERVICE_PRINCIPAL: Fields = &[
    ("@odata.type", Entity("servicePrincipal")),
    ("accountEnabled", Bool),
    ("alternativeNames", List(&Text)),
    ("appId", Guid),
    ("appRoleAssignmentRequired", Bool),
    ("description", Text),
    ("displayName", Text),
    ("loginUrl", Text),
    ("notes", Text),
    ("notificationEmailAddresses", List(&Text)),
    ("preferredSingleSignOnMode", Text),
    ("tags", List(&Text)),
];

pub const USER: Fields = &[
    ("@odata.type", Entity("user")),
    ("accountEnabled", Bool),
    ("displayName", Text),
    ("givenName", Text),
    ("jobTitle", Text),
    ("mailNickname", Text),
    ("passwordPolicies", Text),
    (
        "passwordProfile",
        Object(&[("password", Text), ("forceChangePasswordNextSignIn", Bool), ("forceChangePasswordNextSignInWithMfa", Bool)]),
    ),
    ("preferredLanguage", Text),
    ("surname", Text),
    ("usageLocation", Text),
    ("userPrincipalName", Text),
];
pub const ASSIGN_LICENSE: Fields =
    &[("addLicenses", List(&Object(&[("skuId", Guid), ("disabledPlans", List(&Guid))]))), ("removeLicenses", List(&Guid))];
pub const EXCHANGE_ASSIGNMENT: Fields =
    &[("principalId", Text), ("roleDefinitionId", Guid), ("directoryScopeId", Text), ("appScopeId", Text)];
pub const FEDERATED: Fields = &[
    ("@odata.type", Entity("federatedIdentityCredential")),
    ("audiences", List(&Text)),
    ("description", Text),
    ("issuer", Text),
    ("name", Text),
    ("subject", Text),
];
pub const APP_ROLE_ASSIGNMENT: Fields =
    &[("@odata.type", Entity("appRoleAssignment")), ("principalId", Guid), ("resourceId", Guid), ("appRoleId", Guid)];
pub const GRANT: Fields = &[
    ("@odata.type", Entity("oAuth2PermissionGrant")),
    ("clientId", Guid),
    ("consentType", Text),
    ("principalId", Guid),
    ("resourceId", Guid),
    ("scope", Text),
];
pub const GRANT_PATCH: Fields = &[("scope", Text)];
pub const ROLE_ASSIGNMENT: Fields =
    &[("@odata.type", Entity("unifiedRoleAssignment")), ("roleDefinitionId", Guid), ("principalId", Guid), ("directoryScopeId", Text)];
pub const ADD_PASSWORD: Fields =
    &[("passwordCredential", Object(&[("displayName", Text), ("endDateTime", Time), ("startDateTime", Time)]))];
pub const REMOVE_PASSWORD: Fields = &[("keyId", Guid)];

/// Checks a body against the fields of its type and returns its members.
///
/// # Errors
/// 400 for what is not an object, names an unknown property, or has a value of another shape.
pub fn check(body: &[u8], fields: Fields) -> Result<Properties, GraphError> {
    let value: Value = serde_json::from_slice(body).map_err(|_| {
        GraphError::new(
            400,
            "BadRequest",
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        )
    })?;
    let Value::Object(mut members) = value else {
        return Err(GraphError::new(400, "BadRequest", "A JSON object was expected."));
    };
    check_members(&members, fields)?;
    members.remove("@odata.type");
    Ok(members)
}

fn check_members(members: &Properties, fields: Fields) -> Result<(), GraphError> {
    for (name, value) in members {
        let Some((_, shape)) = fields.iter().find(|(known, _)| known == name) else {
            return Err(GraphError::unknown_property(name));
        };
        check_value(name, value, shape)?;
    }
    Ok(())
}

fn check_value(name: &str, value: &Value, shape: &Shape) -> Result<(), GraphError> {
    let wrong =
        || GraphError::bad_request(format!("Invalid value specified for property '{name}' of resource.")).target("InvalidValue", name);
    if value.is_null() {
        return Ok(());
    }
    match shape {
        Any => Ok(()),
        Entity(entity) => {
            value.as_str().filter(|text| text.strip_prefix("#microsoft.graph.") == Some(*entity)).map(|_| ()).ok_or_else(|| {
                GraphError::new(400, "Request_BadRequest", format!("A resource of type '#microsoft.graph.{entity}' was expected."))
            })
        }
        Text => value.as_str().map(|_| ()).ok_or_else(wrong),
        Bool => value.as_bool().map(|_| ()).ok_or_else(wrong),
        Time => value.as_str().and_then(parse_iso).map(|_| ()).ok_or_else(wrong),
        Guid => value.as_str().filter(|text| is_guid(text)).map(|_| ()).ok_or_else(wrong),
        List(inner) => value.as_array().ok_or_else(wrong)?.iter().try_for_each(|item| check_value(name, item, inner)),
        Object(fields) => check_members(value.as_object().ok_or_else(wrong)?, fields),
    }
}

pub fn is_guid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// Says why Entra would refuse a redirect URI; `None` when it takes it.
pub fn redirect_uri_fault(uri: &str) -> Option<String> {
    let fault = |why: &str| Some(format!("The redirect URI '{uri}' is not valid: {why}."));
    if uri.len() > 256 {
        return fault("it is longer than 256 characters");
    }
    if uri.contains('#') || uri.contains('*') || uri.contains(|c: char| "!$'(),;".contains(c) || c.is_whitespace()) {
        return fault("it has a character that is not allowed");
    }
    let Ok(url) = url::Url::parse(uri) else { return fault("it is not an absolute URI") };
    match url.scheme() {
        "https" => None,
        "http" if matches!(url.host_str(), Some("localhost" | "127.0.0.1")) => None,
        _ => fault("the scheme must be https, or http with localhost"),
    }
}
