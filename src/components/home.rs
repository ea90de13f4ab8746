//! Recent sessions.

use super::ui::{self, NoticeView, Skeleton};
use crate::app::{Phase, sessions, sign_in, use_app};
use crate::domain::blueprint::Kind;
use crate::domain::route::Route;
use crate::domain::session::{Session, SessionRecord, chip};
use crate::plan::record::RunState;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::home::{self as words, Home as Words};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Home() -> impl IntoView {
    ui::arrive(Words::Title.text());
    let app = use_app();
    move || match (app.phase.get(), app.accounts.with(Vec::is_empty), app.sessions.with(Vec::is_empty)) {
        (_, true, true) => view! { <Welcome/> }.into_any(),
        (Phase::Starting, ..) => view! { <h1>{Words::Title.text()}</h1><Skeleton what=Words::Reading.text()/> }.into_any(),
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
            <h1>{Words::Welcome.text()}</h1>
            <p>{Words::WhatItDoes.text()}</p>
            <p><button type="button" class="button button--primary" id="sign-in" prop:disabled=is_off on:click=move |_| {
                is_going.set(true);
                if app.config_now().is_some() { sign_in::begin_here(app) } else { want(app) }
            }>{Common::SignIn.text()}</button></p>
            <p class="welcome__note" role="status" id="boot-status">{move || if is_going.get() { Words::Leaving.text() } else { "" }}</p>
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
                leptos::task::spawn_local(async move { crate::app::sealing::set_keeps_signed_in(app, keeps).await });
            }/>
            <span>{Words::KeepSignedIn.text()}</span>
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
                Ok(0) => app.toast(Words::NoneOfThisPage.text()),
                Ok(n) => app.toast(words::found(n)),
                Err(notice) => found.set(Some(notice)),
            }
            is_looking.try_set(false);
        });
    };
    view! {
        <h1>{Words::Title.text()}</h1>
        <p class="actions">
            {move || (!is_signed_in.get()).then(|| view! { <button type="button" class="button button--primary" on:click=move |_| sign_in::begin_here(app)>{Common::SignIn.text()}</button> })}
            <button type="button" class="button button--primary" aria-describedby="why-not" prop:disabled=move || !may.get()
                on:click=move |_| to_new(&Route::New.path(), Default::default())>{Words::CreateAppSession.text()}</button>
            <button type="button" class="button" on:click=move |_| to_partner(&Route::Partner.path(), Default::default())>{Common::PartnerAccess.text()}</button>
            <button type="button" class="button" prop:disabled=move || !may.get() on:click=move |_| to_account(&Route::Wizard(Kind::ConnectionAccount).path(), Default::default())>{Words::CreateAccount.text()}</button>
            <button type="button" class="button" prop:disabled=move || !may.get() || is_looking.get() on:click=find>{Words::FindAppSessions.text()}</button>
        </p>
        <div id="why-not">{move || (is_signed_in.get() && !may.get()).then(|| view! { <ui::NoAccess/> })}</div>
        {move || found.get().map(|notice| view! { <NoticeView notice/> })}
        <super::microsoft::Offer/>
        <OpenRuns/>
        {move || app.removed.with(Option::is_some).then(|| view! {
            <p class="bar" role="status">{Words::Removed.text()}" "
                <button type="button" class="button button--quiet" on:click=move |_| leptos::task::spawn_local(sessions::put_back_removed(app))>{Words::PutBack.text()}</button>
            </p>
        })}
        <div class="cards">
            {move || {
                let records = app.sessions.get();
                let may = may.get();
                let shown: Vec<SessionRecord> = records.into_iter().filter(|record| may || !matches!(record.session, Session::App(_) | Session::Account(_))).collect();
                if shown.is_empty() {
                    return view! { <p class="empty">{Words::NoSession.text()}</p> }.into_any();
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
                .filter(|run| run.origin.is_here() && !matches!(run.state(), RunState::Done | RunState::Undone))
                .map(|run| (run.id.clone(), run.blueprint.name.clone(), run.tenant.name.clone(), run.state()))
                .collect()
        });
        let may = app.current_account().is_some_and(|account| account.may_use_app_sessions());
        (!open.is_empty() && may).then(|| {
            view! {
                <h2>{Words::UnfinishedRuns.text()}</h2>
                <ul class="plain">
                    {open.into_iter().map(|(id, name, tenant, state)| view! {
                        <li><a href=Route::Run(id.clone()).path()><bdi>{name}</bdi>{words::BETWEEN_RUN_AND_TENANT}<bdi>{tenant}</bdi></a>" "<span class="chip">{text::steps::run(state)}</span></li>
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
        Session::App(found) => Some(Route::App(found.app_id.clone()).path()),
        Session::Account(found) => Some(Route::Run(found.run.clone()).path()),
        _ => None,
    };
    let account = match &record.session {
        Session::Account(found) => Some(found.clone()),
        _ => None,
    };
    let can_switch = account.is_none();
    // A session of a person is proved as it is opened.
    let is_here = record.origin.is_here() || !matches!(record.session, Session::App(_));
    let (id, removed, favourite) = (record.id.clone(), record.id.clone(), record.id.clone());
    let is_favourite = record.favourite;
    let target = open.clone();
    view! {
        <article class="card" aria-label=title.clone()>
            <p class="card__kind">{text::sessions::kind(&record.session)}</p>
            <h2 class="card__title">{match open { Some(href) => view! { <a href=href><bdi>{title.clone()}</bdi></a> }.into_any(), None => view! { <bdi>{title.clone()}</bdi> }.into_any() }}</h2>
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
                }>{if is_here { Words::Switch.text() } else { Words::Compare.text() }}</button> })}
                <button type="button" class="button button--quiet" aria-pressed=is_favourite.to_string() on:click=move |_| {
                    let id = favourite.clone();
                    leptos::task::spawn_local(async move { sessions::set_favourite(app, id, !is_favourite).await });
                }>{Common::Favorite.text()}</button>
                <button type="button" class="button button--quiet" on:click=move |_| {
                    let id = removed.clone();
                    leptos::task::spawn_local(async move { let _ = sessions::take_out(app, &id).await; });
                }>{Common::Remove.text()}</button>
            </p>
        </article>
    }
}
