//! What refusals mean, who must act, and what to do now. The number chooses words only; decisions are made elsewhere.

use super::Notice;
use crate::domain::name::{LONGEST, NameFault, NameWarning};
use crate::domain::redirect::{RedirectFault, ValueFault};
use crate::entra::callback::CallbackFault;
use crate::entra::cloud::ConfigFault;
use crate::entra::fault::{EntraFault, Remedy};
use crate::entra::token::TokenFault;
use crate::graph::answer::Fault;
use crate::store::StoreFault;

/// Explains a refusal of Entra. `tenant` is the name of the tenant that was asked.
#[must_use]
pub fn entra(fault: &EntraFault, tenant: &str) -> Notice {
    let (what, next) = entra_words(fault, tenant);
    Notice::new(what, next)
        .with("Error", Some(fault.error.clone()))
        .with("Code", fault.number.map(|number| format!("AADSTS{number}")))
        .with("Correlation id", fault.correlation_id.clone())
        .with("Time", fault.timestamp.clone())
        .with("About this code", fault.number.map(|number| format!("https://login.microsoftonline.com/error?code={number}")))
}

fn entra_words(fault: &EntraFault, tenant: &str) -> (String, String) {
    const OURS: &str = "Whoever runs this page must correct its registration in Entra.";
    let pair = |what: String, next: &str| (what, next.to_owned());
    match fault.number {
        Some(65004) => pair(
            "You did not accept the permissions on Microsoft’s page. Nothing was changed.".into(),
            "Go on without, or try again and press Accept.",
        ),
        Some(50011 | 500_113 | 900_971 | 70004 | 70007) => pair("Entra does not know the address of this page.".into(), OURS),
        Some(9_002_326 | 9_002_325 | 7_000_218 | 9_002_327) => {
            pair("The page’s redirect address is not registered as a single-page application.".into(), OURS)
        }
        Some(700_016 | 70001 | 700_011 | 7_000_229 | 90099) => pair(
            format!("{tenant} has not approved this app yet."),
            "An administrator of that tenant must give consent. Copy the consent URL and send it, then try again.",
        ),
        Some(7_000_112) => {
            pair(format!("This app is disabled in {tenant}."), "An administrator of that tenant must enable the enterprise application.")
        }
        Some(65001 | 90008 | 650_056) => pair(
            format!("{tenant} has not consented to what this page needs here."),
            "Go on to Microsoft’s page and accept, or ask an administrator of that tenant to.",
        ),
        Some(90094 | 90093) => pair(
            "Only an administrator can give this consent.".into(),
            "Ask a Global Administrator or Privileged Role Administrator of the tenant.",
        ),
        Some(90095) => {
            pair("A request for approval was sent to the tenant’s administrators.".into(), "Come back when they have approved it.")
        }
        Some(50105) => pair(
            "You are not assigned to this app, and the tenant requires that.".into(),
            "An administrator must assign you to the enterprise application.",
        ),
        Some(650_051) => pair("Entra was still setting this app up in the tenant.".into(), "Wait half a minute and try again."),
        Some(650_052 | 50001 | 500_011) => pair(
            format!("A service that is asked for is not set up in {tenant}."),
            "An administrator must enable it, or its permissions must be left out.",
        ),
        Some(650_053 | 650_054 | 650_057 | 65005 | 70011) => {
            pair("A permission that was asked for does not exist there.".into(), "Take it out of the list of permissions.")
        }
        Some(50020 | 16000 | 16003 | 50177 | 90072 | 50034) => pair(
            format!("Your account has no access to {tenant}."),
            "Ask for a GDAP role there. If you are a guest in that tenant, its administrator may have to remove the guest account, which hides GDAP.",
        ),
        Some(50053) => pair("The account is locked for now.".into(), "Wait some minutes, or ask your administrator to reset it."),
        Some(50055) => pair("The password has expired.".into(), "Sign in and change it."),
        Some(50057) => pair("The account is disabled.".into(), "Ask your administrator to enable it."),
        Some(50059 | 50128 | 90002 | 900_023 | 5_000_224) => {
            pair(format!("Entra does not know {tenant}, or the tenant is gone."), "Check the domain or the tenant id.")
        }
        Some(50072 | 50079) => {
            pair("You must register for multifactor authentication first.".into(), "Sign in on Microsoft’s page and follow its steps.")
        }
        Some(50074 | 50076 | 50078 | 50158) => {
            pair("Multifactor authentication is needed now.".into(), "Sign in again on Microsoft’s page.")
        }
        Some(50097 | 53000 | 53001) => {
            pair("The tenant allows this from managed devices only.".into(), "Use a device that your organization manages.")
        }
        Some(53002..=53004 | 530_032 | 530_034 | 530_035 | 53011 | 50131) => pair(
            format!("A Conditional Access or security policy of {tenant} refused."),
            "Trying again does not help. Give the tenant’s administrator the correlation id and the time.",
        ),
        Some(500_212 | 500_213) => {
            pair("Cross-tenant access settings refuse this.".into(), "The administrators of both tenants must allow it.")
        }
        Some(90038 | 900_382 | 900_432) => {
            pair("The tenant lives in another cloud of Microsoft.".into(), "Use a build of this page for that cloud.")
        }
        Some(700_084 | 70008 | 700_082 | 70043) => pair(
            "Your sign-in has ended. Microsoft ends it after 24 hours at the latest.".into(),
            "Sign in again. What you were doing is kept.",
        ),
        Some(50132 | 50133 | 50173 | 70000) => {
            pair("Your sign-in was ended by a password change or by an administrator.".into(), "Sign in again.")
        }
        Some(54005) => pair("This sign-in was used already.".into(), "Sign in again."),
        Some(90055) => pair("Microsoft is asked too often at the moment.".into(), "Wait a minute and try again."),
        Some(500_021 | 500_022) => pair("Your network does not allow this tenant.".into(), "Your own IT must allow it."),
        _ if fault.is_cancelled() => {
            pair("You pressed Cancel on Microsoft’s page. Nothing was changed.".into(), "Go on without, or try again.")
        }
        _ => match fault.remedy() {
            Remedy::Consent => {
                pair(format!("{tenant} has not approved this app for that."), "An administrator of that tenant must give consent.")
            }
            Remedy::SignIn => pair("Microsoft wants you to sign in again.".into(), "Sign in again. What you were doing is kept."),
            Remedy::Later => pair("Microsoft’s sign-in service has trouble.".into(), "Wait a moment and try again."),
            Remedy::Stop => pair("Microsoft refused the sign-in.".into(), "Look the code up, or give it to whoever runs this page."),
        },
    }
}

