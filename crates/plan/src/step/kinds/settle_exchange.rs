//! Written is not effective: Exchange takes up to two hours, then a word of the person ends it.

use super::prelude::*;

/// Waits until a role of Exchange Online that the run gave works: for [`LONGEST_DELAY`] at most, then for a word of the person.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SettleExchange {}

/// How long Exchange may take until a new role works, in seconds. <https://learn.microsoft.com/exchange/permissions-exo/application-rbac>
pub const LONGEST_DELAY: i64 = 2 * 3600;

impl Kind for SettleExchange {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Word(Word::Settle),
            subject: Subject::Exchange,
            stage: None,
            roles_needed: &[],
            writes_with: Scopes::default(),
        }
    }

    fn check(&self, _context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        None
    }

    fn judge(&self, _context: &Context<'_>, _answers: &[Outcome]) -> Finding {
        unclear(OwnFault::OwnRules)
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
}
