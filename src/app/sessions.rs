//! Recent sessions: open, switch, favourite, remove, and find App sessions in a tenant.

use super::graph::Trouble;
use super::vault::TokenTrouble;
use super::{App, Current, graph, storage};
use crate::domain::ids::{AccountKey, AppId, Tenant, TenantId};
use crate::domain::on_premises::OnPremises;
use crate::domain::session::{AppSession, CheckedStatus, KnownCredential, Person, Session, SessionRecord};
use crate::domain::time::Instant;
use crate::entra::scopes::Feature;
use crate::graph::applications::{self, Application};
use crate::plan::record::Was;
use crate::platform::{clock, page};
use crate::store::{Shelf, Store};
use crate::text::{Notice, faults};
use leptos::prelude::*;

const CURRENT: &str = "latchkey.current";

/// Reads what is stored, and goes on in the session that this tab was in.
pub async fn load(app: App) {
    let mut records: Vec<SessionRecord> =
        app.store().all(Shelf::Sessions).await.unwrap_or_default().iter().filter_map(|json| serde_json::from_str(json).ok()).collect();
    sort(&mut records);
    note_known(records.len());
    app.sessions.set(records);
    let kept = page::kept_in_tab(CURRENT);
    let record = app.sessions.with_untracked(|all| {
        let of_tab = kept.and_then(|id| all.iter().find(|record| record.id == id).cloned());
        let reachable = |record: &&SessionRecord| {
            !matches!(record.session, Session::App(_) | Session::Account(_))
                && app.accounts.with_untracked(|accounts| accounts.iter().any(|a| a.person.key == record.person.key))
        };
        of_tab.or_else(|| all.iter().find(reachable).cloned())
    });
    let signed_in = |record: &SessionRecord| {
        app.accounts.with_untracked(|accounts| accounts.iter().any(|account| account.person.key == record.person.key))
    };
    if let Some(record) = record.filter(signed_in) {
        use_record(app, &record);
    }
}

/// Tells boot.js whether there is something to show at once.
fn note_known(sessions: usize) {
    page::choose("latchkey.known", sessions > 0);
}

fn sort(records: &mut [SessionRecord]) {
    records.sort_by_key(|record| std::cmp::Reverse((record.favourite, record.last_used)));
}

fn use_record(app: App, record: &SessionRecord) {
    let in_use = match &record.session {
        Session::App(app) => Some(app.name.clone()),
        _ => None,
    };
    let current = Current {
        account: record.person.key.clone(),
        tenant: record.tenant.clone(),
        is_customer: record.person.home != record.tenant.id,
        app: in_use,
    };
    app.current.set(Some(current));
    remember_current(Some(&record.id));
}

/// Remembers the session of this tab over a reload.
pub fn remember_current(id: Option<&str>) {
    match id {
        Some(id) => {
            page::keep_in_tab(CURRENT, id);
        }
        None => {
            let _ = page::take_from_tab(CURRENT);
        }
    }
}

/// Stores a record and puts it into its place in the list.
pub async fn keep(app: App, record: SessionRecord) {
    if let Ok(json) = serde_json::to_string(&record) {
        let _ = storage::put(app, Shelf::Sessions, &record.id, &json).await;
    }
    note_known(1);
    app.sessions.update(|records| {
        records.retain(|known| known.id != record.id);
        records.push(record);
        sort(records);
    });
}

/// Opens a session of an account in a tenant: proves that both agree, records it, and uses it in this tab.
///
/// # Errors
/// What keeps the tenant from being worked in.
pub async fn enter(app: App, account: &AccountKey, tenant: &TenantId, is_customer: bool) -> Result<(), Trouble> {
    let client = graph::bind(app, account, tenant, Feature::SignIn).await?;
    let known = app.accounts.with_untracked(|accounts| accounts.iter().find(|known| known.person.key == *account).cloned());
    let known = known.ok_or(Trouble::Token(TokenTrouble::SignedOut))?;
    let id = SessionRecord::id_of(account, tenant, None);
    let favourite = app.sessions.with_untracked(|all| all.iter().any(|record| record.id == id && record.favourite));
    let record = SessionRecord {
        id,
        person: known.person,
        tenant: client.tenant().clone(),
        session: if is_customer { Session::Customer } else { Session::User },
        favourite,
        last_used: clock::now(),
        signed_in_until: Some(known.signed_in_until),
        status: None,
    };
    use_record(app, &record);
    keep(app, record).await;
    Ok(())
}

