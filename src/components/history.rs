//! What was done, in which tenant, and what ends soon.

use super::ui;
use crate::app::{Phase, history, screen, use_app};
use crate::domain::route::Route;
use crate::plan::record::RunRecord;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::history::{self as words, History as Words};
use leptos::prelude::*;

#[component]
pub fn History() -> impl IntoView {
    ui::arrive(Words::Title.text());
    let app = use_app();
    let may = Memo::new(move |_| app.current_account().is_some_and(|account| account.may_use_app_sessions()));
    view! {
        <h1>{Words::Title.text()}</h1>
        {move || match (app.phase.get(), app.current_account().is_some(), may.get()) {
            (Phase::Starting, ..) => view! { <ui::Skeleton what=Words::Reading.text()/> }.into_any(),
            (_, false, _) => view! { <ui::SignInFirst/> }.into_any(),
            (_, true, false) => view! { <ui::NoAccess/> }.into_any(),
            (_, true, true) => view! { <Endings/><Runs/><Move/> }.into_any(),
        }}
    }
}

/// Credentials of all App sessions, the next to end first.
#[component]
fn Endings() -> impl IntoView {
    let app = use_app();
    let all = Memo::new(move |_| history::endings(app));
    view! {
        <h2>{Words::Endings.text()}</h2>
        {move || {
            let now = screen::now();
            let list = all.get();
            if list.is_empty() {
                return view! { <p class="empty">{Words::NoEnding.text()}</p> }.into_any();
            }
            view! {
                <ul class="rows" aria-label=Words::Endings.text()>
                    {list.into_iter().map(|ending| {
                        let soon = text::sessions::ends_soon(ending.ends.seconds_since(now));
                        view! {
                            <li class="row">
                                <span><a href=Route::App(ending.app_id.clone()).path()>{ending.name}</a><br/><span class="muted">{ending.tenant}", "{screen::local(ending.ends)}{(!ending.credential.is_empty()).then(|| format!(", {}", ending.credential))}</span></span>
                                {soon.map(|words| view! { <span class="chip chip--high">{words}</span> })}
                            </li>
                        }
                    }).collect_view()}
                </ul>
                <p class="actions">
                    <button type="button" class="button" on:click=move |_| history::save_calendar(app)>{Words::ExportCalendar.text()}</button>
                    <button type="button" class="button" on:click=move |_| history::save_table(app)>{Common::ExportCsv.text()}</button>
                </p>
            }.into_any()
        }}
    }
}

fn fits(run: &RunRecord, words: &[String]) -> bool {
    let all = format!("{} {} {} {} {}", text::steps::heading(run), run.tenant.name, run.tenant.domain, run.person.username, run.tenant.id)
        .to_lowercase();
    words.iter().all(|word| all.contains(word.as_str()))
}

/// Runs by tenant, the last first.
#[component]
fn Runs() -> impl IntoView {
    let app = use_app();
    let query = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let words: Vec<String> = query.with(|query| query.to_lowercase().split_whitespace().map(str::to_owned).collect());
        let mut runs: Vec<RunRecord> = app.runs.with(|runs| runs.values().filter(|run| fits(run, &words)).cloned().collect());
        runs.sort_by_key(|run| (run.tenant.name.clone(), run.tenant.id.to_string(), std::cmp::Reverse(run.started)));
        runs
    });
    view! {
        <h2>{Words::Runs.text()}</h2>
        <label class="field"><span class="label">{Words::SearchRuns.text()}</span>
            <input type="search" class="input" maxlength="200" autocomplete="off" placeholder=Words::SearchBy.text() prop:value=move || query.get() on:input=move |event| query.set(event_target_value(&event))/></label>
        <p class="muted" role="status">{move || words::runs(found.with(Vec::len))}</p>
        {move || {
            let unread = app.unread_runs.with(Vec::len);
            (unread > 0).then(|| view! {
                <div class="notice" role="note">
                    <p>{text::imported::unread_runs(unread)}</p>
                    <p class="actions"><button type="button" class="button" on:click=move |_| history::export_unread(app)>{Words::ExportUnread.text()}</button></p>
                </div>
            })
        }}
        {move || {
            let mut last = None;
            found.get().into_iter().map(|run| {
                let is_first = last.as_ref() != Some(&run.tenant.id);
                last = Some(run.tenant.id.clone());
                let kept = run.clone();
                let label = words::export_evidence(&text::steps::heading(&run));
                view! {
                    {is_first.then(|| view! { <h3><bdi>{run.tenant.name.clone()}</bdi>" · "{run.tenant.domain.clone()}</h3> })}
                    <div class="row">
                        <span><a href=Route::Run(run.id.clone()).path()><bdi>{text::steps::heading(&run)}</bdi></a><br/><span class="muted">{screen::local(run.started)}", "{run.person.username.clone()}</span></span>
                        <span class="row__facts"><span class="chip">{text::steps::run(run.state())}</span>{text::imported::chip(run.origin).map(|words| view! { <span class="chip">{words}</span> })}
                            <button type="button" class="button button--quiet" aria-label=label on:click=move |_| history::save_evidence(&kept)>{Common::ExportEvidence.text()}</button></span>
                    </div>
                }
            }).collect_view()
        }}
    }
}

/// Taking history and sessions to another browser.
#[component]
fn Move() -> impl IntoView {
    let app = use_app();
    let fault = RwSignal::new(None::<String>);
    let take = move |event: web_sys::Event| {
        leptos::task::spawn_local(async move {
            match history::from_file(app, &event).await {
                None => {}
                Some(Ok((sessions, runs))) => {
                    fault.try_set(None);
                    app.toast(words::taken_over(sessions, runs));
                }
                Some(Err(what)) => {
                    fault.try_set(Some(what));
                }
            }
        });
    };
    view! {
        <h2>{Words::ToAnotherBrowser.text()}</h2>
        <p>{Words::WhatFileHolds.text()}</p>
        <p class="actions"><button type="button" class="button" on:click=move |_| history::export(app)>{Words::Export.text()}</button></p>
        <label class="field"><span class="label">{Words::Import.text()}</span><input type="file" class="input" accept=".json,application/json" on:change=take/></label>
        {move || fault.get().map(|what| view! { <p class="error" role="alert">{what}</p> })}
    }
}
