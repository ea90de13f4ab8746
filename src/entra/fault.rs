//! What Entra says when it refuses. Decisions follow `error`, then `suberror`; the number chooses words only.

use serde::Deserialize;
use std::fmt;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EntraFault {
    pub error: String,
    pub suberror: Option<String>,
    /// The digits after AADSTS.
    pub number: Option<u32>,
    pub correlation_id: Option<String>,
    pub timestamp: Option<String>,
    /// A claims challenge to meet at the next sign-in.
    pub claims: Option<String>,
}

#[derive(Deserialize, Default)]
struct Body {
    #[serde(default)]
    error: String,
    suberror: Option<String>,
    #[serde(default)]
    error_codes: Vec<u32>,
    #[serde(default)]
    error_description: String,
    correlation_id: Option<String>,
    timestamp: Option<String>,
    claims: Option<String>,
}

/// What to do about a refusal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Remedy {
    /// The application is not approved in that tenant, or not for this.
    Consent,
    /// A person must sign in on Microsoft's page.
    SignIn,
    /// Wait and try again.
    Later,
    /// Nothing that this person can do here: an administrator or the settings must change.
    Stop,
}

impl EntraFault {
    /// Reads the JSON of the token endpoint; `None` when it is not an OAuth error.
    #[must_use]
    pub fn from_json(body: &[u8]) -> Option<Self> {
        let body: Body = serde_json::from_slice(body).ok()?;
        if body.error.is_empty() {
            return None;
        }
        let number = body.error_codes.first().copied().or_else(|| number_in(&body.error_description));
        Some(Self {
            error: body.error,
            suberror: body.suberror,
            number,
            correlation_id: body.correlation_id.or_else(|| labelled(&body.error_description, "Correlation ID: ")),
            timestamp: body.timestamp,
            claims: body.claims,
        })
    }

    /// Reads the parameters of a redirect.
    #[must_use]
    pub fn from_redirect(error: &str, subcode: Option<&str>, description: Option<&str>) -> Self {
        let description = description.unwrap_or_default();
        Self {
            error: error.to_owned(),
            suberror: subcode.map(str::to_owned),
            number: number_in(description),
            correlation_id: labelled(description, "Correlation ID: "),
            timestamp: labelled_line(description, "Timestamp: "),
            claims: None,
        }
    }

    /// Returns what to do, by `error` and `suberror` alone.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match (self.error.as_str(), self.suberror.as_deref()) {
            (_, Some("consent_required")) | ("consent_required" | "unauthorized_client", _) => Remedy::Consent,
            ("interaction_required" | "login_required", _) => Remedy::SignIn,
            ("temporarily_unavailable" | "server_error", _) => Remedy::Later,
            (
                "invalid_grant",
                Some("basic_action" | "additional_action" | "user_password_expired" | "bad_token" | "client_mismatch" | "message_only"),
            ) => Remedy::SignIn,
            ("invalid_grant", _) if self.claims.is_some() => Remedy::SignIn,
            ("invalid_grant", _) => Remedy::SignIn,
            _ => Remedy::Stop,
        }
    }

    /// Whether the person pressed Cancel on Microsoft's page.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.error == "access_denied"
    }
}

impl fmt::Display for EntraFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        if let Some(number) = self.number {
            write!(f, ", AADSTS{number}")?;
        }
        Ok(())
    }
}

fn number_in(text: &str) -> Option<u32> {
    let rest = text.split("AADSTS").nth(1)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn labelled(text: &str, label: &str) -> Option<String> {
    let rest = text.split(label).nth(1)?;
    rest.split_whitespace().next().map(str::to_owned)
}

fn labelled_line(text: &str, label: &str) -> Option<String> {
    text.split(label).nth(1).map(|rest| rest.trim().to_owned())
}
