//! Steps, runs and obstacles in words.

use super::permissions;
use crate::domain::time::Instant;
use crate::plan::account::AccountStep;
use crate::plan::credentials::CredentialStep;
use crate::plan::preflight::Obstacle;
use crate::plan::record::{Need, RunRecord, RunState, StepRecord, StepState};
use crate::plan::step::StepKind;

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
    match step {
        StepKind::CreateApplication => format!("Create the app registration “{name}”"),
        StepKind::AdoptApplication { name, .. } => format!("Use the existing app registration “{name}” and add what is missing"),
        StepKind::CreateServicePrincipal => "Create its service principal".into(),
        StepKind::AddResource { name, .. } => format!("Bring {name} into the tenant"),
        StepKind::GrantApplication { permission } => format!("Grant {} of {}", permissions::title(permission), permission.resource_name),
        StepKind::GrantDelegated { name, scopes, .. } if scopes.len() <= 2 => {
            format!("Grant {} (delegated) of {name} for all users", scopes.join(" and "))
        }
        StepKind::GrantDelegated { name, scopes, .. } => {
            format!("Grant {} delegated permissions of {name} for all users", scopes.len())
        }
        StepKind::AddConsentRedirect { .. } => "Add our consent page to the redirect URIs".into(),
        StepKind::Consent => "Admin consent".into(),
        StepKind::RemoveConsentRedirect { .. } => "Take our consent page out of the redirect URIs".into(),
        StepKind::AssignRole { role } => format!("Add the role {}", role.name),
        StepKind::AddSecret { .. } => "Create the client secret".into(),
        StepKind::DeleteApplication { name, .. } => format!("Delete the app registration “{name}”"),
        StepKind::Credential(step) => super::upkeep::credential(step).title,
        StepKind::Upkeep(step) => super::upkeep::upkeep(step).title,
        StepKind::Access(step) => super::upkeep::access(step).title,
        StepKind::Account(step) => super::accounts::account(step).title,
        StepKind::Exchange(step) => super::accounts::exchange(step).title,
    }
}

/// Returns what changes in the tenant.
#[must_use]
pub fn change(step: &StepKind, name: &str) -> String {
    match step {
        StepKind::CreateApplication => format!("New: the app registration “{name}”, with the permissions listed but not yet granted"),
        StepKind::AdoptApplication { .. } => "Changed: its permissions, redirect URIs and tags are added to; what it has stays".into(),
        StepKind::CreateServicePrincipal => "New: the enterprise application through which it acts in this tenant".into(),
        StepKind::AddResource { name, resource } => format!("New: the service principal of {name}, client ID {resource}"),
        StepKind::GrantApplication { .. } => {
            "New: an application permission. It works within minutes, in tokens that are asked for afterwards".into()
        }
        StepKind::GrantDelegated { scopes, .. } => format!("New or widened: {}", scopes.join(", ")),
        StepKind::AddConsentRedirect { uri } => format!("Added: {uri}, so that Microsoft’s page can come back here"),
        StepKind::Consent => "New: every permission that you chose, given by an administrator on Microsoft’s page".into(),
        StepKind::RemoveConsentRedirect { uri } => format!("Removed: {uri}"),
        StepKind::AssignRole { .. } => "New: a directory role for the application".into(),
        StepKind::AddSecret { days } => format!("New: a client secret for {days} days, made when you press Show secret"),
        StepKind::DeleteApplication { .. } => {
            "Deleted: the app registration with its service principal, permissions, roles and secrets. It can be restored for 30 days"
                .into()
        }
        StepKind::Credential(step) => super::upkeep::credential(step).change,
        StepKind::Upkeep(step) => super::upkeep::upkeep(step).change,
        StepKind::Access(step) => super::upkeep::access(step).change,
        StepKind::Account(step) => super::accounts::account(step).change,
        StepKind::Exchange(step) => super::accounts::exchange(step).change,
    }
}

