//! A vendor's manifest, for a new App session or for one that exists.

use crate::count;

words! {
    /// The fixed texts of the screen.
    Import {
        WhatToPaste => "Paste what the vendor’s help page shows: a whole manifest, an application of Microsoft Graph, or the part requiredResourceAccess alone. Comments, trailing commas and typographic quotes are no obstacle.",
        Manifest => "Manifest",
        /// Stands above what is wrong with a text, in the wizards too.
        NothingTaken => "Nothing was taken from this text:",
        /// Opens the field for an app registration in the place of a text.
        OfThisTenant => "Or take an app registration of this tenant",
        /// Said of a client ID that is none, in the wizards too.
        ClientIdIsGuid => "A client ID is a GUID, such as 00001111-aaaa-2222-bbbb-3333cccc4444.",
        ReadIt => "Read it",
        RedirectUris => "Redirect URIs",
        OtherUris => "Not taken, since they are of another platform than web",
        IntoExisting => "Or into an App session that exists",
        WhatIntoExistingDoes => "Its permissions become those of the manifest: the page shows first what is added and what goes.",
    }
}

/// How many permissions were read, and of which kinds.
#[must_use]
pub fn read(permissions: usize, application: usize, delegated: usize) -> String {
    format!("{} read: {application} application, {delegated} delegated", count(permissions, "permission", "permissions"))
}

/// How many entries of a manifest were there twice.
#[must_use]
pub fn twice(entries: usize) -> String {
    format!("{} twice and taken once.", count(entries, "entry was there", "entries were there"))
}

/// The button that imports into an App session.
#[must_use]
pub fn import_into(name: &str) -> String {
    format!("Import into {name}")
}
