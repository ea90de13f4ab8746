//! User accounts of connectors and their roles of Exchange Online, in words.

use super::shell;
use domain::account::{PasswordFault, UserNameFault};
use domain::blueprint::ExchangeHolder;
use domain::time::Instant;
use entra::cloud::Cloud;
use plan::record::{Facts, Need, RunRecord, StepRecord, StepState};
use plan::step::kinds::ExchangeRoleByHand;
use plan::step::kinds::settle_exchange::LONGEST_DELAY;
use plan::step::{Protocol, StepKind, Word};

/// Returns what a step waits for or asks; `None` where the general words do.
#[must_use]
pub fn note(step: &StepRecord, now: Instant) -> Option<String> {
    Some(match step.state {
        StepState::Waiting if is_word(step, Word::Settle) => {
            let since = step.since.map(|since| super::span(now.seconds_since(since))).unwrap_or_default();
            let left = step.since.map(|since| super::span(since.plus_seconds(LONGEST_DELAY).seconds_since(now)));
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
        StepState::Skipped if is_word(step, Word::Prove) => {
            "Put off. Nobody has shown yet that the account can sign in.".into()
        }
        StepState::Skipped if is_word(step, Word::Finish { replaces: true }) => {
            "The record names the old account as before, since the new one is not proved.".into()
        }
        StepState::Skipped if is_word(step, Word::ByHand) => "Put off. The role is not given.".into(),
        StepState::Skipped if is_word(step, Word::Settle) => "Nothing to wait for: no Exchange role was given in this run.".into(),
        StepState::Skipped if step.step.can_be_left_out() => "Left out, since it was refused. It can be added in Entra later.".into(),
        StepState::Warning if is_word(step, Word::ByHand) => "By your word: Graph does not let this page look at it.".into(),
        StepState::Warning if is_word(step, Word::Settle) => "Written, but nobody has seen it work.".into(),
        _ => return None,
    })
}

fn is_word(step: &StepRecord, word: Word) -> bool {
    step.step.protocol() == Protocol::Word(word)
}

/// Returns the commands of Exchange Online PowerShell for a step by hand; `None` when a name can't stand in a command.
#[must_use]
pub fn commands_by_hand(run: &RunRecord, at: usize, cloud: Cloud) -> Option<String> {
    let StepKind::ExchangeRoleByHand(ExchangeRoleByHand { role }) = &run.steps.get(at)?.step else { return None };
    let (domain, name) = (shell::powershell(&run.tenant.domain)?, shell::powershell(&role.name)?);
    let facts: &Facts = &run.facts;
    // A person of the partner would land at home otherwise; and whoever is signed in already may be anywhere.
    let is_customer = run.person.home != run.tenant.id;
    let at = if is_customer { format!(" -DelegatedOrganization {domain}") } else { String::new() };
    let environment = super::environments::exchange_powershell(cloud);
    let connect = format!(
        "Connect-ExchangeOnline{environment}{at}\nif ((Get-ConnectionInformation | Select-Object -Last 1).TenantID -ne '{}') {{ throw 'This is another tenant.' }}",
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
    "A license needs the country that the account is used in, as two letters, such as DE or US."
}

/// The page stayed when it was to leave for the sign-in that proves an account.
pub const DID_NOT_LEAVE: &str = "The browser did not let this page leave for the sign-in. Try again in two minutes.";
