//! The app roles of this page are made on its registration; its service principal takes them over. `facts.application` and
//! `facts.service_principal` are those of the page's own application, as in all steps about access.

use super::prelude::*;
use domain::access::AppRole;
use graph::service_principals::RolesOffered;

/// Adds roles to `appRoles` of the page's own registration, and waits until its service principal offers them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DefineAppRoles {
    /// The roles that are to be there. One of the same value that is there already stays as it is.
    pub roles: Vec<AppRole>,
}

impl Kind for DefineAppRoles {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Access, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        // The registration comes first: its roles are what the new ones are added to.
        let (application, principal) = (context.facts.application.as_ref()?, context.facts.service_principal.as_ref()?);
        Some(vec![service_principals::registration(application), service_principals::own(principal)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        // The service principal takes them over a little later.
        let Some(principal) = answers.get(1) else { return unclear(OwnFault::NoAnswer) };
        one::<RolesOffered>(principal, |found| is(self.roles.iter().all(|role| found.offers(role))))
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let mut all = last_read?.get("appRoles")?.as_array()?.clone();
        for role in &self.roles {
            if !all.iter().any(|known| known["value"] == role.value.as_str()) {
                all.push(role.definition());
            }
        }
        Some(GraphRequest::patch(format!("/applications/{}", context.facts.application.as_ref()?), json!({ "appRoles": all })))
    }

    /// Somebody may hold them by now.
    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }
}
