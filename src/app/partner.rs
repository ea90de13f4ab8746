//! The partner's customers: read from Graph, kept between visits, noted about, and opened.

use super::graph::{self, Trouble};
use super::tenant::{has_no_access, lacks_consent, needs_person};
use super::{App, Current, consent, sessions, storage};
use crate::customers::cache::{self, Chunk, KeptNote};
use crate::customers::directory::Directory;
use crate::customers::merge::Merger;
use crate::customers::packed::{MANY, Packed};
pub use crate::customers::{ConsentState, Customer, GdapStatus, Guid, Note};
use crate::domain::ids::{Tenant, TenantId};
use crate::domain::time::Instant;
use crate::entra::scopes::Feature;
use crate::graph::answer::Fault;
use crate::graph::client::TenantClient;
use crate::graph::partner as requests;
use crate::graph::request::GraphRequest;
use crate::platform::clock;
use crate::store::{Shelf, Store};
use crate::text::{Notice, faults};
use leptos::prelude::*;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// A list older than this is read anew without being asked, in seconds.
const FRESH: i64 = 12 * 3600;
/// How long Microsoft may take to let a consent be felt, in looks of [`LOOK_MS`].
const LOOKS: usize = 20;
const LOOK_MS: i32 = 3_000;

/// The customers, as the screen sees them.
#[derive(Clone, Copy)]
pub struct Book {
    pub directory: RwSignal<Arc<Directory>>,
    pub notes: RwSignal<Arc<HashMap<Guid, Note>>>,
    pub reading: RwSignal<Reading>,
    /// When the list was last read to its end.
    pub read_at: RwSignal<Option<Instant>>,
    /// Why it could not be read, and whether Microsoft's page can help.
    pub trouble: RwSignal<Option<(Notice, bool)>>,
    /// The customer that could not be opened, and what can be done.
    pub stopped: RwSignal<Option<Stopped>>,
    /// The tenant whose customers they are.
    home: RwSignal<Option<TenantId>>,
    is_stopping: RwSignal<bool>,
    /// Raised by each attempt to open a customer and by each change of mind: an older attempt must not open anything any more.
    attempt: RwSignal<u32>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            directory: RwSignal::new(Arc::new(Directory::default())),
            notes: RwSignal::new(Arc::new(HashMap::new())),
            reading: RwSignal::new(Reading::Storage),
            read_at: RwSignal::new(None),
            trouble: RwSignal::new(None),
            stopped: RwSignal::new(None),
            home: RwSignal::new(None),
            is_stopping: RwSignal::new(false),
            attempt: RwSignal::new(0),
        }
    }
}

impl Book {
    /// Empties the book, as when the browser's data is erased or another partner's people sign in.
    pub fn forget(self) {
        self.is_stopping.set(true);
        self.home.set(None);
        self.attempt.update(|attempt| *attempt += 1);
        self.reading.set(Reading::Storage);
        self.directory.set(Arc::new(Directory::default()));
        self.notes.set(Arc::new(HashMap::new()));
        self.read_at.set(None);
        self.stopped.set(None);
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
    pub way: Way,
}

/// What can be done about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Consent is missing: give it, hand the link on, or look again.
    Consent,
    /// Microsoft wants to see the person.
    SignIn,
    /// Consent was reported; the tenant is looked at until it is felt.
    Waiting,
    Nothing,
}

/// Returns the person's own tenant as a session: Partner Access is at home, whichever session is in use.
#[must_use]
pub fn home(app: App) -> Option<Current> {
    let (account, mut current) = (app.current_account()?, app.current.get()?);
    current.is_customer = false;
    if current.tenant.id != account.person.home {
        let of_home = |all: &Vec<crate::domain::session::SessionRecord>| {
            all.iter().find(|record| record.tenant.id == account.person.home).map(|record| record.tenant.clone())
        };
        // Its session may have been removed from the list; the id is what counts.
        let unnamed = || Tenant { id: account.person.home.clone(), name: "your company".into(), domain: String::new() };
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
        load(app, home).await;
        if book.is_of(home) {
            book.reading.set(Reading::Over);
        }
    }
    // Somebody else began to load it.
    while book.is_of(home) && book.reading.get_untracked() == Reading::Storage {
        clock::sleep(50).await;
    }
}

