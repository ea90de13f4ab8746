//! An App session: what it may do, what it has, how to change it, and how to connect as it.

mod changes;
mod from_file;
mod on_premises;
mod permissions;
mod roles;
mod status;
mod use_now;

use super::ui::{self, CopyField, NoticeView, Skeleton};
use crate::app::app_sessions::{self, Live};
use crate::app::sign_in::Whom;
use crate::app::upkeep::Subject;
use crate::app::{Current, Phase, screen, sessions, use_app};
use crate::domain::ids::{AppId, Tenant};
use crate::domain::on_premises::OnPremises;
use crate::domain::session::{AppSession, Person, Session, SessionRecord};
use crate::entra::scopes::Scopes;
use crate::text;
use crate::text::commands::Connection;
use crate::text::screens::app_session::{self as words, Page};
use crate::text::screens::common::Common;
use leptos::prelude::*;

#[component]
pub fn AppSessionPage(id: AppId) -> impl IntoView {
    ui::arrive(Common::AppSession.text());
    let app = use_app();
    let record = Memo::new(move |_| {
        let is_it = |record: &&SessionRecord| matches!(&record.session, Session::App(found) if found.app_id == id);
        // What came in a file never stands before what this browser knows itself.
        app.sessions.with(|all| all.iter().filter(is_it).min_by_key(|record| !record.origin.is_here()).cloned())
    });
    // On-premises settings of a file: no tenant can confirm them, so a person does.
    let settings = RwSignal::new(None::<OnPremises>);
    let key = Memo::new(move |_| record.with(|record| record.as_ref().map(|record| (record.id.clone(), record.origin))));
    // The account that acts is the one that counts, whichever is in use.
    let acting = move || {
        let person = record.with(|record| record.as_ref().map(|record| record.person.key.clone()));
        let key = person.or_else(|| app.current.with(|current| current.as_ref().map(|current| current.account.clone())))?;
        app.accounts.with(|all| all.iter().find(|account| account.person.key == key).cloned())
    };
    let may = Memo::new(move |_| acting().is_some_and(|account| account.may_use_app_sessions()));
    move || match (app.phase.get(), key.get(), may.get()) {
        (Phase::Starting, ..) => view! { <h1>{Common::AppSession.text()}</h1><Skeleton what=Page::Reading.text()/> }.into_any(),
        (_, _, false) if acting().is_none() => view! { <h1>{Common::AppSession.text()}</h1><ui::SignInFirst/> }.into_any(),
        (_, _, false) => view! { <h1>{Common::AppSession.text()}</h1><ui::NoAccess/> }.into_any(),
        (_, None, _) => view! { <h1>{Common::AppSession.text()}</h1><p class="empty">{Page::Unknown.text()}</p> }.into_any(),
        (_, Some(_), true) => match record.get_untracked() {
            Some(SessionRecord { session: Session::App(found), tenant, person, origin, .. }) => {
                let person = if origin.is_here() { person } else { untrack(acting).map_or(person, |account| account.person) };
                let current = Current { account: person.key.clone(), is_customer: person.home != tenant.id, tenant, app: None };
                if origin.is_here() {
                    view! { <Details found current person settings/> }.into_any()
                } else {
                    settings.set(found.on_premises.clone().filter(|settings| settings.enabled));
                    view! { <from_file::FromFile found current person origin/> }.into_any()
                }
            }
            _ => ().into_any(),
        },
    }
}

#[component]
fn Details(found: AppSession, current: Current, person: Person, settings: RwSignal<Option<OnPremises>>) -> impl IntoView {
    let app = use_app();
    provide_context(Whom::of(&current, Scopes::LOOK));
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
    let (again, retry, tenant) = (check.clone(), check.clone(), current.tenant.clone());
    let record_id = SessionRecord::id_of(&current.account, &current.tenant.id, Some(&app_id));
    let (kept_tenant, kept_id) = (tenant.clone(), app_id.clone());
    let (name, known) = (found.name.clone(), found.clone());
    view! {
        <h1><bdi>{name}</bdi></h1>
        <ui::TenantLine tenant=tenant.clone()/>
        <p class="actions">
            <button type="button" class="button button--primary" on:click=move |_| {
                let id = record_id.clone();
                leptos::task::spawn_local(async move {
                    if sessions::switch(app, &id).await {
                        app.toast(words::in_use(crate::app::relay::is_on(app)));
                    }
                });
            }>{Common::UseNow.text()}</button>
            <button type="button" class="button" prop:disabled=move || is_checking.get() on:click=move |_| again()>{Common::CheckStatus.text()}</button>
        </p>
        <CopyField label=Common::ClientId.text() value=app_id.to_string() button=Page::CopyClientId.text()/>
        <CopyField label=Common::TenantId.text() value=tenant.id.to_string() button=Common::CopyTenantId.text()/>
        {move || match live.get() {
            None => view! { <Skeleton what=Page::ReadingTenant.text()/> }.into_any(),
            Some(Err(notice)) => {
                let retry = retry.clone();
                view! { <NoticeView notice retry=Callback::new(move |()| retry())/> }.into_any()
            }
            Some(Ok(None)) => view! { <changes::Deleted found=known.clone() current=current.clone() person=person.clone()/> }.into_any(),
            Some(Ok(Some(live))) => {
                let link = app_sessions::consent_link(app, &current, &live);
                let drifts = live.drifts(known.expected.as_ref());
                let subject = Subject { person: person.clone(), current: current.clone(), found: known.clone(), live: live.clone() };
                view! { <status::Status live link drifts tenant=current.tenant.clone() person=person.clone()/><use_now::UseNow subject=subject.clone()/><changes::Changes subject drifts/> }.into_any()
            }
        }}
        <on_premises::OnPremisesSettings found offered=settings/>
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
    let thumbprint = live.as_ref().and_then(|live| live.thumbprint(screen::now()));
    let domain = live.and_then(|live| live.initial_domain);
    let commands = text::commands::connect(&Connection {
        tenant: &tenant.id,
        domain: domain.as_deref(),
        app: &app_id,
        login: &config.login,
        graph: &config.graph,
        thumbprint: thumbprint.as_deref(),
    });
    view! {
        <h2>{Page::Connect.text()}</h2>
        <p>{words::commands(thumbprint.is_some())}</p>
        {commands.into_iter().map(|command| {
            let text = command.text.clone();
            view! {
                <details class="command">
                    <summary>{command.tool}{command.note.map(|note| view! { <span class="muted">" "{note}</span> })}</summary>
                    <pre>{command.text}</pre>
                    <button type="button" class="button" on:click=move |_| app.copy(text.clone(), Page::Command.text())>{Page::CopyCommand.text()}</button>
                </details>
            }
        }).collect_view()}
    }
    .into_any()
}
