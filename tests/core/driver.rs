//! Carries out the effects of the engine over HTTP; stops or loses an answer where a test wants it.

use crate::support::Bench;
use latchkey::domain::certificate::PublicCertificate;
use latchkey::domain::secret::Secret;
use latchkey::domain::time::Instant;
use latchkey::graph::answer::{Fault, Outcome, judge};
use latchkey::graph::batch;
use latchkey::graph::request::GraphRequest;
use latchkey::plan::engine::{Command, Effect, Engine, Event};
use latchkey::plan::record::{Need, RunRecord, RunState, StepState};
use serde_json::Value;
use std::collections::VecDeque;

/// What a test does to a run.
#[derive(Clone, Copy, Default)]
pub struct Trouble {
    /// The page dies after this many effects.
    pub kill_after: Option<usize>,
}

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

    pub fn send(&self, requests: &[GraphRequest]) -> Vec<Outcome> {
        let body = self.bench.batch_at(&batch::path(requests), self.token, &batch::body(requests));
        let lost = || Outcome::Unknown(Fault::without_answer("NoAnswer"));
        let answers = body.map_or_else(|| vec![None; requests.len()], |body| batch::answers(body, requests.len()));
        let judged = answers
            .into_iter()
            .zip(requests)
            .map(|(answer, request)| answer.map_or_else(lost, |answer| judge(answer, request.is_write(), self.clock)));
        judged.collect()
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
        let mut engine = Engine::new(self.stored.clone());
        let mut events = VecDeque::from([Event::Began]);
        let mut last = None;
        for _ in 0..4000 {
            let Some(event) = events.pop_front() else {
                let state = engine.record().state();
                if state == RunState::NeedsYou
                    && let Some(certificate) = self.certificate.clone()
                    && engine.record().steps.iter().any(|step| step.state == StepState::NeedsYou(Need::MakeCertificate))
                {
                    events.push_back(Event::CertificateMade(Box::new(certificate)));
                    continue;
                }
                if let Some(event) = self.next_event(engine.record()) {
                    let step = engine.record().current().map(|at| engine.record().steps[at].clone());
                    assert!(last.as_ref() != Some(&(Command::Confirm, step.clone())), "no effect on {step:?}");
                    last = Some((Command::Confirm, step));
                    events.push_back(event);
                    continue;
                }
                let Some(mut command) = next_command(engine.record()) else { return End::State(state) };
                if self.puts_off && command == Command::ShowSecret {
                    command = Command::Later;
                }
                let step = engine.record().current().map(|at| engine.record().steps[at].clone());
                assert!(last.as_ref() != Some(&(command, step.clone())), "{command:?} has no effect on {step:?}");
                last = Some((command, step));
                events.push_back(Event::Chose(command));
                continue;
            };
            for effect in engine.handle(event, self.clock) {
                match effect {
                    Effect::Intend => {
                        self.stored = engine.record().clone();
                        events.push_back(Event::Stored);
                    }
                    Effect::Keep => self.stored = engine.record().clone(),
                    Effect::Send(requests) => events.push_back(Event::Answered(self.send(&requests))),
                    Effect::WakeAt(until) => {
                        let seconds = until.seconds_since(self.clock).max(1);
                        self.bench.control("POST", "/clock", &serde_json::json!({ "advanceSeconds": seconds }));
                        self.clock = self.clock.plus_seconds(seconds);
                        events.push_back(Event::Woke);
                    }
                    Effect::HandOver(secret) => self.secrets.push(secret.reveal().to_owned()),
                }
                self.effects += 1;
                if trouble.kill_after == Some(self.effects) {
                    return End::Killed;
                }
            }
        }
        panic!("the run does not end: {:?}", engine.record().steps);
    }
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
