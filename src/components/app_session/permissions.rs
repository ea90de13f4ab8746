//! Editing the permissions of an App session: the difference is a plan before anything is written.

use crate::app::tenant::{self, Loaded};
use crate::app::upkeep::{Subject, Wish};
use crate::app::{app_sessions, use_app};
use crate::components::permissions::{Permissions, Picker, Waiting};
use crate::domain::permission::{Catalogue, Chosen};
use crate::domain::risk;
use crate::entra::scopes::Scopes;
use crate::formats::resolve;
use crate::text::screens::app_session::changes::Change;
use crate::text::screens::app_session::permissions::{self as words, PermissionForm};
use crate::text::screens::common::Common;
use leptos::prelude::*;
use std::rc::Rc;

#[component]
pub fn EditPermissions(subject: StoredValue<Subject>, wish: Callback<Wish>, close: Callback<()>) -> impl IntoView {
    let app = use_app();
    let chosen = RwSignal::new(subject.with_value(|subject| subject.live.wanted()));
    let accepted = RwSignal::new(chosen.with_untracked(|all| all.iter().map(|p| p.id.clone()).collect::<Vec<_>>()));
    let unknown = RwSignal::new(Vec::new());
    let waiting = RwSignal::new(Vec::<Chosen>::new());
    // A plan that is made before the manifest is compared would be of what was there.
    let app_id = subject.with_value(|subject| subject.found.app_id.clone());
    let cancelled = app_id.clone();
    let is_comparing = RwSignal::new(app_sessions::has_import(app, &app_id));
    let (grant, revoke) = (RwSignal::new(true), RwSignal::new(false));
    let catalogue = RwSignal::new_local(Rc::new(Catalogue::default()));
    let (is_whole, fault) = (RwSignal::new(false), RwSignal::new(None));
    let current = subject.with_value(|subject| subject.current.clone());
    let read = Callback::new(move |()| {
        fault.set(None);
        let (current, app_id) = (current.clone(), app_id.clone());
        leptos::task::spawn_local(async move {
            let mut is_read = false;
            match tenant::enter(app, &current, Scopes::LOOK).await {
                Loaded::Ready(client) => {
                    let read = tenant::catalogue(app, &current, &client, move |found| {
                        catalogue.try_set(Rc::new(found));
                    });
                    match read.await {
                        Ok(()) => is_read = true,
                        Err(notice) => drop(fault.try_set(Some(notice))),
                    }
                }
                Loaded::Stopped(notice) => drop(fault.try_set(Some(notice))),
                Loaded::Loading => {}
            }
            if is_whole.try_set(true).is_some() {
                return;
            }
            // A manifest that was read on its own screen takes the place of what is chosen; what could not be looked up is no answer.
            if is_read && let Some(asked) = app_sessions::take_import(app, &app_id) {
                let found = catalogue.with_untracked(|catalogue| resolve(&asked, catalogue));
                // What it does not have yet and could do harm waits for a tick.
                let has = chosen.get_untracked();
                let waits = |new: &Chosen| risk::asks_a_person(new) && !has.iter().any(|known| known.is_same(new));
                let (risky, plain): (Vec<_>, Vec<_>) = found.chosen.into_iter().partition(waits);
                chosen.set(plain);
                waiting.set(risky);
                unknown.set(found.unknown);
            }
            is_comparing.try_set(false);
        });
    });
    read.run(());
    let picker = Picker {
        catalogue,
        is_whole,
        fault,
        retry: read,
        only: None,
        chosen: chosen.into(),
        set: Callback::new(move |(permission, wanted): (Chosen, bool)| {
            chosen.update(|all| {
                all.retain(|known| !known.is_same(&permission));
                if wanted {
                    all.push(permission);
                }
            });
        }),
        accepted: accepted.into(),
        accept: Callback::new(move |id| accepted.update(|all| all.push(id))),
    };
    view! {
        <h3>{Change::EditPermissions.text()}</h3>
        {move || (!unknown.with(Vec::is_empty)).then(|| view! {
            <p class="warning" role="alert">{unknown.with(|unknown| words::left_out(unknown))}</p>
        })}
        {move || is_comparing.get().then(|| view! { <p class="muted" role="status">{PermissionForm::Comparing.text()}</p> })}
        <Waiting permissions=waiting picker/>
        <Permissions picker/>
        <label class="check"><input type="checkbox" prop:checked=move || grant.get() on:change=move |event| grant.set(event_target_checked(&event))/><span>{PermissionForm::GrantMissing.text()}</span></label>
        <label class="check"><input type="checkbox" prop:checked=move || revoke.get() on:change=move |event| revoke.set(event_target_checked(&event))/><span>{PermissionForm::RevokeRemoved.text()}</span></label>
        <p class="actions">
            <button type="button" class="button button--primary" prop:disabled=move || is_comparing.get() on:click=move |_| wish.run(Wish::Permissions { wanted: chosen.get_untracked(), grant: grant.get_untracked(), revoke: revoke.get_untracked() })>{Common::ShowPlan.text()}</button>
            <button type="button" class="button" on:click=move |_| {
                // A manifest that was not compared yet is dropped with the form.
                drop(app_sessions::take_import(app, &cancelled));
                close.run(());
            }>{Common::Cancel.text()}</button>
        </p>
    }
}
