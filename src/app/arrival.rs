//! Takes the answer of a sign-in in, and goes on where the person was.

use super::vault::tokens::{self, Came};
use super::{App, accounts, checks, idle, locks, redirect, sessions};
use crate::domain::ids::{AccountKey, TenantId};
use crate::domain::route::Route;
use crate::entra::attempt::{LIFE, ReturnTo};
use crate::entra::callback::{self, CallbackFault};
use crate::entra::id_token::{Expected, Nonce};
use crate::entra::token;
use crate::platform::{clock, page};
use crate::text::faults;
use leptos::prelude::*;

/// Finishes a sign-in with the answer that boot.js took out of the address.
pub async fn take(app: App, fragment: &str) {
    let attempt = callback::state(fragment).and_then(|state| redirect::take_attempt(&state));
    let Some(config) = app.config_now() else { return };
    let answered = match callback::judge(fragment, attempt, &config.login, clock::now()) {
        Ok(answered) => answered,
        Err(refusal) => {
            // Going back to an address that was used already is no error for somebody who is signed in.
            if !(refusal.fault == CallbackFault::UnknownState && app.accounts.with_untracked(|accounts| !accounts.is_empty())) {
                app.notice.set(Some(faults::callback(&refusal.fault)));
            }
            return;
        }
    };
    let Ok(request) = token::code_request(&config, &answered) else { return };
    let attempt = answered.attempt();
    // A tab that was duplicated on its way has the attempt as well. Longer than an attempt lives: a code is never sent twice.
    if !locks::claim_once(app, &format!("latchkey-answer-{}", attempt.state), 2 * LIFE).await {
        app.notice.set(Some(faults::callback(&CallbackFault::UnknownState)));
        return;
    }
    let tenant = TenantId::parse(&attempt.authority);
    let wanted = attempt.account.as_deref().and_then(AccountKey::parse);
    let expected = Expected {
        login_origin: &config.login,
        client_id: &config.client_id,
        nonce: Nonce::Sent(&attempt.nonce),
        tenant: tenant.as_ref(),
        account: wanted.as_ref(),
        now: clock::now(),
    };
    let Some(answer) = tokens::post_form(&request).await else {
        let host = config.login.split("//").nth(1).unwrap_or(&config.login);
        app.notice.set(Some(if page::policy_stops(&config.login) { faults::blocked(host) } else { faults::no_answer() }));
        return;
    };
    match token::judge(answer.status, &answer.body, &expected) {
        Ok(tokens) if matches!(attempt.return_to, ReturnTo::Proof(_)) => {
            let ReturnTo::Proof(run) = attempt.return_to.clone() else { return };
            app.vault().settle().await;
            accounts::proved(app, run, tokens.claims.oid).await;
        }
        Ok(tokens) => {
            let (account, of, home) = (tokens.account.clone(), tokens.claims.tenant.clone(), tokens.home.clone());
            tokens::accept(app, tokens, attempt.scopes, Came::SignIn(attempt.nonce.clone())).await;
            app.vault().settle().await;
            let waited = idle::unlocked(app, &account);
            if let Some(wanted) = wanted.filter(|wanted| *wanted != account) {
                // Whose sign-in is over is known from what they did.
                let of_sessions = |key: &AccountKey| {
                    app.sessions.with_untracked(|all| all.iter().find(|s| s.person.key == *key).map(|s| s.person.username.clone()))
                };
                let shown = |key: &AccountKey| {
                    let of_accounts =
                        app.accounts.with_untracked(|all| all.iter().find(|a| a.person.key == *key).map(|a| a.person.username.clone()));
                    of_accounts.or_else(|| of_sessions(key)).unwrap_or_else(|| crate::text::sign_in::SOMEBODY_ELSE.into())
                };
                app.notice.set(Some(crate::text::sign_in::other_account(&shown(&account), &shown(&wanted))));
                return;
            }
            match waited {
                Some(record) => sessions::switch(app, &record.id).await,
                None => sessions::open(app, &account, &of, home != of).await,
            };
            if attempt.return_to == ReturnTo::Screen(Route::Consents) {
                checks::go_on(app, &home).await;
            }
        }
        Err(fault) => app.notice.set(Some(faults::token(&fault, faults::THE_TENANT, true))),
    }
}
