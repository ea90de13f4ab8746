//! What the tenant has and what the person may do, as read before a plan is made.

use crate::domain::ids::{AppId, ObjectId, Tenant};
use crate::domain::permission::Chosen;
use crate::domain::role::{
    APPLICATION_ADMINISTRATOR, APPLICATION_DEVELOPER, CLOUD_APPLICATION_ADMINISTRATOR, EXCHANGE_ADMINISTRATOR, GLOBAL_ADMINISTRATOR,
    GLOBAL_READER, LICENSE_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR, USER_ADMINISTRATOR,
};
use crate::graph::applications::Application;
use crate::graph::directory::CredentialPolicy;
use crate::graph::exchange::ExchangeDefinition;
use crate::graph::users::Subscription;
use std::collections::BTreeMap;

/// The directory roles of the person in the tenant, by template id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HeldRoles {
    Known(Vec<String>),
    /// They could not be read; Graph decides when a step is sent.
    Unknown,
}

impl HeldRoles {
    /// Whether the person has one of the roles. Unknown roles count as had: the attempt tells.
    #[must_use]
    pub fn any_of(&self, wanted: &[&str]) -> bool {
        match self {
            // A step that asks nothing of Graph needs no role.
            _ if wanted.is_empty() => true,
            Self::Known(held) => held.iter().any(|role| role == GLOBAL_ADMINISTRATOR || wanted.contains(&role.as_str())),
            Self::Unknown => true,
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Observed {
    pub tenant: Tenant,
    pub roles: HeldRoles,
    /// Roles that the person has not now and may activate, by template id.
    pub eligible: Vec<String>,
    /// Whether the person has an object in the tenant. A partner's technician has none.
    pub is_member: bool,
    /// Whether members may register applications; `None` when the policy could not be read.
    pub members_may_register: Option<bool>,
    /// Applications of the same name.
    pub same_name: Vec<Application>,
    /// The service principals of the resources that are asked for; `None` for one that the tenant lacks.
    pub resources: BTreeMap<AppId, Option<ObjectId>>,
    /// What the first application of the name asks for besides the blueprint.
    pub surplus: Vec<Chosen>,
    /// Permissions that a resource of this tenant does not offer.
    pub not_offered: Vec<Chosen>,
    /// `None` when the policy could not be read.
    pub credential_policy: Option<CredentialPolicy>,
    /// `None` where no account is asked for.
    pub account: Option<AccountGround>,
}

/// What the tenant has for a new account.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AccountGround {
    /// Whether somebody has the user principal name.
    pub is_taken: bool,
    /// Verified domains that are not federated, the default one first.
    pub domains: Vec<String>,
    pub subscriptions: Vec<Subscription>,
    /// The user principal name that the record of the connector names so far.
    pub replaces: Option<String>,
    /// The roles of Exchange Online; `None` where Graph does not answer for them.
    pub exchange: Option<Vec<ExchangeDefinition>>,
}

/// Roles of which one is needed, most modest first.
pub type AnyOf = &'static [&'static str];

pub const TO_REGISTER: AnyOf = &[APPLICATION_DEVELOPER, CLOUD_APPLICATION_ADMINISTRATOR, APPLICATION_ADMINISTRATOR];
pub const TO_CHANGE: AnyOf = &[CLOUD_APPLICATION_ADMINISTRATOR, APPLICATION_ADMINISTRATOR];
pub const TO_GRANT: AnyOf = &[CLOUD_APPLICATION_ADMINISTRATOR, APPLICATION_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR];
/// Application permissions of Microsoft Graph and of Azure AD Graph; directory roles.
pub const TO_GRANT_GRAPH_ROLES: AnyOf = &[PRIVILEGED_ROLE_ADMINISTRATOR];
/// To read the app management policy; without it the attempt tells.
pub const TO_READ_POLICY: AnyOf = &[GLOBAL_READER, CLOUD_APPLICATION_ADMINISTRATOR, APPLICATION_ADMINISTRATOR];
pub const TO_ASSIGN_ROLES: AnyOf = &[PRIVILEGED_ROLE_ADMINISTRATOR];
pub const TO_MANAGE_USERS: AnyOf = &[USER_ADMINISTRATOR];
pub const TO_LICENSE: AnyOf = &[LICENSE_ADMINISTRATOR, USER_ADMINISTRATOR];
pub const TO_MANAGE_EXCHANGE: AnyOf = &[EXCHANGE_ADMINISTRATOR];

impl Observed {
    /// Returns the role that the person could activate to do what needs one of these.
    #[must_use]
    pub fn activates(&self, wanted: &[&str]) -> Option<&str> {
        self.eligible.iter().map(String::as_str).find(|role| *role == GLOBAL_ADMINISTRATOR || wanted.contains(role))
    }

    #[must_use]
    pub fn may_register(&self) -> bool {
        (self.is_member && self.members_may_register != Some(false)) || self.roles.any_of(TO_REGISTER)
    }
}
