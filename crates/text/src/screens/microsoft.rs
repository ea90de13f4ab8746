//! Check with Microsoft. What is said of each point stands in [`crate::check`].

words! {
    /// The fixed texts of the screen.
    MicrosoftCheck {
        Title => "Check with Microsoft",
        WhatItDoes => "Compares how Microsoft answers in this tenant with what this page expects, point by point. It takes less than a minute and reads only.",
        ForPartners => "For partners, it also tries to sign in at up to 8 customers. Nothing is read there.",
        SigningIn => "Signing in…",
        Start => "Start the check",
        Again => "Check again",
    }
}

words! {
    /// What the first screen says of it once.
    MicrosoftOffer {
        Question => "Does Microsoft answer in your tenant as this page expects?",
        WhatItDoes => "Check with Microsoft finds out in less than a minute. It reads only. You find it in Settings later.",
        NotNow => "Not now",
    }
}

words! {
    /// The fixed texts of what was found, and of the report of it.
    MicrosoftResults {
        Title => "Results",
        Point => "Point",
        Result => "Result",
        Expected => "Expected",
        Came => "Came",
        Report => "Report",
        AboutReport => "To send to whoever maintains this page. It has no names, IDs, tokens or secrets; a hash stands for the tenant.",
        CopyReport => "Copy report",
        WhatReportSays => "What the report says",
    }
}

words! {
    /// The fixed texts of the part that writes.
    TestApp {
        Title => "With a test app",
        WhatItDoes => "Tries what only writing tells: creates one app registration, named as safe to delete, with a secret and a certificate that nobody can use. Then it is changed and deleted permanently. You see the plan first.",
        /// In place of the buttons in an App session.
        SwitchBack => "Use Switch session in the banner to go back to a User session or Customer session first.",
        NotEnded => "The last check with a test app has not ended.",
        OpenRun => "Open the run",
        CleanUp => "Clean up",
        AboutCleanUp => "Clean up finds what a stopped check left.",
        NothingLeft => "Nothing is left of earlier checks in this tenant.",
    }
}

/// How many points were read, of all.
#[must_use]
pub fn read(done: usize, of: usize) -> String {
    format!("{done} of {of} points read")
}
