//! What a connection account may do: its directory roles, and the application that acts in its name.

use super::Wish;
use super::roles::{Roles, put};
use crate::app::{draft, use_app};
use crate::components::permissions::{Permissions, Picker};
use crate::domain::account::ApiAccess;
use crate::domain::ids::AppId;
use crate::domain::permission::{Chosen, PermissionKind};
use crate::domain::session::Session;
use crate::text::screens::common::Common;
use crate::text::screens::import::Import;
use crate::text::screens::wizard::access::{self as words, WizardAccess};
use leptos::prelude::*;

#[component]
pub fn Access() -> impl IntoView {
    let app = use_app();
    let account = move || app.draft.with(|draft| draft.blueprint.account.clone().unwrap_or_default());
    // The rest is drawn anew for another application only, not for each permission.
    let client = Memo::new(move |_| account().access.map(|access| access.name));
    view! {
        <h2>{WizardAccess::Heading.text()}</h2>
        <Roles
            chosen=Signal::derive(move || account().roles)
            set=Callback::new(move |(role, wanted)| draft::change_account(app, |account| put(&mut account.roles, role, wanted)))
            unknown=Signal::derive(move || app.draft.with(|draft| draft.open.account_roles.clone()))
            warning=WizardAccess::GlobalAdministrator.text()/>
        <h3>{WizardAccess::AccessApp.text()}</h3>
        <p class="muted">{WizardAccess::WhatAccessAppIs.text()}</p>
        <Client/>
        <super::manifest::Unknown open=|open| &mut open.access/>
        {move || client.get().map(|name| view! { <Grants name/> })}
    }
}

/// Which application: an App session of this tenant, or any by its client id.
#[component]
fn Client() -> impl IntoView {
    let app = use_app();
    let fault = RwSignal::new(false);
    let current = app.current.get_untracked();
    let known: Vec<(AppId, String)> = app.sessions.with_untracked(|all| {
        let of_tenant = |record: &&crate::domain::session::SessionRecord| {
            record.origin.is_here() && current.as_ref().is_some_and(|current| current.tenant.id == record.tenant.id)
        };
        let app_of = |record: &crate::domain::session::SessionRecord| match &record.session {
            Session::App(found) => Some((found.app_id.clone(), found.name.clone())),
            _ => None,
        };
        all.iter().filter(of_tenant).filter_map(app_of).collect()
    });
    let chosen = move || {
        app.draft.with(|draft| draft.blueprint.account.as_ref().and_then(|a| a.access.as_ref()).map(|access| access.client.to_string()))
    };
    let is_foreign = {
        let known = known.clone();
        RwSignal::new(chosen().is_some_and(|id| !known.iter().any(|(app, _)| app.as_str() == id)))
    };
    let set = move |client: Option<(AppId, String)>| {
        draft::change_account(app, |account| {
            let permissions = account.access.take().map(|access| access.permissions).unwrap_or_default();
            account.access = client.map(|(client, name)| ApiAccess { client, name, permissions, for_everyone: false });
        });
    };
    let choices = StoredValue::new(known.clone());
    view! {
        <label class="field">
            <span class="label">{WizardAccess::Application.text()}</span>
            <select class="input" on:change=move |event| {
                let value = event_target_value(&event);
                fault.set(false);
                is_foreign.set(value == "other");
                set(choices.with_value(|all| all.iter().find(|(app, _)| app.as_str() == value).cloned()));
            }>
                <option value="" selected=move || chosen().is_none() && !is_foreign.get()>{Common::None.text()}</option>
                {known.into_iter().map(|(id, name)| {
                    let value = id.to_string();
                    view! { <option value=value.clone() selected=move || chosen().as_deref() == Some(value.as_str())>{name}</option> }
                }).collect_view()}
                <option value="other" selected=move || is_foreign.get()>{WizardAccess::AnotherApplication.text()}</option>
            </select>
        </label>
        {move || is_foreign.get().then(|| view! {
            <label class="field">
                <span class="label">{Common::ClientId.text()}</span>
                <input type="text" class="input input--mono" autocomplete="off" spellcheck="false" prop:value=chosen().unwrap_or_default() aria-invalid=move || fault.get().to_string() on:change=move |event| {
                    let text = event_target_value(&event);
                    let id = AppId::parse(text.trim());
                    fault.set(id.is_none() && !text.trim().is_empty());
                    set(id.map(|id| (id, WizardAccess::NamelessApplication.text().to_owned())));
                }/>
            </label>
        })}
        {move || fault.get().then(|| view! { <p class="error" role="alert">{Import::ClientIdIsGuid.text()}</p> })}
    }
}

/// The delegated permissions, and for whom.
#[component]
fn Grants(name: String) -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let access = move || app.draft.with(|draft| draft.blueprint.account.as_ref().and_then(|account| account.access.clone()));
    let change = move |with: Box<dyn FnOnce(&mut ApiAccess)>| {
        draft::change_account(app, |account| {
            if let Some(access) = account.access.as_mut() {
                with(access);
            }
        });
    };
    let picker = Picker {
        catalogue: wish.catalogue,
        is_whole: wish.is_whole,
        fault: wish.fault,
        retry: wish.again(),
        only: Some(PermissionKind::Delegated),
        chosen: Signal::derive(move || access().map(|access| access.permissions).unwrap_or_default()),
        set: Callback::new(move |(permission, wanted): (Chosen, bool)| {
            change(Box::new(move |access| {
                access.permissions.retain(|known| !known.is_same(&permission));
                if wanted {
                    access.permissions.push(permission);
                }
            }));
        }),
        accepted: Signal::derive(move || app.draft.with(|draft| draft.accepted_risks.clone())),
        accept: Callback::new(move |id| draft::change(app, |draft| draft.accepted_risks.push(id))),
    };
    let radio = move |words: String, everyone: bool| {
        view! {
            <label class="check"><input type="radio" name="everyone" prop:checked=move || access().is_some_and(|access| access.for_everyone == everyone)
                on:change=move |_| change(Box::new(move |access| access.for_everyone = everyone))/><span>{words}</span></label>
        }
    };
    view! {
        <fieldset class="field">
            <legend class="label">{WizardAccess::ForWhom.text()}</legend>
            {radio(words::this_account_alone(&name), false)}
            {radio(WizardAccess::Everyone.text().into(), true)}
        </fieldset>
        <Permissions picker/>
    }
}
