//! Sessions as Recent sessions keeps them. No record holds a token or a secret.

use super::ids::{AccountKey, AppId, ObjectId, RunId, Tenant};
use super::origin::Origin;
use super::time::Instant;
use serde::{Deserialize, Serialize};

/// A person as they are shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Person {
    pub key: AccountKey,
    pub name: String,
    /// `preferred_username`: for show, never for decisions.
    pub username: String,
    pub home: super::ids::TenantId,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[allow(clippy::large_enum_variant, reason = "a browser holds a few dozen of them")]
pub enum Session {
    /// A person in their own tenant.
    User,
    /// The same person in a customer's tenant.
    Customer,
    /// An application that we made or found.
    App(AppSession),
    /// The account that a connector signs in with.
    Account(ConnectionAccount),
}

/// What is known of the account of a connector. Never its password.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionAccount {
    pub connector: String,
    pub upn: String,
    pub object_id: ObjectId,
    /// Names of its directory roles.
    pub roles: Vec<String>,
    /// Delegated permissions that an application has in its name.
    pub grants: Vec<String>,
    /// Whether somebody signed in as it.
    pub is_proved: bool,
    /// When the record began to name it.
    pub since: Instant,
    /// The account that the record named before.
    pub replaced: Option<String>,
    /// What the record was before, to put back when the new account is undone.
    #[serde(default)]
    pub before: Option<Box<Self>>,
    pub run: RunId,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppSession {
    pub name: String,
    pub app_id: AppId,
    pub object_id: ObjectId,
    pub service_principal: Option<ObjectId>,
    /// The run that made it, when it was made on this computer.
    pub run: Option<RunId>,
    /// When its last credential ends.
    pub credential_ends: Option<Instant>,
    /// What the blueprint asked for: compared with what the tenant has.
    pub expected: Option<super::blueprint::Blueprint>,
    /// Its credentials as they were last read; that of a visit is left out.
    #[serde(default)]
    pub credentials: Vec<KnownCredential>,
    #[serde(default)]
    pub on_premises: Option<super::on_premises::OnPremises>,
}

/// A client secret or certificate by its name and end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KnownCredential {
    pub name: String,
    pub ends: Instant,
}

/// One entry of Recent sessions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRecord {
    /// Unique: account, tenant and, for an App session, client id.
    pub id: String,
    pub person: Person,
    pub tenant: Tenant,
    pub session: Session,
    pub favourite: bool,
    pub last_used: Instant,
    /// When the sign-in behind it ends, 24 hours after it at the latest.
    pub signed_in_until: Option<Instant>,
    /// What the last check of the tenant found; `None` when it was never checked.
    pub status: Option<CheckedStatus>,
    /// What is not of this browser offers nothing before the tenant was read. A file can't say so of itself: reading one sets it.
    #[serde(default)]
    pub origin: Origin,
}

/// The outcome of a check of the tenant, for the chip.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckedStatus {
    pub at: Instant,
    pub missing_permissions: usize,
    pub gone: bool,
}

impl SessionRecord {
    #[must_use]
    pub fn id_of(person: &AccountKey, tenant: &super::ids::TenantId, app: Option<&AppId>) -> String {
        match app {
            Some(app) => format!("app/{tenant}/{app}"),
            None => format!("user/{}/{tenant}", person.as_str()),
        }
    }

    /// Returns the id of the account of a connector.
    #[must_use]
    pub fn id_of_account(tenant: &super::ids::TenantId, connector: &str) -> String {
        format!("account/{tenant}/{}", connector.trim().to_lowercase())
    }

    /// Returns the id that the record must have by what it holds.
    #[must_use]
    pub fn own_id(&self) -> String {
        match &self.session {
            Session::User | Session::Customer => Self::id_of(&self.person.key, &self.tenant.id, None),
            Session::App(app) => Self::id_of(&self.person.key, &self.tenant.id, Some(&app.app_id)),
            Session::Account(account) => Self::id_of_account(&self.tenant.id, &account.connector),
        }
    }
}

/// The chip of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Chip {
    Valid,
    ExpiresInHours(i64),
    ExpiresInMinutes(i64),
    SignInAgain,
    NotChecked,
    PermissionsMissing(usize),
    SecretExpired,
    Gone,
    /// Somebody signed in as the account.
    Proved,
    NotProved,
    /// It came in a file, and the tenant was not read yet.
    FromFile,
}

/// Returns the chip of a record. `reachable` says whether tokens for its person are at hand.
#[must_use]
pub fn chip(record: &SessionRecord, reachable: bool, now: Instant) -> Chip {
    if matches!(record.session, Session::App(_) | Session::Account(_)) {
        match record.origin {
            Origin::Here => {}
            Origin::Imported => return Chip::FromFile,
            Origin::Unknown => return Chip::NotChecked,
        }
    }
    if let Session::App(app) = &record.session {
        return match (&record.status, app.credential_ends) {
            (Some(status), _) if status.gone => Chip::Gone,
            (_, Some(end)) if end <= now => Chip::SecretExpired,
            (Some(status), _) if status.missing_permissions > 0 => Chip::PermissionsMissing(status.missing_permissions),
            (Some(_), _) => Chip::Valid,
            (None, _) => Chip::NotChecked,
        };
    }
    if let Session::Account(account) = &record.session {
        return if account.is_proved { Chip::Proved } else { Chip::NotProved };
    }
    match record.signed_in_until {
        Some(until) if reachable && until > now => {
            let minutes = until.seconds_since(now) / 60;
            match minutes {
                0..60 => Chip::ExpiresInMinutes(minutes),
                60..240 => Chip::ExpiresInHours(minutes / 60),
                _ => Chip::Valid,
            }
        }
        _ => Chip::SignInAgain,
    }
}
