//! The public part of a certificate is added to those of the application.

use super::prelude::*;
use domain::certificate::PublicCertificate;

/// Adds a certificate to `application.keyCredentials`, which is written as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AddCertificate {
    /// The certificate without its key. In the tenant it is found by its SHA-1 thumbprint.
    pub certificate: Box<PublicCertificate>,
}

impl Kind for AddCertificate {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::certificates_of(context.facts.application.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<Application>(answer, |app| {
                let listed = app.key_credentials.iter().find(|key| key.is_of(&self.certificate));
                listed.map_or(Finding::Missing, |key| made(key.key_id.clone()))
            })
        })
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let mut keys = kept(context, last_read)?;
        keys.push(applications::new_certificate(&self.certificate));
        Some(applications::set_certificates(context.facts.application.as_ref()?, &keys))
    }

    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let Some(key_id) = past.made.map(str::to_owned) else { return Vec::new() };
        vec![super::RemoveCertificate { key_id, name: self.certificate.subject.clone(), ends: Some(Instant(self.certificate.ends)) }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn credential(&self) -> Option<NewCredential> {
        let days = Instant(self.certificate.ends).seconds_since(Instant(self.certificate.starts)) / 86_400;
        Some(NewCredential::Certificate { days: u32::try_from(days).unwrap_or(u32::MAX), is_self_signed: false })
    }

    fn credential_ends(&self, _past: &Past<'_>) -> Option<Instant> {
        Some(Instant(self.certificate.ends))
    }

    fn list(&self) -> Option<List> {
        Some(List::Certificates)
    }

    fn is_shown(&self, _facts: &Facts, read: &Value) -> bool {
        serde_json::from_value::<Application>(read.clone())
            .map_or(true, |app| app.key_credentials.iter().any(|key| key.is_of(&self.certificate)))
    }
}

/// Returns the certificates that are there, as they go back. The list is replaced as a whole: what is there goes back as it was read,
/// but for expired ones, which Microsoft refuses to take back.
pub(super) fn kept(context: &Context<'_>, last_read: Option<&Value>) -> Option<Vec<Value>> {
    let listed = last_read?.get("keyCredentials")?.as_array()?;
    Some(listed.iter().filter(|key| !applications::ended(key, context.now)).cloned().collect())
}
