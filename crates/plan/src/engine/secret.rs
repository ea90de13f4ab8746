//! The client secret's own rules: it is made on a click, shown once, and a lost one is replaced.

use super::{Effect, Engine, MISSING_READS};
use crate::record::{Need, StepState};
use crate::secret_step;
use crate::step::{HandOver, Protocol};
use domain::time::Instant;
use graph::answer::{Outcome, OwnFault};
use graph::applications;

impl Engine {
    pub(super) fn checked_secret(&mut self, outcomes: &[Outcome], now: Instant, effects: &mut Vec<Effect>) {
        let name = self.record.context(now).secret_name();
        let Some(at) = self.record.current() else { return };
        let step = &mut self.record.steps[at];
        step.checked = Some(now);
        let listed = match secret_step::listed(outcomes.first(), &name) {
            Ok(listed) => listed,
            Err(outcome) => return self.not_good(at, *outcome, now, effects),
        };
        step.waits = 0;
        self.decide_on_secret(&listed, now, effects);
    }

    /// Goes on by the credentials that carry our name.
    pub(super) fn decide_on_secret(&mut self, listed: &[String], now: Instant, effects: &mut Vec<Effect>) {
        let name = self.record.context(now).secret_name();
        let (wants, replaces) = (self.wants_secret, self.replaces_secret);
        let (Some(at), Some(application)) = (self.record.current(), self.record.facts.application.clone()) else { return };
        let step = &mut self.record.steps[at];
        match secret_step::decide(step, listed, wants, replaces, MISSING_READS) {
            secret_step::Next::Add => match step.step.protocol() {
                Protocol::HandOver(HandOver::Secret { days }) => {
                    let ends = applications::secret_ends(now, days);
                    step.secret.ends = Some(ends);
                    step.secret.key_id = None;
                    self.replaces_secret = false;
                    self.wants_secret = true;
                    self.intend(applications::add_password(&application, &name, ends), effects);
                }
                Protocol::Ensure | Protocol::HandOver(HandOver::Password | HandOver::Certificate { .. }) | Protocol::Word(_) => {
                    self.fail(at, OwnFault::MissingFact.fault(), now, effects);
                }
            },
            secret_step::Next::Remove(key_id) => {
                step.secret.removing = Some(key_id.clone());
                self.intend(applications::remove_password(&application, &key_id), effects);
            }
            secret_step::Next::Lost => {
                self.wants_secret = false;
                self.need(at, Need::SecretLost, effects);
            }
            secret_step::Next::Ready => self.need(at, Need::MakeSecret, effects),
            secret_step::Next::LookAgain => {
                step.state = StepState::Waiting;
                self.look_again(at, now);
                if self.is_out_of_patience(at, now) {
                    return self.need(at, Need::NotYet, effects);
                }
                effects.push(Effect::Keep);
                self.advance(now, effects);
            }
            secret_step::Next::Done => self.finish(at, StepState::Done, now, effects),
        }
    }

    pub(super) fn wrote_secret(&mut self, outcome: Outcome, now: Instant, effects: &mut Vec<Effect>) {
        let Some(at) = self.record.current() else { return };
        let step = &mut self.record.steps[at];
        if let Some(key_id) = step.secret.removing.clone() {
            let gone = match &outcome {
                Outcome::Ok(_) => true,
                Outcome::Rejected(fault) => applications::is_secret_unknown(fault),
                _ => false,
            };
            if gone {
                step.secret.removing = None;
                step.secret.removed.push(key_id);
                step.intended = false;
                step.not_before = None;
                effects.push(Effect::Keep);
                return self.advance(now, effects);
            }
            step.secret.removing = None;
            // A removal that got lost may be repeated: it names one credential.
            step.intended = false;
            return self.not_good(at, outcome, now, effects);
        }
        match outcome {
            Outcome::Ok(body) => match secret_step::take_value(step, &body) {
                Some(secret) => {
                    step.intended = false;
                    step.fault = None;
                    step.since = Some(now);
                    step.state = StepState::NeedsYou(Need::SaveSecret);
                    self.wants_secret = false;
                    effects.push(Effect::HandOver(secret));
                    effects.push(Effect::Keep);
                }
                None => self.not_good(at, Outcome::Unknown(OwnFault::UnreadableAnswer.fault()), now, effects),
            },
            other => self.not_good(at, other, now, effects),
        }
    }
}
