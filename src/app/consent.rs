//! Consent on Microsoft's page: where it was asked for, and what the answer hints at. What is granted is for reads to tell.

use super::{App, Current, graph, partner, runs, sessions};
use crate::domain::blueprint::Audience;
use crate::domain::ids::{AppId, RunId, TenantId};
use crate::domain::permission::Chosen;
use crate::domain::risk;
use crate::domain::route::Route;
use crate::domain::session::{AppSession, Session, SessionRecord};
use crate::entra::consent::{self, Asked, AskedBy, Hint};
use crate::entra::scopes::{Scope, Scopes};
use crate::graph::applications;
use crate::graph::ask::if_there;
use crate::plan::engine::Command;
use crate::plan::observed::to_consent;
use crate::plan::record::RunRecord;
use crate::platform::{crypto, page};
use crate::text::{self, Notice};
use leptos::prelude::*;

const ASKED: &str = "latchkey.consent.";

/// Goes to Microsoft's consent page for the application of a run, and comes back to the run.
pub fn give_for_run(app: App, record: &RunRecord) {
    let id = record.id.clone();
    give(AskedBy::Run(id), |state| runs::consent_link(app, record, Some(state)));
}

/// Reads the application of a run in its tenant: a link is offered for nothing else.
///
/// # Errors
/// What could not be read, or that the tenant says otherwise.
pub async fn is_there(app: App, record: &RunRecord) -> Result<(), Notice> {
    let name = &record.tenant.name;
    let other = text::consent::not_as_the_run_says;
    let (Some(app_id), Some(id)) = (&record.facts.app_id, &record.facts.application) else { return Err(other()) };
    let (account, scopes) = (&record.person.key, Scopes::LOOK);
    let bound = graph::bind(app, account, &record.tenant.id, scopes).await;
    let client = bound.map_err(|trouble| sessions::explain(&trouble, name, record.tenant.id == record.person.home))?;
    let found = if_there(graph::ask(app, account, &client, scopes, applications::by_app_id(app_id)).await);
    match found.map_err(graph::unread(text::faults::Read::AppSession))? {
        Some(found) if found.id == *id && found.app_id == *app_id && found.is_tagged() => Ok(()),
        Some(_) | None => Err(other()),
    }
}

/// Goes to Microsoft's consent page for this page's own application in a customer's tenant, and comes back to Partner Access.
pub fn give_for_customer(app: App, tenant: &TenantId) {
    give(AskedBy::Customer(tenant.clone()), |state| own_link(app, Some(tenant), Some(state)));
}

/// An application for which customers can be asked.
#[derive(Clone, PartialEq, Debug)]
pub struct Subject {
    pub name: String,
    pub client: AppId,
    /// A redirect URI that it really has.
    pub redirect: String,
    /// In words, with risk.
    pub permissions: Vec<String>,
    /// Roles of which one is enough to consent to them.
    pub who: String,
    pub is_ours: bool,
}

impl Subject {
    /// Returns Microsoft's consent link: for one tenant, or for whoever opens it.
    #[must_use]
    pub fn link(&self, app: App, tenant: Option<&TenantId>) -> String {
        let link = app.config_now().and_then(|config| consent::link_back_to(&config, tenant, &self.client, &self.redirect, None).ok());
        link.map(|url| url.to_string()).unwrap_or_default()
    }
}

/// Returns this page's own application.
#[must_use]
pub fn own_subject(app: App) -> Option<Subject> {
    let config = app.config_now()?;
    Some(Subject {
        name: "Latchkey".into(),
        client: config.client_id.clone(),
        redirect: config.consent_uri(),
        permissions: Scope::ALL.iter().map(|scope| format!("{}: {}", scope.name(), text::partner::scope_words(*scope))).collect(),
        // All of them are delegated.
        who: text::roles_to_consent(to_consent(&[])),
        is_ours: true,
    })
}

