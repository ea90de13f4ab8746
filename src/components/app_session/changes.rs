//! What can be changed about an App session. Each change is a plan first.

use super::permissions::EditPermissions;
use super::roles::AddRole;
use super::status::end_of;
use crate::app::upkeep::{self, Proposal, Subject, Wish};
use crate::app::{Current, app_sessions, screen, use_app};
use crate::components::plan::PlanView;
use crate::components::ui::{NoticeView, Skeleton};
use crate::components::wizard::credential::{CertificateChoice, Lifetime};
use crate::domain::blueprint::{Audience, Credential, DEFAULT_DAYS};
use crate::domain::certificate;
use crate::domain::route::Route;
use crate::domain::session::{AppSession, Person};
use crate::text;
use crate::text::screens::app_session::changes::{self as words, Change, CredentialList, Gone, NameAndNotes, NewCredential};
use crate::text::screens::common::Common;
use crate::text::screens::controls;
use leptos::prelude::*;

/// What is open below the buttons.
#[derive(Clone)]
enum Open {
    Nothing,
    Rotate,
    Certificate,
    Permissions,
    Role,
    Rename,
    Notes,
    Working,
    Plan(Box<Proposal>),
    Failed(text::Notice),
}

#[component]
pub fn Changes(subject: Subject, drifts: bool) -> impl IntoView {
    let app = use_app();
    // A manifest that was read for this App session waits to be compared.
    let app_id = subject.found.app_id.clone();
    let is_imported = app_sessions::has_import(app, &app_id);
    let open = RwSignal::new(if is_imported { Open::Permissions } else { Open::Nothing });
    let typed = RwSignal::new(None::<(String, String)>);
    let subject = StoredValue::new(subject);
    let live = subject.with_value(|subject| subject.live.clone());
    let wish = Callback::new(move |wish: Wish| {
        open.set(Open::Working);
        let subject = subject.get_value();
        leptos::task::spawn_local(async move {
            let next = match upkeep::propose(app, subject, wish).await {
                Ok(proposal) => Open::Plan(Box::new(proposal)),
                Err(notice) => Open::Failed(notice),
            };
            open.try_set(next);
            leptos::task::tick().await;
            screen::focus(".proposal, .changes .notice");
        });
    });
    let close = Callback::new(move |()| open.set(Open::Nothing));
    // Whoever uses the App session itself has not come to change it.
    let is_off = Memo::new(move |_| app.current.with(|current| current.as_ref().is_none_or(|current| current.app.is_some())));
    let button = move |label: &'static str, what: Open| {
        view! { <button type="button" class="button" prop:disabled=move || is_off.get() on:click=move |_| open.set(what.clone())>{label}</button> }
    };
    let ask = move |label: &'static str, what: Wish| {
        view! { <button type="button" class="button" prop:disabled=move || is_off.get() on:click=move |_| wish.run(what.clone())>{label}</button> }
    };
    let is_enabled = live.service_principal.as_ref().is_some_and(|principal| principal.account_enabled);
    let has_secret = !live.application.password_credentials.is_empty();
    let has_certificate = live.thumbprint(screen::now()).is_some();
    let run = subject.with_value(|subject| subject.found.run.clone());
    view! {
        <Credentials subject wish is_off/>
        <section class="changes" aria-label=Change::Label.text()>
            <h2>{Change::Title.text()}</h2>
            {move || is_off.get().then(|| view! { <p class="muted">{Change::NotAsItself.text()}</p> })}
            <p class="actions">
                {drifts.then(|| ask(Change::Mend.text(), Wish::Mend))}
                {button(words::new_secret(has_secret), Open::Rotate)}
                {button(words::new_certificate(has_secret, has_certificate), Open::Certificate)}
                {ask(Change::Exchange.text(), Wish::Exchange)}
                {button(Change::EditPermissions.text(), Open::Permissions)}
                {button(Change::AddRole.text(), Open::Role)}
                {match live.audience() {
                    Audience::SingleTenant => ask(Change::MakeMultitenant.text(), Wish::Audience(Audience::MultiTenant)),
                    Audience::MultiTenant => ask(Change::KeepToThisTenant.text(), Wish::Audience(Audience::SingleTenant)),
                }}
                {button(Change::Rename.text(), Open::Rename)}
                {button(Change::EditNotes.text(), Open::Notes)}
                {if is_enabled { ask(Change::Disable.text(), Wish::SetEnabled(false)) } else { ask(Change::Enable.text(), Wish::SetEnabled(true)) }}
                {ask(Common::Delete.text(), Wish::Delete)}
                {run.map(|run| view! { <a class="button" href=Route::Run(run).path()>{Common::Undo.text()}</a> })}
            </p>
            {move || match open.get() {
                Open::Nothing => ().into_any(),
                Open::Working => view! { <Skeleton what=Change::ReadingRights.text()/> }.into_any(),
                Open::Failed(notice) => view! { <NoticeView notice/> }.into_any(),
                Open::Plan(proposal) => view! { <PlanView proposal=*proposal close/> }.into_any(),
                Open::Rotate => view! { <Rotate wish close/> }.into_any(),
                Open::Certificate => view! { <NewCertificate wish close/> }.into_any(),
                Open::Rename => view! { <Rename name=subject.with_value(|subject| subject.live.application.display_name.clone()) wish close/> }.into_any(),
                Open::Notes => view! { <Notes subject typed wish close/> }.into_any(),
                Open::Role => view! { <AddRole subject wish close/> }.into_any(),
                Open::Permissions => view! { <EditPermissions subject wish close/> }.into_any(),
            }}
        </section>
    }
}

