//! An application comes back from the deleted items, which keep it for 30 days.

use super::prelude::*;

/// Restores an app registration from the deleted items. Its service principal does not come along.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RestoreApplication {
    /// The object id of the app registration, which stays the same.
    pub id: ObjectId,
    /// Its display name, for words and for an undo.
    pub name: String,
}

impl Kind for RestoreApplication {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, _context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(&self.id)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<Application>(answer, |app| {
                Finding::Present(Box::new(Learned { application: Some((app.id, app.app_id)), ..Learned::default() }))
            })
        })
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(applications::restore(&self.id))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![super::DeleteApplication { id: self.id.clone(), name: self.name.clone(), unique_name: None }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn refusal(&self, answer: &Outcome) -> Refusal {
        not_among_deleted(answer)
    }
}

/// An answer that finds nothing is final.
pub(super) fn not_among_deleted(answer: &Outcome) -> Refusal {
    if matches!(answer, Outcome::NotFound(_)) { Refusal::Final(OwnFault::NotAmongDeletedItems) } else { Refusal::AsUsual }
}
