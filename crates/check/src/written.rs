//! Points that the run with the test app tells: how each of its writes was answered, and how long it took to be seen.

use super::{Came, Judged, Why, code, differs, held, is, not_tried};
use graph::answer::OwnFault;
use plan::record::{RunRecord, Seen, StepRecord, StepState};
use plan::step::StepKind;
use plan::step::kinds::find_deleted::Deleted;

/// Until a write is seen it should take no longer than this, in seconds.
const SOON: i64 = 20;

fn find(run: &RunRecord, is_it: fn(&StepKind) -> bool) -> Option<&StepRecord> {
    run.steps.iter().find(|step| is_it(&step.step))
}

fn refused(status: u16, found: &str) -> Judged {
    differs(Came::Refused { status, code: code(found) })
}

/// Returns the last answer that says something about the step itself, not about waiting or signing in.
fn last(step: &StepRecord) -> Option<&Seen> {
    let says = |seen: &&Seen| match seen {
        Seen::Good { .. } | Seen::Duplicate { .. } => true,
        Seen::Refused { status, .. } => !matches!(status, 0 | 429 | 503),
        Seen::NotYet | Seen::Token { .. } | Seen::Unknown => false,
    };
    step.seen.iter().rev().find(says)
}

/// Judges a step by whether it was done.
pub(super) fn step(run: &RunRecord, is_it: fn(&StepKind) -> bool) -> Judged {
    let Some(step) = find(run, is_it) else { return not_tried(Why::NotAllowed) };
    match (step.state, last(step)) {
        (StepState::Done, _) => held(),
        (_, Some(Seen::Refused { status, code })) => refused(*status, code),
        (StepState::AlreadyInPlace, _) => not_tried(Why::NothingThere),
        (StepState::Skipped | StepState::Failed, None) => match &step.fault {
            // An earlier step brought nothing to work on.
            Some(fault) if fault.own() == Some(OwnFault::MissingFact) => not_tried(Why::NotReached),
            Some(fault) => refused(fault.status, &fault.code),
            None => not_tried(Why::NotReached),
        },
        _ => not_tried(Why::NotReached),
    }
}

/// How the first write of a step that creates if missing was answered.
fn heeded(run: &RunRecord, is_it: fn(&StepKind) -> bool) -> Judged {
    let Some(step) = find(run, is_it) else { return not_tried(Why::NotReached) };
    let says =
        |seen: &&Seen| !matches!(seen, Seen::NotYet | Seen::Token { .. } | Seen::Unknown | Seen::Refused { status: 0 | 429 | 503, .. });
    match step.seen.iter().find(says) {
        Some(Seen::Good { .. }) => held(),
        Some(Seen::Refused { status, code } | Seen::Duplicate { status, code }) => refused(*status, code),
        Some(Seen::NotYet | Seen::Token { .. } | Seen::Unknown) | None => not_tried(Why::NotReached),
    }
}

pub(super) fn upsert_in_batch(run: &RunRecord) -> Judged {
    heeded(run, |step| matches!(step, StepKind::CreateApplication(_)))
}

pub(super) fn principal_upsert(run: &RunRecord) -> Judged {
    heeded(run, |step| matches!(step, StepKind::CreateServicePrincipal(_)))
}

pub(super) fn upsert_answer(run: &RunRecord) -> Judged {
    let Some(step) = find(run, |step| matches!(step, StepKind::CreateApplication(_))) else { return not_tried(Why::NotReached) };
    match step.seen.iter().find(|seen| !matches!(seen, Seen::NotYet | Seen::Token { .. } | Seen::Unknown)) {
        Some(Seen::Good { body }) => is(*body, Came::Body(false)),
        _ => not_tried(Why::NotReached),
    }
}

pub(super) fn duplicate_name(run: &RunRecord) -> Judged {
    let Some(step) = find(run, |step| matches!(step, StepKind::RepeatName(_))) else { return not_tried(Why::NotReached) };
    match last(step) {
        Some(Seen::Duplicate { .. }) => held(),
        Some(Seen::Good { .. }) => differs(Came::Accepted),
        Some(Seen::Refused { status, code }) => refused(*status, code),
        _ => not_tried(Why::NotReached),
    }
}

/// No write is challenged; a tenant whose policies do it is no fault, but worth to be known.
pub(super) fn challenge(run: &RunRecord) -> Judged {
    let all = || run.steps.iter().flat_map(|step| &step.seen);
    if all().any(|seen| *seen == Seen::Token { challenge: true }) {
        return differs(Came::Times(all().filter(|seen| **seen == Seen::Token { challenge: true }).count()));
    }
    if all().next().is_none() { not_tried(Why::NotReached) } else { held() }
}

/// The longest time from a good write to the read that shows it.
pub(super) fn replication(run: &RunRecord) -> Judged {
    let is_good = |step: &&StepRecord| step.state == StepState::Done && step.seen.iter().any(|seen| matches!(seen, Seen::Good { .. }));
    let took = |step: &StepRecord| Some(step.ended?.seconds_since(step.since?));
    match run.steps.iter().filter(is_good).filter_map(took).max() {
        Some(seconds) => is(seconds <= SOON, Came::Seconds(seconds)),
        None => not_tried(Why::NotReached),
    }
}

pub(super) fn is_change(step: &StepKind) -> bool {
    matches!(step, StepKind::Rename(_))
}

pub(super) fn is_delegated_grant(step: &StepKind) -> bool {
    matches!(step, StepKind::GrantDelegated(_))
}

pub(super) fn is_application_grant(step: &StepKind) -> bool {
    matches!(step, StepKind::GrantApplication(_))
}

pub(super) fn is_role(step: &StepKind) -> bool {
    matches!(step, StepKind::AssignRole(_))
}

pub(super) fn adds_secret(step: &StepKind) -> bool {
    matches!(step, StepKind::AddTestSecret(_))
}

pub(super) fn adds_certificate(step: &StepKind) -> bool {
    matches!(step, StepKind::AddCertificate(_))
}

pub(super) fn removes_secret(step: &StepKind) -> bool {
    matches!(step, StepKind::RemoveTestSecret(_))
}

pub(super) fn deletes(step: &StepKind) -> bool {
    matches!(step, StepKind::DeleteTestApp(_))
}

pub(super) fn finds_deleted(step: &StepKind) -> bool {
    matches!(step, StepKind::FindDeleted(step) if step.item == Deleted::Application)
}

pub(super) fn deletes_for_good(step: &StepKind) -> bool {
    matches!(step, StepKind::DeleteForGood(step) if step.item == Deleted::Application)
}
