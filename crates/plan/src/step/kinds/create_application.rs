//! The app registration of a run, by a unique name that no second one can have.

use super::prelude::*;

/// Creates the app registration of the blueprint, by an upsert on its unique name: `latchkey-` with the id of the run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CreateApplication {}

impl Kind for CreateApplication {
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
        Some(vec![applications::by_unique_name(&context.unique_name())])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<Application>(answer, |app| {
                // Whoever took the unique name did not take the tag along.
                if !app.tags.iter().any(|tag| tag == applications::TAG) {
                    return Finding::Unclear(own_fault(OwnFault::UniqueNameTaken));
                }
                // What was asked for is read back: an address that comes back otherwise leads sign-ins astray.
                if !context.blueprint.redirect_uris.iter().all(|uri| app.redirect_uris().contains(uri)) {
                    return Finding::Unclear(own_fault(OwnFault::RedirectsDiffer));
                }
                Finding::Present(Box::new(Learned {
                    application: Some((app.id.clone(), app.app_id.clone())),
                    made: Some(app.id.to_string()),
                    ..Learned::default()
                }))
            })
        })
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(applications::upsert(&context.unique_name(), context.blueprint))
    }

    /// An application takes all that hangs on it along: its undo is the deletion that [`crate::undo`] puts in the place of all.
    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Application)
    }

    fn reads_first(&self) -> bool {
        false
    }

    fn can_be_left_out_of_check(&self) -> bool {
        false
    }

    fn makes_application(&self) -> bool {
        true
    }

    fn write_plainly(&self, context: &Context<'_>) -> Option<GraphRequest> {
        Some(applications::create(&context.unique_name(), context.blueprint))
    }

    fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let (id, app_id) = (ObjectId::parse(text("id")?)?, AppId::parse(text("appId")?)?);
        Some(Learned { made: Some(id.to_string()), application: Some((id, app_id)), ..Learned::default() })
    }
}
