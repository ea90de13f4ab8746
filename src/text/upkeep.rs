//! What is done to an App session after its first day, in words.

use super::permissions;
use crate::domain::blueprint::Audience;
use crate::domain::permission::Chosen;
use crate::domain::time::Instant;
use crate::plan::access::AccessStep;
use crate::plan::credentials::CredentialStep;
use crate::plan::preflight::Obstacle;
use crate::plan::record::Purpose;
use crate::plan::upkeep::Upkeep;

/// A step in words: what it does, what changes, and what is under way while it is done.
pub struct Said {
    pub title: String,
    pub change: String,
    pub doing: &'static str,
}

/// Returns what stands before the name in the heading of a run; `None` for one that creates.
#[must_use]
pub fn purpose(purpose: Purpose) -> Option<&'static str> {
    Some(match purpose {
        Purpose::Create | Purpose::Undo => return None,
        Purpose::AddCredential => "Add a credential",
        Purpose::Rotate => "Rotate the credential",
        Purpose::SwitchToCertificate => "Switch to a certificate",
        Purpose::RemoveCredential => "Remove a credential",
        Purpose::Exchange => "Exchange Online app access",
        Purpose::Role => "Add a role",
        Purpose::Permissions => "Edit permissions",
        Purpose::Mend => "Bring back in line",
        Purpose::Audience => "Change who may use it",
        Purpose::Rename => "Rename",
        Purpose::Enable => "Enable",
        Purpose::Disable => "Disable",
        Purpose::Delete => "Delete",
        Purpose::Restore => "Restore",
        Purpose::UseNow => "Use here",
        Purpose::Access => "Access to App sessions",
    })
}

/// Says what a policy of the tenant forbids, and what to do instead.
#[must_use]
pub fn forbidden(obstacle: &Obstacle) -> (String, String) {
    let what = super::steps::obstacle(obstacle).0;
    let next = match obstacle {
        Obstacle::SecretsForbidden => "Switch to a certificate, or ask an administrator for an exception.",
        _ => "Choose a shorter lifetime.",
    };
    (what, next.to_owned())
}

fn until(ends: Option<Instant>) -> String {
    ends.map(|ends| format!(", which ends on {}", ends.to_iso().chars().take(10).collect::<String>())).unwrap_or_default()
}

#[must_use]
pub fn credential(step: &CredentialStep) -> Said {
    let (title, change) = match step {
        CredentialStep::MakeCertificate { days, bits } => (
            "Create the certificate".to_owned(),
            format!("New: a certificate for {days} days with an RSA key of {bits} bits, made in this browser; its public part is added"),
        ),
        CredentialStep::AddCertificate { certificate } => (
            format!("Add the certificate {}", certificate.subject),
            format!(
                "New: its public part, thumbprint {}. Certificates that are there stay as they are; expired ones are left out, as Microsoft demands",
                certificate.sha1
            ),
        ),
        CredentialStep::RemoveSecret { name, ends, .. } => (
            format!("Remove the client secret “{name}”"),
            format!("Removed after a click of its own: this client secret{}. What uses it stops working", until(*ends)),
        ),
        CredentialStep::RemoveCertificate { name, ends, .. } => (
            format!("Remove the certificate “{name}”"),
            format!(
                "Removed after a click of its own: this certificate{}. What uses it stops working. Expired certificates are left out of the list, as Microsoft demands",
                until(*ends)
            ),
        ),
    };
    Said { title, change, doing: "Changing the credentials" }
}

fn names(permissions: &[Chosen]) -> String {
    permissions.iter().map(|p| format!("{} of {}", permissions::title(p), p.resource_name)).collect::<Vec<_>>().join(", ")
}