/// Secrets and certificates with their ends, each with a way to remove it.
#[component]
fn Credentials(subject: StoredValue<Subject>, wish: Callback<Wish>, is_off: Memo<bool>) -> impl IntoView {
    let app = use_app();
    let (live, name) = subject.with_value(|subject| (subject.live.clone(), subject.found.name.clone()));
    let now = screen::now();
    let remove = move |what: String, chosen: Wish| {
        view! { <button type="button" class="button button--quiet" aria-label=controls::remove(&what) prop:disabled=move || is_off.get() on:click=move |_| wish.run(chosen.clone())>{Common::Remove.text()}</button> }
    };
    let none = live.application.password_credentials.is_empty() && live.application.key_credentials.is_empty();
    view! {
        <h2>{CredentialList::Title.text()}</h2>
        {none.then(|| view! { <p class="muted">{CredentialList::Nothing.text()}</p> })}
        <ul class="rows" aria-label=CredentialList::Title.text()>
            {live.application.password_credentials.into_iter().map(|secret| {
                let title = secret.display_name.clone().unwrap_or_else(|| CredentialList::NamelessSecret.text().into());
                let is_orphan = app_sessions::is_orphan(app, &name, &secret);
                view! {
                    <li class="row">
                        <span><strong>{title.clone()}</strong><br/>{Common::ClientSecret.text()}{secret.ends().map(|end| format!(", {}", end_of(end, now)))}
                            {is_orphan.then(|| view! { <br/><span class="muted">{CredentialList::NotKnownSaved.text()}</span> })}</span>
                        <span class="row__facts">{secret.ends().map(|end| chip(end, now))}{remove(title, Wish::RemoveSecret(secret))}</span>
                    </li>
                }
            }).collect_view()}
            {live.application.key_credentials.into_iter().map(|key| {
                let title = key.display_name.clone().unwrap_or_else(|| CredentialList::NamelessCertificate.text().into());
                view! {
                    <li class="row">
                        <span><strong>{title.clone()}</strong><br/>{Common::Certificate.text()}{key.ends().map(|end| format!(", {}", end_of(end, now)))}
                            {key.thumbprint().map(|thumbprint| view! { <br/><span class="mono">{thumbprint}</span> })}</span>
                        <span class="row__facts">{key.ends().map(|end| chip(end, now))}{remove(title, Wish::RemoveCertificate(key))}</span>
                    </li>
                }
            }).collect_view()}
        </ul>
    }
}

/// How soon a credential ends, where that is worth a look.
fn chip(end: crate::domain::time::Instant, now: crate::domain::time::Instant) -> Option<impl IntoView> {
    let words = text::sessions::ends_soon(end.seconds_since(now))?;
    Some(view! { <span class="chip chip--high">{words}</span> })
}

#[component]
fn Form(children: Children, submit: Callback<()>, close: Callback<()>) -> impl IntoView {
    view! {
        <form class="form" on:submit=move |event| { event.prevent_default(); submit.run(()) }>
            {children()}
            <p class="actions">
                <button type="submit" class="button button--primary">{Common::ShowPlan.text()}</button>
                <button type="button" class="button" on:click=move |_| close.run(())>{Common::Cancel.text()}</button>
            </p>
        </form>
    }
}

#[component]
fn Rotate(wish: Callback<Wish>, close: Callback<()>) -> impl IntoView {
    let days = RwSignal::new(DEFAULT_DAYS);
    view! {
        <Form submit=Callback::new(move |()| wish.run(Wish::Credential(Credential::Secret { days: days.get_untracked() }, None))) close>
            <h3>{NewCredential::Secret.text()}</h3>
            <p>{NewCredential::OldSecretsStay.text()}</p>
            <Lifetime days set=Callback::new(move |chosen| days.set(chosen))/>
        </Form>
    }
}

#[component]
fn NewCertificate(wish: Callback<Wish>, close: Callback<()>) -> impl IntoView {
    let start = Credential::Certificate { days: certificate::DEFAULT_DAYS, bits: certificate::DEFAULT_BITS };
    let choice = RwSignal::new((start, None));
    let fault = RwSignal::new(false);
    let submit = move |()| match choice.get_untracked() {
        (Credential::Uploaded, None) => fault.set(true),
        (credential, certificate) => wish.run(Wish::Credential(credential, certificate.map(Box::new))),
    };
    view! {
        <Form submit=Callback::new(submit) close>
            <h3>{NewCredential::Certificate.text()}</h3>
            <p>{NewCredential::OldCredentialsStay.text()}</p>
            <CertificateChoice choice set=Callback::new(move |chosen| { fault.set(false); choice.set(chosen) })/>
            {move || fault.get().then(|| view! { <p class="error" role="alert">{Common::NoCertificate.text()}</p> })}
        </Form>
    }
}

