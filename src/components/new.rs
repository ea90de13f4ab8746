//! The choice of a blueprint: one that comes with the page, one that was saved, a file, or a vendor's manifest.

use super::ui::{self, Standing};
use crate::app::{blueprints, use_app};
use crate::domain::blueprint::Kind;
use crate::domain::route::Route;
use crate::formats::built_in;
use crate::formats::document::Document;
use crate::text::screens::common::Common;
use crate::text::screens::new::{self as words, New as Words};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn New() -> impl IntoView {
    ui::arrive(Words::Title.text());
    let standing = ui::standing();
    view! {
        <h1>{Words::Heading.text()}</h1>
        {move || {
            match standing.get() {
                Standing::Starting => view! { <ui::Skeleton what=Common::ReadingSession.text()/> }.into_any(),
                Standing::SignedOut => view! { <ui::SignInFirst/> }.into_any(),
                Standing::NoAccess => view! { <ui::NoAccess/> }.into_any(),
                Standing::Ready => view! { <Choices/> }.into_any(),
            }
        }}
    }
}

/// Goes to a wizard as it was left, without filling it anew.
#[component]
fn Choice(title: &'static str, words: &'static str, to: Route) -> impl IntoView {
    let navigate = use_navigate();
    view! {
        <div class="card">
            <h2 class="card__title">{title}</h2>
            <p>{words}</p>
            <p class="actions"><button type="button" class="button button--primary" on:click=move |_| navigate(&to.path(), Default::default())>{title}</button></p>
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
    let open =
        move |document: &Document| navigate.with_value(|navigate| navigate(&blueprints::open(app, document).path(), Default::default()));
    let from_file = move |event: web_sys::Event| {
        leptos::task::spawn_local(async move {
            match blueprints::from_file(app, &event).await {
                Some(Ok(to)) => navigate.with_value(|navigate| navigate(&to.path(), Default::default())),
                Some(Err(found)) => drop(faults.try_set(found)),
                None => {}
            }
        });
    };
    view! {
        <div class="cards">
            <Choice title=Common::AppSession.text() to=Route::Wizard(Kind::AppSession) words=Words::WhatAppSessionIs.text()/>
            <Choice title=Words::ConnectionAccount.text() to=Route::Wizard(Kind::ConnectionAccount) words=Words::WhatConnectionAccountIs.text()/>
            <Choice title=Words::CalendarSync.text() to=Route::Wizard(Kind::CalendarSync) words=Words::WhatCalendarSyncIs.text()/>
            <Choice title=Common::ImportManifest.text() to=Route::Import words=Words::WhatImportIs.text()/>
        </div>
        <h2>{Words::Blueprints.text()}</h2>
        <ul class="rows">
            {[built_in::reporting(), built_in::mail_and_calendar()].into_iter().map(|document| {
                let name = document.name.clone();
                view! { <li class="row"><span class="row__name"><strong>{name}</strong><br/><span class="muted">{document.notes.clone()}</span></span>
                    <button type="button" class="button" on:click=move |_| open(&document)>{Words::Use.text()}</button></li> }
            }).collect_view()}
            {move || saved.get().into_iter().map(|document| {
                let (name, forgotten) = (document.name.clone(), document.name.clone());
                view! { <li class="row"><span class="row__name"><strong>{name.clone()}</strong><br/><span class="muted">{Words::SavedHere.text()}</span></span>
                    <button type="button" class="button" aria-label=words::use_blueprint(&name) on:click=move |_| open(&document)>{Words::Use.text()}</button>
                    <button type="button" class="button button--quiet" aria-label=words::delete_blueprint(&name) on:click=move |_| {
                        let name = forgotten.clone();
                        leptos::task::spawn_local(async move {
                            blueprints::forget(app, &name).await;
                            load();
                        });
                    }>{Common::Delete.text()}</button></li> }
            }).collect_view()}
        </ul>
        <label class="field">
            <span class="label">{Words::OpenFile.text()}</span>
            <input type="file" class="input" accept=".json,application/json" on:change=from_file/>
        </label>
        {move || (!faults.with(Vec::is_empty)).then(|| view! {
            <div class="error" role="alert"><p>{Words::NothingTaken.text()}</p><ul>{faults.get().into_iter().take(12).map(|fault| view! { <li>{fault}</li> }).collect_view()}</ul></div>
        })}
    }
}
