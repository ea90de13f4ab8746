//! A plan, before it is carried out. What each step changes stands in [`crate::steps`].

use crate::{roles, roles_to_consent};
use domain::permission::Chosen;
use plan::observed::to_consent;
use plan::step::{Protocol, StepKind, Word};

words! {
    /// The fixed texts of a plan.
    Plan {
        /// What a screen reader calls the plan, and its table.
        Title => "Plan",
        Step => "Step",
        Changes => "What changes",
        Who => "Who can do this",
        /// Where what was typed is not the name of what is deleted.
        NotItsName => "This is not its name.",
        Close => "Close the plan",
    }
}

words! {
    /// The fixed texts around commands that can be copied.
    Commands {
        Title => "The plan as commands",
        PowerShell => "PowerShell (Microsoft Graph)",
        CopyPowerShell => "Copy PowerShell",
        CopyAzureCli => "Copy Azure CLI",
        NoScript => "A name in this plan has characters that can’t stand in a command, so there is no script.",
    }
}

/// Says who can do a step. `may` is whether the person can.
#[must_use]
pub fn who(step: &StepKind, permissions: &[Chosen], may: bool) -> String {
    match (step.protocol(), may) {
        (Protocol::Word(Word::Consent), _) => format!("{}, here or by link", roles_to_consent(to_consent(permissions))),
        (_, true) => "You".to_owned(),
        (_, false) => roles(step.roles_needed()),
    }
}

/// Says what Microsoft's page asks for before the plan can start.
#[must_use]
pub fn approval(missing: &[&str]) -> String {
    format!(
        "Microsoft’s page first asks you to approve what this plan writes with: {}. Then the plan goes on by itself.",
        missing.join(", ")
    )
}

/// The label of the field for the name of what is deleted.
#[must_use]
pub fn type_name(name: &str) -> String {
    format!("Type the name “{name}” to go on")
}
