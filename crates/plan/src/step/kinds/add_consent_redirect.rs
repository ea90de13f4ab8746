//! Our consent page is added to the redirect URIs, so that Microsoft's page can come back to it.

use super::prelude::*;

/// Adds an address to `application.web.redirectUris`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AddConsentRedirect {
    /// The address of our consent page.
    pub uri: String,
}

impl Kind for AddConsentRedirect {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| one::<Application>(answer, |app| is(app.redirect_uris().contains(&self.uri))))
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let app = serde_json::from_value::<Application>(last_read?.clone()).ok()?;
        let mut uris = app.redirect_uris().to_vec();
        uris.push(self.uri.clone());
        Some(applications::set_redirect_uris(context.facts.application.as_ref()?, &uris))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        self.cancels().into_iter().collect()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn cancels(&self) -> Option<StepKind> {
        Some(super::RemoveConsentRedirect { uri: self.uri.clone() }.into())
    }
}
