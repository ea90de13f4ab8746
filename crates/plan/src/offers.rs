//! What a step offers to the person in its state. Pure, so that a test can show that nothing waits for somebody who can't answer.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use super::event::Command;
use super::record::{Need, StepRecord, StepState};
use super::step::{HandOver, Protocol, UsualWait, Word};

/// Something that a person can do about a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offer {
    /// A button.
    Button(Command),
    /// More than a button, with words or fields of its own.
    Form(Form),
}

/// What needs more than a button.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Consent here, or the link to hand on.
    ConsentLink,
    /// Sign in again, and go on.
    SignIn,
    /// The certificate is made in the browser with its key, which the person saves.
    MakeCertificate {
        /// The lifetime of the certificate, in days.
        days: u32,
        /// The length of the RSA key, in bits.
        bits: u32,
    },
    /// The client secret, while it can be shown.
    Secret,
    /// The password, while it can be shown.
    Password,
    /// The password of the account is typed or generated.
    ChoosePassword {
        /// Whether the account is there already, and this password takes the place of one that nobody has.
        is_lost: bool,
    },
    /// The commands to run.
    Commands,
    /// The sign-in as the account.
    Prove,
}

/// Returns what a step offers, the form first. A step that failed and is needed offers nothing of its own: its run offers Retry.
#[must_use]
pub fn of(step: &StepRecord) -> Vec<Offer> {
    let protocol = step.step.protocol();
    let buttons = |commands: &[Command]| commands.iter().copied().map(Offer::Button).collect::<Vec<_>>();
    let form = |form: Form, commands: &[Command]| [vec![Offer::Form(form)], buttons(commands)].concat();
    let can_wait_less = step.step.usual_wait() == UsualWait::Minutes;
    match step.state {
        StepState::NeedsYou(need) => match need {
            Need::Consent => form(Form::ConsentLink, &[Command::CheckStatus, Command::Later]),
            Need::NotYet if step.applied => buttons(&[Command::CheckStatus, Command::Later]),
            Need::NotYet => buttons(&[Command::CheckStatus]),
            Need::SignIn => form(Form::SignIn, &[]),
            Need::MakeSecret => buttons(&[Command::ShowSecret, Command::Later]),
            Need::SaveSecret => form(Form::Secret, &[]),
            Need::SavePassword => form(Form::Password, &[]),
            Need::SecretLost => buttons(&[Command::ReplaceSecret]),
            Need::MakeCertificate => match protocol {
                Protocol::HandOver(HandOver::Certificate { days, bits }) => form(Form::MakeCertificate { days, bits }, &[Command::Later]),
                Protocol::HandOver(HandOver::Secret { .. } | HandOver::Password) | Protocol::Ensure | Protocol::Word(_) => {
                    buttons(&[Command::Later])
                }
            },
            Need::Confirm => buttons(&[Command::Confirm, Command::Later]),
            Need::ChoosePassword => form(Form::ChoosePassword { is_lost: false }, &[]),
            Need::PasswordLost => form(Form::ChoosePassword { is_lost: true }, &[]),
            Need::DoByHand => form(Form::Commands, &[Command::Confirm, Command::Later]),
            Need::TryIt => buttons(&[Command::Confirm, Command::Later]),
            Need::Prove => form(Form::Prove, &[Command::Later]),
            Need::Finish => buttons(&[Command::Confirm]),
        },
        StepState::Waiting if protocol == Protocol::Word(Word::Settle) => buttons(&[Command::Confirm]),
        StepState::Waiting if can_wait_less => buttons(&[Command::CheckStatus]),
        StepState::Skipped if protocol == Protocol::Word(Word::Consent) => form(Form::ConsentLink, &[]),
        StepState::Failed if step.step.can_be_left_out() => buttons(&[Command::Retry, Command::Later]),
        StepState::Failed if can_wait_less => buttons(&[Command::Retry]),
        StepState::Failed | StepState::Waiting | StepState::Skipped | StepState::Pending | StepState::Running => Vec::new(),
        StepState::Done | StepState::AlreadyInPlace | StepState::Warning | StepState::Undone => Vec::new(),
    }
}
