//! An app-only token over a relay: a client assertion that the page signs, and a proxy that hands it to the token endpoint without
//! the Origin header, which Entra refuses. <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>

use super::fault::EntraFault;
use super::token::TokenFault;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{AppId, TenantId};
use domain::time::Instant;
use serde::Deserialize;
use serde_json::json;

/// Seconds for which an assertion counts.
const LIFE: i64 = 300;

/// Returns the part of an assertion that is signed with RSASSA-PSS and SHA-256, the pair that Entra documents for a SHA-256 thumbprint. `sha256` is the thumbprint of the certificate
/// in hexadecimal digits; `id` is unique.
#[must_use]
pub fn unsigned(login: &str, tenant: &TenantId, app: &AppId, sha256: &str, id: &str, now: Instant) -> String {
    let digits: Vec<u8> = (0..sha256.len()).step_by(2).filter_map(|at| u8::from_str_radix(sha256.get(at..at + 2)?, 16).ok()).collect();
    let seconds = now.0 / 1000;
    let head = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(digits)});
    let claims = json!({"aud": format!("{login}/{tenant}/oauth2/v2.0/token"), "iss": app.as_str(), "sub": app.as_str(), "jti": id,
        "nbf": seconds, "exp": seconds + LIFE});
    format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// Closes an assertion with its signature.
#[must_use]
pub fn signed(unsigned: &str, signature: &[u8]) -> String {
    format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Returns the address of the relay for a tenant, at the page's own origin.
#[must_use]
pub fn address(origin: &str, tenant: &TenantId) -> String {
    format!("{origin}/relay/{tenant}")
}

/// Returns the form that is posted to it.
#[must_use]
pub fn form(app: &AppId, assertion: &str, graph: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", app.as_str())
        .append_pair("client_assertion", assertion)
        .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        .append_pair("grant_type", "client_credentials")
        .append_pair("scope", &format!("{graph}/.default"))
        .finish()
}

/// A token of the application. No Debug: nothing of it belongs into a log.
pub struct AppToken {
    /// The bearer token for Graph, with the application's own permissions. Its text means nothing to this page.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: i64,
}

/// Judges the answer.
///
/// # Errors
/// Why there is no token.
pub fn judge(status: u16, body: &[u8]) -> Result<AppToken, TokenFault> {
    #[derive(Deserialize)]
    struct Body {
        access_token: String,
        expires_in: i64,
    }
    if status != 200 {
        return Err(EntraFault::from_json(body).map_or(TokenFault::Foreign(status), TokenFault::Refused));
    }
    let body: Body = serde_json::from_slice(body).map_err(|_| TokenFault::Foreign(status))?;
    Ok(AppToken { access_token: body.access_token, expires_in: body.expires_in.max(0) })
}

/// Whether a refusal only says that a certificate which was just added is not known everywhere yet.
#[must_use]
pub fn is_early(fault: &TokenFault) -> bool {
    matches!(fault, TokenFault::Refused(fault) if matches!(fault.number, Some(700_027 | 7_000_215 | 700_016 | 7_000_229)))
}
