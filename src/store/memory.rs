//! A store that lasts as long as the page: where IndexedDB is not to be had, and in tests.

use super::{Shelf, Store, StoreFault};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The records in memory. No call fails.
#[derive(Default)]
pub struct MemoryStore {
    records: RefCell<BTreeMap<(Shelf, String), String>>,
}

impl Store for MemoryStore {
    async fn put(&self, shelf: Shelf, key: &str, json: &str) -> Result<(), StoreFault> {
        self.records.borrow_mut().insert((shelf, key.to_owned()), json.to_owned());
        Ok(())
    }

    async fn get(&self, shelf: Shelf, key: &str) -> Result<Option<String>, StoreFault> {
        Ok(self.records.borrow().get(&(shelf, key.to_owned())).cloned())
    }

    async fn all(&self, shelf: Shelf) -> Result<Vec<String>, StoreFault> {
        Ok(self.records.borrow().iter().filter(|((on, _), _)| *on == shelf).map(|(_, json)| json.clone()).collect())
    }

    async fn delete(&self, shelf: Shelf, key: &str) -> Result<(), StoreFault> {
        self.records.borrow_mut().remove(&(shelf, key.to_owned()));
        Ok(())
    }

    async fn clear(&self) -> Result<(), StoreFault> {
        self.records.borrow_mut().clear();
        Ok(())
    }
}
