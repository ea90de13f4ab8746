//! The clouds of Microsoft 365, and the configuration that comes with a build.

use domain::ids::AppId;
use serde::Deserialize;
use url::Url;

/// A cloud of Microsoft with sign-in and Graph of its own. An app registration exists in one cloud only, and config.json writes the cloud
/// in kebab case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    /// The worldwide cloud, in which GCC tenants are too.
    Global,
    /// The US Government cloud L4 (GCC High).
    Usgov,
    /// The US Government cloud L5 (DoD): it shares the sign-in origin of L4 and has a Graph of its own.
    UsgovDod,
    /// The cloud in China that 21Vianet operates.
    China,
    /// The sovereign cloud of France.
    France,
    /// The sovereign cloud of Germany.
    Germany,
    /// The sovereign cloud of Singapore.
    Singapore,
    /// The emulator of this repository, whose origins config.json names: loopback addresses alone.
    Emulator,
}

impl Cloud {
    /// Every cloud, the emulator last.
    pub const ALL: [Self; 8] =
        [Self::Global, Self::Usgov, Self::UsgovDod, Self::China, Self::France, Self::Germany, Self::Singapore, Self::Emulator];

    /// Returns the origins for sign-in and for Graph (entra-docs, authentication-national-cloud). `None` for the emulator, whose origins are configured.
    #[must_use]
    pub fn origins(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Global => Some(("https://login.microsoftonline.com", "https://graph.microsoft.com")),
            Self::Usgov => Some(("https://login.microsoftonline.us", "https://graph.microsoft.us")),
            Self::UsgovDod => Some(("https://login.microsoftonline.us", "https://dod-graph.microsoft.us")),
            Self::China => Some(("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn")),
            // MSAL for .NET and for Java, metadata of the clouds; Microsoft Graph PowerShell, environments.
            Self::France => Some(("https://login.sovcloud-identity.fr", "https://graph.svc.sovcloud.fr")),
            Self::Germany => Some(("https://login.sovcloud-identity.de", "https://graph.svc.sovcloud.de")),
            Self::Singapore => Some(("https://login.sovcloud-identity.sg", "https://graph.svc.sovcloud.sg")),
            Self::Emulator => None,
        }
    }

    /// Returns the address of the Microsoft Entra admin center; `None` where Microsoft has published none.
    #[must_use]
    pub fn portal(self) -> Option<&'static str> {
        match self {
            Self::Global | Self::Emulator => Some("https://entra.microsoft.com"),
            Self::Usgov | Self::UsgovDod => Some("https://entra.microsoft.us"),
            Self::China => Some("https://entra.microsoftonline.cn"),
            Self::France | Self::Germany | Self::Singapore => None,
        }
    }

    /// Returns the name that a build is made for, as in config.json.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Usgov => "usgov",
            Self::UsgovDod => "usgov-dod",
            Self::China => "china",
            Self::France => "france",
            Self::Germany => "germany",
            Self::Singapore => "singapore",
            Self::Emulator => "emulator",
        }
    }

    /// Returns the cloud whose Graph is at this origin; the emulator for any other.
    #[must_use]
    pub fn of_graph(graph: &str) -> Self {
        Self::ALL.into_iter().find(|cloud| cloud.origins().is_some_and(|(_, known)| known == graph)).unwrap_or(Self::Emulator)
    }

    /// Reads the name that the build wrote into the page.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.name() == name)
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
    idle_minutes: Option<i64>,
    signed_in_hours: Option<i64>,
}

/// How long a sign-in may last here, in seconds. Microsoft's own limit is a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Without a key or a click.
    pub idle: i64,
    /// Altogether.
    pub absolute: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { idle: 15 * 60, absolute: 8 * 3600 }
    }
}

impl Limits {
    const IDLE_MINUTES: (i64, i64) = (1, 480);
    const SIGNED_IN_HOURS: (i64, i64) = (1, 24);

    fn of(file: &File) -> Result<Self, ConfigFault> {
        let within = |name: &'static str, value: Option<i64>, (least, most): (i64, i64), unit: i64, usual: i64| match value {
            None => Ok(usual),
            Some(value) if (least..=most).contains(&value) => Ok(value * unit),
            Some(_) => Err(ConfigFault::OutOfRange { name, least, most }),
        };
        let usual = Self::default();
        let idle = within("idleMinutes", file.idle_minutes, Self::IDLE_MINUTES, 60, usual.idle)?;
        let absolute = within("signedInHours", file.signed_in_hours, Self::SIGNED_IN_HOURS, 3600, usual.absolute)?;
        Ok(Self { idle, absolute })
    }
}

