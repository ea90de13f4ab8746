//! A directory role is taken from the account.

use super::prelude::*;

/// Removes the assignment of a directory role to the account of the run (`unifiedRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RemoveAccountRole {
    /// The role; the id of a built-in one is its template id.
    pub role: DirectoryRole,
}

impl Kind for RemoveAccountRole {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Account, stage: None, roles_needed: TO_ASSIGN_ROLES, writes_with: ROLES }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![roles::of_principal(context.facts.account.as_ref()?).into(); ROLE_READS])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        every(answers, |answer| super::remove_role::unassigned(answer, &self.role))
    }

    fn write(&self, _context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        super::remove_role::unassign(last_read, &self.role)
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn sample(&self, facts: &Facts) -> Option<Value> {
        let account = facts.account.as_ref();
        Some(super::revoke_application::sample_assignment(account?.as_str(), &self.role.id, account))
    }
}
