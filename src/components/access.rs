//! Who may see, create and use App sessions.

use super::plan::PlanView;
use super::ui::{self, NoticeView, Skeleton};
use crate::app::access::{self, Access, Found};
use crate::app::upkeep::Proposal;
use crate::app::{Current, Phase, partner, screen, use_app};
use crate::domain::access::{AppRole, Held, Holder};
use crate::plan::access::AccessStep;
use crate::text;
use leptos::prelude::*;

/// Letters after which people are searched.
const SHORTEST: usize = 2;

#[component]
pub fn AccessScreen() -> impl IntoView {
    ui::arrive("Access");
    let app = use_app();
    let home = Memo::new(move |_| partner::home(app));
    view! {
        <h1>"Access to App sessions"</h1>
        {move || match (app.phase.get(), home.get()) {
            (Phase::Starting, _) => view! { <Skeleton what="Reading your session"/> }.into_any(),
            (_, None) => view! { <ui::SignInFirst/> }.into_any(),
            (_, Some(current)) => view! { <Home current/> }.into_any(),
        }}
    }
}

#[component]
fn Home(current: Current) -> impl IntoView {
    let app = use_app();
    let found = RwSignal::new(None::<Result<Access, text::Notice>>);
    let tenant = current.tenant.clone();
    let kept = current.clone();
    let read = move || {
        let current = kept.clone();
        leptos::task::spawn_local(async move {
            access::renew(app, &current.account, &current.tenant.id).await;
            let read = access::read(app, &current).await;
            found.try_set(Some(read));
        });
    };
    read();
    view! {
        <p class="tenant-line">"In "<strong>{tenant.name}</strong>" · "{tenant.domain}</p>
        <p>"The app role AppSessions.Access lets people see, create and use App sessions in this page, and what is stored of them here. It does not protect the tenant: whoever has the directory roles can do the same in Entra. Those roles are what protects the tenant."</p>
        {move || match found.get() {
            None => view! { <Skeleton what="Reading who has access"/> }.into_any(),
            Some(Err(notice)) => {
                let read = read.clone();
                view! { <NoticeView notice><button type="button" class="button" on:click=move |_| read()>"Try again"</button></NoticeView> }.into_any()
            }
            Some(Ok(access)) => view! { <Holders access current=current.clone()/> }.into_any(),
        }}
    }
}

#[component]
fn Holders(access: Access, current: Current) -> impl IntoView {
    let app = use_app();
    let proposal = RwSignal::new(None::<Proposal>);
    let kept = StoredValue::new((access.clone(), current));
    let propose = Callback::new(move |steps: Vec<AccessStep>| {
        let Some(account) = app.current_account() else { return };
        let Some(client_id) = app.config_now().map(|config| config.client_id) else { return };
        let made = kept.with_value(|(access, current)| access::propose(current, &account.person, access, client_id, steps));
        proposal.set(made);
        leptos::task::spawn_local(async {
            leptos::task::tick().await;
            screen::focus(".proposal");
        });
    });
    let may = access.may_manage;
    let undefined = access.undefined();
    let can_define = access.registration.is_some();
    let requires = access.requires_assignment;
    let mut held = access.held.clone();
    held.sort_by(|a, b| (&a.role.value, &a.holder.name).cmp(&(&b.role.value, &b.holder.name)));
    let roles = access.roles.clone();
    view! {
        {(!may).then(|| view! {
            <div class="notice" role="note">
                <p class="notice__what">"You can see who has access, but not change it."</p>
                <p>"A Global Administrator or a holder of AppSessions.Manage can."</p>
            </div>
        })}
        {(!undefined.is_empty()).then(|| {
            let names = undefined.iter().map(|role| role.value.as_str()).collect::<Vec<_>>().join(" and ");
            let roles = undefined.clone();
            view! {
                <div class="notice" role="note">
                    <p class="notice__what">{format!("The app roles {names} are not defined yet.")}</p>
                    {if can_define {
                        view! { <p class="actions"><button type="button" class="button" disabled=!may on:click=move |_| propose.run(vec![AccessStep::DefineRoles { roles: roles.clone() }])>"Define the app roles"</button></p> }.into_any()
                    } else {
                        view! { <p>"They belong to the app registration of this page, which lies in another tenant. Ask whoever registered it to define them."</p> }.into_any()
                    }}
                </div>
            }
        })}
        {move || proposal.get().map(|made| view! { <PlanView proposal=made close=Callback::new(move |()| proposal.set(None))/> })}
        <h2>"Who has access"</h2>
        {held.is_empty().then(|| view! { <p class="empty">"Nobody. App sessions can’t be used until somebody gets access."</p> })}
        <ul class="rows" aria-label="Who has access">
            {held.into_iter().map(|one| view! { <Row one may propose/> }).collect_view()}
        </ul>
        {(may && !roles.is_empty()).then(|| view! { <Add roles propose current=kept.with_value(|(_, current)| current.clone())/> })}
        <h2>"Assignment required"</h2>
        <p>{if requires { "Only people with a role of this page can sign in to it." } else { "Everybody of the tenant can sign in to this page. App sessions still need the role." }}</p>
        <p class="actions"><button type="button" class="button" disabled=!may on:click=move |_| propose.run(vec![AccessStep::RequireAssignment { required: !requires }])>
            {if requires { "Require no assignment" } else { "Require an assignment" }}</button></p>
    }
}

