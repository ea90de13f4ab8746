//! A run: the plan with what became of each step, and what the person can do about it.

mod account;
mod secrets;
mod undo_plan;

use super::ui::{self, NoticeView};
use crate::app::{Phase, accounts, runs, use_app};
use crate::domain::ids::{RunId, Tenant};
use crate::plan::account::AccountStep;
use crate::plan::credentials::CredentialStep;
use crate::plan::engine::Command;
use crate::plan::exchange::ExchangeStep;
use crate::plan::record::{Need, Purpose, RunRecord, RunState, StepRecord, StepState};
use crate::plan::step::StepKind;
use crate::plan::undo;
use crate::text;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use secrets::{CertificateBox, SecretBox};
use undo_plan::UndoPlan;

#[component]
pub fn Run() -> impl IntoView {
    ui::arrive("Run");
    let app = use_app();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| RunId::parse(&id))));
    let record = Memo::new(move |_| id.get().and_then(|id| app.runs.with(|runs| runs.get(&id).cloned())));
    // Whoever hands access out need not have it.
    let is_about_access = move || record.with(|record| record.as_ref().is_some_and(RunRecord::is_about_access));
    // The account that acts is the one that counts, whichever is in use.
    let acting = move || {
        let key = record.with(|record| record.as_ref().map(|record| record.person.key.clone()));
        key.and_then(|key| app.accounts.with(|all| all.iter().find(|account| account.person.key == key).cloned()))
    };
    let may = Memo::new(move |_| acting().is_some_and(|account| account.may_use_app_sessions() || is_about_access()));
    let is_ready = Memo::new(move |_| app.phase.get() == Phase::Ready);
    Effect::new(move |_| {
        let Some(id) = id.get().filter(|_| is_ready.get() && may.get()) else { return };
        leptos::task::spawn_local(async move { runs::resume(app, id).await });
    });
    move || {
        match (is_ready.get(), record.with(Option::is_some), may.get()) {
        (false, ..) => view! { <h1>"Run"</h1><ui::Skeleton what="Reading the run"/> }.into_any(),
        (true, false, _) => view! { <h1>"Run"</h1><p class="empty">"This browser has no such run. If it was started in another browser, open it there."</p> }.into_any(),
        (true, true, false) if acting().is_none() => view! { <h1>"Run"</h1><ui::SignInFirst/> }.into_any(),
        (true, true, false) => view! { <h1>"Run"</h1><ui::NoAccess/> }.into_any(),
        (true, true, true) => view! { <Journal record/> }.into_any(),
    }
    }
}

#[component]
fn Journal(record: Memo<Option<RunRecord>>) -> impl IntoView {
    let app = use_app();
    let get = move || record.get();
    let name = Memo::new(move |_| get().map(|record| text::steps::heading(&record)).unwrap_or_default());
    let tenant = Memo::new(move |_| get().map(|record| record.tenant));
    let count = Memo::new(move |_| get().map_or(0, |record| record.steps.len()));
    let state = Memo::new(move |_| get().map(|record| record.state()));
    let is_watched = move || get().is_some_and(|record| app.watched.with(|watched| watched.contains(&record.id)));
    view! {
        <h1>{move || name.get()}</h1>
        {move || tenant.get().map(|tenant: Tenant| view! { <p class="tenant-line">"In "<strong>{tenant.name}</strong>" · "{tenant.domain}" · "<span class="mono">{tenant.id.to_string()}</span></p> })}
        <p><span class="chip chip--run" role="status" aria-label="Run" data-state=move || state.get().map(text::steps::run).unwrap_or_default()>{move || state.get().map(text::steps::run).unwrap_or_default()}</span>
            " "<span class="muted">{move || get().map(|record| format!("{} of {} steps done", record.steps_over(), record.steps.len())).unwrap_or_default()}</span></p>
        {move || (state.get() == Some(RunState::Cancelled)).then(|| view! { <p>"Nothing more is sent. What was made is still there: Resume goes on, Undo takes it back."</p> })}
        {move || is_watched().then(|| view! {
            <p class="bar" role="status">"This run goes on in another tab. Here you can watch it. "
                <button type="button" class="button button--quiet" on:click=move |_| if let Some(record) = record.get_untracked() {
                    leptos::task::spawn_local(async move { runs::resume(app, record.id).await });
                }>"Go on here"</button></p>
        })}
        <ol class="steps" aria-label="Steps">
            {move || (0..count.get()).map(|at| view! { <Step record at/> }).collect_view()}
        </ol>
        <Controls record state/>
    }
}

