//! Permissions, found by name and by plain words in the tenant's own catalogue, and those that are chosen.

use super::ui::{NoticeView, Skeleton};
use crate::domain::permission::{Catalogue, Chosen, Offered, PermissionKind};
use crate::domain::risk::{self, Risk};
use crate::plan::step::StepKind;
use crate::text;
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
}

const SHOWN: usize = 40;

#[component]
pub fn Permissions(picker: Picker) -> impl IntoView {
    let query = RwSignal::new(String::new());
    // A critical permission that waits for a second yes.
    let asked = RwSignal::new(None::<Chosen>);
    let results = move || {
        let fits = |offered: &&Offered| picker.only.is_none_or(|only| offered.chosen.kind == only);
        let most = if picker.only.is_some() { 2 * SHOWN } else { SHOWN };
        picker
            .catalogue
            .with(|catalogue| catalogue.search(&query.get(), most).into_iter().filter(fits).take(SHOWN).cloned().collect::<Vec<Offered>>())
    };
    view! {
        <label class="field">
            <span class="label">"Search permissions"</span>
            <input type="search" class="input" autocomplete="off" placeholder="Mail.Read, or: read users" prop:value=move || query.get() on:input=move |event| query.set(event_target_value(&event))/>
        </label>
        <Tray picker/>
        {move || asked.get().map(|permission| view! { <Confirm picker permission asked/> })}
        {move || picker.fault.get().map(|notice| view! { <NoticeView notice/> })}
        {move || {
            let total = picker.catalogue.with(|catalogue| catalogue.len());
            if total == 0 && !picker.is_whole.get() {
                return view! { <Skeleton what="Reading the permissions that this tenant offers"/> }.into_any();
            }
            if query.get().trim().is_empty() {
                return view! { <p class="muted" role="status">{format!("{} to search. Type a name, or what the job does.", text::count(total, "permission", "permissions"))}</p> }.into_any();
            }
            let found = results();
            let heading = match found.len() {
                0 => "Nothing found. Try another word, such as mail, users or sites.".to_owned(),
                SHOWN => format!("The first {SHOWN} are shown. Type more to narrow them."),
                n => text::count(n, "permission found", "permissions found"),
            };
            view! {
                <p class="muted" role="status">{heading}</p>
                <ul class="rows">{found.into_iter().map(|offered| view! { <Row picker offered asked/> }).collect_view()}</ul>
            }.into_any()
        }}
    }
}

#[component]
fn Row(picker: Picker, offered: Offered, asked: RwSignal<Option<Chosen>>) -> impl IntoView {
    let (level, reason) = risk::of(&offered.chosen);
    let step = StepKind::GrantApplication { permission: offered.chosen.clone() };
    let title = text::permissions::full_title(&offered.chosen);
    let chosen = offered.chosen.clone();
    let is_chosen = {
        let chosen = chosen.clone();
        move || picker.chosen.with(|all| all.iter().any(|known| known.is_same(&chosen)))
    };
    let admin = if offered.needs_admin {
        format!("Admin consent, by a {}", text::roles(step.roles_needed()))
    } else {
        "People can consent for themselves".into()
    };
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
            <p class="notice__what">{format!("{} is a critical permission.", text::permissions::title(&permission))}</p>
            <p>{text::permissions::reason(reason)}</p>
            <p class="actions">
                <button type="button" class="button" on:click=move |_| {
                    picker.set.run((out.clone(), false));
                    asked.set(None);
                }>"Leave it out"</button>
                <button type="button" class="button button--quiet" on:click=move |_| {
                    picker.accept.run(id.clone());
                    asked.set(None);
                }>"It needs this permission"</button>
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
                <ul class="tray" aria-label="Chosen permissions">
                    {chosen.into_iter().map(|permission| {
                        let title = text::permissions::full_title(&permission);
                        let words = format!("Remove {title}");
                        view! { <li class="tray__item">{title}<button type="button" class="tray__remove" aria-label=words on:click=move |_| picker.set.run((permission.clone(), false))>"×"</button></li> }
                    }).collect_view()}
                </ul>
            }
        })
    }
}
