//! The store in IndexedDB. Every wait has a deadline: a browser that never answers must not hang the page.

use super::migrations::{self, EPOCHS, ERASED};
use super::{Shelf, Store, StoreFault};
use crate::platform::clock::within;
use indexed_db_futures::Build;
use indexed_db_futures::database::Database;
use indexed_db_futures::error::OpenDbError;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::TransactionMode;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;

const OPEN_DEADLINE_MS: i32 = 3_000;
const DEADLINE_MS: i32 = 5_000;

/// An open database. It closes when it is dropped, or when a newer release in another tab wants to upgrade it.
pub struct IndexedDb {
    name: String,
    database: RefCell<Rc<Database>>,
    /// How often the data had been erased when this tab opened it: what it knows is of that time, and nothing of it is stored later.
    erased: u32,
}

impl Drop for IndexedDb {
    fn drop(&mut self) {
        self.database.borrow().as_ref().clone().close();
    }
}

/// Reads what a rejected request says.
pub(super) fn fault_of(error: &impl std::fmt::Display) -> StoreFault {
    let text = error.to_string();
    if text.contains("QuotaExceeded") {
        StoreFault::Full
    } else if text.contains("VersionError") || text.contains("less than the existing version") {
        StoreFault::Newer
    } else {
        StoreFault::Unavailable(text.chars().take(200).collect())
    }
}

/// Reads a count; 0 where none is.
pub(super) async fn read_number(store: &ObjectStore<'_>, key: &str) -> Result<u32, StoreFault> {
    let request = store.get::<u32, _, _>(key).primitive().map_err(|e| fault_of(&e))?;
    Ok(request.await.map_err(|e| fault_of(&e))?.unwrap_or_default())
}

async fn open(name: &str) -> Result<Database, StoreFault> {
    let name = name.to_owned();
    let mut opening = Box::pin(async move {
        let request = Database::open(name).with_version(migrations::VERSION).with_on_blocked(|_event| Ok(())).with_on_upgrade_needed(
            |event, database| {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let from = event.old_version() as u32;
                migrations::upgrade(&database, from)?;
                Ok(())
            },
        );
        request.await.map_err(|error: OpenDbError| fault_of(&error))
    });
    // Blocked by another tab, or no event at all: the deadline decides, not the event.
    let Some(opened) = within(OPEN_DEADLINE_MS, &mut opening).await else {
        // The browser upgrades as soon as the other tab lets go. Without this the new version would have none of its stores, for good.
        wasm_bindgen_futures::spawn_local(async move {
            if let Ok(late) = opening.await {
                late.close();
            }
        });
        return Err(StoreFault::Blocked);
    };
    opened
}

impl IndexedDb {
    /// Opens the database, making or upgrading it.
    ///
    /// # Errors
    /// Why there is none; nothing stored is harmed.
    pub async fn open(name: &str) -> Result<Self, StoreFault> {
        let database = open(name).await?;
        let mut store = Self { name: name.to_owned(), database: RefCell::new(Rc::new(database)), erased: 0 };
        store.erased = store.times_erased().await?;
        store.close_when_outdated();
        Ok(store)
    }

    /// Lets a newer release in another tab upgrade at once.
    fn close_when_outdated(&self) {
        let Ok(mut changes) = self.database.borrow().version_changes() else { return };
        wasm_bindgen_futures::spawn_local(async move {
            if changes.recv().await.is_some() {
                changes.db().clone().close();
            }
        });
    }

    /// Runs an operation; when the browser closed the connection, reopens once and repeats it.
    pub(super) async fn attempt<T, F, R>(&self, operation: F) -> Result<T, StoreFault>
    where
        F: Fn(Rc<Database>) -> R,
        R: Future<Output = Result<T, StoreFault>>,
    {
        let timed_out = || StoreFault::Unavailable("no answer in time".into());
        let database = self.database.borrow().clone();
        match within(DEADLINE_MS, operation(database)).await.unwrap_or_else(|| Err(timed_out())) {
            Err(StoreFault::Unavailable(_)) => {
                let reopened = Rc::new(open(&self.name).await?);
                *self.database.borrow_mut() = reopened.clone();
                within(DEADLINE_MS, operation(reopened)).await.unwrap_or_else(|| Err(timed_out()))
            }
            other => other,
        }
    }

