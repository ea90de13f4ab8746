//! Tokens: access tokens in memory, refresh tokens sealed and for 24 hours at most.

use super::{Account, App};
use crate::domain::ids::{AccountKey, TenantId};
use crate::domain::session::Person;
use crate::domain::time::Instant;
use crate::entra::id_token::{Claims, Expected};
use crate::entra::scopes::Feature;
use crate::entra::token::{self, TokenFault, Tokens};
use crate::graph::client::TenantClient;
use crate::platform::{clock, crypto, fetch, page};
use crate::store::{Shelf, Store};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;

const TAB_KEY: &str = "latchkey.sealed";
const SHELF_KEY: &str = "accounts";
/// The choice to stay signed in; boot.js reads and writes it too.
const KEEP: &str = "latchkey.keep";
const SEAL: &str = "latchkey/accounts/1";

#[derive(Clone)]
struct Access {
    token: String,
    scope: String,
    renew_at: Instant,
    claims: Claims,
}

type AccessKey = (AccountKey, TenantId, Feature);

#[derive(Default)]
pub struct Vault {
    refresh: RefCell<BTreeMap<AccountKey, String>>,
    access: RefCell<BTreeMap<AccessKey, Access>>,
    clients: RefCell<BTreeMap<(AccountKey, TenantId), TenantClient>>,
}

/// Why there is no token.
#[derive(Debug)]
pub enum TokenTrouble {
    Fault(TokenFault),
    NoAnswer,
    /// The account is not signed in any more.
    SignedOut,
    /// Consent covers less than the feature needs.
    Missing(Vec<&'static str>),
}

/// What is sealed: enough to go on after a redirect or a reload.
#[derive(Serialize, Deserialize)]
struct Sealed {
    person: Person,
    login_hint: Option<String>,
    app_roles: Vec<String>,
    until: Instant,
    refresh_token: String,
}

impl Vault {
    pub fn clear(&self) {
        self.refresh.borrow_mut().clear();
        self.access.borrow_mut().clear();
        self.clients.borrow_mut().clear();
    }

    pub fn forget(&self, account: &AccountKey) {
        self.refresh.borrow_mut().remove(account);
        self.access.borrow_mut().retain(|(key, _, _), _| key != account);
        self.clients.borrow_mut().retain(|(key, _), _| key != account);
    }

    /// Drops access tokens, so that the next request gets a fresh one with today's roles.
    pub fn drop_access(&self, account: &AccountKey, tenant: &TenantId) {
        self.access.borrow_mut().retain(|(key, of, _), _| key != account || of != tenant);
    }

    #[must_use]
    pub fn client(&self, account: &AccountKey, tenant: &TenantId) -> Option<TenantClient> {
        self.clients.borrow().get(&(account.clone(), tenant.clone())).cloned()
    }

    /// Returns the scopes that came with the token that is held for this.
    #[must_use]
    pub fn granted(&self, account: &AccountKey, tenant: &TenantId, feature: Feature) -> Option<String> {
        self.access.borrow().get(&(account.clone(), tenant.clone(), feature)).map(|access| access.scope.clone())
    }

    pub fn keep_client(&self, account: &AccountKey, client: TenantClient) {
        self.clients.borrow_mut().insert((account.clone(), client.tenant().id.clone()), client);
    }

