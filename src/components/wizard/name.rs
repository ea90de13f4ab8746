//! Step 1: name, audience, redirect URIs.

use super::Wish;
use crate::app::{draft, use_app};
use crate::domain::blueprint::Audience;
use crate::domain::name;
use crate::text::faults;
use leptos::prelude::*;

#[component]
pub fn Name() -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let value = move || app.draft.with(|draft| draft.blueprint.name.clone());
    let uris = move || app.draft.with(|draft| draft.blueprint.redirect_uris.join("\n"));
    let warnings = move || app.draft.with(|draft| name::warnings(&draft.blueprint.name));
    let is_audience = move |audience: Audience| move || app.draft.with(|draft| draft.blueprint.audience == audience);
    let set_audience = move |audience: Audience| move |_| draft::change(app, |draft| draft.blueprint.audience = audience);
    view! {
        <h2>"What is it called?"</h2>
        <label class="field">
            <span class="label">"Name"</span>
            <input type="text" class="input" autocomplete="off" aria-describedby="name-help" prop:value=value
                aria-invalid=move || wish.missing.get().is_some().to_string()
                on:input=move |event| {
                    wish.missing.set(None);
                    draft::change(app, |draft| draft.blueprint.name = event_target_value(&event));
                }/>
        </label>
        <p class="muted" id="name-help">"Say what the job does and for whom, such as “Nightly mailbox report”. Administrators read this name when they approve it."</p>
        {move || warnings().into_iter().map(|warning| view! { <p class="warning">{faults::name_warning(warning)}</p> }).collect_view()}
        <fieldset class="field">
            <legend class="label">"Who may use it"</legend>
            <label class="check"><input type="radio" name="audience" prop:checked=is_audience(Audience::SingleTenant) on:change=set_audience(Audience::SingleTenant)/><span>"This tenant only"</span></label>
            <label class="check"><input type="radio" name="audience" prop:checked=is_audience(Audience::MultiTenant) on:change=set_audience(Audience::MultiTenant)/><span>"Any tenant that consents to it"</span></label>
        </fieldset>
        <details>
            <summary>"Redirect URIs (only for apps that people sign in to)"</summary>
            <label class="field">
                <span class="label">"Redirect URIs, one a line"</span>
                <textarea class="input" rows="3" prop:value=uris on:change=move |event| {
                    let list = event_target_value(&event).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
                    draft::change(app, |draft| draft.blueprint.redirect_uris = list);
                }></textarea>
            </label>
        </details>
    }
}
