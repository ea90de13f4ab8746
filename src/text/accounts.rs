//! User accounts of connectors and their roles of Exchange Online, in words.

use super::shell;
use super::upkeep::Said;
use crate::domain::account::{PasswordFault, UserNameFault};
use crate::domain::blueprint::{ExchangeHolder, ExchangeRole};
use crate::domain::time::Instant;
use crate::plan::account::{AccessGrant, AccountStep};
use crate::plan::exchange::ExchangeStep;
use crate::plan::record::{Facts, Need, RunRecord, StepRecord, StepState};

/// The role that let an account act as any mailbox, until Microsoft removed it.
pub const IMPERSONATION: &str = "ApplicationImpersonation";

fn whose(grant: &AccessGrant) -> &'static str {
    if grant.for_everyone { "for all users" } else { "for this account alone" }
}

#[must_use]
pub fn account(step: &AccountStep) -> Said {
    let said = |title: String, change: String, doing: &'static str| Said { title, change, doing };
    match step {
        AccountStep::Create { upn } => said(
            format!("Create the account {upn}"),
            "New: a user account that signs in with a password, which is chosen when the run comes here and shown once".into(),
            "Creating the account",
        ),
        AccountStep::AssignLicence { licence } => said(
            format!("Assign the licence {}", licence.part),
            "Taken: one seat of this subscription. A mailbox, where the licence has one, comes within minutes to hours".into(),
            "Assigning the licence",
        ),
        AccountStep::RemoveLicence { licence } => {
            said(format!("Remove the licence {}", licence.part), "Given back: one seat of this subscription".into(), "Removing the licence")
        }
        AccountStep::AssignRole { role } => {
            said(format!("Give the account the role {}", role.name), "New: a directory role for the account".into(), "Adding the role")
        }
        AccountStep::RemoveRole { role } => said(
            format!("Take the role {} from the account", role.name),
            "Removed: a directory role of the account".into(),
            "Removing the role",
        ),
        AccountStep::GrantAccess(grant) => said(
            format!("Let {} use {} {}", grant.client_name, grant.name, whose(grant)),
            format!(
                "New or widened: {} (delegated), {}, for the application with the client ID {}",
                grant.scopes.join(", "),
                whose(grant),
                grant.client
            ),
            "Granting the delegated permissions",
        ),
        AccountStep::RevokeAccess(grant) => said(
            format!("Take {} of {} from {}", grant.scopes.join(" and "), grant.name, grant.client_name),
            format!("Removed from what was granted {}; other permissions stay", whose(grant)),
            "Revoking the delegated permissions",
        ),
        AccountStep::Prove => said(
            "Sign in as the account".into(),
            "Nothing is written. Signing in shows that the account can, and what Microsoft asks of it".into(),
            "Signing in as the account",
        ),
        AccountStep::Finish { replaces: Some(old) } => said(
            "Make it the account of the connector".into(),
            format!("Nothing is written to the tenant. This browser’s record names it in the place of {old}"),
            "Keeping the record",
        ),
        AccountStep::Finish { replaces: None } => said(
            "Make it the account of the connector".into(),
            "Nothing is written to the tenant. This browser’s record names it, without its password".into(),
            "Keeping the record",
        ),
        AccountStep::Delete { upn, .. } => said(
            format!("Delete the account {upn}"),
            "Deleted: the user account with its roles, licence and grants. It can be restored for 30 days".into(),
            "Deleting the account",
        ),
    }
}

fn holder(role: &ExchangeRole) -> &'static str {
    match role.holder {
        ExchangeHolder::Account => "the account",
        ExchangeHolder::Application => "the application",
    }
}

#[must_use]
pub fn exchange(step: &ExchangeStep) -> Said {
    let said = |title: String, change: &str, doing: &'static str| Said { title, change: change.into(), doing };
    match step {
        ExchangeStep::Assign { role, .. } => said(
            format!("Give {} the Exchange role {}", holder(role), role.name),
            "New: a role of Exchange Online over all mailboxes. It can take up to two hours until it works",
            "Assigning the Exchange role",
        ),
        ExchangeStep::Remove { role, .. } => said(
            format!("Take the Exchange role {} from {}", role.name, holder(role)),
            "Removed: a role of Exchange Online. It can take up to two hours until that is felt",
            "Removing the Exchange role",
        ),
        ExchangeStep::ByHand { role } => said(
            format!("Give {} the Exchange role {}, by hand", holder(role), role.name),
            "Graph does not manage Exchange roles in this tenant. The run shows the commands of Exchange Online PowerShell and waits",
            "Looking for the Exchange role",
        ),
        ExchangeStep::Settle => said(
            "Wait until the Exchange role works".into(),
            "Nothing is written. Exchange takes 30 minutes to 2 hours to apply a new role",
            "Waiting for Exchange",
        ),
    }
}

