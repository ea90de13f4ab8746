//! The partner's customers: read from Graph, kept between visits, noted about, and opened.

use super::graph::{self, Trouble};
use super::tenant::{lacks_consent, needs_person};
use super::{App, Current, consent, sessions, storage};
use crate::customers::cache::{self, Chunk, KeptNote};
use crate::customers::directory::Directory;
use crate::customers::merge::Merger;
pub use crate::customers::{ConsentState, Customer, GdapStatus, Guid, Note};
use crate::domain::ids::TenantId;
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
        }
    }
}

impl Book {
    /// Empties the book, as when the browser's data is erased.
    pub fn forget(self) {
        self.is_stopping.set(true);
        self.home.set(None);
        self.directory.set(Arc::new(Directory::default()));
        self.notes.set(Arc::new(HashMap::new()));
        self.read_at.set(None);
        self.stopped.set(None);
        self.trouble.set(None);
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
        current.tenant = app.sessions.with(of_home)?;
    }
    Some(current)
}

/// Shows what is kept, and reads the list where there is none or it is old.
pub async fn show(app: App, home: Current) {
    let book = app.partner;
    if book.home.get_untracked().as_ref() != Some(&home.tenant.id) {
        book.home.set(Some(home.tenant.id.clone()));
        book.directory.set(Arc::new(Directory::default()));
        book.read_at.set(None);
        book.reading.set(Reading::Storage);
        load(app, &home.tenant.id).await;
    } else if book.reading.get_untracked() != Reading::Over || book.is_stopping.get_untracked() {
        return;
    }
    let is_fresh = book.read_at.get_untracked().is_some_and(|at| clock::now().seconds_since(at) < FRESH);
    if is_fresh {
        book.reading.set(Reading::Over);
    } else {
        read(app, home).await;
    }
}

async fn load(app: App, home: &TenantId) {
    let book = app.partner;
    let kept = app.store().all(Shelf::Notes).await.unwrap_or_default();
    let notes = kept.iter().filter_map(|json| serde_json::from_str::<KeptNote>(json).ok()).filter(|kept| kept.home == *home);
    book.notes.set(Arc::new(notes.map(|kept| (kept.customer, kept.note)).collect()));
    let mut customers: Vec<Customer> = Vec::new();
    let (mut number, mut of, mut read) = (0, 1, None);
    while number < of {
        let Ok(Some(json)) = app.store().get(Shelf::Customers, &cache::key(home, number)).await else { break };
        let Ok(chunk) = serde_json::from_str::<Chunk>(&json) else { break };
        (of, read) = (chunk.of, Some(chunk.read));
        if number == 0 {
            customers.reserve_exact(of * cache::CHUNK);
            publish(book, chunk.customers.clone());
        }
        customers.extend(chunk.customers);
        number += 1;
    }
    if number > 1 {
        publish(book, customers);
    }
    // Half a list is shown, but read anew.
    book.read_at.set(read.filter(|_| number == of));
}

fn publish(book: Book, customers: Vec<Customer>) {
    book.directory.set(Arc::new(book.notes.with_untracked(|notes| Directory::new(customers, notes))));
}

