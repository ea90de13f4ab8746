//! How much harm a permission can do in wrong hands, and why.

use super::permission::{AZURE_AD_GRAPH, Chosen, GRAPH, PermissionKind};

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
    "MailboxItem",
    "MailboxFolder",
    "Mailbox",
    "ChatMessage",
    "OnlineMeetings",
    "OnlineMeetingArtifact",
    "OnlineMeetingRecording",
    "OnlineMeetingTranscript",
    "OnlineMeetingAiInsight",
    "CallRecords",
    "CallTranscripts",
    "CallRecordings",
    "CallRecord-PstnCalls",
    "CopilotConversation",
    "AiEnterpriseInteraction",
    "eDiscovery",
    "InformationProtectionContent",
    "ExternalItem",
    "ShortNotes",
    "full_access_as_app",
    "Exchange",
    "EWS",
];

/// Permissions that read what opens doors: passwords, keys and codes.
const KEYS: &[&str] = &[
    "DeviceLocalCredential",
    "BitlockerKey",
    "UserAuthenticationMethod",
    "UserAuthMethod-Password",
    "Synchronization",
    "CustomSecAttributeAssignment",
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
    if application && KEYS.contains(&first) && !value.contains("ReadBasic") {
        return (Risk::High, Reason::EverybodysContent);
    }
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

/// Delegated permissions of a plain sign-in.
const SIGN_IN: &[&str] = &["openid", "profile", "email", "offline_access", "User.Read"];

/// Whether a permission that somebody else chose waits until a person ticks it. An administrator grants a delegated one for everybody
/// in the tenant, so what is harmless for one person is not. What other APIs than Microsoft Graph mean by a name this page can't know.
#[must_use]
pub fn asks_a_person(permission: &Chosen) -> bool {
    if permission.is_gone() {
        return false;
    }
    let value = permission.value.as_str();
    let only_reads = value.split('.').any(|part| part == "Read" || part.starts_with("ReadBasic"));
    let first = value.split('.').next().unwrap_or_default();
    let is_content = CONTENT.contains(&first) || KEYS.contains(&first);
    let is_harmless = match permission.kind {
        PermissionKind::Application => only_reads && !is_content,
        PermissionKind::Delegated => SIGN_IN.contains(&value) || (only_reads && !is_content),
    };
    of(permission).0 >= Risk::High || permission.resource.as_str() != GRAPH || !is_harmless
}

/// An API whose end is near or past.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retirement {
    /// Shut down in 2025. <https://learn.microsoft.com/graph/migrate-azure-ad-graph-overview>
    AzureAdGraph,
    /// Blocked by default since 1 October 2026, shut down on 1 April 2027.
    /// <https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-ews-exchange-online>
    ExchangeWebServices,
    /// Made for phones; Microsoft Graph does the same for jobs.
    ExchangeActiveSync,
}

/// Returns what is known of the end of the API behind a permission.
#[must_use]
pub fn retirement(permission: &Chosen) -> Option<Retirement> {
    match permission.value.as_str() {
        _ if permission.resource.as_str() == AZURE_AD_GRAPH => Some(Retirement::AzureAdGraph),
        "full_access_as_app" => Some(Retirement::ExchangeWebServices),
        value if value.starts_with("EWS.") => Some(Retirement::ExchangeWebServices),
        value if value.starts_with("EAS.") => Some(Retirement::ExchangeActiveSync),
        _ => None,
    }
}

/// Returns the name of the permission of Microsoft Graph that takes the place of a retiring one.
#[must_use]
pub fn replacement(permission: &Chosen) -> Option<&str> {
    Some(match retirement(permission)? {
        Retirement::AzureAdGraph => permission.value.as_str(),
        Retirement::ExchangeWebServices | Retirement::ExchangeActiveSync => "Calendars.ReadWrite",
    })
}
