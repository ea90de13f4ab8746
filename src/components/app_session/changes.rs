//! What can be changed about an App session. Each change is a plan first.

use super::permissions::EditPermissions;
use super::roles::AddRole;
use super::status::end_of;
use crate::app::app_sessions;
use crate::app::upkeep::{self, Proposal, Subject, Wish};
use crate::app::{Current, screen, use_app};
use crate::components::plan::PlanView;
use crate::components::ui::{NoticeView, Skeleton};
use crate::components::wizard::credential::{CertificateChoice, Lifetime};
use crate::domain::blueprint::{Audience, Credential, DEFAULT_DAYS};
use crate::domain::certificate;
use crate::domain::session::{AppSession, Person};
use crate::text;
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
    Working,
    Plan(Box<Proposal>),
    Failed(text::Notice),
}

#[component]
pub fn Changes(subject: Subject, drifts: bool) -> impl IntoView {
    let app = use_app();
    // A manifest that was read for this App session waits to be compared.
    let app_id = subject.found.app_id.clone();
    let is_imported = app.imported.with_untracked(|imported| imported.as_ref().is_some_and(|(id, _)| *id == app_id));
    let open = RwSignal::new(if is_imported { Open::Permissions } else { Open::Nothing });
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
    let button = move |words: &'static str, what: Open| {
        view! { <button type="button" class="button" prop:disabled=move || is_off.get() on:click=move |_| open.set(what.clone())>{words}</button> }
    };
    let ask = move |words: &'static str, what: Wish| {
        view! { <button type="button" class="button" prop:disabled=move || is_off.get() on:click=move |_| wish.run(what.clone())>{words}</button> }
    };
    let is_enabled = live.service_principal.as_ref().is_some_and(|principal| principal.account_enabled);
    let has_secret = !live.application.password_credentials.is_empty();
    let has_certificate = live.thumbprint(screen::now()).is_some();
    let run = subject.with_value(|subject| subject.found.run.clone());
    view! {
        <Credentials subject wish is_off/>
        <section class="changes" aria-label="Changes">
            <h2>"Change it"</h2>
            {move || is_off.get().then(|| view! { <p class="muted">"An App session is changed from a User session or a Customer session. Use Switch session in the banner first."</p> })}
            <p class="actions">
                {drifts.then(|| ask("Bring back in line", Wish::Mend))}
                {button(if has_secret { "Rotate secret" } else { "Add a client secret" }, Open::Rotate)}
                {button(match (has_secret, has_certificate) { (true, _) => "Switch to certificate", (_, true) => "Rotate certificate", _ => "Add a certificate" }, Open::Certificate)}
                {ask("Exchange Online app access", Wish::Exchange)}
                {button("Edit permissions", Open::Permissions)}
                {button("Add the role", Open::Role)}
                {match live.audience() {
                    Audience::SingleTenant => ask("Make multitenant", Wish::Audience(Audience::MultiTenant)),
                    Audience::MultiTenant => ask("Keep to this tenant", Wish::Audience(Audience::SingleTenant)),
                }}
                {button("Rename", Open::Rename)}
                {if is_enabled { ask("Disable", Wish::SetEnabled(false)) } else { ask("Enable", Wish::SetEnabled(true)) }}
                {ask("Delete", Wish::Delete)}
                {run.map(|run| view! { <a class="button" href=format!("/app/run/{run}")>"Undo"</a> })}
            </p>
            {move || match open.get() {
                Open::Nothing => ().into_any(),
                Open::Working => view! { <Skeleton what="Reading what you may do here"/> }.into_any(),
                Open::Failed(notice) => view! { <NoticeView notice/> }.into_any(),
                Open::Plan(proposal) => view! { <PlanView proposal=*proposal close/> }.into_any(),
                Open::Rotate => view! { <Rotate wish close/> }.into_any(),
                Open::Certificate => view! { <NewCertificate wish close/> }.into_any(),
                Open::Rename => view! { <Rename name=subject.with_value(|subject| subject.live.application.display_name.clone()) wish close/> }.into_any(),
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
        view! { <button type="button" class="button button--quiet" aria-label=format!("Remove {what}") prop:disabled=move || is_off.get() on:click=move |_| wish.run(chosen.clone())>"Remove"</button> }
    };
    let none = live.application.password_credentials.is_empty() && live.application.key_credentials.is_empty();
    view! {
        <h2>"Credentials"</h2>
        {none.then(|| view! { <p class="muted">"No client secret and no certificate: nothing can connect as it."</p> })}
        <ul class="rows" aria-label="Credentials">
            {live.application.password_credentials.into_iter().map(|secret| {
                let title = secret.display_name.clone().unwrap_or_else(|| "Client secret without a name".into());
                let is_orphan = app_sessions::is_orphan(app, &name, &secret);
                view! {
                    <li class="row">
                        <span><strong>{title.clone()}</strong><br/>"Client secret"{secret.ends().map(|end| format!(", {}", end_of(end, now)))}
                            {is_orphan.then(|| view! { <br/><span class="muted">"This browser does not know that anybody saved its value. If no job uses it, remove it."</span> })}</span>
                        <span class="row__facts">{secret.ends().map(|end| chip(end, now))}{remove(title, Wish::RemoveSecret(secret))}</span>
                    </li>
                }
            }).collect_view()}
            {live.application.key_credentials.into_iter().map(|key| {
                let title = key.display_name.clone().unwrap_or_else(|| "Certificate without a name".into());
                view! {
                    <li class="row">
                        <span><strong>{title.clone()}</strong><br/>"Certificate"{key.ends().map(|end| format!(", {}", end_of(end, now)))}
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
                <button type="submit" class="button button--primary">"Show the plan"</button>
                <button type="button" class="button" on:click=move |_| close.run(())>"Cancel"</button>
            </p>
        </form>
    }
}

#[component]
fn Rotate(wish: Callback<Wish>, close: Callback<()>) -> impl IntoView {
    let days = RwSignal::new(DEFAULT_DAYS);
    view! {
        <Form submit=Callback::new(move |()| wish.run(Wish::Credential(Credential::Secret { days: days.get_untracked() }, None))) close>
            <h3>"A new client secret"</h3>
            <p>"The new secret is made and handed over first. Each old one stays until you remove it by a click of its own."</p>
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
            <h3>"A certificate"</h3>
            <p>"It is added first. Each old credential stays until you remove it by a click of its own."</p>
            <CertificateChoice choice set=Callback::new(move |chosen| { fault.set(false); choice.set(chosen) })/>
            {move || fault.get().then(|| view! { <p class="error" role="alert">"Choose the file of the certificate, or let this page make one."</p> })}
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
            return fault.set(Some("This is its name already.".into()));
        }
        wish.run(Wish::Rename(to));
    };
    view! {
        <Form submit=Callback::new(submit) close>
            <label class="field"><span class="label">"New name"</span>
                <input type="text" class="input" autocomplete="off" maxlength="120" aria-invalid=move || fault.get().is_some().to_string() prop:value=move || typed.get() on:input=move |event| { fault.set(None); typed.set(event_target_value(&event)) }/></label>
            {move || fault.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
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
            <p class="notice__what">"This app registration is not in the tenant any more."</p>
            <p>"Somebody deleted it. For 30 days it can be restored. Remove it from Recent sessions if it is not needed."</p>
            <p class="actions"><button type="button" class="button" on:click=restore>"Restore"</button></p>
        </div>
        {move || match open.get() {
            Open::Working => view! { <Skeleton what="Reading what you may do here"/> }.into_any(),
            Open::Failed(notice) => view! { <NoticeView notice/> }.into_any(),
            Open::Plan(proposal) => view! { <PlanView proposal=*proposal close=Callback::new(move |()| open.set(Open::Nothing))/> }.into_any(),
            _ => ().into_any(),
        }}
    }
}
