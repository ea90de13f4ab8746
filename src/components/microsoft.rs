//! Check with Microsoft: whether Microsoft answers in this tenant as this page expects.

use super::plan::PlanView;
use super::ui::{self, NoticeView, Skeleton};
use crate::app::microsoft::{self, Finding, Part, Reading, Standing};
use crate::app::upkeep::Proposal;
use crate::app::{Current, Phase, screen, use_app};
use crate::domain::route::Route;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::microsoft::{self as words, MicrosoftCheck, MicrosoftOffer, MicrosoftResults, TestApp};
use leptos::prelude::*;

#[component]
pub fn CheckScreen() -> impl IntoView {
    ui::arrive(MicrosoftCheck::Title.text());
    let app = use_app();
    // A renewed token touches the accounts: what is drawn stays as long as the session is the same.
    let current = Memo::new(move |_| app.current.get().filter(|_| app.current_account().is_some()));
    view! {
        <h1>{MicrosoftCheck::Title.text()}</h1>
        {move || match (app.phase.get(), current.get()) {
            (Phase::Starting, _) => view! { <Skeleton what=Common::ReadingSession.text()/> }.into_any(),
            (_, None) => view! { <ui::SignInFirst/> }.into_any(),
            (_, Some(current)) => view! { <Check current/> }.into_any(),
        }}
    }
}

/// What the first screen offers once.
#[component]
pub fn Offer() -> impl IntoView {
    let app = use_app();
    let is_offered = Memo::new(move |_| microsoft::is_offered(app));
    move || {
        is_offered.get().then(|| {
            view! {
                <div class="notice" role="note" aria-label=MicrosoftCheck::Title.text()>
                    <p class="notice__what">{MicrosoftOffer::Question.text()}</p>
                    <p>{MicrosoftOffer::WhatItDoes.text()}</p>
                    <p class="actions">
                        <a class="button button--primary" href=Route::Check.path() on:click=move |_| microsoft::answer(app)>{MicrosoftCheck::Title.text()}</a>
                        <button type="button" class="button" on:click=move |_| microsoft::answer(app)>{MicrosoftOffer::NotNow.text()}</button>
                    </p>
                </div>
            }
        })
    }
}

#[component]
fn Check(current: Current) -> impl IntoView {
    let app = use_app();
    let tenant = current.tenant.clone();
    let at_home = !current.is_customer;
    let kept = StoredValue::new(current);
    let start = Callback::new(move |()| microsoft::start(app, kept.get_value()));
    let table = Memo::new(move |_| kept.with_value(|current| microsoft::table(app, &current.tenant.id)));
    let is_read = Memo::new(move |_| {
        let of = kept.with_value(|current| current.tenant.id.clone());
        app.check.reading.with(|reading| matches!(reading, Reading::Done(tenant, _) if *tenant == of))
    });
    let is_going = Memo::new(move |_| {
        let of = kept.with_value(|current| current.tenant.id.clone());
        app.check.reading.with(|reading| matches!(reading, Reading::Going(tenant, _) if *tenant == of))
    });
    let failed = Memo::new(move |_| match app.check.reading.get() {
        Reading::Failed(notice) => Some(notice),
        Reading::NotStarted | Reading::Going(..) | Reading::Done(..) => None,
    });
    let progress = move || {
        app.check.reading.with(|reading| match reading {
            Reading::Going(_, progress) if progress.all > 0 => words::read(progress.done, progress.all),
            Reading::NotStarted | Reading::Going(..) | Reading::Done(..) | Reading::Failed(_) => {
                MicrosoftCheck::SigningIn.text().to_owned()
            }
        })
    };
    // What was pressed goes away with each change: the keyboard goes to what takes its place.
    Effect::new(move |before: Option<&'static str>| {
        let place = app.check.reading.with(|reading| match reading {
            Reading::NotStarted => ".check-start",
            Reading::Going(..) => ".check-cancel",
            Reading::Done(..) => ".check-results",
            Reading::Failed(_) => ".page .notice button",
        });
        if before.is_some_and(|before| before != place) {
            leptos::task::spawn_local(async move {
                leptos::task::tick().await;
                screen::focus(place);
            });
        }
        place
    });
    view! {
        <ui::TenantLine tenant/>
        <p>{MicrosoftCheck::WhatItDoes.text()}</p>
        {at_home.then(|| view! { <p class="muted">{MicrosoftCheck::ForPartners.text()}</p> })}
        {move || match (is_going.get(), failed.get()) {
            (true, _) => view! {
                <p role="status">{progress}</p>
                <p class="actions"><button type="button" class="button check-cancel" on:click=move |_| microsoft::cancel(app)>{Common::Cancel.text()}</button></p>
            }.into_any(),
            (false, Some(notice)) => view! { <NoticeView notice retry=start/> }.into_any(),
            (false, None) => view! {
                <p class="actions">
                    <button type="button" class="button check-start" class:button--primary=move || !is_read.get() prop:disabled=move || !app.is_online.get() on:click=move |_| start.run(())>
                        {move || if is_read.get() { MicrosoftCheck::Again.text() } else { MicrosoftCheck::Start.text() }}
                    </button>
                </p>
            }.into_any(),
        }}
        {move || is_read.get().then(|| view! { <Results table/><Report table current=kept.get_value()/> })}
        <WithTestApp current=kept.get_value()/>
    }
}

