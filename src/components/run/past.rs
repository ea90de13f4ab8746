//! A run that did not come about in this browser: what it says it did, and nothing that goes on.

use super::super::ui;
use crate::app::{blueprints, history, use_app};
use crate::domain::route::Route;
use crate::plan::record::{RunRecord, StepRecord};
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::run::{self as words, PastRun, Run};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Past(run: RunRecord) -> impl IntoView {
    let app = use_app();
    let navigate = StoredValue::new_local(use_navigate());
    let name = run.blueprint.name.trim().to_owned();
    let (tenant, state, over, all) = (run.tenant.clone(), run.state(), run.steps_over(), run.steps.len());
    let document = blueprints::of_run(&run);
    let steps = run.steps.iter().map(|step| line(step, &name)).collect_view();
    let (heading, origin) = (text::steps::heading(&run), run.origin);
    let run = StoredValue::new(run);
    let remove = move |_| {
        leptos::task::spawn_local(async move {
            history::remove(app, &run.get_value()).await;
            app.toast(PastRun::Removed.text());
            navigate.with_value(|navigate| navigate(&Route::History.path(), Default::default()));
        });
    };
    view! {
        <h1><bdi>{heading}</bdi></h1>
        <ui::TenantLine tenant with_id=true/>
        <p><span class="chip chip--run" role="status" aria-label=Run::Title.text()>{text::steps::run(state)}</span>" "<span class="muted">{words::steps_done(over, all)}</span></p>
        <p class="notice" role="note">{text::imported::run(origin)}</p>
        <p class="actions">
            {document.map(|document| view! {
                <button type="button" class="button button--primary" on:click=move |_| {
                    let to = blueprints::from_run(app, &document);
                    navigate.with_value(|navigate| navigate(&to.path(), Default::default()));
                }>{PastRun::NewPlan.text()}</button>
            })}
            <button type="button" class="button" on:click=move |_| run.with_value(history::save_evidence)>{Common::ExportEvidence.text()}</button>
            <button type="button" class="button" on:click=move |_| crate::app::screen::print()>{Common::Print.text()}</button>
            <button type="button" class="button" on:click=remove>{PastRun::Remove.text()}</button>
        </p>
        <ol class="steps" aria-label=Run::Steps.text()>{steps}</ol>
    }
}

/// What the step was and what became of it. No request, no address and no command: those would be of ids that nobody has looked up.
fn line(step: &StepRecord, name: &str) -> impl IntoView + use<> {
    let fault = step.fault.as_ref().filter(|_| !step.is_over());
    let refused = fault.map(|fault| text::faults::graph(fault, &text::steps::doing(&step.step), step.step.roles_needed()).what);
    view! {
        <li class=format!("step step--{}", super::kind_of(step.state))>
            <p class="step__line"><span class="step__title">{text::steps::title(&step.step, name)}</span><span class="chip">{text::imported::step(step.state)}</span></p>
            {refused.map(|what| view! { <p class="step__note">{what}</p> })}
        </li>
    }
}
