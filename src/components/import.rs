//! A vendor's manifest: read as it is pasted, for a new App session or for one that exists.

use super::ui::{self, Standing};
use crate::app::{blueprints, use_app};
use crate::domain::ids::AppId;
use crate::domain::permission::PermissionKind;
use crate::domain::session::Session;
use crate::formats::built_in;
use crate::formats::document::Document;
use crate::formats::manifest::{self, Manifest};
use crate::text;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Import() -> impl IntoView {
    ui::arrive("Import manifest");
    let standing = ui::standing();
    view! {
        <h1>"Import manifest"</h1>
        {move || match standing.get() {
            Standing::Starting => view! { <ui::Skeleton what="Reading your session"/> }.into_any(),
            Standing::SignedOut => view! { <ui::SignInFirst/> }.into_any(),
            Standing::NoAccess => view! { <ui::NoAccess/> }.into_any(),
            Standing::Ready => view! { <Paste/> }.into_any(),
        }}
    }
}

/// Returns what a manifest asks for as a blueprint of an App session.
fn document_of(manifest: &Manifest) -> Document {
    Document {
        name: manifest.name.clone().filter(|name| crate::domain::name::check(name).is_ok()).unwrap_or_default(),
        audience: manifest.audience.unwrap_or_default(),
        redirect_uris: manifest.redirect_uris.clone(),
        permissions: manifest.asked.clone(),
        ..built_in::app_session()
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
    let go = move |document: &Document| navigate.with_value(|navigate| navigate(&blueprints::open(app, document), Default::default()));
    view! {
        <p class="muted">"Paste what the vendor’s help page shows: a whole manifest, an application of Microsoft Graph, or the part requiredResourceAccess alone. Comments, trailing commas and typographic quotes are no obstacle."</p>
        <label class="field">
            <span class="label">"Manifest"</span>
            <textarea class="input input--mono" rows="10" spellcheck="false" autocomplete="off" aria-invalid=move || answer.with(|answer| matches!(answer, Some(Err(_)))).to_string()
                on:input=move |event| read(event_target_value(&event))></textarea>
        </label>
        <OfTenant answer/>
        {move || answer.get().map(|answer| match answer {
            Err(faults) => view! { <div class="error" role="alert"><p>"Nothing was taken from this text:"</p><ul>{faults.into_iter().take(12).map(|fault| view! { <li>{fault}</li> }).collect_view()}</ul></div> }.into_any(),
            Ok(manifest) => {
                let document = StoredValue::new(document_of(&manifest));
                view! {
                    <Summary manifest/>
                    <p class="actions">
                        <button type="button" class="button button--primary" on:click=move |_| document.with_value(go)>"New App session"</button>
                        <button type="button" class="button" on:click=move |_| document.with_value(|document| {
                            let calendar = Document { permissions: document.permissions.clone(), ..built_in::calendar_sync() };
                            go(&calendar);
                        })>"Calendar-sync service account"</button>
                    </p>
                    <Existing document/>
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
            <summary>"Or take an app registration of this tenant"</summary>
            <label class="field">
                <span class="label">"Application (client) ID"</span>
                <input type="text" class="input input--mono" autocomplete="off" spellcheck="false" prop:value=move || typed.get() aria-invalid=move || is_wrong.get().to_string()
                    on:input=move |event| { is_wrong.set(false); typed.set(event_target_value(&event)); }/>
            </label>
            {move || is_wrong.get().then(|| view! { <p class="error" role="alert">"A client ID is a GUID, such as 00001111-aaaa-2222-bbbb-3333cccc4444."</p> })}
            {move || fault.get().map(|notice| view! { <ui::NoticeView notice/> })}
            <p class="actions"><button type="button" class="button" prop:disabled=move || is_reading.get() on:click=read>"Read it"</button></p>
        </details>
    }
}

/// What was read, in numbers; names come with the tenant's own catalogue in the wizard.
#[component]
fn Summary(manifest: Manifest) -> impl IntoView {
    let of = |kind: PermissionKind| manifest.asked.iter().filter(|asked| asked.kind == kind).count();
    let (application, delegated) = (of(PermissionKind::Application), of(PermissionKind::Delegated));
    let count = text::count(manifest.asked.len(), "permission", "permissions");
    view! {
        <div class="notice" role="status">
            <p class="notice__what">{format!("{count} read: {application} application, {delegated} delegated")}</p>
            {manifest.name.map(|name| view! { <p>"Name: "{name}</p> })}
            {(!manifest.redirect_uris.is_empty()).then(|| view! { <p>"Redirect URIs: "<span class="mono">{manifest.redirect_uris.join(", ")}</span></p> })}
            {(!manifest.other_uris.is_empty()).then(|| view! { <p>"Not taken, since they are of another platform than web: "<span class="mono">{manifest.other_uris.join(", ")}</span></p> })}
            {(!manifest.twice.is_empty()).then(|| view! { <p>{format!("{} twice and taken once.", text::count(manifest.twice.len(), "entry was there", "entries were there"))}</p> })}
        </div>
    }
}

/// App sessions of this tenant that the manifest can be imported into.
#[component]
fn Existing(document: StoredValue<Document>) -> impl IntoView {
    let app = use_app();
    let navigate = StoredValue::new_local(use_navigate());
    let here = app.current.get_untracked().map(|current| current.tenant.id);
    let known: Vec<(AppId, String)> = app.sessions.with_untracked(|all| {
        let of = |record: &crate::domain::session::SessionRecord| match &record.session {
            Session::App(found) if Some(&record.tenant.id) == here.as_ref() => Some((found.app_id.clone(), found.name.clone())),
            _ => None,
        };
        all.iter().filter_map(of).collect()
    });
    (!known.is_empty()).then(|| {
        view! {
            <h2>"Or into an App session that exists"</h2>
            <p class="muted">"Its permissions become those of the manifest: the page shows first what is added and what goes."</p>
            <ul class="rows">{known.into_iter().map(|(id, name)| view! {
                <li class="row"><span class="row__name">{name.clone()}</span>
                    <button type="button" class="button" on:click=move |_| {
                        app.imported.set(Some((id.clone(), document.with_value(|document| document.permissions.clone()))));
                        navigate.with_value(|navigate| navigate(&format!("/app/apps/{id}"), Default::default()));
                    }>{format!("Import into {name}")}</button></li>
            }).collect_view()}</ul>
        }
    })
}
