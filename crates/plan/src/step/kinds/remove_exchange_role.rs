//! A role of Exchange Online is taken back.

use super::assign_exchange_role::{EXCHANGE, found, principal};
use super::prelude::*;
use domain::blueprint::ExchangeRole;
use graph::exchange::{self, ExchangeAssignment};

/// Removes the assignment of a role of Exchange Online (`roleManagement/exchange` of Graph's beta).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RemoveExchangeRole {
    /// The role, and which of the two has it: the account or the application of the run.
    pub role: ExchangeRole,
    /// The id of the role in this tenant.
    pub definition: String,
}

impl Kind for RemoveExchangeRole {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Exchange,
            stage: None,
            roles_needed: TO_MANAGE_EXCHANGE,
            writes_with: EXCHANGE,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![exchange::of_principal(principal(&self.role, context.facts)?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| match found(answer, &self.definition) {
            Finding::Present(_) => Finding::Missing,
            Finding::Missing => is(true),
            unclear => unclear,
        })
    }

    fn write(&self, _context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let all: Vec<ExchangeAssignment> = last_read.and_then(read_list)?;
        Some(exchange::remove(&all.iter().find(|a| a.role_definition_id == self.definition)?.id))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn sample(&self, _facts: &Facts) -> Option<Value> {
        Some(json!([{"id": "{id of the assignment}", "roleDefinitionId": self.definition}]))
    }
}
