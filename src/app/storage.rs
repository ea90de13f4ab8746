//! Opens the storage, or goes on without.

use super::{App, reset};
use crate::platform::page;
use crate::store::indexed_db::IndexedDb;
use crate::store::memory::MemoryStore;
use crate::store::{Shelf, Store, StoreFault};
use crate::text::faults;
use leptos::prelude::*;
use std::rc::Rc;

/// IndexedDB, or memory where that is not to be had.
pub enum AnyStore {
    Durable(IndexedDb),
    Memory(MemoryStore),
}

impl AnyStore {
    #[must_use]
    pub fn memory() -> Self {
        Self::Memory(MemoryStore::default())
    }

    /// Returns the database, for keys that are no text.
    #[must_use]
    pub fn database(&self) -> Option<&IndexedDb> {
        match self {
            Self::Durable(database) => Some(database),
            Self::Memory(_) => None,
        }
    }
}

impl Store for AnyStore {
    async fn put(&self, shelf: Shelf, key: &str, json: &str) -> Result<(), StoreFault> {
        match self {
            Self::Durable(store) => store.put(shelf, key, json).await,
            Self::Memory(store) => store.put(shelf, key, json).await,
        }
    }

    async fn get(&self, shelf: Shelf, key: &str) -> Result<Option<String>, StoreFault> {
        match self {
            Self::Durable(store) => store.get(shelf, key).await,
            Self::Memory(store) => store.get(shelf, key).await,
        }
    }

    async fn all(&self, shelf: Shelf) -> Result<Vec<String>, StoreFault> {
        match self {
            Self::Durable(store) => store.all(shelf).await,
            Self::Memory(store) => store.all(shelf).await,
        }
    }

    async fn delete(&self, shelf: Shelf, key: &str) -> Result<(), StoreFault> {
        match self {
            Self::Durable(store) => store.delete(shelf, key).await,
            Self::Memory(store) => store.delete(shelf, key).await,
        }
    }

    async fn clear(&self) -> Result<(), StoreFault> {
        match self {
            Self::Durable(store) => store.clear().await,
            Self::Memory(store) => store.clear().await,
        }
    }
}

pub async fn open(app: App) {
    match IndexedDb::open("latchkey").await {
        Ok(database) => app.store.set_value(Rc::new(AnyStore::Durable(database))),
        Err(fault) => app.storage_notice.set(Some(faults::storage(&fault))),
    }
}

/// Stores a record; a failure is shown once, and the page goes on.
pub async fn put(app: App, shelf: Shelf, key: &str, json: &str) -> Result<(), StoreFault> {
    let result = app.store().put(shelf, key, json).await;
    if result == Err(StoreFault::Erased) {
        erased(app);
    } else if let Err(fault) = &result {
        app.storage_notice.set(Some(faults::storage(fault)));
    }
    result
}

/// The data was erased in another tab: nothing of it may go on here.
pub fn erased(app: App) {
    reset::forget_everything(app);
    start_anew(app);
}

/// Asks the browser, once a visit, not to clear what is stored when it is short of space: from now on there is something to lose.
pub async fn ask_to_stay(app: App) {
    if app.is_storage_kept.get_untracked().is_none() {
        app.is_storage_kept.set(page::ask_to_keep_storage().await);
    }
}

/// Looks whether the browser keeps what is stored.
pub async fn look_whether_it_stays(app: App) {
    app.is_storage_kept.set(page::is_storage_kept().await.filter(|is_kept| *is_kept));
}

/// Where the tab remembers over the reload that the data was erased.
const ERASED: &str = "latchkey.erased";

/// Begins anew after the data was erased: whatever was still under way in this tab ends with the page. Without a network the page stays,
/// and stores nothing any more.
pub fn start_anew(app: App) {
    page::keep_in_tab(ERASED, "1");
    if page::is_online() {
        return page::reload();
    }
    app.storage_notice.set(Some(faults::storage(&StoreFault::Erased)));
}

/// Says that the data was erased, once.
pub fn say_erased(app: App) {
    if page::take_from_tab(ERASED).is_some() {
        app.toast(crate::text::page::ERASED);
    }
}
