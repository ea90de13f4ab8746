//! Microsoft's sentences that tell what no status and no code tells. They are English whatever the browser asks for, and apt to change:
//! each stands here once, with who else met it.

/// What a sentence means for the one who asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Says {
    /// Something that was just made is not known everywhere yet.
    NotYet,
    /// The application is not known everywhere yet, or the person may not create its service principal.
    NotYetOrNoRight,
    /// No application has the client ID, or it is not known everywhere yet.
    NoApplication,
    /// It exists already.
    Duplicate,
    /// Another account has the user name.
    UserNameTaken,
    /// The password does not do.
    Password,
    /// The application has no such secret: it is gone, or the replica that was asked does not know it yet.
    NoSecret,
}

impl Says {
    /// Returns the parts of `error.message` that say so.
    #[must_use]
    pub fn parts(self) -> &'static [&'static str] {
        match self {
            Self::NotYet => &[
                // azure-cli, command_modules/role, tries again; manicminer/hamilton, odata/errors.go.
                NO_APPLICATION,
                // terraform-provider-azuread, app role assignments; microsoftgraph/msgraph-bicep-types 193.
                "Not a valid reference update",
                // manicminer/hamilton, odata/errors.go; Microsoft Learn, connecting managed identities to MySQL.
                "queried reference-property objects are not present",
                BACKING,
                // The location is written with the account, and known everywhere a little later. Microsoft's blog dsadsi.
                "License assignment cannot be done for user with invalid usage location",
            ],
            // azure-cli, command_modules/role, waits for it. Docs of Aiven and of Harness name a missing role as its cause.
            Self::NotYetOrNoRight => &[BACKING],
            Self::NoApplication => &[NO_APPLICATION],
            Self::Duplicate => &[
                // What many scripts look for, some with the status 409.
                "Permission being assigned already exists",
                "EntitlementGrant entry already exists",
                // manicminer/hamilton, odata/errors.go; Microsoft Learn, cross-tenant synchronization.
                "A conflicting object with one or more of the specified property values is present",
                // pnp/cli-microsoft365, adding members; KelvinTegelaar/CIPP, its table of plain words.
                "already exist for the following modified properties",
                // Microsoft Learn, Bicep templates for Microsoft Graph: when a deleted item has the name.
                "same value for property uniqueName already exists",
            ],
            // Connectors that provision identities look for the sentence.
            Self::UserNameTaken => &["userPrincipalName already exists"],
            // There are several, of length, complexity and banned words: all name the password.
            Self::Password => &["password"],
            // Vault's secrets engine for Azure takes the secret for removed; others wait for a replica and try again.
            Self::NoSecret => &["No password credential found"],
        }
    }

    /// Whether a text of Graph says so.
    #[must_use]
    pub fn is_in(self, message: &str) -> bool {
        self.parts().iter().any(|part| message.contains(part))
    }
}

const NO_APPLICATION: &str = "does not reference a valid application object";
const BACKING: &str = "backing application of the service principal";
