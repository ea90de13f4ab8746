//! Name, audience, redirect URIs.

use super::Wish;
use crate::app::{draft, use_app};
use crate::domain::blueprint::{Audience, Kind};
use crate::domain::{name, redirect};
use crate::text::faults;
use crate::text::screens::common::Common;
use crate::text::screens::wizard::name::WizardName;
use leptos::prelude::*;

/// The name, with what is worth a second look.
#[component]
pub fn NameField(label: &'static str, help: &'static str) -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let value = move || app.draft.with(|draft| draft.blueprint.name.clone());
    let warnings = move || app.draft.with(|draft| name::warnings(&draft.blueprint.name));
    let is_wrong = move || wish.missing.get().is_some() && app.draft.with(|draft| name::check(&draft.blueprint.name).is_err());
    view! {
        <label class="field">
            <span class="label">{label}</span>
            <input type="text" class="input" autocomplete="off" aria-describedby="name-help" prop:value=value
                aria-invalid=move || is_wrong().to_string()
                on:input=move |event| {
                    wish.missing.set(None);
                    draft::change(app, |draft| draft.blueprint.name = event_target_value(&event));
                }/>
        </label>
        <p class="muted" id="name-help">{help}</p>
        {move || warnings().into_iter().map(|warning| view! { <p class="warning">{faults::name_warning(warning)}</p> }).collect_view()}
    }
}

#[component]
pub fn Name() -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let uris = move || app.draft.with(|draft| draft.templates.join("\n"));
    let is_calendar = app.draft.with_untracked(|draft| draft.blueprint.kind == Kind::CalendarSync);
    let is_audience = move |audience: Audience| move || app.draft.with(|draft| draft.blueprint.audience == audience);
    let set_audience = move |audience: Audience| move |_| draft::change(app, |draft| draft.blueprint.audience = audience);
    let placeholders = Memo::new(move |_| app.draft.with(|draft| redirect::placeholders(&draft.templates)));
    view! {
        <h2>{WizardName::Heading.text()}</h2>
        {is_calendar.then(|| view! {
            <div class="notice" role="note">
                <p class="notice__what">{WizardName::CannotDo.text()}</p>
                <p>{WizardName::WhatItCannotDo.text()}</p>
            </div>
        })}
        <NameField label=Common::Name.text() help=WizardName::NameHelp.text()/>
        {move || placeholders.get().into_iter().map(|name| view! { <Placeholder name/> }).collect_view()}
        {move || (!placeholders.get().is_empty()).then(|| view! {
            <p class="muted">{WizardName::RedirectUri.text()}": "<span class="mono">{move || app.draft.with(|draft| draft.blueprint.redirect_uris.join(", "))}</span></p>
        })}
        <fieldset class="field">
            <legend class="label">{Common::WhoMayUseIt.text()}</legend>
            <label class="check"><input type="radio" name="audience" prop:checked=is_audience(Audience::SingleTenant) on:change=set_audience(Audience::SingleTenant)/><span>{WizardName::SingleTenant.text()}</span></label>
            <label class="check"><input type="radio" name="audience" prop:checked=is_audience(Audience::MultiTenant) on:change=set_audience(Audience::MultiTenant)/><span>{WizardName::MultiTenant.text()}</span></label>
        </fieldset>
        <details>
            <summary>{WizardName::RedirectUris.text()}</summary>
            <label class="field">
                <span class="label">{WizardName::OneALine.text()}</span>
                <textarea class="input" rows="3" prop:value=uris on:change=move |event| {
                    let text = event_target_value(&event);
                    if text.len() > redirect::LONGEST_LIST {
                        return wish.missing.set(Some(faults::redirect(redirect::RedirectFault::TooMany)));
                    }
                    let list = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
                    wish.missing.set(None);
                    draft::change(app, |draft| {
                        draft.templates = list;
                        draft.fill_addresses();
                    });
                }></textarea>
            </label>
            <p class="muted">{WizardName::Braces.text()}</p>
        </details>
    }
}

/// A part of the redirect URIs that whoever uses the blueprint fills in.
#[component]
fn Placeholder(name: String) -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let words = name.replace('-', " ");
    let label =
        words.chars().next().map(|first| first.to_uppercase().collect::<String>() + words.get(first.len_utf8()..).unwrap_or_default());
    let name = StoredValue::new(name);
    let value = move || name.with_value(|name| app.draft.with(|draft| draft.values.get(name).cloned().unwrap_or_default()));
    let fault = Memo::new(move |_| {
        name.with_value(|name| app.draft.with(|draft| redirect::check_value(&draft.templates, name, value().trim()).err()))
    });
    // An empty field is said when Next was pressed; a wrong sign at once.
    let shown = move || fault.get().filter(|fault| *fault != redirect::ValueFault::Empty || wish.missing.get().is_some());
    view! {
        <label class="field">
            <span class="label">{label}</span>
            <input type="text" class="input" autocomplete="off" spellcheck="false" prop:value=value aria-invalid=move || shown().is_some().to_string() on:input=move |event| {
                wish.missing.set(None);
                draft::change(app, |draft| {
                    draft.values.insert(name.get_value(), event_target_value(&event));
                    draft.fill_addresses();
                });
            }/>
        </label>
        {move || shown().map(|fault| view! { <p class="error" role="alert">{faults::placeholder(fault)}</p> })}
    }
}