/// Where the page signs in, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// The cloud that the build is made for and config.json names.
    pub cloud: Cloud,
    /// The application (client) ID of the page's own app registration in that cloud.
    pub client_id: AppId,
    /// The page's own origin; redirect URIs are `<origin>/auth` and `<origin>/consent`.
    pub origin: String,
    /// The origin of Entra's sign-in endpoints, e.g. `https://login.microsoftonline.com`, without a slash at its end.
    pub login: String,
    /// The origin of Microsoft Graph, e.g. `https://graph.microsoft.com`, without a slash at its end.
    pub graph: String,
    /// Whether the host relays client assertions to the token endpoint, at `<origin>/relay/{tenant}`.
    pub relay: bool,
    /// How long a sign-in may last; the default where config.json sets nothing.
    pub limits: Limits,
}

/// Where a page is that has no client id yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hosted {
    /// The cloud that the build is made for and config.json names.
    pub cloud: Cloud,
    /// The origin that the page is at, which its redirect URIs begin with.
    pub origin: String,
    /// The origin of Entra's sign-in endpoints, without a slash at its end.
    pub login: String,
    /// The origin of Microsoft Graph, without a slash at its end.
    pub graph: String,
}

/// Why sign-in is off.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConfigFault {
    /// It is no JSON, or has an unknown cloud or a member of another type; the text is the parser's own message.
    #[error("config.json is not readable: {0}")]
    Unreadable(String),
    /// Its cloud is not the one that the build is made for.
    #[error("config.json is for another cloud than this build")]
    OtherCloud,
    /// The page is hosted and not registered yet.
    #[error("config.json has no client id")]
    NoClientId(Box<Hosted>),
    /// The page is at another origin than config.json names: Entra would send its answers elsewhere.
    #[error("config.json names the origin {expected}, but the page is at {actual}")]
    OtherOrigin {
        /// `redirectOrigin` of config.json; empty when it is missing.
        expected: String,
        /// The origin that the page is at.
        actual: String,
    },
    /// A limit of [`Limits`] lies outside of what this page takes.
    #[error("config.json: {name} must be a whole number from {least} to {most}")]
    OutOfRange {
        /// The member of config.json, `idleMinutes` or `signedInHours`.
        name: &'static str,
        /// The least value that is taken, in the unit that the member's name says.
        least: i64,
        /// The greatest value that is taken, in the same unit.
        most: i64,
    },
    /// The build is for the emulator, and an origin that it names or the page's own is none of `localhost` or `127.0.0.1`.
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
        let limits = Limits::of(&file)?;
        let (login, graph) = match file.cloud.origins() {
            Some((login, graph)) => (login.to_owned(), graph.to_owned()),
            None => {
                let all = [file.login_origin.as_str(), &file.graph_origin, actual_origin];
                if !all.iter().all(|origin| is_loopback_origin(origin)) {
                    return Err(ConfigFault::EmulatorElsewhere);
                }
                (file.login_origin, file.graph_origin)
            }
        };
        let Some(client_id) = AppId::parse(&file.client_id) else {
            let hosted = Hosted { cloud: file.cloud, origin: actual_origin.to_owned(), login, graph };
            return Err(ConfigFault::NoClientId(Box::new(hosted)));
        };
        if file.redirect_origin != actual_origin {
            return Err(ConfigFault::OtherOrigin { expected: file.redirect_origin, actual: actual_origin.to_owned() });
        }
        Ok(Self { cloud: file.cloud, client_id, origin: file.redirect_origin, login, graph, relay: file.relay, limits })
    }

    /// Returns the redirect URI of a sign-in, `<origin>/auth`, to which signing out leads back too. It must be registered for single-page
    /// applications.
    #[must_use]
    pub fn auth_uri(&self) -> String {
        format!("{}/auth", self.origin)
    }

    /// Returns `<origin>/consent`: the redirect URI of admin consent, and the landing page of
    /// [`landing_link`](super::consent::landing_link).
    #[must_use]
    pub fn consent_uri(&self) -> String {
        format!("{}/consent", self.origin)
    }
}

fn is_loopback_origin(origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    matches!(url.host_str(), Some("localhost" | "127.0.0.1")) && url.origin().ascii_serialization() == origin
}
