//! Each kind of step in words.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use super::permissions;
use domain::blueprint::{Audience, ExchangeHolder, ExchangeRole};
use domain::name::marked;
use domain::permission::Chosen;
use domain::time::Instant;
use plan::step::StepKind;
use plan::step::kinds::GrantAccess;
use plan::step::kinds::find_deleted::Deleted;

/// A step in words: what it does, what changes in the tenant, and what is under way while it is done, for an error sentence.
pub struct Said {
    pub title: String,
    pub change: String,
    pub doing: String,
}

fn said(title: impl Into<String>, change: impl Into<String>, doing: impl Into<String>) -> Said {
    Said { title: title.into(), change: change.into(), doing: doing.into() }
}

/// Returns the words of a step. `name` is that of the App session or the account that the run is about.
#[must_use]
pub fn of(step: &StepKind, name: &str) -> Said {
    match step {
        StepKind::CreateApplication(_) => said(
            format!("Create the app registration “{name}”"),
            format!("New: the app registration “{name}”, with the permissions listed but not yet granted"),
            "Creating the app registration",
        ),
        StepKind::AdoptApplication(step) => said(
            format!("Use the existing app registration “{}” and add what is missing", step.name),
            "Changed: its permissions, redirect URIs and tags are added to; what it has stays",
            "Changing the app registration",
        ),
        StepKind::CreateServicePrincipal(_) => said(
            "Create its service principal",
            "New: the enterprise application through which it acts in this tenant",
            "Creating the service principal",
        ),
        StepKind::AddResource(step) => said(
            format!("Bring {} into the tenant", step.name),
            format!("New: the service principal of {}, client ID {}", step.name, step.resource),
            format!("Bringing {} into the tenant", step.name),
        ),
        StepKind::GrantApplication(step) => said(
            format!("Grant {} of {}", permissions::title(&step.permission), step.permission.resource_name),
            "New: an application permission. It works within minutes, in tokens that are asked for afterwards",
            format!("Granting {}", step.permission.value),
        ),
        StepKind::GrantDelegated(step) => said(
            if step.scopes.len() <= 2 {
                format!("Grant {} (delegated) of {} for all users", step.scopes.join(" and "), step.name)
            } else {
                format!("Grant {} delegated permissions of {} for all users", step.scopes.len(), step.name)
            },
            format!("New or widened: {}", step.scopes.join(", ")),
            "Granting the delegated permissions",
        ),
        StepKind::AddConsentRedirect(step) => said(
            "Add our consent page to the redirect URIs",
            format!("Added: {}, so that Microsoft’s page can come back here", step.uri),
            "Changing the redirect URIs",
        ),
        StepKind::Consent(_) => said(
            "Admin consent",
            "New: every permission that you chose, given by an administrator on Microsoft’s page",
            "Reading the consent",
        ),
        StepKind::RemoveConsentRedirect(step) => {
            said("Take our consent page out of the redirect URIs", format!("Removed: {}", step.uri), "Changing the redirect URIs")
        }
        StepKind::AssignRole(step) => said(
            format!("Add the role {}", step.role.name),
            "New: a directory role for the application",
            format!("Adding the role {}", step.role.name),
        ),
        StepKind::AddSecret(step) => said(
            "Create the client secret",
            format!("New: a client secret for {} days, made when you press Show secret", step.days),
            "Creating the client secret",
        ),
        StepKind::DeleteApplication(step) => said(
            format!("Delete the app registration “{}”", step.name),
            "Deleted: the app registration with its service principal, permissions, roles and secrets. It can be restored for 30 days",
            "Deleting the app registration",
        ),
        StepKind::MakeCertificate(step) => said(
            "Create the certificate",
            format!(
                "New: a certificate for {} days with an RSA key of {} bits, made in this browser; its public part is added",
                step.days, step.bits
            ),
            CREDENTIALS,
        ),
        StepKind::AddCertificate(step) => said(
            format!("Add the certificate {}", step.certificate.subject),
            format!(
                "New: its public part, thumbprint {}. Certificates that are there stay as they are; expired ones are left out, as Microsoft demands",
                step.certificate.sha1
            ),
            CREDENTIALS,
        ),
        StepKind::RemoveSecret(step) => said(
            format!("Remove the client secret “{}”", step.name),
            format!("Removed after a click of its own: this client secret{}. What uses it stops working", until(step.ends)),
            CREDENTIALS,
        ),
        StepKind::RemoveCertificate(step) => said(
            format!("Remove the certificate “{}”", step.name),
            format!(
                "Removed after a click of its own: this certificate{}. What uses it stops working. Expired certificates are left out of the list, as Microsoft demands",
                until(step.ends)
            ),
            CREDENTIALS,
        ),
        StepKind::ChangePermissions(step) => {
            let part = |words: &str, all: &[Chosen]| (!all.is_empty()).then(|| format!("{words}: {}", names(all)));
            let changes: Vec<String> = part("Added", &step.add).into_iter().chain(part("Taken out", &step.remove)).collect();
            said("Change the permissions of the registration", changes.join(". "), "Changing the permissions")
        }
        StepKind::RevokeApplication(step) => said(
            format!("Revoke {} of {}", permissions::title(&step.permission), step.permission.resource_name),
            "Removed: an application permission. Tokens that are out keep it for up to an hour",
            "Revoking the permission",
        ),
        StepKind::RevokeDelegated(step) => said(
            format!("Revoke {} (delegated) of {} for all users", step.scopes.join(" and "), step.name),
            "Removed from what was granted for all users; other permissions stay",
            "Revoking the delegated permissions",
        ),
        StepKind::SetAudience(step) => match step.audience {
            Audience::MultiTenant => said(
                "Let other tenants use it",
                "Changed: any tenant that consents to it may use it. Nothing is granted anywhere by that",
                "Changing who may use it",
            ),
            Audience::SingleTenant => said(
                "Keep it to this tenant",
                "Changed: only this tenant may use it. In other tenants that have consented it stops working",
                "Changing who may use it",
            ),
        },
        StepKind::Rename(step) => said(
            format!("Rename it to “{}”", step.to),
            format!("Changed: its name, “{}” until now. Its client id stays", step.from),
            "Renaming it",
        ),
        StepKind::SetEnabled(step) if step.enabled => {
            said("Enable its service principal", "Changed: it can sign in again", "Enabling the service principal")
        }
        StepKind::SetEnabled(_) => said(
            "Disable its service principal",
            "Changed: nothing gets a token as this application any more, until it is enabled. Credentials and permissions stay",
            "Disabling the service principal",
        ),
        StepKind::SetNotes(step) => {
            let shown =
                |text: &str| if text.is_empty() { "none".to_owned() } else { format!("“{}”", marked(&text.replace('\n', " ⏎ "))) };
            let part = |what: &str, text: &Option<String>| text.as_ref().map(|text| format!("{what} {}", shown(text)));
            let parts = part("notes", &step.notes).into_iter().chain(part("service management reference", &step.reference));
            said("Change its notes", format!("Changed: {}", parts.collect::<Vec<_>>().join("; ")), "Changing the notes")
        }
        StepKind::RemoveRole(step) => {
            said(format!("Remove the role {}", step.role.name), "Removed: a directory role of the application", "Removing the role")
        }
        StepKind::RestoreApplication(step) => said(
            format!("Restore the app registration “{}”", step.name),
            "Back from the deleted items, with its credentials",
            "Restoring the app registration",
        ),
        StepKind::RestorePrincipal(_) => said(
            "Restore its service principal",
            "Back: the enterprise application. What was granted to it may have to be granted again; its page tells",
            "Restoring the service principal",
        ),
        StepKind::DefineAppRoles(step) => {
            let names: Vec<&str> = step.roles.iter().map(|role| role.value.as_str()).collect();
            said(
                format!("Define the app roles {}", names.join(" and ")),
                "New: app roles of the registration of this page. Nobody holds them by that",
                ACCESS,
            )
        }
        StepKind::AssignAppRole(step) => said(
            format!("Give {} to {}", step.role.value, step.holder.name),
            format!(
                "New: an assignment. It counts from the next sign-in of {} on",
                if step.holder.is_user { "this person" } else { "each member" }
            ),
            ACCESS,
        ),
        StepKind::RemoveAppRole(step) => said(
            format!("Take {} from {}", step.role.value, step.holder.name),
            "Removed: an assignment. A token that is out keeps it for up to an hour",
            ACCESS,
        ),
        StepKind::RequireAssignment(step) if step.required => {
            said("Require an assignment for this page", "Changed: only people with a role of this page can sign in to it", ACCESS)
        }
        StepKind::RequireAssignment(_) => said(
            "Require no assignment for this page",
            "Changed: everybody of the tenant can sign in to it again; App sessions still need the role",
            ACCESS,
        ),
        StepKind::CreateAccount(step) => said(
            format!("Create the account {}", step.upn),
            "New: a user account that signs in with a password, which is chosen when the run comes here and shown once",
            "Creating the account",
        ),
        StepKind::AssignLicence(step) => said(
            format!("Assign the license {}", step.licence.part),
            "Taken: one seat of this subscription. A mailbox, where the license has one, comes within minutes to hours",
            "Assigning the license",
        ),
        StepKind::RemoveLicence(step) => {
            said(format!("Remove the license {}", step.licence.part), "Given back: one seat of this subscription", "Removing the license")
        }
        StepKind::AssignAccountRole(step) => {
            said(format!("Give the account the role {}", step.role.name), "New: a directory role for the account", "Adding the role")
        }
        StepKind::RemoveAccountRole(step) => said(
            format!("Take the role {} from the account", step.role.name),
            "Removed: a directory role of the account",
            "Removing the role",
        ),
        StepKind::GrantAccess(grant) => said(
            format!("Let {} use {} {}", grant.client_name, grant.name, whose(grant)),
            format!(
                "New or widened: {} (delegated), {}, for the application with the client ID {}",
                grant.scopes.join(", "),
                whose(grant),
                grant.client
            ),
            "Granting the delegated permissions",
        ),
        StepKind::RevokeAccess(step) => said(
            format!("Take {} of {} from {}", step.0.scopes.join(" and "), step.0.name, step.0.client_name),
            format!("Removed from what was granted {}; other permissions stay", whose(&step.0)),
            "Revoking the delegated permissions",
        ),
        StepKind::ProveAccount(_) => said(
            "Sign in as the account",
            "Nothing is written. Signing in shows that the account can, and what Microsoft asks of it",
            "Signing in as the account",
        ),
        StepKind::FinishAccount(step) => said(
            "Make it the account of the connector",
            match &step.replaces {
                Some(old) => format!("Nothing is written to the tenant. This browser’s record names it in the place of {old}"),
                None => "Nothing is written to the tenant. This browser’s record names it, without its password".into(),
            },
            "Keeping the record",
        ),
        StepKind::DeleteAccount(step) => said(
            format!("Delete the account {}", step.upn),
            "Deleted: the user account with its roles, license and grants. It can be restored for 30 days",
            "Deleting the account",
        ),
        StepKind::AssignExchangeRole(step) => said(
            format!("Give {} the Exchange role {}", holder(&step.role), step.role.name),
            "New: a role of Exchange Online over all mailboxes. It can take up to two hours until it works",
            "Assigning the Exchange role",
        ),
        StepKind::RemoveExchangeRole(step) => said(
            format!("Take the Exchange role {} from {}", step.role.name, holder(&step.role)),
            "Removed: a role of Exchange Online. It can take up to two hours until that is felt",
            "Removing the Exchange role",
        ),
        StepKind::ExchangeRoleByHand(step) => said(
            format!("Give {} the Exchange role {}, by hand", holder(&step.role), step.role.name),
            "Graph does not manage Exchange roles in this tenant. The run shows the commands of Exchange Online PowerShell and waits",
            "Looking for the Exchange role",
        ),
        StepKind::SettleExchange(_) => said(
            "Wait until the Exchange role works",
            "Nothing is written. Exchange takes 30 minutes to 2 hours to apply a new role",
            "Waiting for Exchange",
        ),
        StepKind::RepeatName(_) => said(
            "Ask for a second app with the same unique name",
            "Nothing, if Microsoft refuses it as expected. A second one would be removed by Clean up",
            "Asking for the same unique name again",
        ),
        StepKind::AddTestSecret(_) => said(
            "Add a client secret",
            "New: a client secret for one day. Its value is discarded when it arrives; nobody sees it",
            "Adding the client secret",
        ),
        StepKind::RemoveTestSecret(_) => {
            said("Remove the client secret", "Removed: the secret of this check", "Removing the client secret")
        }
        StepKind::DeleteTestApp(_) => {
            said("Delete the test app", "Deleted: the app registration of this check, with all that hangs on it", "Deleting the test app")
        }
        StepKind::FindDeleted(step) => said(
            format!("Find {} among the deleted items", item(&step.item)),
            "Nothing: it is only looked for",
            "Looking for the deleted app",
        ),
        StepKind::DeleteForGood(step) => said(
            format!("Delete {} permanently", item(&step.item)),
            "Removed from the deleted items. It can’t be restored",
            "Deleting the app permanently",
        ),
        StepKind::SignOutEverywhere(_) => said(
            format!("End every sign-in of {name}"),
            "Ended: every sign-in of this account, on all devices and in all applications, this page included. It can take some minutes",
            "Ending the sign-ins",
        ),
    }
}

const CREDENTIALS: &str = "Changing the credentials";
const ACCESS: &str = "Changing who has access";

fn until(ends: Option<Instant>) -> String {
    ends.map(|ends| format!(", which ends on {}", ends.to_iso().chars().take(10).collect::<String>())).unwrap_or_default()
}

fn names(permissions: &[Chosen]) -> String {
    permissions.iter().map(|p| format!("{} of {}", permissions::title(p), p.resource_name)).collect::<Vec<_>>().join(", ")
}

fn whose(grant: &GrantAccess) -> &'static str {
    if grant.for_everyone { "for all users" } else { "for this account alone" }
}

fn holder(role: &ExchangeRole) -> &'static str {
    match role.holder {
        ExchangeHolder::Account => "the account",
        ExchangeHolder::Application => "the application",
    }
}

fn item(item: &Deleted) -> String {
    match item {
        Deleted::Application => "the test app".to_owned(),
        Deleted::ServicePrincipal => "its service principal".to_owned(),
        Deleted::Leftover { name, .. } => format!("“{name}”"),
        Deleted::LeftPrincipal { name, .. } => format!("the service principal of “{name}”"),
    }
}
