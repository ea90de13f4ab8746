//! Working as the App session on this page.

words! {
    /// The fixed texts of the part of the page.
    Visit {
        Title => "Use it here",
        /// What a screen reader calls the part of the page.
        Label => "Use as the application",
        NoRelay => "In use, this page goes on reading as you: Microsoft gives no app-only token to a browser. To read as the application here, whoever runs this page can switch on a relay; the commands under Connect work without one.",
        HasRelay => "With the relay of this page it can read as the application itself, with a key that lives for this visit, can’t be exported, and ends after a day. Its certificate is added by a plan; remove it under Credentials when you are done.",
        MakingKey => "Making a key for this visit",
        GettingToken => "Getting a token as the application. A new certificate can take two minutes.",
        Connect => "Connect as the application",
        /// The button, and what a screen reader calls the list of what was read.
        Read => "Read as the application",
        /// Over what was read.
        Connected => "Connected as the application:",
        Allowed => "read",
        Refused => "refused",
        NotGranted => "no permission for it",
    }
}
