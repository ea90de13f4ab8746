//! Gets tokens: takes those of a sign-in in, and renews them.

use super::{Held, TokenTrouble};
use crate::app::{Account, App, sealing};
use crate::domain::ids::{AccountKey, TenantId};
use crate::domain::session::Person;
use crate::entra::fault::{EntraFault, Meaning};
use crate::entra::id_token::{Claims, Expected, Nonce};
use crate::entra::scopes::Scopes;
use crate::entra::token::{self, TokenFault, Tokens};
use crate::platform::{clock, fetch};
use leptos::prelude::*;
use std::rc::Rc;

/// How tokens came.
pub enum Came {
    /// By a sign-in, whose nonce this is.
    SignIn(String),
    /// By a renewal with what was held then.
    Renewal(Held),
}

/// Takes tokens in. Returns whether they count: those of a renewal do not when the account was signed out meanwhile.
pub async fn accept(app: App, tokens: Tokens, scopes: Scopes, came: Came) -> bool {
    let vault = app.vault();
    let account = tokens.account.clone();
    let known = || app.accounts.with_untracked(|all| all.iter().find(|known| known.person.key == account).cloned());
    let ends = clock::now().plus_seconds(tokens.refresh_expires_in);
    let (seal, nonce, until) = match came {
        Came::SignIn(nonce) => {
            let until = ends.min(clock::now().plus_seconds(app.limits().absolute));
            (sealing::new_seal(app, &account, until).await, Some(nonce), until)
        }
        Came::Renewal(with) => {
            if !vault.held_of(&account).is_some_and(|held| Rc::ptr_eq(&held.seal, &with.seal)) {
                return false;
            }
            // A renewal makes no sign-in longer.
            (with.seal, with.nonce, known().map_or(ends, |known| known.signed_in_until.min(ends)))
        }
    };
    vault.keep(&tokens, scopes, nonce, seal);
    if tokens.claims.tenant == tokens.home {
        app.put_account(Account {
            person: Person {
                key: tokens.account.clone(),
                name: tokens.claims.name.clone(),
                username: tokens.claims.username.clone(),
                home: tokens.home.clone(),
            },
            login_hint: tokens.claims.login_hint.clone(),
            app_roles: tokens.claims.roles.clone(),
            signed_in_until: until,
        });
    }
    sealing::save(app, &account).await;
    true
}

/// Returns an access token for a tenant that carries these scopes, with the claims of its ID token.
///
/// # Errors
/// Why there is none: a person or an administrator must act.
pub async fn access(app: App, account: &AccountKey, tenant: &TenantId, scopes: Scopes) -> Result<(String, Claims), TokenTrouble> {
    let vault = app.vault();
    if let Some(held) = vault.held(account, tenant, scopes) {
        return Ok((held.token, held.claims));
    }
    let renewing = vault.renewing.borrow_mut().entry((account.clone(), tenant.clone())).or_default().clone();
    let _only = renewing.lock().await;
    match vault.held(account, tenant, scopes) {
        Some(held) => Ok((held.token, held.claims)),
        // Consent may have been given since the last one came with too little.
        None => renew(app, account, tenant, scopes).await,
    }
}

/// Notes what a tenant asks for, so that the next renewal and the next sign-in there carry it: over the redirect, too.
pub async fn challenged(app: App, account: &AccountKey, tenant: &TenantId, claims: &str) {
    app.vault().challenge(account, tenant, claims);
    sealing::save(app, account).await;
}

/// Asks for a fresh token, whatever is held.
///
/// # Errors
/// Why there is none: a person or an administrator must act.
pub async fn renew(app: App, account: &AccountKey, tenant: &TenantId, scopes: Scopes) -> Result<(String, Claims), TokenTrouble> {
    let config = app.config_now().ok_or(TokenTrouble::SignedOut)?;
    let mut answer = redeem(app, account, tenant, scopes).await?;
    let judged = |answer: &Redeemed| {
        let expected = Expected {
            login_origin: &config.login,
            client_id: &config.client_id,
            nonce: Nonce::Renewed(answer.with.nonce.as_deref()),
            tenant: Some(tenant),
            account: Some(account),
            now: clock::now(),
        };
        token::judge(answer.status, &answer.body, &expected)
    };
    let mut tokens = judged(&answer);
    if matches!(&tokens, Err(TokenFault::Refused(fault)) if fault.meaning(true) == Meaning::SignInEnded) {
        // Another tab may have signed in since: only what it stored says whether the sign-in has ended.
        sealing::adopt_of_device(app).await;
        if app.vault().held_of(account).is_some_and(|held| !Rc::ptr_eq(&held.seal, &answer.with.seal)) {
            answer = redeem(app, account, tenant, scopes).await?;
            tokens = judged(&answer);
        }
    }
    let tokens = match tokens {
        Ok(tokens) => tokens,
        Err(fault) => {
            // The sign-in that follows must meet what was asked for.
            if let TokenFault::Refused(EntraFault { claims: Some(claims), .. }) = &fault {
                challenged(app, account, tenant, claims).await;
            }
            return Err(TokenTrouble::Fault(fault));
        }
    };
    if &tokens.account != account {
        return Err(TokenTrouble::Fault(TokenFault::Malformed("the tokens are of another account")));
    }
    let (access_token, claims, missing) = (tokens.access_token.clone(), tokens.claims.clone(), scopes.missing_in(&tokens.scope));
    if !accept(app, tokens, scopes, Came::Renewal(answer.with)).await {
        return Err(TokenTrouble::SignedOut);
    }
    if missing.is_empty() { Ok((access_token, claims)) } else { Err(TokenTrouble::Missing(missing)) }
}

/// The answer to a renewal as it came, and what was redeemed for it.
pub struct Redeemed {
    pub status: u16,
    pub body: Vec<u8>,
    pub with: Held,
}

/// Redeems the refresh token of an account in a tenant. Nothing of the answer is kept. While a sign-in is being taken in this waits: the
/// token of before may lack what the tenant asked for.
///
/// # Errors
/// When there is nothing to redeem, or no answer came.
pub async fn redeem(app: App, account: &AccountKey, tenant: &TenantId, scopes: Scopes) -> Result<Redeemed, TokenTrouble> {
    let vault = app.vault();
    let config = app.config_now().ok_or(TokenTrouble::SignedOut)?;
    vault.settled.wait().await;
    let with = vault.held_of(account).ok_or(TokenTrouble::SignedOut)?;
    let challenge = vault.challenge_of(account, tenant);
    let request = token::refresh_request(&config, tenant, scopes, &with.token, challenge.as_deref());
    let answer = post_form(&request.map_err(|_| TokenTrouble::SignedOut)?).await.ok_or(TokenTrouble::NoAnswer)?;
    Ok(Redeemed { status: answer.status, body: answer.body, with })
}

/// Posts a form without any header of our own, so that no preflight is needed.
pub async fn post_form(request: &oauth2::HttpRequest) -> Option<fetch::Answer> {
    let body = String::from_utf8(request.body().clone()).ok()?;
    let headers = [("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")];
    fetch::send("POST", &request.uri().to_string(), &headers, Some(body), fetch::READ_MS).await.ok()
}

/// Gets fresh tokens, so that a change of the person's own roles is felt.
pub async fn renew_rights(app: App, account: &AccountKey, tenant: &TenantId) {
    app.vault().drop_access(account, tenant);
    let _ = access(app, account, tenant, Scopes::SIGN_IN).await;
}
