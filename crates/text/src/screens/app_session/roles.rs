//! Adding a directory role to an App session.

words! {
    /// The fixed texts of the form.
    RoleForm {
        Title => "Add a directory role",
        /// Stands in the field of the search while it is empty.
        Example => "Exchange Administrator",
    }
}

/// The button that adds a role.
#[must_use]
pub fn add(role: &str) -> String {
    format!("Add {role}")
}
