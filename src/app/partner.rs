//! The partner's customers: read from Graph, kept between visits, noted about, and opened.

use super::graph::{self, Collection, Trouble};
use super::state::State;
use super::{App, Current, sessions, storage};
use crate::customers::cache::{self, Chunk, KeptNote, Relationships};
use crate::customers::directory::Directory;
use crate::customers::merge::Merger;
use crate::customers::packed::{MANY, Packed};
pub use crate::customers::{ConsentState, Customer, GdapStatus, Guid, Note};
use crate::domain::ids::{Tenant, TenantId};
use crate::domain::time::Instant;
use crate::entra::fault::Meaning;
use crate::entra::scopes::Scopes;
use crate::graph::partner as requests;
use crate::platform::{clock, page};
use crate::store::{Shelf, Store};
use crate::text::{self, Notice};
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// A list older than this is read anew without being asked, in seconds.
const FRESH: i64 = 12 * 3600;
/// How long Microsoft may take to let a consent be felt, in looks of [`LOOK_MS`].
const LOOKS: usize = 20;
const LOOK_MS: i32 = 3_000;

/// The customers, as the screen sees them.
#[derive(Clone, Copy)]
pub struct Book {
    /// Changed where it is, so that there is one list in memory at any time.
    pub directory: State<Directory>,
    pub notes: State<Arc<HashMap<Guid, Note>>>,
    pub reading: State<Reading>,
    /// When the list was last read to its end.
    pub read_at: State<Option<Instant>>,
    /// Why it could not be read.
    pub trouble: State<Option<Notice>>,
    /// The customer that could not be opened, and what can be done.
    pub stopped: State<Option<Stopped>>,
    /// The list is read anew when the network is back.
    pub waits_for_network: State<bool>,
    /// The tenant whose customers they are.
    home: State<Option<TenantId>>,
    is_stopping: State<bool>,
    /// Raised by each reading: an older one must not change anything any more.
    reader: State<u32>,
    /// Raised by each attempt to open a customer and by each change of mind: an older attempt must not open anything any more.
    attempt: State<u32>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            directory: State::new(Directory::default()),
            notes: State::new(Arc::new(HashMap::new())),
            reading: State::new(Reading::Storage),
            read_at: State::new(None),
            trouble: State::new(None),
            stopped: State::new(None),
            waits_for_network: State::new(false),
            home: State::new(None),
            is_stopping: State::new(false),
            reader: State::new(0),
            attempt: State::new(0),
        }
    }
}

impl Book {
    /// Empties the book, as when the browser's data is erased or another partner's people sign in.
    pub fn forget(self) {
        self.is_stopping.set(true);
        self.home.set(None);
        self.reader.update(|reader| *reader += 1);
        self.attempt.update(|attempt| *attempt += 1);
        self.reading.set(Reading::Storage);
        self.directory.update(Directory::clear);
        self.notes.set(Arc::new(HashMap::new()));
        self.read_at.set(None);
        self.stopped.set(None);
        self.waits_for_network.set(false);
        self.trouble.set(None);
    }

    /// Whether the list was read to its end once, as what is kept always was. Else what is not known of a customer may still come.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.reading.get() == Reading::Storage || self.read_at.with(Option::is_some)
    }

    fn is_of(self, home: &TenantId) -> bool {
        self.home.with_untracked(|known| known.as_ref() == Some(home))
    }

    /// Begins to read. What is returned says whether nobody else has begun since, and the book is still of the same partner.
    fn begin(self) -> impl Fn() -> bool + Copy {
        self.reader.update(|reader| *reader += 1);
        let mine = self.reader.get_untracked();
        move || self.reader.get_untracked() == mine
    }

    /// Closes what is said of a customer, and calls off what is still tried for it.
    pub fn dismiss(self) {
        self.attempt.update(|attempt| *attempt += 1);
        self.stopped.set(None);
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// What is kept is being read.
    Storage,
    /// Graph is being read; so many customers so far.
    Graph(usize),
    Over,
}

/// Why a customer's tenant did not open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopped {
    pub tenant: TenantId,
    pub name: String,
    pub notice: Notice,
    /// Consent was reported; the tenant is looked at until it is felt.
    pub is_waiting: bool,
}

/// Returns the person's own tenant as a session: Partner Access is at home, whichever session is in use.
#[must_use]
pub fn home(app: App) -> Option<Current> {
    let (account, mut current) = (app.current_account()?, app.current.get()?);
    current.is_customer = false;
    if current.tenant.id != account.person.home {
        let of_home = |all: &Vec<crate::domain::session::SessionRecord>| {
            all.iter().find(|record| record.origin.is_here() && record.tenant.id == account.person.home).map(|record| record.tenant.clone())
        };
        // Its session may have been removed from the list; the id is what counts.
        let unnamed = || Tenant { id: account.person.home.clone(), name: text::partner::UNNAMED.into(), domain: String::new() };
        current.tenant = app.sessions.with(of_home).unwrap_or_else(unnamed);
    }
    Some(current)
}