async fn load(app: App, home: &TenantId) {
    let book = app.partner;
    let kept = app.store().all(Shelf::Notes).await.unwrap_or_default();
    let notes = kept.iter().filter_map(|json| serde_json::from_str::<KeptNote>(json).ok()).filter(|kept| kept.home == *home);
    let notes = notes.map(|kept| (kept.customer, kept.note)).collect();
    if !book.is_of(home) {
        return;
    }
    book.notes.set(Arc::new(notes));
    let mut customers = Packed::default();
    let (mut number, mut of, mut read) = (0, 1, None);
    while number < of {
        let Ok(Some(json)) = app.store().get(Shelf::Customers, &cache::key(home, number)).await else { break };
        let Ok(chunk) = serde_json::from_str::<Chunk>(&json) else { break };
        // A write that was interrupted leaves chunks of two lists.
        if !book.is_of(home) || read.is_some_and(|read| read != chunk.read || of != chunk.of) {
            break;
        }
        (of, read) = (chunk.of, Some(chunk.read));
        let found = chunk.customers();
        if number == 0 {
            customers = Packed::with_capacity(of * cache::CHUNK);
            publish(book, &found);
        }
        found.iter().for_each(|customer| customers.push(customer));
        number += 1;
    }
    if !book.is_of(home) {
        return;
    }
    if number > 1 {
        customers.prepare(MANY);
        publish_packed(book, Arc::new(customers));
    }
    // Half a list is shown, but read anew.
    book.read_at.set(read.filter(|_| number == of));
}

fn publish(book: Book, customers: &[Customer]) {
    book.directory.set(Arc::new(book.notes.with_untracked(|notes| Directory::new(customers, notes))));
}

fn publish_packed(book: Book, customers: Arc<Packed>) {
    book.directory.set(Arc::new(book.notes.with_untracked(|notes| Directory::of(customers, notes))));
}

/// Reads the customers from Graph to the end; the first are shown as the first page comes.
pub async fn read(app: App, home: Current) {
    let book = app.partner;
    book.trouble.set(None);
    book.is_stopping.set(false);
    book.reading.set(Reading::Graph(0));
    let client = match graph::bind(app, &home.account, &home.tenant.id, Feature::Partner).await {
        Ok(client) => client,
        Err(_) if !book.is_of(&home.tenant.id) => return,
        Err(trouble) => {
            book.trouble.set(Some((sessions::explain(&trouble, &home.tenant.name), needs_person(&trouble))));
            book.reading.set(Reading::Over);
            return;
        }
    };
    let merger = Rc::new(RefCell::new(Merger::default()));
    let shown = Rc::new(RefCell::new(0_usize));
    // What was kept stays on screen until as much is read.
    let before = book.directory.with_untracked(|directory| directory.len());
    let of = home.tenant.id.clone();
    let goes_on = move || book.is_of(&of) && !book.is_stopping.get_untracked();
    let grown = {
        let (merger, shown, goes_on) = (merger.clone(), shown.clone(), goes_on.clone());
        move || {
            if !goes_on() {
                return;
            }
            let merger = merger.borrow();
            let found = merger.customers().len();
            book.reading.set(Reading::Graph(found));
            let mut shown = shown.borrow_mut();
            // Folding anew costs as much as there is, so it is done each time that a half has come on top.
            if found > before && found > *shown + *shown / 2 {
                *shown = found;
                publish(book, merger.customers());
            }
        }
    };
    let each = |add: fn(&mut Merger, Value)| {
        let (merger, grown, goes_on) = (merger.clone(), grown.clone(), goes_on.clone());
        move |items: Vec<Value>| {
            items.into_iter().for_each(|item| add(&mut merger.borrow_mut(), item));
            grown();
            goes_on()
        }
    };
    let pages = |first: GraphRequest, add| collect(app, &home, &client, first, each(add));
    let results = futures_util::future::join3(
        pages(requests::customers(), |merger, item| {
            if let Ok(found) = serde_json::from_value::<requests::Customer>(item) {
                merger.add_customer(Guid::from(&found.tenant_id), &found.display_name);
            }
        }),
        pages(requests::relationships(), |merger, item| {
            if let Ok(found) = serde_json::from_value(item) {
                merger.add_relationship(&found);
            }
        }),
        pages(requests::contracts(), |merger, item| {
            if let Ok(found) = serde_json::from_value(item) {
                merger.add_contract(&found);
            }
        }),
    )
    .await;
    let failed = [results.0, results.1, results.2]
        .into_iter()
        .find_map(Result::err)
        .map(|fault| faults::graph(&fault, "Reading the customers", &[]));
    if !book.is_of(&home.tenant.id) {
        return;
    }
    let is_whole = failed.is_none() && !book.is_stopping.get_untracked();
    if is_whole || merger.borrow().customers().len() > before {
        let mut customers = Packed::sorted(&merger.borrow_mut().take());
        customers.prepare(MANY);
        publish_packed(book, Arc::new(customers));
    }
    book.trouble.set(failed.map(|notice| (notice, false)));
    if is_whole {
        let read = clock::now();
        keep(app, &home.tenant.id, read).await;
        if book.is_of(&home.tenant.id) {
            book.read_at.set(Some(read));
        }
    }
    if book.is_of(&home.tenant.id) {
        book.reading.set(Reading::Over);
    }
}

