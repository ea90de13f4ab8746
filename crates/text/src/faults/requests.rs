//! What an answer of Graph means to the person, and what this page found itself.

use super::{Notice, no_token, wrong_tenant};
use entra::fault::Way;
use graph::answer::{Fault, OwnFault};

/// What was read when Graph refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Read {
    /// The tenant itself, when a session in it is opened.
    Tenant,
    /// What a plan is made on.
    TenantState,
    /// What APIs offer.
    Permissions,
    Roles,
    Domains,
    /// Who may use this page.
    Access,
    People,
    Customers,
    Registration,
    AppSession,
    AppSessions,
    /// What the check made.
    TestApps,
    /// What the application may read with its own token.
    AsApplication,
}

impl Read {
    fn words(self) -> &'static str {
        match self {
            Self::Tenant => "Reading the tenant",
            Self::TenantState => "Looking at the tenant",
            Self::Permissions => "Reading the permissions",
            Self::Roles => "Reading the roles",
            Self::Domains => "Reading the domains",
            Self::Access => "Reading who has access",
            Self::People => "Searching people",
            Self::Customers => "Reading the customers",
            Self::Registration => "Reading the app registration",
            Self::AppSession => "Reading the App session",
            Self::AppSessions => "Looking for App sessions",
            Self::TestApps => "Looking for test apps",
            Self::AsApplication => "Reading as the application",
        }
    }
}

/// Explains what Graph said when something was only read, outside of a run.
#[must_use]
pub fn reading(fault: &Fault, what: Read) -> Notice {
    let doing = what.words();
    if fault.no_token().is_some() {
        return no_token(fault, "the tenant", false);
    }
    if let Some(own) = fault.own() {
        return own_in_reading(own, fault, doing);
    }
    let way = if fault.status == 401 { Way::SignIn } else { Way::Again };
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
        _ => (format!("{doing} was refused."), "The details say what Microsoft found wrong."),
    };
    quoted(fault, what, next).leading(way)
}

/// Explains what this page found itself when something was only read.
fn own_in_reading(own: OwnFault, fault: &Fault, doing: &str) -> Notice {
    let (what, next) = match own {
        OwnFault::WrongTenant => return wrong_tenant(&fault.message),
        OwnFault::NoConfiguration => (format!("{doing} could not begin: config.json has not been read."), "Reload the page."),
        OwnFault::NoAnswer => (format!("No answer came while {} was under way.", lower_first(doing)), "Check the network, then try again."),
        // The others are of steps: no read has them.
        OwnFault::UnreadableAnswer
        | OwnFault::ForeignLink
        | OwnFault::MissingFact
        | OwnFault::StorageFull
        | OwnFault::TooManyAttempts
        | OwnFault::OwnRules
        | OwnFault::UniqueNameTaken
        | OwnFault::UniqueNameDeleted
        | OwnFault::RedirectsDiffer
        | OwnFault::NotOurs
        | OwnFault::NotOurAccount
        | OwnFault::NotAmongDeletedItems
        | OwnFault::NoSuchApplication
        | OwnFault::UserNameTaken
        | OwnFault::PasswordRefused
        | OwnFault::OtherAccount => (
            format!("{doing} got an answer that this page can’t use."),
            "Try again. If it stays so, tell whoever runs this page what the details say.",
        ),
    };
    quoted(fault, what, next).leading(Way::Again)
}

fn quoted(fault: &Fault, what: impl Into<String>, next: impl Into<String>) -> Notice {
    Notice::new(what, next)
        .with("Status", (fault.status > 0).then(|| fault.status.to_string()))
        .with("Code", Some(fault.code.clone()))
        .with("Message", Some(domain::name::marked(&fault.message)))
        .with("Request ID", fault.request_id.clone())
}

/// Explains what stopped a step of a run, by what the step was doing.
#[must_use]
pub fn graph(fault: &Fault, doing: &str, roles_needed: &[&str]) -> Notice {
    let (what, next) = match fault.own() {
        Some(own) => own_in_a_run(own, fault, doing),
        None => of_graph(fault, doing, roles_needed),
    };
    quoted(fault, what, next)
}

