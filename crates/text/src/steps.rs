//! Steps, runs and obstacles in words.

use super::{kinds, permissions};
use domain::blueprint::ExchangeRole;
use domain::time::Instant;
use graph::sentences::Says;
use plan::event::Command;
use plan::preflight::{Breach, Obstacle};
use plan::record::{Need, RunRecord, RunState, StepRecord, StepState};
use plan::step::{HandOver, Protocol, PutOff, StepKind, UsualWait, Word};

/// Returns the heading of a run.
#[must_use]
pub fn heading(run: &RunRecord) -> String {
    let name = run.blueprint.name.trim();
    match super::upkeep::purpose(run.purpose) {
        Some(purpose) => format!("{purpose}: {name}"),
        None if run.undoes.is_some() => format!("Undo: {name}"),
        None => name.to_owned(),
    }
}

/// Returns what a step does, as a title.
#[must_use]
pub fn title(step: &StepKind, name: &str) -> String {
    kinds::of(step, name).title
}

/// Returns what changes in the tenant.
#[must_use]
pub fn change(step: &StepKind, name: &str) -> String {
    kinds::of(step, name).change
}

/// A run whose undo was begun.
pub const BEING_UNDONE: &str = "An undo of this run was started, so the run itself does not go on.";

/// Returns what is under way, for an error sentence.
#[must_use]
pub fn doing(step: &StepKind) -> String {
    kinds::of(step, "").doing
}

#[must_use]
pub fn state(state: StepState) -> &'static str {
    match state {
        StepState::Pending => "Pending",
        StepState::Running => "Running",
        StepState::Waiting => "Waiting for Microsoft",
        StepState::NeedsYou(_) => "Needs you",
        StepState::Done => "Done",
        StepState::AlreadyInPlace => "Already in place",
        StepState::Skipped => "Skipped",
        StepState::Warning => "Warning",
        StepState::Failed => "Failed",
        StepState::Undone => "Undone",
    }
}

#[must_use]
pub fn run(state: RunState) -> &'static str {
    match state {
        RunState::Running => "Running",
        RunState::Waiting => "Waiting",
        RunState::NeedsYou => "Needs you",
        RunState::Paused => "Paused",
        RunState::Cancelled => "Canceled",
        RunState::Failed => "Failed",
        RunState::Done => "Done",
        RunState::Undone => "Undone",
    }
}

/// Returns what stands on the button of a command, and whether it is the one that most people want. `takes_place` says that the run gives
/// the application another credential first.
#[must_use]
pub fn command(command: Command, step: &StepRecord, takes_place: bool) -> (&'static str, bool) {
    let need = match step.state {
        StepState::NeedsYou(need) => Some(need),
        _ => None,
    };
    match command {
        Command::CheckStatus => ("Check current status", need == Some(Need::NotYet)),
        Command::ShowSecret => ("Show secret", true),
        Command::ReplaceSecret => ("Replace secret", true),
        Command::SavedSecret => ("I have saved it", true),
        Command::Retry if step.step.usual_wait() == UsualWait::Minutes => ("Add the role", true),
        Command::Retry => ("Try again", true),
        Command::Later if need == Some(Need::NotYet) => ("Continue", false),
        Command::Later if need == Some(Need::TryIt) || step.state == StepState::Failed => ("Go on without", false),
        Command::Later => ("Later", false),
        Command::Confirm => match need {
            Some(Need::Confirm) if takes_place => ("Remove the old one", false),
            Some(Need::Confirm) => ("Remove it", false),
            Some(Need::DoByHand) => ("I have done it", true),
            Some(Need::TryIt) => ("It works", true),
            Some(Need::Finish) => ("Finish", true),
            // Exchange is given its time, and may be quicker.
            _ => ("It works already", false),
        },
        Command::Resume => ("Resume", true),
        Command::Cancel => ("Cancel", false),
        Command::AwaitConsent => ("Check current status", true),
    }
}

