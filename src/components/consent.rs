//! Where Microsoft's consent page comes back to. Needs no session, and claims nothing that it can't know.

use super::ui;
use crate::app::{Phase, use_app};
use crate::entra::consent::Hint;
use crate::text;
use leptos::prelude::*;

#[component]
pub fn Consent() -> impl IntoView {
    ui::arrive("Consent");
    let app = use_app();
    view! {
        <h1>"Consent"</h1>
        {move || match (app.consent_answer.get(), app.phase.get()) {
            (None, Phase::Starting) => view! { <p>"Reading the answer…"</p> }.into_any(),
            (None, Phase::Ready) => view! {
                <p>"Nothing is waiting here. If somebody sent you a link for consent, open that link: it leads to Microsoft’s own page."</p>
            }.into_any(),
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