/// Explains what this page found itself in a run.
fn own_in_a_run(own: OwnFault, fault: &Fault, doing: &str) -> (String, String) {
    const LOOKS_FIRST: &str = "The run looks at what happened before it repeats anything.";
    match own {
        OwnFault::NoAnswer => {
            ("No answer came. It is not known whether the step was done.".into(), format!("{LOOKS_FIRST} Check the network."))
        }
        OwnFault::NoConfiguration => (format!("{doing} could not begin: config.json has not been read."), "Reload the page. The run goes on where it stopped.".into()),
        OwnFault::UnreadableAnswer => (
            format!("{doing} got an answer that is not Microsoft Graph’s. It is not known whether the step was done."),
            format!("{LOOKS_FIRST} If it stays so, a proxy or an extension may stand in between: tell whoever runs this page what the details say."),
        ),
        OwnFault::ForeignLink => (
            format!("{doing} got a list whose next page is not at Microsoft Graph, so it was not read."),
            "Press Retry. If it stays so, tell whoever runs this page what the details say.".into(),
        ),
        OwnFault::MissingFact => (
            format!("{doing} needs something that an earlier step did not leave behind, so nothing was sent."),
            "Look at the steps before it, then press Retry. If it stays so, start again.".into(),
        ),
        OwnFault::StorageFull => {
            ("This browser could not store the run, so nothing was sent.".into(), "Free some space for this site, then press Retry.".into())
        }
        OwnFault::TooManyAttempts => {
            (format!("{doing} did not succeed after many attempts."), "Check the service health of Microsoft 365, then press Retry.".into())
        }
        // A step that its own rules decide has no read that could be unclear.
        OwnFault::OwnRules => (format!("{doing} did not go on."), "Press Retry. If it stays so, tell whoever runs this page.".into()),
        OwnFault::NotAmongDeletedItems => (
            "It is not among the deleted items of the tenant any more, which Microsoft keeps for 30 days.".into(),
            "If the app registration is gone, create a new App session. If only its service principal is gone, open the App session and press Bring back in line.".into(),
        ),
        OwnFault::UserNameTaken => (
            "Somebody else has an account of this name.".into(),
            "Start again with another user name. This page does not take over an account whose password it does not know.".into(),
        ),
        OwnFault::PasswordRefused => {
            ("The tenant did not accept this password.".into(), "Choose another one, or let this page make one.".into())
        }
        OwnFault::OtherAccount => (
            "Another account than the connection account signed in. Nothing was done with it.".into(),
            "Press Sign in as the account, and sign in as the connection account.".into(),
        ),
        OwnFault::NoSuchApplication => (
            "No application has this client ID, or it is for one other tenant only.".into(),
            "Start again with the right client ID, or ask the vendor whether the application is multitenant.".into(),
        ),
        OwnFault::NotOurAccount => (
            "The account has another user name than the one that the run made, so it was not deleted.".into(),
            "Look at it in Entra under Users, and delete it there if it is not needed.".into(),
        ),
        OwnFault::WrongTenant => (
            format!("Microsoft answered for another tenant than this run’s, so nothing was sent: {}.", fault.message),
            "Sign in again and press Retry. If it happens again, tell whoever runs this page.".into(),
        ),
        OwnFault::UniqueNameTaken => (
            "Another app registration of this tenant has the unique name of this run, and not its tag. It was left alone.".into(),
            "Start again: a new run has a unique name of its own. If you took the tag out yourself, put it back in Entra and press Retry.".into(),
        ),
        OwnFault::UniqueNameDeleted => (
            "The app registration of this run is among the deleted items of the tenant, where it keeps its unique name for 30 days.".into(),
            "Restore it in Entra under App registrations > Deleted applications and press Retry, or start again: a new run has a name of its own.".into(),
        ),
        OwnFault::RedirectsDiffer => (
            "The redirect URIs of the app registration are not those that were asked for.".into(),
            "Somebody changed them meanwhile. Look at the registration in Entra, then press Retry.".into(),
        ),
        OwnFault::NotOurs => (
            "This app registration does not carry the name of the run that is undone, so it was not deleted.".into(),
            "Look at it under Find App sessions in this tenant, and delete it from its page if it is not needed.".into(),
        ),
    }
}

/// Explains what Graph said to a step of a run.
fn of_graph(fault: &Fault, doing: &str, roles_needed: &[&str]) -> (String, String) {
    match (fault.status, fault.code.as_str()) {
        (_, "Authorization_RequestDenied") => (
            format!("{doing} was refused: you may not do that in this tenant."),
            format!(
                "It needs the role {}. If you have just activated it, press Retry; else ask somebody who has it to do this, and press Retry afterwards.",
                crate::roles(roles_needed)
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
        // A stored run of an older release may hold a word that this one does not know.
        (0, _) => (
            "No answer came. It is not known whether the step was done.".into(),
            "The run looks at what happened before it repeats anything. Check the network.".into(),
        ),
        _ => (format!("{doing} was refused."), "The details say what Graph found wrong. Correct it and press Retry.".into()),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
