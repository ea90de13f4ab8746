//! What an undo would take back, before it does.

use crate::app::{runs, use_app};
use crate::domain::route::Route;
use crate::plan::record::RunRecord;
use crate::plan::step::StepKind;
use crate::plan::undo;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::plan::{Plan, type_name};
use crate::text::screens::run::{self as words, UndoPlan as Words};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeSet;

/// Undo is shown as a plan first, and asks for the name of what it deletes.
#[component]
pub fn UndoPlan(record: Memo<Option<RunRecord>>, asks_undo: RwSignal<bool>) -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(false);
    let Some(run) = record.get_untracked() else { return ().into_any() };
    let all = StoredValue::new(undo::steps(&run));
    let chosen = RwSignal::new(all.with_value(|all| all.iter().map(|(at, _)| *at).collect::<BTreeSet<_>>()));
    let name = run.blueprint.name.trim().to_owned();
    // What is deleted is named: the application, or the account where there is none.
    let deleted = match &run.blueprint.account {
        Some(account) if run.facts.application.is_none() => account.upn(),
        _ => name.clone(),
    };
    let deletes = all.with_value(|all| all.iter().any(|(_, step)| step.asks_for_name()));
    let shown: Vec<(usize, String, String)> = all
        .with_value(|all| all.iter().map(|(at, step)| (*at, text::steps::title(step, &name), text::steps::change(step, &name))).collect());
    let stays: Vec<String> = undo::stays(&run).into_iter().map(|at| text::steps::title(&run.steps[at].step, &name)).collect();
    let heading = words::undo_in(&run.tenant);
    let wanted = deleted.clone();
    let start = move |_| {
        if deletes && typed.get_untracked().trim() != wanted {
            fault.set(true);
            crate::app::screen::focus(".undo input");
            return;
        }
        let steps: Vec<StepKind> = all.with_value(|all| {
            let is_chosen = |at: &usize| chosen.with_untracked(|chosen| chosen.contains(at));
            all.iter().filter(|(at, _)| is_chosen(at)).map(|(_, step)| step.clone()).collect()
        });
        if steps.is_empty() {
            return app.toast(Words::ChooseOne.text());
        }
        asks_undo.set(false);
        let (run, navigate) = (run.clone(), navigate.clone());
        leptos::task::spawn_local(async move {
            match runs::create_undo(app, &run, steps).await {
                Ok(id) => navigate(&Route::Run(id).path(), Default::default()),
                Err(what) => app.toast(what),
            }
        });
    };
    view! {
        <div class="notice undo" role="alertdialog" aria-label=Common::Undo.text()>
            <p class="notice__what">{heading}</p>
            <ul class="plain">{shown.into_iter().map(|(at, title, change)| view! {
                <li><label class="check">
                    <input type="checkbox" disabled=deletes prop:checked=move || chosen.with(|chosen| chosen.contains(&at))
                        on:change=move |event| chosen.update(|chosen| { if event_target_checked(&event) { chosen.insert(at); } else { chosen.remove(&at); } })/>
                    <span><strong>{title}</strong>". "{change}"."</span>
                </label></li>
            }).collect_view()}</ul>
            {(!stays.is_empty()).then(|| view! { <p class="muted">{words::stays(&stays)}</p> })}
            {deletes.then(|| view! {
                <label class="field"><span class="label">{type_name(&deleted)}</span>
                    <input type="text" class="input" autocomplete="off" on:input=move |event| { fault.set(false); typed.set(event_target_value(&event)); }/></label>
            })}
            {move || fault.get().then(|| view! { <p class="error" role="alert">{Plan::NotItsName.text()}</p> })}
            <p class="actions">
                <button type="button" class="button button--danger" on:click=start>{Words::Start.text()}</button>
                <button type="button" class="button" on:click=move |_| asks_undo.set(false)>{Common::KeepIt.text()}</button>
            </p>
        </div>
    }.into_any()
}
