//! Admin consent on Microsoft's page, here or by somebody else.

use super::prelude::*;
use crate::status::compare;

/// Waits until all permissions of the blueprint are granted, as reads of assignments and grants show. Nothing is written.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Consent {}

impl Kind for Consent {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Word(Word::Consent),
            subject: Subject::Application,
            stage: None,
            roles_needed: TO_GRANT_GRAPH_ROLES,
            writes_with: Scopes::default(),
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        // The consent page makes the service principals of resources that the tenant lacked.
        let principal = context.facts.service_principal.as_ref()?;
        let mut reads = vec![service_principals::granted_to(principal).into(), grants::of_client(principal).into()];
        reads.extend(context.blueprint.resources().into_iter().map(|(resource, _)| service_principals::by_app_id(resource).into()));
        Some(reads)
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        let [assignments, grants, principals @ ..] = answers else { return unclear(OwnFault::NoAnswer) };
        let mut resources = context.facts.resources.clone();
        for (answer, (app_id, _)) in principals.iter().zip(context.blueprint.resources()) {
            if let Outcome::Ok(body) = answer
                && let Ok(principal) = serde_json::from_value::<ServicePrincipal>(body.clone())
            {
                resources.insert(app_id.clone(), principal.id);
            }
        }
        list::<AppRoleAssignment>(assignments, |assignments| {
            list::<Grant>(grants, |grants| is(compare(&context.blueprint.permissions, &resources, assignments, grants).missing.is_empty()))
        })
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        None
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPerson
    }

    fn is_a_question(&self) -> bool {
        true
    }
}
