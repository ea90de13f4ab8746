//! Delegated permissions that an application has in the name of the account are taken back.

use super::GrantAccess;
use super::prelude::*;
use super::revoke_delegated::{has_any, narrowed};

/// Takes the scopes of a [`GrantAccess`] out of its grant, and removes a grant that is empty then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RevokeAccess(pub GrantAccess);

impl Kind for RevokeAccess {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Account, stage: None, roles_needed: TO_GRANT, writes_with: GRANTS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![grants::of_client(context.facts.resources.get(&self.0.client)?).into()])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            list::<Grant>(answer, |all| is(self.0.of(all, context.facts).is_none_or(|grant| !has_any(grant, &self.0.scopes))))
        })
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let all: Vec<Grant> = last_read.and_then(read_list)?;
        Some(narrowed(self.0.of(&all, context.facts)?, &self.0.scopes))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn before(&self, context: &Context<'_>, last_read: &Value) -> Vec<String> {
        self.0.held(context.facts, last_read)
    }

    fn sample(&self, facts: &Facts) -> Option<Value> {
        let grant = &self.0;
        let (consent, whom) = match &facts.account {
            Some(account) if !grant.for_everyone => ("Principal", json!(account.as_str())),
            _ => ("AllPrincipals", Value::Null),
        };
        Some(
            json!([{"id": "{id of the grant}", "clientId": facts.resources.get(&grant.client)?.as_str(), "consentType": consent, "principalId": whom,
            "resourceId": facts.resources.get(&grant.resource)?.as_str(), "scope": format!("{} {{every-scope-that-stays}}", grant.scopes.join(" "))}]),
        )
    }
}