#[component]
fn Row(one: Held, may: bool, propose: Callback<Vec<AccessStep>>) -> impl IntoView {
    let Held { role, holder, since } = one;
    let kind = if holder.is_user { "User" } else { "Group or application" };
    let words = format!("Remove {} from {}", role.value, holder.name);
    let (name, value) = (holder.name.clone(), role.value.clone());
    view! {
        <li class="row">
            <span><strong>{name}</strong><br/><span class="muted">{kind}{since.map(|at| format!(", since {}", screen::local(at)))}</span></span>
            <span class="row__facts"><span class="chip">{value}</span>
                <button type="button" class="button button--quiet" aria-label=words disabled=!may on:click=move |_| propose.run(vec![AccessStep::Remove { role: role.clone(), holder: holder.clone() }])>"Remove"</button></span>
        </li>
    }
}

#[component]
fn Add(roles: Vec<AppRole>, propose: Callback<Vec<AccessStep>>, current: Current) -> impl IntoView {
    let app = use_app();
    let query = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Found>::new());
    let fault = RwSignal::new(None::<text::Notice>);
    let said = RwSignal::new(String::new());
    let chosen = RwSignal::new(Vec::<Holder>::new());
    let role = RwSignal::new(roles.first().cloned());
    let missing = RwSignal::new(false);
    let look = move |text: String| {
        query.set(text.clone());
        let current = current.clone();
        leptos::task::spawn_local(async move {
            if text.trim().chars().count() < SHORTEST {
                found.try_set(Vec::new());
                said.try_set("Type two letters or more.".into());
                return;
            }
            let result = access::search(app, &current, text.trim()).await;
            // A later search has overtaken this one.
            if query.try_get_untracked().as_ref() != Some(&text) {
                return;
            }
            match result {
                Ok(people) => {
                    said.set(match people.len() {
                        0 => "Nobody found.".into(),
                        n => format!("{n} found"),
                    });
                    fault.set(None);
                    found.set(people);
                }
                Err(notice) => fault.set(Some(notice)),
            }
        });
    };
    let add = move |holder: &Holder| {
        missing.set(false);
        chosen.update(|all| {
            if !all.iter().any(|known| known.id == holder.id) {
                all.push(holder.clone());
            }
        });
    };
    let ok = move |_| {
        let Some(role) = role.get_untracked() else { return };
        let steps: Vec<AccessStep> =
            chosen.get_untracked().into_iter().map(|holder| AccessStep::Assign { role: role.clone(), holder }).collect();
        if steps.is_empty() {
            return missing.set(true);
        }
        propose.run(steps);
    };
    let values = roles.clone();
    view! {
        <h2>"Give access"</h2>
        <label class="field"><span class="label">"App role"</span>
            <select class="input" on:change=move |event| role.set(values.iter().find(|role| role.value == event_target_value(&event)).cloned())>
                {roles.iter().map(|role| view! { <option value=role.value.clone()>{role.value.clone()}</option> }).collect_view()}
            </select>
        </label>
        <label class="field"><span class="label">"Search users"</span>
            <input type="search" class="input" autocomplete="off" placeholder="Name, user name or group" prop:value=move || query.get() on:input=move |event| look(event_target_value(&event))/></label>
        <p class="muted" role="status">{move || said.get()}</p>
        {move || fault.get().map(|notice| view! { <NoticeView notice/> })}
        <ul class="rows">
            {move || found.get().into_iter().map(|Found { holder, username }| {
                let id = format!("found-{}", holder.id);
                let (name, user, described) = (holder.name.clone(), username.unwrap_or_else(|| "Group".into()), id.clone());
                view! { <li class="row"><span id=id><strong>{name}</strong><br/><span class="muted">{user}</span></span>
                    <button type="button" class="button" aria-describedby=described on:click=move |_| add(&holder)>"Add to selection"</button></li> }
            }).collect_view()}
        </ul>
        {move || { let all = chosen.get(); (!all.is_empty()).then(|| view! {
            <ul class="tray" aria-label="Selection">
                {all.into_iter().map(|holder| {
                    let words = format!("Take {} out", holder.name);
                    view! { <li class="tray__item">{holder.name.clone()}<button type="button" class="tray__remove" aria-label=words on:click=move |_| chosen.update(|all| all.retain(|known| known.id != holder.id))>"×"</button></li> }
                }).collect_view()}
            </ul>
        }) }}
        {move || missing.get().then(|| view! { <p class="error" role="alert">"Search for somebody and add them to the selection first."</p> })}
        <p class="actions"><button type="button" class="button button--primary" on:click=ok>"OK"</button>
            <span class="muted">"Shows the plan. Nothing is written yet."</span></p>
    }
}
