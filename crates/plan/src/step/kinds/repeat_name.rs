//! Of a check with Microsoft: a second application of the same unique name, which is to be refused.

use super::prelude::*;

/// Asks Graph for a second application with the unique name of the run; a refusal ends the step as well as a success.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RepeatName {}

impl Kind for RepeatName {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Application,
            stage: None,
            roles_needed: TO_REGISTER,
            writes_with: APPLICATIONS,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_unique_name(&context.unique_name())])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| one::<Application>(answer, |_| is(true)))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(applications::create(&context.unique_name(), context.blueprint))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn reads_first(&self) -> bool {
        false
    }

    fn is_a_question(&self) -> bool {
        true
    }

    /// A refusal is an answer like another.
    fn refusal(&self, answer: &Outcome) -> Refusal {
        if matches!(answer, Outcome::Rejected(_)) { Refusal::Settles } else { Refusal::AsUsual }
    }
}
