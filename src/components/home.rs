//! Recent sessions.

use super::ui::{self, NoticeView, Skeleton};
use crate::app::{Phase, sessions, sign_in, use_app};
use crate::domain::session::{Session, SessionRecord, chip};
use crate::plan::record::RunState;
use crate::text;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Home() -> impl IntoView {
    ui::arrive("Recent sessions");
    let app = use_app();
    move || match (app.phase.get(), app.accounts.with(Vec::is_empty), app.sessions.with(Vec::is_empty)) {
        (_, true, true) => view! { <Welcome/> }.into_any(),
        (Phase::Starting, ..) => view! { <h1>"Recent sessions"</h1><Skeleton what="Reading your sessions"/> }.into_any(),
        (Phase::Ready, ..) => view! { <Recent/> }.into_any(),
    }
}

/// What the first visit shows; the same as the shell of index.html, so that nothing jumps.
#[component]
fn Welcome() -> impl IntoView {
    let app = use_app();
    let is_off = move || matches!(app.config.get(), Some(Err(_)));
    let is_going = RwSignal::new(false);
    view! {
        <div class="welcome">
            <h1>"Give an application its way into a Microsoft 365 tenant"</h1>
            <p>"Create an app registration with its permissions, consent and roles, check that they are in place, and find it again. Sign in with a work account to begin."</p>
            <p><button type="button" class="button button--primary" id="sign-in" prop:disabled=is_off on:click=move |_| {
                is_going.set(true);
                if app.config_now().is_some() { sign_in::begin_here(app) } else { want(app) }
            }>"Sign in"</button></p>
            <p class="welcome__note" role="status" id="boot-status">{move || if is_going.get() { "Microsoft’s sign-in page opens in a moment." } else { "" }}</p>
            <KeepSignedIn/>
        </div>
    }
}

/// Keeps a click that came before the configuration.
fn want(app: crate::app::App) {
    Effect::new(move |done: Option<bool>| {
        let is_done = done.unwrap_or_default();
        if !is_done && app.config.get().is_some_and(|config| config.is_ok()) {
            sign_in::begin_here(app);
            return true;
        }
        is_done
    });
}

#[component]
pub fn KeepSignedIn() -> impl IntoView {
    let app = use_app();
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=move || app.keeps_signed_in.get() on:change=move |event| {
                let keeps = event_target_checked(&event);
                leptos::task::spawn_local(async move { crate::app::vault::set_keeps_signed_in(app, keeps).await });
            }/>
            <span>"Keep me signed in on this device for up to 24 hours"</span>
        </label>
    }
}

#[component]
fn Recent() -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    let (to_new, to_partner, to_account) = (navigate.clone(), navigate.clone(), navigate);
    let may = Memo::new(move |_| app.current_account().is_some_and(|account| account.may_use_app_sessions()));
    let is_signed_in = Memo::new(move |_| app.current.with(Option::is_some) && app.current_account().is_some());
    let is_looking = RwSignal::new(false);
    let found = RwSignal::new(None::<crate::text::Notice>);
    let find = move |_| {
        if is_looking.get_untracked() {
            return;
        }
        is_looking.set(true);
        leptos::task::spawn_local(async move {
            match sessions::find_app_sessions(app).await {
                Ok(0) => app.toast("No App session of this page in this tenant"),
                Ok(n) => app.toast(format!("{} found", text::count(n, "App session", "App sessions"))),
                Err(notice) => found.set(Some(notice)),
            }
            is_looking.try_set(false);
        });
    };
    view! {
        <h1>"Recent sessions"</h1>
        <p class="actions">
            {move || (!is_signed_in.get()).then(|| view! { <button type="button" class="button button--primary" on:click=move |_| sign_in::begin_here(app)>"Sign in"</button> })}
            <button type="button" class="button button--primary" aria-describedby="why-not" prop:disabled=move || !may.get()
                on:click=move |_| to_new("/app/new", Default::default())>"Create App session"</button>
            <button type="button" class="button" on:click=move |_| to_partner("/app/partner", Default::default())>"Partner Access"</button>
            <button type="button" class="button" prop:disabled=move || !may.get() on:click=move |_| to_account("/app/new/connection-account", Default::default())>"Create connection account"</button>
            <button type="button" class="button" prop:disabled=move || !may.get() || is_looking.get() on:click=find>"Find App sessions in this tenant"</button>
        </p>
        <div id="why-not">{move || (is_signed_in.get() && !may.get()).then(|| view! { <ui::NoAccess/> })}</div>
        {move || found.get().map(|notice| view! { <NoticeView notice/> })}
        <OpenRuns/>
        {move || app.removed.get().map(|record| view! {
            <p class="bar" role="status">"Removed from this list. Nothing changed in the tenant. "
                <button type="button" class="button button--quiet" on:click=move |_| {
                    let record = record.clone();
                    app.removed.set(None);
                    leptos::task::spawn_local(async move { sessions::keep(app, record).await });
                }>"Put it back"</button>
            </p>
        })}
        <div class="cards">
            {move || {
                let records = app.sessions.get();
                let may = may.get();
                let shown: Vec<SessionRecord> = records.into_iter().filter(|record| may || !matches!(record.session, Session::App(_) | Session::Account(_))).collect();
                if shown.is_empty() {
                    return view! { <p class="empty">"No session yet. Sign in to begin; every session that you open is listed here."</p> }.into_any();
                }
                shown.into_iter().map(|record| view! { <Card record/> }).collect_view().into_any()
            }}
        </div>
        <KeepSignedIn/>
    }
}

