//! Of a check with Microsoft: a secret whose value is dropped where it arrives.

use super::prelude::*;

/// Adds a client secret of one day to the test app (`application: addPassword`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AddTestSecret {}

/// How long the secret of a test app lasts, in days. Nobody ever has its value.
const DAYS: i64 = 1;

impl Kind for AddTestSecret {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        let name = context.secret_name();
        first(answers, |answer| {
            one::<Application>(answer, |app| app.secrets_named(&name).next().map_or(Finding::Missing, |secret| made(secret.key_id.clone())))
        })
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(applications::add_password(context.facts.application.as_ref()?, &context.secret_name(), context.now.plus_days(DAYS)))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }
}
