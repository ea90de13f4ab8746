//! Editing the permissions of an App session.

use formats::Asked;

words! {
    /// The fixed texts of the form, whose title is `Change::EditPermissions`.
    PermissionForm {
        Comparing => "Comparing the manifest with what this tenant offers.",
        GrantMissing => "Grant what is missing",
        RevokeRemoved => "Revoke what I take out, so that it stops working",
    }
}

/// Names what a manifest asks for and the tenant does not offer.
#[must_use]
pub fn left_out(unknown: &[Asked]) -> String {
    format!("This tenant does not offer, so left out: {}.", unknown.iter().map(crate::formats::unknown).collect::<Vec<_>>().join("; "))
}
