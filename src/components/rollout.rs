//! An App session for many customers: the plans are shown and confirmed first, each customer by name.

use super::plan::PlanTable;
use super::ui::{self, Skeleton, Standing};
use crate::app::rollout::{self, Alike, Found, alike};
use crate::app::{blueprints, use_app};
use crate::domain::blueprint::Kind;
use crate::formats::built_in;
use crate::formats::document::Document;
use crate::plan::record::{RunRecord, RunState};
use crate::text;
use leptos::prelude::*;
use std::collections::BTreeSet;

#[component]
pub fn RolloutScreen() -> impl IntoView {
    ui::arrive("Set up for many customers");
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
        <h1>"Set up for many customers"</h1>
        {move || match (standing.get(), has_job.get(), has_chosen.get()) {
            (Standing::Starting, ..) => view! { <Skeleton what="Reading your session"/> }.into_any(),
            (Standing::SignedOut, ..) => view! { <ui::SignInFirst/> }.into_any(),
            (Standing::NoAccess, ..) => view! { <ui::NoAccess/> }.into_any(),
            (Standing::Ready, true, _) => view! { <Results/> }.into_any(),
            (Standing::Ready, _, false) => view! {
                <p class="empty">"Select customers under "<a href="/app/partner">"Partner Access"</a>", then press Set up an App session."</p>
            }.into_any(),
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
            state.found.with(|all| all.iter().filter_map(|found| found.plan.as_ref().ok().map(|(record, _)| record.clone())).collect());
        alike(&ready).into_iter().map(|group| Shown::new(group, &ready)).collect::<Vec<_>>()
    });
    let is_over = Memo::new(move |_| !state.is_planning.get() && !state.found.with(Vec::is_empty));
    let carry_out = move |_| {
        let out = unconfirmed.get_untracked();
        let confirmed = state.found.with_untracked(|all| {
            let ready = all.iter().filter_map(|found| found.plan.as_ref().ok().map(|(record, _)| record.clone()));
            ready.filter(|record| !out.contains(record.tenant.id.as_str())).collect::<Vec<_>>()
        });
        if confirmed.is_empty() {
            return app.toast("Tick at least one customer.");
        }
        rollout::begin(app, confirmed);
    };
    view! {
        <p class="tenant-line">{move || text::count(total(), "customer", "customers")}": "{move || state.chosen.with(|all| all.iter().map(|tenant| tenant.name.clone()).collect::<Vec<_>>().join(", "))}</p>
        <label class="field">
            <span class="label">"Blueprint"</span>
            <select class="input" on:change=move |event| { chosen.set(Some(event_target_value(&event))); state.drop_plans(); }>
                {move || documents.get().into_iter().map(|document| view! { <option value=document.name.clone() selected=chosen.get_untracked().as_ref() == Some(&document.name)>{document.name.clone()}</option> }).collect_view()}
            </select>
        </label>
        <p class="actions">
            <button type="button" class="button button--primary" prop:disabled=move || state.is_planning.get() on:click=move |_| if let Some(document) = untrack(document) { rollout::plan(app, document) }>"Make the plans"</button>
            {move || state.is_planning.get().then(|| view! {
                <span class="muted" role="status">{move || format!("{} of {} read", state.found.with(Vec::len), total())}</span>
                <button type="button" class="button" on:click=move |_| rollout::cancel(app)>"Cancel"</button>
            })}
            <span class="muted">"Nothing is written before you press Carry out."</span>
        </p>
        <For each=move || groups.get() key=|group| (group.key.clone(), group.tenants.len()) let(group)>
            <Group group unconfirmed/>
        </For>
        {move || {
            let blocked: Vec<Found> = state.found.get().into_iter().filter(|found| found.plan.is_err()).collect();
            (!blocked.is_empty()).then(|| view! {
                <section class="notice" aria-label="Customers without a plan">
                    <p class="notice__what">{format!("{} without a plan; nothing is done there", text::count(blocked.len(), "customer", "customers"))}</p>
                    <ul>{blocked.into_iter().map(|found| view! { <li><strong>{found.tenant.name}</strong>" · "{found.tenant.domain}": "{found.plan.err()}</li> }).collect_view()}</ul>
                </section>
            })
        }}
        {move || (is_over.get() && !groups.with(Vec::is_empty)).then(|| view! {
            <p class="actions"><button type="button" class="button button--primary" on:click=carry_out>"Carry out"</button>
                <span class="muted">"One tenant after the other. Each has a run of its own, which can be undone."</span></p>
        })}
    }
}

