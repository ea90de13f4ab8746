//! The delegated scopes of Microsoft Graph that this page asks for. Sign-in asks for the least, looking for reading scopes, and a plan
//! for those that its own steps write with.

use serde::{Deserialize, Serialize};

/// One delegated scope (Graph permissions reference).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// `User.Read`: who is signed in. Every sign-in asks for it.
    UserRead,
    /// `Application.ReadWrite.All`: making, changing, and deleting app registrations and service principals, with their credentials.
    ApplicationReadWrite,
    /// `AppRoleAssignment.ReadWrite.All`: granting application permissions, and assigning app roles to users and groups.
    AppRoleAssignmentReadWrite,
    /// `DelegatedAdminRelationship.Read.All`: reading the partner's customers, with its relationships and access assignments (GDAP).
    DelegatedAdminRelationshipRead,
    /// `DelegatedPermissionGrant.ReadWrite.All`: making, changing, and deleting grants of delegated permissions.
    DelegatedPermissionGrantReadWrite,
    /// `Directory.Read.All`: reading users, groups, applications, roles, domains, licenses, grants, and contracts.
    DirectoryRead,
    /// `LicenseAssignment.ReadWrite.All`: assigning licenses to users, and taking them away.
    LicenseAssignmentReadWrite,
    /// `Policy.Read.All`: reading policies, such as how long credentials of applications may live.
    PolicyRead,
    /// `RoleEligibilitySchedule.Read.Directory`: reading which directory roles the person may activate.
    RoleEligibilityScheduleRead,
    /// `RoleManagement.ReadWrite.Directory`: assigning directory roles, and taking them away.
    RoleManagementReadWriteDirectory,
    /// `RoleManagement.ReadWrite.Exchange`: assigning roles of Exchange Online, and taking them away.
    RoleManagementReadWriteExchange,
    /// `User-PasswordProfile.ReadWrite.All`: setting passwords, which `User.ReadWrite.All` alone does not allow.
    UserPasswordProfileReadWrite,
    /// `User.ReadWrite.All`: making and deleting user accounts.
    UserReadWrite,
    /// `User.RevokeSessions.All`: ending all sign-ins of the person.
    UserRevokeSessions,
}

impl Scope {
    /// Every scope in the order of declaration, which is that of the bits in [`Scopes`].
    pub const ALL: [Self; 14] = [
        Self::UserRead,
        Self::ApplicationReadWrite,
        Self::AppRoleAssignmentReadWrite,
        Self::DelegatedAdminRelationshipRead,
        Self::DelegatedPermissionGrantReadWrite,
        Self::DirectoryRead,
        Self::LicenseAssignmentReadWrite,
        Self::PolicyRead,
        Self::RoleEligibilityScheduleRead,
        Self::RoleManagementReadWriteDirectory,
        Self::RoleManagementReadWriteExchange,
        Self::UserPasswordProfileReadWrite,
        Self::UserReadWrite,
        Self::UserRevokeSessions,
    ];

    /// Returns the value of the permission as consent and tokens name it, e.g. `User.Read`, without the origin of Graph.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserRead => "User.Read",
            Self::ApplicationReadWrite => "Application.ReadWrite.All",
            Self::AppRoleAssignmentReadWrite => "AppRoleAssignment.ReadWrite.All",
            Self::DelegatedAdminRelationshipRead => "DelegatedAdminRelationship.Read.All",
            Self::DelegatedPermissionGrantReadWrite => "DelegatedPermissionGrant.ReadWrite.All",
            Self::DirectoryRead => "Directory.Read.All",
            Self::LicenseAssignmentReadWrite => "LicenseAssignment.ReadWrite.All",
            Self::PolicyRead => "Policy.Read.All",
            Self::RoleEligibilityScheduleRead => "RoleEligibilitySchedule.Read.Directory",
            Self::RoleManagementReadWriteDirectory => "RoleManagement.ReadWrite.Directory",
            Self::RoleManagementReadWriteExchange => "RoleManagement.ReadWrite.Exchange",
            Self::UserPasswordProfileReadWrite => "User-PasswordProfile.ReadWrite.All",
            Self::UserReadWrite => "User.ReadWrite.All",
            Self::UserRevokeSessions => "User.RevokeSessions.All",
        }
    }
}

