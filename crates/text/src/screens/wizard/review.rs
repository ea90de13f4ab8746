//! The last step: the plan, what stands in its way, and the button that starts it.

words! {
    /// The fixed texts of the step.
    WizardReview {
        Heading => "Review the plan",
        Tenant => "Tenant",
        GrantInRun => "Grant admin consent in this run",
        Create => "Create",
        /// Beside the button that begins.
        NothingYet => "Nothing is written before you press Create.",
        SignInAgain => "Sign in again, then press Create.",
        /// Where a role is activated.
        OpenPortal => "Open the portal",
    }
}

words! {
    /// The buttons that lead past what stands in the way.
    WayOut {
        UseExisting => "Use the existing one",
        CreateAnother => "Create another",
        ChooseAnotherName => "Choose another name",
        LeaveRolesOut => "Leave the roles out",
        GoToName => "Go to Name",
        GoToPermissions => "Go to Permissions",
        GoToCredential => "Go to Credential",
        GoToAccount => "Go to Account",
        UseCalendarsRole => "Use Application Calendars.ReadWrite",
    }
}

/// Stands above what was found before the start: whether it stops the plan, and whether Create was pressed in spite of it.
#[must_use]
pub const fn found(stops: bool, was_pressed: bool) -> &'static str {
    match (stops, was_pressed) {
        (false, _) => "Look at this before you start:",
        (true, true) => "The plan can’t start yet:",
        (true, false) => "Before the plan can start:",
    }
}

/// Said where a policy of the tenant makes the lifetime of a secret shorter.
#[must_use]
pub fn shorter_secret(days: u32) -> String {
    format!("A policy of this tenant allows client secrets for {days} days at most, so it is made for {days} days.")
}

/// Said of a role, by its id, that the person has and must activate first.
#[must_use]
pub fn activate(role: &str) -> String {
    let name = domain::role::name(role);
    format!(
        "You may activate the role {name} yourself (Privileged Identity Management). Activate it, wait a minute, then press Look again."
    )
}
