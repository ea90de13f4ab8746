//! Where Microsoft's consent page comes back to. Needs no session, and claims nothing that it can't know.

use super::ui;
use crate::app::{Phase, consent, screen, use_app};
use crate::entra::consent::{Hint, read_landing};
use crate::entra::scopes::Scope;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::consent::{ConsentAnswer, ConsentLanding};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn Consent() -> impl IntoView {
    ui::arrive(Common::Consent.text());
    let app = use_app();
    view! {
        <h1>{Common::Consent.text()}</h1>
        {move || match (app.consent_answer.get(), app.phase.get()) {
            (None, Phase::Starting) => view! { <p>{ConsentAnswer::Reading.text()}</p> }.into_any(),
            (None, Phase::Ready) => view! { <Landing/> }.into_any(),
            (Some(Hint::SaysAccepted { .. }), _) => view! {
                <p>{ConsentAnswer::Accepted.text()}</p>
                <p>{ConsentAnswer::AfterAccepted.text()}</p>
            }.into_any(),
            (Some(Hint::SaysRefused(fault)), _) => view! {
                <p>{ConsentAnswer::Refused.text()}</p>
                <ui::NoticeView notice=text::faults::consent_page(&fault)/>
                <p>{ConsentAnswer::AfterRefused.text()}</p>
            }.into_any(),
            (Some(Hint::Unclear), _) => view! {
                <p>{ConsentAnswer::Unclear.text()}</p>
            }.into_any(),
        }}
    }
}

/// What this page asks for, for an administrator who was sent here before Microsoft's page.
#[component]
fn Landing() -> impl IntoView {
    let app = use_app();
    let hash = use_location().hash;
    move || {
        let Some(config) = app.config_now() else { return ().into_any() };
        let said = hash.with(|hash| read_landing(hash, &config.client_id));
        if said.is_other_app {
            return view! { <p class="empty">{ConsentLanding::OtherApp.text()}</p> }.into_any();
        }
        let tenant = said.tenant.clone();
        view! {
            <p>{ConsentLanding::WhatItIs.text()}</p>
            <dl class="facts">
                <dt>{Common::ClientId.text()}</dt><dd class="mono">{config.client_id.to_string()}</dd>
                <dt>{ConsentLanding::Publisher.text()}</dt><dd>{ConsentLanding::WhetherVerified.text()}</dd>
                {said.asker.map(|asker| view! { <dt>{ConsentLanding::WhoAsks.text()}</dt><dd>{asker}</dd> })}
                {said.tenant.map(|tenant| view! { <dt>{ConsentLanding::ForTenant.text()}</dt><dd class="mono">{tenant.to_string()}</dd> })}
                <dt>{ConsentLanding::ThisPage.text()}</dt><dd>{config.origin.clone()}</dd>
            </dl>
            <h2>{ConsentLanding::WhatItMayDo.text()}</h2>
            <ul>{Scope::ALL.into_iter().map(|scope| view! { <li><strong>{scope.name()}</strong>": "{text::partner::scope_words(scope)}</li> }).collect_view()}</ul>
            <p>{ConsentLanding::BeforeYouConsent.text()}</p>
            <p class="actions"><button type="button" class="button button--primary" on:click=move |_| {
                if let Some(link) = consent::own_link(app, tenant.as_ref(), None) {
                    screen::go(&link);
                }
            }>{Common::GiveConsent.text()}</button></p>
        }.into_any()
    }
}
