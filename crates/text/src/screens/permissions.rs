//! Where permissions are searched and chosen.

use crate::{count, roles};

words! {
    /// The fixed texts of the search and of what is chosen.
    Permissions {
        Search => "Search permissions",
        /// Stands in the field of the search while it is empty.
        Example => "Mail.Read, or: read users",
        Reading => "Reading the permissions that this tenant offers",
        Chosen => "Chosen permissions",
        /// The second yes to a critical permission.
        Needed => "It needs this permission",
    }
}

/// How many permissions there are, before anything is searched.
#[must_use]
pub fn to_search(total: usize) -> String {
    format!("{} to search. Type a name, or what the job does.", count(total, "permission", "permissions"))
}

/// How many permissions a search found, of `most` that are shown.
#[must_use]
pub fn found(rows: usize, most: usize) -> String {
    match rows {
        0 => "Nothing found. Try another word, such as mail, users or sites.".to_owned(),
        rows if rows == most => format!("The first {most} are shown. Type more to narrow them."),
        rows => count(rows, "permission found", "permissions found"),
    }
}

/// Who can consent to a permission: holders of one of these roles, or everybody.
#[must_use]
pub fn who_consents(admins: Option<&[&str]>) -> String {
    match admins {
        Some(any_of) => format!("Admin consent, by a {}", roles(any_of)),
        None => "People can consent for themselves".to_owned(),
    }
}

/// Asks once more for a critical permission.
#[must_use]
pub fn is_critical(permission: &str) -> String {
    format!("{permission} is a critical permission.")
}