#[must_use]
pub fn token(fault: &TokenFault, tenant: &str) -> Notice {
    match fault {
        TokenFault::Refused(fault) => entra(fault, tenant),
        TokenFault::Foreign(status) => Notice::new(
            "Something between this page and Microsoft answered in its place.",
            "A proxy or a network sign-in page may be in the way. Open another site, then try again.",
        )
        .with("Status", Some(status.to_string())),
        TokenFault::IdToken(fault) => Notice::new(
            "The answer of the sign-in was not acceptable.",
            "Sign in again. If it happens again, check the clock of this computer.",
        )
        .with("Detail", Some(fault.0.to_owned())),
        TokenFault::Malformed(what) => {
            Notice::new("The answer of the sign-in was not complete.", "Sign in again.").with("Detail", Some((*what).to_owned()))
        }
    }
}

#[must_use]
pub fn callback(fault: &CallbackFault) -> Notice {
    match fault {
        CallbackFault::Refused(fault) => entra(fault, "The tenant"),
        CallbackFault::UnknownState => {
            Notice::new("This sign-in is finished already, or belongs to another tab.", "If you are not signed in, sign in again.")
        }
        CallbackFault::Expired => Notice::new("The sign-in took longer than ten minutes.", "Sign in again."),
        CallbackFault::Malformed(what) => {
            Notice::new("The answer of the sign-in was damaged on its way.", "Sign in again.").with("Detail", Some((*what).to_owned()))
        }
    }
}

