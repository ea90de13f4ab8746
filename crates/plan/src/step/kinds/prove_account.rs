//! The person signs in as the account, which shows that it can.

use super::prelude::*;

/// Waits until somebody signs in with the object id of the account of the run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ProveAccount {}

impl Kind for ProveAccount {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Word(Word::Prove),
            subject: Subject::Account,
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
