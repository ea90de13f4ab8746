//! The consent matrix: customers by permissions, from what their tenants have really granted.

use super::partner::details::Details;
use super::ui::{self, List, Place, Row, Skeleton, VirtualList};
use crate::app::partner::{self, ConsentState, Guid, Note};
use crate::app::{checks, screen, sign_in, use_app};
use crate::customers::csv;
use crate::domain::route::Route;
use crate::domain::time::Instant;
use crate::entra::scopes::NAMES;
use crate::text;
use crate::text::screens::around_link;
use crate::text::screens::common::Common;
use crate::text::screens::consents::{self as words, Consents as Words, Grant};
use leptos::prelude::*;
use std::sync::Arc;

/// A customer that was checked, or is about to be.
#[derive(Clone, PartialEq)]
struct Line {
    id: Guid,
    name: String,
    note: Note,
}

#[component]
pub fn Consents() -> impl IntoView {
    ui::arrive(Words::Title.text());
    let app = use_app();
    let home = Memo::new(move |_| partner::home(app));
    Effect::new(move |_| {
        if let Some(home) = home.get() {
            leptos::task::spawn_local(async move {
                checks::load(app, &home.tenant.id).await;
                partner::show(app, home).await;
            });
        }
    });
    view! {
        <h1>{Words::Title.text()}</h1>
        {move || match (app.phase.get(), home.get().is_some()) {
            (crate::app::Phase::Starting, _) => view! { <Skeleton what=Common::ReadingSession.text()/> }.into_any(),
            (_, false) => view! { <ui::SignInFirst/> }.into_any(),
            (_, true) => view! { <Matrix/> }.into_any(),
        }}
    }
}

#[component]
fn Matrix() -> impl IntoView {
    let app = use_app();
    let (book, checks) = (app.partner, app.checks);
    let only_open = RwSignal::new(false);
    let lines = Memo::new(move |_| {
        // While results come by the dozen, the list follows every other second.
        if checks.is_running.get() {
            app.now.track();
        } else {
            book.notes.track();
            checks.job.track();
        }
        let waiting: std::collections::BTreeSet<Guid> = checks
            .job
            .with_untracked(|job| job.as_ref().map(|job| job.waiting.iter().chain(&job.failed).copied().collect()).unwrap_or_default());
        let only_open = only_open.get();
        book.notes.with_untracked(|notes| {
            book.directory.with(|directory| {
                let is_shown = |id: &Guid| {
                    let note = notes.get(id);
                    let is_whole = matches!(note.and_then(|note| note.consent.as_ref()), Some(ConsentState::Given { missing, .. }) if missing.is_empty());
                    (note.is_some_and(|note| note.checked.is_some()) || waiting.contains(id)) && !(only_open && is_whole)
                };
                let line = |customer: partner::Customer| Line {
                    id: customer.id,
                    name: customer.name.to_string(),
                    note: notes.get(&customer.id).cloned().unwrap_or_default(),
                };
                Arc::new(directory.those(is_shown).map(line).collect::<Vec<_>>())
            })
        })
    });
    let shown = RwSignal::new(None::<Guid>);
    let show = Callback::new(move |row: usize| shown.set(lines.with_untracked(|lines| lines.get(row).map(|line| line.id))));
    let list = List {
        count: Memo::new(move |_| lines.with(|lines| lines.len())),
        active: RwSignal::new(0),
        query: Memo::new(|_| String::new()),
        on_open: show,
        on_toggle: Callback::new(|_| {}),
        on_more: show,
        on_type: Callback::new(|_| {}),
    };
    let row = move |place: Place| {
        let line = Memo::new(move |_| lines.with(|lines| lines.get(place.row.get()).cloned()));
        let cells = view! {
            <span class="customer__who" role="gridcell">
                <bdi class="customer__name" id=place.id("name")>{move || line.with(|line| line.as_ref().map(|line| line.name.clone()))}</bdi>
                <span class="customer__facts" id=place.id("about")>{move || line.with(|line| line.as_ref().map(|line| text::partner::finding(&line.note)))}</span>
                <span class="customer__facts muted" id=place.id("more")>{move || line.with(|line| line.as_ref().map(|line| text::partner::checked(line.note.checked, app.now.get())))}</span>
            </span>
            <span class="customer__do" role="gridcell">
                <button type="button" class="button" tabindex="-1" id=place.id("details") aria-labelledby=format!("{} {}", place.id("details"), place.id("name")) on:click=move |_| show.run(place.row.get_untracked())>{Common::Details.text()}</button>
            </span>
            {NAMES.iter().map(|scope| view! {
                <span class="matrix__cell" role="gridcell" title=*scope data-granted=move || line.with(|line| line.as_ref().map_or("", |line| key(granted(&line.note, scope))))>
                    <span class="visually-hidden">{*scope}": "{move || line.with(|line| line.as_ref().map_or("", |line| granted(&line.note, scope).text()))}</span>
                </span>
            }).collect_view()}
        };
        Row { is_selected: None, cells }
    };
    let everybody = move |_| {
        let Some(home) = untrack(|| partner::home(app)) else { return };
        let ids = lines.with_untracked(|lines| lines.iter().map(|line| line.id).collect());
        checks::begin(app, &home.tenant.id, ids);
    };
    let export = move |_| {
        let mut header = words::COLUMNS.to_vec();
        header.extend(NAMES);
        let lines = lines.get_untracked();
        let rows = lines.iter().map(|line| {
            let mut row = vec![
                line.name.clone(),
                line.id.to_string(),
                text::partner::finding(&line.note),
                line.note.checked.map(Instant::to_iso).unwrap_or_default(),
            ];
            row.extend(NAMES.iter().map(|scope| granted(&line.note, scope).text().to_owned()));
            row
        });
        screen::download("consents.csv", "text/csv;charset=utf-8", &csv::write(&header, rows));
    };
    let is_empty = Memo::new(move |_| list.count.get() == 0);
    let [before, link, after] = around_link(Words::WhatItShows.text());
    view! {
        <p>{before}<a href=Route::Partner.path()>{link}</a>{after}</p>
        <Progress/>
        <p class="actions">
            <button type="button" class="button button--primary" prop:disabled=move || checks.is_running.get() || is_empty.get() on:click=everybody>{Common::CheckStatus.text()}</button>
            <button type="button" class="button" prop:disabled=move || is_empty.get() on:click=export>{Common::ExportCsv.text()}</button>
        </p>
        <label class="check"><input type="checkbox" prop:checked=move || only_open.get() on:change=move |event| only_open.set(event_target_checked(&event))/><span>{Words::OnlyMissing.text()}</span></label>
        {move || if is_empty.get() {
            view! { <p class="empty">{move || if only_open.get() { Words::NothingMissing.text() } else { Words::NobodyChecked.text() }}</p> }.into_any()
        } else {
            view! {
                <p class="muted keys">{Words::Keys.text()}</p>
                <ol class="matrix__legend" aria-label=Words::Columns.text()>{NAMES.iter().map(|scope| view! { <li>{*scope}</li> }).collect_view()}</ol>
                <p class="matrix__numbers" aria-hidden="true">{(1..=NAMES.len()).map(|number| view! { <span>{number}</span> }).collect_view()}</p>
                <VirtualList label=Words::Title.text() list row/>
            }.into_any()
        }}
        <Details shown/>
    }
}

