//! Settings of hybrid tenants that are kept with an App session, in this browser.

use crate::app::{screen, sessions, use_app};
use crate::domain::on_premises::{Field, OnPremises};
use crate::domain::session::AppSession;
use crate::text;
use crate::text::screens::app_session::on_premises::{self as words, OnPremisesForm};
use crate::text::screens::common::Common;
use leptos::prelude::*;

#[component]
pub fn OnPremisesSettings(found: AppSession, offered: RwSignal<Option<OnPremises>>) -> impl IntoView {
    let app = use_app();
    let is_open = RwSignal::new(offered.with_untracked(Option::is_some));
    let app_id = found.app_id.clone();
    let kept = RwSignal::new(found.on_premises.unwrap_or_default());
    let typed = RwSignal::new(offered.get_untracked().unwrap_or_else(|| kept.get_untracked()));
    let faults = RwSignal::new(Vec::<Field>::new());
    let is_off = Memo::new(move |_| app.current.with(|current| current.as_ref().is_none_or(|current| current.app.is_some())));
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let found = typed.with_untracked(OnPremises::faults);
        let is_good = found.is_empty();
        faults.set(found);
        if !is_good {
            leptos::task::spawn_local(async {
                leptos::task::tick().await;
                screen::focus(".on-premises [aria-invalid=true]");
            });
            return;
        }
        let (app_id, settings) = (app_id.clone(), typed.get_untracked());
        kept.set(settings.clone());
        offered.set(None);
        is_open.set(false);
        leptos::task::spawn_local(async move {
            sessions::set_on_premises(app, &app_id, settings).await;
            app.toast(OnPremisesForm::Saved.text());
        });
    };
    let field = move |which: Field, get: fn(&mut OnPremises) -> &mut String| {
        let is_bad = move || faults.with(|faults| faults.contains(&which));
        view! {
            <label class="field"><span class="label">{words::label(which)}</span>
                <input type="text" class="input" autocomplete="off" spellcheck="false" placeholder=words::example(which) aria-invalid=move || is_bad().to_string()
                    prop:value=move || typed.with(|typed| get(&mut typed.clone()).clone())
                    on:input=move |event| typed.update(|typed| event_target_value(&event).clone_into(get(typed)))/></label>
            {move || is_bad().then(|| view! { <p class="error" role="alert">{text::on_premises::fault(which)}</p> })}
        }
    };
    view! {
        <h2>{OnPremisesForm::Title.text()}</h2>
        {move || kept.with(|kept| kept.enabled.then(|| view! {
            <dl class="facts">
                <dt>{words::label(Field::Domain)}</dt><dd>{kept.domain.clone()}</dd>
                <dt>{words::label(Field::Server)}</dt><dd>{kept.server.clone()}</dd>
                <dt>{words::label(Field::UserNameAttribute)}</dt><dd>{kept.user_name_attribute.clone()}</dd>
            </dl>
        }))}
        <p class="actions"><button type="button" class="button" aria-expanded=move || is_open.get().to_string() prop:disabled=move || is_off.get()
            on:click=move |_| is_open.update(|open| *open = !*open)>{OnPremisesForm::Open.text()}</button></p>
        {move || is_open.get().then(|| view! {
            <form class="form on-premises" on:submit=save.clone()>
                {move || offered.with(Option::is_some).then(|| view! { <p class="warning" role="note">{OnPremisesForm::FromFile.text()}</p> })}
                <p class="muted">{OnPremisesForm::WhatFor.text()}</p>
                <label class="check"><input type="checkbox" prop:checked=move || typed.with(|typed| typed.enabled) on:change=move |event| typed.update(|typed| typed.enabled = event_target_checked(&event))/><span>{OnPremisesForm::IsHybrid.text()}</span></label>
                {field(Field::Domain, |typed| &mut typed.domain)}
                {field(Field::Server, |typed| &mut typed.server)}
                {field(Field::SearchBase, |typed| &mut typed.search_base)}
                {field(Field::UserNameAttribute, |typed| &mut typed.user_name_attribute)}
                {field(Field::ConnectServer, |typed| &mut typed.connect_server)}
                {field(Field::Note, |typed| &mut typed.note)}
                <p class="actions">
                    <button type="submit" class="button button--primary">{Common::Save.text()}</button>
                    <button type="button" class="button" on:click=move |_| { offered.set(None); typed.set(kept.get_untracked()); faults.set(Vec::new()); is_open.set(false) }>{Common::Cancel.text()}</button>
                </p>
            </form>
        })}
    }
}