/// Plans that are alike, as they are shown.
#[derive(Clone, PartialEq)]
struct Shown {
    key: String,
    plan: RunRecord,
    tenants: Vec<(String, String, String)>,
}

impl Shown {
    fn new(group: Alike, ready: &[RunRecord]) -> Self {
        let of = |at: &usize| {
            let tenant = &ready[*at].tenant;
            (tenant.id.to_string(), tenant.name.clone(), tenant.domain.clone())
        };
        Self { key: group.plan.tenant.id.to_string(), tenants: group.members.iter().map(of).collect(), plan: group.plan }
    }
}

#[component]
fn Group(group: Shown, unconfirmed: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let app = use_app();
    let count = group.tenants.len();
    let plan = group.plan.clone();
    let roles = app.rollouts.found.with_untracked(|all| {
        all.iter()
            .filter_map(|found| found.plan.as_ref().ok())
            .find(|(record, _)| record.tenant.id == plan.tenant.id)
            .map(|(_, roles)| roles.clone())
    });
    let planned = Memo::new(move |_| Some(plan.clone()));
    let heading = if count == 1 { "The plan for one customer".to_owned() } else { format!("One plan, the same for {count} customers") };
    let label = heading.clone();
    view! {
        <section class="notice proposal" aria-label=label>
            <h2>{heading}</h2>
            {roles.map(|roles| view! { <PlanTable planned roles may_register=false/> })}
            <fieldset class="field">
                <legend class="label">"Carry it out in"</legend>
                {group.tenants.into_iter().map(|(id, name, domain)| {
                    let (shown, key) = (id.clone(), id);
                    view! {
                        <label class="check"><input type="checkbox" prop:checked=move || !unconfirmed.with(|out| out.contains(&shown)) on:change=move |event| unconfirmed.update(|out| {
                            if event_target_checked(&event) { out.remove(&key); } else { out.insert(key.clone()); }
                        })/><span>{name}" · "{domain}</span></label>
                    }
                }).collect_view()}
            </fieldset>
        </section>
    }
}

/// Returns the state of a run; one that waits for its turn was stopped before it began.
fn in_a_word(run: &RunRecord) -> &'static str {
    let has_begun = run.steps.iter().any(|step| step.attempts > 0 || step.is_over());
    if run.state() == RunState::Cancelled && !has_begun { "Not started" } else { text::steps::run(run.state()) }
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
        <p role="status">{move || format!("{} of {} done, {} need you, {} failed", counted(RunState::Done), rows().len(), counted(RunState::NeedsYou), counted(RunState::Failed))}</p>
        <p class="actions">
            {move || state.is_running.get().then(|| view! { <button type="button" class="button" on:click=move |_| rollout::cancel(app)>"Cancel"</button> })}
            {move || (!state.is_running.get() && open() > 0).then(|| view! { <button type="button" class="button button--primary" on:click=move |_| rollout::resume(app)>"Resume"</button> })}
            {move || (!state.is_running.get() && counted(RunState::Failed) > 0).then(|| view! { <button type="button" class="button" on:click=move |_| rollout::retry_failed(app)>"Repeat the failed ones"</button> })}
            {move || (!state.is_running.get()).then(|| view! { <button type="button" class="button button--quiet" on:click=move |_| leptos::task::spawn_local(async move { rollout::close(app).await })>"Close the table"</button> })}
        </p>
        <div class="table-frame">
            <table class="plan">
                <caption class="visually-hidden">"Customers"</caption>
                <thead><tr><th scope="col">"Customer"</th><th scope="col">"Run"</th><th scope="col">"What happened"</th><th scope="col">"Steps"</th></tr></thead>
                <tbody>{move || rows().into_iter().map(|row| {
                    let run = row.run.clone();
                    let record = Memo::new(move |_| app.runs.with(|runs| runs.get(&run).cloned()));
                    view! {
                        <tr>
                            <th scope="row">{row.tenant.name.clone()}<br/><span class="muted">{row.tenant.domain.clone()}</span></th>
                            <td><a href=format!("/app/run/{}", row.run)>{move || record.with(|record| record.as_ref().map_or("Not in this browser any more", in_a_word))}</a></td>
                            <td data-label="What happened">{move || record.with(|record| record.as_ref().and_then(refusal))}</td>
                            <td data-label="Steps">{move || record.with(|record| record.as_ref().map(|record| format!("{} of {}", record.steps_over(), record.steps.len())))}</td>
                        </tr>
                    }
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}
