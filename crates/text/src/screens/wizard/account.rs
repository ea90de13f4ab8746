//! The step where a user account gets its name, country and license.

use crate::count;

words! {
    /// The fixed texts of the step.
    WizardAccount {
        Heading => "Which account does it sign in with?",
        OftenRefused => "An account with a password alone is often refused",
        WhyRefused => "Security defaults, Conditional Access and Microsoft’s own rule for admin portals ask every account for MFA, which a job can’t answer. Use an App session where the connector allows it; make an account only where it does not.",
        NameHelp => "Say which connector it is for, such as “Backup connector”. The record of the account goes by this name.",
        Reading => "Reading the domains and licenses of this tenant",
        UserName => "User name",
        Domain => "Domain",
        DisplayName => "Display name",
        License => "License",
        UsageLocation => "Usage location (two letters; needed for a license)",
        MustChange => "The password must be changed at the first sign-in (a job can’t do that)",
    }
}

words! {
    /// The fixed texts of the choice of an Exchange role.
    WizardExchange {
        Role => "Exchange role",
        Application => "Application Calendars.ReadWrite, for the application (RBAC for Applications)",
        Impersonation => "ApplicationImpersonation, for the account (retired: Microsoft has removed it since February 2025; few tenants still have it)",
    }
}

/// A license to choose, with the seats that are free.
#[must_use]
pub fn license(part: &str, free: usize) -> String {
    format!("{part} ({})", count(free, "free seat", "free seats"))
}

/// Said of a license that a blueprint asks for and the tenant does not have.
#[must_use]
pub fn no_such_license(part: &str) -> String {
    format!("The blueprint asks for the license {part}, which this tenant does not have. Choose another, or none.")
}
