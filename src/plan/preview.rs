//! The request that a step sends, as a person reads it: built by the same code that sends it.

use super::access::AccessStep;
use super::account::AccountStep;
use super::credentials::CredentialStep;
use super::exchange::ExchangeStep;
use super::record::{Facts, RunRecord};
use super::step::{Scene, StepKind};
use super::upkeep::Upkeep;
use crate::domain::certificate::PublicCertificate;
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::time::Instant;
use crate::graph::request::GraphRequest;
use crate::graph::{applications, users};
use serde_json::{Value, json};

/// Stand-ins for ids that an earlier step brings, and the words that are shown in their place.
const UNKNOWN: [(&str, &str); 5] = [
    ("00000000-0000-0000-0000-0000000000a1", "{object id of the application}"),
    ("00000000-0000-0000-0000-0000000000a2", "{client id of the application}"),
    ("00000000-0000-0000-0000-0000000000a3", "{object id of the service principal}"),
    ("00000000-0000-0000-0000-0000000000a4", "{object id of the resource}"),
    ("00000000-0000-0000-0000-0000000000a5", "{object id of the account}"),
];

/// Returns the write of a step; `None` for one that sends none.
#[must_use]
pub fn request(record: &RunRecord, at: usize) -> Option<GraphRequest> {
    let step = record.steps.get(at)?;
    let mut facts = record.facts.clone();
    if facts.application.is_none() {
        facts.application = ObjectId::parse(UNKNOWN[0].0);
    }
    if facts.app_id.is_none() {
        facts.app_id = AppId::parse(UNKNOWN[1].0);
    }
    if facts.service_principal.is_none() {
        facts.service_principal = ObjectId::parse(UNKNOWN[2].0);
    }
    if facts.account.is_none() {
        facts.account = ObjectId::parse(UNKNOWN[4].0);
    }
    for (resource, _) in record.blueprint.principals() {
        if !facts.resources.contains_key(resource) {
            facts.resources.insert(resource.clone(), ObjectId::parse(UNKNOWN[3].0)?);
        }
    }
    let scene = Scene { run: &record.id, blueprint: &record.blueprint, facts: &facts, now: record.started };
    if let StepKind::AddSecret { days } = &step.step {
        let ends = step.secret.ends.unwrap_or_else(|| Instant(record.started.0).plus_days(i64::from(*days)));
        return Some(applications::add_password(facts.application.as_ref()?, &scene.secret_name(), ends));
    }
    if let (StepKind::Account(AccountStep::Create { .. }), Some(account)) = (&step.step, &record.blueprint.account) {
        return Some(users::create(account, None));
    }
    let kind = as_if_made(&step.step, record);
    kind.write(&scene, Some(&as_if_read(&kind, &facts)?))
}

/// A certificate that is not made yet is shown as it will be added.
fn as_if_made(step: &StepKind, record: &RunRecord) -> StepKind {
    let StepKind::Credential(CredentialStep::MakeCertificate { days, bits }) = step else { return step.clone() };
    let certificate = Box::new(PublicCertificate {
        der: "{the certificate, without its key}".into(),
        subject: format!("CN={}", record.blueprint.name.trim()),
        sha1: String::new(),
        sha256: String::new(),
        starts: record.started.0,
        ends: record.started.plus_days(i64::from(*days)).0,
        bits: *bits,
    });
    StepKind::Credential(CredentialStep::AddCertificate { certificate })
}

/// Returns an answer as the last read before the write would bring it, with words for what only the tenant knows.
fn as_if_read(step: &StepKind, facts: &Facts) -> Option<Value> {
    let principal = facts.service_principal.as_ref().map(ObjectId::as_str).unwrap_or_default();
    let assignment = |principal: &str, role: &str, resource: Option<&ObjectId>| {
        json!([{"id": "{id of the assignment}", "principalId": principal, "appRoleId": role, "roleDefinitionId": role,
            "resourceId": resource.map(ObjectId::as_str).unwrap_or_default()}])
    };
    let value = match step {
        StepKind::Upkeep(Upkeep::RevokeApplication { permission }) => {
            assignment(principal, &permission.id, facts.resources.get(&permission.resource))
        }
        StepKind::Upkeep(Upkeep::RemoveRole { role }) => assignment(principal, &role.id, facts.service_principal.as_ref()),
        StepKind::Account(AccountStep::RemoveRole { role }) => assignment(principal, &role.id, facts.service_principal.as_ref()),
        StepKind::Account(AccountStep::RevokeAccess(grant)) => {
            let (consent, whom) = match &facts.account {
                Some(account) if !grant.for_everyone => ("Principal", json!(account.as_str())),
                _ => ("AllPrincipals", Value::Null),
            };
            json!([{"id": "{id of the grant}", "clientId": facts.resources.get(&grant.client)?.as_str(), "consentType": consent, "principalId": whom,
                "resourceId": facts.resources.get(&grant.resource)?.as_str(), "scope": format!("{} {{every-scope-that-stays}}", grant.scopes.join(" "))}])
        }
        StepKind::Exchange(ExchangeStep::Remove { definition, .. }) => {
            json!([{"id": "{id of the assignment}", "roleDefinitionId": definition}])
        }
        StepKind::Access(AccessStep::Remove { role, holder }) => assignment(holder.id.as_str(), &role.id, facts.service_principal.as_ref()),
        StepKind::Upkeep(Upkeep::RevokeDelegated { resource, scopes, .. }) => {
            json!([{"id": "{id of the grant}", "clientId": principal, "consentType": "AllPrincipals",
                "resourceId": facts.resources.get(resource)?.as_str(), "scope": format!("{} {{every-scope-that-stays}}", scopes.join(" "))}])
        }
        _ => json!([]),
    };
    Some(json!({"id": facts.application.as_ref()?.as_str(), "appId": facts.app_id.as_ref()?.as_str(), "value": value,
        "keyCredentials": [{"keyId": "{every certificate that is there, as it was read}"}],
        "requiredResourceAccess": [{"resourceAppId": "{every permission that is there, as it was read}", "resourceAccess": [{}]}],
        "appRoles": [{"id": "{every app role that is there, as it was read}"}]}))
}

/// Puts words in the place of the stand-ins.
#[must_use]
pub fn readable(text: &str) -> String {
    UNKNOWN.iter().fold(text.to_owned(), |text, (id, words)| text.replace(id, words))
}
