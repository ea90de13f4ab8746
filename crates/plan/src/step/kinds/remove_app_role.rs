//! Somebody loses an app role of this page.

use super::assign_app_role::held;
use super::prelude::*;
use domain::access::{AppRole, Holder};

/// Removes the assignment of an app role of the page's own application (`appRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RemoveAppRole {
    /// The app role, with the id that it has in the registration.
    pub role: AppRole,
    /// The user or group that loses it.
    pub holder: Holder,
}

impl Kind for RemoveAppRole {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Access, stage: None, roles_needed: TO_CHANGE, writes_with: ASSIGNMENTS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![service_principals::assigned_to(context.facts.service_principal.as_ref()?).into()])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| list::<AppRoleAssignment>(answer, |all| is(held(all, &self.role, &self.holder).is_none())))
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let all: Vec<AppRoleAssignment> = last_read.and_then(read_list)?;
        Some(service_principals::unassign(context.facts.service_principal.as_ref()?, &held(&all, &self.role, &self.holder)?.id))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![super::AssignAppRole { role: self.role.clone(), holder: self.holder.clone() }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn sample(&self, facts: &Facts) -> Option<Value> {
        Some(super::revoke_application::sample_assignment(self.holder.id.as_str(), &self.role.id, facts.service_principal.as_ref()))
    }
}
