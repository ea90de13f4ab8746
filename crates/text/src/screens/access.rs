//! Who may see, create and use App sessions.

use domain::access::AppRole;

words! {
    /// The fixed texts of the screen.
    Access {
        /// The title of the tab.
        Tab => "Access",
        Title => "Access to App sessions",
        WhatItIs => "The app role AppSessions.Access lets people see, create and use App sessions in this page, and what is stored of them here. It does not protect the tenant: whoever has the directory roles can do the same in Entra. Those roles are what protects the tenant.",
        Reading => "Reading who has access",
        MayNotChange => "You can see who has access, but not change it.",
        WhoMayChange => "A Global Administrator or a holder of AppSessions.Manage can.",
        DefineRoles => "Define the app roles",
        /// In place of the button where the registration is not at hand.
        RolesElsewhere => "They belong to the app registration of this page, which lies in another tenant. Ask whoever registered it to define them.",
        WhoHasAccess => "Who has access",
        Nobody => "Nobody. App sessions can’t be used until somebody gets access.",
        User => "User",
        GroupOrApplication => "Group or application",
        AssignmentRequired => "Assignment required",
        OnlyAssigned => "Only people with a role of this page can sign in to it.",
        Everybody => "Everybody of the tenant can sign in to this page. App sessions still need the role.",
        RequireNoAssignment => "Require no assignment",
        RequireAssignment => "Require an assignment",
    }
}

words! {
    /// The fixed texts where somebody gets access.
    GiveAccess {
        Title => "Give access",
        AppRole => "App role",
        SearchUsers => "Search users",
        /// What the search looks for.
        SearchIn => "Name, user name or group",
        AboutGroups => "Giving access to a group needs Microsoft Entra ID P1 or P2. It counts for the group’s direct members, not for those of groups inside it.",
        TypeMore => "Type two letters or more.",
        /// Stands where a user has the user name.
        Group => "Group",
        AddToSelection => "Add to selection",
        NobodySelected => "Search for somebody and add them to the selection first.",
        /// Shows the plan for what is selected.
        Confirm => "OK",
    }
}

/// Which app roles of the page its registration does not have.
#[must_use]
pub fn undefined(roles: &[AppRole]) -> String {
    let names = roles.iter().map(|role| role.value.as_str()).collect::<Vec<_>>().join(" and ");
    format!("The app roles {names} are not defined yet.")
}

/// Since when somebody has a role, behind what they are.
#[must_use]
pub fn since(at: &str) -> String {
    format!(", since {at}")
}

/// Names the button that takes a role from somebody.
#[must_use]
pub fn remove(role: &str, holder: &str) -> String {
    format!("Remove {role} from {holder}")
}

/// How many users and groups a search found, and whether the directory has more of them.
#[must_use]
pub fn found(people: usize, has_more: bool) -> String {
    match (people, has_more) {
        (0, _) => "Nobody found.".to_owned(),
        (people, false) => format!("{people} found"),
        (people, true) => format!("The first {people} are shown. Type more of the name to find others."),
    }
}

/// Names the button that takes somebody out of the selection.
#[must_use]
pub fn take_out(holder: &str) -> String {
    format!("Take {holder} out")
}