#[must_use]
pub fn upkeep(step: &Upkeep) -> Said {
    let said = |title: String, change: String, doing: &'static str| Said { title, change, doing };
    match step {
        Upkeep::ChangePermissions { add, remove } => {
            let mut changes = Vec::new();
            if !add.is_empty() {
                changes.push(format!("Added: {}", names(add)));
            }
            if !remove.is_empty() {
                changes.push(format!("Taken out: {}", names(remove)));
            }
            said("Change the permissions of the registration".into(), changes.join(". "), "Changing the permissions")
        }
        Upkeep::RevokeApplication { permission } => said(
            format!("Revoke {} of {}", permissions::title(permission), permission.resource_name),
            "Removed: an application permission. Tokens that are out keep it for up to an hour".into(),
            "Revoking the permission",
        ),
        Upkeep::RevokeDelegated { name, scopes, .. } => said(
            format!("Revoke {} (delegated) of {name} for all users", scopes.join(" and ")),
            "Removed from what was granted for all users; other permissions stay".into(),
            "Revoking the delegated permissions",
        ),
        Upkeep::SetAudience { audience: Audience::MultiTenant } => said(
            "Let other tenants use it".into(),
            "Changed: any tenant that consents to it may use it. Nothing is granted anywhere by that".into(),
            "Changing who may use it",
        ),
        Upkeep::SetAudience { audience: Audience::SingleTenant } => said(
            "Keep it to this tenant".into(),
            "Changed: only this tenant may use it. In other tenants that have consented it stops working".into(),
            "Changing who may use it",
        ),
        Upkeep::Rename { from, to } => {
            said(format!("Rename it to “{to}”"), format!("Changed: its name, “{from}” until now. Its client id stays"), "Renaming it")
        }
        Upkeep::SetEnabled { enabled: true } => {
            said("Enable its service principal".into(), "Changed: it can sign in again".into(), "Enabling the service principal")
        }
        Upkeep::SetEnabled { enabled: false } => said(
            "Disable its service principal".into(),
            "Changed: nothing gets a token as this application any more, until it is enabled. Credentials and permissions stay".into(),
            "Disabling the service principal",
        ),
        Upkeep::RemoveRole { role } => {
            said(format!("Remove the role {}", role.name), "Removed: a directory role of the application".into(), "Removing the role")
        }
        Upkeep::RestorePrincipal { .. } => said(
            "Restore its service principal".into(),
            "Back: the enterprise application. What was granted to it may have to be granted again; its page tells".into(),
            "Restoring the service principal",
        ),
        Upkeep::Restore { name, .. } => said(
            format!("Restore the app registration “{name}”"),
            "Back from the deleted items, with its credentials".into(),
            "Restoring the app registration",
        ),
    }
}

#[must_use]
pub fn access(step: &AccessStep) -> Said {
    let (title, change) = match step {
        AccessStep::DefineRoles { roles } => {
            let names: Vec<&str> = roles.iter().map(|role| role.value.as_str()).collect();
            (
                format!("Define the app roles {}", names.join(" and ")),
                "New: app roles of the registration of this page. Nobody holds them by that".to_owned(),
            )
        }
        AccessStep::Assign { role, holder } => (
            format!("Give {} to {}", role.value, holder.name),
            format!(
                "New: an assignment. It counts from the next sign-in of {} on",
                if holder.is_user { "this person" } else { "each member" }
            ),
        ),
        AccessStep::Remove { role, holder } => (
            format!("Take {} from {}", role.value, holder.name),
            "Removed: an assignment. A token that is out keeps it for up to an hour".to_owned(),
        ),
        AccessStep::RequireAssignment { required: true } => {
            ("Require an assignment for this page".to_owned(), "Changed: only people with a role of this page can sign in to it".to_owned())
        }
        AccessStep::RequireAssignment { required: false } => (
            "Require no assignment for this page".to_owned(),
            "Changed: everybody of the tenant can sign in to it again; App sessions still need the role".to_owned(),
        ),
    };
    Said { title, change, doing: "Changing who has access" }
}

/// Says why a certificate file is not taken, and what to do.
#[must_use]
pub fn certificate_fault(fault: crate::domain::certificate::Fault) -> String {
    use crate::domain::certificate::Fault;
    match fault {
        Fault::TooLarge { bytes } => format!(
            "This file has {} bytes; a certificate has a few thousand. Choose the .cer, .crt or .pem file of one certificate.",
            super::thousands(bytes)
        ),
        Fault::HoldsPrivateKey => {
            "This file holds a private key. It was not kept. Export the certificate alone, without its key, and choose that file.".into()
        }
        Fault::NotACertificate => "This is not a certificate in DER or PEM. Choose a .cer, .crt or .pem file.".into(),
        Fault::Several { count } => format!("This file holds {count} certificates. Choose a file with the one of the application alone."),
        Fault::Expired => "This certificate has expired. Make or request a new one.".into(),
        Fault::NotYetValid => "This certificate is not valid yet. Check its dates, and the clock of this computer.".into(),
        Fault::CertificateAuthority => {
            "This certificate is that of a certificate authority. Choose the certificate of the application itself.".into()
        }
        Fault::NotRsa => "This certificate does not have an RSA key. Entra accepts RSA only for applications.".into(),
        Fault::WeakKey { bits } => format!("The RSA key of this certificate has {bits} bits. It needs 2048 or more."),
        Fault::WeakSignature => "This certificate is signed with MD5 or SHA-1, which is broken. Make one with SHA-256.".into(),
    }
}
