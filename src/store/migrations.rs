//! The versions of the database, oldest first. One step each; a step only adds, so that an interrupted upgrade leaves the old version whole.
//!
//! indexed_db_futures gives an upgrade no access to the records of an existing store: to change records, add a new store here,
//! copy in an ordinary transaction after the upgrade, and delete the old store in the next version.

use super::Shelf;
use indexed_db_futures::Build;
use indexed_db_futures::database::Database;

/// The version that this release writes.
pub const VERSION: u8 = 5;

/// Brings a database of the version `from` to [`VERSION`].
///
/// # Errors
/// When the browser refuses to create a store; the upgrade is then rolled back.
pub fn upgrade(database: &Database, from: u32) -> Result<(), indexed_db_futures::error::Error> {
    if from < 1 {
        for shelf in [Shelf::Sessions, Shelf::Runs] {
            database.create_object_store(shelf.name()).build()?;
        }
    }
    if from < 2 {
        // Sealed tokens and the key that seals them.
        database.create_object_store(Shelf::Sealed.name()).build()?;
        database.create_object_store(KEYS).build()?;
    }
    if from < 3 {
        for shelf in [Shelf::Customers, Shelf::Notes] {
            database.create_object_store(shelf.name()).build()?;
        }
    }
    if from < 4 {
        database.create_object_store(Shelf::Blueprints.name()).build()?;
    }
    if from < 5 {
        for store in [EPOCHS, LEASES] {
            database.create_object_store(store).build()?;
        }
    }
    Ok(())
}

/// The object store of keys that can't be exported. Not a shelf: its values are no text.
pub const KEYS: &str = "keys";

/// How often accounts were signed out of this browser, and its data erased: what is older is not stored any more.
pub const EPOCHS: &str = "epochs";
/// The row of [`EPOCHS`] that outlives erasing.
pub const ERASED: &str = "erased";

/// Who does what no two tabs may do at once, where the browser has no locks.
pub const LEASES: &str = "leases";

/// Returns the names of all object stores.
#[must_use]
pub fn stores() -> Vec<&'static str> {
    Shelf::ALL.map(Shelf::name).into_iter().chain([KEYS, EPOCHS, LEASES]).collect()
}
