//! How much harm a permission can do in wrong hands, and why.

use super::permission::{AZURE_AD_GRAPH, Chosen, PermissionKind};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Risk {
    Low,
    Medium,
    High,
    Critical,
}

/// Why a permission has its risk. `text.rs` has the sentences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Leads to full control of the tenant.
    Takeover,
    /// Acts on the content of everybody.
    EverybodysContent,
    /// Changes what belongs to the tenant.
    ChangesTenant,
    /// Sends in somebody's name.
    Sends,
    /// Reads what belongs to the tenant.
    ReadsTenant,
    /// Concerns the signed-in person only.
    OwnData,
    /// The API behind it is switched off or about to be.
    Retired,
}

/// Permissions with which an application can make itself or somebody an administrator.
const TAKEOVER: &[&str] = &[
    "AppRoleAssignment.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "Application.ReadWrite.All",
    "Directory.AccessAsUser.All",
    "PrivilegedAccess.ReadWrite.AzureAD",
    "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
    "UserAuthenticationMethod.ReadWrite.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Policy.ReadWrite.PermissionGrant",
    "RoleAssignmentSchedule.ReadWrite.Directory",
    "RoleEligibilitySchedule.ReadWrite.Directory",
    "Domain.ReadWrite.All",
];

const CONTENT: &[&str] = &[
    "Mail",
    "Calendars",
    "Contacts",
    "Files",
    "Sites",
    "Chat",
    "ChannelMessage",
    "Notes",
    "Tasks",
    "MailboxSettings",
    "OnlineMeetings",
    "full_access_as_app",
    "Exchange",
    "EWS",
];

/// Returns the risk of a permission with its reason.
#[must_use]
pub fn of(permission: &Chosen) -> (Risk, Reason) {
    let value = permission.value.as_str();
    let application = permission.kind == PermissionKind::Application;
    if permission.resource.as_str() == AZURE_AD_GRAPH || value.starts_with("EWS.") || value == "full_access_as_app" {
        return (if application { Risk::High } else { Risk::Medium }, Reason::Retired);
    }
    if TAKEOVER.contains(&value) {
        return (Risk::Critical, Reason::Takeover);
    }
    let first = value.split('.').next().unwrap_or_default();
    let writes = value.contains("ReadWrite") || value.contains("FullControl") || value.contains("Manage") || value.contains(".Write");
    let everybody = value.ends_with(".All");
    if application && CONTENT.contains(&first) && !value.ends_with(".Selected") {
        return (Risk::High, if value.contains("Send") { Reason::Sends } else { Reason::EverybodysContent });
    }
    if value.contains("Send") {
        return (Risk::Medium, Reason::Sends);
    }
    match (writes, everybody || application) {
        (true, true) => (Risk::High, Reason::ChangesTenant),
        (false, true) => (Risk::Medium, Reason::ReadsTenant),
        (true, false) => (Risk::Medium, Reason::OwnData),
        (false, false) => (Risk::Low, Reason::OwnData),
    }
}