/// Returns the multitenant App sessions of the home tenant that have a redirect URI, as far as the tenant has them as this browser knows
/// them: other tenants can't consent to a single-tenant application, and Microsoft's page needs somewhere to go back to.
pub async fn other_subjects(app: App, home: &Current) -> Vec<Subject> {
    let known: Vec<AppSession> = app.sessions.with_untracked(|all| {
        let of = |record: &SessionRecord| match &record.session {
            Session::App(found) if record.origin.is_here() && record.tenant.id == home.tenant.id => Some(found.clone()),
            _ => None,
        };
        all.iter().filter_map(of).filter(|found| subject_of(found).is_some()).collect()
    });
    if known.is_empty() {
        return Vec::new();
    }
    let Ok(client) = graph::bind(app, &home.account, &home.tenant.id, Scopes::LOOK).await else { return Vec::new() };
    let asked: Vec<_> = known.iter().map(|found| applications::by_app_id(&found.app_id)).collect();
    let replies = graph::ask(app, &home.account, &client, Scopes::LOOK, asked).await;
    let subjects = known.iter().zip(replies).filter_map(|(found, reply)| {
        let (live, expected) = (reply.ok()?, found.expected.as_ref()?);
        subject_of(found).filter(|subject| live.is_asked_for(found, expected, &subject.redirect))
    });
    subjects.collect()
}

fn subject_of(found: &AppSession) -> Option<Subject> {
    let asked = found.expected.as_ref().filter(|asked| asked.audience == Audience::MultiTenant)?;
    let words = |permission: &Chosen| {
        let (risk, reason) = risk::of(permission);
        format!(
            "{} ({}): {}",
            text::permissions::full_title(permission),
            text::permissions::risk(risk).to_lowercase(),
            text::permissions::reason(reason)
        )
    };
    Some(Subject {
        name: found.name.clone(),
        client: found.app_id.clone(),
        redirect: asked.redirect_uris.first()?.clone(),
        permissions: asked.permissions.iter().map(words).collect(),
        who: text::roles_to_consent(to_consent(&asked.permissions)),
        is_ours: false,
    })
}

/// Returns the consent link of this page's own application: for one tenant, or for whoever opens it.
#[must_use]
pub fn own_link(app: App, tenant: Option<&TenantId>, state: Option<&str>) -> Option<String> {
    let config = app.config_now()?;
    consent::link(&config, tenant, &config.client_id, state).ok().map(|url| url.to_string())
}

/// Returns the address at which this page explains what it asks for.
#[must_use]
pub fn landing_link(app: App, tenant: Option<&TenantId>, asker: &str) -> String {
    app.config_now().map(|config| consent::landing_link(&config, tenant, asker)).unwrap_or_default()
}

fn give(by: AskedBy, link: impl FnOnce(&str) -> Option<String>) {
    let Some(state) = crypto::new_run_id().map(|id| id.to_string()) else { return };
    let Some(link) = link(&state) else { return };
    let asked = Asked { state: state.clone(), by };
    let Ok(text) = serde_json::to_string(&asked) else { return };
    page::keep_in_tab(&format!("{ASKED}{state}"), &text);
    page::go(&link);
}

/// Returns what a consent was asked for, by the answer of the consent page.
fn asked_for(query: &str) -> (Hint, Option<Asked>) {
    let (hint, state) = consent::read(query);
    let asked = state.and_then(|state| page::kept_in_tab(&format!("{ASKED}{state}"))).and_then(|text| serde_json::from_str(&text).ok());
    (hint, asked)
}

/// Puts the address of whoever asked for consent into the bar. Before the router reads it.
pub fn go_back(query: &str) {
    if let (_, Some(asked)) = asked_for(query) {
        let to = match asked.by {
            AskedBy::Run(id) => Route::Run(id),
            AskedBy::Customer(_) => Route::Partner,
        };
        page::replace_address(&to.path());
    }
}

/// The answer of the consent page: a hint. Where it belongs to something of this tab, that reads what is really there.
pub fn returned(app: App, query: &str) {
    let (hint, asked) = asked_for(query);
    let Some(asked) = asked else {
        app.consent_answer.set(Some(hint));
        return;
    };
    let _ = page::take_from_tab(&format!("{ASKED}{}", asked.state));
    let refused = matches!(hint, Hint::SaysRefused(_));
    if let Hint::SaysRefused(fault) = &hint {
        app.notice.set(Some(crate::text::faults::consent_page(fault)));
    }
    match asked.by {
        AskedBy::Run(id) => leptos::task::spawn_local(go_on(app, id, !refused)),
        AskedBy::Customer(tenant) if !refused => partner::consent_was_given(app, tenant),
        AskedBy::Customer(_) => {}
    }
}

async fn go_on(app: App, id: RunId, is_hopeful: bool) {
    runs::resume(app, id.clone()).await;
    if is_hopeful {
        runs::choose(app, &id, Command::AwaitConsent);
    }
}
