//! The account takes its place in the record of the connector. Nothing is written to the tenant.

use super::prelude::*;

/// Waits for the person to press Finish; then the record of the connector names the account of the run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FinishAccount {
    /// The user principal name that the record names so far.
    pub replaces: Option<String>,
}

impl Kind for FinishAccount {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Word(Word::Finish { replaces: self.replaces.is_some() }),
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
