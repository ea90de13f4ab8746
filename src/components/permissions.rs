//! Permissions, found by name and by plain words in the tenant's own catalogue, and those that are chosen.

use super::ui::{NoticeView, Skeleton};
use crate::domain::permission::{Catalogue, Chosen, Offered, PermissionKind};
use crate::domain::risk::{self, Risk};
use crate::formats::draft::Point;
use crate::plan::observed::to_grant;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::controls;
use crate::text::screens::permissions::{self as words, Permissions as Words};
use leptos::prelude::*;
use std::rc::Rc;

/// What is offered, what is chosen, and how a choice is made.
#[derive(Clone, Copy)]
pub struct Picker {
    pub catalogue: RwSignal<Rc<Catalogue>, LocalStorage>,
    /// Whether the catalogue was read to its end.
    pub is_whole: RwSignal<bool>,
    pub fault: RwSignal<Option<text::Notice>>,
    /// The one kind that is offered, if only one is.
    pub only: Option<PermissionKind>,
    pub chosen: Signal<Vec<Chosen>>,
    pub set: Callback<(Chosen, bool)>,
    /// Critical permissions that the person said yes to, by id.
    pub accepted: Signal<Vec<String>>,
    pub accept: Callback<String>,
    /// Reads the catalogue again, after a reading that failed.
    pub retry: Callback<()>,
}

/// Permissions that somebody else asked for and that could do harm: each is chosen once it is ticked.
#[component]
pub fn Waiting(#[prop(into)] permissions: Signal<Vec<Chosen>>, picker: Picker) -> impl IntoView {
    let line = move |permission: Chosen| {
        let point = text::outside::point(&Point::Permission(permission.clone()));
        let known = permission.clone();
        view! {
            <li><label class="check"><input type="checkbox" prop:checked=move || picker.chosen.with(|all| all.iter().any(|one| one.is_same(&known)))
                on:change=move |event| picker.set.run((permission.clone(), event_target_checked(&event)))/><span>{point}</span></label></li>
        }
    };
    move || {
        let all = permissions.get();
        (!all.is_empty()).then(|| {
            view! {
                <div class="notice" role="status">
                    <p class="notice__what">{text::outside::permissions(all.len())}</p>
                    <ul class="plain" aria-label=Common::FromOutside.text()>{all.into_iter().map(line).collect_view()}</ul>
                </div>
            }
        })
    }
}

const SHOWN: usize = 40;

/// What a search found, in the order in which it is shown.
#[derive(Clone, PartialEq)]
struct Results {
    query: String,
    rows: Vec<Offered>,
}

#[component]
pub fn Permissions(picker: Picker) -> impl IntoView {
    let query = RwSignal::new(String::new());
    // A critical permission that waits for a second yes.
    let asked = RwSignal::new(None::<Chosen>);
    // While APIs arrive, what is on the screen stays where it is and the rest follows: a row that a person aims at must not become another
    // one. Typing ranks anew.
    let results = Memo::new_with_compare(
        move |before: Option<&Results>| {
            let query = query.get();
            let fits = |offered: &&Offered| picker.only.is_none_or(|only| offered.chosen.kind == only);
            let most = if picker.only.is_some() { 2 * SHOWN } else { SHOWN };
            let ranked = picker
                .catalogue
                .with(|catalogue| catalogue.search(&query, most).into_iter().filter(fits).take(SHOWN).cloned().collect::<Vec<Offered>>());
            let mut rows = before.filter(|before| before.query == query).map(|before| before.rows.clone()).unwrap_or_default();
            for offered in ranked {
                if rows.len() < SHOWN && !rows.iter().any(|known| known.chosen.is_same(&offered.chosen)) {
                    rows.push(offered);
                }
            }
            Results { query, rows }
        },
        |before, now| before != now,
    );
    view! {
        <label class="field">
            <span class="label">{Words::Search.text()}</span>
            <input type="search" class="input" maxlength="200" autocomplete="off" placeholder=Words::Example.text() prop:value=move || query.get() on:input=move |event| query.set(event_target_value(&event))/>
        </label>
        <Tray picker/>
        {move || asked.get().map(|permission| view! { <Confirm picker permission asked/> })}
        {move || picker.fault.get().map(|notice| view! { <NoticeView notice retry=picker.retry/> })}
        {move || {
            let total = picker.catalogue.with(|catalogue| catalogue.len());
            if total == 0 && !picker.is_whole.get() {
                return view! { <Skeleton what=Words::Reading.text()/> }.into_any();
            }
            let heading = if query.with(|query| query.trim().is_empty()) {
                words::to_search(total)
            } else {
                words::found(results.with(|results| results.rows.len()), SHOWN)
            };
            view! { <p class="muted" role="status">{heading}</p> }.into_any()
        }}
        <ul class="rows">
            <For
                each=move || if query.with(|query| query.trim().is_empty()) { Vec::new() } else { results.with(|results| results.rows.clone()) }
                key=|offered| offered.chosen.clone()
                let(offered)
            >
                <Row picker offered asked/>
            </For>
        </ul>
    }
}

