//! A vendor's manifest: read as it is pasted, for a new App session or for one that exists.

use super::ui::{self, Standing};
use crate::app::{app_sessions, blueprints, use_app};
use crate::domain::blueprint::Kind;
use crate::domain::ids::AppId;
use crate::domain::permission::PermissionKind;
use crate::domain::route::Route;
use crate::domain::session::Session;
use crate::formats::manifest::{self, Manifest};
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::import::{self as words, Import as Words};
use crate::text::screens::new::New;
use crate::text::screens::wizard::Wizard;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Import() -> impl IntoView {
    ui::arrive(Common::ImportManifest.text());
    let standing = ui::standing();
    view! {
        <h1>{Common::ImportManifest.text()}</h1>
        {move || match standing.get() {
            Standing::Starting => view! { <ui::Skeleton what=Common::ReadingSession.text()/> }.into_any(),
            Standing::SignedOut => view! { <ui::SignInFirst/> }.into_any(),
            Standing::NoAccess => view! { <ui::NoAccess/> }.into_any(),
            Standing::Ready => view! { <Paste/> }.into_any(),
        }}
    }
}

#[component]
fn Paste() -> impl IntoView {
    let app = use_app();
    let navigate = StoredValue::new_local(use_navigate());
    let answer = RwSignal::new(None::<Result<Manifest, Vec<String>>>);
    let read = move |text: String| {
        let found =
            (!text.trim().is_empty()).then(|| manifest::read(&text).map_err(|faults| faults.iter().map(text::formats::fault).collect()));
        answer.set(found);
    };
    let go = move |kind: Kind, manifest: &Manifest| {
        navigate.with_value(|navigate| navigate(&blueprints::from_manifest(app, kind, manifest).path(), Default::default()));
    };
    view! {
        <p class="muted">{Words::WhatToPaste.text()}</p>
        <label class="field">
            <span class="label">{Words::Manifest.text()}</span>
            <textarea class="input input--mono" rows="10" spellcheck="false" autocomplete="off" aria-invalid=move || answer.with(|answer| matches!(answer, Some(Err(_)))).to_string()
                on:input=move |event| read(event_target_value(&event))></textarea>
        </label>
        <OfTenant answer/>
        {move || answer.get().map(|answer| match answer {
            Err(faults) => view! { <div class="error" role="alert"><p>{Words::NothingTaken.text()}</p><ul>{faults.into_iter().take(12).map(|fault| view! { <li>{fault}</li> }).collect_view()}</ul></div> }.into_any(),
            Ok(manifest) => {
                let read = StoredValue::new(manifest.clone());
                view! {
                    <Summary manifest/>
                    <p class="actions">
                        <button type="button" class="button button--primary" on:click=move |_| read.with_value(|manifest| go(Kind::AppSession, manifest))>{Wizard::NewAppSession.text()}</button>
                        <button type="button" class="button" on:click=move |_| read.with_value(|manifest| go(Kind::CalendarSync, manifest))>{New::CalendarSync.text()}</button>
                    </p>
                    <Existing manifest=read/>
                }.into_any()
            }
        })}
    }
}

/// An app registration of the tenant in the place of a text.
#[component]
fn OfTenant(answer: RwSignal<Option<Result<Manifest, Vec<String>>>>) -> impl IntoView {
    let app = use_app();
    let (typed, is_reading) = (RwSignal::new(String::new()), RwSignal::new(false));
    let fault = RwSignal::new(None::<text::Notice>);
    let is_wrong = RwSignal::new(false);
    let read = move |_| {
        let id = AppId::parse(typed.get_untracked().trim());
        is_wrong.set(id.is_none());
        let Some(id) = id.filter(|_| !is_reading.get_untracked()) else { return };
        is_reading.set(true);
        leptos::task::spawn_local(async move {
            match blueprints::of_application(app, &id).await {
                Ok(manifest) => {
                    fault.try_set(None);
                    answer.try_set(Some(Ok(manifest)));
                }
                Err(notice) => drop(fault.try_set(Some(notice))),
            }
            is_reading.try_set(false);
        });
    };
    view! {
        <details>
            <summary>{Words::OfThisTenant.text()}</summary>
            <label class="field">
                <span class="label">{Common::ClientId.text()}</span>
                <input type="text" class="input input--mono" autocomplete="off" spellcheck="false" prop:value=move || typed.get() aria-invalid=move || is_wrong.get().to_string()
                    on:input=move |event| { is_wrong.set(false); typed.set(event_target_value(&event)); }/>
            </label>
            {move || is_wrong.get().then(|| view! { <p class="error" role="alert">{Words::ClientIdIsGuid.text()}</p> })}
            {move || fault.get().map(|notice| view! { <ui::NoticeView notice/> })}
            <p class="actions"><button type="button" class="button" prop:disabled=move || is_reading.get() on:click=read>{Words::ReadIt.text()}</button></p>
        </details>
    }
}

/// What was read, in numbers; names come with the tenant's own catalogue in the wizard.
#[component]
fn Summary(manifest: Manifest) -> impl IntoView {
    let of = |kind: PermissionKind| manifest.asked.iter().filter(|asked| asked.kind == kind).count();
    let (application, delegated) = (of(PermissionKind::Application), of(PermissionKind::Delegated));
    view! {
        <div class="notice" role="status">
            <p class="notice__what">{words::read(manifest.asked.len(), application, delegated)}</p>
            {manifest.name.map(|name| view! { <p>{Common::Name.text()}": "{name}</p> })}
            {(!manifest.redirect_uris.is_empty()).then(|| view! { <p>{Words::RedirectUris.text()}": "<span class="mono">{manifest.redirect_uris.join(", ")}</span></p> })}
            {(!manifest.other_uris.is_empty()).then(|| view! { <p>{Words::OtherUris.text()}": "<span class="mono">{manifest.other_uris.join(", ")}</span></p> })}
            {(!manifest.twice.is_empty()).then(|| view! { <p>{words::twice(manifest.twice.len())}</p> })}
        </div>
    }
}

/// App sessions of this tenant that the manifest can be imported into.
#[component]
fn Existing(manifest: StoredValue<Manifest>) -> impl IntoView {
    let app = use_app();
    let navigate = StoredValue::new_local(use_navigate());
    let here = app.current.get_untracked().map(|current| current.tenant.id);
    let known: Vec<(AppId, String)> = app.sessions.with_untracked(|all| {
        let of = |record: &crate::domain::session::SessionRecord| match &record.session {
            Session::App(found) if record.origin.is_here() && Some(&record.tenant.id) == here.as_ref() => {
                Some((found.app_id.clone(), found.name.clone()))
            }
            _ => None,
        };
        all.iter().filter_map(of).collect()
    });
    (!known.is_empty()).then(|| {
        view! {
            <h2>{Words::IntoExisting.text()}</h2>
            <p class="muted">{Words::WhatIntoExistingDoes.text()}</p>
            <ul class="rows">{known.into_iter().map(|(id, name)| view! {
                <li class="row"><span class="row__name">{name.clone()}</span>
                    <button type="button" class="button" on:click=move |_| {
                        app_sessions::import(app, id.clone(), manifest.with_value(|manifest| manifest.asked.clone()));
                        navigate.with_value(|navigate| navigate(&Route::App(id.clone()).path(), Default::default()));
                    }>{words::import_into(&name)}</button></li>
            }).collect_view()}</ul>
        }
    })
}
