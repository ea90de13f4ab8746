//! Records that survive a reload: the trait, a store in memory, and IndexedDB. Records are JSON; none holds a token in the clear or a secret.

#[cfg(target_family = "wasm")]
pub mod indexed_db;
pub mod memory;
#[cfg(target_family = "wasm")]
pub mod migrations;

/// What is kept, each on a shelf of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Shelf {
    /// [`crate::domain::session::SessionRecord`] by its id.
    Sessions,
    /// The journal of a run, by its id.
    Runs,
    /// Sealed text, by name.
    Sealed,
    /// [`crate::customers::cache::Chunk`] by the partner's tenant and its number.
    Customers,
    /// [`crate::customers::cache::KeptNote`] by the partner's tenant and the customer.
    Notes,
    /// [`crate::formats::document`] by its name.
    Blueprints,
}

impl Shelf {
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

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StoreFault {
    /// The browser did not answer in time, another tab holds an older version open.
    #[error("another tab holds the storage")]
    Blocked,
    /// A newer release wrote it. It is left untouched.
    #[error("the storage is of a newer release")]
    Newer,
    #[error("the storage is full")]
    Full,
    /// Private mode, disabled, or broken.
    #[error("the storage is not available: {0}")]
    Unavailable(String),
}

/// Where records go. Every call has a deadline in the browser.
#[allow(async_fn_in_trait)]
pub trait Store {
    /// Stores durably: it returns after the transaction completed.
    async fn put(&self, shelf: Shelf, key: &str, json: &str) -> Result<(), StoreFault>;
    async fn get(&self, shelf: Shelf, key: &str) -> Result<Option<String>, StoreFault>;
    async fn all(&self, shelf: Shelf) -> Result<Vec<String>, StoreFault>;
    async fn delete(&self, shelf: Shelf, key: &str) -> Result<(), StoreFault>;
    /// Empties every shelf.
    async fn clear(&self) -> Result<(), StoreFault>;
}
