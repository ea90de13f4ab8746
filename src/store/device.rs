//! Sign-ins, their keys, and leases in IndexedDB. Reading, comparing and writing are one transaction each: IndexedDB lets no other tab
//! in between, so that none needs a lock of its own.

use super::indexed_db::{IndexedDb, fault_of, read_number};
use super::migrations::{EPOCHS, KEYS, LEASES};
use super::sign_ins::{Sealed, Stored, is_key_of, is_key_over};
use super::{Shelf, StoreFault};
use crate::domain::ids::AccountKey;
use crate::domain::time::Instant;
use indexed_db_futures::Build;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{Transaction, TransactionMode};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CryptoKey;

/// The row that counts how often everybody was signed out at once.
const EVERYBODY: &str = "everybody";
const ALL: [&str; 3] = ["sealed", KEYS, EPOCHS];

/// Who holds a lease, until when.
#[derive(Serialize, Deserialize)]
struct Lease {
    holder: String,
    until: Instant,
}

type Fault = StoreFault;

async fn put(store: &ObjectStore<'_>, key: &str, value: &JsValue) -> Result<(), Fault> {
    let request = store.put(value.clone()).with_key(key).build().map_err(|e| fault_of(&e))?;
    request.await.map(|_| ()).map_err(|e| fault_of(&e))
}

async fn text(store: &ObjectStore<'_>, key: &str) -> Result<Option<String>, Fault> {
    let request = store.get::<String, _, _>(key).primitive().map_err(|e| fault_of(&e))?;
    request.await.map_err(|e| fault_of(&e))
}

async fn remove(store: &ObjectStore<'_>, key: &str) -> Result<(), Fault> {
    store.delete(key).build().map_err(|e| fault_of(&e))?.await.map_err(|e| fault_of(&e))
}

async fn names(store: &ObjectStore<'_>) -> Result<Vec<String>, Fault> {
    let request = store.get_all_keys::<String>().primitive().map_err(|e| fault_of(&e))?;
    Ok(request.await.map_err(|e| fault_of(&e))?.filter_map(Result::ok).collect())
}

fn store<'a>(transaction: &'a Transaction<'_>, name: &str) -> Result<ObjectStore<'a>, Fault> {
    transaction.object_store(name).map_err(|e| fault_of(&e))
}

async fn generation(epochs: &ObjectStore<'_>, account: &AccountKey) -> Result<u32, Fault> {
    Ok(read_number(epochs, EVERYBODY).await? + read_number(epochs, account.as_str()).await?)
}

async fn key_of(keys: &ObjectStore<'_>, name: &str) -> Result<Option<CryptoKey>, Fault> {
    let request = keys.get::<js_sys::Object, _, _>(name).primitive().map_err(|e| fault_of(&e))?;
    Ok(request.await.map_err(|e| fault_of(&e))?.and_then(|object| object.dyn_into().ok()))
}

async fn lease(leases: &ObjectStore<'_>, name: &str) -> Result<Option<Lease>, Fault> {
    Ok(text(leases, name).await?.and_then(|json| serde_json::from_str(&json).ok()))
}

