//! The request that a step sends, as a person reads it: built by the same code that sends it.

use super::record::RunRecord;
use super::step::{Scene, StepKind};
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::time::Instant;
use crate::graph::applications;
use crate::graph::request::GraphRequest;

/// Stand-ins for ids that an earlier step brings, and the words that are shown in their place.
const UNKNOWN: [(&str, &str); 4] = [
    ("00000000-0000-0000-0000-0000000000a1", "{object id of the application}"),
    ("00000000-0000-0000-0000-0000000000a2", "{client id of the application}"),
    ("00000000-0000-0000-0000-0000000000a3", "{object id of the service principal}"),
    ("00000000-0000-0000-0000-0000000000a4", "{object id of the resource}"),
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
    for (resource, _) in record.blueprint.resources() {
        if !facts.resources.contains_key(resource) {
            facts.resources.insert(resource.clone(), ObjectId::parse(UNKNOWN[3].0)?);
        }
    }
    let scene = Scene { run: &record.id, blueprint: &record.blueprint, facts: &facts };
    if let StepKind::AddSecret { days } = &step.step {
        let ends = step.secret.ends.unwrap_or_else(|| Instant(record.started.0).plus_days(i64::from(*days)));
        return Some(applications::add_password(facts.application.as_ref()?, &scene.secret_name(), ends));
    }
    let as_if_read = serde_json::json!({"id": facts.application.as_ref()?.as_str(), "appId": facts.app_id.as_ref()?.as_str(), "value": []});
    step.step.write(&scene, Some(&as_if_read))
}

/// Puts words in the place of the stand-ins.
#[must_use]
pub fn readable(text: &str) -> String {
    UNKNOWN.iter().fold(text.to_owned(), |text, (id, words)| text.replace(id, words))
}
