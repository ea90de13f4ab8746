//! The service principal of an application that came back: it does not come back with that.
//! <https://learn.microsoft.com/graph/api/directory-deleteditems-restore>

use super::prelude::*;

/// Restores the service principal of the application of the run from the deleted items.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RestorePrincipal {
    /// The object id that it had before it was deleted.
    pub id: ObjectId,
}

impl Kind for RestorePrincipal {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![service_principals::by_app_id(context.facts.app_id.as_ref()?).into()])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<ServicePrincipal>(answer, |principal| {
                Finding::Present(Box::new(Learned { service_principal: Some(principal.id), ..Learned::default() }))
            })
        })
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(applications::restore(&self.id))
    }

    /// It goes with its application.
    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn refusal(&self, answer: &Outcome) -> Refusal {
        super::restore_application::not_among_deleted(answer)
    }
}

/// Returns the step that gives a restored application its service principal.
#[must_use]
pub fn of(known: Option<&ObjectId>) -> StepKind {
    known.map_or_else(|| super::CreateServicePrincipal {}.into(), |id| RestorePrincipal { id: id.clone() }.into())
}
