//! An App session: what it may do, what it has, how to change it, and how to connect as it.

mod changes;
mod on_premises;
mod permissions;
mod roles;
mod status;
mod use_now;

use super::ui::{self, CopyField, NoticeView, Skeleton};
use crate::app::app_sessions::{self, Live};
use crate::app::upkeep::Subject;
use crate::app::{Current, Phase, screen, sessions, use_app};
use crate::domain::ids::{AppId, Tenant};
use crate::domain::session::{AppSession, Person, Session, SessionRecord};
use crate::text;
use crate::text::commands::Connection;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn AppSessionPage() -> impl IntoView {
    ui::arrive("App session");
    let app = use_app();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| AppId::parse(&id))));
    let record = Memo::new(move |_| {
        let id = id.get()?;
        app.sessions.with(|all| all.iter().find(|record| matches!(&record.session, Session::App(found) if found.app_id == id)).cloned())
    });
    let key = Memo::new(move |_| record.with(|record| record.as_ref().map(|record| record.id.clone())));
    // The account that acts is the one that counts, whichever is in use.
    let acting = move || {
        let person = record.with(|record| record.as_ref().map(|record| record.person.key.clone()));
        let key = person.or_else(|| app.current.with(|current| current.as_ref().map(|current| current.account.clone())))?;
        app.accounts.with(|all| all.iter().find(|account| account.person.key == key).cloned())
    };
    let may = Memo::new(move |_| acting().is_some_and(|account| account.may_use_app_sessions()));
    move || {
        match (app.phase.get(), key.get(), may.get()) {
        (Phase::Starting, ..) => view! { <h1>"App session"</h1><Skeleton what="Reading the App session"/> }.into_any(),
        (_, _, false) if acting().is_none() => view! { <h1>"App session"</h1><ui::SignInFirst/> }.into_any(),
        (_, _, false) => view! { <h1>"App session"</h1><ui::NoAccess/> }.into_any(),
        (_, None, _) => view! { <h1>"App session"</h1><p class="empty">"This browser does not know this App session. Use Find App sessions in this tenant on the first screen."</p> }.into_any(),
        (_, Some(_), true) => match record.get_untracked() {
            Some(SessionRecord { session: Session::App(found), tenant, person, .. }) => {
                let current = Current { account: person.key.clone(), is_customer: person.home != tenant.id, tenant, app: None };
                view! { <Details found current person/> }.into_any()
            }
            _ => ().into_any(),
        },
    }
    }
}

#[component]
fn Details(found: AppSession, current: Current, person: Person) -> impl IntoView {
    let app = use_app();
    let live = RwSignal::new(None::<Result<Option<Live>, text::Notice>>);
    let is_checking = RwSignal::new(false);
    let app_id = found.app_id.clone();
    let check = {
        let (current, app_id) = (current.clone(), app_id.clone());
        move || {
            if is_checking.get_untracked() {
                return;
            }
            is_checking.set(true);
            let (current, app_id) = (current.clone(), app_id.clone());
            leptos::task::spawn_local(async move {
                let result = app_sessions::check(app, &current, &app_id).await;
                live.try_set(Some(result));
                is_checking.try_set(false);
            });
        }
    };
    check();
    let (again, tenant) = (check.clone(), current.tenant.clone());
    let record_id = SessionRecord::id_of(&current.account, &current.tenant.id, Some(&app_id));
    let (kept_tenant, kept_id) = (tenant.clone(), app_id.clone());
    let (name, known) = (found.name.clone(), found.clone());
    view! {
        <h1>{name}</h1>
        <p class="tenant-line">"In "<strong>{tenant.name.clone()}</strong>" · "{tenant.domain.clone()}</p>
        <p class="actions">
            <button type="button" class="button button--primary" on:click=move |_| {
                let id = record_id.clone();
                leptos::task::spawn_local(async move {
                    if sessions::switch(app, &id).await {
                        app.toast(if crate::app::relay::is_on(app) {
                            "This App session is in use. Connect as the application below to read as it."
                        } else {
                            "This App session is in use. The page itself keeps working as you: a browser gets no app-only token."
                        });
                    }
                });
            }>"Use now"</button>
            <button type="button" class="button" prop:disabled=move || is_checking.get() on:click=move |_| again()>"Check current status"</button>
        </p>
        <CopyField label="Application (client) ID" value=app_id.to_string() button="Copy client ID"/>
        <CopyField label="Directory (tenant) ID" value=tenant.id.to_string() button="Copy tenant ID"/>
        {move || match live.get() {
            None => view! { <Skeleton what="Reading permissions, roles and credentials"/> }.into_any(),
            Some(Err(notice)) => view! { <NoticeView notice/> }.into_any(),
            Some(Ok(None)) => view! { <changes::Deleted found=known.clone() current=current.clone() person=person.clone()/> }.into_any(),
            Some(Ok(Some(live))) => {
                let link = app_sessions::consent_link(app, &current, &live);
                let drifts = live.drifts(known.expected.as_ref());
                let subject = Subject { person: person.clone(), current: current.clone(), found: known.clone(), live: live.clone() };
                view! { <status::Status live link drifts/><use_now::UseNow subject=subject.clone()/><changes::Changes subject drifts/> }.into_any()
            }
        }}
        <on_premises::OnPremisesSettings found/>
        {move || {
            let live = live.get().and_then(Result::ok).flatten();
            view! { <Connect tenant=kept_tenant.clone() app_id=kept_id.clone() live/> }
        }}
    }
}

/// Commands that connect as the application, with a certificate where it has one.
#[component]
fn Connect(tenant: Tenant, app_id: AppId, live: Option<Live>) -> impl IntoView {
    let app = use_app();
    let Some(config) = app.config_now() else { return ().into_any() };
    let thumbprint = live.and_then(|live| live.thumbprint(screen::now()));
    let commands = text::commands::connect(&Connection {
        tenant: &tenant.id,
        domain: &tenant.domain,
        app: &app_id,
        login: &config.login,
        graph: &config.graph,
        thumbprint: thumbprint.as_deref(),
    });
    view! {
        <h2>"Connect"</h2>
        <p>{if thumbprint.is_some() {
            "These commands connect with the certificate. Its private key is read from certificate.pem or from the store of the computer; none of them holds it."
        } else {
            "A page cannot test a client secret: Microsoft refuses that from a browser. These commands do. They ask for the secret; none of them holds it."
        }}</p>
        {commands.into_iter().map(|command| {
            let text = command.text.clone();
            view! {
                <details class="command">
                    <summary>{command.tool}{command.note.map(|note| view! { <span class="muted">" "{note}</span> })}</summary>
                    <pre>{command.text}</pre>
                    <button type="button" class="button" on:click=move |_| app.copy(text.clone(), "Command")>"Copy command"</button>
                </details>
            }
        }).collect_view()}
    }
    .into_any()
}
