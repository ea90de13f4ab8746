//! How answers to reads are judged, for all kinds alike.

use super::{Finding, Learned};
use graph::answer::{Outcome, OwnFault};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) fn unclear(own: OwnFault) -> Finding {
    Finding::Unclear(Outcome::Unknown(own.fault()))
}

/// Says that it is there, with the id of it.
pub(super) fn made(id: impl Into<Option<String>>) -> Finding {
    Finding::Present(Box::new(Learned { made: id.into(), ..Learned::default() }))
}

pub(super) fn is(yes: bool) -> Finding {
    if yes { Finding::Present(Box::default()) } else { Finding::Missing }
}

pub(super) fn first(answers: &[Outcome], judge: impl FnOnce(&Outcome) -> Finding) -> Finding {
    answers.first().map_or_else(|| unclear(OwnFault::NoAnswer), judge)
}

/// Judges several answers to the same read: all must find it, else the first that does not counts.
pub(super) fn every(answers: &[Outcome], judge: impl Fn(&Outcome) -> Finding) -> Finding {
    let mut last = unclear(OwnFault::NoAnswer);
    for answer in answers {
        last = judge(answer);
        if !matches!(last, Finding::Present(_)) {
            break;
        }
    }
    last
}

/// Reads a single object; not found is missing.
pub(super) fn one<T: DeserializeOwned>(answer: &Outcome, found: impl FnOnce(T) -> Finding) -> Finding {
    match answer {
        Outcome::Ok(body) => serde_json::from_value(body.clone()).map_or_else(|_| unclear(OwnFault::UnreadableAnswer), found),
        Outcome::NotFound(_) => Finding::Missing,
        other => Finding::Unclear(other.clone()),
    }
}

/// Reads a collection. That its owner is not found means that it is not known everywhere yet.
pub(super) fn list<T: DeserializeOwned>(answer: &Outcome, found: impl FnOnce(&[T]) -> Finding) -> Finding {
    match answer {
        Outcome::Ok(body) => read_list(body).map_or_else(|| unclear(OwnFault::UnreadableAnswer), |items| found(&items)),
        Outcome::NotFound(fault) => Finding::Unclear(Outcome::NotYet(fault.clone())),
        other => Finding::Unclear(other.clone()),
    }
}

/// Judges whether something is gone: not found is what is wanted. `ours` says why what is there must not go, where it must not.
pub(super) fn gone(answer: &Outcome, ours: impl FnOnce(&Value) -> Result<(), OwnFault>) -> Finding {
    match answer {
        Outcome::NotFound(_) => is(true),
        Outcome::Ok(body) => match ours(body) {
            Ok(()) => Finding::Missing,
            Err(own) => Finding::Unclear(super::own_fault(own)),
        },
        other => Finding::Unclear(other.clone()),
    }
}

/// Reads `value` of a collection.
#[must_use]
pub fn read_list<T: DeserializeOwned>(body: &Value) -> Option<Vec<T>> {
    serde_json::from_value(body.get("value")?.clone()).ok()
}
