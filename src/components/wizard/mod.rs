//! The wizards: one question a screen, and the plan before anything is written.

mod access;
mod account;
pub mod credential;
mod manifest;
mod name;
mod outside;
mod review;
mod roles;
mod share;

use super::permissions::{Permissions, Picker, Waiting};
use super::ui::{self, NoticeView, Skeleton, Standing};
use crate::app::accounts::Offers;
use crate::app::draft::{self, Draft, Outside};
use crate::app::tenant::{self, Loaded, TenantClient};
use crate::app::{Current, accounts, use_app};
use crate::domain::account::{Account, Licence, check_user_name};
use crate::domain::blueprint::{Blueprint, Credential, Kind};
use crate::domain::permission::{Catalogue, Chosen};
use crate::domain::redirect;
use crate::domain::role::DirectoryRole;
use crate::entra::fault::Way;
use crate::entra::scopes::Scopes;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::wizard::{self as words, Wizard as Words, WizardMissing};
use leptos::prelude::*;
use std::rc::Rc;

/// What the steps share.
#[derive(Clone, Copy)]
pub struct Wish {
    pub client: RwSignal<Loaded<TenantClient>>,
    pub catalogue: RwSignal<Rc<Catalogue>, LocalStorage>,
    pub is_whole: RwSignal<bool>,
    pub roles: RwSignal<Vec<DirectoryRole>>,
    /// `None` until the tenant has told.
    pub offers: RwSignal<Option<Offers>>,
    pub fault: RwSignal<Option<text::Notice>>,
    /// What is missing on this step, said when `Next` was pressed too early.
    pub missing: RwSignal<Option<String>>,
    kind: Kind,
    current: StoredValue<Current>,
}

