//! The page's own driver and sender over HTTP, without a browser; stops where a test wants it, or lets somebody meddle.

use crate::support::Bench;
use latchkey::domain::certificate::PublicCertificate;
use latchkey::domain::secret::Secret;
use latchkey::domain::time::Instant;
use latchkey::graph::answer::{Outcome, OwnFault};
use latchkey::graph::batch::{self, Noted};
use latchkey::graph::line::{self, Line};
use latchkey::graph::request::GraphRequest;
use latchkey::plan::drive::{self, Drive, Ports};
use latchkey::plan::engine::{Command, Event};
use latchkey::plan::record::{Need, RunRecord, RunState, StepState};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// What a test does to a run.
#[derive(Clone, Copy, Default)]
pub struct Trouble {
    /// The page dies after this many effects.
    pub kill_after: Option<usize>,
    /// What somebody else does in the tenant just before these requests are sent.
    pub meddles: Option<Meddling>,
}

pub type Meddling = fn(&Visit<'_>, &[GraphRequest]);

/// One visit: from opening the page to its end, or to its death.
pub struct Visit<'a> {
    pub bench: &'a Bench,
    pub token: &'a str,
    /// What the page last stored: all that survives.
    pub stored: RunRecord,
    pub effects: usize,
    pub secrets: Vec<String>,
    /// What the browser makes when the run asks for a certificate.
    pub certificate: Option<PublicCertificate>,
    /// The person presses Later instead of Show secret.
    pub puts_off: bool,
    /// How many passwords were chosen.
    pub passwords: usize,
    /// The emulated clock, moved instead of waiting.
    pub clock: Instant,
}

#[derive(Debug, PartialEq, Eq)]
pub enum End {
    Killed,
    State(RunState),
}

impl<'a> Visit<'a> {
    pub fn new(bench: &'a Bench, token: &'a str, stored: RunRecord, clock: Instant) -> Self {
        Self { bench, token, stored, effects: 0, secrets: Vec::new(), certificate: None, puts_off: false, passwords: 0, clock }
    }

    /// Sends as the page does: 20 to a batch, lists to their ends.
    pub fn send(&self, requests: &[GraphRequest]) -> Vec<Outcome> {
        let line = Wire { bench: self.bench, token: self.token, clock: self.clock };
        let answers = at_once(line::send(&line, requests)).expect("a wire keeps nobody waiting");
        answers.into_iter().map(|(outcome, _)| outcome).collect()
    }

    /// What the person does besides pressing a button: chooses a password, signs in as the account.
    fn next_event(&mut self, record: &RunRecord) -> Option<Event> {
        let step = record.current().map(|at| &record.steps[at])?;
        match step.state {
            StepState::NeedsYou(Need::ChoosePassword | Need::PasswordLost) => {
                self.passwords += 1;
                Some(Event::PasswordChosen(Secret::new(format!("Lantern-{:04}-quay", self.passwords))))
            }
            StepState::NeedsYou(Need::Prove) => record.facts.account.clone().map(Event::Proved),
            _ => None,
        }
    }

    /// Lets the run go on as a patient person would: makes and saves the secret, replaces a lost one, checks consent.
    pub fn run(&mut self, trouble: Trouble) -> End {
        let drive = RefCell::new(Drive::new(self.stored.clone()));
        let mut last = None;
        for _ in 0..4000 {
            let here = Here { visit: RefCell::new(self), trouble, has_woken: Cell::new(false), is_dead: Cell::new(false) };
            let rest = at_once(drive::work(&drive, &here)).filter(|_| !here.is_dead.get());
            let has_woken = here.has_woken.get();
            let Some(record) = rest.map(|rest| rest.expect("a run that rests")) else { return End::Killed };
            if has_woken {
                drive.borrow_mut().tell(Event::Woke);
                continue;
            }
            if record.state() == RunState::NeedsYou
                && let Some(certificate) = self.certificate.clone()
                && record.steps.iter().any(|step| step.state == StepState::NeedsYou(Need::MakeCertificate))
            {
                drive.borrow_mut().tell(Event::CertificateMade(Box::new(certificate)));
                continue;
            }
            let step = record.current().map(|at| record.steps[at].clone());
            if let Some(event) = self.next_event(&record) {
                assert!(last.as_ref() != Some(&(Command::Confirm, step.clone())), "no effect on {step:?}");
                last = Some((Command::Confirm, step));
                drive.borrow_mut().tell(event);
                continue;
            }
            let Some(mut command) = next_command(&record) else { return End::State(record.state()) };
            if self.puts_off && command == Command::ShowSecret {
                command = Command::Later;
            }
            assert!(last.as_ref() != Some(&(command, step.clone())), "{command:?} has no effect on {step:?}");
            last = Some((command, step));
            drive.borrow_mut().tell(Event::Chose(command));
        }
        panic!("the run does not end: {:?}", drive.borrow().record().steps);
    }
}

