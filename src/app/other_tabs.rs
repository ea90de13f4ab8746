//! What other tabs do, and what this one makes of it.

use super::{App, idle, runs, sealing, storage};
use crate::domain::ids::AccountKey;
use crate::platform::tabs::Word;
use leptos::prelude::*;

/// Looks whether another tab did something that this one did not hear of, as one that slept.
pub async fn look(app: App) {
    let store = app.store();
    let Some(database) = store.database() else { return };
    if database.is_erased().await == Ok(true) {
        return storage::erased(app);
    }
    let accounts: Vec<AccountKey> = app.accounts.with_untracked(|all| all.iter().map(|known| known.person.key.clone()).collect());
    for account in accounts {
        let Some(held) = app.vault().held_of(&account).filter(|held| held.seal.key.is_some()) else { continue };
        if database.generation(&account).await.is_ok_and(|generation| generation != held.seal.generation) {
            sealing::forget_account(app, &account);
        }
    }
}

/// Does what another tab tells.
pub fn told(app: App, word: Word) {
    match word {
        Word::Changed(id) => leptos::task::spawn_local(async move { runs::reread(app, id).await }),
        // Behind the lock nobody is signed in, whatever another tab stores.
        Word::Kept if app.locked.get_untracked().is_some() => {}
        Word::Kept => leptos::task::spawn_local(async move {
            sealing::adopt_of_device(app).await;
            sealing::follow_choice(app).await;
        }),
        Word::SignedOut(account) => sealing::forget_account(app, &account),
        Word::Locked => idle::locked(app),
        Word::Erased => storage::erased(app),
    }
}
