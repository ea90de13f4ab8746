//! Consent on Microsoft's page: where it was asked for, and what the answer hints at. What is granted is for reads to tell.

use super::{App, partner, runs};
use crate::domain::ids::{RunId, TenantId};
use crate::entra::attempt::ReturnTo;
use crate::entra::consent::{self, Asked, AskedBy, Hint};
use crate::plan::engine::Command;
use crate::plan::record::RunRecord;
use crate::platform::{crypto, page};
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
