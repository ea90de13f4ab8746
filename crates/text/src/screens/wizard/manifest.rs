//! Permissions as a text asks for them, on the step where permissions are chosen.

use crate::count;

words! {
    /// The fixed texts of the part.
    WizardManifest {
        /// Opens the field.
        Paste => "Paste a manifest",
        Manifest => "Manifest, or its part requiredResourceAccess",
        Unread => "The permissions of this tenant could not be read, so the names of the text are not looked up yet. Reload the page to try again.",
        LookingUp => "Looking up the permissions by name.",
        WhyNotOffered => "The API may not be set up here, or the permission was retired.",
        LeaveThemOut => "Leave them out",
        /// Said where a permission of Microsoft Graph was to take the place of a retired one.
        NoReplacement => "This tenant’s Microsoft Graph does not list the replacement.",
    }
}

/// What was taken from a manifest: so many permissions of so many APIs, and how many entries were there twice.
#[must_use]
pub fn taken(permissions: usize, apis: usize, twice: usize) -> String {
    let again =
        if twice == 0 { String::new() } else { format!(" {} there twice and taken once.", count(twice, "entry was", "entries were")) };
    format!(
        "{} of {} taken from the manifest, in the place of what was chosen before.{again}",
        count(permissions, "permission", "permissions"),
        count(apis, "API", "APIs")
    )
}

/// Stands above the permissions that the tenant does not offer.
#[must_use]
pub fn not_offered(permissions: usize) -> String {
    format!("This tenant does not offer {permissions} of these permissions:")
}

/// Stands above the permissions that are retired.
#[must_use]
pub fn retired(permissions: usize) -> String {
    format!("{} of APIs that end", count(permissions, "permission", "permissions"))
}

/// The button that puts a permission of Microsoft Graph in the place of a retired one.
#[must_use]
pub fn use_instead(name: &str) -> String {
    format!("Use {name} of Microsoft Graph")
}
