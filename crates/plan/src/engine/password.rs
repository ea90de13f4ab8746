//! The rules of a new account: its password is chosen in the visit that makes it, shown once, and a lost one is set anew.

use super::{Effect, Engine, Flight, MOST_ATTEMPTS};
use crate::record::{Need, StepRecord, StepState};
use crate::step::{HandOver, Protocol};
use domain::ids::ObjectId;
use domain::secret::Secret;
use domain::time::Instant;
use graph::answer::{Fault, Outcome, OwnFault};
use graph::sentences::Says;
use graph::users::{self, User};

/// How long reads look for an account whose creation got no answer, in seconds (replication of the directory).
const UNKNOWN_FOR: i64 = 60;
/// How far the clock of this computer may be off, in seconds.
const CLOCKS_DIFFER: i64 = 600;

pub(super) fn makes_account(step: &StepRecord) -> bool {
    step.step.protocol() == Protocol::HandOver(HandOver::Password)
}

/// Whether an account that is found after a write without a good answer is the one that was written: of that name, and not older than
/// the last look that did not find it, give or take what clocks differ.
fn is_made_by(step: &StepRecord, user: &User, name: &str) -> bool {
    let is_new = user.created().zip(step.absent).is_some_and(|(created, absent)| created.seconds_since(absent) > -CLOCKS_DIFFER);
    is_new && user.display_name.as_deref() == Some(name)
}

/// Whether the step has something to do without another word of the person.
pub(super) fn is_due(step: &StepRecord, has_password: bool) -> bool {
    match step.state {
        StepState::NeedsYou(Need::SavePassword) => step.secret.saved,
        StepState::NeedsYou(_) => has_password,
        _ => has_password || step.intended || step.secret.saved,
    }
}

/// After a reload the password is gone unless the person had saved it.
pub(super) fn after_reload(step: &mut StepRecord) {
    if makes_account(step) && step.state == StepState::NeedsYou(Need::SavePassword) && !step.secret.saved {
        step.state = StepState::NeedsYou(Need::PasswordLost);
    }
}

impl Engine {
    pub(super) fn password_chosen(&mut self, password: Secret, now: Instant, effects: &mut Vec<Effect>) {
        let Some(step) = self.current().filter(|step| makes_account(step)) else { return };
        if !matches!(step.state, StepState::NeedsYou(Need::ChoosePassword | Need::PasswordLost)) {
            return;
        }
        step.since = Some(now);
        step.fault = None;
        step.not_before = None;
        self.password = Some(password);
        self.advance(now, effects);
    }

    pub(super) fn checked_account(&mut self, outcomes: &[Outcome], now: Instant, effects: &mut Vec<Effect>) {
        let Some(at) = self.record.current() else { return };
        let user = match outcomes.first() {
            Some(Outcome::Ok(body)) => match serde_json::from_value::<User>(body.clone()) {
                Ok(user) => Some(user),
                Err(_) => return self.not_good(at, Outcome::Unknown(OwnFault::UnreadableAnswer.fault()), now, effects),
            },
            Some(Outcome::NotFound(_)) => None,
            Some(other) => {
                // Whatever the look met: what it was to settle is not settled.
                let is_lost = self.current().is_some_and(|step| step.intended);
                self.not_good(at, other.clone(), now, effects);
                if let Some(step) = self.current() {
                    step.intended = is_lost;
                }
                return;
            }
            None => return self.not_good(at, Outcome::Unknown(OwnFault::NoAnswer.fault()), now, effects),
        };
        let has_password = self.password.is_some();
        let name = self.record.blueprint.account.as_ref().map(|account| account.shown_name().to_owned()).unwrap_or_default();
        let Some(step) = self.current() else { return };
        if user.is_none() && !step.intended {
            step.absent = Some(now);
        }
        step.checked = Some(now);
        step.waits = 0;
        let (is_known, is_lost) = (step.secret.key_id.is_some(), step.intended);
        let made = user.as_ref().is_some_and(|user| is_lost && is_made_by(step, user, &name));
        match user {
            Some(user) => {
                let is_ours = step.secret.key_id.as_deref() == Some(user.id.as_str()) || (!is_known && made);
                if !is_ours {
                    step.intended = false;
                    self.password = None;
                    return self.fail(at, OwnFault::UserNameTaken.fault(), now, effects);
                }
                // Made by a write whose answer got lost: in this visit its password is at hand, after a reload nobody has it.
                let was_lost = !is_known && is_lost;
                step.secret.key_id = Some(user.id.to_string());
                step.made = Some(user.id.to_string());
                step.fault = None;
                self.record.facts.account = Some(user.id.clone());
                self.settle_known(&user.id, was_lost, has_password, now, effects);
            }
            None if is_known => self.wait_for_account(now, effects),
            // A second account can't be made, Graph sees to that; but a replica that is behind must not make this one a stranger's.
            None if is_lost => {
                if step.since.is_some_and(|since| now.seconds_since(since) < UNKNOWN_FOR) {
                    return self.wait_for_account(now, effects);
                }
                step.intended = false;
                step.since = Some(now);
                if has_password { self.create_account(now, effects) } else { self.need(at, Need::ChoosePassword, effects) }
            }
            None if has_password => self.create_account(now, effects),
            None => self.need(at, Need::ChoosePassword, effects),
        }
    }

