//! Directory roles, for the application or for the account.

use super::Wish;
use crate::app::{draft, use_app};
use crate::components::ui::NoticeView;
use crate::domain::risk::Risk;
use crate::domain::role::{DirectoryRole, GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR};
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::wizard::roles::{self as words, WizardRoles};
use leptos::prelude::*;

#[component]
pub fn OfApplication() -> impl IntoView {
    let app = use_app();
    view! {
        <h2>{WizardRoles::Heading.text()}</h2>
        <p class="muted">{WizardRoles::WhoNeedsOne.text()}</p>
        <Roles
            chosen=Signal::derive(move || app.draft.with(|draft| draft.blueprint.roles.clone()))
            set=Callback::new(move |(role, wanted)| draft::change(app, |draft| put(&mut draft.blueprint.roles, role, wanted)))
            unknown=Signal::derive(move || app.draft.with(|draft| draft.open.roles.clone()))
            warning=WizardRoles::GlobalAdministrator.text()/>
    }
}

/// Adds a role to a list, or takes it out.
pub fn put(roles: &mut Vec<DirectoryRole>, role: DirectoryRole, wanted: bool) {
    roles.retain(|known| known.id != role.id);
    if wanted {
        roles.push(role);
    }
}

#[component]
pub fn Roles(
    chosen: Signal<Vec<DirectoryRole>>,
    set: Callback<(DirectoryRole, bool)>,
    /// Names of a document that this tenant has no role for.
    unknown: Signal<Vec<String>>,
    warning: &'static str,
) -> impl IntoView {
    let wish: Wish = expect_context();
    let query = RwSignal::new(String::new());
    let matching = move || {
        let words: Vec<String> = query.get().to_lowercase().split_whitespace().map(str::to_owned).collect();
        let chosen = chosen.get();
        let fits = |role: &&DirectoryRole| {
            let name = role.name.to_lowercase();
            if words.is_empty() {
                chosen.iter().any(|known| known.id == role.id)
            } else {
                words.iter().all(|word| name.contains(word.as_str()))
            }
        };
        wish.roles.with(|roles| roles.iter().filter(fits).take(30).cloned().collect::<Vec<_>>())
    };
    view! {
        <label class="field">
            <span class="label">{Common::SearchRoles.text()}</span>
            <input type="search" class="input" maxlength="200" autocomplete="off" prop:value=move || query.get() on:input=move |event| query.set(event_target_value(&event))/>
        </label>
        {move || wish.fault.get().map(|notice| view! { <NoticeView notice retry=wish.again()/> })}
        {move || (!wish.roles.with(Vec::is_empty)).then(|| unknown.get().into_iter().map(|name| view! {
            <p class="warning" role="alert">{words::no_such_role(&name)}</p>
        }).collect_view())}
        {move || chosen.with(|roles| roles.iter().any(|role| role.id == GLOBAL_ADMINISTRATOR)).then(|| view! { <p class="warning" role="alert">{warning}</p> })}
        <ul class="rows">
            <For each=matching key=|role| role.id.clone() children=move |role| {
                let name = role.name.clone();
                let id = role.id.clone();
                let is_chosen = move || chosen.with(|roles| roles.iter().any(|known| known.id == id));
                let critical = matches!(role.id.as_str(), GLOBAL_ADMINISTRATOR | PRIVILEGED_ROLE_ADMINISTRATOR);
                view! {
                    <li class="row">
                        <label class="check">
                            <input type="checkbox" aria-label=name.clone() prop:checked=is_chosen on:change=move |event| set.run((role.clone(), event_target_checked(&event)))/>
                            <span>{name}</span>
                        </label>
                        {critical.then(|| view! { <span class="chip chip--critical">{text::permissions::risk(Risk::Critical)}</span> })}
                    </li>
                }
            }/>
        </ul>
    }
}
