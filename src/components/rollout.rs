//! An App session for many customers: the plans are shown and confirmed first, each customer by name.

use super::plan::PlanTable;
use super::ui::{self, Skeleton, Standing};
use crate::app::rollout::{self, Alike, Found, alike};
use crate::app::{blueprints, use_app};
use crate::domain::blueprint::Kind;
use crate::domain::route::Route;
use crate::formats::built_in;
use crate::formats::document::Document;
use crate::plan::record::{RunRecord, RunState};
use crate::text;
use crate::text::screens::around_link;
use crate::text::screens::common::Common;
use crate::text::screens::rollout::{self as words, Rollout};
use leptos::prelude::*;

#[component]
pub fn RolloutScreen() -> impl IntoView {
    ui::arrive(Rollout::Title.text());
    let app = use_app();
    let standing = ui::standing();
    // The rollout that a reload interrupted is known once the session is.
    Effect::new(move |_| {
        if standing.get() == Standing::Ready {
            leptos::task::spawn_local(async move { rollout::load(app).await });
        }
    });
    let (has_job, has_chosen) =
        (Memo::new(move |_| app.rollouts.job.with(Option::is_some)), Memo::new(move |_| !app.rollouts.chosen.with(Vec::is_empty)));
    view! {
        <h1>{Rollout::Title.text()}</h1>
        {move || match (standing.get(), has_job.get(), has_chosen.get()) {
            (Standing::Starting, ..) => view! { <Skeleton what=Common::ReadingSession.text()/> }.into_any(),
            (Standing::SignedOut, ..) => view! { <ui::SignInFirst/> }.into_any(),
            (Standing::NoAccess, ..) => view! { <ui::NoAccess/> }.into_any(),
            (Standing::Ready, true, _) => view! { <Results/> }.into_any(),
            (Standing::Ready, _, false) => {
                let [before, link, after] = around_link(Rollout::NobodySelected.text());
                view! { <p class="empty">{before}<a href=Route::Partner.path()>{link}</a>{after}</p> }.into_any()
            }
            (Standing::Ready, ..) => view! { <Plans/> }.into_any(),
        }}
    }
}

