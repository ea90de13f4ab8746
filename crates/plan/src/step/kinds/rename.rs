//! The name of the application.

use super::prelude::*;

/// Sets `application.displayName`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rename {
    /// The display name until then, which an undo puts back.
    pub from: String,
    /// The display name from then on.
    pub to: String,
}

impl Kind for Rename {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| one::<Application>(answer, |app| is(app.display_name == self.to)))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(GraphRequest::patch(format!("/applications/{}", context.facts.application.as_ref()?), json!({ "displayName": self.to })))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        vec![Self { from: self.to.clone(), to: self.from.clone() }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }
}
