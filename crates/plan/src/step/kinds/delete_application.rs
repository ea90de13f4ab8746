//! The application goes to the deleted items with all that hangs on it.

use super::prelude::*;

/// Deletes an app registration, which Microsoft keeps among the deleted items for 30 days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeleteApplication {
    /// The object id of the app registration.
    pub id: ObjectId,
    /// Its display name, for words and for an undo.
    pub name: String,
    /// What the application must carry, where an undo deletes what its run made.
    #[serde(default)]
    pub unique_name: Option<String>,
}

impl Kind for DeleteApplication {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, _context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(&self.id)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            gone(answer, |body| {
                let is_ours = self.unique_name.is_none() || body.get("uniqueName").and_then(Value::as_str) == self.unique_name.as_deref();
                if is_ours { Ok(()) } else { Err(OwnFault::NotOurs) }
            })
        })
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(applications::delete(&self.id))
    }

    /// The service principal went along, and does not come back by itself.
    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let restore = super::RestoreApplication { id: self.id.clone(), name: self.name.clone() };
        vec![restore.into(), super::restore_principal::of(past.context.facts.service_principal.as_ref())]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn can_be_left_out_of_check(&self) -> bool {
        false
    }

    fn deletes(&self) -> Option<Deletes> {
        Some(Deletes::Application)
    }
}
