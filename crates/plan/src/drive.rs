//! Carries out what the run engine wants done, in its order: journals, sends, waits, hands over. What each of these is, a browser's or a
//! test's, is behind [`Ports`].

use super::engine::{Effect, Engine, Event};
use super::record::{RunRecord, RunState};
use domain::secret::Secret;
use domain::time::Instant;
use graph::answer::{Fault, NoToken, Outcome};
use graph::batch::Noted;
use graph::request::GraphRequest;
use std::cell::RefCell;
use std::collections::VecDeque;

/// For how many seconds a sign-in counts as the answer to a challenge, when no write has come through since.
const ANSWER_COUNTS: i64 = 300;

/// What a run needs of the world around it.
#[allow(async_fn_in_trait, reason = "pages have one thread")]
pub trait Ports {
    /// Returns the moment that the engine gets with each event: all waits are counted by it.
    fn now(&self) -> Instant;

    /// Whether the run is still to be carried out: a lock, a sign-out or erased data end it from outside.
    fn goes_on(&self) -> bool;

    /// Whether it is carried out here and nowhere else, asked before each write.
    async fn is_ours(&self) -> bool;

    /// It is carried out elsewhere by now.
    fn let_go(&self);

    /// Makes the record durable; returns whether it is.
    async fn store(&self, record: &RunRecord) -> bool;

    /// Shows the record.
    fn publish(&self, record: &RunRecord);

    /// The run came to its end: what is to be found of it later is kept.
    async fn finished(&self, record: &RunRecord);

    /// Sends for the tenant of the record and no other.
    async fn send(&self, record: &RunRecord, requests: &[GraphRequest]) -> Vec<Noted>;

    /// Sends [`Event::Woke`] at that time.
    fn wake_at(&self, until: Instant);

    /// Shows a secret, once.
    fn hand_over(&self, secret: Secret);

    /// When a sign-in answered a challenge of the tenant, if no write came through since.
    fn challenge_answered(&self) -> Option<Instant>;

    /// A write came through: the next challenge is a new one.
    fn forget_challenge(&self);
}

/// A run that is carried out.
pub struct Drive {
    engine: Engine,
    events: VecDeque<Event>,
    is_busy: bool,
    /// The tenant asked for a proof that only a sign-in gives.
    is_challenged: bool,
}

impl Drive {
    /// Begins a run, or goes on with it after a reload; nothing happens before [`work`].
    #[must_use]
    pub fn new(record: RunRecord) -> Self {
        Self { engine: Engine::new(record), events: VecDeque::from([Event::Began]), is_busy: false, is_challenged: false }
    }

    /// Returns the journal, as the last event that was worked through left it.
    #[must_use]
    pub fn record(&self) -> &RunRecord {
        self.engine.record()
    }

    /// Adds an event to those that [`work`] goes through.
    pub fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// Whether a challenge waits for a sign-in; it is asked once.
    pub fn take_challenge(&mut self) -> bool {
        std::mem::take(&mut self.is_challenged)
    }
}

/// Works through the events; one at a time, so that what an event brings about is stored in its order. Returns the record when the run
/// rests; `None` when there was nothing to do, somebody else does it, or the run was ended from outside.
pub async fn work<P: Ports>(drive: &RefCell<Drive>, ports: &P) -> Option<RunRecord> {
    {
        let mut drive = drive.borrow_mut();
        if drive.events.is_empty() || std::mem::replace(&mut drive.is_busy, true) {
            return None;
        }
    }
    loop {
        let Some(event) = drive.borrow_mut().events.pop_front() else { break };
        if !ports.goes_on() {
            return None;
        }
        let (effects, record) = {
            let mut drive = drive.borrow_mut();
            let effects = drive.engine.handle(event, ports.now());
            (effects, drive.engine.record().clone())
        };
        // Done is said when the run can be found again, and kept after what is found of it: somebody may leave the page at once.
        if record.state() == RunState::Done {
            ports.finished(&record).await;
        } else {
            ports.publish(&record);
        }
        for effect in effects {
            carry_out(drive, ports, &record, effect).await;
        }
    }
    let mut drive = drive.borrow_mut();
    drive.is_busy = false;
    Some(drive.record().clone())
}

async fn carry_out<P: Ports>(drive: &RefCell<Drive>, ports: &P, record: &RunRecord, effect: Effect) {
    match effect {
        Effect::Intend => {
            if !ports.is_ours().await {
                return ports.let_go();
            }
            let stored = ports.store(record).await;
            drive.borrow_mut().tell(if stored { Event::Stored } else { Event::StoreFailed });
        }
        Effect::Keep => {
            ports.store(record).await;
        }
        // What was stored a moment ago may be of an account that is signed out by now.
        Effect::Send(_) if !ports.goes_on() => {}
        Effect::Send(requests) => {
            let mut answers = ports.send(record, &requests).await;
            let is_challenged = note_challenge(ports, &requests, &mut answers);
            let mut drive = drive.borrow_mut();
            drive.is_challenged = is_challenged;
            drive.tell(Event::Answered(answers));
        }
        Effect::WakeAt(until) => ports.wake_at(until),
        Effect::HandOver(secret) => ports.hand_over(secret),
    }
}

/// Returns whether the tenant asked for a proof that a sign-in was not made for yet. The same one again is said to be so: a second
/// sign-in for it would lead to a third.
fn note_challenge<P: Ports>(ports: &P, requests: &[GraphRequest], answers: &mut [Noted]) -> bool {
    let has_written =
        requests.iter().zip(answers.iter()).any(|(request, (outcome, _))| request.is_write() && matches!(outcome, Outcome::Ok(_)));
    if has_written {
        ports.forget_challenge();
    }
    // What a challenge says can differ each time, as the moment from which tokens count does: only how near they are tells.
    let is_answered = ports.challenge_answered().is_some_and(|at| ports.now().seconds_since(at) < ANSWER_COUNTS);
    let mut is_new = false;
    for (outcome, id) in answers {
        if !matches!(outcome, Outcome::Token { claims: Some(_), .. }) {
            continue;
        }
        if is_answered {
            let fault = Fault { request_id: id.clone(), ..NoToken::ChallengedTwice.fault("") };
            *outcome = Outcome::Token { claims: None, fault };
        } else {
            is_new = true;
        }
    }
    is_new
}
