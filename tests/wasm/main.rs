//! What only a browser can show: IndexedDB when it is held, newer or closed, and WebCrypto: sealing, making keys and signing.
#![cfg(target_family = "wasm")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use latchkey::platform::clock::{now, sleep, within};
use latchkey::platform::crypto;
use latchkey::store::indexed_db::IndexedDb;
use latchkey::store::memory::MemoryStore;
use latchkey::store::migrations;
use latchkey::store::{Shelf, Store, StoreFault};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// What every store must do.
async fn keeps_the_contract(store: &impl Store) {
    store.put(Shelf::Runs, "a", r#"{"n":1}"#).await.unwrap();
    store.put(Shelf::Runs, "a", r#"{"n":2}"#).await.unwrap();
    store.put(Shelf::Runs, "b", "{}").await.unwrap();
    store.put(Shelf::Sessions, "a", "[]").await.unwrap();
    assert_eq!(store.get(Shelf::Runs, "a").await.unwrap().as_deref(), Some(r#"{"n":2}"#));
    assert_eq!(store.get(Shelf::Runs, "missing").await.unwrap(), None);
    assert_eq!(store.all(Shelf::Runs).await.unwrap().len(), 2);
    store.delete(Shelf::Runs, "a").await.unwrap();
    assert_eq!(store.get(Shelf::Runs, "a").await.unwrap(), None);
    store.clear().await.unwrap();
    assert!(store.all(Shelf::Sessions).await.unwrap().is_empty());
}

/// Opens a database as another program or release would: at a version and with stores of its own.
async fn open_raw(name: &str, version: u32) -> indexed_db_futures::database::Database {
    indexed_db_futures::database::Database::open(name)
        .with_version(version)
        .with_on_upgrade_needed(move |event, database| {
            use indexed_db_futures::Build;
            if event.old_version() < 1.0 {
                for shelf in [Shelf::Sessions, Shelf::Runs] {
                    database.create_object_store(shelf.name()).build()?;
                }
            }
            Ok(())
        })
        .await
        .unwrap()
}

#[wasm_bindgen_test]
async fn both_stores_keep_the_contract() {
    keeps_the_contract(&MemoryStore::default()).await;
    keeps_the_contract(&IndexedDb::open("contract").await.unwrap()).await;
}

#[wasm_bindgen_test]
async fn records_survive_the_connection() {
    let store = IndexedDb::open("survive").await.unwrap();
    store.put(Shelf::Runs, "a", "kept").await.unwrap();
    drop(store);
    let again = IndexedDb::open("survive").await.unwrap();
    assert_eq!(again.get(Shelf::Runs, "a").await.unwrap().as_deref(), Some("kept"));
}

#[wasm_bindgen_test]
async fn an_older_version_is_brought_up_with_its_records() {
    let old = open_raw("older", 1).await;
    {
        use indexed_db_futures::Build;
        use indexed_db_futures::prelude::*;
        use indexed_db_futures::transaction::TransactionMode;
        let transaction = old.transaction("runs").with_mode(TransactionMode::Readwrite).build().unwrap();
        transaction.object_store("runs").unwrap().put("kept").with_key("a").build().unwrap().await.unwrap();
        transaction.commit().await.unwrap();
    }
    old.close();
    let store = IndexedDb::open("older").await.unwrap();
    assert_eq!(store.get(Shelf::Runs, "a").await.unwrap().as_deref(), Some("kept"));
    store.put(Shelf::Sealed, "s", "new shelf").await.unwrap();
}

#[wasm_bindgen_test]
async fn a_newer_version_is_left_alone() {
    let newer = open_raw("newer", u32::from(migrations::VERSION) + 1).await;
    newer.close();
    assert_eq!(IndexedDb::open("newer").await.err(), Some(StoreFault::Newer));
    let still = open_raw("newer", u32::from(migrations::VERSION) + 1).await;
    assert!(still.object_store_names().any(|name| name == "runs"), "nothing was deleted");
    still.close();
}

#[wasm_bindgen_test]
async fn an_old_tab_that_holds_on_is_not_waited_for() {
    let held = open_raw("held", 1).await;
    let opened = within(6_000, IndexedDb::open("held")).await.expect("the deadline decides");
    assert_eq!(opened.err(), Some(StoreFault::Blocked));
    // A third opener gets no event at all, and is not waited for either.
    let third = within(6_000, IndexedDb::open("held")).await.expect("the deadline decides");
    assert_eq!(third.err(), Some(StoreFault::Blocked));
    held.close();
}

#[wasm_bindgen_test]
async fn our_own_connection_lets_a_newer_release_in() {
    let store = IndexedDb::open("lets-in").await.unwrap();
    store.put(Shelf::Runs, "a", "kept").await.unwrap();
    let newer = within(3_000, open_raw("lets-in", u32::from(migrations::VERSION) + 1)).await;
    newer.expect("the old connection closed by itself").close();
    assert_eq!(store.get(Shelf::Runs, "a").await.err(), Some(StoreFault::Newer));
}

#[wasm_bindgen_test]
async fn a_sealed_text_opens_only_with_its_key_and_context() {
    let key = crypto::new_key().await.unwrap();
    let sealed = crypto::seal(&key, "context", "a token").await.unwrap();
    assert!(!sealed.contains("token"));
    assert_eq!(crypto::open(&key, "context", &sealed).await.unwrap(), "a token");
    assert!(crypto::open(&key, "another context", &sealed).await.is_err());
    assert!(crypto::open(&crypto::new_key().await.unwrap(), "context", &sealed).await.is_err());
    assert!(crypto::open(&key, "context", &sealed[..sealed.len() - 4]).await.is_err());
    assert!(crypto::open(&key, "context", "").await.is_err());
    assert_ne!(crypto::seal(&key, "context", "a token").await.unwrap(), sealed, "every IV is fresh");
}

#[wasm_bindgen_test]
async fn a_key_comes_back_from_the_storage_and_can_not_be_exported() {
    let store = IndexedDb::open("keys").await.unwrap();
    assert!(store.key("k").await.unwrap().is_none());
    let key = crypto::new_key().await.unwrap();
    store.put_key("k", &key).await.unwrap();
    let sealed = crypto::seal(&key, "c", "text").await.unwrap();
    let back = store.key("k").await.unwrap().expect("the key");
    assert!(!back.extractable());
    assert_eq!(crypto::open(&back, "c", &sealed).await.unwrap(), "text");
}

#[wasm_bindgen_test]
async fn a_deadline_ends_a_wait() {
    assert_eq!(within(10_000, async { 1 }).await, Some(1));
    assert_eq!(within(20, sleep(60_000)).await, None);
}

/// Whether the key signs: as long as its modulus, the same for the same bytes and another for others. That such a signature fits the
/// certificate is for OpenSSL to say, in certificate/tests, and for the clients of tests/foreign.
async fn signs(key: &web_sys::CryptoKey, bits: u32) -> bool {
    let message = b"header.claims";
    let signature = crypto::sign(key, message).await.unwrap();
    let (again, other) = (crypto::sign(key, message).await.unwrap(), crypto::sign(key, b"another").await.unwrap());
    signature == again && signature != other && signature.len() * 8 == bits as usize
}

#[wasm_bindgen_test]
async fn a_certificate_is_made_and_its_key_signs() {
    let made = latchkey_certificate::browser::make("Nightly report, “prod”", 365, 2048, now().0, true).await.unwrap();
    assert_eq!((made.public.bits, made.public.ends - made.public.starts), (2048, 365 * 86_400_000));
    assert!(signs(&made.key, made.public.bits).await);
    let pem = made.to_pem().await.unwrap();
    assert_eq!(latchkey_certificate::read::read(pem.as_bytes(), now().0), Err(latchkey_certificate::Fault::HoldsPrivateKey));
    let certificate = &pem[pem.find("-----BEGIN CERTIFICATE").unwrap()..];
    assert_eq!(latchkey_certificate::read::read(certificate.as_bytes(), now().0).unwrap(), made.public);
}

#[wasm_bindgen_test]
async fn the_key_of_a_visit_signs_and_can_not_be_exported() {
    let made = latchkey_certificate::browser::make("Latchkey visit", 1, 2048, now().0, false).await.unwrap();
    assert!(!made.key.extractable());
    assert!(made.to_pem().await.is_err());
    assert!(signs(&made.key, made.public.bits).await);
}
