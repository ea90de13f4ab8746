//! Of a check with Microsoft: the secret of the test app is removed.

use super::prelude::*;

/// Removes the client secret that the run gave to the test app, found by its display name (`application: removePassword`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RemoveTestSecret {}

impl Kind for RemoveTestSecret {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        let name = context.secret_name();
        first(answers, |answer| one::<Application>(answer, |app| is(app.secrets_named(&name).next().is_none())))
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let app = serde_json::from_value::<Application>(last_read?.clone()).ok()?;
        let key_id = app.secrets_named(&context.secret_name()).next()?.key_id.clone();
        Some(applications::remove_password(context.facts.application.as_ref()?, &key_id))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn looks_to_believe(&self) -> u32 {
        4
    }

    /// A replica that does not know a new secret yet says that there is none.
    fn understand(&self, answer: Outcome) -> Outcome {
        match answer {
            Outcome::Rejected(fault) if applications::is_secret_unknown(&fault) => Outcome::NotYet(fault),
            other => other,
        }
    }
}
