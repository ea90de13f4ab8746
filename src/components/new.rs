//! The choice of a blueprint: one that comes with the page, one that was saved, a file, or a vendor's manifest.

use super::ui::{self, Standing};
use crate::app::{blueprints, use_app};
use crate::formats::built_in;
use crate::formats::document::Document;
use crate::text;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn New() -> impl IntoView {
    ui::arrive("Create");
    let standing = ui::standing();
    view! {
        <h1>"What do you want to set up?"</h1>
        {move || {
            match standing.get() {
                Standing::Starting => view! { <ui::Skeleton what="Reading your session"/> }.into_any(),
                Standing::SignedOut => view! { <ui::SignInFirst/> }.into_any(),
                Standing::NoAccess => view! { <ui::NoAccess/> }.into_any(),
                Standing::Ready => view! { <Choices/> }.into_any(),
            }
        }}
    }
}

/// Goes to a wizard as it was left, without filling it anew.
#[component]
fn Choice(title: &'static str, words: &'static str, href: &'static str) -> impl IntoView {
    let navigate = use_navigate();
    view! {
        <div class="card">
            <h2 class="card__title">{title}</h2>
            <p>{words}</p>
            <p class="actions"><button type="button" class="button button--primary" on:click=move |_| navigate(href, Default::default())>{title}</button></p>
        </div>
    }
}

#[component]
fn Choices() -> impl IntoView {
    let app = use_app();
    let navigate = StoredValue::new_local(use_navigate());
    let saved = RwSignal::new(Vec::<Document>::new());
    let faults = RwSignal::new(Vec::<String>::new());
    let load = move || {
        leptos::task::spawn_local(async move {
            saved.try_set(blueprints::saved(app).await);
        });
    };
    load();
    let open = move |document: &Document| navigate.with_value(|navigate| navigate(&blueprints::open(app, document), Default::default()));
    let from_file = move |event: web_sys::Event| {
        leptos::task::spawn_local(async move {
            match blueprints::from_file(app, &event).await {
                Some(Ok(href)) => navigate.with_value(|navigate| navigate(&href, Default::default())),
                Some(Err(found)) => drop(faults.try_set(found.iter().map(text::formats::fault).collect())),
                None => {}
            }
        });
    };
    view! {
        <div class="cards">
            <Choice title="App session" href="/app/new/app-session" words="An app registration with permissions and a client secret or certificate, so that jobs connect as an application, without a password and without a prompt for MFA."/>
            <Choice title="Connection account" href="/app/new/connection-account" words="A user account in a verified domain with its roles, for a connector that must sign in as somebody. The password is shown once, and a sign-in proves that it works."/>
            <Choice title="Calendar-sync service account" href="/app/new/calendar-sync" words="A multitenant app with the redirect URI of the calendar system, its delegated permissions, consent for all, a client secret, a service account and the Exchange role: one plan in the place of fifty steps."/>
            <Choice title="Import manifest" href="/app/new/import" words="The manifest from a vendor’s help page, as it stands there, for a new app or for one that exists, with the difference first."/>
        </div>
        <h2>"Blueprints"</h2>
        <ul class="rows">
            {[built_in::reporting(), built_in::mail_and_calendar()].into_iter().map(|document| {
                let name = document.name.clone();
                view! { <li class="row"><span class="row__name"><strong>{name}</strong><br/><span class="muted">{document.notes.clone()}</span></span>
                    <button type="button" class="button" on:click=move |_| open(&document)>"Use"</button></li> }
            }).collect_view()}
            {move || saved.get().into_iter().map(|document| {
                let (name, forgotten) = (document.name.clone(), document.name.clone());
                view! { <li class="row"><span class="row__name"><strong>{name.clone()}</strong><br/><span class="muted">"Saved in this browser"</span></span>
                    <button type="button" class="button" aria-label=format!("Use {name}") on:click=move |_| open(&document)>"Use"</button>
                    <button type="button" class="button button--quiet" aria-label=format!("Delete the blueprint {name}") on:click=move |_| {
                        let name = forgotten.clone();
                        leptos::task::spawn_local(async move {
                            blueprints::forget(app, &name).await;
                            load();
                        });
                    }>"Delete"</button></li> }
            }).collect_view()}
        </ul>
        <label class="field">
            <span class="label">"Open a blueprint file"</span>
            <input type="file" class="input" accept=".json,application/json" on:change=from_file/>
        </label>
        {move || (!faults.with(Vec::is_empty)).then(|| view! {
            <div class="error" role="alert"><p>"Nothing was taken from this file:"</p><ul>{faults.get().into_iter().take(12).map(|fault| view! { <li>{fault}</li> }).collect_view()}</ul></div>
        })}
    }
}