/// Returns the event of answers whose request ids nobody asks for.
pub fn answers_with(outcomes: Vec<Outcome>) -> Event {
    Event::Answered(outcomes.into_iter().map(|outcome| (outcome, None)).collect())
}

/// Runs what waits for nothing but a death; `None` when it died.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// The way to Graph without a browser.
struct Wire<'a> {
    bench: &'a Bench,
    token: &'a str,
    clock: Instant,
}

impl Line for Wire<'_> {
    fn graph(&self) -> &str {
        &self.bench.config.graph
    }

    async fn post(&self, requests: &[GraphRequest]) -> Vec<Noted> {
        match self.bench.batch_at(&batch::path(requests), self.token, &batch::body(requests)) {
            Some(answer) => batch::judge_all(answer, requests, self.clock),
            None => batch::lost(requests, OwnFault::NoAnswer),
        }
    }

    /// Its token lasts for as long as the test.
    async fn refused(&self, _: Option<&str>) {}
}

/// What a run needs, without a browser: the emulator, its clock, and a page that can die.
struct Here<'v, 'a> {
    visit: RefCell<&'v mut Visit<'a>>,
    trouble: Trouble,
    has_woken: Cell<bool>,
    is_dead: Cell<bool>,
}

impl Here<'_, '_> {
    /// Counts an effect that was carried out; the page may die of it.
    fn count(&self) {
        let visit = &mut *self.visit.borrow_mut();
        visit.effects += 1;
        self.is_dead.set(self.trouble.kill_after == Some(visit.effects));
    }

    /// Nothing comes after a death.
    async fn is_alive(&self) {
        if self.is_dead.get() {
            std::future::pending::<()>().await;
        }
    }
}

impl Ports for Here<'_, '_> {
    fn now(&self) -> Instant {
        self.visit.borrow().clock
    }

    fn goes_on(&self) -> bool {
        true
    }

    async fn is_ours(&self) -> bool {
        true
    }

    fn let_go(&self) {}

    async fn store(&self, record: &RunRecord) -> bool {
        self.is_alive().await;
        self.visit.borrow_mut().stored = record.clone();
        self.count();
        self.is_alive().await;
        true
    }

    fn publish(&self, _: &RunRecord) {}

    async fn finished(&self, _: &RunRecord) {}

    async fn send(&self, _: &RunRecord, requests: &[GraphRequest]) -> Vec<Noted> {
        self.is_alive().await;
        let noted = {
            let visit = self.visit.borrow();
            if let Some(meddle) = self.trouble.meddles {
                meddle(&visit, requests);
            }
            let line = Wire { bench: visit.bench, token: visit.token, clock: visit.clock };
            at_once(line::send(&line, requests)).expect("a wire keeps nobody waiting")
        };
        self.count();
        self.is_alive().await;
        noted
    }

    /// The emulated clock is moved instead of waiting.
    fn wake_at(&self, until: Instant) {
        {
            let visit = &mut *self.visit.borrow_mut();
            let seconds = until.seconds_since(visit.clock).max(1);
            visit.bench.control("POST", "/clock", &serde_json::json!({ "advanceSeconds": seconds }));
            visit.clock = visit.clock.plus_seconds(seconds);
        }
        self.count();
        self.has_woken.set(true);
    }

    fn hand_over(&self, secret: Secret) {
        self.visit.borrow_mut().secrets.push(secret.reveal().to_owned());
        self.count();
    }

    fn challenge_answered(&self) -> Option<Instant> {
        None
    }

    fn forget_challenge(&self) {}
}

fn next_command(record: &RunRecord) -> Option<Command> {
    let step = record.current().map(|at| &record.steps[at])?;
    match step.state {
        StepState::NeedsYou(Need::MakeSecret) => Some(Command::ShowSecret),
        StepState::NeedsYou(Need::SavePassword) => Some(Command::SavedSecret),
        StepState::NeedsYou(Need::DoByHand | Need::TryIt | Need::Finish) => Some(Command::Confirm),
        StepState::NeedsYou(Need::SaveSecret) => Some(Command::SavedSecret),
        StepState::NeedsYou(Need::SecretLost) => Some(Command::ReplaceSecret),
        StepState::NeedsYou(Need::Confirm) => Some(Command::Confirm),
        StepState::NeedsYou(Need::NotYet) => Some(Command::CheckStatus),
        _ => None,
    }
}

/// Returns the violations that the emulator noted since its log was emptied.
pub fn violations(bench: &Bench) -> Vec<Value> {
    let requests = bench.control("GET", "/requests", &Value::Null);
    requests.as_array().unwrap().iter().filter(|entry| !entry["violations"].as_array().unwrap().is_empty()).cloned().collect()
}
