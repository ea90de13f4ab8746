//! Steps on a user account that a connector signs in with.

use super::observed::{AnyOf, TO_ASSIGN_ROLES, TO_GRANT, TO_LICENSE, TO_MANAGE_USERS};
use super::step::{Finding, Learned, Scene, list, one, read_list, unclear};
use crate::domain::account::Licence;
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::role::DirectoryRole;
use crate::graph::answer::{Fault, Outcome};
use crate::graph::grants::{self, Grant};
use crate::graph::request::GraphRequest;
use crate::graph::roles::{self, RoleAssignment};
use crate::graph::users::{self, User};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `facts.account` is the account; its wish is `blueprint.account`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "camelCase")]
pub enum AccountStep {
    /// With a password that the person chooses when the run comes to it.
    Create {
        upn: String,
    },
    AssignLicence {
        licence: Licence,
    },
    RemoveLicence {
        licence: Licence,
    },
    AssignRole {
        role: DirectoryRole,
    },
    RemoveRole {
        role: DirectoryRole,
    },
    GrantAccess(AccessGrant),
    RevokeAccess(AccessGrant),
    /// The person signs in as the account, which shows that it can.
    Prove,
    /// It takes its place in the record of the connector. Nothing is written to the tenant.
    Finish {
        /// The user principal name that the record names so far.
        replaces: Option<String>,
    },
    /// Undo: the account goes to the deleted users.
    Delete {
        id: ObjectId,
        upn: String,
    },
}

/// Delegated permissions of one resource, for one application in the name of the account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessGrant {
    pub client: AppId,
    pub client_name: String,
    pub resource: AppId,
    pub name: String,
    pub scopes: Vec<String>,
    pub for_everyone: bool,
}

impl AccessGrant {
    fn of<'a>(&self, all: &'a [Grant], scene: &Scene<'_>) -> Option<&'a Grant> {
        let resource = scene.facts.resources.get(&self.resource)?;
        let is_whose = |grant: &&Grant| {
            if self.for_everyone {
                grant.is_tenant_wide()
            } else {
                grant.principal_id.is_some() && grant.principal_id == scene.facts.account
            }
        };
        all.iter().filter(|grant| grant.resource_id == *resource).find(is_whose)
    }
}

impl AccountStep {
    #[must_use]
    pub fn roles_needed(&self) -> AnyOf {
        match self {
            Self::Create { .. } | Self::Delete { .. } => TO_MANAGE_USERS,
            Self::AssignLicence { .. } | Self::RemoveLicence { .. } => TO_LICENSE,
            Self::AssignRole { .. } | Self::RemoveRole { .. } => TO_ASSIGN_ROLES,
            Self::GrantAccess(_) | Self::RevokeAccess(_) => TO_GRANT,
            Self::Prove | Self::Finish { .. } => &[],
        }
    }

    /// How many good reads in a row end the wait.
    #[must_use]
    pub fn good_reads(&self) -> u32 {
        if matches!(self, Self::AssignRole { .. } | Self::RemoveRole { .. }) { 3 } else { 1 }
    }

    #[must_use]
    pub fn check(&self, scene: &Scene<'_>) -> Option<Vec<GraphRequest>> {
        let account = || scene.facts.account.as_ref();
        Some(vec![match self {
            Self::Create { upn } => users::by_upn(upn),
            Self::AssignLicence { .. } | Self::RemoveLicence { .. } => users::by_id(account()?),
            Self::AssignRole { .. } | Self::RemoveRole { .. } => roles::of_principal(account()?),
            Self::GrantAccess(grant) | Self::RevokeAccess(grant) => grants::of_client(scene.facts.resources.get(&grant.client)?),
            Self::Delete { id, .. } => users::by_id(id),
            Self::Prove | Self::Finish { .. } => return None,
        }])
    }

