//! Recent sessions: open, switch, favourite, remove, and find App sessions in a tenant.

use super::graph::Trouble;
use super::vault::TokenTrouble;
use super::{App, Current, graph, storage, tab};
use crate::domain::ids::{AccountKey, AppId, ObjectId, Tenant, TenantId};
use crate::domain::on_premises::OnPremises;
use crate::domain::origin::Origin;
use crate::domain::session::{AppSession, CheckedStatus, KnownCredential, Person, Session, SessionRecord};
use crate::domain::time::Instant;
use crate::entra::scopes::Scopes;
use crate::graph::applications::{self, Application};
use crate::plan::record::Was;
use crate::platform::{clock, page};
use crate::store::{Shelf, Store};
use crate::text::{Notice, faults};
use leptos::prelude::*;

/// Reads what is stored, and goes on in the session that this tab was in.
pub async fn load(app: App) {
    let mut records: Vec<SessionRecord> =
        app.store().all(Shelf::Sessions).await.unwrap_or_default().iter().filter_map(|json| serde_json::from_str(json).ok()).collect();
    sort(&mut records);
    note_known(records.len());
    app.sessions.set(records);
    let of_tab = of_tab(app);
    let record = app.sessions.with_untracked(|all| {
        let reachable = |record: &&SessionRecord| {
            record.origin.is_here()
                && !matches!(record.session, Session::App(_) | Session::Account(_))
                && app.accounts.with_untracked(|accounts| accounts.iter().any(|a| a.person.key == record.person.key))
        };
        of_tab.or_else(|| all.iter().find(reachable).cloned())
    });
    let signed_in = |record: &SessionRecord| {
        app.accounts.with_untracked(|accounts| accounts.iter().any(|account| account.person.key == record.person.key))
    };
    if let Some(record) = record.filter(|record| record.origin.is_here() && signed_in(record)) {
        use_record(app, &record);
    }
}

/// Returns the session that this tab is in, or was when everybody in it was signed out.
#[must_use]
pub fn of_tab(app: App) -> Option<SessionRecord> {
    let id = tab::session()?;
    app.sessions.with_untracked(|all| all.iter().find(|record| record.id == id).cloned())
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
    tab::remember_session(&record.id);
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
    let client = graph::bind(app, account, tenant, Scopes::SIGN_IN).await?;
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
        origin: Origin::Here,
    };
    // Whoever leaves as soon as the banner names the session finds it again.
    keep(app, record.clone()).await;
    use_record(app, &record);
    Ok(())
}

/// Opens a session, or tells why not.
pub async fn open(app: App, account: &AccountKey, tenant: &TenantId, is_customer: bool) -> bool {
    let Err(trouble) = enter(app, account, tenant, is_customer).await else { return true };
    let name =
        app.sessions.with_untracked(|all| all.iter().find(|record| record.tenant.id == *tenant).map(|record| record.tenant.name.clone()));
    app.notice.set(Some(explain(&trouble, name.as_deref().unwrap_or(faults::THE_TENANT), !is_customer)));
    false
}

/// Returns what keeps a tenant from being worked in, in words, with the buttons that lead out of it.
#[must_use]
pub fn explain(trouble: &Trouble, tenant: &str, at_home: bool) -> Notice {
    match trouble {
        Trouble::Token(TokenTrouble::Fault(fault)) => faults::token(fault, tenant, at_home),
        Trouble::Token(TokenTrouble::NoAnswer) => faults::no_answer(),
        Trouble::Token(TokenTrouble::SignedOut) => faults::signed_out(),
        Trouble::Token(TokenTrouble::Missing(scopes)) => faults::consent_missing(tenant, &scopes.join(", ")),
        Trouble::Directory(fault) | Trouble::Busy(fault, _) => faults::reading(fault, faults::Read::Tenant),
        Trouble::WrongTenant(detail) => faults::wrong_tenant(detail),
    }
}

/// The same for a session.
#[must_use]
pub fn explain_in(trouble: &Trouble, current: &Current) -> Notice {
    explain(trouble, &current.tenant.name, !current.is_customer)
}

/// Uses a session of the list in this tab. Returns whether its page can be opened; else a notice says why.
pub async fn switch(app: App, id: &str) -> bool {
    let Some(record) = app.sessions.with_untracked(|all| all.iter().find(|record| record.id == id).cloned()) else { return false };
    // What came in a file is not used before its page has read the tenant.
    if matches!(record.session, Session::App(_)) && !record.origin.is_here() {
        return true;
    }
    let is_it = |account: &&super::Account| account.person.key == record.person.key;
    let Some(person) = app.accounts.with_untracked(|accounts| accounts.iter().find(is_it).map(|account| account.person.clone())) else {
        if record.origin.is_here() {
            super::sign_in::step_up(app, &record.person.key, &record.person.home, Scopes::SIGN_IN);
        } else {
            super::sign_in::begin_here(app);
        }
        return false;
    };
    if matches!(record.session, Session::App(_)) {
        let mut record = record;
        record.last_used = clock::now();
        keep(app, record.clone()).await;
        use_record(app, &record);
        return true;
    }
    open(app, &person.key, &record.tenant.id, person.home != record.tenant.id).await
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

/// Takes a session out of the list, to be put back with [`put_back_removed`]. Returns whether it was there.
pub async fn take_out(app: App, id: &str) -> bool {
    let record = remove(app, id).await;
    let was_there = record.is_some();
    if was_there {
        app.removed.set(record);
    }
    was_there
}

/// Puts the session back that was taken out last.
pub async fn put_back_removed(app: App) {
    if let Some(record) = app.removed.get_untracked() {
        app.removed.set(None);
        keep(app, record).await;
    }
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
        origin: Origin::Here,
    }
}

fn app_record_of(app: App, app_id: &AppId) -> Option<SessionRecord> {
    let is_it =
        |record: &&SessionRecord| record.origin.is_here() && matches!(&record.session, Session::App(found) if found.app_id == *app_id);
    app.sessions.with_untracked(|all| all.iter().find(is_it).cloned())
}

/// Returns what this browser itself knows of an application.
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
    let current = app.current.get_untracked().ok_or_else(crate::text::sign_in::not_signed_in)?;
    let client =
        graph::bind(app, &current.account, &current.tenant.id, Scopes::LOOK).await.map_err(|trouble| explain_in(&trouble, &current))?;
    let mut found: Vec<Application> = Vec::new();
    let read = graph::pages(app, &current.account, &client, Scopes::LOOK, applications::tagged(), |items| {
        found.extend(items);
        true
    });
    read.await.map_err(|fault| faults::reading(&fault, faults::Read::AppSessions))?;
    let person = app.current_account().map(|account| account.person);
    let person = person.ok_or_else(crate::text::sign_in::signed_out_meanwhile)?;
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

/// Keeps an App session as the tenant has it, in the place of a record that came in a file.
pub async fn adopt(app: App, person: &Person, tenant: &Tenant, application: &Application, service_principal: Option<ObjectId>) {
    let credentials = application.credentials();
    let found = AppSession {
        name: application.display_name.clone(),
        app_id: application.app_id.clone(),
        object_id: application.id.clone(),
        service_principal,
        run: None,
        credential_ends: last_of(&credentials),
        expected: None,
        credentials,
        on_premises: None,
    };
    keep(app, app_record(app, person, tenant, found)).await;
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
    if let Some(record) = app_record_of(app, app_id).filter(|record| record.tenant.id == *tenant) {
        let status = Some(CheckedStatus { at: clock::now(), missing_permissions, gone });
        keep(app, SessionRecord { status, ..record }).await;
    }
}
