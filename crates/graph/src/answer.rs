//! The judgement of Graph's answers (graph error responses; throttling): by status and code, by text only where nothing else tells.

use crate::sentences::Says;
use domain::time::Instant;
use entra::fault::{EntraFault, Meaning};
use serde_json::Value;

/// An answer as it came.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The HTTP status: inside a batch that of the request, else that of the envelope.
    pub status: u16,
    /// The `request-id` header, which Microsoft's support asks for; `None` when there is none, or the browser may not read it.
    pub request_id: Option<String>,
    /// The text of `Retry-After`, where it could be read.
    pub retry_after: Option<String>,
    /// `claims` of a `WWW-Authenticate` challenge, decoded.
    pub claims: Option<String>,
    /// The body as JSON; `Null` when there is none, or none that can be read.
    pub body: Value,
}

/// What an answer means for the one who asked.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It was done. The value is an object, or `Null` of an answer without content (204).
    Ok(Value),
    /// The object is not there, or not yet.
    NotFound(Fault),
    /// Something that was just made is not known everywhere yet.
    NotYet(Fault),
    /// It exists already.
    Duplicate(Fault),
    /// Wait so many seconds, when told.
    Throttled {
        /// What `Retry-After` asks for, at least 1; `None` when it is missing or unreadable.
        seconds: Option<i64>,
        /// What Graph said; of an answer without an error object the status and the request id alone.
        fault: Fault,
    },
    /// The token is not accepted; `claims` when there is a challenge to meet.
    Token {
        /// The challenge as JSON text, for the `claims` parameter of the next token; `None` when another token may be enough.
        claims: Option<String>,
        /// What Graph said, or a [`NoToken`] when nothing reached it.
        fault: Fault,
    },
    /// The caller may not.
    Denied(Fault),
    /// The server said no; nothing happened.
    Rejected(Fault),
    /// Nobody knows what happened.
    Unknown(Fault),
}

impl Outcome {
    /// Returns the fault of an answer that was not good.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Ok(_) => None,
            Self::NotFound(fault) | Self::NotYet(fault) | Self::Duplicate(fault) | Self::Denied(fault) => Some(fault),
            Self::Rejected(fault) | Self::Unknown(fault) => Some(fault),
            Self::Throttled { fault, .. } | Self::Token { fault, .. } => Some(fault),
        }
    }
}

/// What to show and quote of an answer that was not good.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// The HTTP status; 0 when no answer came, 401 for what [`NoToken`] notes.
    pub status: u16,
    /// `error.code` of Graph, what [`OwnFault`] or [`NoToken`] notes; empty when Graph gave none.
    pub code: String,
    /// `error.message` of Graph, in English and apt to change, or what [`NoToken`] notes; empty when there is none.
    pub message: String,
    /// The `request-id` of the answer, else that of `innerError`; `None` when neither has one. For [`NoToken::Refused`] Entra's correlation
    /// id.
    pub request_id: Option<String>,
    /// `details[].target`: the field that is at fault.
    pub target: Option<String>,
}

impl Fault {
    /// Returns what this page itself found; `None` when Graph or Entra said it.
    #[must_use]
    pub fn own(&self) -> Option<OwnFault> {
        let known = OwnFault::ALL.into_iter().find(|own| own.code() == self.code)?;
        (self.status == 0 || known.has_status()).then_some(known)
    }

    /// Whether Graph's message means that.
    #[must_use]
    pub fn says(&self, what: Says) -> bool {
        what.is_in(&self.message)
    }
}

/// What this page found by itself, as it is noted in the code of a fault. No code of Microsoft's passes for one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnFault {
    /// Nothing came back.
    NoAnswer,
    /// What came back is not what Graph documents. It may have a status.
    UnreadableAnswer,
    /// A link to a further page leads out of Graph.
    ForeignLink,
    /// A directory answered that is not the one of the session; the message says which.
    WrongTenant,
    /// What a step needs was left behind by no earlier one.
    MissingFact,
    /// The browser could not keep the run, so that nothing was sent.
    StorageFull,
    /// A write was tried as often as is decent.
    TooManyAttempts,
    /// Only the run's own rules decide about the step: there is nothing to read.
    OwnRules,
    /// Another application has the unique name of the run, without its tag.
    UniqueNameTaken,
    /// The application of the run is among the deleted items.
    UniqueNameDeleted,
    /// The application of the run has other redirect URIs than were asked for.
    RedirectsDiffer,
    /// The application is not the one that the run made.
    NotOurs,
    /// The account is not the one that the run made.
    NotOurAccount,
    /// The application is not among the deleted items any more.
    NotAmongDeletedItems,
    /// No application with this client ID is to be had in the tenant.
    NoSuchApplication,
    /// An account of somebody else has the user name.
    UserNameTaken,
    /// The tenant does not take the password. The status and the message are Graph's.
    PasswordRefused,
    /// Somebody else than the connection account signed in.
    OtherAccount,
    /// The configuration of the page is not read yet.
    NoConfiguration,
}

