//! Whether somebody without a role gets a token for the page at all.

use super::prelude::*;
use graph::service_principals::RolesOffered;

/// Sets `servicePrincipal.appRoleAssignmentRequired` of the page's own application.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RequireAssignment {
    /// Whether only those who hold a role of the page can sign in to it.
    pub required: bool,
}

impl Kind for RequireAssignment {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Access, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![service_principals::own(context.facts.service_principal.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| one::<RolesOffered>(answer, |found| is(found.app_role_assignment_required == self.required)))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        let principal = context.facts.service_principal.as_ref()?;
        Some(GraphRequest::patch(format!("/servicePrincipals/{principal}"), json!({"appRoleAssignmentRequired": self.required})))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![Self { required: !self.required }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }
}
