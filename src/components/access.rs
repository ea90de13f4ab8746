//! Who may see, create and use App sessions.

use super::plan::PlanView;
use super::ui::{self, NoticeView, Skeleton};
use crate::app::access::{self, Access, Found};
use crate::app::sign_in::Whom;
use crate::app::upkeep::Proposal;
use crate::app::vault::tokens;
use crate::app::{Current, Phase, partner, screen, use_app};
use crate::domain::access::{AppRole, Held, Holder};
use crate::entra::scopes::Scopes;
use crate::plan::step::StepKind;
use crate::plan::step::kinds::{AssignAppRole, DefineAppRoles, RemoveAppRole, RequireAssignment};
use crate::text;
use crate::text::screens::access::{self as words, Access as Words, GiveAccess};
use crate::text::screens::common::Common;
use crate::text::screens::partner::Selection;
use leptos::prelude::*;

/// Letters after which people are searched.
const SHORTEST: usize = 2;

#[component]
pub fn AccessScreen() -> impl IntoView {
    ui::arrive(Words::Tab.text());
    let app = use_app();
    let home = Memo::new(move |_| partner::home(app));
    view! {
        <h1>{Words::Title.text()}</h1>
        {move || match (app.phase.get(), home.get()) {
            (Phase::Starting, _) => view! { <Skeleton what=Common::ReadingSession.text()/> }.into_any(),
            (_, None) => view! { <ui::SignInFirst/> }.into_any(),
            (_, Some(current)) => view! { <Home current/> }.into_any(),
        }}
    }
}

