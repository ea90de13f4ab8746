//! The frame: banner with the session in use, rail, messages, and the screen.

use super::lock::Lock;
use super::register::Register;
use super::ui::NoticeView;
use crate::app::{Phase, runs, screen, sessions, sign_in, use_app};
use crate::domain::route::Route;
use crate::domain::session::{Session, SessionRecord};
use crate::entra::cloud::ConfigFault;
use crate::text;
use crate::text::screens::access::Access;
use crate::text::screens::common::Common;
use crate::text::screens::history::History;
use crate::text::screens::home::Home;
use crate::text::screens::settings::Settings;
use crate::text::screens::shell::{self as words, Shell as Words};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_location, use_navigate};

/// A color of its own for each tenant, so that two tabs are told apart.
fn mark_of(id: &str) -> String {
    let hue = id.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % 360;
    format!("hsl({hue} 60% 45%)")
}

#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let app = use_app();
    let is_unregistered = move || matches!(app.config.get(), Some(Err(ConfigFault::NoClientId(_))));
    let clock = Memo::new(move |_| {
        app.now.track();
        text::page::clock(screen::behind())
    });
    let is_locked = move || app.locked.get().is_some();
    view! {
        <a class="skip" href="#main">{Words::SkipToContent.text()}</a>
        <Banner/>
        <div class="frame">
            {move || (!is_locked()).then(|| view! { <Rail/> })}
            <main class="page" id="main" tabindex="-1">
                {move || (!app.is_online.get()).then(|| view! { <p class="bar" role="status">{Words::Offline.text()}</p> })}
                {move || app.is_outdated.get().then(|| view! {
                    <p class="bar" role="status">{text::page::OUTDATED}" "<button type="button" class="button button--quiet" on:click=move |_| screen::reload()>{Words::Reload.text()}</button></p>
                })}
                {move || clock.get().map(|words| view! { <p class="bar" role="status">{words}</p> })}
                {move || app.storage_notice.get().map(|notice| view! { <p class="bar" role="status">{notice}</p> })}
                {move || app.config.get().and_then(Result::err).map(|fault| match fault {
                    ConfigFault::NoClientId(hosted) => view! { <Register hosted=*hosted/> }.into_any(),
                    fault => view! { <NoticeView notice=text::faults::config(&fault)/> }.into_any(),
                })}
                {move || app.looped.get().map(|_| view! {
                    <NoticeView notice=text::faults::looped()>
                        <button type="button" class="button button--primary" on:click=move |_| sign_in::start_over(app)>{Words::StartOver.text()}</button>
                        <button type="button" class="button" on:click=move |_| app.close_notice()>{Common::Close.text()}</button>
                    </NoticeView>
                })}
                {move || app.notice.get().map(|notice| view! {
                    <NoticeView notice=notice>
                        <button type="button" class="button" on:click=move |_| app.close_notice()>{Common::Close.text()}</button>
                    </NoticeView>
                })}
                {move || app.locked.get().map(|why| view! { <Lock why/> })}
                // Before the page is registered there is nothing to do on any screen, and behind the lock nothing to see.
                <div prop:hidden=move || is_unregistered() || is_locked()>{children()}</div>
            </main>
        </div>
        <div class="toasts" role="status" aria-label=Words::Messages.text()>
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
            <A href=Route::Home.path() attr:class="banner__product"><img class="banner__mark" src="/icon.svg" alt="" width="20" height="20"/>{Words::Product.text()}</A>
            {move || match app.current.get() {
                _ if app.locked.get().is_some() => view! { <span class="banner__session">{Words::Locked.text()}</span> }.into_any(),
                None => view! { <span class="banner__session">{Words::NotSignedIn.text()}</span> }.into_any(),
                Some(current) => {
                    let account = app.current_account().map(|account| account.person.username).unwrap_or_default();
                    view! {
                        <span class="banner__tenant" style:--mark=mark_of(current.tenant.id.as_str())>
                            <strong><bdi>{current.tenant.name}</bdi></strong>" "<span class="banner__domain">{current.tenant.domain}</span>
                        </span>
                        <span class="banner__session">{account}</span>
                        {current.app.map(|name| view! { <span class="chip">{words::app_session(&name)}</span> })}
                    }.into_any()
                }
            }}
            {move || app.locked.get().is_none().then(|| view! {
                <button type="button" class="button banner__switch" aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|open| *open = !*open)>{Common::SwitchSession.text()}</button>
            })}
        </div>
        {move || customer_line().map(|line| view! { <p class="banner__customer">{line}</p> })}
        </header>
        {move || (is_open.get() && app.locked.get().is_none()).then(|| view! { <Switcher is_open/> })}
    }
}

