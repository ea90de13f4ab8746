//! Steps on who may work with App sessions: app roles of the page's own enterprise application, and who holds them.

use super::observed::{AnyOf, TO_CHANGE};
use super::step::{Finding, Learned, Scene, list, one, read_list, unclear};
use crate::domain::access::{AppRole, Holder};
use crate::domain::ids::ObjectId;
use crate::graph::answer::Outcome;
use crate::graph::request::GraphRequest;
use crate::graph::service_principals::{self, AppRoleAssignment, RolesOffered};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// `facts.application` and `facts.service_principal` are those of the page's own application.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "camelCase")]
pub enum AccessStep {
    /// The app roles are made on the registration; its service principal takes them over.
    DefineRoles {
        roles: Vec<AppRole>,
    },
    Assign {
        role: AppRole,
        holder: Holder,
    },
    Remove {
        role: AppRole,
        holder: Holder,
    },
    /// Nobody without a role gets a token for the page at all.
    RequireAssignment {
        required: bool,
    },
}

impl AccessStep {
    #[must_use]
    pub fn roles_needed(&self) -> AnyOf {
        TO_CHANGE
    }

    #[must_use]
    pub fn check(&self, scene: &Scene<'_>) -> Option<Vec<GraphRequest>> {
        let principal = scene.facts.service_principal.as_ref()?;
        Some(match self {
            // The registration comes first: its roles are what the new ones are added to.
            Self::DefineRoles { .. } => {
                vec![service_principals::registration(scene.facts.application.as_ref()?), service_principals::own(principal)]
            }
            Self::RequireAssignment { .. } => vec![service_principals::own(principal)],
            Self::Assign { .. } | Self::Remove { .. } => vec![service_principals::assigned_to(principal)],
        })
    }

    #[must_use]
    pub fn judge_check(&self, outcomes: &[Outcome]) -> Finding {
        let Some(first) = outcomes.first() else { return unclear("NoAnswer") };
        let is = |yes: bool| if yes { Finding::Present(Box::default()) } else { Finding::Missing };
        match self {
            // The service principal takes them over a little later.
            Self::DefineRoles { roles } => {
                let Some(principal) = outcomes.get(1) else { return unclear("NoAnswer") };
                one::<RolesOffered>(principal, |found| is(roles.iter().all(|role| found.offers(role))))
            }
            Self::RequireAssignment { required } => one::<RolesOffered>(first, |found| is(found.app_role_assignment_required == *required)),
            Self::Assign { role, holder } => list::<AppRoleAssignment>(first, |all| {
                held(all, role, &holder.id)
                    .map_or(Finding::Missing, |a| Finding::Present(Box::new(Learned { made: Some(a.id.clone()), ..Learned::default() })))
            }),
            Self::Remove { role, holder } => list::<AppRoleAssignment>(first, |all| is(held(all, role, &holder.id).is_none())),
        }
    }

    /// Returns the write. `last_read` is the first answer of the check.
    #[must_use]
    pub fn write(&self, scene: &Scene<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let principal = scene.facts.service_principal.as_ref()?;
        Some(match self {
            Self::DefineRoles { roles } => {
                let mut all = last_read?.get("appRoles")?.as_array()?.clone();
                let is_known = |all: &[Value], role: &AppRole| all.iter().any(|known| known["value"] == role.value.as_str());
                for role in roles {
                    if !is_known(&all, role) {
                        all.push(role.definition());
                    }
                }
                GraphRequest::patch(format!("/applications/{}", scene.facts.application.as_ref()?), json!({ "appRoles": all }))
            }
            Self::RequireAssignment { required } => {
                GraphRequest::patch(format!("/servicePrincipals/{principal}"), json!({"appRoleAssignmentRequired": required}))
            }
            Self::Assign { role, holder } => service_principals::grant(&holder.id, principal, &role.id),
            Self::Remove { role, holder } => {
                let all: Vec<AppRoleAssignment> = last_read.and_then(read_list)?;
                service_principals::unassign(principal, &held(&all, role, &holder.id)?.id)
            }
        })
    }
}

fn held<'a>(all: &'a [AppRoleAssignment], role: &AppRole, holder: &ObjectId) -> Option<&'a AppRoleAssignment> {
    all.iter().find(|a| a.app_role_id == role.id && a.principal_id == *holder)
}
