//! Undo is a plan of its own: it touches only what the run made.

use super::record::{RunRecord, StepState};
use super::step::StepKind;

/// Returns the steps that undo a run; none when it made nothing that can be taken back.
#[must_use]
pub fn steps(run: &RunRecord) -> Vec<StepKind> {
    let created = run
        .steps
        .iter()
        .any(|step| step.step == StepKind::CreateApplication && matches!(step.state, StepState::Done | StepState::AlreadyInPlace));
    match (&run.facts.application, created) {
        (Some(id), true) => vec![StepKind::DeleteApplication { id: id.clone(), name: run.blueprint.name.clone() }],
        _ => Vec::new(),
    }
}