#[component]
fn Home(current: Current) -> impl IntoView {
    let app = use_app();
    provide_context(Whom::of(&current, Scopes::LOOK));
    let found = RwSignal::new(None::<Result<Access, text::Notice>>);
    let tenant = current.tenant.clone();
    let kept = current.clone();
    let read = move || {
        let current = kept.clone();
        leptos::task::spawn_local(async move {
            tokens::renew_rights(app, &current.account, &current.tenant.id).await;
            let read = access::read(app, &current).await;
            found.try_set(Some(read));
        });
    };
    read();
    view! {
        <ui::TenantLine tenant/>
        <p>{Words::WhatItIs.text()}</p>
        {move || match found.get() {
            None => view! { <Skeleton what=Words::Reading.text()/> }.into_any(),
            Some(Err(notice)) => {
                let read = read.clone();
                view! { <NoticeView notice retry=Callback::new(move |()| read())/> }.into_any()
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
    let propose = Callback::new(move |steps: Vec<StepKind>| {
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
                <p class="notice__what">{Words::MayNotChange.text()}</p>
                <p>{Words::WhoMayChange.text()}</p>
            </div>
        })}
        {(!undefined.is_empty()).then(|| {
            let roles = undefined.clone();
            view! {
                <div class="notice" role="note">
                    <p class="notice__what">{words::undefined(&undefined)}</p>
                    {if can_define {
                        view! { <p class="actions"><button type="button" class="button" disabled=!may on:click=move |_| propose.run(vec![DefineAppRoles { roles: roles.clone() }.into()])>{Words::DefineRoles.text()}</button></p> }.into_any()
                    } else {
                        view! { <p>{Words::RolesElsewhere.text()}</p> }.into_any()
                    }}
                </div>
            }
        })}
        {move || proposal.get().map(|made| view! { <PlanView proposal=made close=Callback::new(move |()| proposal.set(None))/> })}
        <h2>{Words::WhoHasAccess.text()}</h2>
        {held.is_empty().then(|| view! { <p class="empty">{Words::Nobody.text()}</p> })}
        <ul class="rows" aria-label=Words::WhoHasAccess.text()>
            {held.into_iter().map(|one| view! { <Row one may propose/> }).collect_view()}
        </ul>
        {(may && !roles.is_empty()).then(|| view! { <Add roles propose current=kept.with_value(|(_, current)| current.clone())/> })}
        <h2>{Words::AssignmentRequired.text()}</h2>
        <p>{if requires { Words::OnlyAssigned.text() } else { Words::Everybody.text() }}</p>
        <p class="actions"><button type="button" class="button" disabled=!may on:click=move |_| propose.run(vec![RequireAssignment { required: !requires }.into()])>
            {if requires { Words::RequireNoAssignment.text() } else { Words::RequireAssignment.text() }}</button></p>
    }
}

#[component]
fn Row(one: Held, may: bool, propose: Callback<Vec<StepKind>>) -> impl IntoView {
    let Held { role, holder, since } = one;
    let kind = if holder.is_user { Words::User.text() } else { Words::GroupOrApplication.text() };
    let label = words::remove(&role.value, &holder.name);
    let (name, value) = (holder.name.clone(), role.value.clone());
    view! {
        <li class="row">
            <span><strong>{name}</strong><br/><span class="muted">{kind}{since.map(|at| words::since(&screen::local(at)))}</span></span>
            <span class="row__facts"><span class="chip">{value}</span>
                <button type="button" class="button button--quiet" aria-label=label disabled=!may on:click=move |_| propose.run(vec![RemoveAppRole { role: role.clone(), holder: holder.clone() }.into()])>{Common::Remove.text()}</button></span>
        </li>
    }
}

#[component]
fn Add(roles: Vec<AppRole>, propose: Callback<Vec<StepKind>>, current: Current) -> impl IntoView {
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
                said.try_set(GiveAccess::TypeMore.text().into());
                return;
            }
            let result = access::search(app, &current, text.trim()).await;
            // A later search has overtaken this one.
            if query.try_get_untracked().as_ref() != Some(&text) {
                return;
            }
            match result {
                Ok((people, has_more)) => {
                    said.set(words::found(people.len(), has_more));
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
        let steps: Vec<StepKind> =
            chosen.get_untracked().into_iter().map(|holder| AssignAppRole { role: role.clone(), holder }.into()).collect();
        if steps.is_empty() {
            return missing.set(true);
        }
        propose.run(steps);
    };
    let values = roles.clone();
    view! {
        <h2>{GiveAccess::Title.text()}</h2>
        <label class="field"><span class="label">{GiveAccess::AppRole.text()}</span>
            <select class="input" on:change=move |event| role.set(values.iter().find(|role| role.value == event_target_value(&event)).cloned())>
                {roles.iter().map(|role| view! { <option value=role.value.clone()>{role.value.clone()}</option> }).collect_view()}
            </select>
        </label>
        <label class="field"><span class="label">{GiveAccess::SearchUsers.text()}</span>
            <input type="search" class="input" maxlength="200" autocomplete="off" placeholder=GiveAccess::SearchIn.text() prop:value=move || query.get() on:input=move |event| look(event_target_value(&event))/></label>
        <p class="muted">{GiveAccess::AboutGroups.text()}</p>
        <p class="muted" role="status">{move || said.get()}</p>
        {move || fault.get().map(|notice| view! { <NoticeView notice/> })}
        <ul class="rows">
            {move || found.get().into_iter().map(|Found { holder, username }| {
                let id = format!("found-{}", holder.id);
                let (name, user, described) = (holder.name.clone(), username.unwrap_or_else(|| GiveAccess::Group.text().into()), id.clone());
                view! { <li class="row"><span id=id><strong>{name}</strong><br/><span class="muted">{user}</span></span>
                    <button type="button" class="button" aria-describedby=described on:click=move |_| add(&holder)>{GiveAccess::AddToSelection.text()}</button></li> }
            }).collect_view()}
        </ul>
        {move || { let all = chosen.get(); (!all.is_empty()).then(|| view! {
            <ul class="tray" aria-label=Selection::Title.text()>
                {all.into_iter().map(|holder| {
                    let label = words::take_out(&holder.name);
                    view! { <li class="tray__item">{holder.name.clone()}<button type="button" class="tray__remove" aria-label=label on:click=move |_| chosen.update(|all| all.retain(|known| known.id != holder.id))>"×"</button></li> }
                }).collect_view()}
            </ul>
        }) }}
        {move || missing.get().then(|| view! { <p class="error" role="alert">{GiveAccess::NobodySelected.text()}</p> })}
        <p class="actions"><button type="button" class="button button--primary" on:click=ok>{GiveAccess::Confirm.text()}</button>
            <span class="muted">{Common::ShowsPlan.text()}</span></p>
    }
}
