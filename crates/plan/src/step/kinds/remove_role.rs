//! A directory role is taken from the application.

use super::prelude::*;

/// Removes the assignment of a directory role to the service principal of the run (`unifiedRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RemoveRole {
    /// The role; the id of a built-in one is its template id.
    pub role: DirectoryRole,
}

impl Kind for RemoveRole {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_ASSIGN_ROLES, writes_with: ROLES }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![roles::of_principal(context.facts.service_principal.as_ref()?).into()])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| unassigned(answer, &self.role))
    }

    fn write(&self, _context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        unassign(last_read, &self.role)
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![super::AssignRole { role: self.role.clone() }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn sample(&self, facts: &Facts) -> Option<Value> {
        let principal = facts.service_principal.as_ref();
        Some(super::revoke_application::sample_assignment(principal?.as_str(), &self.role.id, principal))
    }
}

/// Judges whether a list of assignments is without a role.
pub(super) fn unassigned(answer: &Outcome, role: &DirectoryRole) -> Finding {
    list::<RoleAssignment>(answer, |all| is(roles::tenant_wide(all, &role.id).is_none()))
}

/// Returns the write that removes the assignment that was read.
pub(super) fn unassign(last_read: Option<&Value>, role: &DirectoryRole) -> Option<GraphRequest> {
    let all: Vec<RoleAssignment> = last_read.and_then(read_list)?;
    Some(roles::remove(&roles::tenant_wide(&all, &role.id)?.id))
}
