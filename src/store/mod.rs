//! Records that survive a reload: the trait, a store in memory, and IndexedDB. Records are JSON; none holds a token in the clear or a secret.

#![deny(missing_docs)]

#[cfg(target_family = "wasm")]
pub mod device;
#[cfg(target_family = "wasm")]
pub mod indexed_db;
pub mod memory;
#[cfg(target_family = "wasm")]
pub mod migrations;
pub mod sign_ins;

pub use crate::domain::storage::StoreFault;

/// What is kept, each on a shelf of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Shelf {
    /// [`crate::domain::session::SessionRecord`] by its id.
    Sessions,
    /// The journal of a run, by its id.
    Runs,
    /// [`sign_ins::Sealed`] by the account.
    Sealed,
    /// [`crate::customers::cache::Chunk`] by the partner's tenant and its number; jobs over many customers by keys of their own.
    Customers,
    /// [`crate::customers::cache::KeptNote`] by the partner's tenant and the customer.
    Notes,
    /// [`crate::formats::document`] by its name.
    Blueprints,
}

impl Shelf {
    /// All shelves, in the order in which releases added them.
    pub const ALL: [Self; 6] = [Self::Sessions, Self::Runs, Self::Sealed, Self::Customers, Self::Notes, Self::Blueprints];

    /// Returns the name of the object store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Runs => "runs",
            Self::Sealed => "sealed",
            Self::Customers => "customers",
            Self::Notes => "notes",
            Self::Blueprints => "blueprints",
        }
    }
}

/// Where records go. Every call has a deadline in the browser.
#[allow(async_fn_in_trait)]
pub trait Store {
    /// Stores durably: it returns after the transaction completed. Fails with [`StoreFault::Erased`] where the data was erased since.
    async fn put(&self, shelf: Shelf, key: &str, json: &str) -> Result<(), StoreFault>;
    /// Returns the record of a key; `None` where there is none.
    async fn get(&self, shelf: Shelf, key: &str) -> Result<Option<String>, StoreFault>;
    /// Returns all records of a shelf, in the order of their keys, which are not told.
    async fn all(&self, shelf: Shelf) -> Result<Vec<String>, StoreFault>;
    /// Removes the record of a key, durably; one that is not there is no fault.
    async fn delete(&self, shelf: Shelf, key: &str) -> Result<(), StoreFault>;
    /// Empties every shelf.
    async fn clear(&self) -> Result<(), StoreFault>;
}
