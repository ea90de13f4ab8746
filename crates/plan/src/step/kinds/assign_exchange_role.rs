//! A role of Exchange Online, through Graph where the tenant answers for its roles.

use super::prelude::*;
use domain::blueprint::{ExchangeHolder, ExchangeRole};
use graph::exchange::{self, ExchangeAssignment, Principal};

/// Assigns a role of Exchange Online for the whole organization (`roleManagement/exchange` of Graph's beta).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AssignExchangeRole {
    /// The role, and which of the two gets it: the account or the application of the run.
    pub role: ExchangeRole,
    /// The id of the role in this tenant.
    pub definition: String,
}

impl Kind for AssignExchangeRole {
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
        first(answers, |answer| found(answer, &self.definition))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(exchange::assign(principal(&self.role, context.facts)?, &self.definition))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![super::RemoveExchangeRole { role: self.role.clone(), definition: self.definition.clone() }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn can_be_left_out(&self) -> bool {
        true
    }

    fn gives_exchange_role(&self) -> bool {
        true
    }

    fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        Some(super::grant_application::with_id(body))
    }
}

pub(super) const EXCHANGE: Scopes = Scopes::of(&[Scope::RoleManagementReadWriteExchange]);

pub(super) fn principal<'a>(role: &ExchangeRole, facts: &'a Facts) -> Option<Principal<'a>> {
    match role.holder {
        ExchangeHolder::Account => facts.account.as_ref().map(Principal::User),
        ExchangeHolder::Application => facts.service_principal.as_ref().map(Principal::Application),
    }
}

/// Judges whether a list of assignments has a role.
pub(super) fn found(answer: &Outcome, definition: &str) -> Finding {
    list::<ExchangeAssignment>(answer, |all| {
        all.iter().find(|a| a.role_definition_id == definition).map_or(Finding::Missing, |found| made(found.id.clone()))
    })
}
