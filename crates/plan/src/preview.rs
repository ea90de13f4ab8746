//! The request that a step sends, as a person reads it: built by the same code that sends it.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use super::record::RunRecord;
use super::step::Context;
use domain::ids::{AppId, ObjectId};
use graph::request::GraphRequest;

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
    let context = Context { run: &record.id, blueprint: &record.blueprint, facts: &facts, now: record.started };
    step.step.preview(&context, step.secret.ends)
}

/// Puts words in the place of the stand-ins.
#[must_use]
pub fn readable(text: &str) -> String {
    UNKNOWN.iter().fold(text.to_owned(), |text, (id, words)| text.replace(id, words))
}
