//! The step for what a connection account may do, and through which application.

words! {
    /// The fixed texts of the step.
    WizardAccess {
        Heading => "What may the account do?",
        GlobalAdministrator => "A Global Administrator can do everything in this tenant. If the password of this account gets lost, so is the tenant. Choose a role that covers just the job.",
        AccessApp => "API access app",
        WhatAccessAppIs => "The application through which the connector reaches Microsoft in the name of the account. With the grant below the account is never asked for consent.",
        Application => "Application",
        AnotherApplication => "Another application, by its client ID",
        /// What an application is called that was entered by its client ID.
        NamelessApplication => "the connector’s application",
        ForWhom => "Who it may act for",
        Everyone => "Every user of this tenant",
    }
}

/// The choice that the application may act for the account and for nobody else.
#[must_use]
pub fn this_account_alone(application: &str) -> String {
    format!("This account alone: {application} gets nothing from anybody else")
}
