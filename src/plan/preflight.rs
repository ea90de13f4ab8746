//! What would stop a run, found before its first write.

use super::observed::{AnyOf, Observed, TO_ASSIGN_ROLES, TO_REGISTER};
use crate::domain::blueprint::{Blueprint, Credential};
use crate::domain::permission::Chosen;
use crate::domain::time::Instant;
use crate::graph::applications::Application;
use crate::graph::directory::SecretPolicy;

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
    found.extend(observed.secret_policy.and_then(|policy| forbidden(blueprint, policy)));
    found
}

/// Returns what the tenant's policy says against the credential of a blueprint.
#[must_use]
pub fn forbidden(blueprint: &Blueprint, policy: SecretPolicy) -> Option<Obstacle> {
    let too_long = |days: u32, longest: Option<u32>| longest.filter(|longest| days > *longest);
    match (blueprint.credential, &blueprint.certificate) {
        (Credential::Secret { .. }, _) if policy.forbidden => Some(Obstacle::SecretsForbidden),
        (Credential::Secret { days }, _) => {
            too_long(days, policy.longest_days).map(|longest_days| Obstacle::SecretTooLong { longest_days })
        }
        (Credential::Certificate { days, .. }, _) => {
            too_long(days, policy.longest_certificate_days).map(|longest_days| Obstacle::CertificateTooLong { longest_days })
        }
        (Credential::Uploaded, Some(certificate)) => {
            let days = u32::try_from(Instant(certificate.ends).seconds_since(Instant(certificate.starts)) / 86_400).unwrap_or(u32::MAX);
            too_long(days, policy.longest_certificate_days).map(|longest_days| Obstacle::CertificateTooLong { longest_days })
        }
        (Credential::None | Credential::Uploaded, _) => None,
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
