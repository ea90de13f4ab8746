//! The run engine: `handle(event) -> effects`. It never does anything itself, so that a test can stop it after any effect.
//!
//! A write leaves only after its intent was stored. An outcome that nobody knows is settled by reads, never by a blind repeat.
//!
//! ```
//! use domain::blueprint::Blueprint;
//! use domain::ids::{AccountKey, ObjectId, RunId, Tenant, TenantId};
//! use domain::session::Person;
//! use domain::time::Instant;
//! use plan::engine::{Effect, Engine, Event};
//! use plan::record::RunRecord;
//! use plan::step::kinds::CreateApplication;
//! use std::collections::BTreeMap;
//!
//! let (id, now) = ("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60", Instant(0));
//! let home = TenantId::parse(id).unwrap();
//! let tenant = Tenant { id: home.clone(), name: "Contoso".into(), domain: "contoso.com".into() };
//! let key = AccountKey::new(&ObjectId::parse(id).unwrap(), &home);
//! let person = Person { key, name: "Ada".into(), username: "ada@contoso.com".into(), home };
//! let blueprint = Blueprint { name: "Nightly report".into(), ..Blueprint::default() };
//! let steps = vec![CreateApplication {}.into()];
//! let run = RunRecord::new(RunId::parse(id).unwrap(), tenant, person, blueprint, steps, BTreeMap::new(), now);
//!
//! let mut engine = Engine::new(run);
//! assert!(matches!(engine.handle(Event::Began, now)[..], [Effect::Intend]), "a write is stored before it leaves");
//! assert!(matches!(&engine.handle(Event::Stored, now)[..], [Effect::Send(requests)] if requests[0].is_write()));
//! ```

mod answers;
mod chosen;
mod pace;
pub mod password;
mod secret;
mod words;

use super::deleted;

pub use super::event::{Command, Effect, Event};
use super::record::{Need, Purpose, RunRecord, StepRecord, StepState};
use super::secret_step;
use super::step::kinds::AddCertificate;
use super::step::{HandOver, Protocol, PutOff, Word};
use domain::certificate::PublicCertificate;
use domain::secret::Secret;
use domain::time::Instant;
use graph::answer::{Fault, OwnFault};
use graph::request::GraphRequest;
pub use pace::PATIENCE;
use pace::{LOOK_AGAIN, MISSING_READS, MOST_ATTEMPTS, backoff};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Flight {
    Idle,
    StoringIntent,
    Sending,
}

/// What a step wants to send.
enum Wanted {
    Check(Vec<GraphRequest>),
    Write(GraphRequest),
}

/// What was asked for a step, and where in the batch its answers are.
struct Asked {
    at: usize,
    is_write: bool,
    places: Vec<usize>,
}

/// What a step does next.
enum Next {
    /// It waits for a person, or for another step.
    Nothing,
    WakeAt(Instant),
    Send(Wanted),
    /// It ended, or failed, without a request.
    Moved,
}

/// A run that is carried out: its journal, and what only this visit knows. A password is held here between the choice and the answer.
pub struct Engine {
    record: RunRecord,
    flight: Flight,
    /// What is under way, for which steps.
    asked: Vec<Asked>,
    /// The requests that leave once the intent of their writes is stored.
    prepared: Vec<GraphRequest>,
    /// Answers are being understood: nothing leaves before all of them are.
    is_settling: bool,
    /// The answer to the last check of a step: bodies of writes are built on it.
    reads: BTreeMap<usize, Value>,
    /// Retry was pressed while something was under way.
    wants_retry: bool,
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
    /// Takes up a run as it was stored. Nothing happens before [`Event::Began`].
    #[must_use]
    pub fn new(record: RunRecord) -> Self {
        Self {
            record,
            flight: Flight::Idle,
            asked: Vec::new(),
            prepared: Vec::new(),
            is_settling: false,
            reads: BTreeMap::new(),
            wants_retry: false,
            wants_secret: false,
            replaces_secret: false,
            password: None,
            polls_until: None,
            cancel_wanted: false,
        }
    }

