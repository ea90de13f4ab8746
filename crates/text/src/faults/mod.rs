//! What refusals mean, who must act, and what to do now. Words and buttons come from the same value.

mod requests;

pub use requests::{Read, graph, reading};

use super::Notice;
use domain::ids::TenantId;
use domain::name::{LONGEST, NameFault, NameWarning};
use domain::redirect::{MOST, RedirectFault, ValueFault};
use domain::storage::StoreFault;
use entra::callback::CallbackFault;
use entra::cloud::ConfigFault;
use entra::fault::{EntraFault, Meaning, Reason, Way};
use entra::token::TokenFault;
use graph::answer::{Fault, NoToken};

/// Explains a refusal of Entra. `tenant` is the name of the tenant that was asked, `at_home` whether it is the account's own.
#[must_use]
pub fn entra(fault: &EntraFault, tenant: &str, at_home: bool) -> Notice {
    let (what, next) = match (fault.reason, fault.meaning(at_home)) {
        // At home an unknown refusal of the sign-in's own token is its end.
        (Reason::Unknown, Meaning::SignInEnded) => {
            (format!("Microsoft refused to renew your sign-in ({}).", fault.code()), "Sign in again. What you were doing is kept.".into())
        }
        (reason, _) => entra_words(reason, fault, tenant),
    };
    quoting(fault, what, next).leading(fault.meaning(at_home).way())
}

/// Explains a refusal that came from Microsoft's consent page, which anybody may have opened.
#[must_use]
pub fn consent_page(fault: &EntraFault) -> Notice {
    let (what, next) = match fault.reason {
        Reason::NoAccess => (
            "The account that you used is not of the tenant that the link is for.".into(),
            "Open the link again and sign in with an administrator of that tenant.".into(),
        ),
        Reason::AdminConsent => (
            "Only an administrator can approve this app.".into(),
            "Ask an administrator of the tenant to open the link. Microsoft’s page tells whether their role is enough.".into(),
        ),
        reason => entra_words(reason, fault, "the tenant"),
    };
    quoting(fault, what, next)
}

fn quoting(fault: &EntraFault, what: impl Into<String>, next: impl Into<String>) -> Notice {
    Notice::new(sentence(what.into()), next)
        .with("Error", Some(fault.error.clone()))
        .with("Code", fault.number.map(|number| format!("AADSTS{number}")))
        .with("Correlation ID", fault.correlation_id.clone())
        .with("Time", fault.timestamp.clone())
        .with("About this code", fault.number.map(|number| format!("https://login.microsoftonline.com/error?code={number}")))
}

