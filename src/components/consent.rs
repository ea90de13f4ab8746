//! Where Microsoft's consent page comes back to. Needs no session, and claims nothing that it can't know.

use super::ui;
use crate::app::{Phase, consent, screen, use_app};
use crate::entra::consent::{Hint, read_landing};
use crate::entra::scopes::Feature;
use crate::text;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn Consent() -> impl IntoView {
    ui::arrive("Consent");
    let app = use_app();
    view! {
        <h1>"Consent"</h1>
        {move || match (app.consent_answer.get(), app.phase.get()) {
            (None, Phase::Starting) => view! { <p>"Reading the answer…"</p> }.into_any(),
            (None, Phase::Ready) => view! { <Landing/> }.into_any(),
            (Some(Hint::SaysAccepted { .. }), _) => view! {
                <p>"Thank you. Microsoft’s page reports that the permissions were accepted."</p>
                <p>"Whoever asked you checks it in the tenant itself. You can close this page."</p>
            }.into_any(),
            (Some(Hint::SaysRefused(fault)), _) => view! {
                <ui::NoticeView notice=text::faults::entra(&fault, "The tenant")/>
                <p>"To accept the permissions after all, open the link that you were sent once more. Otherwise tell whoever sent it. You can close this page."</p>
            }.into_any(),
            (Some(Hint::Unclear), _) => view! {
                <p>"The answer of the consent page can’t be read. Whoever asked you can check in the tenant itself whether consent was given."</p>
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
            return view! { <p class="empty">"This link is about another application, of which this page knows nothing. Ask whoever sent it."</p> }.into_any();
        }
        let tenant = said.tenant.clone();
        view! {
            <p>"Latchkey asks for your approval to set up applications in your tenant. It works only while a person is signed in to it, and never with more rights than that person has in your tenant."</p>
            <dl class="facts">
                <dt>"Application (client) ID"</dt><dd class="mono">{config.client_id.to_string()}</dd>
                <dt>"Publisher"</dt><dd>"Microsoft’s page tells whether it is verified. Where it says “unverified”, compare the client ID."</dd>
                {said.asker.map(|asker| view! { <dt>"Who asks, as the link says"</dt><dd>{asker}</dd> })}
                {said.tenant.map(|tenant| view! { <dt>"For the tenant, as the link says"</dt><dd class="mono">{tenant.to_string()}</dd> })}
                <dt>"This page"</dt><dd>{config.origin.clone()}</dd>
            </dl>
            <h2>"What it may do once you approve"</h2>
            <ul>{Feature::ALL_SCOPES.iter().map(|scope| view! { <li><strong>{*scope}</strong>": "{text::partner::scope_words(scope)}</li> }).collect_view()}</ul>
            <p>"Give consent only if you know who asks and expected it. Microsoft’s page shows the same once more before anything changes, and you can withdraw the approval at any time in Entra under Enterprise applications > Latchkey."</p>
            <p class="actions"><button type="button" class="button button--primary" on:click=move |_| {
                if let Some(link) = consent::own_link(app, tenant.as_ref(), None) {
                    screen::go(&link);
                }
            }>"Give consent now"</button></p>
        }.into_any()
    }
}