/// Returns what is under way, for an error sentence.
#[must_use]
pub fn doing(step: &StepKind) -> String {
    match step {
        StepKind::CreateApplication => "Creating the app registration".into(),
        StepKind::AdoptApplication { .. } => "Changing the app registration".into(),
        StepKind::CreateServicePrincipal => "Creating the service principal".into(),
        StepKind::AddResource { name, .. } => format!("Bringing {name} into the tenant"),
        StepKind::GrantApplication { permission } => format!("Granting {}", permission.value),
        StepKind::GrantDelegated { .. } => "Granting the delegated permissions".into(),
        StepKind::AddConsentRedirect { .. } | StepKind::RemoveConsentRedirect { .. } => "Changing the redirect URIs".into(),
        StepKind::Consent => "Reading the consent".into(),
        StepKind::AssignRole { role } => format!("Adding the role {}", role.name),
        StepKind::AddSecret { .. } => "Creating the client secret".into(),
        StepKind::DeleteApplication { .. } => "Deleting the app registration".into(),
        StepKind::Credential(_) => "Changing the credentials".into(),
        StepKind::Upkeep(step) => super::upkeep::upkeep(step).doing.into(),
        StepKind::Access(_) => "Changing who has access".into(),
        StepKind::Account(step) => super::accounts::account(step).doing.into(),
        StepKind::Exchange(step) => super::accounts::exchange(step).doing.into(),
    }
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
        RunState::Cancelled => "Cancelled",
        RunState::Failed => "Failed",
        RunState::Done => "Done",
        RunState::Undone => "Undone",
    }
}

/// Returns what a step waits for or asks, in a sentence or two; empty when there is nothing to say.
#[must_use]
pub fn note(step: &StepRecord, now: Instant) -> String {
    if let Some(note) = super::accounts::note(step, now) {
        return note;
    }
    match (step.state, &step.step) {
        (StepState::Waiting, StepKind::AssignRole { .. } | StepKind::Account(AccountStep::AssignRole { .. })) if step.applied => {
            let since = step.since.map(|since| super::span(now.seconds_since(since))).unwrap_or_default();
            format!(
                "The role was assigned {since} ago. Microsoft usually needs 1 to 5 minutes until it works everywhere. {}",
                last_check(step, now)
            )
        }
        (StepState::Waiting, StepKind::Consent) => format!("Reading what the tenant has granted. {}", last_check(step, now)),
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
        (StepState::NeedsYou(Need::SignIn), _) => "Microsoft wants you to sign in again. The run goes on where it stopped.".into(),
        (StepState::NeedsYou(Need::NotYet), _) => {
            format!("Not yet. It takes longer than usual; check again, or come back later. {}", last_check(step, now))
        }
        (StepState::Skipped, StepKind::Consent) => "Put off. The permissions have no effect until an administrator gives consent.".into(),
        (StepState::Skipped, StepKind::RemoveConsentRedirect { .. }) => "Kept, so that the consent link goes on working.".into(),
        (StepState::Skipped, StepKind::Credential(CredentialStep::RemoveSecret { .. } | CredentialStep::RemoveCertificate { .. })) => {
            "Kept. It goes on working until it ends.".into()
        }
        (StepState::Skipped, StepKind::Credential(_)) => "Put off. No certificate was made.".into(),
        (StepState::Skipped, StepKind::AddSecret { .. }) => "Put off. No client secret was made.".into(),
        (StepState::Warning, _) => "Written, but not seen everywhere when you went on.".into(),
        (StepState::AlreadyInPlace, _) => "It was already there.".into(),
        _ => String::new(),
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
            "You may not register applications in this tenant.".into(),
            format!(
                "One of these roles is enough: {}. Ask an administrator to give it to you, or somebody who has it to do this.",
                super::roles(roles)
            ),
        ),
        Obstacle::MayNotAssignRoles { roles } => (
            "You may not add directory roles in this tenant.".into(),
            format!(
                "It needs the role {}. Leave the roles out, or ask somebody who has it to create this App session. If you have just activated it, press Look again.",
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
            "Go back and choose another licence or none, or buy a seat and press Look again.".into(),
        ),
        Obstacle::ExchangeRoleGone(role) => (
            format!("This tenant has no Exchange role {}.", role.name),
            if role.name == super::accounts::IMPERSONATION {
                "Microsoft has removed it since February 2025. The same job can be done by the application itself, with the Exchange role Application Calendars.ReadWrite, in a system that uses Microsoft Graph.".into()
            } else {
                "Leave it out, or correct its name.".into()
            },
        ),
        Obstacle::MayNotMakeUsers { roles } => (
            "You may not create user accounts in this tenant.".into(),
            format!("It needs the role {}. If you have just activated it, press Look again.", super::roles(roles)),
        ),
        Obstacle::SecretsForbidden => (
            "A policy of this tenant forbids client secrets.".into(),
            "Go back to Credential and choose No credential, or ask an administrator for an exception.".into(),
        ),
        Obstacle::CertificateTooLong { longest_days } => (
            format!("A policy of this tenant allows certificates for {longest_days} days at most."),
            "Go back to Credential and choose a shorter lifetime.".into(),
        ),
        Obstacle::SecretTooLong { longest_days } => (
            format!("A policy of this tenant allows client secrets for {longest_days} days at most."),
            "Go back to Credential and choose a shorter lifetime.".into(),
        ),
    }
}