    /// Returns the journal as it is now: what [`Effect::Intend`] and [`Effect::Keep`] want stored.
    #[must_use]
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// Takes an event and returns what must be done: nothing at all for a run that is not of this browser, or is being undone.
    #[must_use]
    pub fn handle(&mut self, event: Event, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !self.record.can_go_on() {
            return effects;
        }
        match event {
            Event::Began => self.begin(now, &mut effects),
            Event::Stored if self.flight == Flight::StoringIntent => self.send_prepared(&mut effects),
            Event::StoreFailed if self.flight == Flight::StoringIntent => self.could_not_store(now),
            Event::Answered(answers) if self.flight == Flight::Sending => self.answered(answers, now, &mut effects),
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
        keep_once(&mut effects);
        effects
    }

    fn begin(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        for step in self.record.steps.iter_mut().filter(|step| !step.is_over()) {
            secret_step::after_reload(step);
            password::after_reload(step);
            if matches!(step.state, StepState::Running | StepState::NeedsYou(Need::SignIn)) {
                step.state = StepState::Pending;
            }
        }
        self.advance(now, effects);
    }

    /// Returns the steps that are worked on: the current one, and those of its stage that follow.
    fn front(&self) -> Vec<usize> {
        let Some(first) = self.record.current() else { return Vec::new() };
        let Some(stage) = self.record.steps[first].step.stage() else { return vec![first] };
        let of_stage = self.record.steps.iter().enumerate().skip(first).take_while(|(_, step)| step.step.stage() == Some(stage));
        of_stage.filter(|(_, step)| !step.is_over()).map(|(at, _)| at).collect()
    }

    fn current(&mut self) -> Option<&mut StepRecord> {
        let at = self.record.current()?;
        self.record.steps.get_mut(at)
    }

    /// Goes on as far as it can without an answer: what the steps at work want to send leaves together.
    fn advance(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if self.is_settling || self.flight != Flight::Idle || self.record.cancelled {
            return;
        }
        if self.is_cancelled_now(effects) {
            return;
        }
        if self.waits_for_word(now, effects) {
            return;
        }
        let front = self.front();
        // Microsoft's own wait is for everything that the run sends.
        if let Some(told) = front.iter().filter_map(|at| self.record.steps[*at].told).max().filter(|told| *told > now) {
            if front.iter().any(|at| self.record.steps[*at].state == StepState::Waiting) {
                effects.push(Effect::WakeAt(told));
            }
            return;
        }
        let mut all = Vec::new();
        let mut wake: Option<Instant> = None;
        for at in front {
            match self.next(at, now, effects) {
                Next::Nothing => {}
                Next::WakeAt(until) => wake = Some(wake.map_or(until, |wake| wake.min(until))),
                Next::Send(wanted) => all.push((at, wanted)),
                Next::Moved => return self.advance(now, effects),
            }
            // A secret and a password bring their own requests.
            if self.flight != Flight::Idle {
                return;
            }
        }
        if !all.is_empty() {
            self.leave(all, effects);
        } else if let Some(until) = wake {
            effects.push(Effect::WakeAt(until));
        }
    }

    fn next(&mut self, at: usize, now: Instant, effects: &mut Vec<Effect>) -> Next {
        let is_first = self.record.current() == Some(at);
        let is_consent = |step: &StepRecord| step.step.protocol() == Protocol::Word(Word::Consent);
        let is_put_off = |step: &StepRecord| step.state == StepState::Skipped;
        let consent_put_off = self.record.steps.iter().any(|step| is_consent(step) && is_put_off(step));
        let credential_put_off = self.record.steps[..at].iter().any(|step| step.step.credential().is_some() && is_put_off(step));
        let wants_secret = self.wants_secret || self.replaces_secret;
        let polls = self.polls_until.is_some();
        let has_password = self.password.is_some();
        let is_on_new = self.is_on_new(at);
        let Some(step) = self.record.steps.get_mut(at) else { return Next::Nothing };
        step.since.get_or_insert(now);
        if matches!(step.state, StepState::Failed | StepState::NeedsYou(Need::NotYet | Need::SignIn)) {
            return Next::Nothing;
        }
        if let Some(until) = step.not_before.filter(|until| *until > now) {
            return Next::WakeAt(until);
        }
        let is_put_off = match step.step.put_off_with() {
            Some(PutOff::Consent) => consent_put_off,
            Some(PutOff::Credential) => credential_put_off,
            None => false,
        };
        if is_put_off {
            finish(step, StepState::Skipped, now);
            effects.push(Effect::Keep);
            return Next::Moved;
        }
        let asked = match step.step.protocol() {
            Protocol::Word(Word::Consent) if !polls && step.checked.is_some() => {
                step.state = StepState::NeedsYou(Need::Consent);
                return Next::Nothing;
            }
            Protocol::HandOver(HandOver::Secret { .. }) if !secret_step::is_due(step, wants_secret) => Some(Need::MakeSecret),
            Protocol::HandOver(HandOver::Password) if !password::is_due(step, has_password) => Some(Need::ChoosePassword),
            Protocol::HandOver(HandOver::Secret { .. } | HandOver::Password) => None,
            Protocol::HandOver(HandOver::Certificate { .. }) => {
                if step.state != StepState::NeedsYou(Need::MakeCertificate) {
                    step.state = StepState::NeedsYou(Need::MakeCertificate);
                    effects.push(Effect::Keep);
                }
                return Next::Nothing;
            }
            Protocol::Ensure if step.step.asks_first() && step.state == StepState::Pending && !step.confirmed => Some(Need::Confirm),
            Protocol::Ensure | Protocol::Word(_) => {
                if matches!(step.state, StepState::NeedsYou(_)) && !polls {
                    return Next::Nothing;
                }
                None
            }
        };
        if let Some(need) = asked {
            // What it asked before, it goes on asking.
            if !matches!(step.state, StepState::NeedsYou(_)) {
                step.state = StepState::NeedsYou(need);
                effects.push(Effect::Keep);
            }
            return Next::Nothing;
        }
        let waits = step.applied || step.state == StepState::Waiting;
        let is_secret = matches!(step.step.protocol(), Protocol::HandOver(HandOver::Secret { .. }));
        // What this run made a moment ago has nothing yet that a read could find.
        let is_new = is_on_new && !step.intended && step.attempts == 0 && !step.secret.saved;
        let must_read = step.applied || step.intended || (step.step.reads_first() && !is_new) || step.attempts > 0;
        let checks = must_read && !self.reads.contains_key(&at) || step.applied || step.intended;
        let wanted = if is_secret && is_new {
            None
        } else if checks {
            self.check_of(at, now).map(Wanted::Check)
        } else {
            self.write_of(at, now).map(Wanted::Write)
        };
        let Some(step) = self.record.steps.get_mut(at) else { return Next::Nothing };
        let running = if waits { StepState::Waiting } else { StepState::Running };
        match wanted {
            Some(wanted) => {
                step.state = running;
                Next::Send(wanted)
            }
            None if is_secret && is_new => {
                step.state = running;
                self.decide_on_secret(&[], now, effects);
                Next::Nothing
            }
            // What it needs is on its way.
            None if !is_first => Next::Nothing,
            None => {
                self.fail(at, OwnFault::MissingFact.fault(), now, effects);
                Next::Moved
            }
        }
    }

    /// Whether the step writes to what this run itself made, and nobody had before.
    fn is_on_new(&self, at: usize) -> bool {
        let Some(owner) = self.record.steps[at].step.hangs_on() else { return false };
        self.record.steps[..at].iter().any(|step| step.step == owner && step.has_made() && step.created)
    }

    fn check_of(&self, at: usize, now: Instant) -> Option<Vec<GraphRequest>> {
        let step = self.record.steps.get(at)?;
        Some(step.step.check(&self.record.context(now))?.into_iter().chain(deleted::look(step)).collect())
    }

    /// Returns the write of a step, and notes what was there before its first one.
    fn write_of(&mut self, at: usize, now: Instant) -> Option<GraphRequest> {
        let context = self.record.context(now);
        let step = self.record.steps.get(at)?;
        let read = self.reads.get(&at);
        let request = if step.plainly { step.step.write_plainly(&context) } else { step.step.write(&context, read) };
        if let Some(read) = read.filter(|_| step.attempts == 0) {
            let before = step.step.before(&context, read);
            self.record.steps[at].before = before;
        }
        request
    }

    /// Sends what the steps want, once the intent of what is written is stored. What several of them read is read once.
    fn leave(&mut self, all: Vec<(usize, Wanted)>, effects: &mut Vec<Effect>) {
        let mut requests: Vec<GraphRequest> = Vec::new();
        let mut asked = Vec::new();
        for (at, wanted) in all {
            let is_write = matches!(wanted, Wanted::Write(_));
            let mut places: Vec<usize> = Vec::new();
            match wanted {
                Wanted::Check(reads) => {
                    for read in reads {
                        // A step that reads the same twice wants to hear it twice.
                        let known = (0..requests.len()).find(|place| requests[*place] == read && !places.contains(place));
                        places.push(known.unwrap_or(requests.len()));
                        if known.is_none() {
                            requests.push(read);
                        }
                    }
                }
                Wanted::Write(request) => {
                    let step = &mut self.record.steps[at];
                    step.intended = true;
                    step.attempts += 1;
                    self.reads.remove(&at);
                    places.push(requests.len());
                    requests.push(request);
                }
            }
            asked.push(Asked { at, is_write, places });
        }
        let writes = asked.iter().any(|asked| asked.is_write);
        self.asked = asked;
        if writes {
            self.prepared = requests;
            self.flight = Flight::StoringIntent;
            effects.push(Effect::Intend);
        } else {
            self.flight = Flight::Sending;
            effects.push(Effect::Send(requests));
        }
    }

    /// Sends one write of the current step.
    fn intend(&mut self, request: GraphRequest, effects: &mut Vec<Effect>) {
        if self.is_cancelled_now(effects) {
            if let Some(step) = self.current() {
                step.secret.removing = None;
            }
            return;
        }
        if let Some(at) = self.record.current() {
            self.leave(vec![(at, Wanted::Write(request))], effects);
        }
    }

    /// Stops before the next request when the person wants that.
    fn is_cancelled_now(&mut self, effects: &mut Vec<Effect>) -> bool {
        if std::mem::take(&mut self.cancel_wanted) {
            self.record.cancelled = true;
            self.flight = Flight::Idle;
            for step in self.record.steps.iter_mut().filter(|step| step.state == StepState::Running) {
                step.state = StepState::Pending;
            }
            effects.push(Effect::Keep);
        }
        self.record.cancelled
    }

    fn send_prepared(&mut self, effects: &mut Vec<Effect>) {
        let requests = std::mem::take(&mut self.prepared);
        if self.cancel_wanted {
            // They were not sent.
            for asked in std::mem::take(&mut self.asked).into_iter().filter(|asked| asked.is_write) {
                let step = &mut self.record.steps[asked.at];
                step.intended = false;
                step.secret.removing = None;
            }
            self.is_cancelled_now(effects);
            return;
        }
        self.flight = Flight::Sending;
        effects.push(Effect::Send(requests));
    }

    fn could_not_store(&mut self, now: Instant) {
        self.flight = Flight::Idle;
        self.prepared.clear();
        for asked in std::mem::take(&mut self.asked) {
            let step = &mut self.record.steps[asked.at];
            if asked.is_write {
                // Nothing was sent.
                step.intended = false;
                step.secret.removing = None;
                step.attempts = step.attempts.saturating_sub(1);
                step.fault = Some(OwnFault::StorageFull.fault());
                step.state = StepState::Failed;
                step.ended = Some(now);
            } else if step.state == StepState::Running {
                step.state = StepState::Pending;
            }
        }
    }

    /// Waits a little before the next look.
    fn look_again(&mut self, at: usize, now: Instant) {
        self.reads.remove(&at);
        if let Some(step) = self.record.steps.get_mut(at) {
            step.not_before = Some(now.plus_seconds(LOOK_AGAIN));
        }
    }

    /// What the browser made takes the place of the wish for it.
    fn certificate_made(&mut self, certificate: Box<PublicCertificate>, now: Instant, effects: &mut Vec<Effect>) {
        if self.flight != Flight::Idle {
            return;
        }
        let Some(step) = self.current() else { return };
        if !matches!(step.step.protocol(), Protocol::HandOver(HandOver::Certificate { .. })) {
            return;
        }
        step.step = AddCertificate { certificate }.into();
        step.state = StepState::Pending;
        step.since = Some(now);
        effects.push(Effect::Keep);
        self.advance(now, effects);
    }

    fn is_out_of_patience(&self, at: usize, now: Instant) -> bool {
        let since = self.record.steps.get(at).and_then(|step| step.since);
        since.is_some_and(|since| now.seconds_since(since) > PATIENCE)
    }

    fn need(&mut self, at: usize, need: Need, effects: &mut Vec<Effect>) {
        if let Some(step) = self.record.steps.get_mut(at) {
            step.state = StepState::NeedsYou(need);
        }
        effects.push(Effect::Keep);
    }

    fn fail(&mut self, at: usize, fault: Fault, now: Instant, effects: &mut Vec<Effect>) {
        self.reads.remove(&at);
        let is_check = self.record.purpose == Purpose::Check;
        if let Some(step) = self.record.steps.get_mut(at) {
            step.fault = Some(fault);
            // What was refused is what such a run is to find out.
            if is_check && step.step.can_be_left_out_of_check() {
                return self.finish(at, StepState::Skipped, now, effects);
            }
            step.state = StepState::Failed;
            step.ended = Some(now);
        }
        effects.push(Effect::Keep);
    }

    fn finish(&mut self, at: usize, state: StepState, now: Instant, effects: &mut Vec<Effect>) {
        self.reads.remove(&at);
        if let Some(step) = self.record.steps.get_mut(at) {
            finish(step, state, now);
        }
        effects.push(Effect::Keep);
        self.advance(now, effects);
    }

    fn finish_current(&mut self, state: StepState, now: Instant, effects: &mut Vec<Effect>) {
        if let Some(at) = self.record.current() {
            self.finish(at, state, now, effects);
        }
    }
}

/// One event is stored once: with its intent, or as the first thing.
fn keep_once(effects: &mut Vec<Effect>) {
    let intends = effects.iter().any(|effect| matches!(effect, Effect::Intend));
    let mut is_kept = intends;
    effects.retain(|effect| !matches!(effect, Effect::Keep) || !std::mem::replace(&mut is_kept, true));
}

fn finish(step: &mut StepRecord, state: StepState, now: Instant) {
    step.state = state;
    step.ended = Some(now);
    step.not_before = None;
    step.intended = false;
}
