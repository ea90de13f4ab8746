//! Consent to one application permission.

use super::prelude::*;

/// Grants one application permission to the service principal of the run (`appRoleAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GrantApplication {
    /// The permission; its id is that of the app role of the API.
    pub permission: Chosen,
}

impl Kind for GrantApplication {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Application,
            stage: Some(Stage::Grants),
            roles_needed: to_grant(&self.permission),
            writes_with: ASSIGNMENTS,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![service_principals::granted_to(context.facts.service_principal.as_ref()?).into()])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            list::<AppRoleAssignment>(answer, |all| {
                assignment(all, context.facts, &self.permission).map_or(Finding::Missing, |found| made(found.id.clone()))
            })
        })
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        let facts = context.facts;
        Some(service_principals::grant(
            facts.service_principal.as_ref()?,
            facts.resources.get(&self.permission.resource)?,
            &self.permission.id,
        ))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![super::RevokeApplication { permission: self.permission.clone() }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn hangs_on(&self) -> Option<StepKind> {
        Some(super::CreateServicePrincipal {}.into())
    }

    fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        Some(with_id(body))
    }
}

/// Returns the assignment of a permission to the application of the run.
pub(super) fn assignment<'a>(all: &'a [AppRoleAssignment], facts: &Facts, permission: &Chosen) -> Option<&'a AppRoleAssignment> {
    let resource = facts.resources.get(&permission.resource)?;
    all.iter().find(|a| a.resource_id == *resource && a.app_role_id == permission.id)
}

/// Returns the id of what a write made.
pub(super) fn with_id(body: &Value) -> Learned {
    Learned { made: body.get("id").and_then(Value::as_str).map(str::to_owned), ..Learned::default() }
}
