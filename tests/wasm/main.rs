//! What only a browser can show: IndexedDB when it is held, newer or closed, and WebCrypto: sealing, making keys and signing.
#![cfg(target_family = "wasm")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use latchkey::domain::ids::AccountKey;
use latchkey::domain::time::Instant;
use latchkey::platform::clock::{now, sleep, within};
use latchkey::platform::{crypto, tabs};
use latchkey::store::indexed_db::IndexedDb;
use latchkey::store::memory::MemoryStore;
use latchkey::store::migrations;
use latchkey::store::sign_ins::{Sealed, Stored, key_name};
use latchkey::store::{Shelf, Store, StoreFault};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::CryptoKey;

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

/// The object stores that each version of the database added, as its release made them.
const ADDED: [&[&str]; 5] = [&["sessions", "runs"], &["sealed", "keys"], &["customers", "notes"], &["blueprints"], &["epochs", "leases"]];

/// Makes a database of a version that was released, with a record in each of its stores, and closes it.
async fn leave_behind(name: &str, version: usize) {
    use indexed_db_futures::Build;
    use indexed_db_futures::transaction::TransactionMode;
    let stores = || ADDED[..version].iter().flat_map(|added| added.iter().copied());
    let database = indexed_db_futures::database::Database::open(name)
        .with_version(u32::try_from(version).unwrap())
        .with_on_upgrade_needed(move |_event, database| {
            for store in ADDED[..version].iter().flat_map(|added| added.iter().copied()) {
                database.create_object_store(store).build()?;
            }
            Ok(())
        })
        .await
        .unwrap();
    for store in stores() {
        let transaction = database.transaction(store).with_mode(TransactionMode::Readwrite).build().unwrap();
        transaction.object_store(store).unwrap().put("kept").with_key("a").build().unwrap().await.unwrap();
        transaction.commit().await.unwrap();
    }
    database.close();
}

#[wasm_bindgen_test]
async fn f58_each_older_version_is_brought_up_with_its_records() {
    assert_eq!(ADDED.len(), usize::from(migrations::VERSION), "a version that was released is listed");
    for version in 1..ADDED.len() {
        let name = format!("older-{version}");
        leave_behind(&name, version).await;
        let store = IndexedDb::open(&name).await.unwrap();
        for shelf in Shelf::ALL {
            let was_there = ADDED[..version].iter().any(|added| added.contains(&shelf.name()));
            assert_eq!(store.get(shelf, "a").await.unwrap().as_deref(), was_there.then_some("kept"), "{shelf:?} of version {version}");
            store.put(shelf, "b", "new").await.unwrap();
        }
    }
}

#[wasm_bindgen_test]
async fn f58_an_upgrade_that_is_interrupted_leaves_the_old_version_whole() {
    use indexed_db_futures::Build;
    use indexed_db_futures::BuildPrimitive;
    use indexed_db_futures::query_source::QuerySource;
    // What the second step of the upgrade makes is there already, so the upgrade ends after its first.
    leave_behind("interrupted", 2).await;
    let spoiled = indexed_db_futures::database::Database::open("interrupted")
        .with_version(3_u32)
        .with_on_upgrade_needed(|_event, database| {
            for store in ["customers", "notes", "epochs"] {
                database.create_object_store(store).build()?;
            }
            Ok(())
        })
        .await
        .unwrap();
    spoiled.close();
    assert!(matches!(IndexedDb::open("interrupted").await.err(), Some(StoreFault::Unavailable(_))));
    let still = indexed_db_futures::database::Database::open("interrupted").with_version(3_u32).await.unwrap();
    let names: Vec<String> = still.object_store_names().collect();
    assert!(!names.iter().any(|name| name == "blueprints"), "the first step was taken back: {names:?}");
    let transaction = still.transaction("runs").build().unwrap();
    let kept: Option<String> = transaction.object_store("runs").unwrap().get("a").primitive().unwrap().await.unwrap();
    assert_eq!(kept.as_deref(), Some("kept"));
}

#[wasm_bindgen_test]
async fn f48_a_newer_version_is_left_alone() {
    let newer = open_raw("newer", u32::from(migrations::VERSION) + 1).await;
    newer.close();
    assert_eq!(IndexedDb::open("newer").await.err(), Some(StoreFault::Newer));
    let still = open_raw("newer", u32::from(migrations::VERSION) + 1).await;
    assert!(still.object_store_names().any(|name| name == "runs"), "nothing was deleted");
    still.close();
}

