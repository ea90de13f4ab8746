//! The partner's customers, and the way into their tenants.

use super::ui::{self, NoticeView, Skeleton};
use crate::app::partner::Customer;
use crate::app::tenant::{Loaded, TenantClient};
use crate::app::{partner, sessions, sign_in, use_app};
use crate::entra::attempt::ReturnTo;
use crate::entra::scopes::Feature;
use crate::text;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// How many rows are drawn at once.
const SHOWN: usize = 100;

#[component]
pub fn Partner() -> impl IntoView {
    ui::arrive("Partner Access");
    let app = use_app();
    let state = RwSignal::new(Loaded::<TenantClient>::Loading);
    let customers = RwSignal::new(Vec::<Customer>::new());
    let is_whole = RwSignal::new(false);
    let fault = RwSignal::new(None::<text::Notice>);
    // Partner Access is at home, whichever session is in use.
    let home = Memo::new(move |_| {
        let (account, mut current) = (app.current_account()?, app.current.get()?);
        current.is_customer = false;
        if current.tenant.id != account.person.home {
            let record = app
                .sessions
                .with(|all| all.iter().find(|record| record.tenant.id == account.person.home).map(|record| record.tenant.clone()))?;
            current.tenant = record;
        }
        Some(current)
    });
    Effect::new(move |_| {
        let Some(current) = home.get() else { return };
        leptos::task::spawn_local(async move {
            let entered = partner::enter(app, &current).await;
            if state.try_set(entered.clone()).is_some() {
                return;
            }
            if let Loaded::Ready(client) = entered {
                let read = partner::customers(app, &current, &client, move |list| {
                    customers.try_set(list);
                });
                let result = read.await;
                is_whole.try_set(true);
                if let Err(notice) = result {
                    fault.try_set(Some(notice));
                }
            }
        });
    });
    let query = RwSignal::new(String::new());
    view! {
        <h1>"Partner Access"</h1>
        {move || match (home.get(), state.get()) {
            (None, _) => view! { <ui::SignInFirst/> }.into_any(),
            (_, Loaded::Loading) => view! { <Skeleton what="Asking for the customers"/> }.into_any(),
            (_, Loaded::Failed(notice)) => view! { <NoticeView notice/> }.into_any(),
            (Some(current), Loaded::StepUp(notice)) => view! {
                <NoticeView notice>
                    <button type="button" class="button button--primary" on:click=move |_| sign_in::step_up(app, &current.account, &current.tenant.id, Feature::Partner, ReturnTo::Partner, None)>"Continue"</button>
                </NoticeView>
            }.into_any(),
            (Some(_), Loaded::Ready(_)) => view! {
                <label class="field">
                    <span class="label">"Search customers"</span>
                    <input type="search" class="input" autofocus prop:value=move || query.get() on:input=move |event| query.set(event_target_value(&event))/>
                </label>
                {move || fault.get().map(|notice| view! { <NoticeView notice/> })}
                <Customers customers query is_whole/>
            }.into_any(),
        }}
    }
}

#[component]
fn Customers(customers: RwSignal<Vec<Customer>>, query: RwSignal<String>, is_whole: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    let matching = Memo::new(move |_| {
        let words: Vec<String> = query.get().to_lowercase().split_whitespace().map(str::to_owned).collect();
        customers.with(|all| {
            let fits = |customer: &&Customer| {
                let name = customer.display_name.to_lowercase();
                words.iter().all(|word| name.contains(word.as_str()) || customer.tenant_id.as_str().contains(word.as_str()))
            };
            all.iter().filter(fits).cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <p role="status">{move || {
            let (all, found) = (customers.with(Vec::len), matching.with(Vec::len));
            match (is_whole.get(), all) {
                (true, 0) => "No customers. You see customers with whom your company has an active GDAP relationship, if you are in its group AdminAgents.".to_owned(),
                (false, 0) => "Reading the customers…".to_owned(),
                _ => format!("{found} of {}{}", text::count(all, "customer", "customers"), if found > SHOWN { format!(", the first {SHOWN} are shown") } else { String::new() }),
            }
        }}</p>
        <ul class="rows">
            {move || matching.get().into_iter().take(SHOWN).map(|customer| {
                let navigate = navigate.clone();
                let tenant = customer.tenant_id.clone();
                let id = tenant.to_string();
                view! {
                    <li class="row" aria-label=customer.display_name.clone()>
                        <span class="row__name">{customer.display_name.clone()}</span>
                        <span class="row__id">{id}</span>
                        <button type="button" class="button" on:click=move |_| {
                            let (tenant, navigate) = (tenant.clone(), navigate.clone());
                            let Some(account) = app.current.get_untracked().map(|current| current.account) else { return };
                            leptos::task::spawn_local(async move {
                                if sessions::open(app, &account, &tenant, true).await {
                                    navigate("/", Default::default());
                                }
                            });
                        }>"Open session"</button>
                    </li>
                }
            }).collect_view()}
        </ul>
    }
}