/// Shows what is kept, and reads the list where there is none or it is old.
pub async fn show(app: App, home: Current) {
    let book = app.partner;
    enter(app, &home.tenant.id).await;
    let is_fresh = book.read_at.get_untracked().is_some_and(|at| clock::now().seconds_since(at) < FRESH);
    let is_idle = book.reading.get_untracked() == Reading::Over && !book.is_stopping.get_untracked();
    if is_idle && !is_fresh && book.is_of(&home.tenant.id) {
        read(app, home).await;
    }
}

/// Makes the book that of a partner, with what is kept. Nothing of another partner stays.
async fn enter(app: App, home: &TenantId) {
    let book = app.partner;
    if !book.is_of(home) {
        let had_another = book.home.with_untracked(Option::is_some);
        book.forget();
        if had_another {
            app.checks.forget();
        }
        book.is_stopping.set(false);
        book.home.set(Some(home.clone()));
        let is_current = book.begin();
        load(app, home, is_current).await;
        if is_current() {
            book.reading.set(Reading::Over);
        }
    }
    // Somebody else began to load it.
    while book.is_of(home) && book.reading.get_untracked() == Reading::Storage {
        clock::sleep(50).await;
    }
}

async fn load(app: App, home: &TenantId, is_current: impl Fn() -> bool) {
    let book = app.partner;
    let kept = app.store().all(Shelf::Notes).await.unwrap_or_default();
    let notes = kept.iter().filter_map(|json| serde_json::from_str::<KeptNote>(json).ok()).filter(|kept| kept.home == *home);
    let notes = notes.map(|kept| (kept.customer, kept.note)).collect();
    if !is_current() {
        return;
    }
    book.notes.set(Arc::new(notes));
    let (mut number, mut of, mut read) = (0, 1, None);
    while number < of {
        let Ok(Some(json)) = app.store().get(Shelf::Customers, &cache::key(home, number)).await else { break };
        let Ok(chunk) = serde_json::from_str::<Chunk>(&json) else { break };
        // A write that was interrupted leaves chunks of two lists.
        if !is_current() || read.is_some_and(|read| read != chunk.read || of != chunk.of) {
            break;
        }
        (of, read) = (chunk.of, Some(chunk.read));
        let moved = book.directory.try_update_untracked(|directory| {
            let customers = directory.customers_mut();
            if number == 0 {
                *customers = Packed::with_capacity(chunk.room());
            }
            chunk.customers().iter().for_each(|customer| {
                customers.push(customer);
            });
            customers.settle().is_some()
        });
        // What another release kept may be in another order.
        if number == 0 || moved == Some(true) {
            publish(book, |_| {});
        }
        number += 1;
    }
    if !is_current() {
        return;
    }
    if number > 1 {
        publish(book, |customers| customers.prepare(MANY));
    }
    // Half a list is shown, but read anew.
    book.read_at.set(read.filter(|_| number == of));
}

/// Shows the customers as they are after a last change.
fn publish(book: Book, change: impl FnOnce(&mut Packed)) {
    book.directory.update(|directory| {
        change(directory.customers_mut());
        book.notes.with_untracked(|notes| directory.note(notes));
    });
}

