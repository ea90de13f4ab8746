//! The search and the list of customers.

use super::{Missing, Refresh, details, selection};
use crate::app::partner::{self, Customer, GdapStatus, Guid, Note};
use crate::app::{screen, use_app};
use crate::components::ui::{List, Place, Row, VirtualList};
use crate::customers::directory::{Directory, Matches};
use crate::customers::highlight;
use crate::domain::route::Route;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::partner::{self as words, CustomerList};
use leptos::html::Span;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

/// What the query found, and in which edition of the list.
#[derive(Clone, PartialEq)]
struct Found {
    edition: u32,
    matches: Matches,
}

impl Found {
    fn at(&self, directory: &Directory, row: usize) -> Option<Customer> {
        directory.get(*self.matches.places.get(row)?)
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
        book.directory.with(|directory| {
            let edition = directory.edition();
            let last = last.filter(|last| last.edition == edition).map(|last| &last.matches);
            let mut matches = query.with(|query| directory.search(query, last));
            if matches.words.is_empty() {
                matches.places = favourites_first(directory, &matches.places, app);
            }
            Found { edition, matches }
        })
    });
    let customer = move |row: usize| found.with_untracked(|found| book.directory.with_untracked(|directory| found.at(directory, row)));
    // Contracts alone are what somebody sees who is not in AdminAgents.
    let has_gdap = Memo::new(move |_| book.directory.with(|directory| directory.customers().has_gdap()));
    let is_whole = Memo::new(move |_| book.is_whole());
    let navigate = use_navigate();
    let open = Callback::new(move |row: usize| {
        let Some((tenant, name)) = customer(row).and_then(|customer| Some((customer.id.tenant()?, customer.name.to_string()))) else {
            return;
        };
        let navigate = navigate.clone();
        leptos::task::spawn_local(async move {
            if partner::open(app, &tenant, &name).await {
                navigate(&Route::Home.path(), Default::default());
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
    let row = move |place: Place| {
        let at = place.row;
        let id = StoredValue::new(Guid::default());
        let (works, is_favourite, is_selected) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
        let texts: [NodeRef<Span>; 6] = std::array::from_fn(|_| NodeRef::new());
        // One effect for all that a key may change: an effect for each text would cost more than the texts do.
        let mut elements = None;
        Effect::new(move |last: Option<Texts>| {
            if elements.is_none() {
                elements = texts.iter().map(|element| element.get_untracked()).collect::<Option<Vec<_>>>();
            }
            let Some(elements) = &elements else {
                // They come together, and this runs again.
                texts[0].track();
                return Texts::default();
            };
            // Asked before what is made of them: a memo that another one has brought up to date does not count as changed any more.
            found.track();
            at.track();
            if !place.is_shown.get() {
                return last.unwrap_or_default();
            }
            let now = found.with(|found| {
                let customer = book.directory.with_untracked(|directory| found.at(directory, at.get()))?;
                let is_whole = is_whole.get();
                set(works, customer.gdap.as_ref().map_or(!is_whole, |gdap| gdap.status.works() || gdap.status == GdapStatus::Unknown));
                set(is_selected, chosen.with(|chosen| chosen.contains(&customer.id)));
                id.set_value(customer.id);
                Some(book.notes.with(|notes| {
                    let note = noted(notes, &customer);
                    set(is_favourite, note.favourite);
                    written(&customer, &found.matches.words, note, is_whole)
                }))
            });
            let (now, last) = (now.unwrap_or_default(), last.unwrap_or_default());
            for ((element, now), last) in elements.iter().zip(&now).zip(&last) {
                if now != last {
                    screen::show_parts(element, now);
                }
            }
            now
        });
        let [name, alias, domain, tenant, tie, more] = texts;
        // Named by what it does and by the customer that is shown beside it.
        let named = move |what: &str| format!("{} {}", place.id(what), place.id("name"));
        let cells = view! {
            <span class="customer__pick" role="gridcell">
                <input type="checkbox" tabindex="-1" id=place.id("pick") aria-label=CustomerList::Select.text() aria-labelledby=named("pick") prop:checked=is_selected on:change=move |_| toggle(id.get_value())/>
            </span>
            <span class="customer__who" role="gridcell">
                <span class="customer__name"><bdi><span id=place.id("name") node_ref=name></span></bdi><span node_ref=alias></span></span>
                <span class="customer__ids" id=place.id("about")><span class="customer__domain" node_ref=domain></span>" "<span node_ref=tenant></span></span>
                <span class="customer__facts" id=place.id("more")><span data-works=move || works.get().to_string() node_ref=tie></span><span node_ref=more></span></span>
            </span>
            <span class="customer__do" role="gridcell">
                <button type="button" class="button button--quiet" tabindex="-1" id=place.id("favourite") aria-label=Common::Favorite.text() aria-labelledby=named("favourite") aria-pressed=move || is_favourite.get().to_string()
                    on:click=move |_| partner::set_note(app, id.get_value(), |note| note.favourite = !note.favourite)>{move || if is_favourite.get() { "★" } else { "☆" }}</button>
                <button type="button" class="button" tabindex="-1" id=place.id("details") aria-labelledby=named("details") on:click=move |_| shown.set(Some(id.get_value()))>{Common::Details.text()}</button>
                <button type="button" class="button" tabindex="-1" id=place.id("open") aria-labelledby=named("open") on:click=move |_| open.run(at.get_untracked())>{CustomerList::OpenSession.text()}</button>
            </span>
        };
        Row { is_selected: Some(is_selected), cells }
    };
    let all = Callback::new(move |()| -> Vec<Guid> {
        let id_of = |place: &u32| book.directory.with_untracked(|directory| directory.id(*place));
        found.with_untracked(|found| found.matches.places.iter().map(id_of).collect())
    });
    view! {
        <label class="field">
            <span class="label">{CustomerList::Search.text()}</span>
            <input type="search" class="input" maxlength="200" autofocus autocomplete="off" spellcheck="false" placeholder=CustomerList::SearchIn.text() prop:value=move || query.get()
                on:input=move |event| query.set(event_target_value(&event))
                on:keydown=move |event| match event.key().as_str() {
                    // Enter and arrows belong to the input method while a word is being composed.
                    _ if event.is_composing() => {}
                    "ArrowDown" => { event.prevent_default(); screen::focus("[role=grid]") }
                    "Enter" if list.count.get_untracked() > 0 && !query.with_untracked(String::is_empty) => open.run(active.get_untracked()),
                    _ => {}
                }/>
        </label>
        <p class="counts" role="status">{move || words::found(list.count.get(), book.directory.with(Directory::len))}</p>
        <selection::Selection chosen all/>
        {move || (list.count.get() == 0).then(|| view! { <p class="empty">{CustomerList::NobodyFits.text()}</p> })}
        <p class="muted keys">{CustomerList::Keys.text()}</p>
        <VirtualList label=CustomerList::Customers.text() list row/>
        <Refresh/>
        {move || view! { <Missing is_open=!has_gdap.get()/> }}
        <details::Details shown/>
    }
}

fn favourites_first(directory: &Directory, places: &Arc<Vec<u32>>, app: crate::app::App) -> Arc<Vec<u32>> {
    let favourites: BTreeSet<Guid> =
        app.partner.notes.with(|notes| notes.iter().filter(|(_, note)| note.favourite).map(|(id, _)| *id).collect());
    if favourites.is_empty() {
        return places.clone();
    }
    let (mut first, rest): (Vec<u32>, Vec<u32>) = places.iter().partition(|place| favourites.contains(&directory.id(**place)));
    first.extend(rest);
    Arc::new(first)
}

type Parts = Vec<(bool, String)>;

fn noted<'a>(notes: &'a HashMap<Guid, Note>, customer: &Customer) -> &'a Note {
    static NOTHING: LazyLock<Note> = LazyLock::new(Note::default);
    notes.get(&customer.id).unwrap_or(&NOTHING)
}

/// What a row says: the name, the alias, the domain, the tenant id, the tie to the partner, and what is known and noted besides.
type Texts = [Parts; 6];

/// `words` are what was searched, folded; `is_whole` says whether the list was read to its end.
fn written(customer: &Customer, words: &[String], note: &Note, is_whole: bool) -> Texts {
    let mut alias = highlight::parts(&note.alias, words);
    if !alias.is_empty() {
        alias.insert(0, (false, " · ".to_owned()));
    }
    let tags = note.tags.iter().map(|tag| format!(" · #{tag}")).collect::<String>();
    [
        highlight::parts(&customer.name, words),
        alias,
        customer.domain.as_deref().map(|domain| highlight::parts(domain, words)).unwrap_or_default(),
        highlight::parts(&customer.id.to_string(), words),
        vec![(false, text::partner::tie(customer, is_whole))],
        vec![(false, text::partner::consent(note).map(|consent| format!(" · {consent}")).unwrap_or_default() + &tags)],
    ]
}

/// Nobody is told when nothing changed.
fn set(signal: RwSignal<bool>, value: bool) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}
