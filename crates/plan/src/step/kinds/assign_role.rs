//! A directory role for the application.

use super::prelude::*;

/// Assigns a directory role to the service principal of the run, for the whole tenant (`unifiedRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AssignRole {
    /// The role; the id of a built-in one is its template id.
    pub role: DirectoryRole,
}

impl Kind for AssignRole {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Application,
            stage: Some(Stage::Grants),
            roles_needed: TO_ASSIGN_ROLES,
            writes_with: ROLES,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![roles::of_principal(context.facts.service_principal.as_ref()?).into(); ROLE_READS])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        every(answers, |answer| assigned(answer, &self.role))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(roles::assign(context.facts.service_principal.as_ref()?, &self.role.id))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![super::RemoveRole { role: self.role.clone() }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn hangs_on(&self) -> Option<StepKind> {
        Some(super::CreateServicePrincipal {}.into())
    }

    fn usual_wait(&self) -> UsualWait {
        UsualWait::Minutes
    }

    fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        Some(super::grant_application::with_id(body))
    }
}

/// Judges whether a list of assignments has a role.
pub(super) fn assigned(answer: &Outcome, role: &DirectoryRole) -> Finding {
    list::<RoleAssignment>(answer, |all| roles::tenant_wide(all, &role.id).map_or(Finding::Missing, |found| made(found.id.clone())))
}
