//! Editing the permissions of an App session: the difference is a plan before anything is written.

use crate::app::tenant::{self, Loaded};
use crate::app::upkeep::{Subject, Wish};
use crate::app::use_app;
use crate::components::permissions::{Permissions, Picker};
use crate::domain::permission::{Catalogue, Chosen};
use crate::entra::scopes::Feature;
use crate::formats::resolve;
use crate::text;
use leptos::prelude::*;
use std::rc::Rc;

#[component]
pub fn EditPermissions(subject: StoredValue<Subject>, wish: Callback<Wish>, close: Callback<()>) -> impl IntoView {
    let app = use_app();
    let chosen = RwSignal::new(subject.with_value(|subject| subject.live.wanted()));
    let accepted = RwSignal::new(chosen.with_untracked(|all| all.iter().map(|p| p.id.clone()).collect::<Vec<_>>()));
    let unknown = RwSignal::new(Vec::new());
    // A plan that is made before the manifest is compared would be of what was there.
    let is_comparing = RwSignal::new(app.imported.with_untracked(Option::is_some));
    let (grant, revoke) = (RwSignal::new(true), RwSignal::new(false));
    let picker = Picker {
        catalogue: RwSignal::new_local(Rc::new(Catalogue::default())),
        is_whole: RwSignal::new(false),
        fault: RwSignal::new(None),
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
    let current = subject.with_value(|subject| subject.current.clone());
    leptos::task::spawn_local(async move {
        let mut is_read = false;
        match tenant::enter(app, &current, Feature::AppSessions).await {
            Loaded::Ready(client) => {
                let read = tenant::catalogue(app, &current, &client, move |catalogue| {
                    picker.catalogue.try_set(Rc::new(catalogue));
                });
                match read.await {
                    Ok(()) => is_read = true,
                    Err(notice) => drop(picker.fault.try_set(Some(notice))),
                }
            }
            Loaded::Failed(notice) | Loaded::StepUp(notice) => drop(picker.fault.try_set(Some(notice))),
            Loaded::Loading => {}
        }
        picker.is_whole.try_set(true);
        // A manifest that was read on its own screen takes the place of what is chosen; what could not be looked up is no answer.
        if is_read && let Some((_, asked)) = app.imported.try_update(Option::take).flatten() {
            let found = picker.catalogue.with_untracked(|catalogue| resolve(&asked, catalogue));
            chosen.set(found.chosen);
            unknown.set(found.unknown);
        }
        is_comparing.try_set(false);
    });
    view! {
        <h3>"Edit permissions"</h3>
        {move || (!unknown.with(Vec::is_empty)).then(|| view! {
            <p class="warning" role="alert">{format!("This tenant does not offer, so left out: {}.", unknown.get().iter().map(text::formats::unknown).collect::<Vec<_>>().join("; "))}</p>
        })}
        {move || is_comparing.get().then(|| view! { <p class="muted" role="status">"Comparing the manifest with what this tenant offers."</p> })}
        <Permissions picker/>
        <label class="check"><input type="checkbox" prop:checked=move || grant.get() on:change=move |event| grant.set(event_target_checked(&event))/><span>"Grant what is missing"</span></label>
        <label class="check"><input type="checkbox" prop:checked=move || revoke.get() on:change=move |event| revoke.set(event_target_checked(&event))/><span>"Revoke what I take out, so that it stops working"</span></label>
        <p class="actions">
            <button type="button" class="button button--primary" prop:disabled=move || is_comparing.get() on:click=move |_| wish.run(Wish::Permissions { wanted: chosen.get_untracked(), grant: grant.get_untracked(), revoke: revoke.get_untracked() })>"Show the plan"</button>
            <button type="button" class="button" on:click=move |_| close.run(())>"Cancel"</button>
        </p>
    }
}
