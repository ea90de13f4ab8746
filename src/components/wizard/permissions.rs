//! Step 2: permissions, found by name and by plain words in the tenant's own catalogue.

use super::Wish;
use crate::app::{draft, use_app};
use crate::components::ui::{NoticeView, Skeleton};
use crate::domain::permission::{Chosen, Offered};
use crate::domain::risk::{self, Risk};
use crate::plan::step::StepKind;
use crate::text;
use leptos::prelude::*;

const SHOWN: usize = 40;

#[component]
pub fn Permissions() -> impl IntoView {
    let wish: Wish = expect_context();
    let query = RwSignal::new(String::new());
    // A critical permission that waits for a second yes.
    let asked = RwSignal::new(None::<Chosen>);
    let results =
        move || wish.catalogue.with(|catalogue| catalogue.search(&query.get(), SHOWN).into_iter().cloned().collect::<Vec<Offered>>());
    view! {
        <h2>"What may it do?"</h2>
        <label class="field">
            <span class="label">"Search permissions"</span>
            <input type="search" class="input" autocomplete="off" placeholder="Mail.Read, or: read users" prop:value=move || query.get() on:input=move |event| query.set(event_target_value(&event))/>
        </label>
        <Tray/>
        {move || asked.get().map(|permission| view! { <Confirm permission asked/> })}
        {move || wish.fault.get().map(|notice| view! { <NoticeView notice/> })}
        {move || {
            let total = wish.catalogue.with(|catalogue| catalogue.len());
            if total == 0 && !wish.is_whole.get() {
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
                <ul class="rows">{found.into_iter().map(|offered| view! { <Row offered asked/> }).collect_view()}</ul>
            }.into_any()
        }}
    }
}

#[component]
fn Row(offered: Offered, asked: RwSignal<Option<Chosen>>) -> impl IntoView {
    let app = use_app();
    let (level, reason) = risk::of(&offered.chosen);
    let step = StepKind::GrantApplication { permission: offered.chosen.clone() };
    let title = text::permissions::full_title(&offered.chosen);
    let chosen = offered.chosen.clone();
    let is_chosen = {
        let chosen = chosen.clone();
        move || app.draft.with(|draft| draft.blueprint.permissions.iter().any(|known| known.is_same(&chosen)))
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
                    let accepted = app.draft.with_untracked(|draft| draft.accepted_risks.contains(&chosen.id));
                    if wanted && level == Risk::Critical && !accepted {
                        asked.set(Some(chosen.clone()));
                    }
                    set(app, &chosen, wanted);
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

fn set(app: crate::app::App, permission: &Chosen, wanted: bool) {
    draft::change(app, |draft| {
        draft.blueprint.permissions.retain(|known| !known.is_same(permission));
        if wanted {
            draft.blueprint.permissions.push(permission.clone());
        }
    });
}

/// Asks once more for a critical permission, with the reason.
#[component]
fn Confirm(permission: Chosen, asked: RwSignal<Option<Chosen>>) -> impl IntoView {
    let app = use_app();
    let (_, reason) = risk::of(&permission);
    let (id, out) = (permission.id.clone(), permission.clone());
    view! {
        <div class="notice" role="alert">
            <p class="notice__what">{format!("{} is a critical permission.", text::permissions::title(&permission))}</p>
            <p>{text::permissions::reason(reason)}</p>
            <p class="actions">
                <button type="button" class="button" on:click=move |_| {
                    set(app, &out, false);
                    asked.set(None);
                }>"Leave it out"</button>
                <button type="button" class="button button--quiet" on:click=move |_| {
                    let id = id.clone();
                    draft::change(app, |draft| draft.accepted_risks.push(id));
                    asked.set(None);
                }>"It needs this permission"</button>
            </p>
        </div>
    }
}

/// The permissions chosen so far.
#[component]
fn Tray() -> impl IntoView {
    let app = use_app();
    move || {
        let chosen = app.draft.with(|draft| draft.blueprint.permissions.clone());
        (!chosen.is_empty()).then(|| {
            view! {
                <ul class="tray" aria-label="Chosen permissions">
                    {chosen.into_iter().map(|permission| {
                        let title = text::permissions::full_title(&permission);
                        let words = format!("Remove {title}");
                        view! { <li class="tray__item">{title}<button type="button" class="tray__remove" aria-label=words on:click=move |_| set(app, &permission, false)>"×"</button></li> }
                    }).collect_view()}
                </ul>
            }
        })
    }
}
