//! Why a customer's tenant did not open, and what can be done about it.

use crate::app::partner::{self, Stopped as Why};
use crate::app::sign_in::Whom;
use crate::app::{consent, use_app};
use crate::components::ui::{CopyField, NoticeView};
use crate::domain::ids::TenantId;
use crate::domain::route::Route;
use crate::entra::fault::Way;
use crate::entra::scopes::Scopes;
use crate::text::Notice;
use crate::text::screens::common::Common;
use crate::text::screens::partner::StoppedCustomer;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Stopped() -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    move || {
        let navigate = navigate.clone();
        app.partner.stopped.get().map(|Why { tenant, name, notice, is_waiting }| {
            let there = tenant.clone();
            let go_on = Callback::new(move |()| {
                let (tenant, name, navigate) = (tenant.clone(), name.clone(), navigate.clone());
                leptos::task::spawn_local(async move {
                    if partner::open(app, &tenant, &name).await {
                        navigate(&Route::Home.path(), Default::default());
                    }
                });
            });
            view! {
                <div class="stopped" tabindex="-1">
                    <WayOut tenant=there notice go_on again=Common::Continue.text()>
                        {is_waiting.then(|| view! { <span role="status">{StoppedCustomer::AskingTenant.text()}</span> })}
                        <button type="button" class="button" on:click=move |_| app.partner.dismiss()>{Common::Close.text()}</button>
                    </WayOut>
                </div>
            }
        })
    }
}

/// What a customer's tenant refused, and what leads out of it. `go_on` tries again; after consent it is called `again`.
#[component]
pub fn WayOut(
    tenant: TenantId,
    notice: Notice,
    go_on: Callback<()>,
    again: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let app = use_app();
    let account = app.current.with_untracked(|current| current.as_ref().map(|current| current.account.clone()))?;
    let link = consent::own_link(app, Some(&tenant), None).unwrap_or_default();
    let whom = Whom { account, tenant: tenant.clone(), scopes: Scopes::SIGN_IN };
    let asks = notice.way == Way::Consent;
    // Consent has three ways of its own here.
    let notice = if asks { notice.leading(Way::Nothing) } else { notice };
    Some(view! {
        <NoticeView notice whom retry=go_on>
            {asks.then(|| view! {
                <button type="button" class="button button--primary" on:click=move |_| consent::give_for_customer(app, &tenant)>{Common::GiveConsent.text()}</button>
                <button type="button" class="button" on:click=move |_| go_on.run(())>{again}</button>
            })}
            {children.map(|children| children())}
        </NoticeView>
        {asks.then(|| view! {
            <p>{StoppedCustomer::HowToConsent.text()}</p>
            <CopyField label=Common::ConsentUrl.text() value=link button=Common::CopyConsentUrl.text()/>
        })}
    })
}
