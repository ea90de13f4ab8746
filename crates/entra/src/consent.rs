//! Admin consent: Microsoft's link, and the hint that its redirect is (entra-docs, v2-admin-consent).

use super::cloud::Config;
use super::fault::EntraFault;
use domain::ids::{AppId, TenantId};
use serde::{Deserialize, Serialize};
use url::Url;

/// Returns Microsoft's consent page for everything that an application requires, in one tenant, or, without one, in the home
/// tenant of whoever signs in there.
///
/// # Errors
/// When the sign-in origin is no URL.
pub fn link(config: &Config, tenant: Option<&TenantId>, app: &AppId, state: Option<&str>) -> Result<Url, url::ParseError> {
    link_back_to(config, tenant, app, &config.consent_uri(), state)
}

/// The same with a redirect URI that the application really has.
///
/// # Errors
/// When the sign-in origin is no URL.
pub fn link_back_to(
    config: &Config,
    tenant: Option<&TenantId>,
    app: &AppId,
    redirect: &str,
    state: Option<&str>,
) -> Result<Url, url::ParseError> {
    let mut url = Url::parse(&format!("{}/{}/v2.0/adminconsent", config.login, tenant.map_or("organizations", TenantId::as_str)))?;
    url.query_pairs_mut()
        .append_pair("client_id", app.as_str())
        .append_pair("scope", &format!("{}/.default", config.graph))
        .append_pair("redirect_uri", redirect);
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
        /// The `tenant` parameter; `None` when it is missing or no GUID.
        tenant: Option<TenantId>,
    },
    /// It says that somebody declined, or may not.
    SaysRefused(EntraFault),
    /// It says neither, or is longer than [`LONGEST_ANSWER`](super::LONGEST_ANSWER).
    Unclear,
}

/// Reads the query of the redirect. `admin_consent=True` comes with errors too, so the error decides.
#[must_use]
pub fn read(query: &str) -> (Hint, Option<String>) {
    if query.len() > super::LONGEST_ANSWER {
        return (Hint::Unclear, None);
    }
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

/// What a link to our own landing page says. Anybody can write one: it is shown as what the link says, and chooses nothing but
/// whose consent page is opened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Landing {
    /// The tenant to consent in; `None` when the link names none, or no GUID: then the home tenant of whoever signs in.
    pub tenant: Option<TenantId>,
    /// Who asks, in the words of the link: at most 120 characters, hidden ones left out. `None` when it names nobody.
    pub asker: Option<String>,
    /// The link speaks of another application than ours, of which this page knows nothing.
    pub is_other_app: bool,
}

/// The longest name of an asker that is shown, in characters.
const LONGEST_ASKER: usize = 120;

/// Returns the address of the landing page for a tenant and an asker.
#[must_use]
pub fn landing_link(config: &Config, tenant: Option<&TenantId>, asker: &str) -> String {
    let mut fragment = url::form_urlencoded::Serializer::new(String::new());
    fragment.append_pair("client", config.client_id.as_str()).append_pair("asker", asker);
    if let Some(tenant) = tenant {
        fragment.append_pair("tenant", tenant.as_str());
    }
    format!("{}#{}", config.consent_uri(), fragment.finish())
}

/// Reads the fragment of the landing page.
#[must_use]
pub fn read_landing(fragment: &str, own: &AppId) -> Landing {
    if fragment.len() > super::LONGEST_ANSWER {
        return Landing::default();
    }
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(fragment.trim_start_matches('#').as_bytes()).into_owned().collect();
    let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let shown =
        |text: &str| text.chars().filter(|c| !c.is_control() && !domain::name::is_hidden(*c)).take(LONGEST_ASKER).collect::<String>();
    Landing {
        tenant: get("tenant").and_then(TenantId::parse),
        asker: get("asker").map(shown).filter(|asker| !asker.trim().is_empty()),
        is_other_app: get("client").is_some_and(|client| AppId::parse(client).as_ref() != Some(own)),
    }
}

/// What the page remembers of a consent that it sent somebody to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The `state` of the consent link, a random GUID: this is kept in the tab under it, until the redirect repeats it.
    pub state: String,
    /// Who asked.
    pub by: AskedBy,
}

/// For what somebody was sent to the consent page: it decides where the page goes on, and what it reads.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AskedBy {
    /// A run whose application needs consent: the run goes on.
    Run(domain::ids::RunId),
    /// Partner Access, for the page's own application in a customer's tenant.
    Customer(TenantId),
}
