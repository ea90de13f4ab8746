//! One application permission is taken from the application.

use super::grant_application::assignment;
use super::prelude::*;

/// Revokes one application permission of the service principal of the run (`appRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RevokeApplication {
    /// The permission; its id is that of the app role of the API.
    pub permission: Chosen,
}

impl Kind for RevokeApplication {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Application,
            stage: None,
            roles_needed: to_grant(&self.permission),
            writes_with: ASSIGNMENTS,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![service_principals::granted_to(context.facts.service_principal.as_ref()?).into()])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| list::<AppRoleAssignment>(answer, |all| is(assignment(all, context.facts, &self.permission).is_none())))
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let all: Vec<AppRoleAssignment> = last_read.and_then(read_list)?;
        let found = assignment(&all, context.facts, &self.permission)?;
        Some(service_principals::revoke(context.facts.service_principal.as_ref()?, &found.id))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![super::GrantApplication { permission: self.permission.clone() }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn sample(&self, facts: &Facts) -> Option<Value> {
        let principal = facts.service_principal.as_ref()?.as_str();
        Some(sample_assignment(principal, &self.permission.id, facts.resources.get(&self.permission.resource)))
    }
}

/// Returns a list with an assignment of a role, as a read would bring it.
pub(super) fn sample_assignment(principal: &str, role: &str, resource: Option<&ObjectId>) -> Value {
    json!([{"id": "{id of the assignment}", "principalId": principal, "appRoleId": role, "roleDefinitionId": role,
        "resourceId": resource.map(ObjectId::as_str).unwrap_or_default()}])
}