/// Returns what a step waits for or asks, in a sentence or two; empty when there is nothing to say.
#[must_use]
pub fn note(step: &StepRecord, now: Instant) -> String {
    if let Some(note) = super::accounts::note(step, now) {
        return note;
    }
    match (step.state, step.step.protocol()) {
        (StepState::Waiting, _) if step.applied && step.step.usual_wait() == UsualWait::Minutes => {
            let since = step.since.map(|since| super::span(now.seconds_since(since))).unwrap_or_default();
            format!(
                "The role was assigned {since} ago. Microsoft usually needs 1 to 5 minutes until it works everywhere. {}",
                last_check(step, now)
            )
        }
        (StepState::Waiting, Protocol::Word(Word::Consent)) => format!("Reading what the tenant has granted. {}", last_check(step, now)),
        (StepState::Waiting, _) if step.applied => {
            format!("Done, but not known everywhere yet. This usually takes some seconds, at times 2 minutes. {}", last_check(step, now))
        }
        (StepState::Waiting, _) => match step.not_before.map(|until| until.seconds_since(now)) {
            Some(seconds) if seconds > 0 => format!("The next request goes out in {}.", super::span(seconds)),
            _ => "Looking again now.".into(),
        },
        (StepState::NeedsYou(Need::Consent), _) => {
            format!(
                "An administrator must approve the permissions on Microsoft’s page. Do it now if you may, send the link to somebody who can, or put it off. {}",
                last_check(step, now)
            )
        }
        (StepState::NeedsYou(Need::MakeSecret), _) => {
            "The value is shown once, when you press Show secret. Have the place ready where you keep it.".into()
        }
        (StepState::NeedsYou(Need::SaveSecret), _) => {
            "Copy the value to where you keep secrets, then press I have saved it. It can’t be shown again.".into()
        }
        (StepState::NeedsYou(Need::SecretLost), _) => {
            "The credential exists, its value is lost. Replace secret removes the lost one and makes a new one.".into()
        }
        (StepState::NeedsYou(Need::MakeCertificate), _) => {
            "The key is made in this browser and never leaves it but as the file that you save. Nothing is written before you have saved it.".into()
        }
        (StepState::NeedsYou(Need::Confirm), _) => {
            "Whatever uses it stops working at once. In a rotation, put the new credential to use everywhere first.".into()
        }
        (StepState::NeedsYou(Need::SignIn), _) => "The run goes on where it stopped, by itself.".into(),
        (StepState::NeedsYou(Need::NotYet), _) => match step.told.map(|until| until.seconds_since(now)) {
            Some(seconds) if seconds > 0 => format!(
                "Microsoft asks to wait {}. Nothing is sent before: Check current status waits for it, as long as this page is open.",
                super::span(seconds)
            ),
            _ if step.fault.as_ref().is_some_and(|fault| fault.says(Says::NotYetOrNoRight)) => format!(
                "Not yet. Microsoft says the same to somebody who may not create service principals: that needs the role {}. Check again, or ask somebody who has it. {}",
                super::roles(step.step.roles_needed()),
                last_check(step, now)
            ),
            _ => format!("Not yet. It takes longer than usual; check again, or come back later. {}", last_check(step, now)),
        },
        // What only a person ends was put off by one, whatever its last look met.
        (StepState::Skipped, Protocol::Ensure) if step.fault.is_some() => "Refused. The run went on without it.".into(),
        (StepState::Skipped, protocol) => put_off(protocol, step.step.put_off_with()).into(),
        (StepState::Warning, _) => "Written, but not seen everywhere when you went on.".into(),
        (StepState::AlreadyInPlace, _) => "There was nothing to do.".into(),
        (StepState::Pending | StepState::Running | StepState::Done | StepState::Failed | StepState::Undone, _) => String::new(),
        // They have words of their own.
        (StepState::NeedsYou(Need::ChoosePassword | Need::SavePassword | Need::PasswordLost | Need::DoByHand), _) => String::new(),
        (StepState::NeedsYou(Need::TryIt | Need::Prove | Need::Finish), _) => String::new(),
    }
}

fn put_off(protocol: Protocol, with: Option<PutOff>) -> &'static str {
    match (protocol, with) {
        (_, Some(PutOff::Consent)) => "Kept, so that the consent link goes on working.",
        (_, Some(PutOff::Credential)) => "Kept. It goes on working until it ends.",
        (Protocol::Word(Word::Consent), None) => "Put off. The permissions have no effect until an administrator gives consent.",
        (Protocol::HandOver(HandOver::Certificate { .. }), None) => "Put off. No certificate was made.",
        (Protocol::HandOver(HandOver::Secret { .. }), None) => "Put off. No client secret was made.",
        (Protocol::Ensure | Protocol::HandOver(HandOver::Password), None) => "",
        (Protocol::Word(Word::ByHand | Word::Settle | Word::Prove | Word::Finish { .. }), None) => "",
    }
}