/// Reads the customers from Graph to the end; the first are shown as the first page comes.
pub async fn read(app: App, home: Current) {
    let book = app.partner;
    book.trouble.set(None);
    book.is_stopping.set(false);
    book.reading.set(Reading::Graph(0));
    let client = match graph::bind(app, &home.account, &home.tenant.id, Feature::Partner).await {
        Ok(client) => client,
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
    let grown = {
        let (merger, shown) = (merger.clone(), shown.clone());
        move || {
            let merger = merger.borrow();
            let found = merger.customers().len();
            book.reading.set(Reading::Graph(found));
            let mut shown = shown.borrow_mut();
            // Folding anew costs as much as there is, so it is done each time that a half has come on top.
            if found > before && found > *shown + *shown / 2 {
                *shown = found;
                publish(book, merger.customers().to_vec());
            }
        }
    };
    let each = |add: fn(&mut Merger, Value)| {
        let (merger, grown) = (merger.clone(), grown.clone());
        move |items: Vec<Value>| {
            items.into_iter().for_each(|item| add(&mut merger.borrow_mut(), item));
            grown();
            !book.is_stopping.get_untracked()
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
    let is_whole = failed.is_none() && !book.is_stopping.get_untracked();
    if is_whole || merger.borrow().customers().len() > before {
        publish(book, merger.borrow_mut().take());
    }
    book.trouble.set(failed.map(|notice| (notice, false)));
    if is_whole {
        keep(app, &home.tenant.id).await;
        book.read_at.set(Some(clock::now()));
    }
    book.reading.set(Reading::Over);
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

async fn keep(app: App, home: &TenantId) {
    let directory = app.partner.directory.get_untracked();
    let read = clock::now();
    let of = directory.len().div_ceil(cache::CHUNK).max(1);
    for number in 0..of {
        let customers = directory.customers().iter().skip(number * cache::CHUNK).take(cache::CHUNK).cloned().collect();
        let Ok(json) = serde_json::to_string(&Chunk { read, of, customers }) else { return };
        if storage::put(app, Shelf::Customers, &cache::key(home, number), &json).await.is_err() {
            return;
        }
    }
}

/// Returns the ids of the relationships with a customer that work, as far as the list knows; empty when it does not know the customer.
pub async fn relationships(app: App, home: &TenantId, customer: &TenantId) -> Vec<String> {
    let book = app.partner;
    if book.home.get_untracked().as_ref() != Some(home) {
        book.home.set(Some(home.clone()));
        load(app, home).await;
        book.reading.set(Reading::Over);
    }
    let known = book.directory.with_untracked(|all| all.find(Guid::from(customer)).cloned());
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
        let customers = book.directory.get_untracked();
        publish(book, customers.customers().to_vec());
    }
    let Some(home) = book.home.get_untracked() else { return };
    leptos::task::spawn_local(async move {
        let key = cache::key_of_note(&home, id);
        if let Ok(json) = serde_json::to_string(&KeptNote { home, customer: id, note: after }) {
            let _ = storage::put(app, Shelf::Notes, &key, &json).await;
        }
    });
}

/// Opens a session in a customer's tenant. Returns whether it is open; else [`Book::stopped`] says why not.
pub async fn open(app: App, tenant: &TenantId, name: &str) -> bool {
    let Some(account) = app.current.get_untracked().map(|current| current.account) else { return false };
    app.partner.stopped.set(None);
    match sessions::enter(app, &account, tenant, true).await {
        Ok(()) => {
            note_consent(app, tenant, None);
            true
        }
        Err(trouble) => {
            note_consent(app, tenant, Some(&trouble));
            let way = if lacks_consent(&trouble) {
                Way::Consent
            } else if needs_person(&trouble) {
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
    let found = match trouble {
        None => ConsentState::Given { missing: Vec::new(), extra: Vec::new() },
        Some(trouble) if lacks_consent(trouble) => ConsentState::NotGiven,
        Some(_) => return,
    };
    set_note(app, Guid::from(tenant), |note| {
        // What a check read of the grants is worth more than that the door opened.
        let is_known = matches!((&note.consent, &found), (Some(ConsentState::Given { .. }), ConsentState::Given { .. }));
        if !is_known {
            note.consent = Some(found);
        }
        note.checked = Some(clock::now());
    });
}

/// Somebody came back from Microsoft's page that says consent was given: the tenant is looked at until it is felt, or for a minute.
pub fn consent_was_given(app: App, tenant: TenantId) {
    leptos::task::spawn_local(async move {
        let book = app.partner;
        let Some(home) = untrack(|| home(app)) else { return };
        if book.home.get_untracked().is_none() {
            book.home.set(Some(home.tenant.id.clone()));
            load(app, &home.tenant.id).await;
            book.reading.set(Reading::Over);
        }
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
        for _ in 0..LOOKS {
            book.stopped.set(Some(waiting.clone()));
            match sessions::enter(app, &home.account, &tenant, true).await {
                Err(trouble) if lacks_consent(&trouble) => clock::sleep(LOOK_MS).await,
                _ => break,
            }
            if book.stopped.get_untracked().is_none() {
                return;
            }
        }
        open(app, &tenant, &name).await;
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
