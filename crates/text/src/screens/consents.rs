//! The consent matrix: customers by permissions.

words! {
    /// The fixed texts of the screen.
    Consents {
        Title => "Consents",
        WhatItShows => "What the tenants of your customers have granted to Latchkey, read from the tenants themselves. Choose customers in [Partner Access] to add them.",
        OnlyMissing => "Only customers where something is missing",
        NothingMissing => "Nothing is missing where it was checked.",
        NobodyChecked => "No customer was checked yet.",
        Keys => "Keys: arrows move, Enter shows details.",
        /// Names the permissions that the numbers above the matrix stand for.
        Columns => "Columns",
        /// Names how far a check has come.
        Check => "Check",
        /// Names the bar of it.
        Checked => "Customers checked",
        SignInEnded => "Your sign-in has ended. Sign in again: you come back here, and the check goes on. Nothing that was found is lost.",
        RetryFailed => "Retry the failed ones",
    }
}

words! {
    /// What a cell says of a permission.
    Grant {
        Granted => "granted",
        Missing => "missing",
        Unknown => "unknown",
    }
}

/// The first columns of the matrix as CSV; those of the permissions follow.
pub const COLUMNS: [&str; 4] = ["Name", "Tenant ID", "Finding", "Last checked (UTC)"];