/// Opens a session, or tells why not.
pub async fn open(app: App, account: &AccountKey, tenant: &TenantId, is_customer: bool) -> bool {
    let Err(trouble) = enter(app, account, tenant, is_customer).await else { return true };
    let name =
        app.sessions.with_untracked(|all| all.iter().find(|record| record.tenant.id == *tenant).map(|record| record.tenant.name.clone()));
    app.notice.set(Some(explain(&trouble, name.as_deref().unwrap_or("The tenant"))));
    false
}

/// Returns what keeps a tenant from being worked in, in words.
#[must_use]
pub fn explain(trouble: &Trouble, tenant: &str) -> Notice {
    match trouble {
        Trouble::Token(TokenTrouble::Fault(fault)) => faults::token(fault, tenant),
        Trouble::Token(TokenTrouble::NoAnswer) => faults::no_answer(),
        Trouble::Token(TokenTrouble::SignedOut) => Notice::new("You are not signed in with this account any more.", "Sign in again."),
        Trouble::Token(TokenTrouble::Missing(scopes)) => Notice::new(
            format!("{tenant} has not consented to all that this page needs here."),
            "Go on to Microsoft’s page and accept, or ask an administrator of that tenant to.",
        )
        .with("Missing", Some(scopes.join(", "))),
        Trouble::Directory(fault) | Trouble::Busy(fault, _) => faults::reading(fault, "Reading the tenant"),
        Trouble::WrongTenant(detail) => {
            Notice::new("The token and the directory name different tenants, so nothing was done.", "Sign in again.")
                .with("Detail", Some(detail.clone()))
        }
    }
}

/// Uses a session of the list in this tab. Returns whether it is ready; else a notice says why.
pub async fn switch(app: App, id: &str) -> bool {
    let Some(record) = app.sessions.with_untracked(|all| all.iter().find(|record| record.id == id).cloned()) else { return false };
    let signed_in = app.accounts.with_untracked(|accounts| accounts.iter().any(|account| account.person.key == record.person.key));
    if !signed_in {
        super::sign_in::step_up(app, &record.person.key, &record.person.home, Feature::SignIn, crate::entra::attempt::ReturnTo::Home, None);
        return false;
    }
    if matches!(record.session, Session::App(_)) {
        let mut record = record;
        record.last_used = clock::now();
        use_record(app, &record);
        keep(app, record).await;
        return true;
    }
    open(app, &record.person.key, &record.tenant.id, record.person.home != record.tenant.id).await
}

pub async fn set_favourite(app: App, id: String, favourite: bool) {
    let record = app.sessions.with_untracked(|all| all.iter().find(|record| record.id == id).cloned());
    if let Some(record) = record {
        keep(app, SessionRecord { favourite, ..record }).await;
    }
}

/// Takes a session out of the list. Nothing in the tenant changes. Returns it, for undo.
pub async fn remove(app: App, id: &str) -> Option<SessionRecord> {
    let record = app.sessions.with_untracked(|all| all.iter().find(|record| record.id == id).cloned())?;
    let _ = app.store().delete(Shelf::Sessions, id).await;
    app.sessions.update(|all| all.retain(|known| known.id != record.id));
    note_known(app.sessions.with_untracked(Vec::len));
    Some(record)
}

/// Returns the record of an App session, new or known, without storing it.
#[must_use]
pub fn app_record(app: App, person: &Person, tenant: &Tenant, found: AppSession) -> SessionRecord {
    let id = SessionRecord::id_of(&person.key, &tenant.id, Some(&found.app_id));
    let known = app.sessions.with_untracked(|all| all.iter().find(|record| record.id == id).cloned());
    let (favourite, status) = known.map(|known| (known.favourite, known.status)).unwrap_or_default();
    SessionRecord {
        id,
        person: person.clone(),
        tenant: tenant.clone(),
        session: Session::App(found),
        favourite,
        last_used: clock::now(),
        signed_in_until: None,
        status,
    }
}