impl OwnFault {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::NoAnswer,
        Self::UnreadableAnswer,
        Self::ForeignLink,
        Self::WrongTenant,
        Self::MissingFact,
        Self::StorageFull,
        Self::TooManyAttempts,
        Self::OwnRules,
        Self::UniqueNameTaken,
        Self::UniqueNameDeleted,
        Self::RedirectsDiffer,
        Self::NotOurs,
        Self::NotOurAccount,
        Self::NotAmongDeletedItems,
        Self::NoSuchApplication,
        Self::UserNameTaken,
        Self::PasswordRefused,
        Self::OtherAccount,
        Self::NoConfiguration,
    ];

    /// Returns the code that stored runs and exports have: none may change.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAnswer => "NoAnswer",
            Self::UnreadableAnswer => "UnreadableAnswer",
            Self::ForeignLink => "ForeignLink",
            Self::WrongTenant => "WrongTenant",
            Self::MissingFact => "MissingFact",
            Self::StorageFull => "StorageFull",
            Self::TooManyAttempts => "TooManyAttempts",
            Self::OwnRules => "OwnRules",
            Self::UniqueNameTaken => "UniqueNameTaken",
            Self::UniqueNameDeleted => "UniqueNameDeleted",
            Self::RedirectsDiffer => "RedirectsDiffer",
            Self::NotOurs => "NotOurs",
            Self::NotOurAccount => "NotOurAccount",
            Self::NotAmongDeletedItems => "NotAmongDeletedItems",
            Self::NoSuchApplication => "NoSuchApplication",
            Self::UserNameTaken => "UserNameTaken",
            Self::PasswordRefused => "PasswordRefused",
            Self::OtherAccount => "OtherAccount",
            Self::NoConfiguration => "NoConfiguration",
        }
    }

    /// Returns the fault that notes it, without an answer.
    #[must_use]
    pub fn fault(self) -> Fault {
        Fault { code: self.code().to_owned(), ..Fault::default() }
    }

    /// Whether it is found in an answer, whose status it keeps.
    fn has_status(self) -> bool {
        match self {
            Self::UnreadableAnswer | Self::PasswordRefused | Self::NotAmongDeletedItems | Self::NoSuchApplication => true,
            Self::NoAnswer | Self::ForeignLink | Self::WrongTenant | Self::MissingFact | Self::StorageFull => false,
            Self::TooManyAttempts | Self::OwnRules | Self::UniqueNameTaken | Self::UniqueNameDeleted => false,
            Self::RedirectsDiffer
            | Self::NotOurs
            | Self::NotOurAccount
            | Self::UserNameTaken
            | Self::OtherAccount
            | Self::NoConfiguration => false,
        }
    }
}

/// Why nothing of a request reached Graph, as it is noted in the code of a fault: mostly for want of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoToken {
    /// The account is not signed in any more.
    SignedOut,
    /// Consent covers less than is needed; the message names what is missing.
    Missing,
    /// The token endpoint answered something that can't be used.
    Unusable,
    /// The tenant asked for the same proof again after it was given.
    ChallengedTwice,
    /// Nothing was sent: the policy of the page keeps it from the host. The message names the host.
    Blocked,
    /// A read got no answer again and again, while the page's own host answers. The message names the host.
    CutOff,
    /// Entra refused: the code is its number, the message its OAuth word, the request id its correlation id.
    Refused,
}

impl NoToken {
    const NAMED: [(Self, &str); 6] = [
        (Self::SignedOut, "SignedOut"),
        (Self::Missing, "ConsentMissing"),
        (Self::Unusable, "UnusableToken"),
        (Self::ChallengedTwice, "ChallengedTwice"),
        (Self::Blocked, "Blocked"),
        (Self::CutOff, "CutOff"),
    ];

    /// Returns the fault that notes it.
    #[must_use]
    pub fn fault(self, message: impl Into<String>) -> Fault {
        let code = Self::NAMED.iter().find(|(known, _)| *known == self).map_or("AADSTS", |(_, code)| code);
        Fault { status: 401, code: code.to_owned(), message: message.into(), ..Fault::default() }
    }
}

impl Fault {
    /// Whether the sign-in itself has ended, for every tenant.
    #[must_use]
    pub fn ends_sign_in(&self) -> bool {
        match self.no_token() {
            Some(NoToken::SignedOut) => true,
            Some(NoToken::Refused) => EntraFault::of_code(&self.code, &self.message, None).meaning(false) == Meaning::SignInEnded,
            Some(NoToken::Missing | NoToken::Unusable | NoToken::ChallengedTwice | NoToken::Blocked | NoToken::CutOff) | None => false,
        }
    }

