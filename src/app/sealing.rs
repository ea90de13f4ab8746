//! Keeps sign-ins over a redirect or a reload: sealed in the tab, or on this device when the person chose so. Each sign-in has a key of
//! its own, which signing out destroys. An account that is over is dropped here too, with what was sealed of it and the tab's session.

use super::vault::{Held, Seal};
use super::{Account, App, Current, tab};
use crate::domain::ids::{AccountKey, TenantId};
use crate::domain::session::Person;
use crate::domain::time::Instant;
use crate::platform::tabs::{self, Word};
use crate::platform::{clock, crypto, page};
use crate::store::StoreFault;
use crate::store::sign_ins::{Sealed, Stored, key_name};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use web_sys::CryptoKey;

/// The sign-ins of this tab; boot.js looks whether there are any.
const TAB_KEY: &str = "latchkey.sealed";
/// The choice to stay signed in; boot.js reads and writes it too.
const KEEP: &str = "latchkey.keep";

/// What is sealed: enough to go on.
#[derive(Serialize, Deserialize)]
struct Kept {
    person: Person,
    login_hint: Option<String>,
    app_roles: Vec<String>,
    refresh_token: String,
    nonce: Option<String>,
    challenges: Vec<(TenantId, String)>,
}

/// Makes the key of a sign-in. Without storage, or in a browser that makes none, the sign-in lasts as long as the page.
pub async fn new_seal(app: App, account: &AccountKey, until: Instant) -> Rc<Seal> {
    let store = app.store();
    let Some(database) = store.database() else { return Rc::default() };
    let Ok(generation) = database.generation(account).await else { return Rc::default() };
    let name = crypto::new_run_id().map(|random| key_name(account, until, random.as_str()));
    let key = crypto::new_key().await.ok();
    Rc::new(Seal { generation, key: name.zip(key) })
}