fn app_record_of(app: App, app_id: &AppId) -> Option<SessionRecord> {
    let is_it = |record: &&SessionRecord| matches!(&record.session, Session::App(found) if found.app_id == *app_id);
    app.sessions.with_untracked(|all| all.iter().find(is_it).cloned())
}

/// Returns what this browser knows of an application.
#[must_use]
pub fn known_app(app: App, app_id: &AppId) -> Option<AppSession> {
    match app_record_of(app, app_id)?.session {
        Session::App(known) => Some(known),
        _ => None,
    }
}

/// Adds every application of the current tenant that carries our tag. Returns how many there are.
///
/// # Errors
/// Why they could not be read.
pub async fn find_app_sessions(app: App) -> Result<usize, Notice> {
    let current = app.current.get_untracked().ok_or_else(|| Notice::new("You are not signed in.", "Sign in first."))?;
    let client = graph::bind(app, &current.account, &current.tenant.id, Feature::AppSessions)
        .await
        .map_err(|trouble| explain(&trouble, &current.tenant.name))?;
    let mut found: Vec<Application> = Vec::new();
    let read = graph::pages(app, &current.account, &client, Feature::AppSessions, applications::tagged(), |items| {
        found.extend(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()));
        true
    });
    read.await.map_err(|fault| faults::reading(&fault, "Looking for App sessions"))?;
    let person = app.current_account().map(|account| account.person);
    let person = person.ok_or_else(|| Notice::new("You are not signed in any more.", "Sign in again."))?;
    for application in &found {
        let known = known_app(app, &application.app_id);
        let session = AppSession {
            name: application.display_name.clone(),
            app_id: application.app_id.clone(),
            object_id: application.id.clone(),
            service_principal: known.as_ref().and_then(|known| known.service_principal.clone()),
            run: known.as_ref().and_then(|known| known.run.clone()),
            credential_ends: last_of(&application.credentials()),
            credentials: application.credentials(),
            on_premises: known.as_ref().and_then(|known| known.on_premises.clone()),
            expected: known.and_then(|known| known.expected),
        };
        keep(app, app_record(app, &person, client.tenant(), session)).await;
    }
    Ok(found.len())
}

fn last_of(credentials: &[KnownCredential]) -> Option<Instant> {
    credentials.iter().map(|credential| credential.ends).max()
}

/// Changes what is kept of an App session.
async fn change_app(app: App, app_id: &AppId, change: impl FnOnce(&mut AppSession)) {
    let Some(mut record) = app_record_of(app, app_id) else { return };
    if let Session::App(found) = &mut record.session {
        change(found);
    }
    keep(app, record).await;
}

/// Notes the credentials that an application has now.
pub async fn note_credentials(app: App, app_id: &AppId, application: &Application) {
    let credentials = application.credentials();
    change_app(app, app_id, |found| {
        found.credential_ends = last_of(&credentials);
        found.credentials = credentials;
    })
    .await;
}

/// Puts back what was expected of an App session before a run that was undone.
pub async fn put_back(app: App, app_id: &AppId, was: &Was) {
    change_app(app, app_id, |found| {
        found.name.clone_from(&was.name);
        found.expected.clone_from(&was.expected);
    })
    .await;
}

/// Keeps the on-premises settings of an App session.
pub async fn set_on_premises(app: App, app_id: &AppId, settings: OnPremises) {
    change_app(app, app_id, |found| found.on_premises = Some(settings)).await;
}

/// Notes what a check of an App session found.
pub async fn note_check(app: App, app_id: &AppId, tenant: &TenantId, missing_permissions: usize, gone: bool) {
    let record = app.sessions.with_untracked(|all| {
        all.iter()
            .find(|record| record.tenant.id == *tenant && matches!(&record.session, Session::App(found) if found.app_id == *app_id))
            .cloned()
    });
    if let Some(record) = record {
        let status = Some(CheckedStatus { at: clock::now(), missing_permissions, gone });
        keep(app, SessionRecord { status, ..record }).await;
    }
}
