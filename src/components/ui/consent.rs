//! A link to Microsoft's consent page, with what whoever opens it should know.

use super::CopyField;
use crate::app::use_app;
use crate::domain::ids::{AppId, Tenant};
use crate::domain::permission::Chosen;
use crate::domain::session::Person;
use crate::text::consent::{self, Brief};
use crate::text::screens::common::Common;
use crate::text::screens::controls::ConsentLink;
use leptos::prelude::*;

#[component]
pub fn ConsentBrief(name: String, client: AppId, tenant: Tenant, permissions: Vec<Chosen>, person: Person, link: String) -> impl IntoView {
    let app = use_app();
    let login = app.config_now().map(|config| config.login).unwrap_or_default();
    let asker = format!("{} ({})", person.name, person.username);
    let brief = Brief { name: name.trim(), client: &client, tenant: &tenant, permissions: &permissions, asker: &asker, login: &login };
    let (facts, message) = (consent::facts(&brief), consent::message(&brief, &link));
    view! {
        <CopyField label=Common::ConsentUrl.text() value=link button=Common::CopyConsentUrl.text()/>
        <details>
            <summary>{ConsentLink::WhatToTell.text()}</summary>
            <dl class="facts">{facts.into_iter().map(|(name, values)| view! {
                <dt>{name}</dt><dd>{values.into_iter().map(|value| view! { <span class="line"><bdi>{value}</bdi></span> }).collect_view()}</dd>
            }).collect_view()}</dl>
            <p class="actions"><button type="button" class="button" on:click=move |_| app.copy(message.clone(), Common::Message.text())>{Common::CopyMessage.text()}</button></p>
        </details>
    }
}