impl Scope {
    /// Returns the id of the delegated permission of Microsoft Graph, the same in every tenant and cloud.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::UserRead => "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
            Self::ApplicationReadWrite => "bdfbf15f-ee85-4955-8675-146e8e5296b5",
            Self::AppRoleAssignmentReadWrite => "84bccea3-f856-4a8a-967b-dbe0a3d53a64",
            Self::DelegatedAdminRelationshipRead => "0c0064ea-477b-4130-82a5-4c2cc4ff68aa",
            Self::DelegatedPermissionGrantReadWrite => "41ce6ca6-6826-4807-84f1-1c82854f7ee5",
            Self::DirectoryRead => "06da0dbc-49e2-44d2-8312-53f166ab848a",
            Self::LicenseAssignmentReadWrite => "f55016cc-149c-447e-8f21-7cf3ec1d6350",
            Self::PolicyRead => "572fea84-0151-49b2-9301-11cb16974376",
            Self::RoleEligibilityScheduleRead => "eb0788c2-6d4e-4658-8c9e-c0fb8053f03d",
            Self::RoleManagementReadWriteDirectory => "d01b97e9-cbc0-49fe-810a-750afd5527a3",
            Self::RoleManagementReadWriteExchange => "c1499fe0-52b1-4b22-bed2-7a244e0e879f",
            Self::UserPasswordProfileReadWrite => "56760768-b641-451f-8906-e1b8ab31bca7",
            Self::UserReadWrite => "204e0828-b5ca-4ad8-b9f3-f32a958e7cc4",
            Self::UserRevokeSessions => "fc30e98b-8810-4501-81f5-c20a3196387b",
        }
    }
}

/// The names of all of them, in the order of [`Scope::ALL`].
pub const NAMES: [&str; Scope::ALL.len()] = {
    let mut names = [""; Scope::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Scope::ALL[at].name();
        at += 1;
    }
    names
};

/// A set of scopes: what a token must carry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(u32);

impl Scopes {
    /// What every sign-in asks for, before anything is looked at.
    pub const SIGN_IN: Self = Self::of(&[Scope::UserRead]);
    /// Looking at what a tenant has: its applications, people, roles and policies.
    pub const LOOK: Self = Self::of(&[Scope::DirectoryRead, Scope::PolicyRead, Scope::RoleEligibilityScheduleRead]);
    /// The partner's customers and the roles at them.
    pub const PARTNER: Self = Self::of(&[Scope::DirectoryRead, Scope::DelegatedAdminRelationshipRead]);
    /// Reading in a customer's tenant what it has granted.
    pub const CONSENTS: Self = Self::of(&[Scope::DirectoryRead]);

    /// Returns the set of these scopes, whatever their order.
    #[must_use]
    pub const fn of(scopes: &[Scope]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < scopes.len() {
            set |= 1 << scopes[at] as u32;
            at += 1;
        }
        Self(set)
    }

    /// Returns the scopes of either set.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Returns the scopes of the set, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.0 & 1 << *scope as u32 != 0)
    }

    /// Returns what the token endpoint is asked for: one resource, and OpenID Connect.
    #[must_use]
    pub fn parameter(self, graph_origin: &str) -> String {
        let mut words = vec!["openid".to_owned(), "profile".to_owned(), "offline_access".to_owned()];
        words.extend(self.iter().map(|scope| format!("{graph_origin}/{}", scope.name())));
        words.join(" ")
    }

    /// Returns the scopes that a token answer left out.
    #[must_use]
    pub fn missing_in(self, granted: &str) -> Vec<&'static str> {
        let held: Vec<&str> = granted.split_whitespace().map(|scope| scope.rsplit('/').next().unwrap_or(scope)).collect();
        let is_missing = |wanted: &&str| !held.iter().any(|scope| scope.eq_ignore_ascii_case(wanted));
        self.iter().map(Scope::name).filter(is_missing).collect()
    }
}