    /// The account is there and ours.
    fn settle_known(&mut self, id: &ObjectId, was_lost: bool, has_password: bool, now: Instant, effects: &mut Vec<Effect>) {
        let must_change = self.record.blueprint.account.as_ref().is_some_and(|account| account.must_change);
        let Some(at) = self.record.current() else { return };
        let step = &mut self.record.steps[at];
        if step.secret.saved {
            return self.finish(at, StepState::Done, now, effects);
        }
        step.intended = false;
        match (was_lost, has_password) {
            (true, true) => self.hand_over_password(now, effects),
            (false, true) => {
                let request = users::reset_password(id, must_change, self.password.as_ref());
                self.intend(request, effects);
            }
            (_, false) => self.need(at, Need::PasswordLost, effects),
        }
    }

    fn wait_for_account(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        let Some(at) = self.record.current() else { return };
        self.record.steps[at].state = StepState::Waiting;
        if self.is_out_of_patience(at, now) {
            return self.need(at, Need::NotYet, effects);
        }
        self.look_again(at, now);
        effects.push(Effect::Keep);
        self.advance(now, effects);
    }

    fn create_account(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        let Some(at) = self.record.current() else { return };
        let attempts = self.record.steps[at].attempts;
        match (&self.record.blueprint.account, &self.password) {
            _ if attempts >= MOST_ATTEMPTS => self.fail(at, OwnFault::TooManyAttempts.fault(), now, effects),
            (Some(account), Some(password)) => {
                let request = users::create(account, Some(password));
                self.intend(request, effects);
            }
            _ => self.fail(at, OwnFault::MissingFact.fault(), now, effects),
        }
    }

    pub(super) fn wrote_account(&mut self, outcome: Outcome, now: Instant, effects: &mut Vec<Effect>) {
        let Some(at) = self.record.current() else { return };
        let step = &mut self.record.steps[at];
        match outcome {
            Outcome::Ok(body) => {
                if step.secret.key_id.is_none() {
                    let id = body.get("id").and_then(serde_json::Value::as_str).and_then(ObjectId::parse);
                    let Some(id) = id else {
                        return self.not_good(at, Outcome::Unknown(OwnFault::UnreadableAnswer.fault()), now, effects);
                    };
                    step.secret.key_id = Some(id.to_string());
                    step.made = Some(id.to_string());
                    self.record.facts.account = Some(id);
                }
                self.hand_over_password(now, effects);
            }
            // Entra's list of banned passwords is known to Entra only.
            Outcome::Rejected(fault) if fault.says(Says::Password) || fault.target.as_deref() == Some("password") => {
                step.intended = false;
                step.fault = Some(Fault { code: OwnFault::PasswordRefused.code().to_owned(), ..fault });
                self.password = None;
                let need = if self.record.facts.account.is_some() { Need::PasswordLost } else { Need::ChoosePassword };
                self.need(at, need, effects);
            }
            // An earlier write of ours may have got through, or the browser sent this one twice, as it does when a connection breaks:
            // reads tell whose the account is.
            Outcome::Rejected(fault) if fault.says(Says::UserNameTaken) => {
                step.fault = Some(fault);
                step.since = Some(now);
                effects.push(Effect::Keep);
                self.advance(now, effects);
            }
            other => self.not_good(at, other, now, effects),
        }
    }

    fn hand_over_password(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        self.flight = Flight::Idle;
        let password = self.password.take();
        if let Some(step) = self.current() {
            step.intended = false;
            step.fault = None;
            step.since = Some(now);
            step.state = StepState::NeedsYou(Need::SavePassword);
        }
        effects.extend(password.map(Effect::HandOver));
        effects.push(Effect::Keep);
    }
}
