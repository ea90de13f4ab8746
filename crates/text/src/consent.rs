//! What whoever is asked for consent should know of it: beside each link to Microsoft's consent page, and in the message with it.

use crate::Notice;
use domain::ids::{AppId, Tenant};
use domain::permission::Chosen;
use domain::risk;

/// An application that asks for consent, as the tenant has it.
pub struct Brief<'a> {
    pub name: &'a str,
    pub client: &'a AppId,
    pub tenant: &'a Tenant,
    pub permissions: &'a [Chosen],
    /// Who asks, by name and user name.
    pub asker: &'a str,
    /// The origin of Microsoft's page.
    pub login: &'a str,
}

/// Returns what it says, each under its name.
#[must_use]
pub fn facts(brief: &Brief<'_>) -> Vec<(&'static str, Vec<String>)> {
    let Brief { name, client, tenant, permissions, asker, login } = brief;
    let permission = |permission: &Chosen| {
        let (level, reason) = risk::of(permission);
        format!(
            "{} of {} ({}): {}",
            super::permissions::title(permission),
            permission.resource_name,
            super::permissions::risk(level).to_lowercase(),
            super::permissions::reason(reason)
        )
    };
    vec![
        ("Application", vec![(*name).to_owned()]),
        ("Application (client) ID", vec![client.to_string()]),
        ("Publisher", vec![format!("Registered in {}. Microsoft’s page tells whether its publisher is verified.", tenant.name)]),
        ("Tenant", vec![format!("{} · {} · {}", tenant.name, tenant.domain, tenant.id)]),
        ("Permissions", permissions.iter().map(permission).collect()),
        ("Who asks", vec![(*asker).to_owned()]),
        ("Ends", vec!["The link has no end of its own: it works until its redirect URI is taken out of the app registration.".into()]),
        ("Where it leads", vec![format!("To Microsoft’s own page at {login}/. On another address, do not go on.")]),
    ]
}

/// Returns the same with the link, to send.
#[must_use]
pub fn message(brief: &Brief<'_>, link: &str) -> String {
    let line = |(name, values): (&str, Vec<String>)| match values.as_slice() {
        [only] => format!("{name}: {only}\n"),
        many => format!("{name}:\n{}", many.iter().map(|value| format!("- {value}\n")).collect::<String>()),
    };
    let facts: String = facts(brief).into_iter().map(line).collect();
    format!("Please give consent to this application:\n\n{facts}\n{link}\n")
}

/// The application of a run is not in the tenant, or is another one there.
#[must_use]
pub fn not_as_the_run_says() -> Notice {
    Notice::new(
        "The tenant does not have the application of this run as the run says, so no consent link is offered.",
        "Find App sessions in this tenant, on the first screen, lists what is really there.",
    )
}
