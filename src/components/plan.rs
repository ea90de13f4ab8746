//! A plan: what each step changes, who can do it, and the request behind it. Nothing is written before it is carried out.

use super::ui;
use crate::app::upkeep::Proposal;
use crate::app::{runs, screen, use_app};
use crate::domain::route::Route;
use crate::plan::observed::{HeldRoles, TO_REGISTER};
use crate::plan::record::{Purpose, RunRecord};
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::plan::{self as words, Commands, Plan};
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
                <caption class="visually-hidden">{Plan::Title.text()}</caption>
                <thead><tr>{[Plan::Step, Plan::Changes, Plan::Who].map(|column| view! { <th scope="col">{column.text()}</th> })}</tr></thead>
                <tbody>
                    {move || {
                        let (name, permissions, steps) = planned.with(|planned| planned.as_ref().map(|record| {
                            let steps = record.steps.iter().map(|step| step.step.clone()).collect::<Vec<_>>();
                            (record.blueprint.name.trim().to_owned(), record.blueprint.permissions.clone(), steps)
                        })).unwrap_or_default();
                        steps.into_iter().enumerate().map(|(at, step)| {
                            let registers = step.roles_needed() == TO_REGISTER;
                            let may = (registers && may_register) || roles.with_value(|roles| roles.any_of(step.roles_needed()));
                            view! {
                                <tr>
                                    <th scope="row">{text::steps::title(&step, &name)}</th>
                                    <td>{text::steps::change(&step, &name)}<ui::Request record=planned at/></td>
                                    <td data-label=Plan::Who.text()>{words::who(&step, &permissions, may)}</td>
                                </tr>
                            }
                        }).collect_view()
                    }}
                </tbody>
            </table>
        </div>
        {move || (!planned.with(|planned| planned.as_ref().is_some_and(is_check))).then(|| view! { <Scripts planned/> })}
    }
}

/// A check is about how this page's own requests are answered: as commands it would say nothing.
fn is_check(record: &RunRecord) -> bool {
    matches!(record.purpose, Purpose::Check | Purpose::CleanUp)
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
            None => view! { <p class="warning">{Commands::NoScript.text()}</p> }.into_any(),
        }
    };
    view! {
        <details on:toggle=move |_| is_open.set(true)>
            <summary>{Commands::Title.text()}</summary>
            {move || is_open.get().then(|| view! {
                {block(Commands::PowerShell.text(), Commands::CopyPowerShell.text(), Language::PowerShell)}
                {block(Common::AzureCli.text(), Commands::CopyAzureCli.text(), Language::AzureCli)}
            })}
        </details>
    }
}

/// What Microsoft's page asks for before the plan can start.
#[component]
pub fn Approval(planned: Memo<Option<RunRecord>>) -> impl IntoView {
    let app = use_app();
    move || {
        let missing = planned.with(|planned| planned.as_ref().map(|record| runs::to_be_approved(app, record))).unwrap_or_default();
        (!missing.is_empty()).then(|| {
            view! {
                <p class="warning" role="note">{words::approval(&missing)}</p>
            }
        })
    }
}

/// A plan that is shown before it is carried out, under the tenant's name.
#[component]
pub fn PlanView(proposal: Proposal, close: Callback<()>) -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    let Proposal { record, roles, typed: wanted, warnings } = proposal;
    let (tenant, heading) = (record.tenant.clone(), text::steps::heading(&record));
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(false);
    let is_starting = RwSignal::new(false);
    let label = wanted.clone();
    let deletes = record.steps.iter().any(|step| step.step.asks_for_name());
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
            match runs::create(app, record.clone()).await {
                Ok(_) if runs::leaves_for_approval(app, &record).await => {}
                Ok(id) => navigate(&Route::Run(id.clone()).path(), Default::default()),
                Err(what) => {
                    app.toast(what);
                    is_starting.try_set(false);
                }
            }
        });
    };
    view! {
        <section class="notice proposal" aria-label=Plan::Title.text() tabindex="-1">
            <h2>{heading}</h2>
            <ui::TenantLine tenant with_id=true/>
            {(!warnings.is_empty()).then(|| view! {
                <div class="warning" role="note">
                    {warnings.iter().map(|warning| { let (what, next) = text::steps::obstacle(warning); view! { <p><strong>{what}</strong>" "{next}</p> } }).collect_view()}
                </div>
            })}
            <PlanTable planned roles may_register=false/>
            <Approval planned/>
            {label.map(|name| view! {
                <label class="field"><span class="label">{words::type_name(&name)}</span>
                    <input type="text" class="input" autocomplete="off" on:input=move |event| { fault.set(false); typed.set(event_target_value(&event)); }/></label>
            })}
            {move || fault.get().then(|| view! { <p class="error" role="alert">{Plan::NotItsName.text()}</p> })}
            <p class="actions">
                <button type="button" class=if deletes { "button button--danger" } else { "button button--primary" } on:click=start>{Common::CarryOut.text()}</button>
                <button type="button" class="button" on:click=move |_| close.run(())>{Plan::Close.text()}</button>
                <span class="muted">{move || if is_starting.get() { Common::Starting.text() } else { Common::NothingYet.text() }}</span>
            </p>
        </section>
    }
}
