//! Steps that wait for a word of the person: done by hand, effective by now, proved by a sign-in, finished.

use super::{Command, Effect, Engine, finish};
use crate::domain::ids::ObjectId;
use crate::domain::time::Instant;
use crate::graph::answer::{Fault, Outcome};
use crate::plan::account::AccountStep;
use crate::plan::exchange::{ExchangeStep, LONGEST_DELAY};
use crate::plan::record::{Need, StepRecord, StepState};
use crate::plan::step::{Finding, StepKind};

/// Whether a step sends nothing: its end is a word of the person.
pub(super) fn is_own(step: &StepRecord) -> bool {
    matches!(step.step, StepKind::Exchange(ExchangeStep::Settle) | StepKind::Account(AccountStep::Prove | AccountStep::Finish { .. }))
}

/// Whether an answer that is not good came from Exchange itself, and not from a wait, a broken connection or an ended sign-in.
fn is_said_by_exchange(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Denied(_) | Outcome::NotFound(_) | Outcome::NotYet(_) => true,
        Outcome::Rejected(fault) | Outcome::Unknown(fault) => fault.status > 0,
        Outcome::Token { claims, fault } => claims.is_none() && fault.code != "SignInNeeded",
        Outcome::Ok(_) | Outcome::Duplicate(_) | Outcome::Throttled { .. } => false,
    }
}

impl Engine {
    /// Brings the current step to where it waits for a word. Returns whether it does.
    pub(super) fn waits_for_word(&mut self, now: Instant, effects: &mut Vec<Effect>) -> bool {
        let unproved = self.record.steps.iter().any(|s| s.step == StepKind::Account(AccountStep::Prove) && s.state == StepState::Skipped);
        let is_given = |s: &&StepRecord| matches!(s.step, StepKind::Exchange(_)) && matches!(s.state, StepState::Done | StepState::Warning);
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
        match &step.step {
            StepKind::Exchange(ExchangeStep::Settle) => {
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
            StepKind::Exchange(ExchangeStep::ByHand { .. }) if !step.confirmed => waits_for(step, Need::DoByHand, effects),
            StepKind::Account(AccountStep::Prove) => waits_for(step, Need::Prove, effects),
            // The record goes on naming the account that is known to work.
            StepKind::Account(AccountStep::Finish { replaces: Some(_) }) if unproved => {
                finish(step, StepState::Skipped, now);
                effects.push(Effect::Keep);
                self.advance(now, effects);
                true
            }
            StepKind::Account(AccountStep::Finish { .. }) => waits_for(step, Need::Finish, effects),
            _ => false,
        }
    }

    /// Ends a step of the person's own.
    pub(super) fn said(&mut self, command: Command, now: Instant, effects: &mut Vec<Effect>) {
        let Some(step) = self.current() else { return };
        let state = match (&step.step, command) {
            // Only a sign-in proves it.
            (StepKind::Account(AccountStep::Prove), Command::Confirm) => return,
            (StepKind::Exchange(_), Command::Later) => StepState::Warning,
            (_, Command::Later) => StepState::Skipped,
            _ => StepState::Done,
        };
        self.finish_current(state, now, effects);
    }

    /// Somebody signed in, to prove that the account can.
    pub(super) fn proved(&mut self, account: &ObjectId, now: Instant, effects: &mut Vec<Effect>) {
        let is_it = self.record.facts.account.as_ref() == Some(account);
        let Some(step) = self.current().filter(|step| step.step == StepKind::Account(AccountStep::Prove)) else { return };
        if is_it {
            step.fault = None;
            return self.finish_current(StepState::Done, now, effects);
        }
        step.fault = Some(Fault::without_answer("OtherAccount"));
        effects.push(Effect::Keep);
    }

    /// Looks for what the person says was done by hand. Where nobody answers, the word counts, with a warning.
    pub(super) fn checked_by_hand(&mut self, outcomes: &[Outcome], now: Instant, effects: &mut Vec<Effect>) -> bool {
        let Some(at) = self.record.current() else { return false };
        let StepKind::Exchange(by_hand @ ExchangeStep::ByHand { .. }) = self.record.steps[at].step.clone() else { return false };
        self.last_read = None;
        let finding = by_hand.judge_check(outcomes);
        let step = &mut self.record.steps[at];
        step.checked = Some(now);
        match finding {
            Finding::Present(_) => self.finish_current(StepState::Done, now, effects),
            Finding::Missing => {
                step.confirmed = false;
                self.need(Need::DoByHand, effects);
            }
            Finding::Unclear(unsaid) if !is_said_by_exchange(&unsaid) => self.not_good(unsaid, now, effects),
            // Who lacks the rights gets 401, 403 or 500 from Exchange, and a tenant without Exchange 404.
            Finding::Unclear(_) => self.finish_current(StepState::Warning, now, effects),
        }
        true
    }
}
