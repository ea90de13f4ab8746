//! The service principal of an API that the tenant lacks.

use super::prelude::*;
use graph::sentences::Says;

/// Creates the service principal of an API in the tenant, with the client id of somebody else's application.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AddResource {
    /// The client id of the API.
    pub resource: AppId,
    /// The display name of the API, for words alone.
    pub name: String,
}

impl Kind for AddResource {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Application,
            stage: Some(Stage::Objects),
            roles_needed: TO_CHANGE,
            writes_with: APPLICATIONS,
        }
    }

    fn check(&self, _context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![service_principals::by_app_id(&self.resource).into()])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<ServicePrincipal>(answer, |principal| {
                Finding::Present(Box::new(Learned { resource: Some((self.resource.clone(), principal.id)), ..Learned::default() }))
            })
        })
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(service_principals::create(&self.resource))
    }

    /// What others may have come to rely on stays.
    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Resource(&self.resource))
    }

    fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        let id = ObjectId::parse(body.get("id").and_then(Value::as_str)?)?;
        Some(Learned { resource: Some((self.resource.clone(), id)), ..Learned::default() })
    }

    /// It is the application of somebody else, which nobody is making at this moment: to wait for it is of no use.
    fn refusal(&self, answer: &Outcome) -> Refusal {
        match answer {
            Outcome::NotYet(fault) if fault.says(Says::NoApplication) => Refusal::Final(OwnFault::NoSuchApplication),
            _ => Refusal::AsUsual,
        }
    }
}
