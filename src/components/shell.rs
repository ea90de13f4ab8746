//! The frame: banner with the session in use, rail, messages, and the screen.

use super::ui::NoticeView;
use crate::app::{Phase, runs, sessions, sign_in, use_app};
use crate::domain::session::Session;
use crate::text;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_location, use_navigate};

/// A colour of its own for each tenant, so that two tabs are told apart.
fn mark_of(id: &str) -> String {
    let hue = id.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 360;
    format!("hsl({hue} 60% 45%)")
}

#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let app = use_app();
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <Banner/>
        <div class="frame">
            <Rail/>
            <main class="page" id="main" tabindex="-1">
                {move || (!app.is_online.get()).then(|| view! { <p class="bar" role="status">"You are offline. What is stored here stays readable; creating and changing are possible again when the network is back."</p> })}
                {move || app.storage_notice.get().map(|notice| view! { <p class="bar" role="status">{notice}</p> })}
                {move || app.config.get().and_then(Result::err).map(|fault| view! { <NoticeView notice=text::faults::config(&fault)/> })}
                {move || app.notice.get().map(|notice| view! {
                    <NoticeView notice=notice>
                        <button type="button" class="button" on:click=move |_| app.notice.set(None)>"Close"</button>
                    </NoticeView>
                })}
                {children()}
            </main>
        </div>
        <div class="toasts" role="status" aria-label="Messages">
            <For each=move || app.toasts.get() key=|toast| toast.id let(toast)>
                <p class="toast">{toast.text}</p>
            </For>
        </div>
    }
}

#[component]
fn Banner() -> impl IntoView {
    let app = use_app();
    let is_open = RwSignal::new(false);
    view! {
        <header>
        <div class="banner">
            <A href="/" attr:class="banner__product"><img class="banner__mark" src="/icon.svg" alt="" width="20" height="20"/>"Latchkey"</A>
            {move || match app.current.get() {
                None => view! { <span class="banner__session">"Not signed in"</span> }.into_any(),
                Some(current) => {
                    let account = app.current_account().map(|account| account.person.username).unwrap_or_default();
                    view! {
                        <span class="banner__tenant" style:--mark=mark_of(current.tenant.id.as_str())>
                            <strong>{current.tenant.name}</strong>" "<span class="banner__domain">{current.tenant.domain}</span>
                        </span>
                        <span class="banner__session">{account}</span>
                        {current.app.map(|name| view! { <span class="chip">"App session: "{name}</span> })}
                    }.into_any()
                }
            }}
            <button type="button" class="button banner__switch" aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|open| *open = !*open)>"Switch session"</button>
        </div>
        {move || customer_line().map(|line| view! { <p class="banner__customer">{line}</p> })}
        </header>
        {move || is_open.get().then(|| view! { <Switcher is_open/> })}
    }
}

/// Returns the second line of the banner in a customer's tenant.
fn customer_line() -> Option<String> {
    let app = use_app();
    let current = app.current.get()?;
    let account = app.current_account()?;
    let home =
        app.sessions.with(|all| all.iter().find(|record| record.tenant.id == account.person.home).map(|record| record.tenant.name.clone()));
    current
        .is_customer
        .then(|| format!("You work in {} as {}’s technician", current.tenant.name, home.unwrap_or_else(|| "your company".into())))
}

#[component]
fn Switcher(is_open: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    view! {
        <div class="switcher" role="dialog" aria-label="Switch session" on:keydown=move |event| if event.key() == "Escape" { is_open.set(false) }>
            <ul>
                {move || {
                    let records: Vec<_> = app.sessions.get().into_iter().filter(|record| !matches!(record.session, Session::Account(_))).take(8).collect();
                    if records.is_empty() {
                        return view! { <li>"No session yet."</li> }.into_any();
                    }
                    records.into_iter().map(|record| {
                        let (id, navigate) = (record.id.clone(), navigate.clone());
                        view! {
                            <li><button type="button" class="button button--quiet" on:click=move |_| {
                                let (id, navigate) = (id.clone(), navigate.clone());
                                is_open.set(false);
                                leptos::task::spawn_local(async move {
                                    if sessions::switch(app, &id).await {
                                        navigate("/", Default::default());
                                    }
                                });
                            }>{text::sessions::title(&record)}<span class="muted">" "{text::sessions::kind(&record.session)}</span></button></li>
                        }
                    }).collect_view().into_any()
                }}
            </ul>
            <p class="actions">
                <button type="button" class="button" on:click=move |_| sign_in::begin_here(app)>"Sign in with another account"</button>
                <button type="button" class="button button--quiet" on:click=move |_| is_open.set(false)>"Close"</button>
            </p>
        </div>
    }
}

#[component]
fn Rail() -> impl IntoView {
    let app = use_app();
    let path = use_location().pathname;
    let link = move |href: &'static str, words: &'static str| {
        view! { <li><A href=href attr:class="rail__link" attr:data-here=move || (path.get() == href).to_string()>{words}</A></li> }
    };
    view! {
        <nav class="rail" aria-label="Screens">
            <ul>
                {link("/", "Recent sessions")}
                {link("/app/partner", "Partner Access")}
                {link("/app/history", "History")}
                {link("/app/access", "Access")}
                {link("/app/settings", "Settings")}
            </ul>
            {move || {
                let open = runs::open_runs(app);
                (app.phase.get() == Phase::Ready && open > 0).then(|| view! { <p class="rail__runs">{text::count(open, "run is open", "runs are open")}</p> })
            }}
        </nav>
    }
}