#[component]
fn Step(record: Memo<Option<RunRecord>>, at: usize) -> impl IntoView {
    let app = use_app();
    let step = Memo::new(move |_| record.with(|record| record.as_ref().and_then(|record| record.steps.get(at).cloned())));
    let title = Memo::new(move |_| {
        record
            .with(|record| {
                record
                    .as_ref()
                    .and_then(|record| record.steps.get(at).map(|step| text::steps::title(&step.step, record.blueprint.name.trim())))
            })
            .unwrap_or_default()
    });
    let state = Memo::new(move |_| step.with(|step| step.as_ref().map(|step| step.state)));
    let note = move || step.with(|step| step.as_ref().map(|step| text::steps::note(step, app.now.get())).unwrap_or_default());
    let class = move || format!("step step--{}", state.get().map(kind_of).unwrap_or_default());
    view! {
        <li class=class aria-label=move || title.get()>
            <p class="step__line"><span class="step__title">{move || title.get()}</span><span class="chip" role="status">{move || state.get().map(text::steps::state).unwrap_or_default()}</span></p>
            {move || { let note = note(); (!note.is_empty()).then(|| view! { <p class="step__note">{note}</p> }) }}
            {move || step.with(|step| step.as_ref().and_then(failure)).map(|notice| view! { <NoticeView notice/> })}
            {move || state.get().map(|state| view! { <StepControls record at state/> })}
            <ui::Request record at/>
        </li>
    }
}

fn kind_of(state: StepState) -> &'static str {
    match state {
        StepState::Pending | StepState::Skipped | StepState::Undone => "quiet",
        StepState::Running | StepState::Waiting => "active",
        StepState::NeedsYou(_) | StepState::Warning => "needs",
        StepState::Done | StepState::AlreadyInPlace => "done",
        StepState::Failed => "failed",
    }
}

fn failure(step: &StepRecord) -> Option<text::Notice> {
    let fault = step.fault.as_ref().filter(|_| step.state == StepState::Failed)?;
    Some(text::faults::graph(fault, &text::steps::doing(&step.step), step.step.roles_needed()))
}

