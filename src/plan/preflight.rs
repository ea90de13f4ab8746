//! What would stop a run, found before its first write.

use super::credentials::CredentialStep;
use super::observed::{AnyOf, Observed, TO_ASSIGN_ROLES, TO_REGISTER};
use super::step::StepKind;
use crate::domain::blueprint::Blueprint;
use crate::domain::permission::Chosen;
use crate::domain::time::Instant;
use crate::graph::applications::Application;
use crate::graph::directory::CredentialPolicy;

#[derive(Clone, PartialEq, Debug)]
pub enum Obstacle {
    /// The person must choose: stop, adopt or rename.
    NameTaken(Vec<Application>),
    /// The resource of this tenant does not offer it.
    NotOffered(Chosen),
    /// The person may not register applications here.
    MayNotRegister {
        roles: AnyOf,
    },
    /// The person may not assign directory roles here.
    MayNotAssignRoles {
        roles: AnyOf,
    },
    /// The tenant's policy forbids client secrets.
    SecretsForbidden,
    /// The tenant's policy allows a shorter life only.
    SecretTooLong {
        longest_days: u32,
    },
    CertificateTooLong {
        longest_days: u32,
    },
}

/// Returns what must be settled before `Create`. `adopts` says that the person chose to use the application that has the name.
#[must_use]
pub fn obstacles(blueprint: &Blueprint, observed: &Observed, adopts: Adoption) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if !observed.may_register() {
        found.push(Obstacle::MayNotRegister { roles: TO_REGISTER });
    }
    if adopts == Adoption::Undecided && !observed.same_name.is_empty() {
        found.push(Obstacle::NameTaken(observed.same_name.clone()));
    }
    found.extend(observed.not_offered.iter().cloned().map(Obstacle::NotOffered));
    if !blueprint.roles.is_empty() && !observed.roles.any_of(TO_ASSIGN_ROLES) {
        found.push(Obstacle::MayNotAssignRoles { roles: TO_ASSIGN_ROLES });
    }
    let credential = super::build::credential(blueprint);
    found.extend(observed.credential_policy.and_then(|policy| forbidden(credential.as_ref()?, policy)));
    found
}

/// Returns what the tenant's policy says against a step that adds a credential.
#[must_use]
pub fn forbidden(step: &StepKind, policy: CredentialPolicy) -> Option<Obstacle> {
    let too_long = |days: u32, longest: Option<u32>| longest.filter(|longest| days > *longest);
    let certificate =
        |days: u32| too_long(days, policy.longest_certificate_days).map(|longest_days| Obstacle::CertificateTooLong { longest_days });
    match step {
        StepKind::AddSecret { .. } if policy.forbids_secrets => Some(Obstacle::SecretsForbidden),
        StepKind::AddSecret { days } => {
            too_long(*days, policy.longest_secret_days).map(|longest_days| Obstacle::SecretTooLong { longest_days })
        }
        StepKind::Credential(CredentialStep::MakeCertificate { days, .. }) => certificate(*days),
        StepKind::Credential(CredentialStep::AddCertificate { certificate: found }) => {
            let days = Instant(found.ends).seconds_since(Instant(found.starts)) / 86_400;
            certificate(u32::try_from(days).unwrap_or(u32::MAX))
        }
        _ => None,
    }
}

/// What the person decided about an application that has the name already.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Adoption {
    #[default]
    Undecided,
    /// Make another of the same name.
    CreateAnother,
    /// Use the first one.
    Adopt,
}
