//! The token endpoint: requests built with the oauth2 crate, and the judgement of its answers.

use super::callback::Answered;
use super::cloud::Config;
use super::fault::EntraFault;
use super::id_token::{self, Claims, Expected, IdTokenFault};
use super::scopes::Feature;
use crate::domain::ids::{AccountKey, ObjectId, TenantId};
use crate::domain::time::Instant;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::basic::BasicClient;
use oauth2::{AuthorizationCode, ClientId, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope, TokenUrl};
use serde::Deserialize;
use std::cell::RefCell;

/// The request was taken instead of sent.
#[derive(Debug, thiserror::Error)]
#[error("taken")]
struct Taken;

/// What can't be built: an origin of the configuration is no URL.
#[derive(Debug, thiserror::Error)]
#[error("the configuration names no usable address")]
pub struct Unbuildable;

/// Lets the crate build a request, and takes it before it is sent: sending is not this module's business.
fn take<T, E>(build: impl FnOnce(&dyn Fn(HttpRequest) -> Result<HttpResponse, Taken>) -> Result<T, E>) -> Result<HttpRequest, Unbuildable> {
    let taken = RefCell::new(None);
    let client = |request: HttpRequest| {
        *taken.borrow_mut() = Some(request);
        Err(Taken)
    };
    let _ = build(&client);
    taken.into_inner().ok_or(Unbuildable)
}

fn token_url(config: &Config, authority: &str) -> Result<TokenUrl, Unbuildable> {
    TokenUrl::new(format!("{}/{authority}/oauth2/v2.0/token", config.login)).map_err(|_| Unbuildable)
}

/// Returns the request that redeems the code of a sign-in.
///
/// # Errors
/// When the configuration names no usable address.
pub fn code_request(config: &Config, answered: &Answered) -> Result<HttpRequest, Unbuildable> {
    let attempt = answered.attempt();
    let redirect = RedirectUrl::new(config.auth_uri()).map_err(|_| Unbuildable)?;
    let client = BasicClient::new(ClientId::new(config.client_id.to_string()))
        .set_token_uri(token_url(config, &attempt.authority)?)
        .set_redirect_uri(redirect);
    take(|send| {
        client
            .exchange_code(AuthorizationCode::new(answered.code().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .add_extra_param("scope", attempt.feature.scope(&config.graph))
            .add_extra_param("client_info", "1")
            .request(&send)
    })
}

/// Returns the request that redeems a refresh token in a tenant. The redirect URI goes along: without it a redemption in another tenant fails in browsers.
///
/// # Errors
/// When the configuration names no usable address.
pub fn refresh_request(config: &Config, tenant: &TenantId, feature: Feature, refresh_token: &str) -> Result<HttpRequest, Unbuildable> {
    let client = BasicClient::new(ClientId::new(config.client_id.to_string())).set_token_uri(token_url(config, tenant.as_str())?);
    take(|send| {
        client
            .exchange_refresh_token(&RefreshToken::new(refresh_token.to_owned()))
            .add_scopes(feature.scope(&config.graph).split(' ').map(|word| Scope::new(word.to_owned())))
            .add_extra_param("redirect_uri", config.auth_uri())
            .add_extra_param("client_info", "1")
            .request(&send)
    })
}

/// Tokens for one tenant. No Debug: nothing of it belongs into a log.
pub struct Tokens {
    pub access_token: String,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    pub scope: String,
    pub refresh_token: Option<String>,
    /// Seconds until the refresh token ends, 24 hours after the sign-in.
    pub refresh_expires_in: i64,
    pub claims: Claims,
    pub account: AccountKey,
    pub home: TenantId,
}

#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    #[error("Entra refused: {0}")]
    Refused(EntraFault),
    #[error(transparent)]
    IdToken(#[from] IdTokenFault),
    #[error("the answer is malformed: {0}")]
    Malformed(&'static str),
    /// An answer that Entra did not write, e.g. of a proxy.
    #[error("something between this page and Microsoft answered with status {0}")]
    Foreign(u16),
}

#[derive(Deserialize)]
struct Body {
    token_type: Option<String>,
    access_token: Option<String>,
    expires_in: Option<i64>,
    #[serde(default)]
    scope: String,
    refresh_token: Option<String>,
    refresh_token_expires_in: Option<i64>,
    id_token: Option<String>,
    client_info: Option<String>,
}

#[derive(Deserialize)]
struct ClientInfo {
    uid: String,
    utid: String,
}

/// Judges the answer to either request.
///
/// # Errors
/// Why there are no tokens.
pub fn judge(status: u16, body: &[u8], expected: &Expected<'_>) -> Result<Tokens, TokenFault> {
    if status != 200 {
        return Err(EntraFault::from_json(body).map_or(TokenFault::Foreign(status), TokenFault::Refused));
    }
    let body: Body = serde_json::from_slice(body).map_err(|_| TokenFault::Foreign(status))?;
    if !body.token_type.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err(TokenFault::Malformed("token_type is not Bearer"));
    }
    let access_token = body.access_token.filter(|token| !token.is_empty()).ok_or(TokenFault::Malformed("access_token is missing"))?;
    let id_token = body.id_token.ok_or(TokenFault::Malformed("id_token is missing"))?;
    let claims = id_token::judge(&id_token, expected)?;
    let info = body.client_info.and_then(|text| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok());
    let info: ClientInfo =
        info.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or(TokenFault::Malformed("client_info is missing"))?;
    let (Some(uid), Some(home)) = (ObjectId::parse(&info.uid), TenantId::parse(&info.utid)) else {
        return Err(TokenFault::Malformed("client_info is unreadable"));
    };
    if claims.tenant == home && claims.oid.as_ref() != Some(&uid) {
        return Err(TokenFault::Malformed("client_info names another person than the ID token"));
    }
    Ok(Tokens {
        access_token,
        expires_in: body.expires_in.unwrap_or(300).max(0),
        scope: body.scope,
        refresh_expires_in: body.refresh_token_expires_in.unwrap_or(86_400).clamp(0, 86_400),
        refresh_token: body.refresh_token,
        account: AccountKey::new(&uid, &home),
        home,
        claims,
    })
}

/// Returns the earliest moment at which a token should be renewed.
#[must_use]
pub fn renew_at(received: Instant, expires_in: i64) -> Instant {
    received.plus_seconds((expires_in - 300).max(expires_in / 2))
}
