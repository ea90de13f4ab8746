//! What a run did, for whoever audits it. It holds no secret, since the journal holds none.

use super::steps;
use domain::origin::Origin;
use domain::time::Instant;
use plan::record::RunRecord;
use serde_json::{Value, json};

/// Returns the evidence as JSON.
#[must_use]
pub fn write(run: &RunRecord) -> String {
    let name = run.blueprint.name.trim();
    let at = |time: Option<Instant>| time.map_or(Value::Null, |time| json!(time.to_iso()));
    let of = |step: &plan::record::StepRecord| {
        json!({
            "title": steps::title(&step.step, name),
            "change": steps::change(&step.step, name),
            "result": steps::state(step.state),
            "written": step.has_made(),
            "attempts": step.attempts,
            "thereBefore": step.before,
            "requestIds": step.request_ids,
            "lastLook": at(step.checked),
            "seconds": step.since.zip(step.ended).map(|(since, ended)| ended.seconds_since(since)),
            "made": step.made,
            "credential": step.secret.key_id,
            "began": at(step.since),
            "ended": at(step.ended),
            "lastRefusal": step.fault.as_ref().map(|fault| json!({"status": fault.status, "code": fault.code, "requestId": fault.request_id})),
        })
    };
    let all: Vec<Value> = run.steps.iter().map(of).collect();
    let evidence = json!({
        "latchkeyEvidence": 1,
        "origin": match run.origin {
            Origin::Here => "made in this browser",
            Origin::Imported => "read from a file: nobody has compared it with the tenant",
            Origin::Unknown => "not known",
        },
        "run": run.id.as_str(),
        "heading": steps::heading(run),
        "result": steps::run(run.state()),
        "by": {"name": run.person.name, "username": run.person.username, "homeTenant": run.person.home.as_str()},
        "tenant": {"id": run.tenant.id.as_str(), "name": run.tenant.name, "domain": run.tenant.domain},
        "application": {"objectId": run.facts.application.as_ref().map(ToString::to_string), "clientId": run.facts.app_id.as_ref().map(ToString::to_string)},
        "account": {"objectId": run.facts.account.as_ref().map(ToString::to_string), "userPrincipalName": run.blueprint.account.as_ref().map(domain::account::Account::upn)},
        "undoes": run.undoes.as_ref().map(ToString::to_string),
        "began": run.started.to_iso(),
        "ended": at(run.ended),
        "steps": all,
    });
    serde_json::to_string_pretty(&evidence).unwrap_or_default()
}
