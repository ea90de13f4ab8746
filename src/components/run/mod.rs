//! A run: the plan with what became of each step, and what the person can do about it.

mod account;
mod consent_link;
mod past;
mod secrets;
mod undo_plan;

use super::ui::{self, CopyField, NoticeView};
use crate::app::sign_in::Whom;
use crate::app::{Phase, accounts, consent, runs, use_app};
use crate::domain::ids::{RunId, Tenant};
use crate::domain::route::Route;
use crate::entra::fault::Way;
use crate::plan::engine::Command;
use crate::plan::offers::{self, Form, Offer};
use crate::plan::record::{Purpose, RunRecord, RunState, StepRecord, StepState};
use crate::plan::undo;
use crate::text;
use crate::text::screens::access::Access;
use crate::text::screens::common::Common;
use crate::text::screens::home::Home;
use crate::text::screens::microsoft::MicrosoftCheck;
use crate::text::screens::run::{self as words, Run as Words};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use secrets::{CertificateBox, SecretBox};
use undo_plan::UndoPlan;

#[component]
pub fn Run(id: RunId) -> impl IntoView {
    ui::arrive(Words::Title.text());
    let app = use_app();
    let id = StoredValue::new(id);
    let record = Memo::new(move |_| app.runs.with(|runs| id.with_value(|id| runs.get(id).cloned())));
    // Whoever hands access out need not have it.
    let is_about_access = move || record.with(|record| record.as_ref().is_some_and(RunRecord::is_about_access));
    // Memoized, so that a step that is over draws nothing anew.
    let is_here = Memo::new(move |_| record.with(|record| record.as_ref().is_none_or(|record| record.origin.is_here())));
    // The account that acts is the one that counts, whichever is in use. Whoever may see App sessions may read what came in a file.
    let acting = move || {
        if !is_here.get() {
            return app.current_account();
        }
        let key = record.with(|record| record.as_ref().map(|record| record.person.key.clone()));
        key.and_then(|key| app.accounts.with(|all| all.iter().find(|account| account.person.key == key).cloned()))
    };
    let is_sign_out = move || record.with(|record| record.as_ref().is_some_and(|record| record.purpose == Purpose::SignOut));
    // A run that ended every sign-in is read by somebody who is not signed in any more.
    let is_over = move || {
        is_here.get() && is_sign_out() && record.with(|record| record.as_ref().is_some_and(|record| record.state() == RunState::Done))
    };
    let may = Memo::new(move |_| {
        is_over()
            || acting().is_some_and(|account| account.may_use_app_sessions() || (is_here.get() && (is_about_access() || is_sign_out())))
    });
    let is_ready = Memo::new(move |_| app.phase.get() == Phase::Ready);
    on_cleanup(move || app.forget_shown());
    Effect::new(move |_| {
        if !is_ready.get() || !may.get() {
            return;
        }
        let id = id.get_value();
        leptos::task::spawn_local(async move { runs::resume(app, id).await });
    });
    move || match (is_ready.get(), record.with(Option::is_some), may.get()) {
        (false, ..) => view! { <h1>{Words::Title.text()}</h1><ui::Skeleton what=Words::Reading.text()/> }.into_any(),
        (true, false, _) => view! { <h1>{Words::Title.text()}</h1><p class="empty">{Words::NotHere.text()}</p> }.into_any(),
        (true, true, false) if acting().is_none() => view! { <h1>{Words::Title.text()}</h1><ui::SignInFirst/> }.into_any(),
        (true, true, false) => view! { <h1>{Words::Title.text()}</h1><ui::NoAccess/> }.into_any(),
        (true, true, true) if is_here.get() => view! { <Journal record/> }.into_any(),
        (true, true, true) => record.get_untracked().map(|run| view! { <past::Past run/> }).into_any(),
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
        <h1><bdi>{move || name.get()}</bdi></h1>
        {move || tenant.get().map(|tenant: Tenant| view! { <ui::TenantLine tenant with_id=true/> })}
        <p><span class="chip chip--run" role="status" aria-label=Words::Title.text() data-state=move || state.get().map(|state| format!("{state:?}"))>{move || state.get().map(text::steps::run).unwrap_or_default()}</span>
            " "<span class="muted">{move || get().map(|record| words::steps_done(record.steps_over(), record.steps.len())).unwrap_or_default()}</span></p>
        {move || (state.get() == Some(RunState::Cancelled)).then(|| view! { <p>{Words::Canceled.text()}</p> })}
        {move || is_watched().then(|| view! {
            <p class="bar" role="status">{Words::InAnotherTab.text()}</p>
        })}
        <ol class="steps" aria-label=Words::Steps.text()>
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
    // What is pressed is for the step that the run is at. Others of its stage may have stopped for the same reason.
    let is_current =
        Memo::new(move |_| record.with(|record| record.as_ref().is_some_and(|record| record.can_go_on() && record.current() == Some(at))));
    let can_go_on = Memo::new(move |_| record.with(|record| record.as_ref().is_some_and(RunRecord::can_go_on)));
    let controls = move || state.get().filter(|state| is_current.get() || (can_go_on.get() && *state == StepState::Skipped));
    let class = move || format!("step step--{}", state.get().map(kind_of).unwrap_or_default());
    view! {
        <li class=class aria-label=move || title.get()>
            <p class="step__line"><span class="step__title">{move || title.get()}</span><span class="chip" role="status">{move || state.get().map(text::steps::state).unwrap_or_default()}</span></p>
            {move || { let note = note(); (!note.is_empty()).then(|| view! { <p class="step__note">{note}</p> }) }}
            {move || step.with(|step| step.as_ref().and_then(failure)).map(|notice| {
                // What is being taken back is not tried again.
                let next = if can_go_on.get() { notice.next.clone() } else { String::new() };
                view! { <NoticeView notice=text::Notice { next, ..notice }/> }
            })}
            {move || controls().map(|_| view! { <StepControls record at/> })}
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

/// What a step offers in its state.
#[component]
fn StepControls(record: Memo<Option<RunRecord>>, at: usize) -> impl IntoView {
    let app = use_app();
    let Some(run) = record.get_untracked() else { return ().into_any() };
    let Some(step) = run.steps.get(at) else { return ().into_any() };
    let offers = offers::of(step);
    let id = StoredValue::new(run.id.clone());
    let takes_place = run.steps[..at].iter().any(|step| step.step.credential().is_some());
    let buttons: Vec<_> = offers
        .iter()
        .filter_map(|offer| match offer {
            Offer::Button(command) => Some(*command),
            Offer::Form(_) => None,
        })
        .map(|command| {
            let (words, is_primary) = text::steps::command(command, step, takes_place);
            let class = if is_primary { "button button--primary" } else { "button" };
            view! { <button type="button" class=class on:click=move |_| id.with_value(|id| runs::choose(app, id, command))>{words}</button> }
        })
        .collect();
    let form = offers.iter().find_map(|offer| match offer {
        Offer::Button(_) => None,
        Offer::Form(form) => Some(*form),
    });
    let row = |buttons: Vec<_>| (!buttons.is_empty()).then(|| view! { <p class="actions">{buttons}</p> });
    match form {
        None => row(buttons).into_any(),
        Some(Form::ConsentLink) => view! { <consent_link::ConsentLink run=run.clone()>{buttons}</consent_link::ConsentLink> }.into_any(),
        Some(Form::SignIn) => view! { <SignIn record=run.clone() at/> }.into_any(),
        Some(Form::MakeCertificate { days, bits }) => view! { <CertificateBox record days bits/>{row(buttons)} }.into_any(),
        Some(Form::Secret) => view! { <SecretBox record what=secrets::CLIENT_SECRET/> }.into_any(),
        Some(Form::Password) => view! { <SecretBox record what=secrets::PASSWORD/> }.into_any(),
        Some(Form::ChoosePassword { is_lost }) => view! { <account::PasswordChoice record at is_lost/> }.into_any(),
        Some(Form::Commands) => view! { <account::ByHand run=run.clone() at/>{row(buttons)} }.into_any(),
        Some(Form::Prove) => {
            let run = StoredValue::new(run.clone());
            view! {
                <account::ProofFault record at/>
                <p class="actions">
                    <button type="button" class="button button--primary" on:click=move |_| run.with_value(|run| accounts::prove(app, run))>{Words::SignInAsAccount.text()}</button>
                    {buttons}
                </p>
            }.into_any()
        }
    }
}

/// Why there is no token for the step, and what leads out of it. The run goes on by itself afterwards.
#[component]
fn SignIn(record: RunRecord, at: usize) -> impl IntoView {
    let app = use_app();
    let at_home = record.tenant.id == record.person.home;
    let fault = record.steps.get(at).and_then(|step| step.fault.clone()).unwrap_or_default();
    let notice = text::faults::no_token(&fault, &record.tenant.name, at_home);
    let whom = Whom { account: record.person.key.clone(), tenant: record.tenant.id.clone(), scopes: record.scopes() };
    let link = (notice.way == Way::Consent).then(|| consent::own_link(app, Some(&record.tenant.id), None)).flatten();
    let id = record.id.clone();
    let retry = Callback::new(move |()| {
        runs::choose(app, &id, Command::Retry);
    });
    let tries_again = notice.way != Way::Again;
    view! {
        <NoticeView notice whom retry>
            {tries_again.then(|| view! { <button type="button" class="button" on:click=move |_| retry.run(())>{Common::TryAgain.text()}</button> })}
        </NoticeView>
        {link.map(|link| view! {
            <p>{Words::SendLink.text()}</p>
            <CopyField label=Common::ConsentUrl.text() value=link button=Common::CopyConsentUrl.text()/>
        })}
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
    let is_being_undone = Memo::new(move |_| record.with(|record| record.as_ref().is_some_and(|record| record.undo.is_some())));
    let can_undo =
        Memo::new(move |_| record.with(|record| record.as_ref().is_some_and(|record| !record.undone && !undo::steps(record).is_empty())));
    let is_about_access = move || record.with(|record| record.as_ref().is_some_and(RunRecord::is_about_access));
    move || {
        let Some(state) = state.get() else { return ().into_any() };
        is_being_undone.track();
        let navigate = navigate.clone();
        // What is being taken back does not go on.
        if let Some(undo) = record.get_untracked().and_then(|record| record.undo) {
            return view! {
                <p class="bar" role="status">{text::steps::BEING_UNDONE}" "<a href=Route::Run(undo).path()>{Words::OpenUndo.text()}</a></p>
            }
            .into_any();
        }
        let goes_on = matches!(state, RunState::Running | RunState::Waiting | RunState::NeedsYou | RunState::Paused);
        let is_check = record.with_untracked(|r| r.as_ref().is_some_and(|r| matches!(r.purpose, Purpose::Check | Purpose::CleanUp)));
        let app_id = record.get_untracked().and_then(|record| record.facts.app_id).filter(|_| !is_check).filter(|_| {
            record
                .with_untracked(|r| r.as_ref().is_some_and(|r| r.undoes.is_none() && !r.is_about_access() && r.purpose != Purpose::Delete))
        });
        view! {
            <p class="actions">
                {goes_on.then(|| view! { <button type="button" class="button" on:click=choose(Command::Cancel)>{Common::Cancel.text()}</button> })}
                {(state == RunState::Cancelled).then(|| view! { <button type="button" class="button button--primary" on:click=choose(Command::Resume)>{Common::Resume.text()}</button> })}
                {(state == RunState::Failed).then(|| view! { <button type="button" class="button button--primary" on:click=choose(Command::Retry)>{Words::Retry.text()}</button> })}
                {(state == RunState::Done).then(|| app_id.map(|app_id| {
                    let navigate = navigate.clone();
                    view! { <button type="button" class="button button--primary" on:click=move |_| navigate(&Route::App(app_id.clone()).path(), Default::default())>{Common::UseNow.text()}</button> }
                }))}
                {(!goes_on).then(|| view! { <button type="button" class="button" on:click=move |_| if let Some(record) = record.get_untracked() { crate::app::history::save_evidence(&record) }>{Common::ExportEvidence.text()}</button> })}
                {(!goes_on).then(|| view! { <button type="button" class="button" on:click=move |_| crate::app::screen::print()>{Common::Print.text()}</button> })}
                {(can_undo.get() && matches!(state, RunState::Done | RunState::Cancelled | RunState::Failed)).then(|| view! { <button type="button" class="button" on:click=move |_| asks_undo.set(true)>{Common::Undo.text()}</button> })}
                {(is_check && !goes_on).then(|| view! { <a class="button button--primary" href=Route::Check.path()>{MicrosoftCheck::Title.text()}</a> })}
                {(state == RunState::Done && is_about_access()).then(|| view! { <a class="button button--primary" href=Route::Access.path()>{Access::WhoHasAccess.text()}</a> })}
                {(state == RunState::Undone || record.get_untracked().is_some_and(|r| r.undoes.is_some() && state == RunState::Done)).then(|| view! { <a class="button" href=Route::Home.path()>{Home::Title.text()}</a> })}
            </p>
            {asks_undo.get().then(|| view! { <UndoPlan record asks_undo/> })}
        }.into_any()
    }
}