impl Wish {
    /// Reads again what the tenant offers, after a reading that failed.
    pub fn again(self) -> Callback<()> {
        Callback::new(move |()| {
            self.fault.set(None);
            load(self);
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Name,
    Permissions,
    Credential,
    Roles,
    Account,
    Access,
    Review,
}

impl Step {
    fn title(self) -> &'static str {
        match self {
            Self::Name => Common::Name.text(),
            Self::Permissions => Common::Permissions.text(),
            Self::Credential => Words::Credential.text(),
            Self::Roles => Common::Roles.text(),
            Self::Account => Words::Account.text(),
            Self::Access => Words::Access.text(),
            Self::Review => Words::Review.text(),
        }
    }
}

fn steps_of(kind: Kind) -> &'static [Step] {
    match kind {
        Kind::AppSession => &[Step::Name, Step::Permissions, Step::Credential, Step::Roles, Step::Review],
        Kind::ConnectionAccount => &[Step::Account, Step::Access, Step::Review],
        Kind::CalendarSync => &[Step::Name, Step::Permissions, Step::Credential, Step::Account, Step::Review],
    }
}

/// Goes to a step of the wizard.
pub fn go_to(step: Step) {
    let app = use_app();
    draft::change(app, |draft| draft.at = steps_of(draft.blueprint.kind).iter().position(|known| *known == step).unwrap_or_default());
}

#[component]
pub fn AppSessionWizard() -> impl IntoView {
    view! { <Wizard kind=Kind::AppSession/> }
}

#[component]
pub fn ConnectionAccountWizard() -> impl IntoView {
    view! { <Wizard kind=Kind::ConnectionAccount/> }
}

#[component]
pub fn CalendarSyncWizard() -> impl IntoView {
    view! { <Wizard kind=Kind::CalendarSync/> }
}

#[component]
fn Wizard(kind: Kind) -> impl IntoView {
    let heading = words::heading(kind);
    ui::arrive(heading);
    let app = use_app();
    draft::begin(app, kind);
    let standing = ui::standing();
    let current = Memo::new(move |_| app.current.get());
    let is_asking = Memo::new(move |_| app.offered.with(|offered| offered.as_ref().is_some_and(|offered| offered.blueprint.kind == kind)));
    view! {
        <h1>{heading}</h1>
        {move || match (standing.get(), current.get()) {
            (Standing::Starting, _) => view! { <Skeleton what=Common::ReadingSession.text()/> }.into_any(),
            (Standing::NoAccess, _) => view! { <ui::NoAccess/> }.into_any(),
            (Standing::Ready, Some(_)) if is_asking.get() => view! { <outside::Question/> }.into_any(),
            (Standing::Ready, Some(current)) => view! { <Steps kind current/> }.into_any(),
            _ => view! { <ui::SignInFirst/> }.into_any(),
        }}
    }
}

#[component]
fn Steps(kind: Kind, current: Current) -> impl IntoView {
    let app = use_app();
    let wish = Wish {
        client: RwSignal::new(Loaded::Loading),
        catalogue: RwSignal::new_local(Rc::new(Catalogue::default())),
        is_whole: RwSignal::new(false),
        roles: RwSignal::new(Vec::new()),
        offers: RwSignal::new(None),
        fault: RwSignal::new(None),
        missing: RwSignal::new(None),
        kind,
        current: StoredValue::new(current.clone()),
    };
    provide_context(wish);
    load(wish);
    let steps = steps_of(kind);
    let waiting =
        Memo::new(move |_| app.draft.with(|draft| draft.outside.iter().flat_map(Outside::permissions).cloned().collect::<Vec<_>>()));
    let at = Memo::new(move |_| app.draft.with(|draft| draft.at.min(steps.len() - 1)));
    let tenant = current.tenant.clone();
    view! {
        <ui::TenantLine tenant/>
        <p class="wizard__progress">{move || words::step(at.get() + 1, steps.len())}<progress max=steps.len().to_string() prop:value=move || (at.get() + 1).to_string() aria-hidden="true"></progress></p>
        <div class="wizard">
            <ol class="wizard__steps" aria-label=Words::Steps.text()>
                {steps.iter().enumerate().map(|(index, step)| view! {
                    <li class="wizard__step" aria-current=move || (at.get() == index).then_some("step")>
                        <span>{step.title()}</span>
                        <span class="muted">{move || if index < at.get() { app.draft.with(|draft| summary(&draft.blueprint, *step)) } else { String::new() }}</span>
                    </li>
                }).collect_view()}
            </ol>
            <section class="wizard__body" aria-label=move || steps[at.get()].title()>
                {move || match wish.client.get() {
                    Loaded::Loading => view! { <Skeleton what=Words::Entering.text()/> }.into_any(),
                    Loaded::Stopped(notice) => {
                        let asks = notice.way == Way::Consent;
                        view! {
                            {asks.then(|| view! { <h2>{Words::ApprovalFirst.text()}</h2> })}
                            <NoticeView notice retry=wish.again()/>
                            {asks.then(|| view! { <p class="muted">{Words::WhyApproval.text()}</p> })}
                        }.into_any()
                    }
                    Loaded::Ready(_) => match steps[at.get()] {
                        Step::Name => view! { <name::Name/> }.into_any(),
                        Step::Permissions => view! { <h2>{Words::WhatMayItDo.text()}</h2><manifest::Asked/><Waiting permissions=waiting picker=picker(wish)/><Permissions picker=picker(wish)/> }.into_any(),
                        Step::Credential => view! { <credential::CredentialStep/> }.into_any(),
                        Step::Roles => view! { <roles::OfApplication/> }.into_any(),
                        Step::Account => view! { <account::AccountStep/> }.into_any(),
                        Step::Access => view! { <access::Access/> }.into_any(),
                        Step::Review => view! { <review::Review current=current.clone()/> }.into_any(),
                    },
                }}
                {move || wish.missing.get().map(|what| view! { <p class="error" role="alert">{what}</p> })}
                {move || matches!(wish.client.get(), Loaded::Ready(_)).then(|| view! {
                    // The second press of a double click would pass over the step that has just come.
                    <p class="actions actions--end">
                        {(at.get() > 0).then(|| view! { <button type="button" class="button" on:click=move |event| if event.detail() < 2 { go(wish, at.get_untracked() - 1) }>{Words::Back.text()}</button> })}
                        {(at.get() < steps.len() - 1).then(|| view! { <button type="button" class="button button--primary" on:click=move |event| if event.detail() < 2 { next(wish) }>{Words::Next.text()}</button> })}
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
        only: None,
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
        retry: wish.again(),
    }
}

/// Enters the tenant and reads what it offers.
fn load(wish: Wish) {
    let app = use_app();
    let (kind, current) = (wish.kind, wish.current.get_value());
    leptos::task::spawn_local(async move {
        let entered = tenant::enter(app, &current, Scopes::LOOK).await;
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
        if kind.has_account() {
            match accounts::offers(app, &current, &client).await {
                Ok(offers) => {
                    // Drawn first: whoever has switched the session meanwhile has another tenant's wizard now.
                    if wish.offers.try_set(Some(offers.clone())).is_some() {
                        return;
                    }
                    let licences: Vec<Licence> = offers.licences.iter().map(|(licence, _)| licence.clone()).collect();
                    draft::change(app, |draft| draft.settle_account(&offers.domains, &licences));
                }
                Err(notice) => drop(wish.fault.try_set(Some(notice))),
            }
        }
        match tenant::role_definitions(app, &current, &client).await {
            Ok(roles) => {
                if wish.roles.try_set(roles.clone()).is_some() {
                    return;
                }
                draft::change(app, |draft| draft.settle_roles(&roles));
            }
            Err(notice) => drop(wish.fault.try_set(Some(notice))),
        }
        let read = tenant::catalogue(app, &current, &client, move |catalogue| {
            wish.catalogue.try_set(Rc::new(catalogue));
        });
        let read = read.await;
        let is_read = read.is_ok();
        if let Err(notice) = read {
            wish.fault.try_set(Some(notice));
        }
        // What could not be looked up is not called missing.
        if wish.is_whole.try_set(true).is_none() && is_read {
            draft::change(app, |draft| wish.catalogue.with_untracked(|catalogue| draft.settle(catalogue, true)));
        }
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
    match missing(&draft, wish.is_whole.get_untracked()) {
        Some(what) => {
            wish.missing.set(Some(what));
            crate::app::screen::focus(".wizard__body [aria-invalid='true'], .wizard__body input");
        }
        None => go(wish, draft.at + 1),
    }
}

/// Returns what a step still needs.
fn missing(draft: &Draft, is_whole: bool) -> Option<String> {
    let blueprint = &draft.blueprint;
    let steps = steps_of(blueprint.kind);
    match steps[draft.at.min(steps.len() - 1)] {
        Step::Name => name_missing(draft),
        Step::Credential if blueprint.credential == Credential::Uploaded && blueprint.certificate.is_none() => {
            Some(Common::NoCertificate.text().into())
        }
        Step::Permissions if draft.open.pasted.is_some() && is_whole => Some(WizardMissing::PermissionsUnread.text().into()),
        Step::Permissions if (!draft.open.permissions.is_empty() || draft.open.pasted.is_some()) && !is_whole => {
            Some(WizardMissing::PermissionsBeingRead.text().into())
        }
        Step::Permissions if !draft.open.permissions.is_empty() => Some(WizardMissing::NotOffered.text().into()),
        Step::Permissions if blueprint.permissions.is_empty() && draft.outside.iter().flat_map(Outside::permissions).next().is_none() => {
            Some(WizardMissing::AnyPermission.text().into())
        }
        Step::Account => account_missing(blueprint),
        Step::Access if !draft.open.access.is_empty() && !is_whole => Some(WizardMissing::PermissionsBeingRead.text().into()),
        Step::Access if !draft.open.access.is_empty() => Some(WizardMissing::NotOffered.text().into()),
        Step::Access => blueprint
            .account
            .as_ref()
            .and_then(|account| account.access.as_ref())
            .and_then(|access| access.permissions.is_empty().then(|| WizardMissing::AnyPermissionForAccess.text().to_owned())),
        _ => None,
    }
}

fn name_missing(draft: &Draft) -> Option<String> {
    let fault = crate::domain::name::check(&draft.blueprint.name).err().map(text::faults::name);
    fault
        .or_else(|| {
            let value = |name: &String| draft.values.get(name).map(|value| value.trim()).unwrap_or_default();
            let unfit = |name: &String| redirect::check_value(&draft.templates, name, value(name)).err();
            redirect::placeholders(&draft.templates).iter().find_map(unfit).map(text::faults::placeholder)
        })
        .or_else(|| redirect::check_all(&draft.blueprint.redirect_uris).err().map(|(_, fault)| text::faults::redirect(fault)))
}

fn account_missing(blueprint: &Blueprint) -> Option<String> {
    let none = Account::default();
    let account = blueprint.account.as_ref().unwrap_or(&none);
    let name = match blueprint.kind {
        Kind::ConnectionAccount => crate::domain::name::check(&blueprint.name).err().map(text::faults::name),
        _ => None,
    };
    name.or_else(|| check_user_name(&account.user_name, &account.domain).err().map(text::accounts::user_name)).or_else(|| {
        let has_location = account.usage_location.as_deref().is_some_and(|code| code.len() == 2);
        match (&account.usage_location, &account.licence) {
            (None, Some(_)) => Some(text::accounts::usage_location_missing().to_owned()),
            (Some(_), _) if !has_location => Some(WizardMissing::Country.text().into()),
            _ => None,
        }
    })
}

fn summary(blueprint: &Blueprint, step: Step) -> String {
    match step {
        Step::Name => blueprint.name.trim().to_owned(),
        Step::Permissions => words::permissions(blueprint.permissions.len()),
        Step::Credential => words::credential::chosen(blueprint.credential),
        Step::Roles => words::roles(blueprint.roles.len()),
        Step::Account => blueprint.account.as_ref().map(Account::upn).unwrap_or_default(),
        Step::Access => blueprint.account.as_ref().map(|account| words::roles(account.roles.len())).unwrap_or_default(),
        Step::Review => String::new(),
    }
}
