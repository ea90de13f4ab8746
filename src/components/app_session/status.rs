//! What the tenant has of an App session, as it was just read.

use crate::app::app_sessions::Live;
use crate::app::screen;
use crate::components::ui::ConsentBrief;
use crate::domain::ids::Tenant;
use crate::domain::permission::Chosen;
use crate::domain::role::DirectoryRole;
use crate::domain::session::Person;
use crate::domain::time::Instant;
use crate::text::screens::app_session::status::{self as words, Facts};
use crate::text::screens::common::Common;
use leptos::prelude::*;

fn names(title: &'static str, permissions: &[Chosen]) -> impl IntoView + use<> {
    section(title, permissions.iter().map(words::permission).collect())
}

fn section(title: &'static str, names: Vec<String>) -> impl IntoView + use<> {
    let count = names.len();
    (count > 0).then(|| view! { <h3>{title}" ("{count}")"</h3><ul class="plain">{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul> })
}

#[component]
pub fn Status(live: Live, link: Option<String>, drifts: bool, tenant: Tenant, person: Person) -> impl IntoView {
    let audience = words::audience(live.application.sign_in_audience.as_deref());
    let principal = words::service_principal(live.service_principal.as_ref().map(|principal| principal.account_enabled));
    let owners = words::owners(live.owners.as_deref());
    let names_of = |roles: Vec<DirectoryRole>| roles.into_iter().map(|role| role.name).collect::<Vec<_>>();
    let (roles, partial_roles) = (names_of(live.roles.clone()), names_of(live.partial_roles.clone()));
    view! {
        <p role="status">{words::outcome(drifts, live.comparison.missing.is_empty())}</p>
        <dl class="facts"><dt>{Common::WhoMayUseIt.text()}</dt><dd>{audience}</dd><dt>{Facts::ServicePrincipal.text()}</dt><dd>{principal}</dd><dt>{Facts::Owners.text()}</dt><dd>{owners}</dd></dl>
        <h2>{Common::Permissions.text()}</h2>
        {names(Facts::Missing.text(), &live.comparison.missing)}
        {(!live.comparison.missing.is_empty()).then(|| match link {
            Some(link) => {
                let target = link.clone();
                let (name, client, asked) = (live.application.display_name.clone(), live.application.app_id.clone(), live.wanted());
                view! {
                    <p class="actions"><button type="button" class="button button--primary" on:click=move |_| screen::go(&target)>{Common::GiveConsent.text()}</button></p>
                    <ConsentBrief name client tenant permissions=asked person link/>
                }.into_any()
            }
            None => view! { <p class="muted">{Facts::GrantInEntra.text()}</p> }.into_any(),
        })}
        {names(Facts::Granted.text(), &live.comparison.granted)}
        {section(Facts::Extra.text(), live.extra)}
        <h2>{Common::Roles.text()}</h2>
        {(roles.is_empty() && partial_roles.is_empty()).then(|| view! { <p class="muted">{Facts::NoRole.text()}</p> })}
        {section(Facts::InForce.text(), roles)}
        {section(Facts::InPart.text(), partial_roles)}
    }
}

/// Returns when something ends, with the days until then.
pub fn end_of(end: Instant, now: Instant) -> String {
    words::ends(end.seconds_since(now).div_euclid(86_400), &screen::local(end))
}
