//! Opens the storage, or goes on without.

use super::App;
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
    if let Err(fault) = &result {
        app.storage_notice.set(Some(faults::storage(fault)));
    }
    result
}

/// Deletes all that this page keeps in the browser: sessions, runs, choices, sealed tokens.
pub async fn erase(app: App) {
    crate::platform::page::sweep_tab("latchkey", |_| false);
    crate::platform::page::choose("latchkey.known", false);
    if let Err(fault) = app.store().clear().await {
        app.storage_notice.set(Some(faults::storage(&fault)));
    }
    app.vault().clear();
    app.accounts.set(Vec::new());
    app.sessions.set(Vec::new());
    app.partner.forget();
    app.checks.forget();
    app.rollouts.forget();
    app.runs.update(std::collections::BTreeMap::clear);
    app.secret.set(None);
    app.certificate.set(None);
    app.visit.set(None);
    app.current.set(None);
    app.draft.set(super::draft::Draft::default());
}
