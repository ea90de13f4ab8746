//! The wizards: what stands around the steps, and a module for the words of each step.

pub mod access;
pub mod account;
pub mod credential;
pub mod manifest;
pub mod name;
pub mod outside;
pub mod review;
pub mod roles;
pub mod share;

use crate::count;
use domain::blueprint::Kind;

words! {
    /// The fixed texts around the steps.
    Wizard {
        NewAppSession => "New App session",
        NewConnectionAccount => "New connection account",
        NewCalendarSync => "New calendar-sync service account",
        /// The brackets are the place of the name of the tenant.
        /// What the list of the steps is called.
        Steps => "Steps of the wizard",
        Credential => "Credential",
        Account => "Account",
        Access => "Access",
        Review => "Review",
        Entering => "Entering the tenant",
        ApprovalFirst => "Microsoft asks for your approval first",
        WhyApproval => "This page needs your approval to read what this tenant has: its apps, people, roles, and policies. What changes something is asked for when you press Create.",
        /// The heading of the step where permissions are chosen.
        WhatMayItDo => "What may it do?",
        Back => "Back",
        Next => "Next",
    }
}

words! {
    /// What a step still needs, said when Next was pressed too early.
    WizardMissing {
        /// Said of a manifest whose permissions cannot be looked up.
        PermissionsUnread => "The permissions of this tenant could not be read, so the manifest is not looked up yet. Reload the page to try again.",
        PermissionsBeingRead => "Wait until all permissions of this tenant are read.",
        NotOffered => "Leave out the permissions that this tenant does not offer.",
        AnyPermission => "Choose at least one permission. Search for what the job does, such as “read users”.",
        AnyPermissionForAccess => "Choose at least one permission for the API access app, or choose none.",
        Country => "Enter the country as two letters, such as DE or US.",
    }
}

/// The heading of a wizard, and the title of its tab.
#[must_use]
pub const fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::AppSession => Wizard::NewAppSession.text(),
        Kind::ConnectionAccount => Wizard::NewConnectionAccount.text(),
        Kind::CalendarSync => Wizard::NewCalendarSync.text(),
    }
}

/// Which step it is, counted from one.
#[must_use]
pub fn step(at: usize, of: usize) -> String {
    format!("Step {at} of {of}")
}

/// How many roles were chosen, beside a step that is done.
#[must_use]
pub fn roles(chosen: usize) -> String {
    if chosen == 0 { "No roles".to_owned() } else { count(chosen, "role", "roles") }
}

/// How many permissions were chosen, beside a step that is done.
#[must_use]
pub fn permissions(chosen: usize) -> String {
    count(chosen, "permission", "permissions")
}