#[component]
fn Results(table: Memo<Vec<Finding>>) -> impl IntoView {
    view! {
        <h2 class="check-results" tabindex="-1">{MicrosoftResults::Title.text()}</h2>
        <p role="status">{move || table.with(|table| text::check::summary(table))}</p>
        {move || {
            let table = table.get();
            Part::ALL.iter().map(|part| {
                let of_part: Vec<Finding> = table.iter().filter(|finding| finding.point.part() == *part).cloned().collect();
                view! { <Points part=*part of_part/> }
            }).collect_view()
        }}
    }
}

/// The points of one part; open where something differs.
#[component]
fn Points(part: Part, of_part: Vec<Finding>) -> impl IntoView {
    let differs = microsoft::count(&of_part, Standing::Differs);
    let held = microsoft::count(&of_part, Standing::Held);
    let title = text::check::part(part);
    let counts = text::check::counts(held, differs, of_part.len() - held - differs);
    view! {
        <details class="points" open=differs.gt(&0)>
            <summary><strong>{title}</strong>" · "{counts}</summary>
            <div class="table-frame">
                <table class="plan">
                    <caption class="visually-hidden">{title}</caption>
                    <thead><tr>{[MicrosoftResults::Point, MicrosoftResults::Result, MicrosoftResults::Expected, MicrosoftResults::Came].map(|column| view! { <th scope="col">{column.text()}</th> })}</tr></thead>
                    <tbody>{of_part.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </details>
    }
}

fn row(finding: Finding) -> impl IntoView {
    let Finding { point, standing, came } = finding;
    let class = match standing {
        Standing::Held => "chip chip--held",
        Standing::Differs => "chip chip--high",
        Standing::NotTried => "chip",
    };
    let meaning = text::check::meaning(point);
    let says_more = standing == Standing::Differs && !meaning.is_empty();
    view! {
        <tr data-point=point.code()>
            <th scope="row">{text::check::title(point)}</th>
            <td><span class=class>{text::check::standing(standing)}</span></td>
            <td data-label=MicrosoftResults::Expected.text()>{text::check::expected(point)}</td>
            <td data-label=MicrosoftResults::Came.text()>{text::check::came(&came)}{says_more.then(|| view! { <br/><span class="muted">{meaning}</span> })}</td>
        </tr>
    }
}

#[component]
fn Report(table: Memo<Vec<Finding>>, current: Current) -> impl IntoView {
    let app = use_app();
    let report = Memo::new(move |_| table.with(|table| microsoft::report(app, &current, table)).unwrap_or_default());
    view! {
        <h2>{MicrosoftResults::Report.text()}</h2>
        <p>{MicrosoftResults::AboutReport.text()}</p>
        <p class="actions"><button type="button" class="button button--primary" on:click=move |_| app.copy(report.get_untracked(), MicrosoftResults::Report.text())>{MicrosoftResults::CopyReport.text()}</button></p>
        <details><summary>{MicrosoftResults::WhatReportSays.text()}</summary><pre aria-label=MicrosoftResults::Report.text()>{move || report.get()}</pre></details>
    }
}

/// What is open below the buttons.
#[derive(Clone)]
enum Open {
    Nothing,
    Working,
    Plan(Box<Proposal>),
    NothingLeft,
    Failed(text::Notice),
}

/// The part that writes.
#[component]
fn WithTestApp(current: Current) -> impl IntoView {
    let app = use_app();
    let standing = ui::standing();
    let open = RwSignal::new(Open::Nothing);
    let is_of_app = current.app.is_some();
    let kept = StoredValue::new(current);
    let last = Memo::new(move |_| {
        let run = kept.with_value(|current| microsoft::last_run(app, &current.tenant.id));
        run.filter(microsoft::is_open).map(|run| run.id.clone())
    });
    let propose = Callback::new(move |cleans_up: bool| {
        let Some(account) = app.current_account() else { return };
        open.set(Open::Working);
        leptos::task::spawn_local(async move {
            let current = kept.get_value();
            let made = if cleans_up {
                microsoft::propose_clean_up(app, &current, &account.person).await
            } else {
                microsoft::propose(app, &current, &account.person).await.map(Some)
            };
            open.try_set(match made {
                Ok(Some(proposal)) => Open::Plan(Box::new(proposal)),
                Ok(None) => Open::NothingLeft,
                Err(notice) => Open::Failed(notice),
            });
            leptos::task::tick().await;
            screen::focus(".proposal, .with-test-app .notice");
        });
    });
    let is_off = move || !app.is_online.get() || open.with(|open| matches!(open, Open::Working));
    view! {
        <section class="with-test-app" aria-label=TestApp::Title.text()>
            <h2>{TestApp::Title.text()}</h2>
            <p>{TestApp::WhatItDoes.text()}</p>
            {move || match standing.get() {
                ui::Standing::Ready if is_of_app => view! { <p class="muted">{TestApp::SwitchBack.text()}</p> }.into_any(),
                ui::Standing::Ready => view! {
                    {last.get().map(|id| view! {
                        <p class="bar" role="status">{TestApp::NotEnded.text()}" "<a href=Route::Run(id.clone()).path()>{TestApp::OpenRun.text()}</a></p>
                    })}
                    <p class="actions">
                        <button type="button" class="button" prop:disabled=is_off on:click=move |_| propose.run(false)>{Common::ShowPlan.text()}</button>
                        <button type="button" class="button" prop:disabled=is_off on:click=move |_| propose.run(true)>{TestApp::CleanUp.text()}</button>
                        <span class="muted">{TestApp::AboutCleanUp.text()}</span>
                    </p>
                }.into_any(),
                ui::Standing::Starting | ui::Standing::SignedOut | ui::Standing::NoAccess => view! { <ui::NoAccess/> }.into_any(),
            }}
            {move || match open.get() {
                Open::Nothing => ().into_any(),
                Open::Working => view! { <Skeleton what=Common::LookingAtTenant.text()/> }.into_any(),
                Open::Plan(proposal) => view! { <PlanView proposal=*proposal close=Callback::new(move |()| open.set(Open::Nothing))/> }.into_any(),
                Open::NothingLeft => view! { <p role="status">{TestApp::NothingLeft.text()}</p> }.into_any(),
                Open::Failed(notice) => view! { <NoticeView notice/> }.into_any(),
            }}
        </section>
    }
}
