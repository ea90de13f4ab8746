//! Step 3: how the application proves who it is.

use crate::app::{draft, use_app};
use crate::domain::blueprint::{Credential, DEFAULT_DAYS, LIFETIMES};
use leptos::prelude::*;

/// Returns a lifetime in words.
pub fn lifetime(days: u32) -> &'static str {
    match days {
        30 => "30 days",
        90 => "90 days",
        180 => "180 days",
        365 => "12 months",
        730 => "24 months",
        _ => "a lifetime of its own",
    }
}

#[component]
pub fn CredentialStep() -> impl IntoView {
    let app = use_app();
    let days = Memo::new(move |_| match app.draft.with(|draft| draft.blueprint.credential) {
        Credential::Secret { days } => Some(days),
        Credential::None => None,
    });
    let set = move |credential: Credential| draft::change(app, |draft| draft.blueprint.credential = credential);
    view! {
        <h2>"How does it prove who it is?"</h2>
        <fieldset class="field">
            <legend class="label">"Credential"</legend>
            <label class="check"><input type="radio" name="credential" prop:checked=move || days.get().is_some() on:change=move |_| set(Credential::Secret { days: DEFAULT_DAYS })/><span>"Client secret"</span></label>
            <label class="check"><input type="radio" name="credential" prop:checked=move || days.get().is_none() on:change=move |_| set(Credential::None)/><span>"No credential"</span></label>
        </fieldset>
        {move || days.get().map(|chosen| view! {
            <label class="field">
                <span class="label">"Lifetime"</span>
                <select class="input" on:change=move |event| {
                    if let Ok(days) = event_target_value(&event).parse() { set(Credential::Secret { days }) }
                }>
                    {LIFETIMES.iter().map(|days| view! { <option value=days.to_string() selected=*days == chosen>{lifetime(*days)}</option> }).collect_view()}
                </select>
            </label>
            <p class="muted">"The secret is made at the very end, when you press Show secret, and is shown once. Have the place ready where you keep secrets."</p>
        })}
    }
}