    async fn put_value(&self, store: &'static str, key: &str, value: &JsValue) -> Result<(), StoreFault> {
        let erased = self.erased;
        self.attempt(|database| async move {
            let both = [store, EPOCHS];
            let transaction = database.transaction(both).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
            let epochs = transaction.object_store(EPOCHS).map_err(|e| fault_of(&e))?;
            if read_number(&epochs, ERASED).await? != erased {
                return Err(StoreFault::Erased);
            }
            let request = transaction
                .object_store(store)
                .and_then(|store| store.put(value.clone()).with_key(key).build())
                .map_err(|e| fault_of(&e))?;
            request.await.map_err(|e| fault_of(&e))?;
            transaction.commit().await.map_err(|e| fault_of(&e))
        })
        .await
    }

    pub(super) fn epoch(&self) -> u32 {
        self.erased
    }

    async fn times_erased(&self) -> Result<u32, StoreFault> {
        self.attempt(|database| async move {
            let transaction = database.transaction(EPOCHS).build().map_err(|e| fault_of(&e))?;
            let epochs = transaction.object_store(EPOCHS).map_err(|e| fault_of(&e))?;
            read_number(&epochs, ERASED).await
        })
        .await
    }

    /// Whether the data was erased since this tab opened it.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn is_erased(&self) -> Result<bool, StoreFault> {
        Ok(self.times_erased().await? != self.erased)
    }
}

impl Store for IndexedDb {
    async fn put(&self, shelf: Shelf, key: &str, json: &str) -> Result<(), StoreFault> {
        self.put_value(shelf.name(), key, &JsValue::from_str(json)).await
    }

    async fn get(&self, shelf: Shelf, key: &str) -> Result<Option<String>, StoreFault> {
        self.attempt(|database| async move {
            let transaction = database.transaction(shelf.name()).build().map_err(|e| fault_of(&e))?;
            let request = transaction
                .object_store(shelf.name())
                .and_then(|store| store.get::<String, _, _>(key).primitive())
                .map_err(|e| fault_of(&e))?;
            request.await.map_err(|e| fault_of(&e))
        })
        .await
    }

    async fn all(&self, shelf: Shelf) -> Result<Vec<String>, StoreFault> {
        self.attempt(|database| async move {
            let transaction = database.transaction(shelf.name()).build().map_err(|e| fault_of(&e))?;
            let request =
                transaction.object_store(shelf.name()).and_then(|store| store.get_all::<String>().primitive()).map_err(|e| fault_of(&e))?;
            let values = request.await.map_err(|e| fault_of(&e))?;
            // What is not text was not written by us: it is left alone.
            Ok(values.filter_map(Result::ok).collect())
        })
        .await
    }

    async fn delete(&self, shelf: Shelf, key: &str) -> Result<(), StoreFault> {
        self.attempt(|database| async move {
            let transaction = database.transaction(shelf.name()).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
            let request = transaction.object_store(shelf.name()).and_then(|store| store.delete(key).build()).map_err(|e| fault_of(&e))?;
            request.await.map_err(|e| fault_of(&e))?;
            transaction.commit().await.map_err(|e| fault_of(&e))
        })
        .await
    }

    async fn clear(&self) -> Result<(), StoreFault> {
        self.attempt(|database| async move {
            let all = migrations::stores();
            let transaction = database.transaction(all.clone()).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
            let times = {
                let epochs = transaction.object_store(EPOCHS).map_err(|e| fault_of(&e))?;
                read_number(&epochs, ERASED).await?
            };
            for store in all {
                let request = transaction.object_store(store).and_then(|store| store.clear()).map_err(|e| fault_of(&e))?;
                request.await.map_err(|e| fault_of(&e))?;
            }
            let request = transaction
                .object_store(EPOCHS)
                .and_then(|epochs| epochs.put(times + 1).with_key(ERASED).build())
                .map_err(|e| fault_of(&e))?;
            request.await.map_err(|e| fault_of(&e))?;
            transaction.commit().await.map_err(|e| fault_of(&e))
        })
        .await
    }
}
