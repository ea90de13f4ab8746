//! Of a check with Microsoft: the test app is deleted. Only what carries the name of the run goes.

use super::prelude::*;

/// Deletes the application of the run, if it carries the run's unique name.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DeleteTestApp {}

impl Kind for DeleteTestApp {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        let name = context.unique_name();
        first(answers, |answer| {
            gone(answer, |body| if body.get("uniqueName").and_then(Value::as_str) == Some(&name) { Ok(()) } else { Err(OwnFault::NotOurs) })
        })
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(applications::delete(context.facts.application.as_ref()?))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn can_be_left_out_of_check(&self) -> bool {
        false
    }

    fn deletes(&self) -> Option<Deletes> {
        Some(Deletes::TestApplication)
    }
}