/// The buttons of a step, by what it waits for.
#[component]
fn StepControls(record: Memo<Option<RunRecord>>, at: usize, state: StepState) -> impl IntoView {
    let app = use_app();
    let step = record.get_untracked().and_then(|record| record.steps.get(at).map(|step| step.step.clone()));
    let choose = move |command: Command| {
        move |_| {
            if let Some(record) = record.get_untracked() {
                runs::choose(app, &record.id, command);
            }
        }
    };
    let button = move |words: &'static str, command: Command, primary: bool| {
        let class = if primary { "button button--primary" } else { "button" };
        view! { <button type="button" class=class on:click=choose(command)>{words}</button> }
    };
    match (state, step) {
        (StepState::NeedsYou(Need::Consent) | StepState::Skipped, Some(StepKind::Consent)) => {
            let is_open = matches!(state, StepState::NeedsYou(_));
            let link = record.get_untracked().and_then(|record| runs::consent_link(app, &record, None)).unwrap_or_default();
            let text = link.clone();
            view! {
                <p class="actions">
                    <button type="button" class="button button--primary" on:click=move |_| if let Some(record) = record.get_untracked() { crate::app::consent::give_for_run(app, &record) }>"Give consent now"</button>
                    {is_open.then(|| button("Check current status", Command::CheckStatus, false))}
                    {is_open.then(|| button("Later", Command::Later, false))}
                </p>
                <div class="copy-field">
                    <label><span class="label">"Consent URL"</span><input type="text" class="input input--mono" readonly prop:value=link/></label>
                    <button type="button" class="button" on:click=move |_| app.copy(text.clone(), "Consent URL")>"Copy consent URL"</button>
                </div>
            }.into_any()
        }
        (StepState::NeedsYou(Need::NotYet), _) => {
            let can_go_on = record.with_untracked(|r| r.as_ref().is_some_and(|r| r.steps[at].applied));
            view! { <p class="actions">{button("Check current status", Command::CheckStatus, true)}{can_go_on.then(|| button("Continue", Command::Later, false))}</p> }.into_any()
        }
        (StepState::NeedsYou(Need::SignIn), _) => view! {
            <p class="actions"><button type="button" class="button button--primary" on:click=move |_| if let Some(record) = record.get_untracked() { runs::sign_in_again(app, &record) }>"Sign in"</button></p>
        }.into_any(),
        (StepState::NeedsYou(Need::MakeSecret), _) => {
            view! { <p class="actions">{button("Show secret", Command::ShowSecret, true)}{button("Later", Command::Later, false)}</p> }.into_any()
        }
        (StepState::NeedsYou(Need::MakeCertificate), Some(StepKind::Credential(CredentialStep::MakeCertificate { days, bits }))) => {
            view! { <CertificateBox record days bits/><p class="actions">{button("Later", Command::Later, false)}</p> }.into_any()
        }
        (StepState::NeedsYou(Need::Confirm), _) => {
            let takes_place = record.with_untracked(|r| r.as_ref().is_some_and(|r| r.steps[..at].iter().any(|step| step.step.adds_credential())));
            let words = if takes_place { "Remove the old one" } else { "Remove it" };
            view! { <p class="actions">{button(words, Command::Confirm, false)}{button("Later", Command::Later, false)}</p> }.into_any()
        }
        (StepState::NeedsYou(Need::SaveSecret), _) => view! { <SecretBox record what=secrets::CLIENT_SECRET/> }.into_any(),
        (StepState::NeedsYou(Need::SavePassword), _) => view! { <SecretBox record what=secrets::PASSWORD/> }.into_any(),
        (StepState::NeedsYou(need @ (Need::ChoosePassword | Need::PasswordLost)), _) => {
            view! { <account::PasswordChoice record at is_lost=need == Need::PasswordLost/> }.into_any()
        }
        (StepState::NeedsYou(Need::DoByHand), Some(StepKind::Exchange(ExchangeStep::ByHand { role }))) => view! {
            <account::ByHand record role/>
            <p class="actions">{button("I have done it", Command::Confirm, true)}{button("Later", Command::Later, false)}</p>
        }.into_any(),
        (StepState::Waiting, Some(StepKind::Exchange(ExchangeStep::Settle))) => {
            view! { <p class="actions">{button("It works already", Command::Confirm, false)}</p> }.into_any()
        }
        (StepState::NeedsYou(Need::TryIt), _) => {
            view! { <p class="actions">{button("It works", Command::Confirm, true)}{button("Go on without", Command::Later, false)}</p> }.into_any()
        }
        (StepState::NeedsYou(Need::Prove), _) => view! {
            <account::ProofFault record at/>
            <p class="actions">
                <button type="button" class="button button--primary" on:click=move |_| if let Some(record) = record.get_untracked() { accounts::prove(app, &record) }>"Sign in as the account"</button>
                {button("Later", Command::Later, false)}
            </p>
        }.into_any(),
        (StepState::NeedsYou(Need::Finish), _) => view! { <p class="actions">{button("Finish", Command::Confirm, true)}</p> }.into_any(),
        (StepState::NeedsYou(Need::SecretLost), _) => view! { <p class="actions">{button("Replace secret", Command::ReplaceSecret, true)}</p> }.into_any(),
        (StepState::Failed, Some(step @ (StepKind::AssignRole { .. } | StepKind::Account(AccountStep::AssignRole { .. })))) => {
            let skips = step.can_be_left_out();
            view! { <p class="actions">{button("Add the role", Command::Retry, true)}{skips.then(|| button("Go on without", Command::Later, false))}</p> }.into_any()
        }
        (StepState::Failed, Some(step)) if step.can_be_left_out() => {
            view! { <p class="actions">{button("Try again", Command::Retry, true)}{button("Go on without", Command::Later, false)}</p> }.into_any()
        }
        (StepState::Waiting, Some(StepKind::AssignRole { .. } | StepKind::Account(AccountStep::AssignRole { .. }))) => view! { <p class="actions">{button("Check current status", Command::CheckStatus, false)}</p> }.into_any(),
        _ => ().into_any(),
    }
}

