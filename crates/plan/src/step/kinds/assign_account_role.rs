//! A directory role for the account.

use super::prelude::*;

/// Assigns a directory role to the account of the run, for the whole tenant (`unifiedRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AssignAccountRole {
    /// The role; the id of a built-in one is its template id.
    pub role: DirectoryRole,
}

impl Kind for AssignAccountRole {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Account,
            stage: Some(Stage::Account),
            roles_needed: TO_ASSIGN_ROLES,
            writes_with: ROLES,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![roles::of_principal(context.facts.account.as_ref()?).into(); ROLE_READS])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        every(answers, |answer| super::assign_role::assigned(answer, &self.role))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(roles::assign(context.facts.account.as_ref()?, &self.role.id))
    }

    /// Roles are taken before the account: Graph does not delete who holds one. <https://learn.microsoft.com/graph/api/user-delete>
    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![super::RemoveAccountRole { role: self.role.clone() }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn can_be_left_out(&self) -> bool {
        true
    }

    fn usual_wait(&self) -> UsualWait {
        UsualWait::Minutes
    }

    fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        Some(super::grant_application::with_id(body))
    }
}
