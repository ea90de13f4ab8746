//! The delegated scopes that each feature asks for. Sign-in asks for the least; a feature asks for its own when it is entered.

/// What a token is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Feature {
    SignIn,
    AppSessions,
    Partner,
    /// App sessions, and user accounts with their licences and Exchange roles.
    Accounts,
    /// Reading in a customer's tenant what it has granted.
    Consents,
}

impl Feature {
    /// Every scope of Microsoft Graph that some feature asks for.
    pub const ALL_SCOPES: &[&str] = &[
        "User.Read",
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "DelegatedAdminRelationship.Read.All",
        "DelegatedPermissionGrant.ReadWrite.All",
        "Directory.Read.All",
        "Domain.Read.All",
        "LicenseAssignment.ReadWrite.All",
        "Organization.Read.All",
        "Policy.Read.All",
        "RoleManagement.ReadWrite.Directory",
        "RoleManagement.ReadWrite.Exchange",
        "User.ReadWrite.All",
    ];

    /// Returns the scopes of Microsoft Graph (Graph permissions reference), without those of OpenID Connect.
    #[must_use]
    pub fn graph_scopes(self) -> &'static [&'static str] {
        match self {
            Self::SignIn => &["User.Read"],
            Self::AppSessions => &[
                "Application.ReadWrite.All",
                "AppRoleAssignment.ReadWrite.All",
                "DelegatedPermissionGrant.ReadWrite.All",
                "Directory.Read.All",
                "Organization.Read.All",
                "Policy.Read.All",
                "RoleManagement.ReadWrite.Directory",
            ],
            Self::Accounts => &[
                "Application.ReadWrite.All",
                "AppRoleAssignment.ReadWrite.All",
                "DelegatedPermissionGrant.ReadWrite.All",
                "Directory.Read.All",
                "Domain.Read.All",
                "LicenseAssignment.ReadWrite.All",
                "Organization.Read.All",
                "Policy.Read.All",
                "RoleManagement.ReadWrite.Directory",
                "RoleManagement.ReadWrite.Exchange",
                "User.ReadWrite.All",
            ],
            Self::Partner => &["Directory.Read.All", "DelegatedAdminRelationship.Read.All"],
            Self::Consents => &["Directory.Read.All"],
        }
    }

    /// Returns what the token endpoint is asked for: one resource, and OpenID Connect.
    #[must_use]
    pub fn scope(self, graph_origin: &str) -> String {
        let mut words = vec!["openid".to_owned(), "profile".to_owned(), "offline_access".to_owned()];
        words.extend(self.graph_scopes().iter().map(|name| format!("{graph_origin}/{name}")));
        words.join(" ")
    }

    /// Returns the scopes that a token answer left out of what the feature needs.
    #[must_use]
    pub fn missing_in(self, granted: &str) -> Vec<&'static str> {
        let held: Vec<&str> = granted.split_whitespace().map(|scope| scope.rsplit('/').next().unwrap_or(scope)).collect();
        self.graph_scopes().iter().copied().filter(|wanted| !held.iter().any(|scope| scope.eq_ignore_ascii_case(wanted))).collect()
    }
}
