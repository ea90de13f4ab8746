//! Somebody gets an app role of this page.

use super::prelude::*;
use domain::access::{AppRole, Holder};

/// Assigns an app role of the page's own application to a user or group (`appRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AssignAppRole {
    /// The app role, with the id that it has in the registration.
    pub role: AppRole,
    /// The user or group that gets it.
    pub holder: Holder,
}

impl Kind for AssignAppRole {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Access, stage: None, roles_needed: TO_CHANGE, writes_with: ASSIGNMENTS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![service_principals::assigned_to(context.facts.service_principal.as_ref()?).into()])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            list::<AppRoleAssignment>(answer, |all| {
                held(all, &self.role, &self.holder).map_or(Finding::Missing, |found| made(found.id.clone()))
            })
        })
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(service_principals::grant(&self.holder.id, context.facts.service_principal.as_ref()?, &self.role.id))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![super::RemoveAppRole { role: self.role.clone(), holder: self.holder.clone() }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }
}

pub(super) fn held<'a>(all: &'a [AppRoleAssignment], role: &AppRole, holder: &Holder) -> Option<&'a AppRoleAssignment> {
    all.iter().find(|a| a.app_role_id == role.id && a.principal_id == holder.id)
}
