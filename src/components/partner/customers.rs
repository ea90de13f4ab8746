//! The search and the list of customers.

use super::{Missing, Refresh, details, selection};
use crate::app::partner::{self, Customer, GdapStatus, Guid, Note};
use crate::app::{screen, use_app};
use crate::components::ui::{List, VirtualList};
use crate::customers::directory::{Directory, Matches};
use crate::customers::highlight;
use crate::text;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

/// What the query found, and in which list.
#[derive(Clone)]
struct Found {
    directory: Arc<Directory>,
    matches: Matches,
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.directory, &other.directory) && self.matches == other.matches
    }
}

impl Found {
    fn at(&self, row: usize) -> Option<&Customer> {
        self.directory.get(*self.matches.places.get(row)?)
    }
}

#[component]
pub fn Customers() -> impl IntoView {
    let app = use_app();
    let book = app.partner;
    let query = RwSignal::new(String::new());
    let chosen = RwSignal::new(BTreeSet::<Guid>::new());
    let shown = RwSignal::new(None::<Guid>);
    let active = RwSignal::new(0_usize);
    let found = Memo::new(move |last: Option<&Found>| {
        let directory = book.directory.get();
        let last = last.filter(|last| Arc::ptr_eq(&last.directory, &directory)).map(|last| &last.matches);
        let mut matches = query.with(|query| directory.search(query, last));
        if matches.words.is_empty() {
            matches.places = favourites_first(&directory, &matches.places, app);
        }
        Found { directory, matches }
    });
    let customer = move |row: usize| found.with_untracked(|found| found.at(row).cloned());
    // Contracts alone are what somebody sees who is not in AdminAgents.
    let has_gdap = Memo::new(move |_| book.directory.with(|all| all.customers().iter().any(|customer| customer.gdap.is_some())));
    let navigate = use_navigate();
    let open = Callback::new(move |row: usize| {
        let Some((tenant, name)) = customer(row).and_then(|customer| Some((customer.id.tenant()?, customer.name.to_string()))) else {
            return;
        };
        let navigate = navigate.clone();
        leptos::task::spawn_local(async move {
            if partner::open(app, &tenant, &name).await {
                navigate("/", Default::default());
            } else {
                // Once it is drawn.
                leptos::task::tick().await;
                screen::focus(".stopped");
            }
        });
    });
    let toggle = move |id: Guid| {
        chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    };
    let list = List {
        count: Memo::new(move |_| found.with(|found| found.matches.places.len())),
        active,
        query: Memo::new(move |_| found.with(|found| found.matches.query.clone())),
        on_open: open,
        on_toggle: Callback::new(move |row| {
            if let Some(customer) = customer(row) {
                toggle(customer.id);
            }
        }),
        on_more: Callback::new(move |row| shown.set(customer(row).map(|customer| customer.id))),
        on_type: Callback::new(move |letter: String| {
            query.update(|query| query.push_str(&letter));
            screen::focus("[type=search]");
        }),
    };
    let name = move |row: usize| found.with(|found| found.at(row).map(|customer| customer.name.to_string())).unwrap_or_default();
    let more = move |row: usize| found.with(|found| found.at(row).map(spoken)).unwrap_or_default();
    let is_selected = move |row: usize| {
        Some(found.with(|found| found.at(row).is_some_and(|customer| chosen.with(|chosen| chosen.contains(&customer.id)))))
    };
    let row = move |at: Memo<usize>| {
        let of = move |of: fn(&Customer, &[String], &Note) -> Parts| {
            Memo::new(move |_| {
                let at = at.get();
                found.with(|found| {
                    found.at(at).map(|customer| book.notes.with(|notes| of(customer, &found.matches.words, noted(notes, customer))))
                })
            })
        };
        let (title, domain, tenant) = (of(title), of(domain), of(tenant));
        let facts = Memo::new(move |_| {
            let at = at.get();
            found.with(|found| found.at(at).map(|customer| book.notes.with(|notes| Facts::new(customer, noted(notes, customer)))))
        });
        let fact = move |of: fn(&Facts) -> String| move || facts.with(|facts| facts.as_ref().map(of).unwrap_or_default());
        let is_favourite = Memo::new(move |_| facts.with(|facts| facts.as_ref().is_some_and(|facts| facts.is_favourite)));
        let id = Memo::new(move |_| facts.with(|facts| facts.as_ref().map(|facts| facts.id).unwrap_or_default()));
        let marked = move |parts: Memo<Option<Parts>>| move || parts.with(|parts| parts.as_ref().map(marked));
        view! {
            <span class="customer__pick" role="gridcell">
                <input type="checkbox" tabindex="-1" aria-label=fact(|facts| format!("Select {}", facts.name)) prop:checked=move || chosen.with(|chosen| chosen.contains(&id.get())) on:change=move |_| toggle(id.get_untracked())/>
            </span>
            <span class="customer__who" role="gridcell">
                <span class="customer__name">{marked(title)}</span>
                <span class="customer__ids"><span class="customer__domain">{marked(domain)}</span><span>{marked(tenant)}</span></span>
                <span class="customer__facts"><span data-works=fact(|facts| facts.works.to_string())>{fact(|facts| facts.tie.clone())}</span>{fact(|facts| facts.more.clone())}</span>
            </span>
            <span class="customer__do" role="gridcell">
                <button type="button" class="button button--quiet" tabindex="-1" aria-label=fact(|facts| format!("Favourite {}", facts.name)) aria-pressed=move || is_favourite.get().to_string()
                    on:click=move |_| partner::set_note(app, id.get_untracked(), |note| note.favourite = !note.favourite)>{move || if is_favourite.get() { "★" } else { "☆" }}</button>
                <button type="button" class="button" tabindex="-1" on:click=move |_| shown.set(Some(id.get_untracked()))>"Details"</button>
                <button type="button" class="button" tabindex="-1" on:click=move |_| open.run(at.get_untracked())>"Open session"</button>
            </span>
        }
    };
    view! {
        <label class="field">
            <span class="label">"Search customers"</span>
            <input type="search" class="input" autofocus autocomplete="off" spellcheck="false" placeholder="Name, domain, tenant ID, your alias or tags" prop:value=move || query.get()
                on:input=move |event| query.set(event_target_value(&event))
                on:keydown=move |event| match event.key().as_str() {
                    // Enter and arrows belong to the input method while a word is being composed.
                    _ if event.is_composing() => {}
                    "ArrowDown" => { event.prevent_default(); screen::focus("[role=grid]") }
                    "Enter" if list.count.get_untracked() > 0 && !query.with_untracked(String::is_empty) => open.run(active.get_untracked()),
                    _ => {}
                }/>
        </label>
        <p class="counts" role="status">{move || {
            let (count, all) = (list.count.get(), found.with(|found| found.directory.len()));
            if count == all { text::count_of(all, "customer", "customers") } else { format!("{} of {}", text::thousands(count), text::count_of(all, "customer", "customers")) }
        }}</p>
        <selection::Selection chosen all=Callback::new(move |()| found.with_untracked(|found| (0..found.matches.places.len()).filter_map(|row| found.at(row)).map(|customer| customer.id).collect::<Vec<_>>()))/>
        {move || (list.count.get() == 0).then(|| view! { <p class="empty">"No customer fits. Every word must be in the name, the domain, the tenant ID, your alias or your tags."</p> })}
        <p class="muted keys">"Keys: arrows move, Enter opens, Space selects, the right arrow shows details, letters search."</p>
        <VirtualList label="Customers" list name more is_selected row/>
        <Refresh/>
        {move || view! { <Missing is_open=!has_gdap.get()/> }}
        <details::Details shown/>
    }
}

