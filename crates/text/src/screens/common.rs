//! What several screens say alike.

words! {
    /// The fixed texts that several screens share.
    Common {
        SignIn => "Sign in",
        Continue => "Continue",
        TryAgain => "Try again",
        Cancel => "Cancel",
        Resume => "Resume",
        Close => "Close",
        Save => "Save",
        Remove => "Remove",
        Undo => "Undo",
        Print => "Print",
        None => "None",
        Name => "Name",
        Roles => "Roles",
        Permissions => "Permissions",
        Password => "Password",
        Consent => "Consent",
        GiveConsent => "Give consent now",
        ConsentUrl => "Consent URL",
        CopyConsentUrl => "Copy consent URL",
        ClientId => "Application (client) ID",
        TenantId => "Directory (tenant) ID",
        ClientSecret => "Client secret",
        AzureCli => "Azure CLI",
        AppSession => "App session",
        PartnerAccess => "Partner Access",
        ImportManifest => "Import manifest",
        CheckStatus => "Check current status",
        ShowPlan => "Show the plan",
        ExportCsv => "Export CSV",
        Starting => "Starting…",
        SwitchSession => "Switch session",
        /// Above what a screen does in one tenant: its name stands in the brackets.
        InTenant => "In []",
        LeaveItOut => "Leave it out",
        KeepIt => "Keep it",
        ISavedIt => "I have saved it",
        LookAgain => "Look again",
        CarryOut => "Carry out",
        Certificate => "Certificate",
        CopyMessage => "Copy message",
        CopyTenantId => "Copy tenant ID",
        Delete => "Delete",
        ExportEvidence => "Export evidence",
        Favorite => "Favorite",
        /// What a screen reader calls the list of what somebody else chose.
        FromOutside => "Asked for from outside",
        LookingAtTenant => "Looking at the tenant",
        /// What a toast calls a message that was copied.
        Message => "Message",
        NoCertificate => "Choose the file of the certificate, or let this page make one.",
        NothingYet => "Nothing is written before you press Carry out.",
        SearchRoles => "Search roles",
        ShowsPlan => "Shows the plan. Nothing is written yet.",
        UseNow => "Use now",
        WhoMayUseIt => "Who may use it",
        Details => "Details",
        CopyDetails => "Copy details",
        ReadingSession => "Reading your session",
        /// What the tab is called where nothing is.
        NotFound => "Not found",
        NothingHere => "There is nothing at this address",
        GoHome => "Go to Recent sessions",
        SignInToGoOn => "Sign in to go on. What you were doing is kept.",
        NoAccess => "You do not have access to App sessions.",
        /// Why App sessions are off, and whom to ask.
        WhyNoAccess => "App sessions need the app role Access App sessions (AppSessions.Access) in your own tenant, which nobody has by default. Ask somebody who holds AppSessions.Manage, or an administrator, to assign it to you in Entra under Enterprise applications > Latchkey > Users and groups. Then sign in again.",
    }
}

/// The title of the tab.
#[must_use]
pub fn tab(title: &str) -> String {
    format!("{title} · Latchkey")
}
