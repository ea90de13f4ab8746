//! A list of any length: only the rows in sight exist, and scrolling gives them other contents.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;

/// The height of a row, in pixels; style/partner.css agrees.
const ROW: usize = 72;
/// Rows that are ready above and below what is seen; one of them may be seen in part. At the top there are none: there, each key that
/// is typed into a search would draw them for nobody.
const SPARE: usize = 1;

#[derive(Clone, Copy)]
pub struct List {
    /// How many rows there are.
    pub count: Memo<usize>,
    /// The row that the keyboard is on.
    pub active: RwSignal<usize>,
    /// The query whose results are shown, for whoever measures from outside.
    pub query: Memo<String>,
    pub on_open: Callback<usize>,
    pub on_toggle: Callback<usize>,
    /// The right arrow was pressed: more about the row.
    pub on_more: Callback<usize>,
    /// A letter was typed while the keyboard was on the list.
    pub on_type: Callback<String>,
}

/// A place on screen, which shows one row after the other.
#[derive(Clone, Copy)]
pub struct Place {
    number: usize,
    /// The row that it shows.
    pub row: Memo<usize>,
    /// Whether there is such a row, in sight or about to be. What is not shown need not be drawn.
    pub is_shown: Memo<bool>,
}

impl Place {
    /// Returns the id of an element in it. Those called `name`, `about` and `more` tell a screen reader what the row is, in the words
    /// that are on screen: no key has to write them a second time.
    #[must_use]
    pub fn id(self, element: &str) -> String {
        format!("place-{}-{element}", self.number)
    }
}

/// What a place holds.
pub struct Row<V> {
    /// Whether its row is chosen, where rows can be.
    pub is_selected: Option<RwSignal<bool>>,
    pub cells: V,
}

/// `row` draws the contents of a place, and is called once for each.
#[component]
pub fn VirtualList<V: IntoView + 'static>(
    label: &'static str,
    list: List,
    row: impl Fn(Place) -> Row<V> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let List { count, active, .. } = list;
    let element = NodeRef::<Div>::new();
    let top = RwSignal::new(0_usize);
    let height = RwSignal::new(0_usize);
    let measure = move || {
        if let Some(element) = element.get_untracked() {
            height.set(usize::try_from(element.client_height()).unwrap_or_default());
        }
    };
    Effect::new(move |_| {
        if element.get().is_some() {
            measure();
        }
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let scroll_to = move |offset: usize| {
        // Setting it asks the browser for the layout, even when nothing changes.
        if top.get_untracked() == offset {
            return;
        }
        top.set(offset);
        if let Some(element) = element.get_untracked() {
            element.set_scroll_top(i32::try_from(offset).unwrap_or(i32::MAX));
        }
    };
    // Another query begins at its best row.
    Effect::new(move |last: Option<String>| {
        let query = list.query.get();
        if last.is_some_and(|last| last != query) {
            active.set(0);
            scroll_to(0);
        }
        query
    });
    let places = Memo::new(move |_| height.get() / ROW + 1 + 2 * SPARE);
    let first = Memo::new(move |_| (top.get() / ROW).saturating_sub(SPARE));
    // The first row that is not shown any more.
    let end = Memo::new(move |_| {
        let spare = if top.get() == 0 { 0 } else { SPARE };
        ((top.get() + height.get()).div_ceil(ROW) + spare).min(count.get()).min(first.get() + places.get())
    });
    let go_to = move |row: usize| {
        let row = row.min(count.get_untracked().saturating_sub(1));
        active.set(row);
        let (at, seen, from) = (row * ROW, height.get_untracked(), top.get_untracked());
        if at < from {
            scroll_to(at);
        } else if at + ROW > from + seen {
            scroll_to((at + ROW).saturating_sub(seen));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let (row, page) = (active.get_untracked(), (height.get_untracked() / ROW).max(1));
        match event.key().as_str() {
            "ArrowDown" => go_to(row + 1),
            "ArrowUp" => go_to(row.saturating_sub(1)),
            "PageDown" => go_to(row + page),
            "PageUp" => go_to(row.saturating_sub(page)),
            "Home" => go_to(0),
            "End" => go_to(usize::MAX),
            "Enter" if row < count.get_untracked() => list.on_open.run(row),
            "ArrowRight" if row < count.get_untracked() => list.on_more.run(row),
            " " if row < count.get_untracked() => list.on_toggle.run(row),
            key if key.chars().count() == 1 && !event.ctrl_key() && !event.meta_key() && !event.alt_key() => {
                list.on_type.run(key.to_owned());
            }
            _ => return,
        }
        event.prevent_default();
    };
    // Keys pressed on a control inside a row belong to that control.
    let on_own_key = move |event: ev::KeyboardEvent| {
        if event.target() == event.current_target() {
            on_key(event);
        }
    };
    view! {
        <div class="list" role="grid" tabindex="0" aria-label=label node_ref=element
            aria-rowcount=move || count.get().to_string() data-query=move || list.query.get()
            aria-activedescendant=move || {
                let active = active.get();
                (first.get()..end.get()).contains(&active).then(|| format!("row-{active}"))
            }
            on:scroll=move |_| if let Some(element) = element.get_untracked() { top.set(usize::try_from(element.scroll_top()).unwrap_or_default()) }
            on:keydown=on_own_key>
            <div class="list__space" role="presentation" style:height=move || format!("{}px", count.get() * ROW)>
                <For each=move || 0..places.get() key=|place| *place let(place)>
                    {
                        // The row that is a multiple away from this place and in sight: a place keeps its row while it is seen.
                        let at = Memo::new(move |_| {
                            let (first, places) = (first.get(), places.get().max(1));
                            first + (place + places - first % places) % places
                        });
                        let is_shown = Memo::new(move |_| at.get() < end.get());
                        let place = Place { number: place, row: at, is_shown };
                        let Row { is_selected, cells } = row(place);
                        view! {
                            <div class="list__row" role="row" id=move || format!("row-{}", at.get()) aria-rowindex=move || (at.get() + 1).to_string()
                                aria-labelledby=place.id("name") aria-describedby=format!("{} {}", place.id("about"), place.id("more"))
                                aria-selected=move || is_selected.map(|is| is.get().to_string())
                                data-active=move || (at.get() == active.get()).to_string()
                                hidden=move || !is_shown.get() style:transform=move || format!("translateY({}px)", at.get() * ROW)>
                                {cells}
                            </div>
                        }
                    }
                </For>
            </div>
        </div>
    }
}
