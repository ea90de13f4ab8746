//! The claims of an ID token that came straight from the token endpoint (OpenID Connect Core 3.1.3.7; entra-docs, id-token-claims-reference).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{AccountKey, AppId, ObjectId, TenantId};
use domain::name::marked;
use domain::time::Instant;
use serde::Deserialize;
use serde_json::Value;

/// The clock difference that is forgiven, in seconds.
const SKEW: i64 = 300;

/// What a token must say.
pub struct Expected<'a> {
    /// The origin of the sign-in endpoints: `iss` must be `<origin>/<tid>/v2.0`.
    pub login_origin: &'a str,
    /// The page's own application (client) ID, which `aud` must be.
    pub client_id: &'a AppId,
    /// What `nonce` must be.
    pub nonce: Nonce<'a>,
    /// The tenant that the token was asked for; `None` when the person's home decides.
    pub tenant: Option<&'a TenantId>,
    /// Whose token it must be, where that is known.
    pub account: Option<&'a AccountKey>,
    /// The moment at which `exp` and `nbf` are judged; five minutes either way are forgiven.
    pub now: Instant,
}

/// Which nonce a token may carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nonce<'a> {
    /// That of the attempt whose code was redeemed.
    Sent(&'a str),
    /// A renewal: none, or that of the sign-in (OpenID Connect Core 12.2; Entra sends it). `None` where the sign-in was that of an
    /// older release, which did not keep it.
    Renewed(Option<&'a str>),
}

/// The claims that we rely on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claims {
    /// `tid`: the tenant that the tokens are for, which may be another than the account's home.
    pub tenant: TenantId,
    /// Missing for a partner's technician in a customer's tenant.
    pub oid: Option<ObjectId>,
    /// `name`, marked and for display only; empty when it is missing. For a partner's technician it names the partner's company.
    pub name: String,
    /// `preferred_username`, marked and for display only, since it can change; empty when it is missing.
    pub username: String,
    /// `login_hint`, for the next sign-in and for signing out; `None` unless the registration has this optional claim.
    pub login_hint: Option<String>,
    /// App roles of our own application.
    pub roles: Vec<String>,
    /// When it was issued, in seconds since the epoch: a measure of our clock.
    pub issued_at: i64,
}

/// Why an ID token is not accepted: the text says in English which claim or part is wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ID token is not acceptable: {0}")]
pub struct IdTokenFault(pub &'static str);

#[derive(Deserialize)]
struct Raw {
    ver: Option<String>,
    iss: Option<String>,
    aud: Option<Value>,
    exp: Option<i64>,
    nbf: Option<i64>,
    iat: Option<i64>,
    nonce: Option<Value>,
    tid: Option<String>,
    oid: Option<String>,
    sub: Option<String>,
    name: Option<String>,
    preferred_username: Option<String>,
    login_hint: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

/// Reads and judges an ID token. The signature is not checked: the token came over TLS from the token endpoint itself.
///
/// # Errors
/// The first claim that is missing or wrong.
pub fn judge(token: &str, expected: &Expected<'_>) -> Result<Claims, IdTokenFault> {
    let fault = |what| Err(IdTokenFault(what));
    let parts: Vec<&str> = token.split('.').collect();
    let [header, body, _signature] = parts.as_slice() else { return fault("it has not three parts") };
    let header: Value = decode(header).ok_or(IdTokenFault("its header is unreadable"))?;
    match header.get("alg").and_then(Value::as_str) {
        Some("RS256") => {}
        _ => return fault("its algorithm is not RS256"),
    }
    let raw: Raw = decode(body).ok_or(IdTokenFault("its claims are unreadable"))?;
    if raw.ver.as_deref() != Some("2.0") {
        return fault("ver is not 2.0");
    }
    let Some(tenant) = raw.tid.as_deref().and_then(TenantId::parse) else { return fault("tid is missing or no GUID") };
    if raw.iss.as_deref() != Some(format!("{}/{tenant}/v2.0", expected.login_origin).as_str()) {
        return fault("iss is not the expected issuer");
    }
    if raw.aud.as_ref().and_then(Value::as_str) != Some(expected.client_id.as_str()) {
        return fault("aud is not this application");
    }
    let now = expected.now.0 / 1000;
    match raw.exp {
        Some(exp) if now < exp.saturating_add(SKEW) => {}
        Some(_) => return fault("it has expired"),
        None => return fault("exp is missing"),
    }
    if raw.nbf.is_some_and(|nbf| nbf.saturating_sub(SKEW) > now) {
        return fault("it is not valid yet");
    }
    let Some(issued_at) = raw.iat else { return fault("iat is missing") };
    if raw.sub.as_deref().unwrap_or_default().is_empty() {
        return fault("sub is missing");
    }
    match (expected.nonce, &raw.nonce) {
        (Nonce::Sent(wanted) | Nonce::Renewed(Some(wanted)), Some(Value::String(nonce))) if nonce == wanted => {}
        (Nonce::Renewed(_), None) | (Nonce::Renewed(None), Some(Value::String(_))) => {}
        (Nonce::Sent(_) | Nonce::Renewed(_), _) => return fault("nonce is not the one that was sent"),
    }
    if expected.tenant.is_some_and(|wanted| *wanted != tenant) {
        return fault("tid is not the tenant that was asked for");
    }
    Ok(Claims {
        tenant,
        oid: raw.oid.as_deref().and_then(ObjectId::parse),
        name: marked(&raw.name.unwrap_or_default()),
        username: marked(&raw.preferred_username.unwrap_or_default()),
        login_hint: raw.login_hint,
        roles: raw.roles,
        issued_at,
    })
}

fn decode<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    // As a text: in bytes, serde_json does not look at strings that it skips.
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?).ok()?;
    serde_json::from_str(&text).ok()
}