/// Reads the customers from Graph to the end, into those that are known; the first are shown as the first page comes.
pub async fn read(app: App, home: Current) {
    let book = app.partner;
    book.trouble.set(None);
    book.is_stopping.set(false);
    // The banner says why nothing happens; it happens when the network is back.
    book.waits_for_network.set(!page::is_online());
    if !page::is_online() {
        book.reading.set(Reading::Over);
        return;
    }
    book.reading.set(Reading::Graph(0));
    let is_current = book.begin();
    let client = match graph::bind(app, &home.account, &home.tenant.id, Scopes::PARTNER).await {
        Ok(client) => client,
        Err(_) if !is_current() => return,
        Err(trouble) => {
            book.trouble.set(Some(sessions::explain(&trouble, &home.tenant.name, true)));
            book.reading.set(Reading::Over);
            return;
        }
    };
    let merger = RefCell::new(book.directory.with_untracked(|directory| Merger::of(directory.customers())));
    let goes_on = move || is_current() && !book.is_stopping.get_untracked();
    let merger_of_pages = &merger;
    let page = move |add: &mut dyn FnMut(&mut Merger, &mut Packed)| {
        if !goes_on() {
            return false;
        }
        let mut merger = merger_of_pages.borrow_mut();
        let waiting = book.directory.try_update_untracked(|directory| {
            let customers = directory.customers_mut();
            add(&mut merger, customers);
            // To put them in order costs as much as there is, so it is done each time that a half has come on top.
            customers.unsettled() > directory.len() / 2
        });
        if waiting == Some(true) {
            publish(book, |customers| merger.settle(customers));
        }
        book.reading.set(Reading::Graph(merger.count()));
        goes_on()
    };
    let mut lists = [
        Collection::new(requests::customers(), |items| {
            page(&mut |merger, all| items.for_each(|found| merger.add_customer(all, Guid::from(&found.tenant_id), &found.display_name)))
        }),
        Collection::new(requests::relationships(), |items| {
            page(&mut |merger, all| items.for_each(|found| merger.add_relationship(all, &found)))
        }),
        Collection::new(requests::contracts(), |items| page(&mut |merger, all| items.for_each(|found| merger.add_contract(all, &found)))),
    ];
    // Somebody waits for the first rows: whichever list answers first has them.
    let alone = lists.iter_mut().map(|list| graph::next_pages(app, &home.account, &client, Scopes::PARTNER, std::slice::from_mut(list)));
    futures_util::future::join_all(alone).await;
    let failed = graph::pages_of(app, &home.account, &client, Scopes::PARTNER, &mut lists).await.err();
    drop(lists);
    let failed = failed.map(|fault| text::partner::unread(&fault));
    if !is_current() {
        return;
    }
    let is_whole = failed.is_none() && !book.is_stopping.get_untracked();
    publish(book, |customers| {
        if is_whole {
            merger.take().finish(customers);
        } else {
            merger.take().stop(customers);
        }
        customers.prepare(MANY);
    });
    // Cut off on the way: what was known stays, and the rest follows.
    let is_cut = failed.is_some() && !page::is_online();
    book.waits_for_network.set(is_cut);
    book.trouble.set(failed.filter(|_| !is_cut));
    if is_whole {
        let read = clock::now();
        keep(app, &home.tenant.id, read, is_current).await;
        if is_current() {
            book.read_at.set(Some(read));
        }
    }
    if is_current() {
        book.reading.set(Reading::Over);
    }
}

/// The network is back: what waited for it is read, once.
pub fn network_is_back(app: App) {
    let Some(home) = untrack(|| home(app)).filter(|_| app.partner.waits_for_network.get_untracked()) else { return };
    app.partner.waits_for_network.set(false);
    leptos::task::spawn_local(read(app, home));
}

/// Stops reading; what has come stays on screen.
pub fn stop(app: App) {
    app.partner.is_stopping.set(true);
}

async fn keep(app: App, home: &TenantId, read: Instant, is_current: impl Fn() -> bool) {
    let directory = app.partner.directory;
    let put = async |key: String, json: serde_json::Result<String>| match json {
        Ok(json) if is_current() => storage::put(app, Shelf::Customers, &key, &json).await.is_ok(),
        _ => false,
    };
    for part in 0..cache::PARTS {
        let relationships = directory.with_untracked(|all| Relationships::new(all.those(|id| cache::part(*id) == part)));
        if !put(cache::key_of_relationships(home, part), serde_json::to_string(&relationships)).await {
            return;
        }
    }
    let of = directory.with_untracked(Directory::len).div_ceil(cache::CHUNK).max(1);
    for number in 0..of {
        let places = number * cache::CHUNK..(number + 1) * cache::CHUNK;
        let customers: Vec<Customer> = directory.with_untracked(|directory| directory.customers().range(places).collect());
        if !put(cache::key(home, number), Chunk::new(read, of, &customers).to_json()).await {
            return;
        }
    }
}

/// Returns the ids of the relationships with a customer that work, as far as the list knows; empty when it does not know the customer.
pub async fn relationships(app: App, home: &TenantId, customer: &TenantId) -> Vec<String> {
    let book = app.partner;
    enter(app, home).await;
    let id = Guid::from(customer);
    // While the list is read anew, some of them may not have come yet.
    let is_read = book.reading.get_untracked() == Reading::Over;
    let found = book.directory.with_untracked(|all| all.find(id)).filter(|_| is_read);
    let mut known = found.map(|found| found.relationships.to_vec()).unwrap_or_default();
    if known.is_empty() {
        let kept = app.store().get(Shelf::Customers, &cache::key_of_relationships(home, cache::part(id))).await;
        let kept = kept.ok().flatten().and_then(|json| serde_json::from_str::<Relationships>(&json).ok());
        known = kept.map(|kept| kept.of(id)).unwrap_or_default();
    }
    known.iter().map(|(one, other)| format!("{one}-{other}")).collect()
}