async fn collect(
    app: App,
    home: &Current,
    client: &TenantClient,
    first: GraphRequest,
    each: impl FnMut(Vec<Value>) -> bool,
) -> Result<(), Fault> {
    graph::pages(app, &home.account, client, Feature::Partner, first, each).await
}

/// Stops reading; what has come stays on screen.
pub fn stop(app: App) {
    app.partner.is_stopping.set(true);
}

async fn keep(app: App, home: &TenantId, read: Instant) {
    let directory = app.partner.directory.get_untracked();
    let of = directory.len().div_ceil(cache::CHUNK).max(1);
    for number in 0..of {
        let customers = directory.packed().range(number * cache::CHUNK..(number + 1) * cache::CHUNK).collect();
        let Ok(json) = Chunk::new(read, of, customers).to_json() else { return };
        if !app.partner.is_of(home) {
            return;
        }
        if storage::put(app, Shelf::Customers, &cache::key(home, number), &json).await.is_err() {
            return;
        }
    }
}

/// Returns the ids of the relationships with a customer that work, as far as the list knows; empty when it does not know the customer.
pub async fn relationships(app: App, home: &TenantId, customer: &TenantId) -> Vec<String> {
    let book = app.partner;
    enter(app, home).await;
    let known = book.directory.with_untracked(|all| all.find(Guid::from(customer)));
    known.map(|known| known.relationships.iter().map(|(one, other)| format!("{one}-{other}")).collect()).unwrap_or_default()
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
        let customers = book.directory.with_untracked(|directory| Arc::clone(directory.packed()));
        publish_packed(book, customers);
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
    let bound = graph::bind(app, &account, tenant, Feature::SignIn).await;
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
            let way = if lacks_consent(&trouble) {
                Way::Consent
            } else if needs_person(&trouble) && !has_no_access(&trouble) {
                Way::SignIn
            } else {
                Way::Nothing
            };
            let notice = sessions::explain(&trouble, name);
            app.partner.stopped.set(Some(Stopped { tenant: tenant.clone(), name: name.to_owned(), notice, way }));
            false
        }
    }
}

/// Keeps what an attempt to get in told about consent.
fn note_consent(app: App, tenant: &TenantId, trouble: Option<&Trouble>) {
    let is_refused = trouble.is_some_and(lacks_consent);
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
        let waiting = Stopped {
            notice: Notice::new(
                format!("Microsoft’s page reports that {name} gave consent."),
                "The tenant is asked until it is felt there; that can take a minute.",
            ),
            tenant: tenant.clone(),
            name: name.clone(),
            way: Way::Waiting,
        };
        book.dismiss();
        let attempt = book.attempt.get_untracked();
        book.stopped.set(Some(waiting));
        for _ in 0..LOOKS {
            match graph::bind(app, &home.account, &tenant, Feature::SignIn).await {
                Err(trouble) if lacks_consent(&trouble) => clock::sleep(LOOK_MS).await,
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

/// Goes to Microsoft's consent page for a customer.
pub fn give_consent(app: App, tenant: &TenantId) {
    consent::give_for_customer(app, tenant);
}

/// Goes to Microsoft's sign-in page for a customer's tenant, and comes back to Partner Access.
pub fn sign_in_there(app: App, tenant: &TenantId) {
    let Some(account) = app.current.get_untracked().map(|current| current.account) else { return };
    super::sign_in::step_up(app, &account, tenant, Feature::SignIn, crate::entra::attempt::ReturnTo::Partner, None);
}