    /// Returns why there was no token; `None` when the request was sent.
    #[must_use]
    pub fn no_token(&self) -> Option<NoToken> {
        let named = NoToken::NAMED.iter().find(|(_, code)| self.code == *code).map(|(known, _)| *known);
        named.or_else(|| self.code.starts_with("AADSTS").then_some(NoToken::Refused)).filter(|_| self.status == 401)
    }
}

/// The longest wait that is taken without asking, in seconds.
pub const LONGEST_WAIT: i64 = 300;

/// Reads `Retry-After`: seconds or an HTTP date; at least one second.
#[must_use]
pub fn retry_after_seconds(text: &str, now: Instant) -> Option<i64> {
    if let Ok(seconds) = text.trim().parse::<i64>() {
        return Some(seconds.max(1));
    }
    let until = chrono::DateTime::parse_from_rfc2822(text.trim()).ok()?;
    Some(Instant(until.timestamp_millis()).seconds_since(now).max(1))
}

fn fault_of(answer: &Answer) -> Option<Fault> {
    let error = answer.body.get("error")?;
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let details = error.get("details").and_then(Value::as_array).and_then(|list| list.first());
    let inner = error.get("innerError").or_else(|| error.get("innererror"));
    Some(Fault {
        status: answer.status,
        code: text(error, "code").unwrap_or_default(),
        message: text(error, "message").unwrap_or_default(),
        request_id: answer.request_id.clone().or_else(|| inner.and_then(|inner| text(inner, "request-id"))),
        target: details.and_then(|detail| text(detail, "target")),
    })
}

/// Judges an answer. `is_write` makes an outcome unknown where a read would simply be repeated.
///
/// ```
/// use domain::time::Instant;
/// use graph::answer::{Answer, Outcome, judge};
///
/// let body = serde_json::json!({"error": {"code": "TooManyRequests", "message": "Please retry again later."}});
/// let answer = Answer { status: 429, request_id: None, retry_after: Some("17".into()), claims: None, body };
///
/// // Nothing happened, so that a write may be sent again as well as a read.
/// let Outcome::Throttled { seconds, fault } = judge(answer, true, Instant(0)) else { panic!("429 is throttling") };
/// assert_eq!(seconds, Some(17));
/// assert_eq!((fault.status, fault.code.as_str()), (429, "TooManyRequests"));
/// ```
#[must_use]
pub fn judge(answer: Answer, is_write: bool, now: Instant) -> Outcome {
    let fault = fault_of(&answer);
    let plain = || Fault { status: answer.status, request_id: answer.request_id.clone(), ..Fault::default() };
    let unreadable = || Fault { code: OwnFault::UnreadableAnswer.code().to_owned(), ..plain() };
    match (answer.status, fault) {
        // What was made has an id.
        (201, None) if answer.body.get("id").is_none_or(|id| !id.is_string()) => Outcome::Unknown(unreadable()),
        (200..=299, None) if answer.body.is_object() || (answer.status == 204 && answer.body.is_null()) => Outcome::Ok(answer.body),
        (200..=299, _) => Outcome::Unknown(unreadable()),
        (429, fault) => Outcome::Throttled {
            seconds: answer.retry_after.as_deref().and_then(|text| retry_after_seconds(text, now)),
            fault: fault.unwrap_or_else(plain),
        },
        (503 | 504, fault) if !is_write => Outcome::Throttled {
            seconds: answer.retry_after.as_deref().and_then(|text| retry_after_seconds(text, now)),
            fault: fault.unwrap_or_else(plain),
        },
        (401, fault) => Outcome::Token { claims: answer.claims, fault: fault.unwrap_or_else(plain) },
        (403, Some(fault)) if answer.claims.is_some() => Outcome::Token { claims: answer.claims, fault },
        (403, Some(fault)) if fault.says(Says::NotYet) => Outcome::NotYet(fault),
        (403, Some(fault)) if fault.code == "Authorization_RequestDenied" => Outcome::Denied(fault),
        (404, Some(fault)) => Outcome::NotFound(fault),
        (409, Some(fault)) if fault.code.ends_with("ConcurrencyViolation") => Outcome::NotYet(fault),
        (409, Some(fault)) => Outcome::Duplicate(fault),
        (400, Some(fault)) => judge_bad_request(fault),
        (400..=499, Some(fault)) => Outcome::Rejected(fault),
        (500..=599, fault) => Outcome::Unknown(fault.unwrap_or_else(plain)),
        _ => Outcome::Unknown(unreadable()),
    }
}

/// Where Graph gives only `Request_BadRequest`, its text tells an object that is not replicated or exists already from a real mistake.
fn judge_bad_request(fault: Fault) -> Outcome {
    if fault.says(Says::NotYet) || fault.code == "NoBackingApplicationObject" {
        Outcome::NotYet(fault)
    } else if fault.says(Says::Duplicate) || fault.code == "Request_MultipleObjectsWithSameKeyValue" {
        Outcome::Duplicate(fault)
    } else {
        Outcome::Rejected(fault)
    }
}
