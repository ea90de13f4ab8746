//! What the tenant has of an App session, as it was just read.

use crate::app::app_sessions::Live;
use crate::app::{screen, use_app};
use crate::domain::permission::Chosen;
use crate::domain::time::Instant;
use crate::text;
use leptos::prelude::*;

fn names(title: &'static str, permissions: &[Chosen]) -> impl IntoView + use<> {
    let names: Vec<String> =
        permissions.iter().map(|permission| format!("{} of {}", text::permissions::title(permission), permission.resource_name)).collect();
    section(title, names)
}

fn section(title: &'static str, names: Vec<String>) -> impl IntoView + use<> {
    let count = names.len();
    (count > 0).then(|| view! { <h3>{title}" ("{count}")"</h3><ul class="plain">{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul> })
}

#[component]
pub fn Status(live: Live, link: Option<String>, drifts: bool) -> impl IntoView {
    let app = use_app();
    let audience = match live.application.sign_in_audience.as_deref() {
        Some("AzureADMyOrg") => "This tenant only",
        Some("AzureADMultipleOrgs") => "Any tenant that consents to it",
        _ => "Work and personal accounts",
    };
    let principal = match &live.service_principal {
        Some(principal) if principal.account_enabled => "Enabled",
        Some(_) => "Disabled: it can’t sign in",
        None => "Missing: it can’t sign in",
    };
    let owners = match live.owners.as_deref() {
        None => "Could not be read".to_owned(),
        Some([]) => "None: only administrators of applications can change it".to_owned(),
        Some(names) => text::list(names, "and"),
    };
    let role_names: Vec<String> = live.roles.iter().map(|role| role.name.clone()).collect();
    view! {
        <p role="status">{match (drifts, live.comparison.missing.is_empty()) {
            (true, _) => "Something is missing. See below.",
            (false, true) => "Everything that was asked for is in place.",
            (false, false) => "Everything that this page asked for is in place. Somebody has asked for more since, which is not granted: see Missing.",
        }}</p>
        <dl class="facts"><dt>"Who may use it"</dt><dd>{audience}</dd><dt>"Service principal"</dt><dd>{principal}</dd><dt>"Owners"</dt><dd>{owners}</dd></dl>
        <h2>"Permissions"</h2>
        {names("Missing", &live.comparison.missing)}
        {(!live.comparison.missing.is_empty()).then(|| match link {
            Some(link) => {
                let (text, target) = (link.clone(), link.clone());
                view! {
                    <p class="actions"><button type="button" class="button button--primary" on:click=move |_| screen::go(&target)>"Give consent now"</button></p>
                    <div class="copy-field">
                        <label><span class="label">"Consent URL"</span><input type="text" class="input input--mono" readonly prop:value=link/></label>
                        <button type="button" class="button" on:click=move |_| app.copy(text.clone(), "Consent URL")>"Copy consent URL"</button>
                    </div>
                }.into_any()
            }
            None => view! { <p class="muted">"An administrator can grant them in Entra under Enterprise applications, Permissions. The consent link works only while our consent page is among the redirect URIs of this application."</p> }.into_any(),
        })}
        {names("Granted", &live.comparison.granted)}
        {section("Extra", live.extra)}
        <h2>"Roles"</h2>
        {if role_names.is_empty() { view! { <p class="muted">"No directory role."</p> }.into_any() } else { section("In force", role_names).into_any() }}
    }
}

/// Returns when something ends, with the days until then.
pub fn end_of(end: Instant, now: Instant) -> String {
    let days = end.seconds_since(now).div_euclid(86_400);
    if days < 0 {
        format!("expired on {}", screen::local(end))
    } else {
        format!("ends on {} ({})", screen::local(end), text::count(usize::try_from(days).unwrap_or_default(), "day", "days"))
    }
}
