//! What parts of several screens say: the consent link, the request of a step, the buttons of lists.

words! {
    /// What stands below a consent link.
    ConsentLink {
        WhatToTell => "What to tell whoever gives consent",
    }
}

words! {
    /// The request of a step.
    StepRequest {
        Title => "Request",
        Nothing => "This step sends no request of its own: it happens on Microsoft’s page.",
    }
}

/// What a screen reader calls the button that removes one thing of a list.
#[must_use]
pub fn remove(what: &str) -> String {
    format!("Remove {what}")
}
