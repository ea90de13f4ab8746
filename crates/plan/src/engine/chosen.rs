//! What the person chose, and what becomes of the step that it was for.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use super::{Command, Effect, Engine, Flight, words};
use crate::record::{Need, StepRecord, StepState};
use crate::step::{Protocol, Word};
use domain::time::Instant;

/// Lets a step try again, not before Microsoft's own time.
fn again(step: &mut StepRecord, now: Instant) {
    step.state = if step.told.is_some_and(|told| told > now) { StepState::Waiting } else { StepState::Pending };
    step.not_before = step.told;
    step.since = Some(now);
    step.ended = None;
}

impl Engine {
    pub(super) fn chose(&mut self, command: Command, now: Instant, effects: &mut Vec<Effect>) {
        if command == Command::Cancel {
            if self.record.current().is_some() {
                // What is under way is still judged, so that its outcome is known.
                self.cancel_wanted = true;
                self.advance(now, effects);
            }
            return;
        }
        if command == Command::Resume {
            self.record.cancelled = false;
            self.cancel_wanted = false;
        }
        if self.flight != Flight::Idle {
            // Other steps of the stage are under way: the press counts when their answers are in.
            self.wants_retry |= command == Command::Retry;
            return;
        }
        let is_again = matches!(command, Command::Retry | Command::Resume);
        let stopped = |state| matches!(state, StepState::Failed | StepState::NeedsYou(Need::NotYet | Need::SignIn));
        for at in self.front().into_iter().skip(1) {
            let step = &mut self.record.steps[at];
            if is_again && stopped(step.state) {
                again(step, now);
            }
        }
        let Some(step) = self.current() else { return };
        match (command, step.state) {
            (Command::Retry | Command::Resume, state) if stopped(state) => again(step, now),
            (Command::CheckStatus | Command::AwaitConsent, StepState::NeedsYou(Need::Consent) | StepState::Waiting)
                if step.step.protocol() == Protocol::Word(Word::Consent) =>
            {
                step.state = StepState::Waiting;
                step.not_before = step.told;
                step.since = Some(now);
                // After Accept the grants can take a minute to appear; a look in between is one look.
                let seconds = if command == Command::AwaitConsent { 60 } else { 0 };
                self.polls_until = Some(now.plus_seconds(seconds));
            }
            (Command::CheckStatus, StepState::NeedsYou(Need::NotYet) | StepState::Waiting) => {
                step.state = StepState::Waiting;
                step.not_before = step.told;
                step.since = Some(now);
            }
            (Command::Later, StepState::NeedsYou(Need::Consent)) => return self.finish_current(StepState::Skipped, now, effects),
            (Command::Later, StepState::Failed) if step.step.can_be_left_out() => {
                return self.finish_current(StepState::Skipped, now, effects);
            }
            (Command::Later, StepState::NeedsYou(Need::NotYet)) if step.applied => {
                return self.finish_current(StepState::Warning, now, effects);
            }
            (Command::Later, StepState::NeedsYou(Need::MakeCertificate | Need::Confirm)) => {
                return self.finish_current(StepState::Skipped, now, effects);
            }
            (Command::Confirm | Command::Later, StepState::NeedsYou(Need::TryIt | Need::Prove | Need::Finish) | StepState::Waiting)
                if words::is_own(step) =>
            {
                return self.said(command, now, effects);
            }
            (Command::Later, StepState::NeedsYou(Need::DoByHand)) => return self.finish_current(StepState::Skipped, now, effects),
            (Command::Confirm, StepState::NeedsYou(Need::Confirm | Need::DoByHand)) => {
                step.confirmed = true;
                step.state = StepState::Pending;
                step.since = Some(now);
            }
            (Command::Later, StepState::NeedsYou(Need::MakeSecret)) => return self.finish_current(StepState::Skipped, now, effects),
            (Command::ShowSecret, StepState::NeedsYou(Need::MakeSecret)) => {
                step.since = Some(now);
                self.wants_secret = true;
            }
            (Command::ReplaceSecret, StepState::NeedsYou(Need::SecretLost | Need::SaveSecret)) => {
                step.since = Some(now);
                self.replaces_secret = true;
            }
            (Command::ReplaceSecret, StepState::NeedsYou(Need::SavePassword)) => step.state = StepState::NeedsYou(Need::PasswordLost),
            (Command::SavedSecret, StepState::NeedsYou(Need::SaveSecret | Need::SavePassword)) => {
                step.since = Some(now);
                step.secret.saved = true;
            }
            (Command::Resume | Command::Retry, _) => {}
            _ => return,
        }
        effects.push(Effect::Keep);
        self.advance(now, effects);
    }
}
