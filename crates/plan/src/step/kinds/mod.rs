//! The kinds of steps: a file each, and one list of them with the names under which they are stored.

pub mod add_certificate;
pub mod add_consent_redirect;
pub mod add_resource;
pub mod add_secret;
pub mod add_test_secret;
pub mod adopt_application;
pub mod assign_account_role;
pub mod assign_app_role;
pub mod assign_exchange_role;
pub mod assign_licence;
pub mod assign_role;
pub mod change_permissions;
pub mod consent;
pub mod create_account;
pub mod create_application;
pub mod create_service_principal;
pub mod define_app_roles;
pub mod delete_account;
pub mod delete_application;
pub mod delete_for_good;
pub mod delete_test_app;
pub mod exchange_role_by_hand;
pub mod find_deleted;
pub mod finish_account;
pub mod grant_access;
pub mod grant_application;
pub mod grant_delegated;
pub mod make_certificate;
pub mod prove_account;
pub mod remove_account_role;
pub mod remove_app_role;
pub mod remove_certificate;
pub mod remove_consent_redirect;
pub mod remove_exchange_role;
pub mod remove_licence;
pub mod remove_role;
pub mod remove_secret;
pub mod remove_test_secret;
pub mod rename;
pub mod repeat_name;
pub mod require_assignment;
pub mod restore_application;
pub mod restore_principal;
pub mod revoke_access;
pub mod revoke_application;
pub mod revoke_delegated;
pub mod set_audience;
pub mod set_enabled;
pub mod set_notes;
pub mod settle_exchange;
pub mod sign_out_everywhere;

use super::Kind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::Deref;

/// What the files of the kinds share.
mod prelude {
    pub(super) use super::StepKind;
    pub(super) use crate::observed::{
        TO_ASSIGN_ROLES, TO_CHANGE, TO_GRANT, TO_GRANT_GRAPH_ROLES, TO_LICENSE, TO_MANAGE_EXCHANGE, TO_MANAGE_USERS, TO_REGISTER, to_grant,
    };
    pub(super) use crate::step::reads::{every, first, gone, is, list, made, one, read_list, unclear};
    pub(super) use crate::step::{
        APPLICATIONS, ASSIGNMENTS, About, Brings, Context, Deletes, Facts, Finding, GRANTS, HandOver, Kind, Learned, List, NewCredential,
        Past, Protocol, PutOff, ROLE_READS, ROLES, Refusal, Script, Stage, Subject, UsualWait, Word, own_fault,
    };
    pub(super) use domain::ids::{AppId, ObjectId};
    pub(super) use domain::permission::{Chosen, PermissionKind};
    pub(super) use domain::role::DirectoryRole;
    pub(super) use domain::time::Instant;
    pub(super) use entra::scopes::{Scope, Scopes};
    pub(super) use graph::answer::{Outcome, OwnFault};
    pub(super) use graph::applications::{self, Application};
    pub(super) use graph::grants::{self, Grant};
    pub(super) use graph::request::GraphRequest;
    pub(super) use graph::roles::{self, RoleAssignment};
    pub(super) use graph::service_principals::{self, AppRoleAssignment, ServicePrincipal};
    pub(super) use serde::{Deserialize, Serialize};
    pub(super) use serde_json::{Value, json};
}

macro_rules! kinds {
    ($($file:ident::$kind:ident = $name:literal,)*) => {
        $(pub use $file::$kind;)*

        /// A step of any kind. It is stored as an object with the name of its kind beside what the kind holds.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[serde(into = "Value", try_from = "Value")]
        pub enum StepKind {
            $(
                #[doc = concat!("The step [`", stringify!($kind), "`], stored as `", $name, "`.")]
                $kind($kind),
            )*
        }

        impl StepKind {
            /// The names under which kinds are stored: `kind`, or `kind/what`.
            pub const NAMES: &[&str] = &[$($name),*];
        }

        impl Deref for StepKind {
            type Target = dyn Kind;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Self::$kind(kind) => kind,)*
                }
            }
        }

        $(impl From<$kind> for StepKind {
            fn from(kind: $kind) -> Self {
                Self::$kind(kind)
            }
        })*

        impl From<StepKind> for Value {
            fn from(step: StepKind) -> Self {
                match step {
                    $(StepKind::$kind(kind) => stored($name, &kind),)*
                }
            }
        }

        impl TryFrom<Value> for StepKind {
            type Error = String;

            fn try_from(value: Value) -> Result<Self, String> {
                match name_of(&value).as_str() {
                    $($name => read(value).map(Self::$kind),)*
                    other => Err(format!("unknown kind of step {other}")),
                }
            }
        }
    };
}