    fn keep(&self, tokens: &Tokens, feature: Feature) {
        let key = (tokens.account.clone(), tokens.claims.tenant.clone(), feature);
        let renew_at = token::renew_at(clock::now(), tokens.expires_in);
        let access = Access { token: tokens.access_token.clone(), scope: tokens.scope.clone(), renew_at, claims: tokens.claims.clone() };
        self.access.borrow_mut().insert(key, access);
        if let Some(refresh_token) = &tokens.refresh_token {
            self.refresh.borrow_mut().insert(tokens.account.clone(), refresh_token.clone());
        }
    }
}

/// Takes the tokens of a sign-in or a renewal in.
pub async fn accept(app: App, tokens: Tokens, feature: Feature) {
    let vault = app.vault();
    vault.keep(&tokens, feature);
    if tokens.claims.tenant == tokens.home {
        let account = Account {
            person: Person {
                key: tokens.account.clone(),
                name: tokens.claims.name.clone(),
                username: tokens.claims.username.clone(),
                home: tokens.home.clone(),
            },
            login_hint: tokens.claims.login_hint.clone(),
            app_roles: tokens.claims.roles.clone(),
            signed_in_until: clock::now().plus_seconds(tokens.refresh_expires_in),
        };
        app.accounts.update(|accounts| {
            accounts.retain(|known| known.person.key != account.person.key);
            accounts.push(account);
        });
    }
    save(app).await;
}

/// Returns an access token for a tenant and a feature, with the claims of its ID token.
///
/// # Errors
/// Why there is none: a person or an administrator must act.
pub async fn access(app: App, account: &AccountKey, tenant: &TenantId, feature: Feature) -> Result<(String, Claims), TokenTrouble> {
    let vault = app.vault();
    let key = (account.clone(), tenant.clone(), feature);
    let kept = vault.access.borrow().get(&key).cloned();
    if let Some(kept) = kept.filter(|kept| clock::now() < kept.renew_at) {
        let missing = feature.missing_in(&kept.scope);
        return if missing.is_empty() { Ok((kept.token, kept.claims)) } else { Err(TokenTrouble::Missing(missing)) };
    }
    let config = app.config_now().ok_or(TokenTrouble::SignedOut)?;
    let refresh_token = vault.refresh.borrow().get(account).cloned().ok_or(TokenTrouble::SignedOut)?;
    let request = token::refresh_request(&config, tenant, feature, &refresh_token).map_err(|_| TokenTrouble::SignedOut)?;
    let answer = post_form(&request).await.ok_or(TokenTrouble::NoAnswer)?;
    let expected =
        Expected { login_origin: &config.login, client_id: &config.client_id, nonce: None, tenant: Some(tenant), now: clock::now() };
    let tokens = token::judge(answer.status, &answer.body, &expected).map_err(TokenTrouble::Fault)?;
    if &tokens.account != account {
        return Err(TokenTrouble::Fault(TokenFault::Malformed("the tokens are of another account")));
    }
    let (access_token, claims, missing) = (tokens.access_token.clone(), tokens.claims.clone(), feature.missing_in(&tokens.scope));
    accept(app, tokens, feature).await;
    if missing.is_empty() { Ok((access_token, claims)) } else { Err(TokenTrouble::Missing(missing)) }
}

/// Posts a form without any header of our own, so that no preflight is needed.
pub async fn post_form(request: &oauth2::HttpRequest) -> Option<fetch::Answer> {
    let body = String::from_utf8(request.body().clone()).ok()?;
    let headers = [("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")];
    fetch::send("POST", &request.uri().to_string(), &headers, Some(body), fetch::READ_MS).await.ok()
}

/// Seals the accounts: in the tab, or for a day on this device when the person chose so.
pub async fn save(app: App) {
    let vault = app.vault();
    let refresh = vault.refresh.borrow().clone();
    let sealed: Vec<Sealed> = app.accounts.with_untracked(|accounts| {
        let of = |account: &Account| {
            Some(Sealed {
                refresh_token: refresh.get(&account.person.key)?.clone(),
                person: account.person.clone(),
                login_hint: account.login_hint.clone(),
                app_roles: account.app_roles.clone(),
                until: account.signed_in_until,
            })
        };
        accounts.iter().filter_map(of).collect()
    });
    let store = app.store();
    let Some(database) = store.database() else { return };
    let key = match database.key(SHELF_KEY).await {
        Ok(Some(key)) => Some(key),
        _ => new_key(database).await,
    };
    let Some(key) = key else { return };
    let Ok(text) = serde_json::to_string(&sealed) else { return };
    let Ok(text) = crypto::seal(&key, SEAL, &text).await else { return };
    // The new place first, then the old one: who leaves the page in between is still signed in.
    if app.keeps_signed_in.get_untracked() {
        if store.put(Shelf::Sealed, SHELF_KEY, &text).await.is_ok() {
            let _ = page::take_from_tab(TAB_KEY);
        }
    } else {
        page::keep_in_tab(TAB_KEY, &text);
        let _ = store.delete(Shelf::Sealed, SHELF_KEY).await;
    }
}

/// Makes the key and reads it back: some browsers store a key and return nothing.
async fn new_key(database: &crate::store::indexed_db::IndexedDb) -> Option<web_sys::CryptoKey> {
    let key = crypto::new_key().await.ok()?;
    database.put_key(SHELF_KEY, &key).await.ok()?;
    let stored = database.key(SHELF_KEY).await.ok()??;
    let probe = crypto::seal(&key, SEAL, "probe").await.ok()?;
    (crypto::open(&stored, SEAL, &probe).await.ok()? == "probe").then_some(stored)
}

/// Opens what was sealed before a redirect or a reload. What does not open counts as absent.
pub async fn restore(app: App) {
    let store = app.store();
    app.keeps_signed_in.set(page::choice(KEEP));
    let Some(database) = store.database() else { return };
    let sealed = match page::kept_in_tab(TAB_KEY) {
        Some(sealed) => Some(sealed),
        None => store.get(Shelf::Sealed, SHELF_KEY).await.ok().flatten(),
    };
    let (Some(sealed), Ok(Some(key))) = (sealed, database.key(SHELF_KEY).await) else { return };
    let Ok(text) = crypto::open(&key, SEAL, &sealed).await else { return };
    let accounts: Vec<Sealed> = serde_json::from_str(&text).unwrap_or_default();
    let now = clock::now();
    for sealed in accounts.into_iter().filter(|sealed| sealed.until > now) {
        app.vault().refresh.borrow_mut().insert(sealed.person.key.clone(), sealed.refresh_token);
        let account =
            Account { person: sealed.person, login_hint: sealed.login_hint, app_roles: sealed.app_roles, signed_in_until: sealed.until };
        app.accounts.update(|accounts| accounts.push(account));
    }
}

/// Remembers whether to keep the sign-in on this device.
pub async fn set_keeps_signed_in(app: App, keeps: bool) {
    app.keeps_signed_in.set(keeps);
    page::choose(KEEP, keeps);
    save(app).await;
}
