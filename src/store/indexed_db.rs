//! The store in IndexedDB. Every wait has a deadline: a browser that never answers must not hang the page.

use super::migrations::{self, KEYS};
use super::{Shelf, Store, StoreFault};
use crate::platform::clock::within;
use indexed_db_futures::Build;
use indexed_db_futures::database::Database;
use indexed_db_futures::error::OpenDbError;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::TransactionMode;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CryptoKey;

const OPEN_DEADLINE_MS: i32 = 3_000;
const DEADLINE_MS: i32 = 5_000;

pub struct IndexedDb {
    name: String,
    database: RefCell<Rc<Database>>,
}

impl Drop for IndexedDb {
    fn drop(&mut self) {
        self.database.borrow().as_ref().clone().close();
    }
}

/// Reads what a rejected request says.
fn fault_of(error: &impl std::fmt::Display) -> StoreFault {
    let text = error.to_string();
    if text.contains("QuotaExceeded") {
        StoreFault::Full
    } else if text.contains("VersionError") || text.contains("less than the existing version") {
        StoreFault::Newer
    } else {
        StoreFault::Unavailable(text.chars().take(200).collect())
    }
}

async fn open(name: &str) -> Result<Database, StoreFault> {
    let opening = async {
        let request = Database::open(name).with_version(migrations::VERSION).with_on_blocked(|_event| Ok(())).with_on_upgrade_needed(
            |event, database| {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let from = event.old_version() as u32;
                migrations::upgrade(&database, from)?;
                Ok(())
            },
        );
        request.await.map_err(|error: OpenDbError| fault_of(&error))
    };
    // Blocked by another tab, or no event at all: the deadline decides, not the event.
    within(OPEN_DEADLINE_MS, opening).await.unwrap_or(Err(StoreFault::Blocked))
}

impl IndexedDb {
    /// Opens the database, making or upgrading it.
    ///
    /// # Errors
    /// Why there is none; nothing stored is harmed.
    pub async fn open(name: &str) -> Result<Self, StoreFault> {
        let database = open(name).await?;
        let store = Self { name: name.to_owned(), database: RefCell::new(Rc::new(database)) };
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
    async fn attempt<T, F, R>(&self, operation: F) -> Result<T, StoreFault>
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
        self.attempt(|database| async move {
            let transaction = database.transaction(store).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
            let request = transaction
                .object_store(store)
                .and_then(|store| store.put(value.clone()).with_key(key).build())
                .map_err(|e| fault_of(&e))?;
            request.await.map_err(|e| fault_of(&e))?;
            transaction.commit().await.map_err(|e| fault_of(&e))
        })
        .await
    }

    /// Returns the stored key of that name, if the browser can give one back.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn key(&self, name: &str) -> Result<Option<CryptoKey>, StoreFault> {
        let found = self
            .attempt(|database| async move {
                let transaction = database.transaction(KEYS).build().map_err(|e| fault_of(&e))?;
                let request = transaction
                    .object_store(KEYS)
                    .and_then(|store| store.get::<js_sys::Object, _, _>(name).primitive())
                    .map_err(|e| fault_of(&e))?;
                request.await.map_err(|e| fault_of(&e))
            })
            .await?;
        Ok(found.and_then(|object| object.dyn_into::<CryptoKey>().ok()))
    }

    /// Stores a key that can't be exported.
    ///
    /// # Errors
    /// When the browser can't store keys.
    pub async fn put_key(&self, name: &str, key: &CryptoKey) -> Result<(), StoreFault> {
        self.put_value(KEYS, name, key.as_ref()).await
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
        for store in Shelf::ALL.map(Shelf::name).into_iter().chain([KEYS]) {
            self.attempt(|database| async move {
                let transaction = database.transaction(store).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
                let request = transaction.object_store(store).and_then(|store| store.clear()).map_err(|e| fault_of(&e))?;
                request.await.map_err(|e| fault_of(&e))?;
                transaction.commit().await.map_err(|e| fault_of(&e))
            })
            .await?;
        }
        Ok(())
    }
}
