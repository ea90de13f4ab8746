//! What would stop a run, found before its first write.

use super::observed::{AccountGround, Adoption, AnyOf, Observed, TO_ASSIGN_ROLES, TO_MANAGE_USERS, TO_REGISTER};
use super::step::{NewCredential, StepKind};
use domain::account::Account;
use domain::blueprint::{Blueprint, Credential, ExchangeRole};
use domain::permission::Chosen;
use domain::redirect::{self, RedirectFault};
use graph::applications::Application;
use graph::directory::CredentialPolicy;
use graph::users::Subscription;

/// Something that stands in the way of a plan, or may do so: [`Obstacle::is_warning`] tells which.
#[derive(Clone, PartialEq, Debug)]
pub enum Obstacle {
    /// The person must choose: stop, adopt or rename.
    NameTaken(Vec<Application>),
    /// The resource of this tenant does not offer it.
    NotOffered(Chosen),
    /// The person may not register applications here.
    MayNotRegister {
        /// The roles of which one lets the person register them, by template id.
        roles: AnyOf,
    },
    /// The person may not assign directory roles here.
    MayNotAssignRoles {
        /// The roles of which one lets the person assign them, by template id.
        roles: AnyOf,
    },
    /// An app management policy speaks against the credential.
    AgainstPolicy {
        /// What the policy does not allow.
        breach: Breach,
        /// The name of the policy, where it is the application's own.
        policy: Option<String>,
        /// Whether it exempts callers by attributes that this page can't see (`excludeActors`): the person may be one of them.
        exempts_callers: bool,
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
    /// The person may not create user accounts here.
    MayNotMakeUsers {
        /// The roles of which one lets the person create them, by template id.
        roles: AnyOf,
    },
}

/// What of a credential an app management policy speaks against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Breach {
    /// Client secrets are not allowed at all (`passwordAddition`).
    Secret,
    /// The client secret would last longer than is allowed (`passwordLifetime`).
    SecretLifetime {
        /// The longest lifetime that the policy allows, in days.
        longest_days: u32,
    },
    /// The certificate would last longer than is allowed (`asymmetricKeyLifetime`).
    CertificateLifetime {
        /// The longest lifetime that the policy allows, in days.
        longest_days: u32,
    },
    /// The certificate is self-signed, and must come from an authority that the tenant trusts (`trustedCertificateAuthority`).
    SelfSigned,
}

impl Obstacle {
    /// Whether the plan can start all the same. A custom role, the owner of an application, or an exception to a policy allow what
    /// this page can't see: Graph's own answer decides.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        match self {
            Self::MayNotRegister { .. } | Self::MayNotAssignRoles { .. } | Self::MayNotMakeUsers { .. } | Self::AgainstPolicy { .. } => {
                true
            }
            Self::NameTaken(_) | Self::NotOffered(_) | Self::RedirectUri(..) | Self::UserNameTaken(_) | Self::DomainNotUsable(_) => false,
            Self::NoSeat(_) | Self::ExchangeRoleGone(_) => false,
        }
    }

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
    found.extend(observed.credential_policy.iter().flat_map(|policy| credential.iter().flat_map(|step| against(step, policy))));
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
    let longest = observed.credential_policy.as_ref()?.longest_secret_days?;
    match blueprint.credential {
        Credential::Secret { days } if days > longest => {
            Some(Blueprint { credential: Credential::Secret { days: longest }, ..blueprint.clone() })
        }
        _ => None,
    }
}

/// Returns what app management policies say against a step that adds a credential.
#[must_use]
pub fn against(step: &StepKind, policy: &CredentialPolicy) -> Vec<Obstacle> {
    let too_long = |days: u32, longest: Option<u32>| longest.filter(|longest| days > *longest);
    let certificate = |days: u32, is_self_signed: bool| {
        let lifetime = too_long(days, policy.longest_certificate_days).map(|longest_days| Breach::CertificateLifetime { longest_days });
        lifetime.into_iter().chain((is_self_signed && policy.wants_trusted_authority).then_some(Breach::SelfSigned)).collect()
    };
    let breaches: Vec<Breach> = match step.credential() {
        Some(NewCredential::Secret { .. }) if policy.forbids_secrets => vec![Breach::Secret],
        Some(NewCredential::Secret { days }) => {
            too_long(days, policy.longest_secret_days).map(|longest_days| Breach::SecretLifetime { longest_days }).into_iter().collect()
        }
        Some(NewCredential::Certificate { days, is_self_signed }) => certificate(days, is_self_signed),
        None => Vec::new(),
    };
    let obstacle = |breach| Obstacle::AgainstPolicy { breach, policy: policy.name.clone(), exempts_callers: policy.exempts_callers };
    breaches.into_iter().map(obstacle).collect()
}
