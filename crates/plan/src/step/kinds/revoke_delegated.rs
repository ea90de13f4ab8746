//! Delegated permissions of one API are taken out of what is granted for everybody.

use super::grant_delegated::{held, tenant_wide};
use super::prelude::*;

/// Takes delegated permissions of one API out of the grant for all users, and removes a grant that is empty then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RevokeDelegated {
    /// The client id of the API.
    pub resource: AppId,
    /// The display name of the API, for words alone.
    pub name: String,
    /// The values of the permissions, e.g. `Mail.Read`. Others that the grant holds stay.
    pub scopes: Vec<String>,
}

impl Kind for RevokeDelegated {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_GRANT, writes_with: GRANTS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![grants::of_client(context.facts.service_principal.as_ref()?).into()])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            list::<Grant>(answer, |all| {
                is(tenant_wide(all, context.facts, &self.resource).is_none_or(|grant| !has_any(grant, &self.scopes)))
            })
        })
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let all: Vec<Grant> = last_read.and_then(read_list)?;
        Some(narrowed(tenant_wide(&all, context.facts, &self.resource)?, &self.scopes))
    }

    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let scopes = self.scopes.iter().filter(|scope| past.before.contains(scope)).cloned().collect();
        vec![super::GrantDelegated { resource: self.resource.clone(), name: self.name.clone(), scopes }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn list(&self) -> Option<List> {
        Some(List::Scopes(self.resource.clone()))
    }

    fn is_shown(&self, facts: &Facts, read: &Value) -> bool {
        let held = held(facts, &self.resource, read);
        !self.scopes.iter().any(|scope| held.contains(scope))
    }

    fn before(&self, context: &Context<'_>, last_read: &Value) -> Vec<String> {
        held(context.facts, &self.resource, last_read)
    }

    fn sample(&self, facts: &Facts) -> Option<Value> {
        let principal = facts.service_principal.as_ref()?.as_str();
        Some(json!([{"id": "{id of the grant}", "clientId": principal, "consentType": "AllPrincipals",
            "resourceId": facts.resources.get(&self.resource)?.as_str(), "scope": format!("{} {{every-scope-that-stays}}", self.scopes.join(" "))}]))
    }
}

pub(super) fn has_any(grant: &Grant, scopes: &[String]) -> bool {
    grant.scopes().any(|held| scopes.iter().any(|scope| scope == held))
}

/// Returns the write that leaves a grant without these scopes, or removes it when nothing else is in it.
pub(super) fn narrowed(grant: &Grant, scopes: &[String]) -> GraphRequest {
    let rest: Vec<&str> = grant.scopes().filter(|held| !scopes.iter().any(|scope| scope == held)).collect();
    if rest.is_empty() { grants::delete(&grant.id) } else { grants::set_scopes(&grant.id, &rest) }
}
