//! An App session that came in a file, before its tenant says the same.

words! {
    /// The fixed texts of the page.
    Record {
        Title => "What the record says",
        ObjectId => "Object ID",
        Comparing => "Comparing with the tenant",
        Disagrees => "The tenant does not say the same:",
        WhatNow => "Nothing is offered from this record. Remove it, then use Find App sessions in this tenant on the first screen: that lists what is really there.",
        CompareAgain => "Compare again",
    }
}

/// What the tenant is called in a sentence about what it says otherwise.
#[must_use]
pub fn tenant(id: &str) -> String {
    format!("The tenant {id}")
}
