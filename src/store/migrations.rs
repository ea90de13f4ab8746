//! The versions of the database, oldest first. One step each; a step only adds, so that an interrupted upgrade leaves the old version whole.
//!
//! indexed_db_futures gives an upgrade no access to the records of an existing store: to change records, add a new store here,
//! copy in an ordinary transaction after the upgrade, and delete the old store in the next version.

use super::Shelf;
use indexed_db_futures::Build;
use indexed_db_futures::database::Database;

/// The version that this release writes.
pub const VERSION: u8 = 4;

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
    Ok(())
}

/// The object store of keys that can't be exported. Not a shelf: its values are no text.
pub const KEYS: &str = "keys";