kinds! {
    create_application::CreateApplication = "createApplication",
    adopt_application::AdoptApplication = "adoptApplication",
    create_service_principal::CreateServicePrincipal = "createServicePrincipal",
    add_resource::AddResource = "addResource",
    grant_application::GrantApplication = "grantApplication",
    grant_delegated::GrantDelegated = "grantDelegated",
    add_consent_redirect::AddConsentRedirect = "addConsentRedirect",
    consent::Consent = "consent",
    remove_consent_redirect::RemoveConsentRedirect = "removeConsentRedirect",
    assign_role::AssignRole = "assignRole",
    add_secret::AddSecret = "addSecret",
    delete_application::DeleteApplication = "deleteApplication",
    make_certificate::MakeCertificate = "credential/makeCertificate",
    add_certificate::AddCertificate = "credential/addCertificate",
    remove_secret::RemoveSecret = "credential/removeSecret",
    remove_certificate::RemoveCertificate = "credential/removeCertificate",
    change_permissions::ChangePermissions = "upkeep/changePermissions",
    revoke_application::RevokeApplication = "upkeep/revokeApplication",
    revoke_delegated::RevokeDelegated = "upkeep/revokeDelegated",
    set_audience::SetAudience = "upkeep/setAudience",
    rename::Rename = "upkeep/rename",
    set_enabled::SetEnabled = "upkeep/setEnabled",
    set_notes::SetNotes = "upkeep/setNotes",
    remove_role::RemoveRole = "upkeep/removeRole",
    restore_application::RestoreApplication = "upkeep/restore",
    restore_principal::RestorePrincipal = "upkeep/restorePrincipal",
    define_app_roles::DefineAppRoles = "access/defineRoles",
    assign_app_role::AssignAppRole = "access/assign",
    remove_app_role::RemoveAppRole = "access/remove",
    require_assignment::RequireAssignment = "access/requireAssignment",
    create_account::CreateAccount = "account/create",
    assign_licence::AssignLicence = "account/assignLicence",
    remove_licence::RemoveLicence = "account/removeLicence",
    assign_account_role::AssignAccountRole = "account/assignRole",
    remove_account_role::RemoveAccountRole = "account/removeRole",
    grant_access::GrantAccess = "account/grantAccess",
    revoke_access::RevokeAccess = "account/revokeAccess",
    prove_account::ProveAccount = "account/prove",
    finish_account::FinishAccount = "account/finish",
    delete_account::DeleteAccount = "account/delete",
    assign_exchange_role::AssignExchangeRole = "exchange/assign",
    remove_exchange_role::RemoveExchangeRole = "exchange/remove",
    exchange_role_by_hand::ExchangeRoleByHand = "exchange/byHand",
    settle_exchange::SettleExchange = "exchange/settle",
    repeat_name::RepeatName = "check/repeatName",
    add_test_secret::AddTestSecret = "check/addSecret",
    remove_test_secret::RemoveTestSecret = "check/removeSecret",
    delete_test_app::DeleteTestApp = "check/delete",
    find_deleted::FindDeleted = "check/findDeleted",
    delete_for_good::DeleteForGood = "check/deleteForGood",
    sign_out_everywhere::SignOutEverywhere = "signOutEverywhere",
}

/// What a record calls the kind of a step; empty where it says nothing.
fn name_of(value: &Value) -> String {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let kind = text("kind").unwrap_or_default();
    text("what").map_or_else(|| kind.to_owned(), |what| format!("{kind}/{what}"))
}

fn stored(name: &str, kind: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(kind).unwrap_or_default();
    if let Some(members) = value.as_object_mut() {
        let (kind, what) = name.split_once('/').map_or((name, None), |(kind, what)| (kind, Some(what)));
        members.insert("kind".into(), kind.into());
        members.extend(what.map(|what| ("what".to_owned(), what.into())));
    }
    value
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}
