//! Registering the page. The commands, and what is done in the portal, stand in [`crate::registration`].

words! {
    /// The fixed texts of the screen.
    Register {
        Title => "Register this page",
        /// Who may, and where the page is.
        WhoMay => "You need the role Application Administrator, Cloud Application Administrator, or Application Developer in your own tenant. The page is at []; it works at this address and no other.",
        Make => "1. Make the app registration",
        /// What a screen reader calls the choice of the way to make it.
        How => "How",
        AdminCenter => "Microsoft Entra admin center",
        GraphPowerShell => "Microsoft Graph PowerShell",
        OpenAdminCenter => "Open the Microsoft Entra admin center",
        AboutAzureCli => "Run this in Azure Cloud Shell (Bash) or another Bash. It works in the tenant that the Azure CLI is signed in to: to see which, run az account show; for another, run az login first. Running it again makes nothing twice.",
        AboutPowerShell => "Run this in PowerShell with the module Microsoft.Graph.Authentication, and sign in to the tenant that will own the registration. Running it again makes nothing twice.",
        /// What the commands are called, for a screen reader and once they are copied.
        PowerShell => "PowerShell",
        TellClientId => "2. Tell this page its client ID",
        SignIn => "3. Sign in",
        Reload => "Reload this page and sign in. Microsoft asks for consent to each permission when the feature that needs it is used.",
        Optional => "Optional: consent for everybody in your tenant",
        AboutConsent => "This gives the page all of its permissions in your tenant at once. What people can do with it still depends on their Entra roles. You need the role Cloud Application Administrator or Application Administrator.",
        CopyConsent => "Copy consent commands",
        /// Copies what is entered or chosen in the portal.
        Copy => "Copy",
        /// What was copied there.
        Value => "Value",
    }
}

words! {
    /// The fixed texts of the field for the client ID, and of the file that follows from it.
    PageClientId {
        /// Stands in the field while it is empty.
        Form => "00000000-0000-0000-0000-000000000000",
        NotOne => "A client ID is a GUID, such as 5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef. Copy it from the Overview of the app registration.",
        Check => "Check the client ID",
        Asking => "Asking Entra…",
        StoreFile => "Store this as config.json in the folder that the page is served from, in the place of the one that is there. Or build it in: ./dev build with --client-id and --origin.",
        CopyFile => "Copy config.json",
        DownloadFile => "Download config.json",
    }
}

/// What a screen reader calls the button that copies a value.
#[must_use]
pub fn copy(value: &str) -> String {
    format!("Copy {value}")
}