fn last_check(step: &StepRecord, now: Instant) -> String {
    step.checked.map(|at| format!("Last check: not yet ({} ago).", super::span(now.seconds_since(at)))).unwrap_or_default()
}

/// Returns what stands in the way, and what to do.
#[must_use]
pub fn obstacle(obstacle: &Obstacle) -> (String, String) {
    match obstacle {
        Obstacle::NameTaken(apps) => (
            format!(
                "{} of this name already in this tenant.",
                if apps.len() == 1 {
                    "There is an app registration".to_owned()
                } else {
                    format!("There are {} app registrations", apps.len())
                }
            ),
            if apps.len() == 1 {
                "Use the existing one, make another of the same name, or go back and choose another name.".into()
            } else {
                // Which of them is meant can't be told by the name.
                "Make another of the same name, or go back and choose another name.".into()
            },
        ),
        Obstacle::NotOffered(permission) => (
            format!("{} of {} does not exist in this tenant.", permissions::title(permission), permission.resource_name),
            "Go back to Permissions and take it out.".into(),
        ),
        Obstacle::MayNotRegister { roles } => (
            "You have no role that is known to let you register applications in this tenant.".into(),
            format!(
                "One of these is enough: {}. If you have a custom role or have just activated one, go on: Microsoft’s answer decides. Else ask an administrator.",
                super::roles(roles)
            ),
        ),
        Obstacle::MayNotAssignRoles { roles } => (
            "You have no role that is known to let you add directory roles in this tenant.".into(),
            format!(
                "It needs the role {}. If you have a custom role or have just activated it, go on: Microsoft’s answer decides. Else leave the roles out, or ask somebody who has it to create this App session.",
                super::roles(roles)
            ),
        ),
        Obstacle::RedirectUri(uri, fault) => {
            (format!("The redirect URI {uri} can’t be used."), format!("{} Go back to Name.", super::faults::redirect(*fault)))
        }
        Obstacle::UserNameTaken(upn) => (
            format!("There is an account {upn} already in this tenant."),
            "Go back and choose another user name. This page does not take over an account whose password it does not know.".into(),
        ),
        Obstacle::DomainNotUsable(domain) => (
            format!("New accounts can’t be in the domain {domain}."),
            "Go back and choose a verified domain of this tenant that is not federated.".into(),
        ),
        Obstacle::NoSeat(part) => (
            format!("There is no free seat of {part} in this tenant."),
            "Go back and choose another license or none, or buy a seat and press Look again.".into(),
        ),
        Obstacle::ExchangeRoleGone(role) => (
            format!("This tenant has no Exchange role {}.", role.name),
            if role.name == ExchangeRole::IMPERSONATION {
                "Microsoft has removed it since February 2025. The same job can be done by the application itself, with the Exchange role Application Calendars.ReadWrite, in a system that uses Microsoft Graph.".into()
            } else {
                "Leave it out, or correct its name.".into()
            },
        ),
        Obstacle::MayNotMakeUsers { roles } => (
            "You have no role that is known to let you create user accounts in this tenant.".into(),
            format!(
                "It needs the role {}. If you have a custom role or have just activated it, go on: Microsoft’s answer decides.",
                super::roles(roles)
            ),
        ),
        Obstacle::AgainstPolicy { breach, policy, exempts_callers } => {
            let whose = match policy {
                Some(name) => format!("The app management policy “{name}” of this app"),
                None => "The app management policy of this tenant".to_owned(),
            };
            let (what, instead) = match breach {
                Breach::Secret => (format!("{whose} forbids client secrets."), "Choose a certificate"),
                Breach::SecretLifetime { longest_days } => {
                    (format!("{whose} allows client secrets for {longest_days} days at most."), "Choose a shorter lifetime")
                }
                Breach::CertificateLifetime { longest_days } => {
                    (format!("{whose} allows certificates for {longest_days} days at most."), "Choose a shorter lifetime")
                }
                Breach::SelfSigned => (
                    format!(
                        "{whose} wants certificates of an authority that the tenant trusts, and the one that this page makes signs itself."
                    ),
                    "Choose a certificate from a file",
                ),
            };
            let exception = if *exempts_callers {
                "the policy exempts some people, and you may be one of them"
            } else {
                "an administrator may have made an exception"
            };
            (what, format!("{instead}, or try it as it is: {exception}. Only Microsoft’s answer decides."))
        }
    }
}
