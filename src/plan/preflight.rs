//! What would stop a run, found before its first write.

use super::observed::{AnyOf, Observed, TO_ASSIGN_ROLES, TO_REGISTER};
use crate::domain::blueprint::{Blueprint, Credential};
use crate::domain::permission::Chosen;
use crate::graph::applications::Application;

#[derive(Clone, PartialEq, Debug)]
pub enum Obstacle {
    /// The person must choose: stop, adopt or rename.
    NameTaken(Vec<Application>),
    /// The resource of this tenant does not offer it.
    NotOffered(Chosen),
    /// The person may not register applications here.
    MayNotRegister { roles: AnyOf },
    /// The person may not assign directory roles here.
    MayNotAssignRoles { roles: AnyOf },
    /// The tenant's policy forbids client secrets.
    SecretsForbidden,
    /// The tenant's policy allows a shorter life only.
    SecretTooLong { longest_days: u32 },
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
    if let (Credential::Secret { days }, Some(policy)) = (blueprint.credential, observed.secret_policy) {
        if policy.forbidden {
            found.push(Obstacle::SecretsForbidden);
        } else if let Some(longest_days) = policy.longest_days.filter(|longest| days > *longest) {
            found.push(Obstacle::SecretTooLong { longest_days });
        }
    }
    found
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