/// Returns what a step waits for or asks; `None` where the general words do.
#[must_use]
pub fn note(step: &StepRecord, now: Instant) -> Option<String> {
    Some(match step.state {
        StepState::Waiting if is_settling(step) => {
            let since = step.since.map(|since| super::span(now.seconds_since(since))).unwrap_or_default();
            let left = step.since.map(|since| super::span(since.plus_seconds(crate::plan::exchange::LONGEST_DELAY).seconds_since(now)));
            format!(
                "The role was written {since} ago. Exchange usually needs 30 minutes to 2 hours until it works; {} are left of that. You may close this page: it goes on counting.",
                left.unwrap_or_default()
            )
        }
        StepState::NeedsYou(Need::TryIt) => {
            "Two hours are over: by now the role works. Let the connector try, then say so. If it still fails, check in Exchange that the role is there, and look at the connector’s own message.".into()
        }
        StepState::NeedsYou(Need::ChoosePassword) => {
            "Let this page make a password, or type one. It is shown once after the account is made. Have the place ready where you keep it.".into()
        }
        StepState::NeedsYou(Need::SavePassword) => {
            "Copy the password to where you keep secrets, then press I have saved it. It can’t be shown again.".into()
        }
        StepState::NeedsYou(Need::PasswordLost) => {
            "The account exists, its password is lost. Choose another: it takes the place of the lost one.".into()
        }
        StepState::NeedsYou(Need::DoByHand) if step.checked.is_some() => {
            "The role is not there yet. Run the commands, wait a minute, then press I have done it again.".into()
        }
        StepState::NeedsYou(Need::DoByHand) => {
            "An Exchange Administrator must run these commands in Exchange Online PowerShell. Press I have done it afterwards.".into()
        }
        StepState::NeedsYou(Need::Prove) => {
            "You leave for Microsoft’s page, sign in with the new password, and come back here. Microsoft may ask for MFA to be set up first: an account that has to answer MFA can’t be used unattended, so ask for an exception by Conditional Access, or use an App session.".into()
        }
        StepState::NeedsYou(Need::Finish) => "Everything is in place. Press Finish to keep the account in the record of the connector.".into(),
        StepState::Skipped if matches!(step.step, crate::plan::step::StepKind::Account(AccountStep::Prove)) => {
            "Put off. Nobody has shown yet that the account can sign in.".into()
        }
        StepState::Skipped if matches!(step.step, crate::plan::step::StepKind::Account(AccountStep::Finish { .. })) => {
            "The record names the old account as before, since the new one is not proved.".into()
        }
        StepState::Skipped if is_by_hand(step) => "Put off. The role is not given.".into(),
        StepState::Skipped if is_settling(step) => "Nothing to wait for: no Exchange role was given in this run.".into(),
        StepState::Skipped if step.step.can_be_left_out() => "Left out, since it was refused. It can be added in Entra later.".into(),
        StepState::Warning if is_by_hand(step) => "By your word: Graph does not let this page look at it.".into(),
        StepState::Warning if is_settling(step) => "Written, but nobody has seen it work.".into(),
        _ => return None,
    })
}

fn is_settling(step: &StepRecord) -> bool {
    matches!(step.step, crate::plan::step::StepKind::Exchange(ExchangeStep::Settle))
}

fn is_by_hand(step: &StepRecord) -> bool {
    matches!(step.step, crate::plan::step::StepKind::Exchange(ExchangeStep::ByHand { .. }))
}

/// Returns the commands of Exchange Online PowerShell for a step by hand; `None` when a name can't stand in a command.
#[must_use]
pub fn commands_by_hand(run: &RunRecord, role: &ExchangeRole) -> Option<String> {
    let (domain, name) = (shell::powershell(&run.tenant.domain)?, shell::powershell(&role.name)?);
    let facts: &Facts = &run.facts;
    // A person of the partner would land at home otherwise; and whoever is signed in already may be anywhere.
    let is_customer = run.person.home != run.tenant.id;
    let at = if is_customer { format!(" -DelegatedOrganization {domain}") } else { String::new() };
    let connect = format!(
        "Connect-ExchangeOnline{at}\nif ((Get-ConnectionInformation | Select-Object -Last 1).TenantID -ne '{}') {{ throw 'This is another tenant.' }}",
        run.tenant.id
    );
    let assign = match role.holder {
        ExchangeHolder::Account => {
            let user = shell::powershell(&run.blueprint.account.as_ref()?.upn())?;
            format!("New-ManagementRoleAssignment -Role {name} -User {user}")
        }
        ExchangeHolder::Application => {
            let (app, principal) = (facts.app_id.as_ref()?, facts.service_principal.as_ref()?);
            let shown = shell::powershell(run.blueprint.name.trim())?;
            format!(
                "New-ServicePrincipal -AppId '{app}' -ObjectId '{principal}' -DisplayName {shown}\nNew-ManagementRoleAssignment -App '{principal}' -Role {name}"
            )
        }
    };
    Some(format!("{connect}\n{assign}"))
}

#[must_use]
pub fn user_name(fault: UserNameFault) -> String {
    match fault {
        UserNameFault::Empty => "Enter a user name, such as svc-calendar.".into(),
        UserNameFault::Character('@') => "Enter only the part before the @. The domain is chosen beside it.".into(),
        UserNameFault::Character(' ') => "A user name must not have blanks.".into(),
        UserNameFault::Character(c) => format!("Entra does not allow “{c}” in a user name."),
        UserNameFault::TooLong => "The user name is too long: 64 characters at most, 113 with the domain.".into(),
        UserNameFault::EndsWithDot => "A user name must not end with a full stop.".into(),
        UserNameFault::NoAlias => "Use at least one letter or digit.".into(),
    }
}

#[must_use]
pub fn password(fault: PasswordFault) -> String {
    match fault {
        PasswordFault::TooShort => "The password is too short: 8 characters at least, better 16.".into(),
        PasswordFault::TooLong => "The password is too long: 256 characters at most.".into(),
        PasswordFault::Character(_) => {
            "The password has a character that Entra does not allow. Use letters without accents, digits and signs.".into()
        }
        PasswordFault::TooSimple => "The password needs three of these: small letters, capital letters, digits, signs.".into(),
        PasswordFault::HoldsUserName => "The password must not contain the user name.".into(),
    }
}

#[must_use]
pub fn usage_location_missing() -> &'static str {
    "A licence needs the country that the account is used in, as two letters, such as DE or US."
}
