//! An app registration as the directory holds it, and who may change it.

use super::Context;
use super::access::APP_ADMINISTRATORS;
use super::errors::GraphError;
use crate::world::object::Properties;
use crate::world::tenant::Kind;
use serde_json::Value;

pub const NAMES: &[&str] = &[
    "id",
    "appId",
    "displayName",
    "description",
    "createdDateTime",
    "deletedDateTime",
    "signInAudience",
    "tags",
    "uniqueName",
    "notes",
    "web",
    "spa",
    "publicClient",
    "api",
    "appRoles",
    "info",
    "identifierUris",
    "keyCredentials",
    "passwordCredentials",
    "requiredResourceAccess",
    "publisherDomain",
    "verifiedPublisher",
    "optionalClaims",
    "groupMembershipClaims",
    "isFallbackPublicClient",
    "serviceManagementReference",
    "disabledByMicrosoftStatus",
];

/// Returns the application as the answering replica shows it.
pub fn find(context: &Context<'_>, name: &str, value: &str) -> Result<Properties, GraphError> {
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(value))?;
    let found = match name {
        "id" => tenant.seen(Kind::Application, value, context.view),
        "appId" | "uniqueName" => tenant.find_seen(Kind::Application, name, value, context.view),
        _ => return Err(GraphError::bad_request(format!("'{name}' is not an alternate key of application."))),
    };
    found.cloned().ok_or_else(|| GraphError::not_found(value))
}

/// Returns the application as it is, where the answering replica knows it.
pub fn find_latest(context: &Context<'_>, name: &str, value: &str) -> Result<Properties, GraphError> {
    let found = find(context, name, value)?;
    let id = found.get("id").and_then(Value::as_str).unwrap_or_default();
    let latest = context.world.tenants.get(&context.tenant).and_then(|tenant| tenant.latest(Kind::Application, id));
    latest.cloned().ok_or_else(|| GraphError::not_found(value))
}

pub fn may_change(context: &Context<'_>, application: &Properties) -> Result<(), GraphError> {
    context.need_scope(&["Application.ReadWrite.All"])?;
    let owner = application.get("emulatorOwner").and_then(Value::as_str);
    if owner.is_some() && owner == context.caller_oid() {
        return Ok(());
    }
    context.need_role(APP_ADMINISTRATORS)
}

/// Leaves out what the emulator keeps for itself.
pub fn public(object: &Properties) -> Properties {
    object.iter().filter(|(name, _)| !name.starts_with("emulator")).map(|(name, value)| (name.clone(), value.clone())).collect()
}