#[wasm_bindgen_test]
async fn f45_f46_an_old_tab_that_holds_on_is_not_waited_for() {
    let held = open_raw("held", 1).await;
    let opened = within(6_000, IndexedDb::open("held")).await.expect("the deadline decides");
    assert_eq!(opened.err(), Some(StoreFault::Blocked));
    // A third opener gets no event at all, and is not waited for either.
    let third = within(6_000, IndexedDb::open("held")).await.expect("the deadline decides");
    assert_eq!(third.err(), Some(StoreFault::Blocked));
    // The upgrade that nobody waits for any more comes when the old tab lets go, and comes whole.
    held.close();
    let store = IndexedDb::open("held").await.unwrap();
    store.put(Shelf::Sealed, "s", "new shelf").await.unwrap();
}

#[wasm_bindgen_test]
async fn f47_our_own_connection_lets_a_newer_release_in() {
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

fn account(letter: char) -> AccountKey {
    let id = |last: char| format!("aaaaaaaa-0000-4000-8000-00000000000{last}");
    AccountKey::parse(&format!("{}.{}", id(letter), id('f'))).unwrap()
}

/// A sign-in as a tab would store it, and the key that opens it.
async fn sign_in(store: &IndexedDb, of: &AccountKey, until: i64, taken: i64) -> (Sealed, CryptoKey) {
    let generation = store.generation(of).await.unwrap();
    let key = crypto::new_key().await.unwrap();
    let name = key_name(of, Instant(until), crypto::new_run_id().unwrap().as_str());
    let text = crypto::seal(&key, &Sealed::context(of, generation), "a token").await.unwrap();
    (Sealed { account: of.clone(), key: name, generation, until: Instant(until), taken: Instant(taken), text }, key)
}

async fn keep(store: &IndexedDb, sign_in: &(Sealed, CryptoKey)) -> Stored {
    store.keep_sign_in(&sign_in.0, &sign_in.1, true).await.unwrap().0
}

async fn accounts_of(store: &IndexedDb) -> Vec<AccountKey> {
    store.sign_ins(&[]).await.unwrap().into_iter().map(|(sealed, _)| sealed.account).collect()
}

#[wasm_bindgen_test]
async fn a_key_comes_back_from_the_storage_and_can_not_be_exported() {
    let store = IndexedDb::open("keys").await.unwrap();
    let kept = sign_in(&store, &account('1'), 9, 1).await;
    let (stored, back) = store.keep_sign_in(&kept.0, &kept.1, true).await.unwrap();
    assert_eq!(stored, Stored::Kept);
    let back = back.expect("the key");
    assert!(!back.extractable());
    assert_eq!(crypto::open(&back, &Sealed::context(&account('1'), 0), &kept.0.text).await.unwrap(), "a token");
}

#[wasm_bindgen_test]
async fn t31_signing_out_destroys_the_keys_and_nothing_sealed_before_opens() {
    let store = IndexedDb::open("signs-out").await.unwrap();
    let (mine, other) = (sign_in(&store, &account('1'), 9, 1).await, sign_in(&store, &account('2'), 9, 1).await);
    keep(&store, &mine).await;
    keep(&store, &other).await;
    store.end_sign_ins(Some(&account('1'))).await.unwrap();
    assert_eq!(accounts_of(&store).await, [account('2')], "the other stays");
    let of_tab = store.sign_ins(std::slice::from_ref(&mine.0)).await.unwrap();
    assert!(of_tab.iter().all(|(sealed, _)| sealed.account != account('1')), "what a tab kept does not open either");
    // The next sign-in has a key of its own.
    let again = sign_in(&store, &account('1'), 9, 1).await;
    assert_ne!(again.0.key, mine.0.key);
    assert_eq!(keep(&store, &again).await, Stored::Kept);
}

#[wasm_bindgen_test]
async fn t30_a_tab_that_saves_later_does_not_undo_a_sign_out() {
    let (one, late) = (IndexedDb::open("late").await.unwrap(), IndexedDb::open("late").await.unwrap());
    let kept = sign_in(&late, &account('1'), 9, 1).await;
    assert_eq!(keep(&late, &kept).await, Stored::Kept);
    one.end_sign_ins(Some(&account('1'))).await.unwrap();
    assert_eq!(keep(&late, &kept).await, Stored::SignedOut);
    assert!(accounts_of(&one).await.is_empty());
    // Everybody at once, as the lock does.
    let anew = sign_in(&late, &account('1'), 9, 1).await;
    assert_eq!(keep(&late, &anew).await, Stored::Kept);
    one.end_sign_ins(None).await.unwrap();
    assert_eq!(keep(&late, &anew).await, Stored::SignedOut);
}

#[wasm_bindgen_test]
async fn t30_an_old_record_that_is_put_back_is_not_taken() {
    let store = IndexedDb::open("rolled-back").await.unwrap();
    let old = sign_in(&store, &account('1'), 9, 1).await;
    keep(&store, &old).await;
    store.end_sign_ins(Some(&account('1'))).await.unwrap();
    let fresh = sign_in(&store, &account('1'), 9, 1).await;
    keep(&store, &fresh).await;
    // Its text under the name of another account, or of another generation, does not open.
    let context = Sealed::context(&account('2'), fresh.0.generation);
    assert!(crypto::open(&fresh.1, &context, &fresh.0.text).await.is_err());
    store.put(Shelf::Sealed, account('1').as_str(), &serde_json::to_string(&old.0).unwrap()).await.unwrap();
    assert!(accounts_of(&store).await.is_empty());
}

#[wasm_bindgen_test]
async fn t32_two_tabs_with_two_accounts_keep_both_and_the_newest_renewal_stays() {
    let (one, two) = (IndexedDb::open("two-tabs").await.unwrap(), IndexedDb::open("two-tabs").await.unwrap());
    let (first, second) = (sign_in(&one, &account('1'), 9, 1).await, sign_in(&two, &account('2'), 9, 1).await);
    let (kept, kept_too) = futures_util::future::join(keep(&one, &first), keep(&two, &second)).await;
    assert_eq!((kept, kept_too), (Stored::Kept, Stored::Kept));
    assert_eq!(accounts_of(&one).await, [account('1'), account('2')]);
    // Both renew the same sign-in: whichever saves last, the newer one stays.
    let (older, newer) = (sign_in(&one, &account('1'), 9, 2).await, sign_in(&two, &account('1'), 9, 3).await);
    futures_util::future::join(keep(&two, &newer), keep(&one, &older)).await;
    assert_eq!(keep(&one, &older).await, Stored::Newer);
    let there = one.sign_ins(&[]).await.unwrap();
    assert_eq!(there.iter().find(|(sealed, _)| sealed.account == account('1')).unwrap().0.taken, Instant(3));
}

#[wasm_bindgen_test]
async fn f49_what_a_tab_erased_no_other_tab_brings_back() {
    let (one, late) = (IndexedDb::open("erases").await.unwrap(), IndexedDb::open("erases").await.unwrap());
    let kept = sign_in(&late, &account('1'), 9, 1).await;
    keep(&late, &kept).await;
    late.put(Shelf::Runs, "a", "{}").await.unwrap();
    one.clear().await.unwrap();
    assert_eq!(late.put(Shelf::Runs, "a", "{}").await.err(), Some(StoreFault::Erased));
    assert_eq!(keep(&late, &kept).await, Stored::SignedOut);
    assert!(late.is_erased().await.unwrap());
    assert_eq!(one.put(Shelf::Runs, "a", "{}").await.err(), Some(StoreFault::Erased), "what this tab knew is of before, too");
    let anew = IndexedDb::open("erases").await.unwrap();
    assert!(anew.all(Shelf::Runs).await.unwrap().is_empty() && accounts_of(&anew).await.is_empty());
    anew.put(Shelf::Runs, "a", "{}").await.unwrap();
}

#[wasm_bindgen_test]
async fn t04_what_is_over_is_swept_with_its_key_and_so_is_what_an_older_release_left() {
    let store = IndexedDb::open("sweeps").await.unwrap();
    let (over, good) = (sign_in(&store, &account('1'), 100, 1).await, sign_in(&store, &account('2'), 101, 1).await);
    keep(&store, &over).await;
    keep(&store, &good).await;
    store.put(Shelf::Sealed, "accounts", "c2VhbGVk").await.unwrap();
    assert!(store.take_lease("answer", "one", Instant(-60_000), 60).await.unwrap());
    store.sweep(Instant(100)).await.unwrap();
    assert!(store.take_lease("answer", "two", Instant(-60_000), 60).await.unwrap(), "a lease that is over is gone");
    assert_eq!(store.all(Shelf::Sealed).await.unwrap().len(), 1);
    assert!(store.sign_ins(&[over.0]).await.unwrap().iter().all(|(sealed, _)| sealed.account == account('2')));
}

#[wasm_bindgen_test]
async fn t31_ten_thousand_seals_never_use_an_iv_twice() {
    let key = crypto::new_key().await.unwrap();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..10_000 {
        let sealed = crypto::seal(&key, "context", "the same").await.unwrap();
        assert!(seen.insert(sealed[..16].to_owned()), "the IV is the first 12 bytes");
    }
}

#[wasm_bindgen_test]
async fn f50_a_lease_is_of_one_tab_until_it_is_given_back_or_over() {
    let (one, two) = (IndexedDb::open("leases").await.unwrap(), IndexedDb::open("leases").await.unwrap());
    let at = |seconds: i64| Instant(seconds * 1000);
    assert!(one.take_lease("run", "one", at(0), 90).await.unwrap());
    assert!(!two.take_lease("run", "two", at(1), 90).await.unwrap());
    assert!(two.take_lease("another run", "two", at(1), 90).await.unwrap());
    assert!(one.take_lease("run", "one", at(60), 90).await.unwrap(), "it is made longer");
    assert!(!two.take_lease("run", "two", at(149), 90).await.unwrap());
    assert!(two.take_lease("run", "two", at(150), 90).await.unwrap(), "the tab that had it is dead");
    assert!(!one.take_lease("run", "one", at(151), 90).await.unwrap());
    one.end_lease("run", "one").await.unwrap();
    assert!(!one.take_lease("run", "one", at(152), 90).await.unwrap(), "nobody gives back what another has");
    two.end_lease("run", "two").await.unwrap();
    assert!(one.take_lease("run", "one", at(153), 90).await.unwrap());
    let both = futures_util::future::join(one.take_lease("at once", "one", at(0), 90), two.take_lease("at once", "two", at(0), 90)).await;
    assert_ne!(both.0.unwrap(), both.1.unwrap(), "one of two");
}

#[wasm_bindgen_test]
async fn f50_a_lock_is_of_one_tab_and_comes_when_it_is_let_go() {
    let held = tabs::try_lock("one-at-a-time").await.expect("free");
    assert!(tabs::try_lock("one-at-a-time").await.is_none());
    let (waited, ()) = futures_util::future::join(tabs::wait_for_lock("one-at-a-time"), async { drop(held) }).await;
    assert!(waited.is_some());
}

#[wasm_bindgen_test]
async fn f05_a_deadline_ends_a_wait() {
    assert_eq!(within(10_000, async { 1 }).await, Some(1));
    assert_eq!(within(20, sleep(60_000)).await, None);
}

/// Whether the key signs: as long as its modulus, with a salt of its own each time (PSS). That such a signature fits the certificate is
/// for OpenSSL to say, in crates/certificate/tests, and for the clients of tests/foreign.
async fn signs(key: &web_sys::CryptoKey, bits: u32) -> bool {
    let message = b"header.claims";
    let (signature, again) = (crypto::sign(key, message).await.unwrap(), crypto::sign(key, message).await.unwrap());
    signature != again && signature.len() * 8 == bits as usize
}

#[wasm_bindgen_test]
async fn a_certificate_is_made_and_can_be_saved() {
    let before = now().0;
    let made = latchkey_certificate::browser::make("Nightly report, “prod”", 365, 2048, before).await.unwrap();
    let ends = before + 365 * 86_400_000;
    assert_eq!(made.public.bits, 2048);
    assert!(made.public.starts <= before && made.public.ends <= ends, "a policy that allows 365 days allows this one");
    assert!(made.public.ends - made.public.starts < 365 * 86_400_000);
    let pem = made.to_pem().await.unwrap();
    assert_eq!(latchkey_certificate::read::read(pem.as_bytes(), now().0), Err(latchkey_certificate::Fault::HoldsPrivateKey));
    let certificate = &pem[pem.find("-----BEGIN CERTIFICATE").unwrap()..];
    assert_eq!(latchkey_certificate::read::read(certificate.as_bytes(), now().0).unwrap(), made.public);
}

#[wasm_bindgen_test]
async fn the_key_of_a_visit_signs_and_can_not_be_exported() {
    let made = latchkey_certificate::browser::make("Latchkey visit", 1, 2048, now().0).await.unwrap();
    let key = made.to_sign_assertions().await.unwrap();
    assert!(!key.extractable());
    assert!(signs(&key, made.public.bits).await);
}
