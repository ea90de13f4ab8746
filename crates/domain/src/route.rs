//! The screens of the page and their addresses. A closed list, so that no address from outside can choose anything else.

use super::blueprint::Kind;
use super::ids::{AppId, RunId};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Route {
    /// Recent sessions.
    Home,
    /// Where Microsoft's consent page leads back to.
    Consent,
    New,
    Wizard(Kind),
    Import,
    Partner,
    Rollout,
    Consents,
    Access,
    History,
    Settings,
    Check,
    Run(RunId),
    App(AppId),
}

impl Route {
    /// The screens without an id of their own.
    const PLAIN: [Self; 14] = [
        Self::Home,
        Self::Consent,
        Self::New,
        Self::Wizard(Kind::AppSession),
        Self::Wizard(Kind::ConnectionAccount),
        Self::Wizard(Kind::CalendarSync),
        Self::Import,
        Self::Partner,
        Self::Rollout,
        Self::Consents,
        Self::Access,
        Self::History,
        Self::Settings,
        Self::Check,
    ];

    /// Returns the screen at a path; `None` where there is none.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let of_id = || {
            let run = path.strip_prefix("/app/run/").and_then(RunId::parse).map(Self::Run);
            run.or_else(|| path.strip_prefix("/app/apps/").and_then(AppId::parse).map(Self::App))
        };
        // An answer that came back from a sign-in was taken out of the address.
        if path == "/auth" {
            return Some(Self::Home);
        }
        Self::PLAIN.into_iter().find(|screen| screen.path() == path).or_else(of_id)
    }

    /// Returns the path of the screen.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Home => "/".into(),
            Self::Consent => "/consent".into(),
            Self::New => "/app/new".into(),
            Self::Wizard(Kind::AppSession) => "/app/new/app-session".into(),
            Self::Wizard(Kind::ConnectionAccount) => "/app/new/connection-account".into(),
            Self::Wizard(Kind::CalendarSync) => "/app/new/calendar-sync".into(),
            Self::Import => "/app/new/import".into(),
            Self::Partner => "/app/partner".into(),
            Self::Rollout => "/app/rollout".into(),
            Self::Consents => "/app/consents".into(),
            Self::Access => "/app/access".into(),
            Self::History => "/app/history".into(),
            Self::Settings => "/app/settings".into(),
            Self::Check => "/app/check".into(),
            Self::Run(run) => format!("/app/run/{run}"),
            Self::App(app) => format!("/app/apps/{app}"),
        }
    }
}
