//! The token endpoint: requests built with the oauth2 crate, and the judgement of its answers.

use super::callback::Answered;
use super::claims;
use super::cloud::Config;
use super::fault::EntraFault;
use super::id_token::{self, Claims, Expected, IdTokenFault};
use super::scopes::Scopes;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{AccountKey, ObjectId, TenantId};
use domain::time::Instant;
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
            .add_extra_param("scope", attempt.scopes.parameter(&config.graph))
            .add_extra_param("client_info", "1")
            .add_extra_param("claims", claims::parameter(attempt.claims.as_deref()))
            .request(&send)
    })
}

/// Returns the request that redeems a refresh token in a tenant. The redirect URI goes along: without it a redemption in another tenant fails in browsers.
/// `challenge` is what Graph asked for in that tenant.
///
/// # Errors
/// When the configuration names no usable address.
pub fn refresh_request(
    config: &Config,
    tenant: &TenantId,
    scopes: Scopes,
    refresh_token: &str,
    challenge: Option<&str>,
) -> Result<HttpRequest, Unbuildable> {
    let client = BasicClient::new(ClientId::new(config.client_id.to_string())).set_token_uri(token_url(config, tenant.as_str())?);
    take(|send| {
        client
            .exchange_refresh_token(&RefreshToken::new(refresh_token.to_owned()))
            .add_scopes(scopes.parameter(&config.graph).split(' ').map(|word| Scope::new(word.to_owned())))
            .add_extra_param("redirect_uri", config.auth_uri())
            .add_extra_param("client_info", "1")
            .add_extra_param("claims", claims::parameter(challenge))
            .request(&send)
    })
}

/// Tokens for one tenant. No Debug: nothing of it belongs into a log.
pub struct Tokens {
    /// The bearer token for Graph in the tenant of `claims`. Its text means nothing to this page.
    pub access_token: String,
    /// Seconds until the access token ends.
    pub expires_in: i64,
    /// What the tenant granted, as Entra writes it: words between blanks, more or fewer than were asked for ([`Scopes::missing_in`]). Empty
    /// when it did not say.
    pub scope: String,
    /// The token that renews these, in other tenants too; `None` when the answer has none: then the one that was redeemed is kept.
    pub refresh_token: Option<String>,
    /// Seconds until the refresh token ends, 24 hours after the sign-in.
    pub refresh_expires_in: i64,
    /// What the ID token says, which was judged.
    pub claims: Claims,
    /// Whose tokens they are, by `client_info`; without one, whose they were asked for.
    pub account: AccountKey,
    /// The tenant that the account is of; in a customer's tenant it is another than that of `claims`.
    pub home: TenantId,
}

/// Why an answer of the token endpoint, or of the relay before it, brings no tokens.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// Entra said no.
    #[error("Entra refused: {0}")]
    Refused(EntraFault),
    /// The ID token that came with them is not acceptable.
    #[error(transparent)]
    IdToken(#[from] IdTokenFault),
    /// Entra's answer lacks something or contradicts itself; the text says in English what is wrong with it.
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
    let (account, home) = whose(body.client_info.as_deref(), &claims, expected)?;
    Ok(Tokens {
        access_token,
        expires_in: body.expires_in.unwrap_or(300).max(0),
        scope: body.scope,
        refresh_expires_in: body.refresh_token_expires_in.unwrap_or(86_400).clamp(0, 86_400),
        refresh_token: body.refresh_token,
        account,
        home,
        claims,
    })
}

/// Returns whose tokens they are. At home `client_info` is demanded; in another tenant's answer it may be missing (MSAL accepts that
/// too), and then the tokens are of whoever they were asked for. What it says must agree with the ID token and the request.
fn whose(client_info: Option<&str>, claims: &Claims, expected: &Expected<'_>) -> Result<(AccountKey, TenantId), TokenFault> {
    let fault = |what| Err(TokenFault::Malformed(what));
    let asked_for = expected.account.and_then(|account| Some((account.clone(), account.home()?)));
    let Some(text) = client_info else {
        return match asked_for {
            Some((account, home)) if claims.tenant != home => Ok((account, home)),
            _ => fault("client_info is missing"),
        };
    };
    let info = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let info = info.and_then(|bytes| serde_json::from_slice::<ClientInfo>(&bytes).ok());
    let Some((uid, home)) = info.and_then(|info| Some((ObjectId::parse(&info.uid)?, TenantId::parse(&info.utid)?))) else {
        return fault("client_info is unreadable");
    };
    if claims.tenant == home && claims.oid.as_ref() != Some(&uid) {
        return fault("client_info names another person than the ID token");
    }
    Ok((AccountKey::new(&uid, &home), home))
}

/// Returns the earliest moment at which a token should be renewed.
#[must_use]
pub fn renew_at(received: Instant, expires_in: i64) -> Instant {
    received.plus_seconds((expires_in - 300).max(expires_in / 2))
}
