//! What a link, a file or a run filled in: the question before it replaces what was typed, and what waits to be ticked.

words! {
    /// The fixed texts of both.
    WizardOutside {
        /// Follows the sentence that says who filled it in.
        CheckEachLine => "Check each line of the plan. What could lead sign-ins or rights astray is left out until you tick it:",
        NothingAsked => "Nothing of that kind is asked for.",
        KeepTyped => "Keep what I typed",
        Replace => "Replace it",
    }
}

/// What was typed, by name, and what it would be replaced by.
#[must_use]
pub fn replaced(typed: &str, offered: &str) -> String {
    format!("Here stands what you typed: {}. It would be replaced by what is called {}.", named(typed), named(offered))
}

fn named(name: &str) -> String {
    if name.trim().is_empty() { "without a name yet".to_owned() } else { format!("“{}”", name.trim()) }
}