fn favourites_first(directory: &Directory, places: &Arc<[u32]>, app: crate::app::App) -> Arc<[u32]> {
    let favourites: BTreeSet<Guid> =
        app.partner.notes.with(|notes| notes.iter().filter(|(_, note)| note.favourite).map(|(id, _)| *id).collect());
    if favourites.is_empty() {
        return places.clone();
    }
    let (mut first, rest): (Vec<u32>, Vec<u32>) =
        places.iter().partition(|place| directory.get(**place).is_some_and(|customer| favourites.contains(&customer.id)));
    first.extend(rest);
    first.into()
}

type Parts = Vec<(bool, String)>;

/// What tells customers of the same name apart, for a screen reader.
fn spoken(customer: &Customer) -> String {
    format!("{} {}, {}", customer.domain.as_deref().unwrap_or_default(), customer.id, text::partner::tie(customer))
}

fn noted<'a>(notes: &'a HashMap<Guid, Note>, customer: &Customer) -> &'a Note {
    static NOTHING: LazyLock<Note> = LazyLock::new(Note::default);
    notes.get(&customer.id).unwrap_or(&NOTHING)
}

fn title(customer: &Customer, words: &[String], note: &Note) -> Parts {
    let mut parts = highlight::parts(&customer.name, words);
    if !note.alias.is_empty() {
        parts.push((false, " · ".to_owned()));
        parts.extend(highlight::parts(&note.alias, words));
    }
    parts
}

fn domain(customer: &Customer, words: &[String], _: &Note) -> Parts {
    customer.domain.as_deref().map(|domain| highlight::parts(domain, words)).unwrap_or_default()
}

fn tenant(customer: &Customer, words: &[String], _: &Note) -> Parts {
    highlight::parts(&customer.id.to_string(), words)
}

/// What a row shows that no query changes.
#[derive(Clone, PartialEq)]
struct Facts {
    id: Guid,
    name: String,
    tie: String,
    more: String,
    works: bool,
    is_favourite: bool,
}

impl Facts {
    fn new(customer: &Customer, note: &Note) -> Self {
        let tags = note.tags.iter().map(|tag| format!(" · #{tag}")).collect::<String>();
        Self {
            id: customer.id,
            name: customer.name.to_string(),
            tie: text::partner::tie(customer),
            more: text::partner::consent(note).map(|consent| format!(" · {consent}")).unwrap_or_default() + &tags,
            works: customer.gdap.as_ref().is_some_and(|gdap| gdap.status.works() || gdap.status == GdapStatus::Unknown),
            is_favourite: note.favourite,
        }
    }
}

fn marked(parts: &Parts) -> impl IntoView + use<> {
    parts
        .iter()
        .map(|(is_found, part)| {
            let part = part.clone();
            if *is_found { view! { <mark>{part}</mark> }.into_any() } else { part.into_any() }
        })
        .collect_view()
}