/// Returns the second line of the banner in a customer's tenant.
fn customer_line() -> Option<String> {
    let app = use_app();
    let current = app.current.get()?;
    let account = app.current_account()?;
    let home = app.sessions.with(|all| {
        all.iter()
            .find(|record| record.origin.is_here() && record.tenant.id == account.person.home)
            .map(|record| record.tenant.name.clone())
    });
    current.is_customer.then(|| words::works_in(&current.tenant.name, home.as_deref()))
}

/// An account is not worked as, and an App session that came in a file is looked at on its page first.
fn is_switched_to(record: &SessionRecord) -> bool {
    match record.session {
        Session::User | Session::Customer => true,
        Session::App(_) => record.origin.is_here(),
        Session::Account(_) => false,
    }
}

#[component]
fn Switcher(is_open: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    view! {
        <div class="switcher" role="dialog" aria-label=Common::SwitchSession.text() on:keydown=move |event| if event.key() == "Escape" { is_open.set(false) }>
            <ul>
                {move || {
                    let records: Vec<_> = app.sessions.get().into_iter().filter(is_switched_to).take(8).collect();
                    if records.is_empty() {
                        return view! { <li>{Words::NoSession.text()}</li> }.into_any();
                    }
                    records.into_iter().map(|record| {
                        let (id, navigate) = (record.id.clone(), navigate.clone());
                        view! {
                            <li><button type="button" class="button button--quiet" on:click=move |_| {
                                if !app.may_leave() {
                                    return;
                                }
                                let (id, navigate) = (id.clone(), navigate.clone());
                                is_open.set(false);
                                leptos::task::spawn_local(async move {
                                    if sessions::switch(app, &id).await {
                                        navigate(&Route::Home.path(), Default::default());
                                    }
                                });
                            }><bdi>{text::sessions::title(&record)}</bdi><span class="muted">" "{text::sessions::kind(&record.session)}</span></button></li>
                        }
                    }).collect_view().into_any()
                }}
            </ul>
            <p class="actions">
                <button type="button" class="button" on:click=move |_| sign_in::begin_here(app)>{Words::SignInWithAnother.text()}</button>
                <button type="button" class="button button--quiet" on:click=move |_| is_open.set(false)>{Common::Close.text()}</button>
            </p>
        </div>
    }
}

#[component]
fn Rail() -> impl IntoView {
    let app = use_app();
    let path = use_location().pathname;
    let link = move |to: Route, words: &'static str| {
        let href = to.path();
        view! { <li><A href=href attr:class="rail__link" attr:data-here=move || (Route::of_path(&path.get()).as_ref() == Some(&to)).to_string()>{words}</A></li> }
    };
    view! {
        <nav class="rail" aria-label=Words::Screens.text()>
            <ul>
                {link(Route::Home, Home::Title.text())}
                {link(Route::Partner, Common::PartnerAccess.text())}
                {link(Route::History, History::Title.text())}
                {link(Route::Access, Access::Tab.text())}
                {link(Route::Settings, Settings::Title.text())}
            </ul>
            {move || {
                let open = runs::open_runs(app);
                (app.phase.get() == Phase::Ready && open > 0).then(|| view! { <p class="rail__runs">{words::open_runs(open)}</p> })
            }}
        </nav>
    }
}
