//! Admin consent: Microsoft's link, and the hint that its redirect is (entra-docs, v2-admin-consent).

use super::cloud::Config;
use super::fault::EntraFault;
use crate::domain::ids::{AppId, TenantId};
use serde::{Deserialize, Serialize};
use url::Url;

/// Returns Microsoft's consent page for everything that an application requires, in one tenant, or, without one, in the home
/// tenant of whoever signs in there.
///
/// # Errors
/// When the sign-in origin is no URL.
pub fn link(config: &Config, tenant: Option<&TenantId>, app: &AppId, state: Option<&str>) -> Result<Url, url::ParseError> {
    let mut url = Url::parse(&format!("{}/{}/v2.0/adminconsent", config.login, tenant.map_or("organizations", TenantId::as_str)))?;
    url.query_pairs_mut()
        .append_pair("client_id", app.as_str())
        .append_pair("scope", &format!("{}/.default", config.graph))
        .append_pair("redirect_uri", &config.consent_uri());
    if let Some(state) = state {
        url.query_pairs_mut().append_pair("state", state);
    }
    Ok(url)
}

/// What a redirect from the consent page claims. Anybody can write such an address: it is a hint, never a proof.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hint {
    /// It says that somebody accepted.
    SaysAccepted {
        tenant: Option<TenantId>,
    },
    /// It says that somebody declined, or may not.
    SaysRefused(EntraFault),
    Unclear,
}

/// Reads the query of the redirect. `admin_consent=True` comes with errors too, so the error decides.
#[must_use]
pub fn read(query: &str) -> (Hint, Option<String>) {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let state = get("state").map(str::to_owned);
    if let Some(error) = get("error") {
        return (Hint::SaysRefused(EntraFault::from_redirect(error, get("error_subcode"), get("error_description"))), state);
    }
    match get("admin_consent") {
        Some(value) if value.eq_ignore_ascii_case("true") => {
            (Hint::SaysAccepted { tenant: get("tenant").and_then(TenantId::parse) }, state)
        }
        _ => (Hint::Unclear, state),
    }
}

/// What the page remembers of a consent that it sent somebody to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    pub state: String,
    /// Who asked.
    pub by: AskedBy,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AskedBy {
    Run(crate::domain::ids::RunId),
    /// Partner Access, for the page's own application in a customer's tenant.
    Customer(TenantId),
}