/// Where a tenant has no name here, it may stand at the start of a sentence.
fn sentence(text: String) -> String {
    if !text.starts_with(THE_TENANT) && !text.starts_with(YOUR_TENANT) {
        return text;
    }
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn entra_words(reason: Reason, fault: &EntraFault, tenant: &str) -> (String, String) {
    const OURS: &str = "Whoever runs this page must correct its registration in Entra.";
    const AGAIN: &str = "Sign in again. What you were doing is kept.";
    let (what, next): (String, &str) = match reason {
        Reason::NotApproved => (
            format!("{tenant} has not approved this app yet."),
            "An administrator of that tenant must give consent. Give it now if you may, or copy the consent URL and send it.",
        ),
        Reason::NotConsented => (
            format!("{tenant} has not consented to what this page needs here."),
            "Go on to Microsoft’s page and accept, or ask an administrator of that tenant to give consent.",
        ),
        Reason::AdminConsent => {
            ("Only an administrator can give this consent.".into(), "Ask an administrator of the tenant, and send them the consent URL.")
        }
        Reason::ApprovalRequested => {
            ("A request for approval was sent to the tenant’s administrators.".into(), "Come back when they have approved it.")
        }
        Reason::StillSettingUp => ("Entra was still setting this app up in the tenant.".into(), "Wait half a minute and try again."),
        Reason::TooManyScopes => (
            "The app asks for more delegated permissions than Entra can grant at once.".into(),
            "One grant holds 8,000 characters of permission names for each API. Take permissions out of the app registration, then open the link again.",
        ),
        Reason::Declined => (
            "You did not accept the permissions on Microsoft’s page. Nothing was changed.".into(),
            "Go on without, or try again and press Accept.",
        ),
        Reason::Cancelled => ("You pressed Cancel on Microsoft’s page. Nothing was changed.".into(), "Go on without, or try again."),
        Reason::NoAccess => (
            format!("Your account has no access to {tenant}."),
            "Ask for a GDAP role there. If you are a guest in that tenant, its administrator may have to remove the guest account, which hides GDAP.",
        ),
        Reason::NotAssigned => (
            format!("You are not assigned to this app, and {tenant} requires that."),
            "An administrator must assign you to the enterprise application.",
        ),
        Reason::Disabled => {
            (format!("This app is disabled in {tenant}."), "An administrator of that tenant must enable the enterprise application.")
        }
        Reason::TenantUnknown => (format!("Entra does not know {tenant}, or the tenant is gone."), "Check the domain or the tenant ID."),
        Reason::OtherCloud => (format!("{tenant} is in another cloud of Microsoft."), "Use a build of this page for that cloud."),
        Reason::RegisterMfa => (
            "You must register for multifactor authentication first.".into(),
            "Sign in on Microsoft’s page and follow its steps. What you were doing is kept.",
        ),
        Reason::NeedMfa => {
            ("Multifactor authentication is needed now.".into(), "Sign in again on Microsoft’s page. What you were doing is kept.")
        }
        Reason::MfaFailed => (
            "Multifactor authentication did not succeed.".into(),
            "Sign in again and approve the request in time. If your method no longer works, ask your administrator to reset it.",
        ),
        Reason::PasswordExpired => ("The password has expired.".into(), "Sign in and change it. What you were doing is kept."),
        Reason::WantsPerson => (
            match fault.number {
                Some(number) if Reason::of_number(number, "").is_none() => {
                    format!("Microsoft wants to see you on its sign-in page (AADSTS{number}).")
                }
                _ => "Microsoft wants to see you on its sign-in page.".into(),
            },
            AGAIN,
        ),
        Reason::ManagedDevice => (
            format!("{tenant} allows this from managed devices only."),
            "Use a device that your organization manages. Signing in again here does not help.",
        ),
        Reason::PolicyRefused => (
            format!("A Conditional Access or security policy of {tenant} refused."),
            "Signing in again does not help. Give the tenant’s administrator the correlation ID and the time.",
        ),
        Reason::CrossTenant => (
            format!("Cross-tenant access settings keep your account out of {tenant}."),
            "The administrators of both tenants must allow it. Signing in again does not help.",
        ),
        Reason::NetworkForbids => ("Your network does not allow this tenant.".into(), "Your own IT must allow it."),
        Reason::Locked => ("The account is locked for now.".into(), "Wait some minutes, or ask your administrator to reset it."),
        Reason::AccountDisabled => ("The account is disabled.".into(), "Ask your administrator to enable it."),
        Reason::SignInOver => ("Your sign-in has ended. Microsoft ends it after 24 hours at the latest.".into(), AGAIN),
        Reason::SignInRevoked => ("Your sign-in was ended by a password change or by an administrator.".into(), AGAIN),
        Reason::CodeUsed => ("This sign-in was used already.".into(), "Sign in again."),
        Reason::StartAgain => ("The sign-in was not finished in time.".into(), "Sign in again."),
        Reason::AddressUnknown => ("Entra does not know the address of this page.".into(), OURS),
        Reason::NotSinglePage => ("The page’s redirect address is not registered as a single-page application.".into(), OURS),
        Reason::BadRequest => (
            "Entra did not understand what this page asked.".into(),
            "Signing in again does not help. Give the details to whoever runs this page.",
        ),
        Reason::ServiceMissing => (
            format!("A service that is asked for is not set up in {tenant}."),
            "An administrator must enable it, or its permissions must be left out.",
        ),
        Reason::PermissionUnknown => {
            (format!("A permission that was asked for does not exist in {tenant}."), "Take it out of the list of permissions.")
        }
        Reason::Busy => ("Microsoft is asked too often at the moment.".into(), "Wait a minute and try again."),
        Reason::Trouble => ("Microsoft’s sign-in service has trouble.".into(), "Wait a moment and try again."),
        Reason::Unknown => (
            match fault.number {
                Some(number) => format!("Microsoft refused with AADSTS{number}, which this page does not know."),
                None => format!("Microsoft refused with “{}”, which this page does not know.", fault.error),
            },
            "Read what Microsoft says about it, and quote the correlation ID when you ask for help. The details have both.",
        ),
    };
    (what, next.to_owned())
}

#[must_use]
pub fn token(fault: &TokenFault, tenant: &str, at_home: bool) -> Notice {
    match fault {
        TokenFault::Refused(fault) => entra(fault, tenant, at_home),
        TokenFault::Foreign(status) => Notice::new(
            "Something between this page and Microsoft answered in its place.",
            "A proxy or a network sign-in page may be in the way. Open another site, then try again.",
        )
        .with("Status", Some(status.to_string()))
        .leading(Way::Again),
        TokenFault::IdToken(fault) => Notice::new(
            "The answer of the sign-in was not acceptable.",
            "Sign in again. If it happens again, check the clock of this computer.",
        )
        .with("Detail", Some(fault.0.to_owned()))
        .leading(Way::SignIn),
        TokenFault::Malformed(what) => Notice::new("The answer of the sign-in was not complete.", "Sign in again.")
            .with("Detail", Some((*what).to_owned()))
            .leading(Way::SignIn),
    }
}

/// The page was sent to Microsoft and back for the same purpose again and again.
#[must_use]
pub fn looped() -> Notice {
    Notice::new(
        "Microsoft’s page sent you back and forth for the same thing, so this page stopped.",
        "A setting of the tenant is probably in the way, or this browser loses what the page keeps. What you were doing is kept. Start over, or ask the tenant’s administrator to look at the sign-in logs.",
    )
}

/// The account is not signed in any more.
#[must_use]
pub fn signed_out() -> Notice {
    Notice::new("You are not signed in with this account any more.", "Sign in again. What you were doing is kept.").leading(Way::SignIn)
}

/// Consent covers less than is needed.
#[must_use]
pub fn consent_missing(tenant: &str, scopes: &str) -> Notice {
    Notice::new(
        sentence(format!("{tenant} has not consented to all that this page needs here.")),
        "Go on to Microsoft’s page and accept, or ask an administrator of that tenant to give consent.",
    )
    .with("Missing", Some(scopes.to_owned()))
    .leading(Way::Consent)
}

/// Explains why a step got no token.
#[must_use]
pub fn no_token(fault: &Fault, tenant: &str, at_home: bool) -> Notice {
    match fault.no_token() {
        Some(NoToken::SignedOut) => signed_out(),
        Some(NoToken::Missing) => consent_missing(tenant, &fault.message),
        Some(NoToken::Unusable) => {
            token(&TokenFault::Malformed("unreadable"), tenant, at_home).with("Detail", Some(fault.message.clone()))
        }
        Some(NoToken::ChallengedTwice) => Notice::new(
            sentence(format!("{tenant} asked twice for the same proof, although you signed in for it.")),
            "Signing in again does not help. A Conditional Access policy of the tenant asks for something that your sign-in can’t give. Show its administrator the details.",
        )
        .with("Request ID", fault.request_id.clone())
        .leading(Way::Again),
        Some(NoToken::Blocked) => blocked(&fault.message),
        Some(NoToken::CutOff) => Notice::new(
            format!("No answer comes from {}, while this page’s own host answers.", fault.message),
            "An extension of this browser, a firewall or the network may block it. Allow the host there, or use another browser profile, then try again.",
        )
        .leading(Way::Again),
        Some(NoToken::Refused) => {
            entra(&EntraFault::of_code(&fault.code, &fault.message, fault.request_id.clone()), tenant, at_home)
        }
        // Graph itself did not take the token.
        None => Notice::new("Microsoft no longer accepts your sign-in.", "Sign in again. What you were doing is kept.")
            .with("Code", Some(fault.code.clone()))
            .with("Request ID", fault.request_id.clone())
            .leading(Way::SignIn),
    }
}

#[must_use]
pub fn callback(fault: &CallbackFault) -> Notice {
    match fault {
        // A person decides when to try again; nothing leaves by itself.
        CallbackFault::Refused(fault) if fault.meaning(false) == Meaning::Later => entra(fault, "the tenant", false).leading(Way::SignIn),
        CallbackFault::Refused(fault) => entra(fault, "the tenant", false),
        CallbackFault::UnknownState => {
            Notice::new("This sign-in is finished already, or belongs to another tab.", "If you are not signed in, sign in again.")
        }
        CallbackFault::Expired => Notice::new("The sign-in took longer than ten minutes.", "Sign in again.").leading(Way::SignIn),
        CallbackFault::Malformed(what) => Notice::new("The answer of the sign-in was damaged on its way.", "Sign in again.")
            .with("Detail", Some((*what).to_owned()))
            .leading(Way::SignIn),
    }
}

/// The browser gave no random numbers, which every run's id needs.
#[must_use]
pub fn no_random() -> Notice {
    Notice::new("The browser has no random numbers.", "Reload the page, or use another browser.")
}

/// Two that must name the same tenant do not. `detail` says both.
#[must_use]
pub fn wrong_tenant(detail: &str) -> Notice {
    Notice::new(
        format!("Microsoft answered for another tenant than the one that was asked for, so nothing was done: {detail}."),
        "Sign in again. If it happens again, tell whoever runs this page.",
    )
    .leading(Way::SignIn)
}

/// What differs, for [`wrong_tenant`]: a token is of another tenant than the plan.
#[must_use]
pub fn token_of_another(token: &TenantId, plan: &TenantId) -> String {
    format!("the token is for {token}, the plan for {plan}")
}

/// What differs, for [`wrong_tenant`]: the directory that answers is another one.
#[must_use]
pub fn directory_of_another(directory: &TenantId) -> String {
    format!("the directory answers as {directory}")
}

/// The policy of the page keeps it from a host of Microsoft.
#[must_use]
pub fn blocked(host: &str) -> Notice {
    Notice::new(
        format!("The content security policy of this page blocks {host}, so nothing was sent."),
        "The host of this page, or an extension of this browser, sends another policy than the page needs. Whoever runs this page must correct the header files; without extensions, try again.",
    )
    .leading(Way::Again)
}

/// No answer came from Microsoft's sign-in or Graph.
#[must_use]
pub fn no_answer() -> Notice {
    Notice::new(
        "No answer came from Microsoft.",
        "Check the network. A browser extension or a proxy may block the request. Then try again.",
    )
    .leading(Way::Again)
}

#[must_use]
pub fn config(fault: &ConfigFault) -> Notice {
    let what = match fault {
        ConfigFault::NoClientId(_) => "This page is not registered in Entra yet, so nobody can sign in.",
        ConfigFault::OtherOrigin { .. } => "This page is registered for another address, so sign-in is off.",
        ConfigFault::OtherCloud => "This page was built for another cloud than its config.json names, so sign-in is off.",
        ConfigFault::EmulatorElsewhere => "The emulator works on this computer only, so sign-in is off.",
        ConfigFault::OutOfRange { .. } => "The file config.json sets a time limit that this page does not take, so sign-in is off.",
        ConfigFault::Unreadable(_) => "The file config.json can’t be read, so sign-in is off.",
    };
    let next = match fault {
        ConfigFault::NoClientId(_) => "Register it below, in one of three ways. It takes some minutes.",
        ConfigFault::OtherOrigin { expected, .. } => {
            return Notice::new(what, format!("Open {expected}, or have config.json corrected.")).with("Detail", Some(fault.to_string()));
        }
        _ => "Whoever runs this page must correct it.",
    };
    Notice::new(what, next).with("Detail", Some(fault.to_string()))
}

/// Stands for a tenant that this page knows no name of.
pub const THE_TENANT: &str = "the tenant";
/// Stands for the person's own tenant.
pub const YOUR_TENANT: &str = "your tenant";
#[must_use]
pub fn storage(fault: &StoreFault) -> String {
    match fault {
        StoreFault::Blocked => "Another tab with an older version of this page holds the storage. Close it, then reload. Until then nothing is kept after this visit.",
        StoreFault::Newer => "The storage was written by a newer version of this page and is left untouched. Reload to get that version. Until then nothing is kept after this visit.",
        StoreFault::Full => "The storage of this browser is full. Free some space for this site; until then nothing new is kept after this visit.",
        StoreFault::Erased => "The data of this browser was erased in another tab. Reload the page to go on; until then nothing is kept.",
        StoreFault::Unavailable(_) => "This browser does not let the page store anything, as in a private window. Everything works, but nothing is kept after this visit.",
    }
    .to_owned()
}

#[must_use]
pub fn name(fault: NameFault) -> String {
    match fault {
        NameFault::Empty => "Enter a name for the application.".into(),
        NameFault::TooLong => format!("The name is too long: {LONGEST} characters at most."),
        NameFault::Hidden(c) => format!("The name has a character that can’t be seen (U+{:04X}). Remove it.", u32::from(c)),
    }
}

#[must_use]
pub fn name_warning(warning: NameWarning) -> &'static str {
    match warning {
        NameWarning::MixedAlphabets => "A word in this name mixes alphabets that look alike. People may take it for another name.",
        NameWarning::SoundsLikeMicrosoft => "This name reads as if the application came from Microsoft. Administrators may refuse it.",
    }
}

