//! A key and its certificate are made in the browser, and saved by the person, before anything is written.

use super::prelude::*;
use domain::certificate::PublicCertificate;

/// Waits until a key and a certificate that it signs are made and saved; then an `AddCertificate` takes its place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MakeCertificate {
    /// The lifetime of the certificate, in days.
    pub days: u32,
    /// The length of the RSA key, in bits.
    pub bits: u32,
}

impl Kind for MakeCertificate {
    fn about(&self) -> About {
        About {
            protocol: Protocol::HandOver(HandOver::Certificate { days: self.days, bits: self.bits }),
            subject: Subject::Application,
            stage: None,
            roles_needed: TO_CHANGE,
            writes_with: APPLICATIONS,
        }
    }

    fn check(&self, _context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        None
    }

    fn judge(&self, _context: &Context<'_>, _answers: &[Outcome]) -> Finding {
        unclear(OwnFault::OwnRules)
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        None
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn credential(&self) -> Option<NewCredential> {
        Some(NewCredential::Certificate { days: self.days, is_self_signed: true })
    }

    /// A certificate that is not made yet is shown as it will be added.
    fn preview(&self, context: &Context<'_>, ends: Option<Instant>) -> Option<GraphRequest> {
        let certificate = Box::new(PublicCertificate {
            der: "{the certificate, without its key}".into(),
            subject: format!("CN={}", context.blueprint.name.trim()),
            sha1: String::new(),
            sha256: String::new(),
            starts: context.now.0,
            ends: context.now.plus_days(i64::from(self.days)).0,
            bits: self.bits,
        });
        super::AddCertificate { certificate }.preview(context, ends)
    }
}
