//! What the answers mean for the steps that asked: done, waited for, written, or refused.

use super::{Command, Effect, Engine, Flight, MOST_ATTEMPTS, backoff};
use crate::deleted;
use crate::record::{Need, Purpose, Seen, StepState};
use crate::step::{Finding, HandOver, Protocol, Refusal, Word};
use domain::time::Instant;
use graph::answer::{Fault, LONGEST_WAIT, Outcome, OwnFault};
use graph::batch::Noted;
use serde_json::Value;

impl Engine {
    /// Understands all answers, then goes on.
    pub(super) fn answered(&mut self, answers: Vec<Noted>, now: Instant, effects: &mut Vec<Effect>) {
        self.flight = Flight::Idle;
        self.is_settling = true;
        for asked in std::mem::take(&mut self.asked) {
            let of_step: Vec<&Noted> = asked.places.iter().filter_map(|place| answers.get(*place)).collect();
            let outcomes = of_step.iter().map(|(outcome, _)| outcome.clone());
            let step = &self.record.steps[asked.at].step;
            let outcomes: Vec<Outcome> =
                if asked.is_write { outcomes.map(|answer| step.understand(answer)).collect() } else { outcomes.collect() };
            if asked.is_write {
                let ids = of_step.iter().filter_map(|(_, id)| id.clone());
                self.record.steps[asked.at].request_ids.extend(ids);
                self.note_answers(asked.at, &outcomes);
                self.wrote(asked.at, outcomes, now, effects);
            } else {
                self.checked(asked.at, &outcomes, now, effects);
            }
        }
        self.is_settling = false;
        if std::mem::take(&mut self.wants_retry) {
            return self.chose(Command::Retry, now, effects);
        }
        self.advance(now, effects);
    }

    pub(super) fn checked(&mut self, at: usize, outcomes: &[Outcome], now: Instant, effects: &mut Vec<Effect>) {
        let protocol = self.record.steps[at].step.protocol();
        match protocol {
            Protocol::HandOver(HandOver::Secret { .. }) => return self.checked_secret(outcomes, now, effects),
            Protocol::HandOver(HandOver::Password) => return self.checked_account(outcomes, now, effects),
            Protocol::Word(Word::ByHand) => return self.checked_by_hand(at, outcomes, now, effects),
            Protocol::Ensure | Protocol::HandOver(HandOver::Certificate { .. }) => {}
            Protocol::Word(Word::Consent | Word::Settle | Word::Prove | Word::Finish { .. }) => {}
        }
        let finding = self.record.steps[at].step.judge(&self.record.context(now), outcomes);
        let read = match outcomes.first() {
            Some(Outcome::Ok(body)) => body.clone(),
            _ => Value::Null,
        };
        let polls_until = self.polls_until;
        let earlier = self.record.steps[..at].iter().filter(|step| step.applied).map(|step| &step.step);
        let is_behind = self.record.steps[at].step.is_behind(earlier, &self.record.facts, &read);
        self.reads.insert(at, read);
        let is_deleted = deleted::is_there(&self.record.steps[at], &self.record.context(now), outcomes);
        let Some(step) = self.record.steps.get_mut(at) else { return };
        step.checked = Some(now);
        match finding {
            Finding::Unclear(outcome) => {
                self.reads.remove(&at);
                self.not_good(at, outcome, now, effects);
            }
            Finding::Present(learned) => {
                step.fault = None;
                step.waits = 0;
                step.good_reads += 1;
                step.made = learned.made.clone().or(step.made.take());
                let ours = step.applied || step.intended;
                step.applied |= step.intended;
                step.intended = false;
                let wanted = if ours { 1 } else { step.step.looks_to_believe() };
                let enough = step.good_reads >= wanted;
                self.record.facts.learn(&learned);
                if enough {
                    self.polls_until = None;
                    let step = &mut self.record.steps[at];
                    step.applied &= !step.foreign;
                    let is_done = (ours && !step.foreign) || step.step.is_a_question();
                    let state = if is_done { StepState::Done } else { StepState::AlreadyInPlace };
                    return self.finish(at, state, now, effects);
                }
                self.look_again(at, now);
                effects.push(Effect::Keep);
                self.advance(now, effects);
            }
            Finding::Missing if is_deleted => self.fail(at, OwnFault::UniqueNameDeleted.fault(), now, effects),
            Finding::Missing => {
                step.good_reads = 0;
                if protocol == Protocol::Word(Word::Consent) {
                    if polls_until.is_none_or(|until| now >= until) {
                        self.polls_until = None;
                        self.reads.remove(&at);
                        step.state = StepState::NeedsYou(Need::Consent);
                        effects.push(Effect::Keep);
                        return;
                    }
                    step.state = StepState::Waiting;
                    self.look_again(at, now);
                } else if step.applied || is_behind {
                    step.state = StepState::Waiting;
                    let is_only_said = step.applied && step.made.is_none() && step.fault.is_some();
                    if self.is_out_of_patience(at, now) {
                        if is_only_said {
                            // It was said to be there and never was: the conflict was about something else, and the next try writes again.
                            let step = &mut self.record.steps[at];
                            (step.applied, step.foreign) = (false, false);
                        }
                        return self.need(at, Need::NotYet, effects);
                    }
                    self.look_again(at, now);
                } else {
                    // Not there: whether it was never written or its write was lost, these writes are safe to repeat after this read.
                    step.intended = false;
                    if step.attempts >= MOST_ATTEMPTS {
                        return self.fail(at, OwnFault::TooManyAttempts.fault(), now, effects);
                    }
                    return self.advance(now, effects);
                }
                effects.push(Effect::Keep);
                self.advance(now, effects);
            }
        }
    }

