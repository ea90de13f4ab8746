//! Settings: accounts, storage, diagnostics.

use super::home::KeepSignedIn;
use super::ui;
use crate::app::{sign_in, storage, use_app};
use leptos::prelude::*;

#[component]
pub fn Settings() -> impl IntoView {
    ui::arrive("Settings");
    let app = use_app();
    let asks = RwSignal::new(false);
    let diagnostics = move || {
        let accounts = app.accounts.with(Vec::len);
        let (sessions, runs) = (app.sessions.with(Vec::len), app.runs.with(std::collections::BTreeMap::len));
        let config = app
            .config_now()
            .map(|config| format!("{:?}, client id {}, {}", config.cloud, config.client_id, config.origin))
            .unwrap_or_default();
        let storage = app.storage_notice.get().unwrap_or_else(|| "available".into());
        format!(
            "Latchkey {}\nCloud: {config}\nAccounts signed in: {accounts}\nSessions: {sessions}\nRuns: {runs}\nStorage: {storage}",
            env!("CARGO_PKG_VERSION")
        )
    };
    view! {
        <h1>"Settings"</h1>
        <h2>"Accounts"</h2>
        {move || {
            let accounts = app.accounts.get();
            if accounts.is_empty() {
                return view! { <p>"Nobody is signed in."</p> }.into_any();
            }
            accounts.into_iter().map(|account| {
                let key = account.person.key.clone();
                view! {
                    <p class="row" aria-label=account.person.username.clone()>
                        <span class="row__name">{account.person.name}" · "{account.person.username.clone()}</span>
                        <button type="button" class="button" on:click=move |_| {
                            let key = key.clone();
                            leptos::task::spawn_local(async move { sign_in::sign_out(app, key).await });
                        }>"Sign out"</button>
                    </p>
                }
            }).collect_view().into_any()
        }}
        <KeepSignedIn/>
        <p class="muted">"The sign-in is stored encrypted, for 24 hours at most. Software that runs in this browser could still use it."</p>
        <h2>"Storage"</h2>
        <p>"Recent sessions and the journals of runs are kept in this browser. They hold no token and no secret."</p>
        <p class="actions"><button type="button" class="button" on:click=move |_| asks.set(true)>"Erase this browser's data"</button></p>
        {move || asks.get().then(|| view! {
            <div class="notice" role="alert">
                <p class="notice__what">"All sessions and runs of this browser are erased, and everybody is signed out here."</p>
                <p>"Nothing changes in any tenant. App sessions can be found again by their tag."</p>
                <p class="actions">
                    <button type="button" class="button button--danger" on:click=move |_| {
                        asks.set(false);
                        leptos::task::spawn_local(async move {
                            storage::erase(app).await;
                            app.toast("Erased");
                        });
                    }>"Erase"</button>
                    <button type="button" class="button" on:click=move |_| asks.set(false)>"Keep it"</button>
                </p>
            </div>
        })}
        <h2>"Diagnostics"</h2>
        <pre>{diagnostics}</pre>
        <p class="actions"><button type="button" class="button" on:click=move |_| app.copy(diagnostics(), "Diagnostics")>"Export diagnostics"</button></p>
    }
}
