//! What a wizard holds, kept or handed on as a blueprint. No password and no secret is in it.

use crate::app::{blueprints, use_app};
use crate::text::screens::wizard::share::WizardShare;
use leptos::prelude::*;

#[component]
pub fn Share() -> impl IntoView {
    let app = use_app();
    view! {
        <details>
            <summary>{WizardShare::KeepOrShare.text()}</summary>
            <p class="muted">{WizardShare::WhatBlueprintHolds.text()}</p>
            <p class="actions">
                <button type="button" class="button" on:click=move |_| leptos::task::spawn_local(async move { blueprints::save(app).await })>{WizardShare::Save.text()}</button>
                <button type="button" class="button" on:click=move |_| blueprints::export(app)>{WizardShare::Export.text()}</button>
                <button type="button" class="button" on:click=move |_| blueprints::copy_link(app)>{WizardShare::CopyLink.text()}</button>
                <button type="button" class="button" on:click=move |_| blueprints::export_manifest(app)>{WizardShare::ExportManifest.text()}</button>
            </p>
        </details>
    }
}
