//! A plan: what each step changes, who can do it, and the request behind it. Nothing is written before it is carried out.

use super::ui;
use crate::app::upkeep::Proposal;
use crate::app::{runs, screen, use_app};
use crate::domain::role::name as role_name;
use crate::plan::observed::HeldRoles;
use crate::plan::record::RunRecord;
use crate::plan::step::StepKind;
use crate::text;
use crate::text::script::{self, Language};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// The steps of a plan. `may_register` says whether the person may create applications, which members may without a role.
#[component]
pub fn PlanTable(planned: Memo<Option<RunRecord>>, roles: HeldRoles, may_register: bool) -> impl IntoView {
    let roles = StoredValue::new(roles);
    view! {
        <div class="table-frame">
            <table class="plan">
                <caption class="visually-hidden">"Plan"</caption>
                <thead><tr><th scope="col">"Step"</th><th scope="col">"What changes"</th><th scope="col">"Who can do this"</th></tr></thead>
                <tbody>
                    {move || {
                        let (name, steps) = planned.with(|planned| planned.as_ref().map(|record| {
                            (record.blueprint.name.trim().to_owned(), record.steps.iter().map(|step| step.step.clone()).collect::<Vec<_>>())
                        })).unwrap_or_default();
                        steps.into_iter().enumerate().map(|(at, step)| {
                            let registers = matches!(step, StepKind::CreateApplication | StepKind::CreateServicePrincipal);
                            let may = (registers && may_register) || roles.with_value(|roles| roles.any_of(step.roles_needed()));
                            view! {
                                <tr>
                                    <th scope="row">{text::steps::title(&step, &name)}</th>
                                    <td>{text::steps::change(&step, &name)}<ui::Request record=planned at/></td>
                                    <td data-label="Who can do this">{who(&step, may)}</td>
                                </tr>
                            }
                        }).collect_view()
                    }}
                </tbody>
            </table>
        </div>
        <Scripts planned/>
    }
}

/// The plan as commands, for whoever would rather run them. None of them holds a secret.
#[component]
fn Scripts(planned: Memo<Option<RunRecord>>) -> impl IntoView {
    let app = use_app();
    let is_open = RwSignal::new(false);
    let graph = app.config_now().map(|config| config.graph).unwrap_or_default();
    let of = move |language: Language| planned.with(|planned| planned.as_ref().and_then(|run| script::write(run, &graph, language)));
    let of = StoredValue::new(of);
    let block = move |title: &'static str, button: &'static str, language: Language| {
        let text = of.with_value(|of| of(language));
        match text {
            Some(text) => {
                let copied = text.clone();
                view! {
                    <div class="command">
                        <p class="label">{title}</p>
                        <pre>{text}</pre>
                        <button type="button" class="button" on:click=move |_| app.copy(copied.clone(), title)>{button}</button>
                    </div>
                }
                .into_any()
            }
            None => {
                view! { <p class="warning">"A name in this plan has characters that can’t stand in a command, so there is no script."</p> }
                    .into_any()
            }
        }
    };
    view! {
        <details on:toggle=move |_| is_open.set(true)>
            <summary>"The plan as commands"</summary>
            {move || is_open.get().then(|| view! {
                {block("PowerShell (Microsoft Graph)", "Copy PowerShell", Language::PowerShell)}
                {block("Azure CLI", "Copy Azure CLI", Language::AzureCli)}
            })}
        </details>
    }
}

fn who(step: &StepKind, may: bool) -> String {
    let needed = step.roles_needed();
    match (step, may) {
        (StepKind::Consent, _) => {
            format!("A {} or Global Administrator, here or by link", role_name(needed.first().copied().unwrap_or_default()))
        }
        (_, true) => "You".to_owned(),
        (_, false) => text::roles(needed),
    }
}

/// A plan that is shown before it is carried out, under the tenant's name.
#[component]
pub fn PlanView(proposal: Proposal, close: Callback<()>) -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    let Proposal { record, roles, typed: wanted } = proposal;
    let (tenant, heading) = (record.tenant.clone(), text::steps::heading(&record));
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(false);
    let is_starting = RwSignal::new(false);
    let label = wanted.clone();
    let deletes = record.steps.iter().any(|step| step.step.deletes());
    let planned = Memo::new(move |_| Some(record.clone()));
    let start = move |_| {
        if wanted.as_ref().is_some_and(|wanted| typed.with_untracked(|typed| typed.trim() != wanted.trim())) {
            fault.set(true);
            return screen::focus(".proposal input");
        }
        let Some(record) = planned.get_untracked().filter(|_| !is_starting.get_untracked()) else { return };
        is_starting.set(true);
        let navigate = navigate.clone();
        leptos::task::spawn_local(async move {
            match runs::create(app, record).await {
                Ok(id) => navigate(&format!("/app/run/{id}"), Default::default()),
                Err(what) => {
                    app.toast(what);
                    is_starting.try_set(false);
                }
            }
        });
    };
    view! {
        <section class="notice proposal" aria-label="Plan" tabindex="-1">
            <h2>{heading}</h2>
            <p class="tenant-line">"In "<strong>{tenant.name}</strong>" · "{tenant.domain}" · "<span class="mono">{tenant.id.to_string()}</span></p>
            <PlanTable planned roles may_register=false/>
            {label.map(|name| view! {
                <label class="field"><span class="label">{format!("Type the name “{name}” to go on")}</span>
                    <input type="text" class="input" autocomplete="off" on:input=move |event| { fault.set(false); typed.set(event_target_value(&event)); }/></label>
            })}
            {move || fault.get().then(|| view! { <p class="error" role="alert">"This is not its name."</p> })}
            <p class="actions">
                <button type="button" class=if deletes { "button button--danger" } else { "button button--primary" } on:click=start>"Carry out"</button>
                <button type="button" class="button" on:click=move |_| close.run(())>"Close the plan"</button>
                <span class="muted">{move || if is_starting.get() { "Starting…" } else { "Nothing is written before you press Carry out." }}</span>
            </p>
        </section>
    }
}
