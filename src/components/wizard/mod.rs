//! The wizard for an App session: one question a screen, and the plan before anything is written.

pub mod credential;
mod name;
mod review;
mod roles;

use super::permissions::{Permissions, Picker};
use super::ui::{self, NoticeView, Skeleton};
use crate::app::draft::{self, Draft};
use crate::app::tenant::{self, Loaded, TenantClient};
use crate::app::{Current, sign_in, use_app};
use crate::domain::blueprint::{Blueprint, Credential};
use crate::domain::permission::{Catalogue, Chosen};
use crate::domain::role::DirectoryRole;
use crate::entra::attempt::ReturnTo;
use crate::entra::scopes::Feature;
use crate::text;
use leptos::prelude::*;
use std::rc::Rc;

/// What the steps share.
#[derive(Clone, Copy)]
pub struct Wish {
    pub client: RwSignal<Loaded<TenantClient>>,
    pub catalogue: RwSignal<Rc<Catalogue>, LocalStorage>,
    pub is_whole: RwSignal<bool>,
    pub roles: RwSignal<Vec<DirectoryRole>>,
    pub fault: RwSignal<Option<text::Notice>>,
    /// What is missing on this step, said when `Next` was pressed too early.
    pub missing: RwSignal<Option<String>>,
}

const STEPS: [&str; 5] = ["Name", "Permissions", "Credential", "Roles", "Review"];

#[component]
pub fn Wizard() -> impl IntoView {
    ui::arrive("New App session");
    let app = use_app();
    let current = Memo::new(move |_| app.current.get());
    view! {
        <h1>"New App session"</h1>
        {move || match (app.phase.get(), current.get(), app.current_account()) {
            (crate::app::Phase::Starting, ..) => view! { <Skeleton what="Reading your session"/> }.into_any(),
            (_, Some(current), Some(account)) if account.may_use_app_sessions() => view! { <Steps current/> }.into_any(),
            (_, Some(_), Some(_)) => view! { <ui::NoAccess/> }.into_any(),
            _ => view! { <ui::SignInFirst/> }.into_any(),
        }}
    }
}

#[component]
fn Steps(current: Current) -> impl IntoView {
    let app = use_app();
    let wish = Wish {
        client: RwSignal::new(Loaded::Loading),
        catalogue: RwSignal::new_local(Rc::new(Catalogue::default())),
        is_whole: RwSignal::new(false),
        roles: RwSignal::new(Vec::new()),
        fault: RwSignal::new(None),
        missing: RwSignal::new(None),
    };
    provide_context(wish);
    load(wish, current.clone());
    let at = Memo::new(move |_| app.draft.with(|draft| draft.at.min(STEPS.len() - 1)));
    let tenant = current.tenant.clone();
    view! {
        <p class="tenant-line">"In "<strong>{tenant.name}</strong>" · "{tenant.domain}</p>
        <p class="wizard__progress">{move || format!("Step {} of {}", at.get() + 1, STEPS.len())}<progress max="5" prop:value=move || (at.get() + 1).to_string() aria-hidden="true"></progress></p>
        <div class="wizard">
            <ol class="wizard__steps" aria-label="Steps of the wizard">
                {STEPS.iter().enumerate().map(|(index, title)| view! {
                    <li class="wizard__step" aria-current=move || (at.get() == index).then_some("step")>
                        <span>{*title}</span>
                        <span class="muted">{move || if index < at.get() { app.draft.with(|draft| summary(&draft.blueprint, index)) } else { String::new() }}</span>
                    </li>
                }).collect_view()}
            </ol>
            <section class="wizard__body" aria-label=move || STEPS[at.get()]>
                {move || match wish.client.get() {
                    Loaded::Loading => view! { <Skeleton what="Entering the tenant"/> }.into_any(),
                    Loaded::Failed(notice) => view! { <NoticeView notice/> }.into_any(),
                    Loaded::StepUp(notice) => {
                        let current = current.clone();
                        view! {
                            <h2>"Microsoft asks for your approval first"</h2>
                            <NoticeView notice>
                                <button type="button" class="button button--primary" on:click=move |_| {
                                    sign_in::step_up(app, &current.account, &current.tenant.id, Feature::AppSessions, ReturnTo::Wizard, None);
                                }>"Continue"</button>
                            </NoticeView>
                            <p class="muted">"This page needs your approval to create app registrations, to grant permissions and to add roles in this tenant. It asks only now, because only this screen needs it."</p>
                        }.into_any()
                    }
                    Loaded::Ready(_) => match at.get() {
                        0 => view! { <name::Name/> }.into_any(),
                        1 => view! { <h2>"What may it do?"</h2><Permissions picker=picker(wish)/> }.into_any(),
                        2 => view! { <credential::CredentialStep/> }.into_any(),
                        3 => view! { <roles::Roles/> }.into_any(),
                        _ => view! { <review::Review current=current.clone()/> }.into_any(),
                    },
                }}
                {move || wish.missing.get().map(|what| view! { <p class="error" role="alert">{what}</p> })}
                {move || matches!(wish.client.get(), Loaded::Ready(_)).then(|| view! {
                    // The second press of a double click would pass over the step that has just come.
                    <p class="actions actions--end">
                        {(at.get() > 0).then(|| view! { <button type="button" class="button" on:click=move |event| if event.detail() < 2 { go(wish, at.get_untracked() - 1) }>"Back"</button> })}
                        {(at.get() < STEPS.len() - 1).then(|| view! { <button type="button" class="button button--primary" on:click=move |event| if event.detail() < 2 { next(wish) }>"Next"</button> })}
                    </p>
                })}
            </section>
        </div>
    }
}

