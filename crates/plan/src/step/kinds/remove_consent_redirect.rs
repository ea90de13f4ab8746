//! Our consent page is taken out of the redirect URIs.

use super::prelude::*;

/// Takes an address out of `application.web.redirectUris`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RemoveConsentRedirect {
    /// The address of our consent page.
    pub uri: String,
}

impl Kind for RemoveConsentRedirect {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| one::<Application>(answer, |app| is(!app.redirect_uris().contains(&self.uri))))
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let app = serde_json::from_value::<Application>(last_read?.clone()).ok()?;
        let uris: Vec<String> = app.redirect_uris().iter().filter(|known| **known != self.uri).cloned().collect();
        Some(applications::set_redirect_uris(context.facts.application.as_ref()?, &uris))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        self.cancels().into_iter().collect()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn put_off_with(&self) -> Option<PutOff> {
        Some(PutOff::Consent)
    }

    fn cancels(&self) -> Option<StepKind> {
        Some(super::AddConsentRedirect { uri: self.uri.clone() }.into())
    }
}
