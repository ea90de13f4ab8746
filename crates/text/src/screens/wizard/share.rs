//! How a wizard is kept or handed on as a blueprint.

words! {
    /// The fixed texts of the part.
    WizardShare {
        /// Opens the part.
        KeepOrShare => "Keep or share this as a blueprint",
        WhatBlueprintHolds => "A blueprint says what is set up, not for whom: it holds names of permissions and roles, and no password, secret or tenant.",
        Save => "Save as blueprint",
        Export => "Export blueprint",
        CopyLink => "Copy blueprint link",
        ExportManifest => "Export permissions as manifest",
    }
}