/// The browser gave no random numbers, which every run's id needs.
#[must_use]
pub fn no_random() -> Notice {
    Notice::new("The browser has no random numbers.", "Reload the page, or use another browser.")
}

/// No answer came from Microsoft's sign-in or Graph.
#[must_use]
pub fn no_answer() -> Notice {
    Notice::new(
        "No answer came from Microsoft.",
        "Check the network. A browser extension or a proxy may block the request. Then try again.",
    )
}

#[must_use]
pub fn config(fault: &ConfigFault) -> Notice {
    let what = match fault {
        ConfigFault::NoClientId => "This page is not registered in Entra yet, so nobody can sign in.",
        ConfigFault::OtherOrigin { .. } => "This page is registered for another address, so sign-in is off.",
        ConfigFault::OtherCloud => "This page was built for another cloud than its config.json names, so sign-in is off.",
        ConfigFault::EmulatorElsewhere => "The emulator works on this computer only, so sign-in is off.",
        ConfigFault::Unreadable(_) => "The file config.json can’t be read, so sign-in is off.",
    };
    let next = match fault {
        ConfigFault::NoClientId => {
            "Whoever runs this page registers it as a single-page application and puts the Application (client) ID into config.json."
        }
        ConfigFault::OtherOrigin { expected, .. } => {
            return Notice::new(what, format!("Open {expected}, or have config.json corrected.")).with("Detail", Some(fault.to_string()));
        }
        _ => "Whoever runs this page must correct it.",
    };
    Notice::new(what, next).with("Detail", Some(fault.to_string()))
}

/// Explains what Graph said when something was only read, outside of a run.
#[must_use]
pub fn reading(fault: &Fault, doing: &str) -> Notice {
    let (what, next) = match (fault.status, fault.code.as_str()) {
        (403, _) | (_, "Authorization_RequestDenied") => (
            format!("{doing} was refused: you may not do that in this tenant."),
            "You lack a role for it, or one that was just given does not work yet. Try again in some minutes, or ask an administrator of the tenant.",
        ),
        (401, _) => ("Microsoft no longer accepts your sign-in.".into(), "Sign in again."),
        (404, _) => (format!("{doing} found nothing: it is not there, or not known everywhere yet."), "Try again in some minutes."),
        (429, _) => (format!("Microsoft asks to wait: {} took too many requests.", lower_first(doing)), "Try again in some minutes."),
        (500..=599, _) => (
            format!("Microsoft had trouble while {} was under way.", lower_first(doing)),
            "Try again in a minute. If it stays so, look at the service health of Microsoft 365.",
        ),
        (0, "NoAnswer") => (format!("No answer came while {} was under way.", lower_first(doing)), "Check the network, then try again."),
        (0 | 200..=299, _) => (
            format!("{doing} got an answer that this page can’t use."),
            "Try again. If it stays so, tell whoever runs this page what the details say.",
        ),
        _ => (format!("{doing} was refused."), "The details say what Microsoft found wrong."),
    };
    quoted(fault, what, next)
}

fn quoted(fault: &Fault, what: impl Into<String>, next: impl Into<String>) -> Notice {
    Notice::new(what, next)
        .with("Status", (fault.status > 0).then(|| fault.status.to_string()))
        .with("Code", Some(fault.code.clone()))
        .with("Message", Some(fault.message.clone()))
        .with("Request id", fault.request_id.clone())
}

