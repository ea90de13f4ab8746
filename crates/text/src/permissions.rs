//! Permissions and risks in words.

use domain::permission::{Chosen, GRAPH, PermissionKind};
use domain::risk::{Reason, Risk};

/// Returns the name by which a permission is chosen, e.g. `Mail.Read (application)`.
#[must_use]
pub fn title(permission: &Chosen) -> String {
    format!("{} ({})", permission.value, kind(permission.kind))
}

/// Returns the title with the API behind it, where that is not Microsoft Graph: several APIs have permissions of the same name.
#[must_use]
pub fn full_title(permission: &Chosen) -> String {
    if permission.resource.as_str() == GRAPH { title(permission) } else { format!("{}, {}", title(permission), permission.resource_name) }
}

#[must_use]
pub fn kind(kind: PermissionKind) -> &'static str {
    match kind {
        PermissionKind::Application => "application",
        PermissionKind::Delegated => "delegated",
    }
}

#[must_use]
pub fn risk(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "Low risk",
        Risk::Medium => "Medium risk",
        Risk::High => "High risk",
        Risk::Critical => "Critical risk",
    }
}

#[must_use]
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Takeover => "With it an application can make itself or somebody else an administrator of the tenant.",
        Reason::EverybodysContent => "It reaches the content of everybody in the tenant, without a signed-in person.",
        Reason::ChangesTenant => "It changes what belongs to the whole tenant.",
        Reason::Sends => "It sends in somebody’s name.",
        Reason::ReadsTenant => "It reads what belongs to the whole tenant.",
        Reason::OwnData => "It concerns the person who is signed in.",
        Reason::Retired => {
            "The API behind it is retired or about to be: Azure AD Graph ended in 2025, Exchange Web Services ends on 1 April 2027. Use Microsoft Graph instead."
        }
    }
}
