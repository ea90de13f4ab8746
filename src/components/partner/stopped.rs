//! Why a customer's tenant did not open, and what can be done about it.

use crate::app::partner::{self, Stopped as Why, Way};
use crate::app::{consent, use_app};
use crate::components::ui::{CopyField, NoticeView};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Stopped() -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    move || {
        let navigate = navigate.clone();
        app.partner.stopped.get().map(|Why { tenant, name, notice, way }| {
            let close = move |_| app.partner.dismiss();
            let link = consent::own_link(app, Some(&tenant), None).unwrap_or_default();
            let (there, asked) = (tenant.clone(), tenant.clone());
            let go_on = move |_| {
                let (tenant, name, navigate) = (tenant.clone(), name.clone(), navigate.clone());
                leptos::task::spawn_local(async move {
                    if partner::open(app, &tenant, &name).await {
                        navigate("/", Default::default());
                    }
                });
            };
            view! {
                <div class="stopped" tabindex="-1">
                    <NoticeView notice>
                        {match way {
                            Way::Consent => view! {
                                <button type="button" class="button button--primary" on:click=move |_| partner::give_consent(app, &asked)>"Give consent now"</button>
                                <button type="button" class="button" on:click=go_on>"Continue"</button>
                            }.into_any(),
                            Way::SignIn => view! { <button type="button" class="button button--primary" on:click=move |_| partner::sign_in_there(app, &there)>"Sign in there"</button> }.into_any(),
                            Way::Waiting => view! { <span role="status">"Asking the tenant…"</span> }.into_any(),
                            Way::Nothing => view! { <button type="button" class="button" on:click=go_on>"Try again"</button> }.into_any(),
                        }}
                        <button type="button" class="button" on:click=close>"Close"</button>
                    </NoticeView>
                    {(way == Way::Consent).then(|| view! {
                        <p>"Give consent now if your roles in this tenant allow it, or send the link to an administrator there. Continue opens the session once it is given."</p>
                        <CopyField label="Consent URL" value=link button="Copy consent URL"/>
                    })}
                </div>
            }
        })
    }
}
