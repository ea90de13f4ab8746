//! What a step on an account asks: its password, a command by hand, a sign-in.

use crate::app::{accounts, use_app};
use crate::domain::account::Account;
use crate::plan::record::{RunRecord, StepRecord};
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::run::{self as words, AccountStep};
use leptos::prelude::*;

/// A password that this page makes, or that the person types.
#[component]
pub fn PasswordChoice(record: Memo<Option<RunRecord>>, at: usize, is_lost: bool) -> impl IntoView {
    let app = use_app();
    let types = RwSignal::new(false);
    let fault = RwSignal::new(None::<String>);
    let field = NodeRef::<leptos::html::Input>::new();
    let refused = move || {
        let step = |record: &RunRecord| record.steps.get(at).is_some_and(StepRecord::is_password_refused);
        record.with(|record| record.as_ref().is_some_and(step)).then(|| AccountStep::PasswordRefused.text())
    };
    let go = move || {
        let Some(record) = record.get_untracked() else { return };
        if !types.get_untracked() {
            if !accounts::make_password(app, &record.id) {
                fault.set(Some(AccountStep::NoPasswordMade.text().into()));
                types.set(true);
            }
            return;
        }
        // The field is the only place that holds it.
        let typed = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        match accounts::choose_password(app, &record, typed) {
            Ok(()) => fault.set(None),
            Err(why) => {
                fault.set(Some(text::accounts::password(why)));
                crate::app::screen::focus(".password input[type=password]");
            }
        }
    };
    let button = if is_lost { AccountStep::SetPassword.text() } else { AccountStep::Create.text() };
    view! {
        <div class="password" on:keydown=move |event| if event.key() == "Enter" && types.get_untracked() { go() }>
            <fieldset class="field">
                <legend class="label">{Common::Password.text()}</legend>
                <label class="check"><input type="radio" name="password" prop:checked=move || !types.get() on:change=move |_| types.set(false)/><span>{AccountStep::MakePassword.text()}</span></label>
                <label class="check"><input type="radio" name="password" prop:checked=move || types.get() on:change=move |_| types.set(true)/><span>{AccountStep::TypePassword.text()}</span></label>
            </fieldset>
            {move || types.get().then(|| view! {
                <label class="field"><span class="label">{AccountStep::NewPassword.text()}</span>
                    <input type="password" class="input" autocomplete="new-password" node_ref=field aria-invalid=move || fault.get().is_some().to_string() on:input=move |_| fault.set(None)/></label>
                <p class="muted">{AccountStep::WhatPasswordNeeds.text()}</p>
            })}
            {move || fault.get().or_else(|| refused().map(str::to_owned)).map(|why| view! { <p class="error" role="alert">{why}</p> })}
            <p class="actions"><button type="button" class="button button--primary" on:click=move |_| go()>{button}</button></p>
        </div>
    }
}

/// Commands for somebody who has the rights that this page lacks.
#[component]
pub fn ByHand(run: RunRecord, at: usize) -> impl IntoView {
    let app = use_app();
    let cloud = app.config_now().map(|config| config.cloud);
    let commands = cloud.and_then(|cloud| text::accounts::commands_by_hand(&run, at, cloud));
    match commands {
        Some(commands) => {
            let copied = commands.clone();
            view! {
                <div class="command">
                    <p class="label">{AccountStep::ExchangePowerShell.text()}</p>
                    <pre>{commands}</pre>
                    <button type="button" class="button" on:click=move |_| app.copy(copied.clone(), AccountStep::Commands.text())>{AccountStep::CopyCommands.text()}</button>
                </div>
            }
            .into_any()
        }
        None => view! { <p class="error">{AccountStep::NoCommands.text()}</p> }.into_any(),
    }
}

/// Says that the wrong account signed in.
#[component]
pub fn ProofFault(record: Memo<Option<RunRecord>>, at: usize) -> impl IntoView {
    move || {
        let (is_wrong, upn) = record.with(|record| {
            let record = record.as_ref();
            let is_wrong = record.and_then(|record| record.steps.get(at)).is_some_and(|step| step.fault.is_some());
            (is_wrong, record.and_then(|record| record.blueprint.account.as_ref().map(Account::upn)).unwrap_or_default())
        });
        is_wrong.then(|| {
            view! {
                <p class="error" role="alert">{words::wrong_account(&upn)}</p>
            }
        })
    }
}
