//! Where an App session is set up for many customers.

use crate::count;

words! {
    /// The fixed texts of the screen.
    Rollout {
        Title => "Set up for many customers",
        NobodySelected => "Select customers under [Partner Access], then press Set up an App session.",
        Blueprint => "Blueprint",
        MakePlans => "Make the plans",
        WithoutPlan => "Customers without a plan",
        /// Beside the button that begins.
        AtATime => "Up to eight tenants at a time. Each has a run of its own, which can be undone.",
        TickOne => "Tick at least one customer.",
        CarryOutIn => "Carry it out in",
        /// What a run is called that waits for its turn and was stopped before it began.
        NotStarted => "Not started",
        RepeatFailed => "Repeat the failed ones",
        CloseTable => "Close the table",
        Customers => "Customers",
        Customer => "Customer",
        Run => "Run",
        WhatHappened => "What happened",
        Steps => "Steps",
        /// Stands for a run whose record was erased.
        RunIsGone => "Not in this browser any more",
    }
}

/// How many tenants were read for a plan, of all.
#[must_use]
pub fn read(done: usize, of: usize) -> String {
    format!("{done} of {of} read")
}

/// The heading of the customers that get no plan.
#[must_use]
pub fn without_plan(customers: usize) -> String {
    format!("{} without a plan; nothing is done there", count(customers, "customer", "customers"))
}

/// The heading of plans that are alike.
#[must_use]
pub fn same_plan(customers: usize) -> String {
    if customers == 1 { "The plan for one customer".to_owned() } else { format!("One plan, the same for {customers} customers") }
}

/// Which customers the screen is about, by name.
#[must_use]
pub fn chosen(names: &[String]) -> String {
    format!("{}: {}", count(names.len(), "customer", "customers"), names.join(", "))
}

/// What became of the runs.
#[must_use]
pub fn outcome(done: usize, of: usize, needs_you: usize, failed: usize) -> String {
    format!("{done} of {of} done, {needs_you} need you, {failed} failed")
}

/// How many steps of a run are over.
#[must_use]
pub fn steps(over: usize, of: usize) -> String {
    format!("{over} of {of}")
}
