//! The client secret's own rules: it is made on a click, shown once, and a lost one is replaced.

use super::{Effect, Engine, MISSING_READS};
use crate::domain::time::Instant;
use crate::graph::answer::{Fault, Outcome};
use crate::plan::record::{Need, StepState};
use crate::plan::secret_step;
use crate::plan::step::StepKind;

impl Engine {
    pub(super) fn checked_secret(&mut self, outcomes: &[Outcome], now: Instant, effects: &mut Vec<Effect>) {
        let name = self.record.scene(now).secret_name();
        let application = self.record.facts.application.clone();
        let (wants, replaces) = (self.wants_secret, self.replaces_secret);
        let (Some(step), Some(application)) = (self.current(), application) else { return };
        step.checked = Some(now);
        let listed = match secret_step::listed(outcomes.first(), &name) {
            Ok(listed) => listed,
            Err(outcome) => return self.not_good(*outcome, now, effects),
        };
        step.waits = 0;
        match secret_step::decide(step, &listed, wants, replaces, MISSING_READS) {
            secret_step::Next::Add => match &step.step {
                StepKind::AddSecret { days } => {
                    let ends = now.plus_days(i64::from(*days));
                    step.secret.ends = Some(ends);
                    step.secret.key_id = None;
                    self.replaces_secret = false;
                    self.wants_secret = true;
                    self.intend(crate::graph::applications::add_password(&application, &name, ends), effects);
                }
                _ => self.fail(Fault::without_answer("MissingFact"), now, effects),
            },
            secret_step::Next::Remove(key_id) => {
                step.secret.removing = Some(key_id.clone());
                self.intend(crate::graph::applications::remove_password(&application, &key_id), effects);
            }
            secret_step::Next::Lost => {
                self.wants_secret = false;
                self.need(Need::SecretLost, effects);
            }
            secret_step::Next::Ready => self.need(Need::MakeSecret, effects),
            secret_step::Next::LookAgain => {
                step.state = StepState::Waiting;
                self.look_again(now);
                if self.is_out_of_patience(now) {
                    return self.need(Need::NotYet, effects);
                }
                effects.push(Effect::Keep);
                self.advance(now, effects);
            }
            secret_step::Next::Done => self.finish_current(StepState::Done, now, effects),
        }
    }

    pub(super) fn wrote_secret(&mut self, outcome: Outcome, now: Instant, effects: &mut Vec<Effect>) {
        let Some(step) = self.current() else { return };
        if let Some(key_id) = step.secret.removing.clone() {
            let gone = match &outcome {
                Outcome::Ok(_) => true,
                Outcome::Rejected(fault) => fault.message.contains("No password credential found"),
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
            return self.not_good(outcome, now, effects);
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
                None => self.not_good(Outcome::Unknown(Fault::without_answer("UnreadableAnswer")), now, effects),
            },
            other => self.not_good(other, now, effects),
        }
    }
}
