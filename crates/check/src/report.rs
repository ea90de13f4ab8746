//! The head of a report: what may be said of where a check was made. The tenant is a hash; no name, domain or id is in it.

use super::{Finding, Standing};
use domain::ids::TenantId;
use domain::time::Instant;
use entra::cloud::Cloud;
use sha2::{Digest, Sha256};

/// Before the id of a tenant, so that the hash is of no use elsewhere.
const PREFIX: &str = "latchkey/check/1/";

/// Where a check was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    pub version: &'static str,
    pub cloud: &'static str,
    /// The day, of UTC.
    pub date: String,
    pub engine: String,
    pub tenant: String,
    /// Whether the account is at home there.
    pub at_home: bool,
}

impl Head {
    #[must_use]
    pub fn new(cloud: Cloud, now: Instant, user_agent: &str, tenant: &TenantId, at_home: bool) -> Self {
        let date = now.to_iso().chars().take(10).collect();
        Self { version: env!("CARGO_PKG_VERSION"), cloud: cloud.name(), date, engine: engine(user_agent), tenant: hash(tenant), at_home }
    }
}

/// Returns twelve digits that tell the reports of one tenant from those of others.
#[must_use]
pub fn hash(tenant: &TenantId) -> String {
    Sha256::digest(format!("{PREFIX}{tenant}")).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the engine of a browser with its main version: nothing else of its name.
#[must_use]
pub fn engine(user_agent: &str) -> String {
    let version = |mark: &str| {
        let rest = user_agent.split(mark).nth(1)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    let engines = [("Firefox/", "Gecko"), ("Chrome/", "Chromium"), ("AppleWebKit/", "WebKit")];
    let found = engines.iter().find_map(|(mark, name)| Some(format!("{name} {}", version(mark)?)));
    found.unwrap_or_else(|| "another engine".into())
}

/// How many points stand how.
#[must_use]
pub fn count(table: &[Finding], standing: Standing) -> usize {
    table.iter().filter(|finding| finding.standing == standing).count()
}
