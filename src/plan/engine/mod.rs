//! The run engine: `handle(event) -> effects`. It never does anything itself, so that a test can stop it after any effect.
//!
//! A write leaves only after its intent was stored. An outcome that nobody knows is settled by reads, never by a blind repeat.

mod chosen;
pub mod password;
mod secret;
mod words;

use super::account::AccountStep;
use super::credentials::CredentialStep;

pub use super::event::{Command, Effect, Event};
use super::record::{Need, RunRecord, StepRecord, StepState};
use super::secret_step;
use super::step::{Finding, Scene, StepKind};
use crate::domain::certificate::PublicCertificate;
use crate::domain::secret::Secret;
use crate::domain::time::Instant;
use crate::graph::answer::{Fault, LONGEST_WAIT, Outcome};
use crate::graph::request::GraphRequest;
use serde_json::Value;

/// How long a step waits for Microsoft before it asks the person, in seconds.
pub const PATIENCE: i64 = 600;
/// Between two looks at something that is not there yet, in seconds.
const LOOK_AGAIN: i64 = 2;
/// Reads in a row without a trace before a write of unknown outcome may be repeated, where a repeat would make a second object.
const MISSING_READS: u32 = 4;
const MOST_ATTEMPTS: u32 = 12;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Flight {
    Idle,
    StoringIntent,
    Checking,
    Writing,
}

pub struct Engine {
    record: RunRecord,
    flight: Flight,
    /// The write that leaves once its intent is stored.
    prepared: Option<GraphRequest>,
    /// The answer to the last check: bodies of writes are built on it.
    last_read: Option<Value>,
    /// The person asked for the secret in this visit.
    wants_secret: bool,
    replaces_secret: bool,
    /// The password of the account that is made in this visit.
    password: Option<Secret>,
    /// A check of consent goes on until this moment.
    polls_until: Option<Instant>,
    cancel_wanted: bool,
}

impl Engine {
    #[must_use]
    pub fn new(record: RunRecord) -> Self {
        Self {
            record,
            flight: Flight::Idle,
            prepared: None,
            last_read: None,
            wants_secret: false,
            replaces_secret: false,
            password: None,
            polls_until: None,
            cancel_wanted: false,
        }
    }

