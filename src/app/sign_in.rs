//! Leaves for Microsoft: to sign in, and for more than an account has in a tenant.

use super::redirect::{self, Stayed};
use super::{App, Current};
use crate::domain::ids::{AccountKey, TenantId};
use crate::domain::route::Route;
use crate::entra::attempt::ReturnTo;
use crate::entra::authorize::{Prompt, Wanted};
use crate::entra::callback;
use crate::entra::scopes::Scopes;
use crate::platform::page;
use leptos::prelude::*;

/// Starts a sign-in that comes back to this screen.
pub fn begin_here(app: App) {
    let _ = leaves_here(app);
}

/// The same; returns whether the page leaves.
#[must_use]
pub fn leaves_here(app: App) -> bool {
    begin(app, redirect::first_sign_in())
}

/// Begins anew what went back and forth.
pub fn start_over(app: App) {
    let Some(wanted) = app.looped.get_untracked() else { return };
    app.looped.set(None);
    redirect::forget();
    let _ = begin(app, wanted);
}

/// Who signs in where, for what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Whom {
    pub account: AccountKey,
    pub tenant: TenantId,
    pub scopes: Scopes,
}

impl Whom {
    #[must_use]
    pub fn of(current: &Current, scopes: Scopes) -> Self {
        Self { account: current.account.clone(), tenant: current.tenant.id.clone(), scopes }
    }
}

/// Goes to Microsoft for a notice that a sign-in or consent leads out of: for whom it says, else for the session in use.
pub fn answer(app: App, whom: Option<&Whom>) {
    let in_use = || app.current.get_untracked().map(|current| Whom::of(&current, Scopes::LOOK));
    match whom.cloned().or_else(in_use) {
        Some(whom) => step_up(app, &whom.account, &whom.tenant, whom.scopes),
        None => begin_here(app),
    }
}

/// Goes to Microsoft for more than the account has in a tenant: consent to these scopes, or what a policy of the tenant asks for. It
/// comes back to this screen.
pub fn step_up(app: App, account: &AccountKey, tenant: &TenantId, scopes: Scopes) {
    step_up_from(app, account, tenant, scopes, ReturnTo::of_path(&page::path()));
}

/// The same, coming back to another screen.
pub fn step_up_from(app: App, account: &AccountKey, tenant: &TenantId, scopes: Scopes, return_to: ReturnTo) {
    let known = app.accounts.with_untracked(|accounts| accounts.iter().find(|known| known.person.key == *account).cloned());
    let hint = known.map(|known| known.login_hint.unwrap_or(known.person.username));
    let prompt = hint.map_or(Prompt::SelectAccount, Prompt::Hint);
    let claims = app.vault().challenge_of(account, tenant);
    let _ =
        begin(app, Wanted { authority: tenant.to_string(), scopes, return_to, prompt, claims, account: Some(account.as_str().to_owned()) });
}

/// Leaves for Microsoft, or says why the page stays. Returns whether it left.
pub(super) fn begin(app: App, wanted: Wanted) -> bool {
    let Some(config) = app.config_now() else { return false };
    match redirect::leave(&config, wanted.clone()) {
        Ok(()) => return true,
        Err(Stayed::Configuration) => {}
        Err(Stayed::Loop) => app.looped.set(Some(wanted)),
        Err(Stayed::NoMemory) => app.notice.set(Some(crate::text::sign_in::no_memory())),
    }
    false
}

/// Puts the address of where the person was into the bar. Before the router reads it.
pub fn go_back(fragment: &str) {
    let to = callback::state(fragment).and_then(|state| redirect::return_of(&state)).unwrap_or(ReturnTo::Screen(Route::Home));
    page::replace_address(&to.path());
}
