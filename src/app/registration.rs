//! One look at Entra for the client id of a page that is being registered.

use crate::domain::ids::AppId;
use crate::entra::cloud::Hosted;
use crate::entra::fault::{EntraFault, Reason};
use crate::platform::fetch;
pub use crate::text::registration::Looked;

/// A code that Entra never gave.
const MADE_UP: &str = "registration-check";

/// Asks the token endpoint to redeem a code that was made up. How it refuses tells whether it knows the app: nothing is signed in, and
/// nothing is written.
pub async fn look(hosted: &Hosted, client_id: &AppId) -> Looked {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", client_id.as_str())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", MADE_UP)
        .append_pair("redirect_uri", &format!("{}/auth", hosted.origin))
        .append_pair("code_verifier", &MADE_UP.repeat(3))
        .append_pair("scope", "openid")
        .finish();
    let url = format!("{}/organizations/oauth2/v2.0/token", hosted.login);
    let headers = [("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")];
    let Ok(answer) = fetch::send("POST", &url, &headers, Some(form), fetch::READ_MS).await else { return Looked::Unclear };
    match EntraFault::from_json(&answer.body).map(|fault| (fault.reason, fault.number)) {
        Some((Reason::NotApproved, _)) => Looked::Unknown,
        Some((Reason::NotSinglePage, _)) => Looked::NotSinglePage,
        // What is wrong with the code is said of an app that is there.
        Some((Reason::SignInRevoked | Reason::SignInOver | Reason::CodeUsed | Reason::BadRequest | Reason::AddressUnknown, Some(_))) => {
            Looked::Known
        }
        _ => Looked::Unclear,
    }
}
