//! Delegated permissions of one API, for one application in the name of the account.

use super::prelude::*;

/// Grants delegated permissions of one API to an application, for the account or for all users (`oAuth2PermissionGrant`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantAccess {
    /// The client id of the application that acts in the name of the account.
    pub client: AppId,
    /// Its display name, for words alone.
    pub client_name: String,
    /// The client id of the API.
    pub resource: AppId,
    /// The display name of the API, for words alone.
    pub name: String,
    /// The values of the permissions, e.g. `Mail.Read`. Others that the grant holds stay.
    pub scopes: Vec<String>,
    /// For every user of the tenant, and not for the account alone.
    pub for_everyone: bool,
}

impl GrantAccess {
    /// Returns the grant that holds them.
    pub(super) fn of<'a>(&self, all: &'a [Grant], facts: &Facts) -> Option<&'a Grant> {
        let resource = facts.resources.get(&self.resource)?;
        let is_whose = |grant: &&Grant| {
            if self.for_everyone { grant.is_tenant_wide() } else { grant.principal_id.is_some() && grant.principal_id == facts.account }
        };
        all.iter().filter(|grant| grant.resource_id == *resource).find(is_whose)
    }

    /// Returns the scopes that the grant holds, as a read shows them.
    pub(super) fn held(&self, facts: &Facts, read: &Value) -> Vec<String> {
        let all: Vec<Grant> = read_list(read).unwrap_or_default();
        self.of(&all, facts).map(|grant| grant.scopes().map(str::to_owned).collect()).unwrap_or_default()
    }
}

impl Kind for GrantAccess {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Account,
            stage: Some(Stage::Account),
            roles_needed: TO_GRANT,
            writes_with: GRANTS,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![grants::of_client(context.facts.resources.get(&self.client)?).into()])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            list::<Grant>(answer, |all| match self.of(all, context.facts) {
                Some(grant) if self.scopes.iter().all(|scope| grant.scopes().any(|held| held == scope)) => made(grant.id.clone()),
                _ => Finding::Missing,
            })
        })
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let facts = context.facts;
        let all: Vec<Grant> = last_read.and_then(read_list).unwrap_or_default();
        if let Some(grant) = self.of(&all, facts) {
            return Some(grants::set_scopes(&grant.id, &super::grant_delegated::widened(grant, &self.scopes)));
        }
        let account = if self.for_everyone { None } else { Some(facts.account.as_ref()?) };
        let scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        Some(grants::create_for(facts.resources.get(&self.client)?, facts.resources.get(&self.resource)?, account, &scopes))
    }

    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let scopes: Vec<String> = self.scopes.iter().filter(|scope| !past.before.contains(scope)).cloned().collect();
        if scopes.is_empty() { Vec::new() } else { vec![super::RevokeAccess(Self { scopes, ..self.clone() }).into()] }
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn can_be_left_out(&self) -> bool {
        true
    }

    fn before(&self, context: &Context<'_>, last_read: &Value) -> Vec<String> {
        self.held(context.facts, last_read)
    }

    fn learn_from_write(&self, body: &Value) -> Option<Learned> {
        Some(super::grant_application::with_id(body))
    }
}
