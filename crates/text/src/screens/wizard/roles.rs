//! The step for directory roles of the application, and the search for roles that an account has as well.

words! {
    /// The fixed texts of the step.
    WizardRoles {
        Heading => "Does it need a directory role?",
        WhoNeedsOne => "Most jobs need none: permissions are enough. Exchange Online PowerShell is one that does: it needs Exchange Administrator, the permission Exchange.ManageAsApp of Office 365 Exchange Online, and a certificate in place of a secret.",
        GlobalAdministrator => "A Global Administrator can do everything in this tenant. If the secret of this application gets lost, so is the tenant. Choose a role that covers just the job.",
    }
}

/// Said of a role that a blueprint asks for and the tenant does not have.
#[must_use]
pub fn no_such_role(name: &str) -> String {
    format!("The blueprint asks for the role “{name}”, which this tenant does not have. It is left out.")
}
