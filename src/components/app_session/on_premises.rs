//! Settings of hybrid tenants that are kept with an App session, in this browser.

use crate::app::{screen, sessions, use_app};
use crate::domain::on_premises::{Field, OnPremises};
use crate::domain::session::AppSession;
use crate::text;
use leptos::prelude::*;

#[component]
pub fn OnPremisesSettings(found: AppSession) -> impl IntoView {
    let app = use_app();
    let is_open = RwSignal::new(false);
    let app_id = found.app_id.clone();
    let kept = RwSignal::new(found.on_premises.unwrap_or_default());
    let typed = RwSignal::new(kept.get_untracked());
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
        is_open.set(false);
        leptos::task::spawn_local(async move {
            sessions::set_on_premises(app, &app_id, settings).await;
            app.toast("On-premises settings saved in this browser");
        });
    };
    let field = move |label: &'static str, which: Field, placeholder: &'static str, get: fn(&mut OnPremises) -> &mut String| {
        let is_bad = move || faults.with(|faults| faults.contains(&which));
        view! {
            <label class="field"><span class="label">{label}</span>
                <input type="text" class="input" autocomplete="off" spellcheck="false" placeholder=placeholder aria-invalid=move || is_bad().to_string()
                    prop:value=move || typed.with(|typed| get(&mut typed.clone()).clone())
                    on:input=move |event| typed.update(|typed| event_target_value(&event).clone_into(get(typed)))/></label>
            {move || is_bad().then(|| view! { <p class="error" role="alert">{text::on_premises::fault(which)}</p> })}
        }
    };
    view! {
        <h2>"On-premises"</h2>
        {move || kept.with(|kept| kept.enabled.then(|| view! {
            <dl class="facts">
                <dt>"AD DS domain"</dt><dd>{kept.domain.clone()}</dd>
                <dt>"Domain controller or LDAP server"</dt><dd>{kept.server.clone()}</dd>
                <dt>"User name attribute"</dt><dd>{kept.user_name_attribute.clone()}</dd>
            </dl>
        }))}
        <p class="actions"><button type="button" class="button" aria-expanded=move || is_open.get().to_string() prop:disabled=move || is_off.get()
            on:click=move |_| is_open.update(|open| *open = !*open)>"On-premises settings"</button></p>
        {move || is_open.get().then(|| view! {
            <form class="form on-premises" on:submit=save.clone()>
                <p class="muted">"For jobs that also work in Active Directory. Kept in this browser with the App session and exported with it. No password belongs here."</p>
                <label class="check"><input type="checkbox" prop:checked=move || typed.with(|typed| typed.enabled) on:change=move |event| typed.update(|typed| typed.enabled = event_target_checked(&event))/><span>"This tenant is hybrid: use these settings"</span></label>
                {field("AD DS domain", Field::Domain, "corp.example.com", |typed| &mut typed.domain)}
                {field("Domain controller or LDAP server", Field::Server, "dc1.corp.example.com:636", |typed| &mut typed.server)}
                {field("Search base (optional)", Field::SearchBase, "OU=Staff,DC=corp,DC=example,DC=com", |typed| &mut typed.search_base)}
                {field("User name attribute", Field::UserNameAttribute, "userPrincipalName", |typed| &mut typed.user_name_attribute)}
                {field("Entra Connect server (optional)", Field::ConnectServer, "sync1.corp.example.com", |typed| &mut typed.connect_server)}
                {field("Note (optional)", Field::Note, "", |typed| &mut typed.note)}
                <p class="actions">
                    <button type="submit" class="button button--primary">"Save"</button>
                    <button type="button" class="button" on:click=move |_| { typed.set(kept.get_untracked()); faults.set(Vec::new()); is_open.set(false) }>"Cancel"</button>
                </p>
            </form>
        })}
    }
}
