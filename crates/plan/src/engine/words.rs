//! Steps that wait for a word of the person: done by hand, effective by now, proved by a sign-in, finished.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use super::{Command, Effect, Engine, finish};
use crate::record::{Need, StepRecord, StepState};
use crate::step::kinds::settle_exchange::LONGEST_DELAY;
use crate::step::{Finding, Protocol, Word};
use domain::ids::ObjectId;
use domain::time::Instant;
use graph::answer::{Outcome, OwnFault};

/// Whether a step sends nothing: its end is a word of the person.
pub(super) fn is_own(step: &StepRecord) -> bool {
    match step.step.protocol() {
        Protocol::Word(Word::Settle | Word::Prove | Word::Finish { .. }) => true,
        Protocol::Word(Word::Consent | Word::ByHand) | Protocol::Ensure | Protocol::HandOver(_) => false,
    }
}

/// Whether an answer that is not good came from Exchange itself, and not from a wait, a broken connection or an ended sign-in.
fn is_said_by_exchange(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Denied(_) | Outcome::NotFound(_) | Outcome::NotYet(_) => true,
        Outcome::Rejected(fault) | Outcome::Unknown(fault) => fault.status > 0,
        Outcome::Token { claims, fault } => claims.is_none() && fault.no_token().is_none(),
        Outcome::Ok(_) | Outcome::Duplicate(_) | Outcome::Throttled { .. } => false,
    }
}

impl Engine {
    /// Brings the current step to where it waits for a word. Returns whether it does.
    pub(super) fn waits_for_word(&mut self, now: Instant, effects: &mut Vec<Effect>) -> bool {
        let is_proof = |step: &StepRecord| step.step.protocol() == Protocol::Word(Word::Prove);
        let unproved = self.record.steps.iter().any(|step| is_proof(step) && step.state == StepState::Skipped);
        let is_given = |s: &&StepRecord| s.step.gives_exchange_role() && matches!(s.state, StepState::Done | StepState::Warning);
        let given = self.record.steps.iter().filter(is_given).filter_map(|s| s.ended).max();
        let Some(step) = self.current() else { return false };
        let waits_for = |step: &mut StepRecord, need: Need, effects: &mut Vec<Effect>| {
            step.since.get_or_insert(now);
            if step.state != StepState::NeedsYou(need) {
                step.state = StepState::NeedsYou(need);
                effects.push(Effect::Keep);
            }
            true
        };
        match step.step.protocol() {
            Protocol::Word(Word::Settle) => {
                let Some(given) = given else {
                    // No role was given in this run: there is nothing to wait for.
                    finish(step, StepState::Skipped, now);
                    effects.push(Effect::Keep);
                    self.advance(now, effects);
                    return true;
                };
                step.since = Some(given);
                let until = given.plus_seconds(LONGEST_DELAY);
                if until <= now {
                    return waits_for(step, Need::TryIt, effects);
                }
                if step.state != StepState::Waiting {
                    step.state = StepState::Waiting;
                    effects.push(Effect::Keep);
                }
                effects.push(Effect::WakeAt(until));
                true
            }
            Protocol::Word(Word::ByHand) if !step.confirmed => waits_for(step, Need::DoByHand, effects),
            Protocol::Word(Word::Prove) => waits_for(step, Need::Prove, effects),
            // The record goes on naming the account that is known to work.
            Protocol::Word(Word::Finish { replaces: true }) if unproved => {
                finish(step, StepState::Skipped, now);
                effects.push(Effect::Keep);
                self.advance(now, effects);
                true
            }
            Protocol::Word(Word::Finish { .. }) => waits_for(step, Need::Finish, effects),
            Protocol::Word(Word::Consent | Word::ByHand) | Protocol::Ensure | Protocol::HandOver(_) => false,
        }
    }

    /// Ends a step of the person's own.
    pub(super) fn said(&mut self, command: Command, now: Instant, effects: &mut Vec<Effect>) {
        let Some(step) = self.current() else { return };
        let state = match (step.step.protocol(), command) {
            // Only a sign-in proves it.
            (Protocol::Word(Word::Prove), Command::Confirm) => return,
            (Protocol::Word(Word::Settle), Command::Later) => StepState::Warning,
            (_, Command::Later) => StepState::Skipped,
            (_, _) => StepState::Done,
        };
        self.finish_current(state, now, effects);
    }

    /// Somebody signed in, to prove that the account can.
    pub(super) fn proved(&mut self, account: &ObjectId, now: Instant, effects: &mut Vec<Effect>) {
        let is_it = self.record.facts.account.as_ref() == Some(account);
        let Some(step) = self.current().filter(|step| step.step.protocol() == Protocol::Word(Word::Prove)) else { return };
        if is_it {
            step.fault = None;
            return self.finish_current(StepState::Done, now, effects);
        }
        step.fault = Some(OwnFault::OtherAccount.fault());
        effects.push(Effect::Keep);
    }

    /// Looks for what the person says was done by hand. Where nobody answers, the word counts, with a warning.
    pub(super) fn checked_by_hand(&mut self, at: usize, outcomes: &[Outcome], now: Instant, effects: &mut Vec<Effect>) {
        self.reads.remove(&at);
        let finding = self.record.steps[at].step.judge(&self.record.context(now), outcomes);
        let step = &mut self.record.steps[at];
        step.checked = Some(now);
        match finding {
            Finding::Present(_) => self.finish(at, StepState::Done, now, effects),
            Finding::Missing => {
                step.confirmed = false;
                self.need(at, Need::DoByHand, effects);
            }
            Finding::Unclear(unsaid) if !is_said_by_exchange(&unsaid) => self.not_good(at, unsaid, now, effects),
            // Who lacks the rights gets 401, 403 or 500 from Exchange, and a tenant without Exchange 404.
            Finding::Unclear(_) => self.finish(at, StepState::Warning, now, effects),
        }
    }
}
