//! A unique name outlives its application for 30 days, among the deleted items: what can't be made may lie there.

use super::record::StepRecord;
use super::step::Context;
use graph::answer::Outcome;
use graph::applications;
use graph::request::GraphRequest;
use serde_json::Value;

/// Returns the read that tells it, for a creation that was refused as a duplicate or answered without a body.
#[must_use]
pub fn look(step: &StepRecord) -> Option<GraphRequest> {
    (step.step.makes_application() && step.applied && step.made.is_none()).then(applications::all_deleted)
}

/// Whether the answers to a check, the deleted items among them, have it.
#[must_use]
pub fn is_there(step: &StepRecord, context: &Context<'_>, outcomes: &[Outcome]) -> bool {
    let name = context.unique_name();
    let has_name = |item: &Value| item.get("uniqueName").and_then(Value::as_str) == Some(&name);
    let lists = |outcome: &Outcome| matches!(outcome, Outcome::Ok(body) if body.get("value").and_then(Value::as_array).is_some_and(|items| items.iter().any(has_name)));
    look(step).is_some() && outcomes.get(1).is_some_and(lists)
}
