//! Steps on roles of Exchange Online: through Graph's beta where the tenant answers, else by hand; and the hours that they take.

use super::observed::{AnyOf, TO_MANAGE_EXCHANGE};
use super::step::{Finding, Learned, Scene, list, read_list, unclear};
use crate::domain::blueprint::{ExchangeHolder, ExchangeRole};
use crate::graph::answer::Outcome;
use crate::graph::exchange::{self, ExchangeAssignment, Principal};
use crate::graph::request::GraphRequest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long Exchange may take until a new role works, in seconds. <https://learn.microsoft.com/exchange/permissions-exo/application-rbac>
pub const LONGEST_DELAY: i64 = 2 * 3600;

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "camelCase")]
pub enum ExchangeStep {
    Assign {
        role: ExchangeRole,
        /// The id of the role in this tenant.
        definition: String,
    },
    Remove {
        role: ExchangeRole,
        definition: String,
    },
    /// With the commands that the step shows; the person says when it is done.
    ByHand {
        role: ExchangeRole,
    },
    /// Written is not effective: up to two hours, then a word of the person.
    Settle,
}

impl ExchangeStep {
    #[must_use]
    pub fn roles_needed(&self) -> AnyOf {
        if matches!(self, Self::Settle) { &[] } else { TO_MANAGE_EXCHANGE }
    }

    fn role(&self) -> Option<&ExchangeRole> {
        match self {
            Self::Assign { role, .. } | Self::Remove { role, .. } | Self::ByHand { role } => Some(role),
            Self::Settle => None,
        }
    }

    #[must_use]
    pub fn check(&self, scene: &Scene<'_>) -> Option<Vec<GraphRequest>> {
        let of_holder = exchange::of_principal(principal(self.role()?, scene)?);
        Some(match self {
            // The role's id is not known where the tenant did not answer.
            Self::ByHand { .. } => vec![of_holder, exchange::definitions()],
            _ => vec![of_holder],
        })
    }

    #[must_use]
    pub fn judge_check(&self, outcomes: &[Outcome]) -> Finding {
        let Some(first) = outcomes.first() else { return unclear("NoAnswer") };
        let found = |definition: &str| {
            list::<ExchangeAssignment>(first, |all| {
                let held = all.iter().find(|a| a.role_definition_id == definition);
                held.map_or(Finding::Missing, |a| Finding::Present(Box::new(Learned { made: Some(a.id.clone()), ..Learned::default() })))
            })
        };
        match self {
            Self::Assign { definition, .. } => found(definition),
            Self::Remove { definition, .. } => match found(definition) {
                Finding::Present(_) => Finding::Missing,
                Finding::Missing => Finding::Present(Box::default()),
                unclear => unclear,
            },
            Self::ByHand { role } => match outcomes.get(1) {
                Some(Outcome::Ok(body)) => {
                    let all: Vec<exchange::ExchangeDefinition> = read_list(body).unwrap_or_default();
                    all.iter().find(|known| known.display_name == role.name).map_or(Finding::Missing, |known| found(&known.id))
                }
                Some(other) => Finding::Unclear(other.clone()),
                None => unclear("NoAnswer"),
            },
            Self::Settle => unclear("OwnRules"),
        }
    }

    #[must_use]
    pub fn write(&self, scene: &Scene<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(match self {
            Self::Assign { role, definition } => exchange::assign(principal(role, scene)?, definition),
            Self::Remove { definition, .. } => {
                let all: Vec<ExchangeAssignment> = last_read.and_then(read_list)?;
                exchange::remove(&all.iter().find(|a| a.role_definition_id == *definition)?.id)
            }
            Self::ByHand { .. } | Self::Settle => return None,
        })
    }
}

fn principal<'a>(role: &ExchangeRole, scene: &Scene<'a>) -> Option<Principal<'a>> {
    match role.holder {
        ExchangeHolder::Account => scene.facts.account.as_ref().map(Principal::User),
        ExchangeHolder::Application => scene.facts.service_principal.as_ref().map(Principal::Application),
    }
}
