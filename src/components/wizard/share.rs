//! What a wizard holds, kept or handed on as a blueprint. No password and no secret is in it.

use crate::app::{blueprints, use_app};
use leptos::prelude::*;

#[component]
pub fn Share() -> impl IntoView {
    let app = use_app();
    view! {
        <details>
            <summary>"Keep or share this as a blueprint"</summary>
            <p class="muted">"A blueprint says what is set up, not for whom: it holds names of permissions and roles, and no password, secret or tenant."</p>
            <p class="actions">
                <button type="button" class="button" on:click=move |_| leptos::task::spawn_local(async move { blueprints::save(app).await })>"Save as blueprint"</button>
                <button type="button" class="button" on:click=move |_| blueprints::export(app)>"Export blueprint"</button>
                <button type="button" class="button" on:click=move |_| blueprints::copy_link(app)>"Copy blueprint link"</button>
                <button type="button" class="button" on:click=move |_| blueprints::export_manifest(app)>"Export permissions as manifest"</button>
            </p>
        </details>
    }
}
