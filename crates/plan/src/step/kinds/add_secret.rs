//! A client secret: the one thing that can't be made twice safely, nor read again.

use super::prelude::*;

/// Makes a client secret when the person asks for it, and shows it once (`application: addPassword`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AddSecret {
    /// The lifetime, in days; five minutes are kept off it.
    pub days: u32,
}

impl Kind for AddSecret {
    fn about(&self) -> About {
        About {
            protocol: Protocol::HandOver(HandOver::Secret { days: self.days }),
            subject: Subject::Application,
            stage: None,
            roles_needed: TO_CHANGE,
            writes_with: APPLICATIONS,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, _answers: &[Outcome]) -> Finding {
        unclear(OwnFault::OwnRules)
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        None
    }

    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let Some(key_id) = past.secret.map(str::to_owned) else { return Vec::new() };
        vec![super::RemoveSecret { key_id, name: past.context.secret_name(), ends: past.ends }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Secret)
    }

    fn hangs_on(&self) -> Option<StepKind> {
        Some(super::CreateApplication {}.into())
    }

    fn credential(&self) -> Option<NewCredential> {
        Some(NewCredential::Secret { days: self.days })
    }

    fn credential_ends(&self, past: &Past<'_>) -> Option<Instant> {
        past.secret.and(past.ends)
    }

    fn preview(&self, context: &Context<'_>, ends: Option<Instant>) -> Option<GraphRequest> {
        let ends = ends.unwrap_or_else(|| applications::secret_ends(context.now, self.days));
        Some(applications::add_password(context.facts.application.as_ref()?, &context.secret_name(), ends))
    }
}
