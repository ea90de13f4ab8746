//! A client secret is removed, on a word of its own.

use super::prelude::*;

/// Removes a client secret (`application: removePassword`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RemoveSecret {
    /// Its `passwordCredential.keyId`, a GUID.
    pub key_id: String,
    /// Its display name, for words alone.
    pub name: String,
    /// When it ends; `None` where the tenant does not tell.
    pub ends: Option<Instant>,
}

impl Kind for RemoveSecret {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<Application>(answer, |app| is(!app.password_credentials.iter().any(|secret| secret.key_id == self.key_id)))
        })
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(applications::remove_password(context.facts.application.as_ref()?, &self.key_id))
    }

    /// A removed credential can't come back.
    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn put_off_with(&self) -> Option<PutOff> {
        Some(PutOff::Credential)
    }

    fn asks_first(&self) -> bool {
        true
    }

    /// A refusal that names the secret says that it is gone.
    fn refusal(&self, answer: &Outcome) -> Refusal {
        match answer {
            Outcome::Rejected(fault) if applications::is_secret_unknown(fault) => Refusal::ItIsSo,
            _ => Refusal::AsUsual,
        }
    }
}