/// The blueprint, and what it would do at each customer.
#[component]
fn Plans() -> impl IntoView {
    let app = use_app();
    let state = app.rollouts;
    let documents = RwSignal::new(vec![built_in::reporting(), built_in::mail_and_calendar()]);
    leptos::task::spawn_local(async move {
        // An account needs a domain and a name of its own in each tenant: that is for its wizard.
        let saved = blueprints::saved(app).await.into_iter().filter(|document| document.kind == Kind::AppSession);
        let saved: Vec<Document> = saved.collect();
        documents.try_update(|all| all.splice(0..0, saved).for_each(drop));
    });
    // Plans that are here already are of the blueprint that they were made for.
    let chosen = RwSignal::new(Some(state.blueprint.get_untracked()).filter(|name| !name.is_empty()));
    let document =
        move || documents.with(|all| all.iter().find(|document| Some(&document.name) == chosen.get().as_ref()).or(all.first()).cloned());
    let total = move || state.chosen.with(Vec::len);
    let unconfirmed = state.left_out;
    let groups = Memo::new(move |_| {
        let ready: Vec<RunRecord> =
            state.found.with(|all| all.iter().filter_map(|found| found.plan.as_ref().ok().map(|plan| plan.record.clone())).collect());
        let warnings = |tenant: &str| {
            let of =
                |found: &Found| (found.tenant.id.as_str() == tenant).then(|| found.plan.as_ref().ok().map(|plan| plan.warnings.join(" ")));
            state.found.with(|all| all.iter().find_map(of).flatten().unwrap_or_default())
        };
        alike(&ready).into_iter().map(|group| Shown::new(group, &ready, warnings)).collect::<Vec<_>>()
    });
    let is_over = Memo::new(move |_| !state.is_planning.get() && !state.found.with(Vec::is_empty));
    let carry_out = move |_| {
        let out = unconfirmed.get_untracked();
        let confirmed = state.found.with_untracked(|all| {
            let ready = all.iter().filter_map(|found| found.plan.as_ref().ok().map(|plan| plan.record.clone()));
            ready.filter(|record| !out.contains(record.tenant.id.as_str())).collect::<Vec<_>>()
        });
        if confirmed.is_empty() {
            return app.toast(Rollout::TickOne.text());
        }
        rollout::begin(app, confirmed);
    };
    view! {
        <p class="tenant-line">{move || state.chosen.with(|all| words::chosen(&all.iter().map(|tenant| tenant.name.clone()).collect::<Vec<_>>()))}</p>
        <label class="field">
            <span class="label">{Rollout::Blueprint.text()}</span>
            <select class="input" on:change=move |event| { chosen.set(Some(event_target_value(&event))); state.drop_plans(); }>
                {move || documents.get().into_iter().map(|document| view! { <option value=document.name.clone() selected=chosen.get_untracked().as_ref() == Some(&document.name)>{document.name.clone()}</option> }).collect_view()}
            </select>
        </label>
        <p class="actions">
            <button type="button" class="button button--primary" prop:disabled=move || state.is_planning.get() on:click=move |_| if let Some(document) = untrack(document) { rollout::plan(app, document) }>{Rollout::MakePlans.text()}</button>
            {move || state.is_planning.get().then(|| view! {
                <span class="muted" role="status">{move || words::read(state.found.with(Vec::len), total())}</span>
                <button type="button" class="button" on:click=move |_| rollout::cancel(app)>{Common::Cancel.text()}</button>
            })}
            <span class="muted">{Common::NothingYet.text()}</span>
        </p>
        <For each=move || groups.get() key=|group| (group.key.clone(), group.tenants.len()) let(group)>
            <Group group/>
        </For>
        {move || {
            let blocked: Vec<Found> = state.found.get().into_iter().filter(|found| found.plan.is_err()).collect();
            (!blocked.is_empty()).then(|| view! {
                <section class="notice" aria-label=Rollout::WithoutPlan.text()>
                    <p class="notice__what">{words::without_plan(blocked.len())}</p>
                    <ul>{blocked.into_iter().map(|found| view! { <li><strong><bdi>{found.tenant.name}</bdi></strong>" · "{found.tenant.domain}": "{found.plan.err()}</li> }).collect_view()}</ul>
                </section>
            })
        }}
        {move || (is_over.get() && !groups.with(Vec::is_empty)).then(|| view! {
            <p class="actions"><button type="button" class="button button--primary" on:click=carry_out>{Common::CarryOut.text()}</button>
                <span class="muted">{Rollout::AtATime.text()}</span></p>
        })}
    }
}

/// Plans that are alike, as they are shown.
#[derive(Clone, PartialEq)]
struct Shown {
    key: String,
    plan: RunRecord,
    tenants: Vec<Row>,
}

/// A customer of a plan.
#[derive(Clone, PartialEq)]
struct Row {
    id: String,
    name: String,
    domain: String,
    warning: String,
}

impl Shown {
    fn new(group: Alike, ready: &[RunRecord], warning: impl Fn(&str) -> String) -> Self {
        let of = |at: &usize| {
            let tenant = &ready[*at].tenant;
            Row {
                id: tenant.id.to_string(),
                name: tenant.name.clone(),
                domain: tenant.domain.clone(),
                warning: warning(tenant.id.as_str()),
            }
        };
        Self { key: group.plan.tenant.id.to_string(), tenants: group.members.iter().map(of).collect(), plan: group.plan }
    }
}

#[component]
fn Group(group: Shown) -> impl IntoView {
    let rollouts = use_app().rollouts;
    let app = use_app();
    let plan = group.plan.clone();
    let roles = app.rollouts.found.with_untracked(|all| {
        all.iter()
            .filter_map(|found| found.plan.as_ref().ok())
            .find(|found| found.record.tenant.id == plan.tenant.id)
            .map(|found| found.roles.clone())
    });
    let planned = Memo::new(move |_| Some(plan.clone()));
    let heading = words::same_plan(group.tenants.len());
    // Several plans may have the same heading; a screen reader tells them apart by the first customer.
    let label = group.tenants.first().map_or_else(|| heading.clone(), |first| format!("{heading}: {}", first.domain));
    view! {
        <section class="notice proposal" aria-label=label>
            <h2>{heading}</h2>
            {roles.map(|roles| view! { <PlanTable planned roles may_register=false/> })}
            <fieldset class="field">
                <legend class="label">{Rollout::CarryOutIn.text()}</legend>
                {group.tenants.into_iter().map(|Row { id, name, domain, warning }| {
                    let (shown, key) = (id.clone(), id);
                    view! {
                        <label class="check"><input type="checkbox" prop:checked=move || !rollouts.left_out.with(|out| out.contains(&shown))
                            on:change=move |event| rollouts.choose_tenant(&key, event_target_checked(&event))/><span>{name}" · "{domain}</span></label>
                        {(!warning.is_empty()).then(|| view! { <p class="warning">{warning}</p> })}
                    }
                }).collect_view()}
            </fieldset>
        </section>
    }
}

