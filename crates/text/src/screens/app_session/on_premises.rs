//! The settings of a hybrid tenant.

use domain::on_premises::Field;

words! {
    /// The fixed texts of the settings.
    OnPremisesForm {
        Title => "On-premises",
        /// The button that opens the form.
        Open => "On-premises settings",
        FromFile => "These came in a file and are not kept yet. Check each field, then save.",
        WhatFor => "For jobs that also work in Active Directory. Kept in this browser with the App session and exported with it. No password belongs here.",
        IsHybrid => "This tenant is hybrid: use these settings",
        Saved => "On-premises settings saved in this browser",
    }
}

/// The label of a field.
#[must_use]
pub fn label(field: Field) -> &'static str {
    match field {
        Field::Domain => "AD DS domain",
        Field::Server => "Domain controller or LDAP server",
        Field::SearchBase => "Search base (optional)",
        Field::UserNameAttribute => "User name attribute",
        Field::ConnectServer => "Entra Connect server (optional)",
        Field::Note => "Note (optional)",
    }
}

/// What stands in a field that is empty.
#[must_use]
pub fn example(field: Field) -> &'static str {
    match field {
        Field::Domain => "corp.example.com",
        Field::Server => "dc1.corp.example.com:636",
        Field::SearchBase => "OU=Staff,DC=corp,DC=example,DC=com",
        Field::UserNameAttribute => "userPrincipalName",
        Field::ConnectServer => "sync1.corp.example.com",
        Field::Note => "",
    }
}