    #[must_use]
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// Takes an event and returns what must be done.
    #[must_use]
    pub fn handle(&mut self, event: Event, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Began => self.begin(now, &mut effects),
            Event::Stored if self.flight == Flight::StoringIntent => self.send_prepared(&mut effects),
            Event::StoreFailed if self.flight == Flight::StoringIntent => self.could_not_store(now),
            Event::Noted(id) => {
                if let Some(step) = self.current() {
                    step.request_ids.push(id);
                }
            }
            Event::Answered(outcomes) if self.flight == Flight::Checking => self.checked(&outcomes, now, &mut effects),
            Event::Answered(outcomes) if self.flight == Flight::Writing => self.wrote(outcomes, now, &mut effects),
            Event::Woke if self.flight == Flight::Idle => self.advance(now, &mut effects),
            Event::Chose(command) => self.chose(command, now, &mut effects),
            Event::PasswordChosen(password) if self.flight == Flight::Idle => self.password_chosen(password, now, &mut effects),
            Event::Proved(account) if self.flight == Flight::Idle => self.proved(&account, now, &mut effects),
            Event::CertificateMade(certificate) => self.certificate_made(certificate, now, &mut effects),
            Event::Stored | Event::StoreFailed | Event::Answered(_) | Event::Woke => {}
            Event::PasswordChosen(_) | Event::Proved(_) => {}
        }
        if self.record.current().is_none() && self.record.ended.is_none() {
            self.record.ended = Some(now);
            effects.push(Effect::Keep);
        }
        effects
    }

    fn begin(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if let Some(step) = self.current() {
            secret_step::after_reload(step);
            password::after_reload(step);
            if matches!(step.state, StepState::Running) {
                step.state = StepState::Pending;
            }
            if step.state == StepState::NeedsYou(Need::SignIn) {
                step.state = StepState::Pending;
            }
        }
        self.advance(now, effects);
    }

    fn current(&mut self) -> Option<&mut StepRecord> {
        let at = self.record.current()?;
        self.record.steps.get_mut(at)
    }

    /// Goes on as far as it can without an answer.
    fn advance(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if self.flight != Flight::Idle || self.record.cancelled {
            return;
        }
        if self.is_cancelled_now(effects) {
            return;
        }
        let Some(at) = self.record.current() else { return };
        let consent_skipped = self.record.steps.iter().any(|s| s.step == StepKind::Consent && s.state == StepState::Skipped);
        let adding_skipped = self.record.steps[..at].iter().any(|s| s.step.adds_credential() && s.state == StepState::Skipped);
        let wants_secret = self.wants_secret || self.replaces_secret;
        let polls = self.polls_until.is_some();
        let has_password = self.password.is_some();
        if self.waits_for_word(now, effects) {
            return;
        }
        let Some(step) = self.record.steps.get_mut(at) else { return };
        step.since.get_or_insert(now);
        if let Some(until) = step.not_before.filter(|until| *until > now) {
            effects.push(Effect::WakeAt(until));
            return;
        }
        match (&step.step, step.state) {
            (_, StepState::Failed) => return,
            // The link must keep working for whoever gets it.
            (StepKind::RemoveConsentRedirect { .. }, _) if consent_skipped => {
                finish(step, StepState::Skipped, now);
                effects.push(Effect::Keep);
                return self.advance(now, effects);
            }
            (StepKind::Consent, _) if !polls && step.checked.is_some() => {
                step.state = StepState::NeedsYou(Need::Consent);
                return;
            }
            (StepKind::AddSecret { .. }, _) if !secret_step::is_due(step, wants_secret) => {
                if !matches!(step.state, StepState::NeedsYou(_)) {
                    step.state = StepState::NeedsYou(Need::MakeSecret);
                    effects.push(Effect::Keep);
                }
                return;
            }
            (StepKind::AddSecret { .. }, _) => {}
            (StepKind::Account(AccountStep::Create { .. }), _) if !password::is_due(step, has_password) => {
                if !matches!(step.state, StepState::NeedsYou(_)) {
                    step.state = StepState::NeedsYou(Need::ChoosePassword);
                    effects.push(Effect::Keep);
                }
                return;
            }
            (StepKind::Account(AccountStep::Create { .. }), _) => {}
            (StepKind::Credential(CredentialStep::MakeCertificate { .. }), state) => {
                if state != StepState::NeedsYou(Need::MakeCertificate) {
                    step.state = StepState::NeedsYou(Need::MakeCertificate);
                    effects.push(Effect::Keep);
                }
                return;
            }
            // What was put off takes nothing's place.
            (kind, _) if kind.asks_first() && adding_skipped => {
                finish(step, StepState::Skipped, now);
                effects.push(Effect::Keep);
                return self.advance(now, effects);
            }
            (kind, StepState::Pending) if kind.asks_first() && !step.confirmed => {
                step.state = StepState::NeedsYou(Need::Confirm);
                effects.push(Effect::Keep);
                return;
            }
            (_, StepState::NeedsYou(_)) if !polls => return,
            _ => {}
        }
        let waits = step.applied || step.state == StepState::Waiting;
        step.state = if waits { StepState::Waiting } else { StepState::Running };
        let must_read = step.applied || step.intended || step.step.reads_first() || step.attempts > 0;
        if must_read && self.last_read.is_none() || step.applied || step.intended {
            self.check(at, now, effects);
        } else {
            self.write(at, now, effects);
        }
    }

    fn check(&mut self, at: usize, now: Instant, effects: &mut Vec<Effect>) {
        let scene = self.record.scene(now);
        match self.record.steps.get(at).and_then(|step| step.step.check(&scene)) {
            Some(requests) => {
                self.flight = Flight::Checking;
                effects.push(Effect::Send(requests));
            }
            None => self.fail(Fault::without_answer("MissingFact"), now, effects),
        }
    }

    fn write(&mut self, at: usize, now: Instant, effects: &mut Vec<Effect>) {
        let request = {
            let scene = self.record.scene(now);
            self.record.steps.get(at).and_then(|step| step.step.write(&scene, self.last_read.as_ref()))
        };
        if let (Some(step), Some(read)) = (self.record.steps.get_mut(at), &self.last_read)
            && step.attempts == 0
        {
            let scene = Scene { run: &self.record.id, blueprint: &self.record.blueprint, facts: &self.record.facts, now };
            step.before = step.step.before(&scene, read);
        }
        match request {
            Some(request) => self.intend(request, effects),
            None => self.fail(Fault::without_answer("MissingFact"), now, effects),
        }
    }

    fn intend(&mut self, request: GraphRequest, effects: &mut Vec<Effect>) {
        if self.is_cancelled_now(effects) {
            return;
        }
        if let Some(step) = self.current() {
            step.intended = true;
            step.attempts += 1;
        }
        self.last_read = None;
        self.prepared = Some(request);
        self.flight = Flight::StoringIntent;
        effects.push(Effect::Intend);
    }

    /// Stops before the next request when the person wants that.
    fn is_cancelled_now(&mut self, effects: &mut Vec<Effect>) -> bool {
        if std::mem::take(&mut self.cancel_wanted) {
            self.record.cancelled = true;
            self.flight = Flight::Idle;
            if let Some(step) = self.current()
                && step.state == StepState::Running
            {
                step.state = StepState::Pending;
            }
            effects.push(Effect::Keep);
        }
        self.record.cancelled
    }

    fn send_prepared(&mut self, effects: &mut Vec<Effect>) {
        if self.cancel_wanted {
            // It was not sent.
            if let Some(step) = self.current() {
                step.intended = false;
            }
            self.prepared = None;
            self.is_cancelled_now(effects);
            return;
        }
        match self.prepared.take() {
            Some(request) => {
                self.flight = Flight::Writing;
                effects.push(Effect::Send(vec![request]));
            }
            None => self.flight = Flight::Idle,
        }
    }

    fn could_not_store(&mut self, now: Instant) {
        self.flight = Flight::Idle;
        self.prepared = None;
        if let Some(step) = self.current() {
            // Nothing was sent.
            step.intended = false;
            step.attempts = step.attempts.saturating_sub(1);
            step.fault = Some(Fault::without_answer("StorageFull"));
            step.state = StepState::Failed;
            step.ended = Some(now);
        }
    }

    fn checked(&mut self, outcomes: &[Outcome], now: Instant, effects: &mut Vec<Effect>) {
        self.flight = Flight::Idle;
        let Some(at) = self.record.current() else { return };
        if matches!(self.record.steps[at].step, StepKind::AddSecret { .. }) {
            return self.checked_secret(outcomes, now, effects);
        }
        if password::makes_account(&self.record.steps[at]) {
            return self.checked_account(outcomes, now, effects);
        }
        if self.checked_by_hand(outcomes, now, effects) {
            return;
        }
        let finding = self.record.steps[at].step.judge_check(&self.record.scene(now), outcomes);
        self.last_read = match outcomes.first() {
            Some(Outcome::Ok(body)) => Some(body.clone()),
            _ => Some(Value::Null),
        };
        let polls_until = self.polls_until;
        let read = self.last_read.as_ref().unwrap_or(&Value::Null);
        let is_behind = !self.record.steps[at].step.fits(&self.record.steps[..at], &self.record.facts, read);
        let Some(step) = self.record.steps.get_mut(at) else { return };
        step.checked = Some(now);
        match finding {
            Finding::Unclear(outcome) => {
                self.last_read = None;
                return self.not_good(outcome, now, effects);
            }
            Finding::Present(learned) => {
                step.fault = None;
                step.waits = 0;
                step.good_reads += 1;
                step.made = learned.made.clone().or(step.made.take());
                let ours = step.applied || step.intended;
                step.applied |= step.intended;
                step.intended = false;
                let enough = !ours || step.good_reads >= step.step.good_reads();
                self.record.facts.learn(&learned);
                if enough {
                    self.polls_until = None;
                    let step = &mut self.record.steps[at];
                    step.applied &= !step.foreign;
                    let is_done = (ours && !step.foreign) || step.step == StepKind::Consent;
                    let state = if is_done { StepState::Done } else { StepState::AlreadyInPlace };
                    return self.finish_current(state, now, effects);
                }
                self.look_again(now);
            }
            Finding::Missing => {
                step.good_reads = 0;
                if step.step == StepKind::Consent {
                    if polls_until.is_none_or(|until| now >= until) {
                        self.polls_until = None;
                        self.last_read = None;
                        step.state = StepState::NeedsYou(Need::Consent);
                        effects.push(Effect::Keep);
                        return;
                    }
                    step.state = StepState::Waiting;
                    self.look_again(now);
                } else if step.applied || is_behind {
                    step.state = StepState::Waiting;
                    if self.is_out_of_patience(now) {
                        return self.need(Need::NotYet, effects);
                    }
                    self.look_again(now);
                } else {
                    // Not there: whether it was never written or its write was lost, these writes are safe to repeat after this read.
                    step.intended = false;
                    if step.attempts >= MOST_ATTEMPTS {
                        return self.fail(Fault::without_answer("TooManyAttempts"), now, effects);
                    }
                    return self.write(at, now, effects);
                }
            }
        }
        effects.push(Effect::Keep);
        self.advance(now, effects);
    }

    /// Waits a little before the next look.
    fn look_again(&mut self, now: Instant) {
        self.last_read = None;
        if let Some(step) = self.current() {
            step.not_before = Some(now.plus_seconds(LOOK_AGAIN));
        }
    }

    /// What the browser made takes the place of the wish for it.
    fn certificate_made(&mut self, certificate: Box<PublicCertificate>, now: Instant, effects: &mut Vec<Effect>) {
        if self.flight != Flight::Idle {
            return;
        }
        let Some(step) = self.current() else { return };
        if !matches!(step.step, StepKind::Credential(CredentialStep::MakeCertificate { .. })) {
            return;
        }
        step.step = StepKind::Credential(CredentialStep::AddCertificate { certificate });
        step.state = StepState::Pending;
        step.since = Some(now);
        effects.push(Effect::Keep);
        self.advance(now, effects);
    }

    fn is_out_of_patience(&self, now: Instant) -> bool {
        let step = self.record.current().and_then(|at| self.record.steps.get(at));
        step.and_then(|step| step.since).is_some_and(|since| now.seconds_since(since) > PATIENCE)
    }

    fn wrote(&mut self, mut outcomes: Vec<Outcome>, now: Instant, effects: &mut Vec<Effect>) {
        self.flight = Flight::Idle;
        let Some(at) = self.record.current() else { return };
        let outcome = outcomes.pop().unwrap_or(Outcome::Unknown(Fault::without_answer("NoAnswer")));
        if matches!(self.record.steps[at].step, StepKind::AddSecret { .. }) {
            return self.wrote_secret(outcome, now, effects);
        }
        if password::makes_account(&self.record.steps[at]) {
            return self.wrote_account(outcome, now, effects);
        }
        match outcome {
            Outcome::Ok(body) => {
                let Some(step) = self.record.steps.get_mut(at) else { return };
                step.fault = None;
                step.waits = 0;
                if let Some(learned) = step.step.learn_from_write(&body) {
                    step.made = learned.made.clone();
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
            Outcome::NotFound(fault) if matches!(&self.record.steps[at].step, StepKind::Upkeep(step) if step.is_from_deleted_items()) => {
                self.fail(Fault { code: "NotAmongDeletedItems".into(), ..fault }, now, effects);
            }
            Outcome::Rejected(fault) if matches!(&self.record.steps[at].step, StepKind::Credential(step) if step.is_gone(&fault)) => {
                if let Some(step) = self.record.steps.get_mut(at) {
                    step.intended = false;
                    step.applied = true;
                }
                effects.push(Effect::Keep);
                self.advance(now, effects);
            }
            Outcome::NotYet(fault) if fault.message.contains("does not reference a valid application object") && self.is_foreign(at) => {
                self.fail(Fault { code: "NoSuchApplication".into(), ..fault }, now, effects);
            }
            other => self.not_good(other, now, effects),
        }
    }

    /// Whether the step brings an application of somebody else, which nobody is making at this moment.
    fn is_foreign(&self, at: usize) -> bool {
        matches!(self.record.steps[at].step, StepKind::AddResource { .. })
    }

    /// An answer that neither confirms nor refuses for good, or does the latter.
    fn not_good(&mut self, outcome: Outcome, now: Instant, effects: &mut Vec<Effect>) {
        let run = self.record.id.as_str().as_bytes().first().copied().unwrap_or_default();
        let patience_over = self.is_out_of_patience(now);
        let Some(step) = self.current() else { return };
        let (fault, seconds) = match outcome {
            Outcome::Throttled { seconds, fault } => {
                // Refused before anything was done.
                step.intended = false;
                if seconds.is_some_and(|seconds| seconds > LONGEST_WAIT) {
                    step.fault = Some(fault);
                    step.not_before = seconds.map(|seconds| now.plus_seconds(seconds));
                    return self.need(Need::NotYet, effects);
                }
                (fault, seconds)
            }
            Outcome::NotYet(fault) | Outcome::NotFound(fault) => {
                step.intended = false;
                (fault, None)
            }
            Outcome::Unknown(fault) => (fault, None),
            // A fresh token was refused too: Exchange says so to people who lack the role.
            Outcome::Token { claims: None, fault } if matches!(step.step, StepKind::Exchange(_)) && fault.code != "SignInNeeded" => {
                step.intended = false;
                return self.fail(Fault { code: "Authorization_RequestDenied".into(), ..fault }, now, effects);
            }
            Outcome::Token { fault, .. } => {
                step.intended = false;
                step.fault = Some(fault);
                return self.need(Need::SignIn, effects);
            }
            Outcome::Denied(fault) | Outcome::Rejected(fault) | Outcome::Duplicate(fault) => {
                step.intended = false;
                return self.fail(fault, now, effects);
            }
            Outcome::Ok(_) => (Fault::without_answer("UnreadableAnswer"), None),
        };
        step.fault = Some(fault);
        step.state = StepState::Waiting;
        step.waits += 1;
        let wait = seconds.unwrap_or_else(|| backoff(step.waits, run));
        step.not_before = Some(now.plus_seconds(wait));
        if patience_over {
            return self.need(Need::NotYet, effects);
        }
        effects.push(Effect::Keep);
        self.advance(now, effects);
    }

    fn need(&mut self, need: Need, effects: &mut Vec<Effect>) {
        if let Some(step) = self.current() {
            step.state = StepState::NeedsYou(need);
        }
        effects.push(Effect::Keep);
    }

    fn fail(&mut self, fault: Fault, now: Instant, effects: &mut Vec<Effect>) {
        self.last_read = None;
        if let Some(step) = self.current() {
            step.fault = Some(fault);
            step.state = StepState::Failed;
            step.ended = Some(now);
        }
        effects.push(Effect::Keep);
    }

    fn finish_current(&mut self, state: StepState, now: Instant, effects: &mut Vec<Effect>) {
        self.last_read = None;
        if let Some(step) = self.current() {
            finish(step, state, now);
        }
        effects.push(Effect::Keep);
        self.advance(now, effects);
    }
}

fn finish(step: &mut StepRecord, state: StepState, now: Instant) {
    step.state = state;
    step.ended = Some(now);
    step.not_before = None;
    step.intended = false;
}

/// Returns seconds to wait: 1, 2, 4, 8, 16, 30, spread by a tenth or two so that tabs and runs don't move in step.
fn backoff(attempt: u32, spread: u8) -> i64 {
    let base = 1_i64 << attempt.saturating_sub(1).min(5);
    base.min(30) + i64::from(spread % 3) * base / 16
}
