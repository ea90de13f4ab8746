//! Settings: accounts, storage, diagnostics.

use super::home::KeepSignedIn;
use super::plan::PlanView;
use super::ui::{self, NoticeView};
use crate::app::upkeep::{self, Proposal};
use crate::app::{leaving, screen, use_app};
use crate::domain::route::Route;
use crate::text::screens::common::Common;
use crate::text::screens::microsoft::MicrosoftCheck;
use crate::text::screens::settings::{self as words, Diagnosed, Settings as Words};
use crate::text::{self, page};
use leptos::prelude::*;

#[component]
pub fn Settings() -> impl IntoView {
    ui::arrive(Words::Title.text());
    let app = use_app();
    let asks = RwSignal::new(false);
    let everywhere = RwSignal::new(None::<Result<Proposal, text::Notice>>);
    let limits = move || app.config.get().and_then(Result::ok).map(|config| config.limits).unwrap_or_default();
    let diagnostics = move || {
        let stopped = screen::stopped().iter().map(|found| page::stopped(&found.directive, &found.what, &found.by)).collect::<Vec<_>>();
        words::diagnostics(&Diagnosed {
            version: env!("CARGO_PKG_VERSION"),
            config: app.config_now().as_ref(),
            accounts: app.accounts.with(Vec::len),
            sessions: app.sessions.with(Vec::len),
            runs: app.runs.with(std::collections::BTreeMap::len),
            storage: app.storage_notice.get().as_deref(),
            stopped: &stopped,
        })
    };
    view! {
        <h1>{Words::Title.text()}</h1>
        <h2>{Words::Accounts.text()}</h2>
        {move || {
            let accounts = app.accounts.get();
            if accounts.is_empty() {
                return view! { <p>{Words::NobodySignedIn.text()}</p> }.into_any();
            }
            accounts.into_iter().map(|account| {
                let key = account.person.key.clone();
                let of_all = key.clone();
                view! {
                    <p class="row" aria-label=account.person.username.clone()>
                        <span class="row__name"><bdi>{account.person.name}</bdi>" · "{account.person.username.clone()}</span>
                        <button type="button" class="button" on:click=move |_| {
                            let key = key.clone();
                            leptos::task::spawn_local(async move { leaving::sign_out_at_microsoft(app, key).await });
                        }>{Words::SignOut.text()}</button>
                        <button type="button" class="button button--quiet" on:click=move |_| {
                            let key = of_all.clone();
                            leptos::task::spawn_local(async move {
                                everywhere.try_set(Some(upkeep::propose_everywhere(app, &key).await));
                            });
                        }>{Words::SignOutEverywhere.text()}</button>
                    </p>
                }
            }).collect_view().into_any()
        }}
        {move || everywhere.get().map(|proposed| match proposed {
            Ok(proposal) => view! { <PlanView proposal close=Callback::new(move |()| everywhere.set(None))/> }.into_any(),
            Err(notice) => view! { <NoticeView notice/> }.into_any(),
        })}
        <KeepSignedIn/>
        <p class="muted">{move || text::sessions::how_long(limits().idle, limits().absolute)}</p>
        <h2>{Words::Storage.text()}</h2>
        <p>{Words::WhatIsKept.text()}</p>
        {move || app.is_storage_kept.get().map(|is_kept| view! { <p class="muted">{text::sessions::is_storage_kept(is_kept)}</p> })}
        <p class="actions"><button type="button" class="button" on:click=move |_| asks.set(true)>{Words::EraseData.text()}</button></p>
        {move || asks.get().then(|| view! {
            <div class="notice" role="alert">
                <p class="notice__what">{Words::WhatIsErased.text()}</p>
                <p>{Words::NoTenantChanges.text()}</p>
                <p class="actions">
                    <button type="button" class="button button--danger" on:click=move |_| {
                        asks.set(false);
                        leptos::task::spawn_local(async move {
                            leaving::erase(app).await;
                        });
                    }>{Words::Erase.text()}</button>
                    <button type="button" class="button" on:click=move |_| asks.set(false)>{Common::KeepIt.text()}</button>
                </p>
            </div>
        })}
        <h2>{MicrosoftCheck::Title.text()}</h2>
        <p>{Words::WhatCheckDoes.text()}</p>
        <p class="actions"><a class="button" href=Route::Check.path()>{MicrosoftCheck::Title.text()}</a></p>
        <h2>{Words::About.text()}</h2>
        <p>{words::release(env!("CARGO_PKG_VERSION"))}" "<a href="/third-party.txt" target="_blank" rel="noopener noreferrer">{Words::ThirdParty.text()}</a></p>
        <h2>{Words::Diagnostics.text()}</h2>
        <pre>{diagnostics}</pre>
        <p class="actions"><button type="button" class="button" on:click=move |_| app.copy(diagnostics(), Words::Diagnostics.text())>{Words::ExportDiagnostics.text()}</button></p>
    }
}
