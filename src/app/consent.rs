//! Consent on Microsoft's page: where it was asked for, and what the answer hints at. What is granted is for reads to tell.

use super::{App, partner, runs};
use crate::domain::blueprint::Audience;
use crate::domain::ids::{AppId, RunId, TenantId};
use crate::domain::risk;
use crate::domain::session::{Session, SessionRecord};
use crate::entra::attempt::ReturnTo;
use crate::entra::consent::{self, Asked, AskedBy, Hint};
use crate::entra::scopes::Feature;
use crate::plan::engine::Command;
use crate::plan::record::RunRecord;
use crate::platform::{crypto, page};
use crate::text;
use leptos::prelude::*;

const ASKED: &str = "latchkey.consent.";

/// Goes to Microsoft's consent page for the application of a run, and comes back to the run.
pub fn give_for_run(app: App, record: &RunRecord) {
    let id = record.id.clone();
    give(AskedBy::Run(id), |state| runs::consent_link(app, record, Some(state)));
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

/// Returns this page's own application, and the multitenant App sessions of the home tenant that have a redirect URI: other
/// tenants can't consent to a single-tenant application, and Microsoft's page needs somewhere to go back to.
#[must_use]
pub fn subjects(app: App) -> Vec<Subject> {
    let Some(config) = app.config_now() else { return Vec::new() };
    let ours = Subject {
        name: "Latchkey".into(),
        client: config.client_id.clone(),
        redirect: config.consent_uri(),
        permissions: Feature::ALL_SCOPES.iter().map(|scope| format!("{scope}: {}", text::partner::scope_words(scope))).collect(),
        is_ours: true,
    };
    let home = partner::home(app).map(|home| home.tenant.id);
    let others = app.sessions.with(|all| {
        let of = |record: &SessionRecord| {
            let Session::App(found) = &record.session else { return None };
            let asked = found.expected.as_ref()?;
            let can_be_asked = Some(&record.tenant.id) == home.as_ref() && asked.audience == Audience::MultiTenant;
            Some(Subject {
                name: found.name.clone(),
                client: found.app_id.clone(),
                redirect: asked.redirect_uris.first().filter(|_| can_be_asked)?.clone(),
                permissions: asked
                    .permissions
                    .iter()
                    .map(|permission| {
                        let (risk, reason) = risk::of(permission);
                        format!(
                            "{} ({}): {}",
                            text::permissions::full_title(permission),
                            text::permissions::risk(risk).to_lowercase(),
                            text::permissions::reason(reason)
                        )
                    })
                    .collect(),
                is_ours: false,
            })
        };
        all.iter().filter_map(of).collect::<Vec<_>>()
    });
    std::iter::once(ours).chain(others).collect()
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
            AskedBy::Run(id) => ReturnTo::Run(id),
            AskedBy::Customer(_) => ReturnTo::Partner,
        };
        page::replace_address(&super::sign_in::address_of(&to));
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
        app.notice.set(Some(crate::text::faults::entra(fault, "The tenant")));
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
