//! Who may use the application: this tenant, or any.

use super::prelude::*;
use domain::blueprint::Audience;

/// Sets `application.signInAudience`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetAudience {
    /// Which tenants may use the application from then on.
    pub audience: Audience,
}

impl Kind for SetAudience {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| one::<Application>(answer, |app| is(app.sign_in_audience.as_deref() == Some(self.audience.as_graph()))))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(GraphRequest::patch(
            format!("/applications/{}", context.facts.application.as_ref()?),
            json!({"signInAudience": self.audience.as_graph()}),
        ))
    }

    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let audience = past.before.first().and_then(|before| Audience::from_graph(before));
        audience.map(|audience| Self { audience }.into()).into_iter().collect()
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn before(&self, _context: &Context<'_>, last_read: &Value) -> Vec<String> {
        last_read.get("signInAudience").and_then(Value::as_str).map(str::to_owned).into_iter().collect()
    }
}
