//! What would stop a run, found before its first write.

use super::credentials::CredentialStep;
use super::observed::{AccountGround, AnyOf, Observed, TO_ASSIGN_ROLES, TO_MANAGE_USERS, TO_REGISTER};
use super::step::StepKind;
use crate::domain::account::Account;
use crate::domain::blueprint::{Blueprint, Credential, ExchangeRole};
use crate::domain::permission::Chosen;
use crate::domain::redirect::{self, RedirectFault};
use crate::domain::time::Instant;
use crate::graph::applications::Application;
use crate::graph::directory::CredentialPolicy;
use crate::graph::users::Subscription;

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
    /// With what is wrong with it.
    RedirectUri(String, RedirectFault),
    /// Somebody has the user principal name.
    UserNameTaken(String),
    /// A domain that is not verified, or is federated.
    DomainNotUsable(String),
    /// By the name of the subscription.
    NoSeat(String),
    /// The tenant answers for its Exchange roles and has none of that name.
    ExchangeRoleGone(ExchangeRole),
    MayNotMakeUsers {
        roles: AnyOf,
    },
}

impl Obstacle {
    /// Returns the roles of which one would take it away.
    #[must_use]
    pub fn roles(&self) -> Option<AnyOf> {
        match self {
            Self::MayNotRegister { roles } | Self::MayNotAssignRoles { roles } | Self::MayNotMakeUsers { roles } => Some(roles),
            _ => None,
        }
    }
}

/// Returns what must be settled before `Create`. `adopts` says that the person chose to use the application that has the name.
#[must_use]
pub fn obstacles(blueprint: &Blueprint, observed: &Observed, adopts: Adoption) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let has_application = blueprint.kind.has_application();
    if has_application && !observed.may_register() {
        found.push(Obstacle::MayNotRegister { roles: TO_REGISTER });
    }
    if has_application && adopts == Adoption::Undecided && !observed.same_name.is_empty() {
        found.push(Obstacle::NameTaken(observed.same_name.clone()));
    }
    found.extend(redirect::check_all(&blueprint.redirect_uris).err().map(|(uri, fault)| Obstacle::RedirectUri(uri, fault)));
    found.extend(observed.not_offered.iter().cloned().map(Obstacle::NotOffered));
    let wants_roles = !blueprint.roles.is_empty() || blueprint.account.as_ref().is_some_and(|account| !account.roles.is_empty());
    if wants_roles && !observed.roles.any_of(TO_ASSIGN_ROLES) {
        found.push(Obstacle::MayNotAssignRoles { roles: TO_ASSIGN_ROLES });
    }
    let credential = super::build::credential(blueprint);
    found.extend(observed.credential_policy.and_then(|policy| forbidden(credential.as_ref()?, policy)));
    if let (Some(account), Some(ground)) = (&blueprint.account, &observed.account) {
        found.extend(account_obstacles(account, ground, observed));
        let is_gone =
            |role: &&ExchangeRole| ground.exchange.as_ref().is_some_and(|all| !all.iter().any(|known| known.display_name == role.name));
        found.extend(blueprint.exchange.iter().filter(is_gone).cloned().map(Obstacle::ExchangeRoleGone));
    }
    found
}

fn account_obstacles(account: &Account, ground: &AccountGround, observed: &Observed) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if !observed.roles.any_of(TO_MANAGE_USERS) {
        found.push(Obstacle::MayNotMakeUsers { roles: TO_MANAGE_USERS });
    }
    if ground.is_taken {
        found.push(Obstacle::UserNameTaken(account.upn()));
    }
    if !ground.domains.contains(&account.domain) {
        found.push(Obstacle::DomainNotUsable(account.domain.clone()));
    }
    if let Some(licence) = &account.licence {
        let has_seat = |known: &&Subscription| known.sku_id == licence.sku_id && known.is_for_users() && known.free() > 0;
        if !ground.subscriptions.iter().any(|known| has_seat(&known)) {
            found.push(Obstacle::NoSeat(licence.part.clone()));
        }
    }
    found
}

/// Returns the blueprint with a client secret as long as the tenant's policy allows, where it allows less than is asked for.
#[must_use]
pub fn clamped(blueprint: &Blueprint, observed: &Observed) -> Option<Blueprint> {
    let longest = observed.credential_policy?.longest_secret_days?;
    match blueprint.credential {
        Credential::Secret { days } if days > longest => {
            Some(Blueprint { credential: Credential::Secret { days: longest }, ..blueprint.clone() })
        }
        _ => None,
    }
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