    pub(super) fn wrote(&mut self, at: usize, mut outcomes: Vec<Outcome>, now: Instant, effects: &mut Vec<Effect>) {
        let outcome = outcomes.pop().unwrap_or(Outcome::Unknown(OwnFault::NoAnswer.fault()));
        match self.record.steps[at].step.protocol() {
            Protocol::HandOver(HandOver::Secret { .. }) => return self.wrote_secret(outcome, now, effects),
            Protocol::HandOver(HandOver::Password) => return self.wrote_account(outcome, now, effects),
            Protocol::Ensure | Protocol::HandOver(HandOver::Certificate { .. }) | Protocol::Word(_) => {}
        }
        match outcome {
            Outcome::Ok(_) if self.record.steps[at].step.is_over_when_answered() => self.finish(at, StepState::Done, now, effects),
            Outcome::Ok(body) if body.is_object() && self.record.steps[at].step.learn_from_write(&body).is_none() => {
                self.not_good(at, Outcome::Unknown(OwnFault::UnreadableAnswer.fault()), now, effects);
            }
            Outcome::Ok(body) => {
                let Some(step) = self.record.steps.get_mut(at) else { return };
                step.fault = None;
                step.waits = 0;
                if let Some(learned) = step.step.learn_from_write(&body) {
                    step.made = learned.made.clone();
                    step.created = learned.made.is_some();
                    self.record.facts.learn(&learned);
                }
                step.intended = false;
                step.applied = true;
                step.since = Some(now);
                step.not_before = None;
                effects.push(Effect::Keep);
                self.advance(now, effects);
            }
            // It is there: reads will find it.
            Outcome::Duplicate(fault) => {
                if let Some(step) = self.record.steps.get_mut(at) {
                    step.fault = Some(fault);
                    step.intended = false;
                    step.applied = true;
                    // The first try already met it: somebody else made it between the read and the write.
                    step.foreign |= step.attempts == 1;
                }
                effects.push(Effect::Keep);
                self.advance(now, effects);
            }
            Outcome::NotFound(_) if !self.record.steps[at].plainly && self.can_write_plainly(at, now) => {
                if let Some(step) = self.record.steps.get_mut(at) {
                    step.intended = false;
                    step.plainly = true;
                }
                self.reads.insert(at, Value::Null);
                self.advance(now, effects);
            }
            other => match self.record.steps[at].step.refusal(&other) {
                Refusal::AsUsual => self.not_good(at, other, now, effects),
                Refusal::ItIsSo => {
                    if let Some(step) = self.record.steps.get_mut(at) {
                        step.intended = false;
                        step.applied = true;
                    }
                    effects.push(Effect::Keep);
                    self.advance(now, effects);
                }
                Refusal::Settles => self.finish(at, StepState::Done, now, effects),
                Refusal::Final(own) => {
                    let fault = other.fault().cloned().unwrap_or_default();
                    self.fail(at, Fault { code: own.code().to_owned(), ..fault }, now, effects);
                }
            },
        }
    }

    fn can_write_plainly(&self, at: usize, now: Instant) -> bool {
        self.record.steps[at].step.write_plainly(&self.record.context(now)).is_some()
    }

    /// An answer that neither confirms nor refuses for good, or does the latter.
    pub(super) fn not_good(&mut self, at: usize, outcome: Outcome, now: Instant, effects: &mut Vec<Effect>) {
        let run = self.record.id.as_str().as_bytes().first().copied().unwrap_or_default();
        let patience_over = self.is_out_of_patience(at, now);
        let Some(step) = self.record.steps.get_mut(at) else { return };
        let (fault, seconds) = match outcome {
            Outcome::Throttled { seconds, fault } => {
                // Refused before anything was done: it counts for no attempt.
                step.intended = false;
                step.attempts = step.attempts.min(1);
                step.told = seconds.map(|seconds| now.plus_seconds(seconds));
                if seconds.is_some_and(|seconds| seconds > LONGEST_WAIT) {
                    step.fault = Some(fault);
                    step.not_before = seconds.map(|seconds| now.plus_seconds(seconds));
                    return self.need(at, Need::NotYet, effects);
                }
                (fault, seconds)
            }
            Outcome::NotYet(fault) | Outcome::NotFound(fault) => {
                step.intended = false;
                step.attempts = step.attempts.min(1);
                (fault, None)
            }
            Outcome::Unknown(fault) => (fault, None),
            // A fresh token was refused too: Exchange says so to people who lack the role.
            Outcome::Token { claims: None, fault } if step.step.is_denied_by_token() && fault.no_token().is_none() => {
                step.intended = false;
                return self.fail(at, Fault { code: "Authorization_RequestDenied".into(), ..fault }, now, effects);
            }
            Outcome::Token { fault, .. } => {
                step.intended = false;
                step.fault = Some(fault);
                return self.need(at, Need::SignIn, effects);
            }
            Outcome::Denied(fault) | Outcome::Rejected(fault) | Outcome::Duplicate(fault) => {
                step.intended = false;
                return self.fail(at, fault, now, effects);
            }
            Outcome::Ok(_) => (OwnFault::UnreadableAnswer.fault(), None),
        };
        step.fault = Some(fault);
        step.state = StepState::Waiting;
        step.waits += 1;
        let wait = seconds.unwrap_or_else(|| backoff(step.waits, run));
        step.not_before = Some(now.plus_seconds(wait));
        if patience_over {
            return self.need(at, Need::NotYet, effects);
        }
        effects.push(Effect::Keep);
        self.advance(now, effects);
    }

    /// A check with Microsoft is about how writes are answered.
    fn note_answers(&mut self, at: usize, outcomes: &[Outcome]) {
        if self.record.purpose == Purpose::Check {
            self.record.steps[at].seen.extend(outcomes.iter().map(Seen::of));
        }
    }
}
