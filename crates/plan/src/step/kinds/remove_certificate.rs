//! A certificate is removed, on a word of its own.

use super::prelude::*;

/// Takes a certificate out of `application.keyCredentials`, which is written as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RemoveCertificate {
    /// Its `keyCredential.keyId`, a GUID.
    pub key_id: String,
    /// What words call it: its display name, subject or thumbprint.
    pub name: String,
    /// When it ends; `None` where the tenant does not tell.
    pub ends: Option<Instant>,
}

impl Kind for RemoveCertificate {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::certificates_of(context.facts.application.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| one::<Application>(answer, |app| is(!app.key_credentials.iter().any(|key| key.key_id == self.key_id))))
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let mut keys = super::add_certificate::kept(context, last_read)?;
        keys.retain(|key| key.get("keyId").and_then(Value::as_str) != Some(&self.key_id));
        Some(applications::set_certificates(context.facts.application.as_ref()?, &keys))
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

    fn list(&self) -> Option<List> {
        Some(List::Certificates)
    }

    fn is_shown(&self, _facts: &Facts, read: &Value) -> bool {
        serde_json::from_value::<Application>(read.clone())
            .map_or(true, |app| !app.key_credentials.iter().any(|key| key.key_id == self.key_id))
    }
}