/// The draft's permissions, as the search changes them.
fn picker(wish: Wish) -> Picker {
    let app = use_app();
    Picker {
        catalogue: wish.catalogue,
        is_whole: wish.is_whole,
        fault: wish.fault,
        chosen: Signal::derive(move || app.draft.with(|draft| draft.blueprint.permissions.clone())),
        set: Callback::new(move |(permission, wanted): (Chosen, bool)| {
            draft::change(app, |draft| {
                draft.blueprint.permissions.retain(|known| !known.is_same(&permission));
                if wanted {
                    draft.blueprint.permissions.push(permission);
                }
            });
        }),
        accepted: Signal::derive(move || app.draft.with(|draft| draft.accepted_risks.clone())),
        accept: Callback::new(move |id| draft::change(app, |draft| draft.accepted_risks.push(id))),
    }
}

/// Enters the tenant and reads what it offers.
fn load(wish: Wish, current: Current) {
    let app = use_app();
    leptos::task::spawn_local(async move {
        let entered = tenant::enter(app, &current, Feature::AppSessions).await;
        if wish.client.try_set(entered.clone()).is_some() {
            return;
        }
        let Loaded::Ready(client) = entered else { return };
        let begun_elsewhere = app.draft.with_untracked(|draft| draft.tenant.as_ref().is_some_and(|id| *id != client.tenant().id));
        draft::change(app, |draft| {
            if begun_elsewhere {
                draft.at = 0;
            }
            draft.tenant = Some(client.tenant().id.clone());
        });
        match tenant::role_definitions(app, &current, &client).await {
            Ok(roles) => drop(wish.roles.try_set(roles)),
            Err(notice) => drop(wish.fault.try_set(Some(notice))),
        }
        let read = tenant::catalogue(app, &current, &client, move |catalogue| {
            wish.catalogue.try_set(Rc::new(catalogue));
        });
        if let Err(notice) = read.await {
            wish.fault.try_set(Some(notice));
        }
        wish.is_whole.try_set(true);
    });
}

fn go(wish: Wish, at: usize) {
    let app = use_app();
    wish.missing.set(None);
    draft::change(app, |draft| draft.at = at);
    crate::app::screen::focus(".wizard__body h2, .wizard__body input");
}

/// Goes on, or says what is missing and moves the focus there.
fn next(wish: Wish) {
    let app = use_app();
    let draft = app.draft.get_untracked();
    match missing(&draft) {
        Some(what) => {
            wish.missing.set(Some(what));
            crate::app::screen::focus(".wizard__body input");
        }
        None => go(wish, draft.at + 1),
    }
}

/// Returns what a step still needs.
fn missing(draft: &Draft) -> Option<String> {
    match draft.at {
        0 => crate::domain::name::check(&draft.blueprint.name).err().map(text::faults::name).or_else(|| {
            let fault = draft.blueprint.redirect_uris.iter().find_map(|uri| crate::domain::blueprint::check_redirect_uri(uri).err());
            fault.map(text::faults::redirect)
        }),
        2 if draft.blueprint.credential == Credential::Uploaded && draft.blueprint.certificate.is_none() => {
            Some("Choose the file of the certificate, or let this page make one.".into())
        }
        1 if draft.blueprint.permissions.is_empty() => {
            Some("Choose at least one permission. Search for what the job does, such as “read users”.".into())
        }
        _ => None,
    }
}

fn summary(blueprint: &Blueprint, step: usize) -> String {
    match step {
        0 => blueprint.name.trim().to_owned(),
        1 => text::count(blueprint.permissions.len(), "permission", "permissions"),
        2 => match blueprint.credential {
            Credential::None => "No credential".into(),
            Credential::Certificate { days, .. } => format!("Certificate, {}", credential::lifetime(days)),
            Credential::Uploaded => "Certificate from a file".into(),
            Credential::Secret { days } => format!("Client secret, {}", credential::lifetime(days)),
        },
        3 if blueprint.roles.is_empty() => "No roles".into(),
        3 => text::count(blueprint.roles.len(), "role", "roles"),
        _ => String::new(),
    }
}