/// Returns the state of a run; one that waits for its turn was stopped before it began.
fn in_a_word(run: &RunRecord) -> &'static str {
    let has_begun = run.steps.iter().any(|step| step.attempts > 0 || step.is_over());
    if run.state() == RunState::Cancelled && !has_begun { Rollout::NotStarted.text() } else { text::steps::run(run.state()) }
}

/// Returns why a run stopped.
fn refusal(run: &RunRecord) -> Option<String> {
    let step = &run.steps[run.current()?];
    let fault = step.fault.as_ref().filter(|_| run.state() == RunState::Failed)?;
    let notice = text::faults::graph(fault, &text::steps::doing(&step.step), step.step.roles_needed());
    Some(format!("{} {}", notice.what, notice.next))
}

/// What became of each customer.
#[component]
fn Results() -> impl IntoView {
    let app = use_app();
    let state = app.rollouts;
    let rows = move || state.job.with(|job| job.as_ref().map(|job| job.rows.clone()).unwrap_or_default());
    let counted = move |which: RunState| {
        rows().iter().filter(|row| app.runs.with(|runs| runs.get(&row.run).map(RunRecord::state)) == Some(which)).count()
    };
    let open =
        move || [RunState::Running, RunState::Waiting, RunState::Paused, RunState::Cancelled].into_iter().map(counted).sum::<usize>();
    view! {
        <p class="tenant-line">{move || state.job.with(|job| job.as_ref().map(|job| job.blueprint.clone()))}</p>
        <p role="status">{move || words::outcome(counted(RunState::Done), rows().len(), counted(RunState::NeedsYou), counted(RunState::Failed))}</p>
        <p class="actions">
            {move || state.is_running.get().then(|| view! { <button type="button" class="button" on:click=move |_| rollout::cancel(app)>{Common::Cancel.text()}</button> })}
            {move || (!state.is_running.get() && open() > 0).then(|| view! { <button type="button" class="button button--primary" on:click=move |_| rollout::resume(app)>{Common::Resume.text()}</button> })}
            {move || (!state.is_running.get() && counted(RunState::Failed) > 0).then(|| view! { <button type="button" class="button" on:click=move |_| rollout::retry_failed(app)>{Rollout::RepeatFailed.text()}</button> })}
            {move || (!state.is_running.get()).then(|| view! { <button type="button" class="button button--quiet" on:click=move |_| leptos::task::spawn_local(async move { rollout::close(app).await })>{Rollout::CloseTable.text()}</button> })}
        </p>
        <div class="table-frame">
            <table class="plan">
                <caption class="visually-hidden">{Rollout::Customers.text()}</caption>
                <thead><tr>{[Rollout::Customer, Rollout::Run, Rollout::WhatHappened, Rollout::Steps].map(|column| view! { <th scope="col">{column.text()}</th> })}</tr></thead>
                <tbody>{move || rows().into_iter().map(|row| {
                    let run = row.run.clone();
                    let record = Memo::new(move |_| app.runs.with(|runs| runs.get(&run).cloned()));
                    view! {
                        <tr>
                            <th scope="row"><bdi>{row.tenant.name.clone()}</bdi><br/><span class="muted">{row.tenant.domain.clone()}</span></th>
                            <td><a href=Route::Run(row.run.clone()).path()>{move || record.with(|record| record.as_ref().map_or(Rollout::RunIsGone.text(), in_a_word))}</a></td>
                            <td data-label=Rollout::WhatHappened.text()>{move || record.with(|record| record.as_ref().and_then(refusal))}</td>
                            <td data-label=Rollout::Steps.text()>{move || record.with(|record| record.as_ref().map(|record| words::steps(record.steps_over(), record.steps.len())))}</td>
                        </tr>
                    }
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}