#[component]
fn Row(picker: Picker, offered: Offered, asked: RwSignal<Option<Chosen>>) -> impl IntoView {
    let (level, reason) = risk::of(&offered.chosen);
    let title = text::permissions::full_title(&offered.chosen);
    let chosen = offered.chosen.clone();
    let is_chosen = {
        let chosen = chosen.clone();
        move || picker.chosen.with(|all| all.iter().any(|known| known.is_same(&chosen)))
    };
    let admin = words::who_consents(offered.needs_admin.then(|| to_grant(&offered.chosen)));
    view! {
        <li class="row row--permission">
            <label class="check">
                <input type="checkbox" aria-label=title.clone() prop:checked=is_chosen on:change=move |event| {
                    let wanted = event_target_checked(&event);
                    let accepted = picker.accepted.with_untracked(|all| all.contains(&chosen.id));
                    if wanted && level == Risk::Critical && !accepted {
                        asked.set(Some(chosen.clone()));
                    }
                    picker.set.run((chosen.clone(), wanted));
                }/>
                <span><strong>{title}</strong><br/>{offered.description}</span>
            </label>
            <span class="row__facts">
                <span class=format!("chip chip--{}", format!("{level:?}").to_lowercase()) title=text::permissions::reason(reason)>{text::permissions::risk(level)}</span>
                <span class="muted">{offered.chosen.resource_name}</span>
                <span class="muted">{admin}</span>
            </span>
        </li>
    }
}

/// Asks once more for a critical permission, with the reason.
#[component]
fn Confirm(picker: Picker, permission: Chosen, asked: RwSignal<Option<Chosen>>) -> impl IntoView {
    let (_, reason) = risk::of(&permission);
    let (id, out) = (permission.id.clone(), permission.clone());
    view! {
        <div class="notice" role="alert">
            <p class="notice__what">{words::is_critical(&text::permissions::title(&permission))}</p>
            <p>{text::permissions::reason(reason)}</p>
            <p class="actions">
                <button type="button" class="button" on:click=move |_| {
                    picker.set.run((out.clone(), false));
                    asked.set(None);
                }>{Common::LeaveItOut.text()}</button>
                <button type="button" class="button button--quiet" on:click=move |_| {
                    picker.accept.run(id.clone());
                    asked.set(None);
                }>{Words::Needed.text()}</button>
            </p>
        </div>
    }
}

/// The permissions chosen so far.
#[component]
fn Tray(picker: Picker) -> impl IntoView {
    move || {
        let chosen = picker.chosen.get();
        (!chosen.is_empty()).then(|| {
            view! {
                <ul class="tray" aria-label=Words::Chosen.text()>
                    {chosen.into_iter().map(|permission| {
                        let title = text::permissions::full_title(&permission);
                        let label = controls::remove(&title);
                        view! { <li class="tray__item">{title}<button type="button" class="tray__remove" aria-label=label on:click=move |_| picker.set.run((permission.clone(), false))>"×"</button></li> }
                    }).collect_view()}
                </ul>
            }
        })
    }
}