/// What a cell says of one permission.
fn granted(note: &Note, scope: &str) -> Grant {
    match &note.consent {
        Some(ConsentState::Given { missing, .. }) if missing.iter().any(|name| name == scope) => Grant::Missing,
        Some(ConsentState::Given { .. }) => Grant::Granted,
        Some(ConsentState::NotGiven) => Grant::Missing,
        _ => Grant::Unknown,
    }
}

/// Returns the name by which the stylesheet knows a cell.
fn key(grant: Grant) -> &'static str {
    match grant {
        Grant::Granted => "granted",
        Grant::Missing => "missing",
        Grant::Unknown => "unknown",
    }
}

/// How far a check is, with what can be done about it.
#[component]
fn Progress() -> impl IntoView {
    let app = use_app();
    let checks = app.checks;
    move || {
        let job = checks.job.get()?;
        let is_running = checks.is_running.get();
        let (over, total) = (job.done + job.failed.len(), job.total());
        let waits = checks.waits_until.get().filter(|until| *until > app.now.get()).is_some();
        Some(view! {
            <div class="progress">
                <p role="status" aria-label=Words::Check.text()>{text::partner::progress(&job, checks.pace.get(), is_running, waits)}</p>
                <progress max=total.to_string() prop:value=over.to_string() aria-label=Words::Checked.text()></progress>
                {checks.needs_sign_in.get().then(|| view! { <p class="error" role="alert">{Words::SignInEnded.text()}</p> })}
                <p class="actions">
                    {checks.needs_sign_in.get().then(|| view! { <button type="button" class="button button--primary" on:click=move |_| sign_in::begin_here(app)>{Common::SignIn.text()}</button> })}
                    {is_running.then(|| view! { <button type="button" class="button" on:click=move |_| checks::cancel(app)>{Common::Cancel.text()}</button> })}
                    {(!is_running && !job.waiting.is_empty()).then(|| view! { <button type="button" class="button button--primary" on:click=move |_| checks::resume(app)>{Common::Resume.text()}</button> })}
                    {(!is_running && job.waiting.is_empty() && !job.failed.is_empty()).then(|| view! { <button type="button" class="button" on:click=move |_| checks::retry_failed(app)>{Words::RetryFailed.text()}</button> })}
                </p>
            </div>
        })
    }
}
