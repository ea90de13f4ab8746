//! The request for a sign-in (entra-docs, v2-oauth2-auth-code-flow), built with the oauth2 crate.

use super::attempt::{Attempt, ReturnTo};
use super::claims;
use super::cloud::Config;
use super::scopes::Scopes;
use domain::time::Instant;
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, ResponseType, Scope};
use url::Url;

/// How Entra should treat the sessions that the browser has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Prompt {
    /// Ask which account.
    SelectAccount,
    /// Ask for the password of this account, whoever is signed in.
    Anew(String),
    /// Go on with this account: its `login_hint` claim or user name.
    Hint(String),
}

/// What a sign-in is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// `organizations`, or the id of the tenant to sign in to.
    pub authority: String,
    /// The delegated permissions of Microsoft Graph to ask for; OpenID Connect's own scopes are added by [`Scopes::parameter`].
    pub scopes: Scopes,
    /// Where the page goes on after the answer; it stays in this tab and is not sent.
    pub return_to: ReturnTo,
    /// Whether Entra asks for an account or a password, and which account it is told of.
    pub prompt: Prompt,
    /// The `claims` of a challenge that must be met.
    pub claims: Option<String>,
    /// Whom the sign-in is for, as text of an [`AccountKey`](domain::ids::AccountKey); `None` when anybody may answer. It is not sent to
    /// Entra: who answered is compared with it.
    pub account: Option<String>,
}

/// Returns the address to go to, and what to keep until the answer.
///
/// # Errors
/// When an origin of the configuration is no URL.
pub fn request(config: &Config, wanted: Wanted, now: Instant) -> Result<(Url, Attempt), url::ParseError> {
    let client = BasicClient::new(ClientId::new(config.client_id.to_string()))
        .set_auth_uri(AuthUrl::new(format!("{}/{}/oauth2/v2.0/authorize", config.login, wanted.authority))?)
        .set_redirect_uri(RedirectUrl::new(config.auth_uri())?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256_len(64);
    let (state, nonce) = (CsrfToken::new_random_len(32), CsrfToken::new_random_len(32));
    let scope = wanted.scopes.parameter(&config.graph);
    let mut request = client
        .authorize_url(|| state.clone())
        .set_response_type(&ResponseType::new("code".to_owned()))
        .set_pkce_challenge(challenge)
        .add_scopes(scope.split(' ').map(|word| Scope::new(word.to_owned())))
        .add_extra_param("response_mode", "fragment")
        .add_extra_param("nonce", nonce.secret().clone())
        .add_extra_param("client_info", "1")
        .add_extra_param("claims", claims::parameter(wanted.claims.as_deref()));
    request = match &wanted.prompt {
        Prompt::SelectAccount => request.add_extra_param("prompt", "select_account"),
        Prompt::Anew(hint) => request.add_extra_param("prompt", "login").add_extra_param("login_hint", hint.clone()),
        Prompt::Hint(hint) => request.add_extra_param("login_hint", hint.clone()),
    };
    let (url, state) = request.url();
    let attempt = Attempt {
        state: state.secret().clone(),
        nonce: nonce.secret().clone(),
        verifier: verifier.secret().clone(),
        authority: wanted.authority,
        scopes: wanted.scopes,
        return_to: wanted.return_to,
        started: now,
        claims: wanted.claims,
        account: wanted.account,
    };
    Ok((url, attempt))
}

/// Returns the address that ends the browser's session at Microsoft.
///
/// # Errors
/// When the origin of the configuration is no URL.
pub fn logout(config: &Config, hint: Option<&str>) -> Result<Url, url::ParseError> {
    let mut url = Url::parse(&format!("{}/organizations/oauth2/v2.0/logout", config.login))?;
    url.query_pairs_mut().append_pair("post_logout_redirect_uri", &config.auth_uri());
    if let Some(hint) = hint {
        url.query_pairs_mut().append_pair("logout_hint", hint);
    }
    Ok(url)
}
