//! The service principal through which the application acts in its tenant.

use super::prelude::*;

/// Creates the service principal of the application of the run, by an upsert on its client id.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CreateServicePrincipal {}

impl Kind for CreateServicePrincipal {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Application,
            stage: Some(Stage::Objects),
            roles_needed: TO_REGISTER,
            writes_with: APPLICATIONS,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![service_principals::by_app_id(context.facts.app_id.as_ref()?).into()])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<ServicePrincipal>(answer, |principal| {
                let made = Some(principal.id.to_string());
                Finding::Present(Box::new(Learned { service_principal: Some(principal.id), made, ..Learned::default() }))
            })
        })
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(service_principals::upsert(context.facts.app_id.as_ref()?))
    }

    /// It goes with its application.
    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::ServicePrincipal)
    }

    fn hangs_on(&self) -> Option<StepKind> {
        Some(super::CreateApplication {}.into())
    }

    fn write_plainly(&self, context: &Context<'_>) -> Option<GraphRequest> {
        context.facts.app_id.as_ref().map(service_principals::create_ours)
    }

    fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let (id, _) = (ObjectId::parse(text("id")?)?, AppId::parse(text("appId")?)?);
        Some(Learned { made: Some(id.to_string()), service_principal: Some(id), ..Learned::default() })
    }
}