/// Returns what the person noted about a customer.
#[must_use]
pub fn note(app: App, id: Guid) -> Note {
    app.partner.notes.with_untracked(|notes| notes.get(&id).cloned()).unwrap_or_default()
}

/// Changes a note and keeps it. What is searched is folded anew when it changed.
pub fn set_note(app: App, id: Guid, change: impl FnOnce(&mut Note)) {
    let book = app.partner;
    let before = note(app, id);
    let mut after = before.clone();
    change(&mut after);
    book.notes.update(|notes| {
        Arc::make_mut(notes).insert(id, after.clone());
    });
    if (&before.alias, &before.tags) != (&after.alias, &after.tags) {
        publish(book, |_| {});
    }
    let Some(home) = book.home.get_untracked() else { return };
    leptos::task::spawn_local(async move {
        let key = cache::key_of_note(&home, id);
        if let Ok(json) = serde_json::to_string(&KeptNote { home, customer: id, note: after }) {
            let _ = storage::put(app, Shelf::Notes, &key, &json).await;
        }
    });
}

/// The same for a partner; nothing happens when the book has become another partner's meanwhile.
pub fn set_note_of(app: App, home: &TenantId, id: Guid, change: impl FnOnce(&mut Note)) {
    if app.partner.is_of(home) {
        set_note(app, id, change);
    }
}

/// Opens a session in a customer's tenant. Returns whether it is open; else [`Book::stopped`] says why not.
pub async fn open(app: App, tenant: &TenantId, name: &str) -> bool {
    let Some(account) = app.current.get_untracked().map(|current| current.account) else { return false };
    app.partner.dismiss();
    let attempt = app.partner.attempt.get_untracked();
    let bound = graph::bind(app, &account, tenant, Scopes::SIGN_IN).await;
    // The person has gone on to something else.
    if app.partner.attempt.get_untracked() != attempt {
        return false;
    }
    let entered = match bound {
        Ok(_) => sessions::enter(app, &account, tenant, true).await,
        Err(trouble) => Err(trouble),
    };
    note_consent(app, tenant, entered.as_ref().err());
    match entered {
        Ok(()) => true,
        Err(trouble) => {
            let notice = sessions::explain(&trouble, name, false);
            app.partner.stopped.set(Some(Stopped { tenant: tenant.clone(), name: name.to_owned(), notice, is_waiting: false }));
            false
        }
    }
}

/// Keeps what an attempt to get in told about consent.
fn note_consent(app: App, tenant: &TenantId, trouble: Option<&Trouble>) {
    let is_refused = trouble.is_some_and(|trouble| trouble.meaning(false) == Meaning::Consent);
    if trouble.is_some() && !is_refused {
        return;
    }
    set_note(app, Guid::from(tenant), |note| {
        if is_refused {
            (note.consent, note.checked) = (Some(ConsentState::NotGiven), Some(clock::now()));
        } else if note.consent == Some(ConsentState::NotGiven) {
            // The door opened, so that is no longer so; what is granted is for a check to read.
            (note.consent, note.checked) = (None, None);
        }
    });
}

/// Somebody came back from Microsoft's page that says consent was given: the tenant is looked at until it is felt, or for a minute.
pub fn consent_was_given(app: App, tenant: TenantId) {
    leptos::task::spawn_local(async move {
        let book = app.partner;
        let Some(home) = untrack(|| home(app)) else { return };
        enter(app, &home.tenant.id).await;
        let name = book.directory.with_untracked(|all| all.find(Guid::from(&tenant)).map(|found| found.name.to_string()));
        let name = name.unwrap_or_else(|| tenant.to_string());
        let waiting =
            Stopped { notice: text::partner::consent_reported(&name), tenant: tenant.clone(), name: name.clone(), is_waiting: true };
        book.dismiss();
        let attempt = book.attempt.get_untracked();
        book.stopped.set(Some(waiting));
        for _ in 0..LOOKS {
            match graph::bind(app, &home.account, &tenant, Scopes::SIGN_IN).await {
                Err(trouble) if trouble.meaning(false) == Meaning::Consent => clock::sleep(LOOK_MS).await,
                _ => break,
            }
            if book.attempt.get_untracked() != attempt {
                return;
            }
        }
        if book.attempt.get_untracked() == attempt {
            open(app, &tenant, &name).await;
        }
    });
}

/// Goes to Microsoft's sign-in page for a customer's tenant, and comes back to Partner Access.
pub fn sign_in_there(app: App, tenant: &TenantId) {
    let Some(account) = app.current.get_untracked().map(|current| current.account) else { return };
    super::sign_in::step_up(app, &account, tenant, Scopes::SIGN_IN);
}
