//! What the tenant has and what the person may do, as read before a plan is made.

use domain::blueprint::Blueprint;
use domain::ids::{AppId, ObjectId, Tenant};
use domain::permission::{AZURE_AD_GRAPH, Catalogue, Chosen, GRAPH, PermissionKind};
use domain::role::{
    APPLICATION_ADMINISTRATOR, APPLICATION_DEVELOPER, CLOUD_APPLICATION_ADMINISTRATOR, EXCHANGE_ADMINISTRATOR, GLOBAL_ADMINISTRATOR,
    GLOBAL_READER, LICENSE_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR, USER_ADMINISTRATOR,
};
use graph::applications::Application;
use graph::directory::CredentialPolicy;
use graph::exchange::ExchangeDefinition;
use graph::users::Subscription;
use std::collections::BTreeMap;

/// The directory roles of the person in the tenant, by template id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HeldRoles {
    /// All of them, as they were read; empty for somebody who has none.
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

/// What the person decided about an application that has the name already.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Adoption {
    /// Nothing yet: an application that has the name stops the plan.
    #[default]
    Undecided,
    /// Make another of the same name.
    CreateAnother,
    /// Use the first one.
    Adopt,
}

/// What was read for the plan of one blueprint. Roles and policies that could not be read stop nothing: Graph's answer decides.
#[derive(Clone, PartialEq, Debug)]
pub struct Observed {
    /// The tenant as it names itself (`organization`).
    pub tenant: Tenant,
    /// The directory roles that the person has now; at a customer those that delegated administration gives to the person's groups.
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
    /// The subscriptions of the tenant (`subscribedSku`); empty when they could not be read.
    pub subscriptions: Vec<Subscription>,
    /// The user principal name that the record of the connector names so far.
    pub replaces: Option<String>,
    /// The roles of Exchange Online; `None` where Graph does not answer for them.
    pub exchange: Option<Vec<ExchangeDefinition>>,
}

/// Directory roles of which one is needed, by template id, most modest first. A Global Administrator needs none of them.
/// <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference>
pub type AnyOf = &'static [&'static str];

/// To register an application and make its service principal, in a tenant that does not let every member.
pub const TO_REGISTER: AnyOf = &[APPLICATION_DEVELOPER, CLOUD_APPLICATION_ADMINISTRATOR, APPLICATION_ADMINISTRATOR];
/// To change or delete any app registration or service principal, credentials included; its owner needs none of these roles.
pub const TO_CHANGE: AnyOf = &[CLOUD_APPLICATION_ADMINISTRATOR, APPLICATION_ADMINISTRATOR];
/// To consent for the whole tenant to anything but application permissions of Microsoft Graph and Azure AD Graph.
pub const TO_GRANT: AnyOf = &[CLOUD_APPLICATION_ADMINISTRATOR, APPLICATION_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR];
/// Application permissions of Microsoft Graph and of Azure AD Graph; directory roles.
pub const TO_GRANT_GRAPH_ROLES: AnyOf = &[PRIVILEGED_ROLE_ADMINISTRATOR];
/// To read the app management policy; without it the attempt tells.
pub const TO_READ_POLICY: AnyOf = &[GLOBAL_READER, CLOUD_APPLICATION_ADMINISTRATOR, APPLICATION_ADMINISTRATOR];
/// To assign directory roles to applications and accounts, and to take them back (`unifiedRoleAssignment`).
pub const TO_ASSIGN_ROLES: AnyOf = &[PRIVILEGED_ROLE_ADMINISTRATOR];
/// To create a user account, to set its password, and to delete it (`user`).
pub const TO_MANAGE_USERS: AnyOf = &[USER_ADMINISTRATOR];
/// To assign licenses to a user account and to take them back (`user: assignLicense`).
pub const TO_LICENSE: AnyOf = &[LICENSE_ADMINISTRATOR, USER_ADMINISTRATOR];
/// To assign roles of Exchange Online, through Graph or with commands.
pub const TO_MANAGE_EXCHANGE: AnyOf = &[EXCHANGE_ADMINISTRATOR];

/// Returns the roles of which one is enough to grant a permission.
#[must_use]
pub fn to_grant(permission: &Chosen) -> AnyOf {
    let of_graph = matches!(permission.resource.as_str(), GRAPH | AZURE_AD_GRAPH);
    if permission.kind == PermissionKind::Application && of_graph { TO_GRANT_GRAPH_ROLES } else { TO_GRANT }
}

/// Returns the roles of which one is enough to consent to all of these on Microsoft's page.
/// <https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent>
#[must_use]
pub fn to_consent(permissions: &[Chosen]) -> AnyOf {
    let of_graph = permissions.iter().any(|permission| to_grant(permission) == TO_GRANT_GRAPH_ROLES);
    if of_graph { TO_GRANT_GRAPH_ROLES } else { TO_GRANT }
}

impl Observed {
    /// Notes what the blueprint asks for and the resources of this tenant don't offer. `offered` is what those offer that it has.
    pub fn compare(&mut self, blueprint: &Blueprint, offered: &Catalogue) {
        let is_offered = |permission: &&Chosen| {
            permission.is_gone()
                || self.resources.get(&permission.resource).is_some_and(Option::is_none)
                || offered.find(permission).is_some()
        };
        let access = blueprint.account.iter().filter_map(|account| account.access.as_ref()).flat_map(|access| &access.permissions);
        self.not_offered = blueprint.permissions.iter().chain(access).filter(|permission| !is_offered(permission)).cloned().collect();
    }

    /// Returns the role that the person could activate to do what needs one of these.
    #[must_use]
    pub fn activates(&self, wanted: &[&str]) -> Option<&str> {
        self.eligible.iter().map(String::as_str).find(|role| *role == GLOBAL_ADMINISTRATOR || wanted.contains(role))
    }

    /// Whether the person may register applications: as a member, unless the policy says no, or by a role. What is not known counts as yes.
    #[must_use]
    pub fn may_register(&self) -> bool {
        (self.is_member && self.members_may_register != Some(false)) || self.roles.any_of(TO_REGISTER)
    }
}
