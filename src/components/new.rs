//! The choice of a blueprint.

use super::ui;
use crate::app::use_app;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn New() -> impl IntoView {
    ui::arrive("Create");
    let app = use_app();
    let navigate = use_navigate();
    view! {
        <h1>"What do you want to set up?"</h1>
        {move || {
            let navigate = navigate.clone();
            match app.current_account() {
                None => view! { <ui::SignInFirst/> }.into_any(),
                Some(account) if !account.may_use_app_sessions() => view! { <ui::NoAccess/> }.into_any(),
                Some(_) => view! {
                    <div class="cards">
                        <div class="card">
                            <h2 class="card__title">"App session"</h2>
                            <p>"An app registration with permissions and a client secret, so that jobs connect as an application, without a password and without a prompt for MFA."</p>
                            <p class="actions"><button type="button" class="button button--primary" on:click=move |_| navigate("/app/new/app-session", Default::default())>"App session"</button></p>
                        </div>
                    </div>
                }.into_any(),
            }
        }}
    }
}