impl IndexedDb {
    /// Returns how often an account was signed out of this browser.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn generation(&self, account: &AccountKey) -> Result<u32, Fault> {
        self.attempt(|database| async move {
            let transaction = database.transaction(EPOCHS).build().map_err(|e| fault_of(&e))?;
            generation(&store(&transaction, EPOCHS)?, account).await
        })
        .await
    }

    /// Stores a key, and the sign-in that it sealed if it is to stay on this device; else none of the account stays. Returns the key as
    /// the browser gives it back, which some do not.
    ///
    /// # Errors
    /// When the browser can't store it; then nothing changed.
    pub async fn keep_sign_in(&self, sealed: &Sealed, key: &CryptoKey, on_device: bool) -> Result<(Stored, Option<CryptoKey>), Fault> {
        let erased = self.epoch();
        let json = serde_json::to_string(sealed).map_err(|error| StoreFault::Unavailable(error.to_string()))?;
        self.attempt(|database| {
            let json = json.clone();
            async move {
                let transaction = database.transaction(ALL).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
                let epochs = store(&transaction, EPOCHS)?;
                let is_erased = read_number(&epochs, super::migrations::ERASED).await? != erased;
                if is_erased || generation(&epochs, &sealed.account).await? != sealed.generation {
                    return Ok((Stored::SignedOut, None));
                }
                let (shelf, keys) = (store(&transaction, Shelf::Sealed.name())?, store(&transaction, KEYS)?);
                let name = sealed.account.as_str();
                let there = text(&shelf, name).await?.as_deref().and_then(Sealed::read);
                if on_device && there.is_some_and(|there| there.is_newer_than(sealed)) {
                    return Ok((Stored::Newer, None));
                }
                put(&keys, &sealed.key, key.as_ref()).await?;
                let back = key_of(&keys, &sealed.key).await?;
                if on_device {
                    put(&shelf, name, &JsValue::from_str(&json)).await?;
                } else {
                    remove(&shelf, name).await?;
                }
                transaction.commit().await.map_err(|e| fault_of(&e))?;
                Ok((Stored::Kept, back))
            }
        })
        .await
    }

    /// Returns the sign-ins of this device and those that the tab kept, as far as they are still of the generation of their account and
    /// their keys are there.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn sign_ins(&self, of_tab: &[Sealed]) -> Result<Vec<(Sealed, CryptoKey)>, Fault> {
        self.attempt(|database| async move {
            let transaction = database.transaction(ALL).build().map_err(|e| fault_of(&e))?;
            let (shelf, keys, epochs) =
                (store(&transaction, Shelf::Sealed.name())?, store(&transaction, KEYS)?, store(&transaction, EPOCHS)?);
            let request = shelf.get_all::<String>().primitive().map_err(|e| fault_of(&e))?;
            let of_device: Vec<String> = request.await.map_err(|e| fault_of(&e))?.filter_map(Result::ok).collect();
            let of_device = of_device.iter().filter_map(|json| Sealed::read(json));
            let mut found = Vec::new();
            for sealed in of_device.chain(of_tab.iter().cloned()) {
                if generation(&epochs, &sealed.account).await? == sealed.generation
                    && let Some(key) = key_of(&keys, &sealed.key).await?
                {
                    found.push((sealed, key));
                }
            }
            Ok(found)
        })
        .await
    }

    /// Signs one account out, or everybody: what was sealed goes with its keys, and what another tab seals later is not stored.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn end_sign_ins(&self, account: Option<&AccountKey>) -> Result<(), Fault> {
        self.attempt(|database| async move {
            let transaction = database.transaction(ALL).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
            let (shelf, keys, epochs) =
                (store(&transaction, Shelf::Sealed.name())?, store(&transaction, KEYS)?, store(&transaction, EPOCHS)?);
            let row = account.map_or(EVERYBODY, AccountKey::as_str);
            let next = read_number(&epochs, row).await? + 1;
            put(&epochs, row, &JsValue::from_f64(next.into())).await?;
            for name in names(&keys).await? {
                if account.is_none_or(|account| is_key_of(&name, account)) {
                    remove(&keys, &name).await?;
                }
            }
            for name in names(&shelf).await? {
                if account.is_none_or(|account| name == account.as_str()) {
                    remove(&shelf, &name).await?;
                }
            }
            transaction.commit().await.map_err(|e| fault_of(&e))
        })
        .await
    }

    /// Removes sign-ins, keys and leases whose time is over, and what another release left.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn sweep(&self, now: Instant) -> Result<(), Fault> {
        self.attempt(|database| async move {
            let stores = [Shelf::Sealed.name(), KEYS, LEASES];
            let transaction = database.transaction(stores).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
            let (shelf, keys, leases) =
                (store(&transaction, Shelf::Sealed.name())?, store(&transaction, KEYS)?, store(&transaction, LEASES)?);
            for name in names(&leases).await? {
                if lease(&leases, &name).await?.is_none_or(|lease| lease.until <= now) {
                    remove(&leases, &name).await?;
                }
            }
            for name in names(&keys).await? {
                if is_key_over(&name, now) {
                    remove(&keys, &name).await?;
                }
            }
            for name in names(&shelf).await? {
                let there = text(&shelf, &name).await?.as_deref().and_then(Sealed::read);
                if there.is_none_or(|there| there.until <= now) {
                    remove(&shelf, &name).await?;
                }
            }
            transaction.commit().await.map_err(|e| fault_of(&e))
        })
        .await
    }

    /// Takes a lease of that name, or takes it again, for so many seconds. Returns whether `holder` has it: nobody else does.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn take_lease(&self, name: &str, holder: &str, now: Instant, seconds: i64) -> Result<bool, Fault> {
        self.attempt(|database| async move {
            let transaction = database.transaction(LEASES).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
            let leases = store(&transaction, LEASES)?;
            let there = lease(&leases, name).await?;
            if there.is_some_and(|there| there.holder != holder && there.until > now) {
                return Ok(false);
            }
            let lease = Lease { holder: holder.to_owned(), until: now.plus_seconds(seconds) };
            let json = serde_json::to_string(&lease).map_err(|error| StoreFault::Unavailable(error.to_string()))?;
            put(&leases, name, &JsValue::from_str(&json)).await?;
            transaction.commit().await.map_err(|e| fault_of(&e))?;
            Ok(true)
        })
        .await
    }

    /// Gives a lease back, if `holder` has it.
    ///
    /// # Errors
    /// When the storage does not answer; the lease then ends by itself.
    pub async fn end_lease(&self, name: &str, holder: &str) -> Result<(), Fault> {
        self.attempt(|database| async move {
            let transaction = database.transaction(LEASES).with_mode(TransactionMode::Readwrite).build().map_err(|e| fault_of(&e))?;
            let leases = store(&transaction, LEASES)?;
            let there = lease(&leases, name).await?;
            if there.is_some_and(|there| there.holder == holder) {
                remove(&leases, name).await?;
            }
            transaction.commit().await.map_err(|e| fault_of(&e))
        })
        .await
    }
}