#[component]
fn Rename(name: String, wish: Callback<Wish>, close: Callback<()>) -> impl IntoView {
    let typed = RwSignal::new(name.clone());
    let fault = RwSignal::new(None::<String>);
    let submit = move |()| {
        let to = typed.get_untracked().trim().to_owned();
        if let Err(why) = crate::domain::name::check(&to) {
            return fault.set(Some(text::faults::name(why)));
        }
        if to == name {
            return fault.set(Some(NameAndNotes::SameName.text().into()));
        }
        wish.run(Wish::Rename(to));
    };
    view! {
        <Form submit=Callback::new(submit) close>
            <label class="field"><span class="label">{NameAndNotes::NewName.text()}</span>
                <input type="text" class="input" autocomplete="off" maxlength="120" aria-invalid=move || fault.get().is_some().to_string() prop:value=move || typed.get() on:input=move |event| { fault.set(None); typed.set(event_target_value(&event)) }/></label>
            {move || fault.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
        </Form>
    }
}

/// What people keep with an app registration, for those who find it later. `typed` outlives the form, so that a plan that could not be made
/// loses nothing.
#[component]
fn Notes(
    subject: StoredValue<Subject>,
    typed: RwSignal<Option<(String, String)>>,
    wish: Callback<Wish>,
    close: Callback<()>,
) -> impl IntoView {
    let before = subject.with_value(|subject| {
        let application = &subject.live.application;
        (application.notes.clone().unwrap_or_default(), application.service_management_reference.clone().unwrap_or_default())
    });
    let start = typed.get_untracked().unwrap_or_else(|| before.clone());
    let (notes, reference) = (RwSignal::new(start.0), RwSignal::new(start.1));
    let (is_too_long, is_same) = (RwSignal::new(None::<&'static str>), RwSignal::new(false));
    let note = move || {
        is_too_long.set(None);
        is_same.set(false);
        typed.set(Some((notes.get_untracked(), reference.get_untracked())));
    };
    let submit = move |()| {
        let changed =
            |now: RwSignal<String>, before: &str| Some(now.get_untracked()).filter(|now| now != before).map(|now| now.trim().to_owned());
        let (notes, reference) = (changed(notes, &before.0), changed(reference, &before.1));
        is_too_long.set(notes.as_deref().and_then(text::upkeep::notes_fault));
        is_same.set(notes.is_none() && reference.is_none());
        if is_too_long.get_untracked().is_some() || is_same.get_untracked() {
            return screen::focus(".changes textarea");
        }
        wish.run(Wish::Notes { notes, reference });
    };
    let close = Callback::new(move |()| {
        typed.set(None);
        close.run(());
    });
    view! {
        <Form submit=Callback::new(submit) close>
            <h3>{Change::EditNotes.text()}</h3>
            <label class="field"><span class="label">{NameAndNotes::Notes.text()}</span>
                <textarea class="input" rows="4" dir="auto" aria-invalid=move || is_too_long.get().is_some().to_string() aria-describedby="notes-fault" prop:value=move || notes.get() on:input=move |event| { notes.set(event_target_value(&event)); note() }></textarea></label>
            <div id="notes-fault">{move || is_too_long.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}</div>
            <label class="field"><span class="label">{NameAndNotes::Reference.text()}</span>
                <input type="text" class="input" autocomplete="off" dir="auto" prop:value=move || reference.get() on:input=move |event| { reference.set(event_target_value(&event)); note() }/></label>
            <p class="muted">{NameAndNotes::WhoSeesNotes.text()}</p>
            {move || is_same.get().then(|| view! { <p class="error" role="alert">{text::upkeep::NOTHING_CHANGED}</p> })}
        </Form>
    }
}

/// An App session that is not in the tenant any more.
#[component]
pub fn Deleted(found: AppSession, current: Current, person: Person) -> impl IntoView {
    let app = use_app();
    let open = RwSignal::new(Open::Nothing);
    let restore = move |_| {
        open.set(Open::Working);
        let (current, person, found) = (current.clone(), person.clone(), found.clone());
        leptos::task::spawn_local(async move {
            let next = match upkeep::propose_restore(app, &person, &current, found).await {
                Ok(proposal) => Open::Plan(Box::new(proposal)),
                Err(notice) => Open::Failed(notice),
            };
            open.try_set(next);
        });
    };
    view! {
        <div class="notice" role="alert">
            <p class="notice__what">{Gone::Title.text()}</p>
            <p>{Gone::WhatNow.text()}</p>
            <p class="actions"><button type="button" class="button" on:click=restore>{Gone::Restore.text()}</button></p>
        </div>
        {move || match open.get() {
            Open::Working => view! { <Skeleton what=Change::ReadingRights.text()/> }.into_any(),
            Open::Failed(notice) => view! { <NoticeView notice/> }.into_any(),
            Open::Plan(proposal) => view! { <PlanView proposal=*proposal close=Callback::new(move |()| open.set(Open::Nothing))/> }.into_any(),
            _ => ().into_any(),
        }}
    }
}
