//! Consent to delegated permissions of one API for everybody in the tenant: one grant holds all of them.

use super::prelude::*;

/// Grants delegated permissions of one API to the application of the run, for all users (`oAuth2PermissionGrant`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GrantDelegated {
    /// The client id of the API.
    pub resource: AppId,
    /// The display name of the API, for words alone.
    pub name: String,
    /// The values of the permissions, e.g. `Mail.Read`. Others that the grant holds stay.
    pub scopes: Vec<String>,
}

impl Kind for GrantDelegated {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Application,
            stage: Some(Stage::Grants),
            roles_needed: TO_GRANT,
            writes_with: GRANTS,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![grants::of_client(context.facts.service_principal.as_ref()?).into()])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            list::<Grant>(answer, |all| match tenant_wide(all, context.facts, &self.resource) {
                Some(grant) if self.scopes.iter().all(|scope| grant.scopes().any(|held| held == scope)) => made(grant.id.clone()),
                _ => Finding::Missing,
            })
        })
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let facts = context.facts;
        let (client, resource) = (facts.service_principal.as_ref()?, facts.resources.get(&self.resource)?);
        let there: Vec<Grant> = last_read.and_then(read_list).unwrap_or_default();
        Some(match tenant_wide(&there, facts, &self.resource) {
            Some(grant) => grants::set_scopes(&grant.id, &widened(grant, &self.scopes)),
            None => grants::create(client, resource, &self.scopes.iter().map(String::as_str).collect::<Vec<_>>()),
        })
    }

    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let scopes: Vec<String> = self.scopes.iter().filter(|scope| !past.before.contains(scope)).cloned().collect();
        let revoke = super::RevokeDelegated { resource: self.resource.clone(), name: self.name.clone(), scopes };
        if revoke.scopes.is_empty() { Vec::new() } else { vec![revoke.into()] }
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn hangs_on(&self) -> Option<StepKind> {
        Some(super::CreateServicePrincipal {}.into())
    }

    fn list(&self) -> Option<List> {
        Some(List::Scopes(self.resource.clone()))
    }

    fn is_shown(&self, facts: &Facts, read: &Value) -> bool {
        let held = held(facts, &self.resource, read);
        self.scopes.iter().all(|scope| held.contains(scope))
    }

    fn before(&self, context: &Context<'_>, last_read: &Value) -> Vec<String> {
        held(context.facts, &self.resource, last_read)
    }

    fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        Some(super::grant_application::with_id(body))
    }
}

/// Returns the grant for everybody. There is one for a client and a resource.
pub(super) fn tenant_wide<'a>(all: &'a [Grant], facts: &Facts, resource: &AppId) -> Option<&'a Grant> {
    let resource = facts.resources.get(resource)?;
    all.iter().find(|grant| grant.is_tenant_wide() && grant.resource_id == *resource)
}

/// Returns the scopes of the grant for everybody, as a read shows them.
pub(super) fn held(facts: &Facts, resource: &AppId, read: &Value) -> Vec<String> {
    let all: Vec<Grant> = read_list(read).unwrap_or_default();
    tenant_wide(&all, facts, resource).map(|grant| grant.scopes().map(str::to_owned).collect()).unwrap_or_default()
}

/// Returns the scopes of a grant with others besides.
pub(super) fn widened<'a>(grant: &'a Grant, scopes: &'a [String]) -> Vec<&'a str> {
    let mut all: Vec<&str> = grant.scopes().collect();
    for scope in scopes {
        if !all.contains(&scope.as_str()) {
            all.push(scope);
        }
    }
    all
}