#[component]
fn Controls(record: Memo<Option<RunRecord>>, state: Memo<Option<RunState>>) -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    let asks_undo = RwSignal::new(false);
    let choose = move |command: Command| {
        move |_| {
            if let Some(record) = record.get_untracked() {
                runs::choose(app, &record.id, command);
            }
        }
    };
    let can_undo =
        Memo::new(move |_| record.with(|record| record.as_ref().is_some_and(|record| !record.undone && !undo::steps(record).is_empty())));
    let is_about_access = move || record.with(|record| record.as_ref().is_some_and(RunRecord::is_about_access));
    move || {
        let Some(state) = state.get() else { return ().into_any() };
        let navigate = navigate.clone();
        let goes_on = matches!(state, RunState::Running | RunState::Waiting | RunState::NeedsYou | RunState::Paused);
        let app_id = record.get_untracked().and_then(|record| record.facts.app_id).filter(|_| {
            record
                .with_untracked(|r| r.as_ref().is_some_and(|r| r.undoes.is_none() && !r.is_about_access() && r.purpose != Purpose::Delete))
        });
        view! {
            <p class="actions">
                {goes_on.then(|| view! { <button type="button" class="button" on:click=choose(Command::Cancel)>"Cancel"</button> })}
                {(state == RunState::Cancelled).then(|| view! { <button type="button" class="button button--primary" on:click=choose(Command::Resume)>"Resume"</button> })}
                {(state == RunState::Failed).then(|| view! { <button type="button" class="button button--primary" on:click=choose(Command::Retry)>"Retry"</button> })}
                {(state == RunState::Done).then(|| app_id.map(|app_id| {
                    let navigate = navigate.clone();
                    view! { <button type="button" class="button button--primary" on:click=move |_| navigate(&format!("/app/apps/{app_id}"), Default::default())>"Use now"</button> }
                }))}
                {(!goes_on).then(|| view! { <button type="button" class="button" on:click=move |_| if let Some(record) = record.get_untracked() { crate::app::history::save_evidence(&record) }>"Export evidence"</button> })}
                {(!goes_on).then(|| view! { <button type="button" class="button" on:click=move |_| crate::app::screen::print()>"Print"</button> })}
                {(can_undo.get() && matches!(state, RunState::Done | RunState::Cancelled | RunState::Failed)).then(|| view! { <button type="button" class="button" on:click=move |_| asks_undo.set(true)>"Undo"</button> })}
                {(state == RunState::Done && is_about_access()).then(|| view! { <a class="button button--primary" href="/app/access">"Who has access"</a> })}
                {(state == RunState::Undone || record.get_untracked().is_some_and(|r| r.undoes.is_some() && state == RunState::Done)).then(|| view! { <a class="button" href="/">"Recent sessions"</a> })}
            </p>
            {asks_undo.get().then(|| view! { <UndoPlan record asks_undo/> })}
        }.into_any()
    }
}