/// Explains what Graph said to a step of a run, by what the step was doing.
#[must_use]
pub fn graph(fault: &Fault, doing: &str, roles_needed: &[&str]) -> Notice {
    let (what, next) = match (fault.status, fault.code.as_str()) {
        (_, "Authorization_RequestDenied") => (
            format!("{doing} was refused: you may not do that in this tenant."),
            format!(
                "It needs the role {}. If you have just activated it, press Retry; else ask somebody who has it to do this, and press Retry afterwards.",
                super::roles(roles_needed)
            ),
        ),
        (_, "Directory_QuotaExceeded") => (
            format!("{doing} was refused: the directory is full."),
            "An administrator must delete objects that are not needed; deleted items count too.".into(),
        ),
        (_, "CredentialTypeNotAllowedAsPerAppPolicy") => (
            format!("{doing} was refused: a policy of this tenant forbids client secrets."),
            "An administrator of the tenant can allow it for this application. Then press Retry.".into(),
        ),
        (_, "CredentialInvalidLifetimeAsPerAppPolicy") => (
            format!("{doing} was refused: a policy of this tenant wants a shorter lifetime."),
            "Start again with a shorter lifetime, or ask an administrator for an exception.".into(),
        ),
        (_, "SignInAudienceNotAllowedAsPerAppPolicy") => {
            (format!("{doing} was refused: a policy of this tenant forbids this audience."), "Choose the single-tenant audience.".into())
        }
        (_, "StorageFull") => {
            ("This browser could not store the run, so nothing was sent.".into(), "Free some space for this site, then press Retry.".into())
        }
        (_, "TooManyAttempts") => {
            (format!("{doing} did not succeed after many attempts."), "Check the service health of Microsoft 365, then press Retry.".into())
        }
        (_, "NotAmongDeletedItems") => (
            "It is not among the deleted items of the tenant any more, which Microsoft keeps for 30 days.".into(),
            "If the app registration is gone, create a new App session. If only its service principal is gone, open the App session and press Bring back in line.".into(),
        ),
        (_, "UserNameTaken") => (
            "Somebody else has an account of this name.".into(),
            "Start again with another user name. This page does not take over an account whose password it does not know.".into(),
        ),
        (_, "NoSuchApplication") => (
            "No application has this client ID, or it is for one other tenant only.".into(),
            "Start again with the right client ID, or ask the vendor whether the application is multitenant.".into(),
        ),
        (_, "NotOurAccount") => (
            "The account has another user name than the one that the run made, so it was not deleted.".into(),
            "Look at it in Entra under Users, and delete it there if it is not needed.".into(),
        ),
        (_, "RedirectsDiffer") => (
            "The redirect URIs of the app registration are not those that were asked for.".into(),
            "Somebody changed them meanwhile. Look at the registration in Entra, then press Retry.".into(),
        ),
        (_, "NotOurs") => (
            "This app registration does not carry the name of the run that is undone, so it was not deleted.".into(),
            "Look at it under Find App sessions in this tenant, and delete it from its page if it is not needed.".into(),
        ),
        (401, _) => ("Microsoft no longer accepts your sign-in.".into(), "Sign in again. The run goes on where it stopped.".into()),
        (404, _) => (
            "The object is not there, or not known everywhere yet.".into(),
            "It can take some minutes. If it stays so, check whether somebody deleted it.".into(),
        ),
        (429, _) => ("Microsoft asks to wait before the next request.".into(), "The run goes on by itself.".into()),
        (500..=599, _) => (
            format!("Microsoft had trouble while {} was under way.", lower_first(doing)),
            "The run looks at what happened before it repeats anything.".into(),
        ),
        (0, _) => (
            "No answer came. It is not known whether the step was done.".into(),
            "The run looks at what happened before it repeats anything. Check the network.".into(),
        ),
        _ => (format!("{doing} was refused."), "The details say what Graph found wrong. Correct it and press Retry.".into()),
    };
    quoted(fault, what, next)
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

#[must_use]
pub fn storage(fault: &StoreFault) -> String {
    match fault {
        StoreFault::Blocked => "Another tab with an older version of this page holds the storage. Close it, then reload. Until then nothing is kept after this visit.",
        StoreFault::Newer => "The storage was written by a newer version of this page and is left untouched. Reload to get that version. Until then nothing is kept after this visit.",
        StoreFault::Full => "The storage of this browser is full. Free some space for this site; until then nothing new is kept after this visit.",
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