/// Runs that go on or need somebody.
#[component]
fn OpenRuns() -> impl IntoView {
    let app = use_app();
    move || {
        let open: Vec<_> = app.runs.with(|runs| {
            runs.values()
                .filter(|run| !matches!(run.state(), RunState::Done | RunState::Undone))
                .map(|run| (run.id.to_string(), run.blueprint.name.clone(), run.tenant.name.clone(), run.state()))
                .collect()
        });
        let may = app.current_account().is_some_and(|account| account.may_use_app_sessions());
        (!open.is_empty() && may).then(|| {
            view! {
                <h2>"Unfinished runs"</h2>
                <ul class="plain">
                    {open.into_iter().map(|(id, name, tenant, state)| view! {
                        <li><a href=format!("/app/run/{id}")>{name}" in "{tenant}</a>" "<span class="chip">{text::steps::run(state)}</span></li>
                    }).collect_view()}
                </ul>
            }
        })
    }
}

#[component]
fn Card(record: SessionRecord) -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    let title = text::sessions::title(&record);
    let reachable = {
        let key = record.person.key.clone();
        move || app.accounts.with(|accounts| accounts.iter().any(|account| account.person.key == key))
    };
    let chip_text = {
        let record = record.clone();
        move || text::sessions::chip(chip(&record, reachable(), app.now.get()))
    };
    let open = match &record.session {
        Session::App(found) => Some(format!("/app/apps/{}", found.app_id)),
        Session::Account(found) => Some(format!("/app/run/{}", found.run)),
        _ => None,
    };
    let account = match &record.session {
        Session::Account(found) => Some(found.clone()),
        _ => None,
    };
    let can_switch = account.is_none();
    let (id, removed, favourite) = (record.id.clone(), record.id.clone(), record.id.clone());
    let is_favourite = record.favourite;
    let target = open.clone();
    view! {
        <article class="card" aria-label=title.clone()>
            <p class="card__kind">{text::sessions::kind(&record.session)}</p>
            <h2 class="card__title">{match open { Some(href) => view! { <a href=href>{title.clone()}</a> }.into_any(), None => title.clone().into_any() }}</h2>
            <p class="muted">{record.tenant.domain.clone()}</p>
            <p><span class="chip" role="status">{chip_text}</span></p>
            {account.map(|found| view! {
                <p>{found.upn}</p>
                {found.replaced.map(|old| view! { <p class="muted">{text::sessions::old_account(&old)}</p> })}
            })}
            <p class="actions">
                {can_switch.then(|| view! { <button type="button" class="button" on:click=move |_| {
                    let (id, navigate, target) = (id.clone(), navigate.clone(), target.clone());
                    leptos::task::spawn_local(async move {
                        if sessions::switch(app, &id).await
                            && let Some(target) = target
                        {
                            navigate(&target, Default::default());
                        }
                    });
                }>"Switch"</button> })}
                <button type="button" class="button button--quiet" aria-pressed=is_favourite.to_string() on:click=move |_| {
                    let id = favourite.clone();
                    leptos::task::spawn_local(async move { sessions::set_favourite(app, id, !is_favourite).await });
                }>"Favourite"</button>
                <button type="button" class="button button--quiet" on:click=move |_| {
                    let id = removed.clone();
                    leptos::task::spawn_local(async move {
                        if let Some(record) = sessions::remove(app, &id).await {
                            app.removed.set(Some(record));
                        }
                    });
                }>"Remove"</button>
            </p>
        </article>
    }
}
