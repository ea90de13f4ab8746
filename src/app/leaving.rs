//! Ends what a person began: signing out and erasing. Each reaches every tab of the browser, and none is undone by a tab that
//! hears of it late: the storage refuses what is older.

use super::{App, draft, reset, sealing, storage};
use crate::domain::ids::AccountKey;
use crate::entra::authorize;
use crate::platform::page;
use crate::platform::tabs::{self, Word};
use crate::store::Store;
use crate::text::faults;
use leptos::prelude::*;

/// Signs an account out of this browser, in every tab: its keys are destroyed.
pub async fn sign_out(app: App, account: &AccountKey) {
    sealing::forget_account(app, account);
    // What this person typed is not for whoever comes next.
    draft::forget(app);
    if let Some(database) = app.store().database() {
        let _ = database.end_sign_ins(Some(account)).await;
    }
    tabs::tell(&Word::SignedOut(account.clone()));
}

/// Forgets the account here and ends the browser's session at Microsoft.
pub async fn sign_out_at_microsoft(app: App, account: AccountKey) {
    let hint = app
        .accounts
        .with_untracked(|accounts| accounts.iter().find(|known| known.person.key == account).and_then(|known| known.login_hint.clone()));
    sign_out(app, &account).await;
    if let Some(url) = app.config_now().and_then(|config| authorize::logout(&config, hint.as_deref()).ok()) {
        page::go(url.as_str());
    }
}

/// Deletes all that this page keeps in the browser, in every tab: sessions, runs, choices, sealed sign-ins.
pub async fn erase(app: App) {
    reset::forget_everything(app);
    page::forget_choices("latchkey");
    if let Err(fault) = app.store().clear().await {
        app.storage_notice.set(Some(faults::storage(&fault)));
        return;
    }
    tabs::tell(&Word::Erased);
    storage::start_anew(app);
}
