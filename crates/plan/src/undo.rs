//! Undo is a plan of its own: it touches only what the run made.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use super::record::{Purpose, RunRecord, StepRecord, StepState};
use super::step::kinds::DeleteApplication;
use super::step::{Deletes, StepKind, Subject};

/// Returns the steps that undo a run, the last first, each with the place of the step that it takes back; none when the run made
/// nothing that can be taken back, or is not of this browser. An application that the run created takes all that hangs on it along.
#[must_use]
pub fn steps(run: &RunRecord) -> Vec<(usize, StepKind)> {
    let is_done = |step: &StepRecord| step.state == StepState::Done || step.has_made();
    let is_gone = |step: &StepRecord| step.step.deletes() == Some(Deletes::TestApplication) && is_done(step);
    if !run.origin.is_here() || run.purpose == Purpose::CleanUp || run.steps.iter().any(is_gone) {
        return Vec::new();
    }
    let done = || run.steps.iter().enumerate().filter(|(_, step)| is_done(step)).rev();
    let created =
        run.steps.iter().position(|step| step.step.makes_application() && (is_done(step) || step.state == StepState::AlreadyInPlace));
    let back = |(at, step): (usize, &StepRecord)| step.step.undo(&run.past(step)).into_iter().map(move |step| (at, step));
    match (&run.facts.application, created) {
        (Some(id), Some(at)) => {
            // Whatever a stored record says: only what carries the name of the run goes.
            let unique_name = Some(run.context(run.started).unique_name());
            let application = DeleteApplication { id: id.clone(), name: run.blueprint.name.clone(), unique_name };
            let others = done().filter(|(_, step)| !goes_with_application(step));
            others.flat_map(back).chain([(at, application.into())]).collect()
        }
        _ => without_detours(done().flat_map(back).collect()),
    }
}

/// What is given to an account or by Exchange does not go with the application.
fn goes_with_application(step: &StepRecord) -> bool {
    match step.step.subject() {
        Subject::Application | Subject::Access | Subject::Person => true,
        Subject::Account | Subject::Exchange => false,
    }
}

/// What was added for a while and taken out again needs nothing.
fn without_detours(steps: Vec<(usize, StepKind)>) -> Vec<(usize, StepKind)> {
    let has = |wanted: &StepKind| steps.iter().any(|(_, step)| step == wanted);
    let is_detour = |step: &StepKind| step.cancels().is_some_and(|other| has(&other));
    steps.iter().filter(|(_, step)| !is_detour(step)).cloned().collect()
}

/// Returns the places of the steps of a run that were done and can't be taken back.
#[must_use]
pub fn stays(run: &RunRecord) -> Vec<usize> {
    let taken_back = steps(run);
    if taken_back.iter().any(|(_, step)| step.asks_for_name()) {
        return Vec::new();
    }
    let is_kept = |at: &usize| !taken_back.iter().any(|(taken, _)| taken == at);
    (0..run.steps.len()).filter(|at| run.steps[*at].state == StepState::Done && run.steps[*at].has_made()).filter(is_kept).collect()
}

/// Notes in a run what an undo of it has taken back.
pub fn note(original: &mut RunRecord, back: &RunRecord) {
    let is_done = |step: &StepRecord| matches!(step.state, StepState::Done | StepState::AlreadyInPlace);
    for (at, kind) in steps(original) {
        if back.steps.iter().any(|step| step.step == kind && is_done(step)) {
            original.steps[at].state = StepState::Undone;
        }
    }
    let deleted = |what: Deletes| back.steps.iter().any(|step| step.step.deletes() == Some(what) && is_done(step));
    let mut all_went = |is_its: fn(&StepRecord) -> bool| {
        let went = original.steps.iter_mut().filter(|step| (step.is_over() || step.has_made()) && is_its(step));
        went.for_each(|step| step.state = StepState::Undone);
    };
    if deleted(Deletes::Application) {
        all_went(goes_with_application);
    }
    if deleted(Deletes::Account) {
        // What was in place before stays.
        all_went(|step| step.step.subject() == Subject::Account && step.state != StepState::AlreadyInPlace);
    }
    original.undone = steps(original).is_empty();
}
