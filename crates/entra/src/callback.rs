//! The answer that Entra puts into the fragment of the redirect.

use super::attempt::Attempt;
use super::fault::EntraFault;
use domain::ids::TenantId;
use domain::time::Instant;

/// A code that belongs to an attempt of this tab. Only [`judge`] makes one.
#[derive(Debug)]
pub struct Answered {
    code: String,
    attempt: Attempt,
}

impl Answered {
    /// Returns the authorization code, which Entra redeems once and together with the attempt's verifier.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the attempt that the code answers.
    #[must_use]
    pub fn attempt(&self) -> &Attempt {
        &self.attempt
    }
}

/// Why the fragment of a redirect gives no code that may be redeemed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackFault {
    /// Nothing of this tab waits for it: unknown, used already, missing, or from another tab.
    #[error("the answer does not belong to a sign-in of this tab")]
    UnknownState,
    /// The attempt is stale: see [`Attempt::is_stale`].
    #[error("the sign-in took longer than ten minutes")]
    Expired,
    /// The answer is not one that Entra writes, or not of the authority that was asked; the text says in English what is wrong with it.
    #[error("the answer is malformed: {0}")]
    Malformed(&'static str),
    /// Entra said no.
    #[error("Entra refused: {0}")]
    Refused(EntraFault),
}

/// A refusal keeps the attempt, so that the person can go back to where they asked.
#[derive(Debug)]
pub struct Refusal {
    /// Why no code may be redeemed.
    pub fault: CallbackFault,
    /// The attempt that was refused; `None` when the answer belongs to none, is too long, or names a parameter twice.
    pub attempt: Option<Attempt>,
}

/// Returns the `state` of an answer, to take its attempt out of storage with.
#[must_use]
pub fn state(fragment: &str) -> Option<String> {
    if fragment.len() > super::LONGEST_ANSWER {
        return None;
    }
    let mut states =
        url::form_urlencoded::parse(fragment.as_bytes()).filter(|(name, _)| name == "state").map(|(_, value)| value.into_owned());
    let first = states.next()?;
    states.next().is_none().then_some(first)
}

/// Whether an issuer is that of the authority that was asked: of its tenant, or of any where the person's home decides. Where an answer
/// names one, it must fit (RFC 9207); Entra does not promise to.
fn is_issuer(issuer: &str, login: &str, authority: &str) -> bool {
    let tenant = issuer.strip_prefix(login).and_then(|rest| rest.strip_prefix('/')).and_then(|rest| rest.strip_suffix("/v2.0"));
    let tenant = tenant.filter(|tenant| *tenant == "{tenantid}" || TenantId::parse(tenant).is_some());
    tenant.is_some_and(|tenant| TenantId::parse(authority).is_none() || tenant == authority)
}

/// Judges an answer against the attempt that was stored under its state. State comes before everything else, an error before the code.
/// `login` is the origin of the authority.
///
/// # Errors
/// Why no code may be redeemed.
pub fn judge(fragment: &str, attempt: Option<Attempt>, login: &str, now: Instant) -> Result<Answered, Box<Refusal>> {
    let refuse = |fault, attempt| Err(Box::new(Refusal { fault, attempt }));
    let Some(attempt) = attempt else { return refuse(CallbackFault::UnknownState, None) };
    if fragment.len() > super::LONGEST_ANSWER {
        return refuse(CallbackFault::Malformed("it is too long"), None);
    }
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect();
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return refuse(CallbackFault::Malformed("a parameter comes twice"), None);
    }
    let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if get("state") != Some(attempt.state.as_str()) {
        return refuse(CallbackFault::UnknownState, None);
    }
    if get("iss").is_some_and(|issuer| !is_issuer(issuer, login, &attempt.authority)) {
        return refuse(CallbackFault::Malformed("it comes from another issuer"), Some(attempt));
    }
    if attempt.is_stale(now) {
        return refuse(CallbackFault::Expired, Some(attempt));
    }
    if let Some(error) = get("error") {
        let fault = EntraFault::from_redirect(error, get("error_subcode"), get("error_description"));
        return refuse(CallbackFault::Refused(fault), Some(attempt));
    }
    match get("code") {
        Some(code) if !code.is_empty() => Ok(Answered { code: code.to_owned(), attempt }),
        _ => refuse(CallbackFault::Malformed("it has neither a code nor an error"), Some(attempt)),
    }
}
