//! Sign-in by redirect, step-up, and sign-out.

use super::redirect::{self, Stayed};
use super::{App, Current, sessions, vault};
use crate::domain::blueprint::Kind;
use crate::domain::ids::{AccountKey, TenantId};
use crate::entra::attempt::ReturnTo;
use crate::entra::authorize::{self, Prompt, Wanted};
use crate::entra::callback::{self, CallbackFault};
use crate::entra::id_token::Expected;
use crate::entra::scopes::Feature;
use crate::entra::token;
use crate::platform::{clock, page};
use crate::text::faults;
use leptos::prelude::*;

/// Starts a sign-in that comes back to the first screen.
pub fn begin_here(app: App) {
    begin(app, redirect::first_sign_in());
}

/// Goes to Microsoft for more than the account has consented to, in a tenant, and comes back to where it was asked.
pub fn step_up(app: App, account: &AccountKey, tenant: &TenantId, feature: Feature, return_to: ReturnTo, claims: Option<String>) {
    let known = app.accounts.with_untracked(|accounts| accounts.iter().find(|known| known.person.key == *account).cloned());
    let hint = known.map(|known| known.login_hint.unwrap_or(known.person.username));
    let prompt = hint.map_or(Prompt::SelectAccount, Prompt::Hint);
    begin(app, Wanted { authority: tenant.to_string(), feature, return_to, prompt, claims, account: Some(account.as_str().to_owned()) });
}

fn begin(app: App, wanted: Wanted) {
    let Some(config) = app.config_now() else { return };
    let notice = match redirect::leave(&config, wanted) {
        Ok(()) | Err(Stayed::Configuration) => return,
        Err(Stayed::Loop) => crate::text::Notice::new(
            "The sign-in went back and forth without an end, so it was stopped.",
            "Wait two minutes and sign in again. If it happens again, a setting of the tenant is in the way.",
        ),
        Err(Stayed::NoMemory) => crate::text::Notice::new(
            "This browser does not let the page remember the sign-in.",
            "Allow this site to store data for the session, then try again.",
        ),
    };
    app.notice.set(Some(notice));
}

/// Finishes a sign-in with the answer that boot.js took out of the address.
pub async fn finish(app: App, fragment: &str) {
    let attempt = callback::state(fragment).and_then(|state| redirect::take_attempt(&state));
    let answered = match callback::judge(fragment, attempt, clock::now()) {
        Ok(answered) => answered,
        Err(refusal) => {
            // Going back to an address that was used already is no error for somebody who is signed in.
            if !(refusal.fault == CallbackFault::UnknownState && app.accounts.with_untracked(|accounts| !accounts.is_empty())) {
                app.notice.set(Some(faults::callback(&refusal.fault)));
            }
            return;
        }
    };
    let Some(config) = app.config_now() else { return };
    let Ok(request) = token::code_request(&config, &answered) else { return };
    let attempt = answered.attempt();
    let tenant = TenantId::parse(&attempt.authority);
    let expected = Expected {
        login_origin: &config.login,
        client_id: &config.client_id,
        nonce: Some(&attempt.nonce),
        tenant: tenant.as_ref(),
        now: clock::now(),
    };
    let Some(answer) = vault::post_form(&request).await else {
        app.notice.set(Some(faults::no_answer()));
        return;
    };
    match token::judge(answer.status, &answer.body, &expected) {
        Ok(tokens) if matches!(attempt.return_to, ReturnTo::Proof(_)) => {
            let ReturnTo::Proof(run) = attempt.return_to.clone() else { return };
            super::accounts::proved(app, run, tokens.claims.oid).await;
        }
        Ok(tokens) => {
            let (account, of, home) = (tokens.account.clone(), tokens.claims.tenant.clone(), tokens.home.clone());
            let expected_account = attempt.account.clone();
            vault::accept(app, tokens, attempt.feature).await;
            if let Some(wanted) = expected_account.filter(|wanted| wanted != account.as_str()) {
                let shown = |key: &str| {
                    app.accounts
                        .with_untracked(|all| all.iter().find(|a| a.person.key.as_str() == key).map(|a| a.person.username.clone()))
                        .unwrap_or_default()
                };
                app.notice.set(Some(crate::text::Notice::new(
                    format!("You signed in as {}, but this was for {}.", shown(account.as_str()), shown(&wanted)),
                    "Nothing was done with the other account. Switch the session at the top, or sign in again.",
                )));
                return;
            }
            sessions::open(app, &account, &of, home != of).await;
        }
        Err(fault) => app.notice.set(Some(faults::token(&fault, "The tenant"))),
    }
}

/// Puts the address of where the person was into the bar. Before the router reads it.
pub fn go_back(fragment: &str) {
    let to = callback::state(fragment).and_then(|state| redirect::return_of(&state)).unwrap_or(ReturnTo::Home);
    page::replace_address(&address_of(&to));
}

/// Returns the address of a screen that a sign-in can come back to.
#[must_use]
pub fn address_of(to: &ReturnTo) -> String {
    match to {
        ReturnTo::Home => "/".into(),
        ReturnTo::Wizard(Kind::AppSession) => "/app/new/app-session".into(),
        ReturnTo::Wizard(Kind::ConnectionAccount) => "/app/new/connection-account".into(),
        ReturnTo::Wizard(Kind::CalendarSync) => "/app/new/calendar-sync".into(),
        ReturnTo::Partner => "/app/partner".into(),
        ReturnTo::Run(run) | ReturnTo::Proof(run) => format!("/app/run/{run}"),
        ReturnTo::App(app) => format!("/app/apps/{app}"),
    }
}

/// Forgets the account here and ends the browser's session at Microsoft.
pub async fn sign_out(app: App, account: AccountKey) {
    let hint = app
        .accounts
        .with_untracked(|accounts| accounts.iter().find(|known| known.person.key == account).and_then(|known| known.login_hint.clone()));
    app.vault().forget(&account);
    app.accounts.update(|accounts| accounts.retain(|known| known.person.key != account));
    if app.current.with_untracked(|current| current.as_ref().is_some_and(|current: &Current| current.account == account)) {
        app.current.set(None);
        sessions::remember_current(None);
    }
    vault::save(app).await;
    if let Some(url) = app.config_now().and_then(|config| authorize::logout(&config, hint.as_deref()).ok()) {
        page::go(url.as_str());
    }
}
