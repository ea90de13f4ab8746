//! A role of Exchange Online that is given with the commands that the step shows; the person says when it is done.

use super::assign_exchange_role::{EXCHANGE, found, principal};
use super::prelude::*;
use domain::blueprint::ExchangeRole;
use graph::exchange::{self, ExchangeDefinition};

/// Waits until the person says that the commands were run, then reads whether the role is there. Nothing is written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ExchangeRoleByHand {
    /// The role, and which of the two gets it: the account or the application of the run.
    pub role: ExchangeRole,
}

impl Kind for ExchangeRoleByHand {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Word(Word::ByHand),
            subject: Subject::Exchange,
            stage: None,
            roles_needed: TO_MANAGE_EXCHANGE,
            // The run itself only reads; Graph wants the writing scope for reading assignments, too.
            writes_with: EXCHANGE,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        // The role's id is not known where the tenant did not answer.
        Some(vec![exchange::of_principal(principal(&self.role, context.facts)?), exchange::definitions().into()])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        match answers {
            [held, Outcome::Ok(definitions), ..] => {
                let all: Vec<ExchangeDefinition> = read_list(definitions).unwrap_or_default();
                all.iter().find(|known| known.display_name == self.role.name).map_or(Finding::Missing, |known| found(held, &known.id))
            }
            [_, other, ..] => Finding::Unclear(other.clone()),
            [] | [_] => unclear(OwnFault::NoAnswer),
        }
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        None
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPerson
    }

    fn gives_exchange_role(&self) -> bool {
        true
    }
}
