//! The page behind a consent link, before Microsoft's page and after it.

words! {
    /// What is said of the answer of Microsoft's page.
    ConsentAnswer {
        Reading => "Reading the answer…",
        Accepted => "Thank you. The answer in the address says that the permissions were accepted.",
        AfterAccepted => "Whoever asked you checks it in the tenant itself. You can close this page.",
        /// Stands above what was refused.
        Refused => "The answer in the address says:",
        AfterRefused => "To accept the permissions after all, open the link that you were sent once more. Otherwise tell whoever sent it. You can close this page.",
        Unclear => "The answer of the consent page can’t be read. Whoever asked you can check in the tenant itself whether consent was given.",
    }
}

words! {
    /// What an administrator reads before Microsoft's page.
    ConsentLanding {
        OtherApp => "This link is about another application, of which this page knows nothing. Ask whoever sent it.",
        WhatItIs => "Latchkey asks for your approval to set up applications in your tenant. It works only while a person is signed in to it, and never with more rights than that person has in your tenant.",
        Publisher => "Publisher",
        WhetherVerified => "Microsoft’s page tells whether it is verified. Where it says “unverified”, compare the client ID.",
        WhoAsks => "Who asks, as the link says",
        ForTenant => "For the tenant, as the link says",
        ThisPage => "This page",
        WhatItMayDo => "What it may do once you approve",
        BeforeYouConsent => "Give consent only if you know who asks and expected it. Microsoft’s page shows the same once more before anything changes, and you can withdraw the approval at any time in Entra under Enterprise applications > Latchkey.",
    }
}