    #[must_use]
    pub fn judge_check(&self, scene: &Scene<'_>, outcomes: &[Outcome]) -> Finding {
        let Some(first) = outcomes.first() else { return unclear("NoAnswer") };
        let made = |made: Option<String>| Finding::Present(Box::new(Learned { made, ..Learned::default() }));
        let is = |yes: bool| if yes { made(None) } else { Finding::Missing };
        let of_user = |found: &dyn Fn(&User) -> bool| match first {
            // The account was made by this run: a replica that does not know it is behind.
            Outcome::NotFound(fault) => Finding::Unclear(Outcome::NotYet(fault.clone())),
            other => one::<User>(other, |user| is(found(&user))),
        };
        match self {
            Self::Create { .. } | Self::Prove | Self::Finish { .. } => unclear("OwnRules"),
            Self::AssignLicence { licence } => of_user(&|user| user.has_licence(&licence.sku_id)),
            Self::RemoveLicence { licence } => of_user(&|user| !user.has_licence(&licence.sku_id)),
            Self::AssignRole { role } => list::<RoleAssignment>(first, |all| {
                all.iter().find(|a| a.role_definition_id == role.id).map_or(Finding::Missing, |a| made(Some(a.id.clone())))
            }),
            Self::RemoveRole { role } => list::<RoleAssignment>(first, |all| is(!all.iter().any(|a| a.role_definition_id == role.id))),
            Self::GrantAccess(wanted) => list::<Grant>(first, |all| match wanted.of(all, scene) {
                Some(grant) if wanted.scopes.iter().all(|scope| grant.scopes().any(|held| held == scope)) => made(Some(grant.id.clone())),
                _ => Finding::Missing,
            }),
            Self::RevokeAccess(gone) => list::<Grant>(first, |all| {
                is(gone.of(all, scene).is_none_or(|grant| !grant.scopes().any(|held| gone.scopes.iter().any(|scope| scope == held))))
            }),
            Self::Delete { upn, .. } => match first {
                Outcome::NotFound(_) => made(None),
                Outcome::Ok(body) if !is_named(body, upn) => Finding::Unclear(Outcome::Rejected(Fault::without_answer("NotOurAccount"))),
                Outcome::Ok(_) => Finding::Missing,
                other => Finding::Unclear(other.clone()),
            },
        }
    }

    #[must_use]
    pub fn write(&self, scene: &Scene<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let account = || scene.facts.account.as_ref();
        Some(match self {
            Self::Create { .. } | Self::Prove | Self::Finish { .. } => return None,
            Self::AssignLicence { licence } => users::assign_licence(account()?, &[&licence.sku_id], &[]),
            Self::RemoveLicence { licence } => users::assign_licence(account()?, &[], &[&licence.sku_id]),
            Self::AssignRole { role } => roles::assign(account()?, &role.id),
            Self::RemoveRole { role } => {
                let all: Vec<RoleAssignment> = last_read.and_then(read_list)?;
                roles::remove(&all.iter().find(|a| a.role_definition_id == role.id)?.id)
            }
            Self::GrantAccess(wanted) => {
                let all: Vec<Grant> = last_read.and_then(read_list).unwrap_or_default();
                match wanted.of(&all, scene) {
                    Some(grant) => {
                        let mut scopes: Vec<&str> = grant.scopes().collect();
                        scopes.extend(wanted.scopes.iter().map(String::as_str).filter(|scope| !grant.scopes().any(|held| held == *scope)));
                        grants::set_scopes(&grant.id, &scopes)
                    }
                    None => {
                        let principal = if wanted.for_everyone { None } else { Some(account()?) };
                        let scopes: Vec<&str> = wanted.scopes.iter().map(String::as_str).collect();
                        let resources = &scene.facts.resources;
                        grants::create_for(resources.get(&wanted.client)?, resources.get(&wanted.resource)?, principal, &scopes)
                    }
                }
            }
            Self::RevokeAccess(gone) => {
                let all: Vec<Grant> = last_read.and_then(read_list)?;
                let grant = gone.of(&all, scene)?;
                let rest: Vec<&str> = grant.scopes().filter(|held| !gone.scopes.iter().any(|scope| scope == held)).collect();
                if rest.is_empty() { grants::delete(&grant.id) } else { grants::set_scopes(&grant.id, &rest) }
            }
            Self::Delete { id, .. } => users::delete(id),
        })
    }

    /// Returns the scopes that were there before.
    #[must_use]
    pub fn before(&self, scene: &Scene<'_>, last_read: &Value) -> Vec<String> {
        let (Self::GrantAccess(grant) | Self::RevokeAccess(grant)) = self else { return Vec::new() };
        let all: Vec<Grant> = read_list(last_read).unwrap_or_default();
        grant.of(&all, scene).map(|grant| grant.scopes().map(str::to_owned).collect()).unwrap_or_default()
    }
}

/// Whether an answer is about the account of that name.
fn is_named(body: &Value, upn: &str) -> bool {
    body.get("userPrincipalName").and_then(Value::as_str).is_some_and(|known| known.eq_ignore_ascii_case(upn))
}
