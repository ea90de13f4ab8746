//! The clouds of Microsoft 365, and the configuration that comes with a build.

use crate::domain::ids::AppId;
use serde::Deserialize;
use url::Url;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    Global,
    Usgov,
    UsgovDod,
    China,
    Emulator,
}

impl Cloud {
    /// Returns the origins for sign-in and for Graph (entra-docs, authentication-national-cloud). `None` for the emulator, whose origins are configured.
    #[must_use]
    pub fn origins(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Global => Some(("https://login.microsoftonline.com", "https://graph.microsoft.com")),
            Self::Usgov => Some(("https://login.microsoftonline.us", "https://graph.microsoft.us")),
            Self::UsgovDod => Some(("https://login.microsoftonline.us", "https://dod-graph.microsoft.us")),
            Self::China => Some(("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn")),
            Self::Emulator => None,
        }
    }

    /// Returns the address of the portal where people activate their roles (entra-docs, authentication-national-cloud).
    #[must_use]
    pub fn portal(self) -> &'static str {
        match self {
            Self::Global | Self::Emulator => "https://entra.microsoft.com",
            Self::Usgov | Self::UsgovDod => "https://portal.azure.us",
            Self::China => "https://portal.azure.cn",
        }
    }

    /// Reads the name that the build wrote into the page.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "global" => Self::Global,
            "usgov" => Self::Usgov,
            "usgov-dod" => Self::UsgovDod,
            "china" => Self::China,
            "emulator" => Self::Emulator,
            _ => return None,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    cloud: Cloud,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    redirect_origin: String,
    #[serde(default)]
    login_origin: String,
    #[serde(default)]
    graph_origin: String,
    #[serde(default)]
    relay: bool,
}

/// Where the page signs in, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    pub cloud: Cloud,
    pub client_id: AppId,
    /// The page's own origin; redirect URIs are `<origin>/auth` and `<origin>/consent`.
    pub origin: String,
    pub login: String,
    pub graph: String,
    /// Whether the host relays client assertions to the token endpoint, at `<origin>/relay/{tenant}`.
    pub relay: bool,
}

/// Why sign-in is off.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConfigFault {
    #[error("config.json is not readable: {0}")]
    Unreadable(String),
    #[error("config.json is for another cloud than this build")]
    OtherCloud,
    #[error("config.json has no client id")]
    NoClientId,
    #[error("config.json names the origin {expected}, but the page is at {actual}")]
    OtherOrigin { expected: String, actual: String },
    #[error("the emulator is accepted on this computer only")]
    EmulatorElsewhere,
}

impl Config {
    /// Reads config.json against the cloud of the build and the origin that the page is at.
    ///
    /// # Errors
    /// Why sign-in must stay off.
    pub fn read(text: &str, built_for: &str, actual_origin: &str) -> Result<Self, ConfigFault> {
        let file: File = serde_json::from_str(text).map_err(|error| ConfigFault::Unreadable(error.to_string()))?;
        if Cloud::parse(built_for) != Some(file.cloud) {
            return Err(ConfigFault::OtherCloud);
        }
        let client_id = AppId::parse(&file.client_id).ok_or(ConfigFault::NoClientId)?;
        if file.redirect_origin != actual_origin {
            return Err(ConfigFault::OtherOrigin { expected: file.redirect_origin, actual: actual_origin.to_owned() });
        }
        let (login, graph) = match file.cloud.origins() {
            Some((login, graph)) => (login.to_owned(), graph.to_owned()),
            None => {
                let all = [&file.login_origin, &file.graph_origin, &file.redirect_origin];
                if !all.iter().all(|origin| is_loopback_origin(origin)) {
                    return Err(ConfigFault::EmulatorElsewhere);
                }
                (file.login_origin, file.graph_origin)
            }
        };
        Ok(Self { cloud: file.cloud, client_id, origin: file.redirect_origin, login, graph, relay: file.relay })
    }

    #[must_use]
    pub fn auth_uri(&self) -> String {
        format!("{}/auth", self.origin)
    }

    #[must_use]
    pub fn consent_uri(&self) -> String {
        format!("{}/consent", self.origin)
    }
}

fn is_loopback_origin(origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    matches!(url.host_str(), Some("localhost" | "127.0.0.1")) && url.origin().ascii_serialization() == origin
}
