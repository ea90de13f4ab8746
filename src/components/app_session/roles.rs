//! Adding a directory role to an App session.

use crate::app::tenant::{self, Loaded};
use crate::app::upkeep::{Subject, Wish};
use crate::app::use_app;
use crate::components::ui::NoticeView;
use crate::domain::role::DirectoryRole;
use crate::entra::scopes::Scopes;
use crate::text;
use crate::text::screens::app_session::roles::{self as words, RoleForm};
use crate::text::screens::common::Common;
use leptos::prelude::*;

/// How many roles are shown at once.
const SHOWN: usize = 20;

#[component]
pub fn AddRole(subject: StoredValue<Subject>, wish: Callback<Wish>, close: Callback<()>) -> impl IntoView {
    let app = use_app();
    let roles = RwSignal::new(Vec::<DirectoryRole>::new());
    let fault = RwSignal::new(None::<text::Notice>);
    let query = RwSignal::new(String::new());
    let (current, held) = subject.with_value(|subject| (subject.current.clone(), subject.live.roles.clone()));
    leptos::task::spawn_local(async move {
        let read = match tenant::enter(app, &current, Scopes::LOOK).await {
            Loaded::Ready(client) => tenant::role_definitions(app, &current, &client).await,
            Loaded::Stopped(notice) => Err(notice),
            Loaded::Loading => Ok(Vec::new()),
        };
        match read {
            Ok(found) => drop(roles.try_set(found.into_iter().filter(|role| !held.contains(role)).collect())),
            Err(notice) => drop(fault.try_set(Some(notice))),
        }
    });
    let found = move || {
        let words: Vec<String> = query.with(|query| query.to_lowercase().split_whitespace().map(str::to_owned).collect());
        let fits = |role: &&DirectoryRole| words.iter().all(|word| role.name.to_lowercase().contains(word.as_str()));
        roles.with(|roles| roles.iter().filter(fits).take(SHOWN).cloned().collect::<Vec<_>>())
    };
    view! {
        <h3>{RoleForm::Title.text()}</h3>
        <label class="field"><span class="label">{Common::SearchRoles.text()}</span>
            <input type="search" class="input" maxlength="200" autocomplete="off" placeholder=RoleForm::Example.text() prop:value=move || query.get() on:input=move |event| query.set(event_target_value(&event))/></label>
        {move || fault.get().map(|notice| view! { <NoticeView notice/> })}
        <ul class="rows" aria-label=Common::Roles.text()>
            <For each=found key=|role| role.id.clone() children=move |role| {
                let label = words::add(&role.name);
                view! { <li class="row"><span>{role.name.clone()}</span><button type="button" class="button" on:click=move |_| wish.run(Wish::AddRole(role.clone()))>{label}</button></li> }
            }/>
        </ul>
        <p class="actions"><button type="button" class="button" on:click=move |_| close.run(())>{Common::Cancel.text()}</button>
            <span class="muted">{Common::ShowsPlan.text()}</span></p>
    }
}