#[must_use]
pub fn redirect(fault: RedirectFault) -> String {
    match fault {
        RedirectFault::TooLong => "The redirect URI is longer than 256 characters.".into(),
        RedirectFault::Character(' ') => "The redirect URI must not have blanks.".into(),
        RedirectFault::Character(c) => format!("Entra does not allow “{c}” in a redirect URI."),
        RedirectFault::NotAbsolute => "Enter a whole address, such as https://app.example.com/callback.".into(),
        RedirectFault::Scheme => "The redirect URI must begin with https://, or http://localhost for a developer’s computer.".into(),
        RedirectFault::Host => "The redirect URI needs a whole host name, such as app.example.com.".into(),
        RedirectFault::UserInfo => "The redirect URI must not hold a user name or a password.".into(),
        RedirectFault::Twice => "This redirect URI is in the list twice.".into(),
        RedirectFault::TooMany => format!("An app registration can have {MOST} redirect URIs at most."),
    }
}

/// Says why a value can't stand in a redirect URI.
#[must_use]
pub fn placeholder(fault: ValueFault) -> String {
    match fault {
        ValueFault::Empty => "Fill this in: it is a part of the redirect URI.".into(),
        ValueFault::Character(' ') => "No blanks here: it becomes a part of an address.".into(),
        ValueFault::Character('.' | '/' | ':') => "Enter the name alone, without https://, dots or slashes.".into(),
        ValueFault::Character(c) => format!("“{c}” can’t stand in an address. Use letters without accents, digits and hyphens."),
        ValueFault::TooLong => "This is too long for a part of an address: 63 characters at most.".into(),
        ValueFault::Hyphen => "It must not begin or end with a hyphen.".into(),
    }
}
