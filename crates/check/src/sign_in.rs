//! Points of the token endpoint: what a renewal brings, here and in tenants of customers.

use super::{Came, Judged, Why, complete, differs, held, is, known, not_tried};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entra::scopes::Scopes;
use serde_json::Value;

/// The most customers that are asked for.
pub const MOST_CUSTOMERS: usize = 8;

/// Words of OAuth and Entra. <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>
const WORDS: &[&str] = &[
    "invalid_grant",
    "interaction_required",
    "consent_required",
    "login_required",
    "unauthorized_client",
    "invalid_client",
    "invalid_request",
    "invalid_scope",
    "invalid_resource",
    "access_denied",
    "temporarily_unavailable",
];
const SUBERRORS: &[&str] = &[
    "consent_required",
    "basic_action",
    "additional_action",
    "message_only",
    "bad_token",
    "token_expired",
    "user_password_expired",
    "client_mismatch",
];
const CLAIMS: &[&str] = &["ver", "iss", "aud", "tid", "sub", "exp", "iat", "name", "preferred_username"];
/// The numbers that say that consent is missing.
const UNCONSENTED: &[u32] = &[90099, 65001, 650_056, 700_016, 7_000_229, 700_011];

/// What a renewal was answered.
#[derive(Clone, Debug)]
pub struct Renewal {
    pub status: u16,
    pub body: Value,
}

impl Renewal {
    #[must_use]
    pub fn new(status: u16, body: &[u8]) -> Self {
        Self { status, body: serde_json::from_slice(body).unwrap_or(Value::Null) }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    fn is_good(&self) -> bool {
        self.status == 200 && self.text("access_token").is_some()
    }

    fn number(&self) -> Option<u32> {
        let first = self.body.get("error_codes").and_then(Value::as_array).and_then(|codes| codes.first());
        first.and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok())
    }

    fn refusal(&self) -> Came {
        match self.text("error") {
            Some(word) => Came::Entra { number: self.number(), word: known(WORDS, word).unwrap_or("another word") },
            None => Came::Unreadable,
        }
    }

    fn claims(&self) -> Option<Value> {
        let part = self.text("id_token")?.split('.').nth(1)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()
    }
}

/// What the check learned of the token endpoint.
#[derive(Clone)]
pub struct Renewals {
    /// What was asked for.
    pub wanted: Scopes,
    /// Whether this is the tenant of the account.
    pub at_home: bool,
    /// That of this tenant; `None` when nothing came.
    pub here: Option<Renewal>,
    /// The nonce of the sign-in, where it was kept.
    pub nonce: Option<String>,
    /// Those of tenants of customers, as far as they were asked for.
    pub customers: Option<Vec<Renewal>>,
}

/// Judges the renewal of this tenant, where it came.
pub(super) fn here(renewals: &Renewals, judge: impl Fn(&Renewal) -> Judged) -> Judged {
    match &renewals.here {
        Some(renewal) if renewal.is_good() => judge(renewal),
        Some(_) | None => not_tried(Why::NoAnswer),
    }
}

pub(super) fn renewal(renewals: &Renewals) -> Judged {
    match &renewals.here {
        None => not_tried(Why::NoAnswer),
        Some(renewal) => is(renewal.is_good(), renewal.refusal()),
    }
}

pub(super) fn nonce(renewals: &Renewals) -> Judged {
    here(renewals, |renewal| {
        let Some(claims) = renewal.claims() else { return differs(Came::Unreadable) };
        match (claims.get("nonce").and_then(Value::as_str), &renewals.nonce) {
            (None, _) => differs(Came::Nothing),
            (Some(_), None) => not_tried(Why::NotKept),
            (Some(came), Some(sent)) => is(came == sent, Came::Another),
        }
    })
}

pub(super) fn comes(renewals: &Renewals, name: &str) -> Judged {
    here(renewals, |renewal| is(renewal.text(name).is_some(), Came::Nothing))
}

pub(super) fn lasts(renewals: &Renewals, name: &str, expected: std::ops::RangeInclusive<i64>) -> Judged {
    here(renewals, |renewal| match renewal.body.get(name).and_then(Value::as_i64) {
        Some(seconds) => is(expected.contains(&seconds), Came::Seconds(seconds)),
        None => differs(Came::Nothing),
    })
}

pub(super) fn format(renewals: &Renewals) -> Judged {
    here(renewals, |renewal| is(renewal.text("access_token").unwrap_or_default().split('.').count() == 3, Came::Another))
}

pub(super) fn claims(renewals: &Renewals) -> Judged {
    here(renewals, |renewal| match renewal.claims() {
        Some(claims) => complete(CLAIMS.iter().copied().filter(|name| claims.get(name).is_none_or(Value::is_null)).collect()),
        None => differs(Came::Unreadable),
    })
}

pub(super) fn scopes(renewals: &Renewals) -> Judged {
    here(renewals, |renewal| match renewal.text("scope") {
        Some(scope) => complete(renewals.wanted.missing_in(scope)),
        None => differs(Came::Nothing),
    })
}

pub(super) fn refusal(renewals: &Renewals) -> Judged {
    refused(renewals, |refused| match refused.number() {
        Some(90099) => held(),
        _ => differs(refused.refusal()),
    })
}

pub(super) fn refusal_word(renewals: &Renewals) -> Judged {
    refused(renewals, |refused| match refused.text("error") {
        Some("invalid_grant") => held(),
        Some(word) => differs(Came::Word(known(WORDS, word).unwrap_or("another word"))),
        None => differs(Came::Nothing),
    })
}

pub(super) fn suberror(renewals: &Renewals) -> Judged {
    refused(renewals, |refused| match (refused.number(), refused.text("suberror")) {
        (Some(65001), Some("consent_required")) => held(),
        (Some(65001), Some(word)) => differs(Came::Word(known(SUBERRORS, word).unwrap_or("another word"))),
        (Some(65001), None) => differs(Came::Nothing),
        _ => not_tried(Why::NotMet),
    })
}

pub(super) fn client_info_elsewhere(renewals: &Renewals) -> Judged {
    if let (false, Some(renewal)) = (renewals.at_home, &renewals.here)
        && renewal.is_good()
    {
        return is(renewal.text("client_info").is_some(), Came::Nothing);
    }
    customers(renewals, Renewal::is_good, |renewal| is(renewal.text("client_info").is_some(), Came::Nothing))
}

pub(super) fn client_info_at_home(renewals: &Renewals) -> Judged {
    if renewals.at_home { comes(renewals, "client_info") } else { not_tried(Why::NotAtHome) }
}

fn refused(renewals: &Renewals, judge: impl Fn(&Renewal) -> Judged) -> Judged {
    let lacks_consent = |renewal: &Renewal| renewal.number().is_some_and(|number| UNCONSENTED.contains(&number));
    customers(renewals, lacks_consent, judge)
}

fn customers(renewals: &Renewals, fits: impl Fn(&Renewal) -> bool, judge: impl Fn(&Renewal) -> Judged) -> Judged {
    match &renewals.customers {
        _ if !renewals.at_home => not_tried(Why::NotAtHome),
        None => not_tried(Why::NoAnswer),
        Some(all) if all.is_empty() => not_tried(Why::NothingThere),
        Some(all) => all.iter().find(|renewal| fits(renewal)).map_or_else(|| not_tried(Why::NotMet), judge),
    }
}