/// Returns the sign-ins that the tab keeps.
fn of_tab() -> Vec<Sealed> {
    page::kept_in_tab(TAB_KEY).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Whether the tab keeps a sign-in over a reload.
#[must_use]
pub fn is_in_tab() -> bool {
    page::kept_in_tab(TAB_KEY).is_some()
}

/// Puts the sign-in of an account into the tab in place of what it kept of it, or takes it out.
fn put_in_tab(account: &AccountKey, sealed: Option<Sealed>) {
    let mut all = of_tab();
    all.retain(|kept| kept.account != *account);
    all.extend(sealed);
    if all.is_empty() {
        let _ = page::take_from_tab(TAB_KEY);
    } else if let Ok(text) = serde_json::to_string(&all) {
        page::keep_in_tab(TAB_KEY, &text);
    }
}

/// Takes an account, or all, out of the tab.
pub fn forget_in_tab(account: Option<&AccountKey>) {
    match account {
        Some(account) => put_in_tab(account, None),
        None => {
            let _ = page::take_from_tab(TAB_KEY);
        }
    }
}

/// Signs an account out of this tab.
pub fn forget_account(app: App, account: &AccountKey) {
    if drop_account(app, account) {
        tab::forget_session();
    }
}

/// Drops an account from this tab. Returns whether its session was in use; where the tab was stays known.
pub fn drop_account(app: App, account: &AccountKey) -> bool {
    app.vault().forget(account);
    forget_in_tab(Some(account));
    app.visit.set(None);
    let is_in_use = app.current.with_untracked(|current| current.as_ref().is_some_and(|current: &Current| current.account == *account));
    if is_in_use {
        app.current.set(None);
    }
    app.accounts.update(|accounts| accounts.retain(|known| known.person.key != *account));
    is_in_use
}

/// Seals the sign-in of an account where the person wants it. Whoever was signed out meanwhile is signed out here, too.
pub async fn save(app: App, account: &AccountKey) {
    let store = app.store();
    let Some(database) = store.database() else { return };
    let known = app.accounts.with_untracked(|all| all.iter().find(|known| known.person.key == *account).cloned());
    let (Some(known), Some(held)) = (known, app.vault().held_of(account)) else { return };
    let Some((name, key)) = held.seal.key.clone() else { return };
    let kept = Kept {
        person: known.person,
        login_hint: known.login_hint,
        app_roles: known.app_roles,
        refresh_token: held.token,
        nonce: held.nonce,
        challenges: app.vault().challenges_of(account),
    };
    let context = Sealed::context(account, held.seal.generation);
    let Ok(text) = serde_json::to_string(&kept) else { return };
    let Ok(text) = crypto::seal(&key, &context, &text).await else { return };
    let sealed = Sealed {
        account: account.clone(),
        key: name,
        generation: held.seal.generation,
        until: known.signed_in_until,
        taken: held.taken,
        text,
    };
    let on_device = app.keeps_signed_in.get_untracked();
    let mut stored = database.keep_sign_in(&sealed, &key, on_device).await;
    let mut is_on_device = on_device;
    if on_device && matches!(stored, Err(StoreFault::Full | StoreFault::Unavailable(_))) {
        // What the device does not take, the tab does.
        is_on_device = false;
        stored = database.keep_sign_in(&sealed, &key, false).await;
    }
    match stored {
        Ok((Stored::Kept, back)) if opens(&back, &context, &sealed).await => {
            // The new place is filled: whoever leaves the page at any moment is still signed in.
            put_in_tab(account, (!is_on_device).then_some(sealed));
        }
        Ok((Stored::Kept, _)) | Err(_) => {}
        Ok((Stored::Newer, _)) => adopt(app, Vec::new()).await,
        Ok((Stored::SignedOut, _)) => forget_account(app, account),
    }
}

/// Whether the browser gave a key back that works: some store one and return nothing.
async fn opens(key: &Option<CryptoKey>, context: &str, sealed: &Sealed) -> bool {
    match key {
        Some(key) => crypto::open(key, context, &sealed.text).await.is_ok(),
        None => false,
    }
}

/// Opens what was sealed before a redirect or a reload. What does not open counts as absent.
pub async fn restore(app: App) {
    app.keeps_signed_in.set(page::choice(KEEP));
    if let Some(database) = app.store().database() {
        // What is over goes at the latest when somebody comes back.
        let _ = database.sweep(clock::now()).await;
    }
    adopt(app, of_tab()).await;
    // The choice may have been made in the page that is there before the application: it counts, wherever the sign-ins were found.
    if is_in_tab() == app.keeps_signed_in.get_untracked() {
        follow_choice(app).await;
    }
}

/// Takes over what another tab stored on this device, where it is newer.
pub async fn adopt_of_device(app: App) {
    adopt(app, Vec::new()).await;
}

/// Takes sign-ins over that are newer than what this tab has: of the tab, and those of the device.
async fn adopt(app: App, of_tab: Vec<Sealed>) {
    let store = app.store();
    let Some(database) = store.database() else { return };
    let now = clock::now();
    for (sealed, key) in database.sign_ins(&of_tab).await.unwrap_or_default() {
        let known = app.accounts.with_untracked(|all| all.iter().find(|known| known.person.key == sealed.account).cloned());
        let has = known.zip(app.vault().held_of(&sealed.account)).map(|(known, held)| (known.signed_in_until, held.taken));
        if sealed.until <= now || has.is_some_and(|has| has >= (sealed.until, sealed.taken)) {
            continue;
        }
        let Ok(text) = crypto::open(&key, &Sealed::context(&sealed.account, sealed.generation), &sealed.text).await else { continue };
        let Ok(kept) = serde_json::from_str::<Kept>(&text) else { continue };
        if kept.person.key != sealed.account {
            continue;
        }
        let seal = Rc::new(Seal { generation: sealed.generation, key: Some((sealed.key, key)) });
        app.vault().hold(
            &sealed.account,
            Held { token: kept.refresh_token, nonce: kept.nonce, taken: sealed.taken, seal },
            kept.challenges,
        );
        app.put_account(Account {
            person: kept.person,
            login_hint: kept.login_hint,
            app_roles: kept.app_roles,
            signed_in_until: sealed.until,
        });
    }
}

/// Remembers whether to keep sign-ins on this device, and moves them.
pub async fn set_keeps_signed_in(app: App, keeps: bool) {
    page::choose(KEEP, keeps);
    follow_choice(app).await;
    tabs::tell(&Word::Kept);
}

/// Moves the sign-ins of this tab to where the person wants them now.
pub async fn follow_choice(app: App) {
    app.keeps_signed_in.set(page::choice(KEEP));
    let accounts: Vec<AccountKey> = app.accounts.with_untracked(|all| all.iter().map(|known| known.person.key.clone()).collect());
    for account in accounts {
        save(app, &account).await;
    }
}
