//! An App session: what it may do, what it has, and how to connect as it.

use super::ui::{self, CopyField, NoticeView, Skeleton};
use crate::app::app_sessions::{self, Live};
use crate::app::{Current, Phase, screen, sessions, use_app};
use crate::domain::ids::AppId;
use crate::domain::permission::Chosen;
use crate::domain::session::{AppSession, Session, SessionRecord};
use crate::domain::time::Instant;
use crate::text;
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
    let may = Memo::new(move |_| app.current_account().is_some_and(|account| account.may_use_app_sessions()));
    move || {
        match (app.phase.get(), key.get(), may.get()) {
        (Phase::Starting, ..) => view! { <h1>"App session"</h1><Skeleton what="Reading the App session"/> }.into_any(),
        (_, _, false) if app.current_account().is_none() => view! { <h1>"App session"</h1><ui::SignInFirst/> }.into_any(),
        (_, _, false) => view! { <h1>"App session"</h1><ui::NoAccess/> }.into_any(),
        (_, None, _) => view! { <h1>"App session"</h1><p class="empty">"This browser does not know this App session. Use Find App sessions in this tenant on the first screen."</p> }.into_any(),
        (_, Some(_), true) => match record.get_untracked() {
            Some(SessionRecord { session: Session::App(found), tenant, person, .. }) => {
                let current = Current { account: person.key, is_customer: person.home != tenant.id, tenant, app: None };
                view! { <Details found current/> }.into_any()
            }
            _ => ().into_any(),
        },
    }
    }
}

#[component]
fn Details(found: AppSession, current: Current) -> impl IntoView {
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
    let (login, graph) = app.config_now().map(|config| (config.login, config.graph)).unwrap_or_default();
    let commands = text::commands::connect(&tenant.id, &app_id, &login, &graph);
    let expected = StoredValue::new(found.expected.clone());
    view! {
        <h1>{found.name.clone()}</h1>
        <p class="tenant-line">"In "<strong>{tenant.name.clone()}</strong>" · "{tenant.domain.clone()}</p>
        <p class="actions">
            <button type="button" class="button button--primary" on:click=move |_| {
                let id = record_id.clone();
                leptos::task::spawn_local(async move {
                    if sessions::switch(app, &id).await {
                        app.toast("This App session is in use. The page itself keeps working as you: a browser gets no app-only token.");
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
            Some(Ok(None)) => view! { <NoticeView notice=text::Notice::new("This app registration is not in the tenant any more.", "Somebody deleted it. For 30 days it can be restored from the deleted applications in Entra. Remove it from Recent sessions if it is not needed.")/> }.into_any(),
            Some(Ok(Some(found))) => {
                let link = app_sessions::consent_link(app, &current, &found);
                let drifts = expected.with_value(|expected| app_sessions::drifts(&found, expected.as_ref()));
                view! { <Status live=found link drifts/> }.into_any()
            }
        }}
        <h2>"Connect"</h2>
        <p>"A page cannot test a client secret: Microsoft refuses that from a browser. These commands do. They ask for the secret; none of them holds it."</p>
        {commands.into_iter().map(|command| {
            let text = command.text.clone();
            view! {
                <details class="command">
                    <summary>{command.tool}</summary>
                    <pre>{command.text}</pre>
                    <button type="button" class="button" on:click=move |_| app.copy(text.clone(), "Command")>"Copy command"</button>
                </details>
            }
        }).collect_view()}
    }
}

fn names(title: &'static str, permissions: &[Chosen]) -> impl IntoView + use<> {
    let names: Vec<String> =
        permissions.iter().map(|permission| format!("{} of {}", text::permissions::title(permission), permission.resource_name)).collect();
    section(title, names)
}

fn section(title: &'static str, names: Vec<String>) -> impl IntoView + use<> {
    let count = names.len();
    (count > 0).then(|| view! { <h3>{title}" ("{count}")"</h3><ul class="plain">{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul> })
}

#[component]
fn Status(live: Live, link: Option<String>, drifts: bool) -> impl IntoView {
    let app = use_app();
    let audience = match live.application.sign_in_audience.as_deref() {
        Some("AzureADMyOrg") => "This tenant only",
        Some("AzureADMultipleOrgs") => "Any tenant that consents to it",
        _ => "Work and personal accounts",
    };
    let principal = match &live.service_principal {
        Some(principal) if principal.account_enabled => "Enabled",
        Some(_) => "Disabled: it can’t sign in",
        None => "Missing: it can’t sign in",
    };
    let now = screen::now();
    let secrets = live.secrets.iter().map(|secret| {
        let ends = secret.ends().map(|end| end_of(end, now)).unwrap_or_default();
        format!("{} · {ends}", secret.display_name.clone().unwrap_or_else(|| "Client secret".into()))
    });
    let secrets: Vec<String> = secrets.collect();
    view! {
        <p role="status">{if drifts { "Something is missing. See below." } else { "Everything that was asked for is in place." }}</p>
        <dl class="facts"><dt>"Who may use it"</dt><dd>{audience}</dd><dt>"Service principal"</dt><dd>{principal}</dd></dl>
        <h2>"Permissions"</h2>
        {names("Missing", &live.comparison.missing)}
        {(!live.comparison.missing.is_empty()).then(|| match link {
            Some(link) => {
                let (text, target) = (link.clone(), link.clone());
                view! {
                    <p class="actions"><button type="button" class="button button--primary" on:click=move |_| screen::go(&target)>"Give consent now"</button></p>
                    <div class="copy-field">
                        <label><span class="label">"Consent URL"</span><input type="text" class="input input--mono" readonly prop:value=link/></label>
                        <button type="button" class="button" on:click=move |_| app.copy(text.clone(), "Consent URL")>"Copy consent URL"</button>
                    </div>
                }.into_any()
            }
            None => view! { <p class="muted">"An administrator can grant them in Entra under Enterprise applications, Permissions. The consent link works only while our consent page is among the redirect URIs of this application."</p> }.into_any(),
        })}
        {names("Granted", &live.comparison.granted)}
        {section("Extra", live.extra)}
        <h2>"Roles"</h2>
        {if live.roles.is_empty() { view! { <p class="muted">"No directory role."</p> }.into_any() } else { section("In force", live.roles).into_any() }}
        <h2>"Credentials"</h2>
        {if secrets.is_empty() { view! { <p class="muted">"No client secret."</p> }.into_any() } else { section("Client secrets", secrets).into_any() }}
    }
}

fn end_of(end: Instant, now: Instant) -> String {
    let days = end.seconds_since(now) / 86_400;
    if days < 0 {
        format!("expired on {}", screen::local(end))
    } else {
        format!("ends on {} ({})", screen::local(end), text::count(usize::try_from(days).unwrap_or_default(), "day", "days"))
    }
}
