//! Whether anything gets a token as the application in this tenant.

use super::prelude::*;

/// Sets `servicePrincipal.accountEnabled`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetEnabled {
    /// Whether tokens are issued for the application in this tenant.
    pub enabled: bool,
}

impl Kind for SetEnabled {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![service_principals::by_app_id(context.facts.app_id.as_ref()?).into()])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| one::<ServicePrincipal>(answer, |principal| is(principal.account_enabled == self.enabled)))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        let principal = context.facts.service_principal.as_ref()?;
        Some(GraphRequest::patch(format!("/servicePrincipals/{principal}"), json!({"accountEnabled": self.enabled})))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![Self { enabled: !self.enabled }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }
}
