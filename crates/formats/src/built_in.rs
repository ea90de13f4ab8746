//! The blueprints that come with the page.

use super::Asked;
use super::document::{AccountWish, Document};
use domain::blueprint::{Audience, Credential, DEFAULT_DAYS, ExchangeRole, Kind};
use domain::ids::AppId;
use domain::permission::{AZURE_AD_GRAPH, GRAPH, PermissionKind};

/// The application id of Office 365 Exchange Online, the same in every tenant.
pub const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";

fn asked(resource: &str, kind: PermissionKind, names: &[&str]) -> Vec<Asked> {
    let resource_name = match resource {
        GRAPH => "Microsoft Graph",
        AZURE_AD_GRAPH => "Windows Azure Active Directory",
        _ => "Office 365 Exchange Online",
    };
    let of = |resource: &AppId| {
        let one = |name: &&str| Asked { resource: resource.clone(), resource_name: resource_name.into(), kind, key: (*name).to_owned() };
        names.iter().map(one).collect()
    };
    AppId::parse(resource).as_ref().map(of).unwrap_or_default()
}

/// An App session that starts with nothing chosen.
#[must_use]
pub fn app_session() -> Document {
    Document { credential: Credential::Secret { days: DEFAULT_DAYS }, ..Document::default() }
}

/// Reads people, groups, sign-ins and usage, and changes nothing.
#[must_use]
pub fn reporting() -> Document {
    let names = ["AuditLog.Read.All", "Directory.Read.All", "Reports.Read.All", "User.Read.All"];
    Document {
        name: "Read-only reporting".into(),
        notes: "Reads people, groups, sign-ins and usage reports. It changes nothing.".into(),
        permissions: asked(GRAPH, PermissionKind::Application, &names),
        ..app_session()
    }
}

/// Works with the mail and calendars of every mailbox, without a person.
#[must_use]
pub fn mail_and_calendar() -> Document {
    let names = ["Calendars.ReadWrite", "Mail.ReadWrite", "Mail.Send", "MailboxSettings.Read"];
    Document {
        name: "Mail and calendar".into(),
        notes: "Reaches every mailbox. Keep it to some mailboxes with RBAC for Applications in Exchange Online.".into(),
        permissions: asked(GRAPH, PermissionKind::Application, &names),
        ..app_session()
    }
}

#[must_use]
pub fn connection_account() -> Document {
    Document { kind: Kind::ConnectionAccount, credential: Credential::None, account: Some(AccountWish::default()), ..Document::default() }
}

/// A multitenant application with nine delegated permissions of three APIs, and an account whose password stays.
#[must_use]
pub fn calendar_sync() -> Document {
    let delegated = |resource: &str, names: &[&str]| asked(resource, PermissionKind::Delegated, names);
    let mut permissions = delegated(EXCHANGE, &["EAS.AccessAsUser.All", "EWS.AccessAsUser.All"]);
    permissions.extend(delegated(
        GRAPH,
        &["profile", "offline_access", "Calendars.ReadWrite.Shared", "Calendars.Read.Shared", "User.Read", "openid"],
    ));
    permissions.extend(delegated(AZURE_AD_GRAPH, &["311a71cc-e848-46a1-bdf8-97ff7156d8e6"]));
    Document {
        kind: Kind::CalendarSync,
        audience: Audience::MultiTenant,
        redirect_uris: vec!["https://{agency}.example.com/settings/calendar-sync/auth-result".into()],
        permissions,
        replaces_permissions: true,
        credential: Credential::Secret { days: 730 },
        account: Some(AccountWish { user_name: "svc-calendar".into(), display_name: "Calendar sync".into(), ..AccountWish::default() }),
        exchange: vec![ExchangeRole::calendars()],
        ..Document::default()
    }
}
