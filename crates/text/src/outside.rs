//! What somebody else filled into a wizard, point by point.

use domain::blueprint::{Audience, Credential};
use domain::permission::PermissionKind;
use domain::risk::{self, Risk};
use formats::draft::{Point, Source};

#[must_use]
pub fn title(source: Source) -> &'static str {
    match source {
        Source::Link => "Filled by a link from outside",
        Source::File => "Filled by a file",
        Source::Run => "Filled from a run that can only be read",
        Source::Manifest => "Filled from a manifest",
    }
}

#[must_use]
pub fn words(source: Source) -> &'static str {
    match source {
        Source::Link => "Whoever made the link chose all that stands here.",
        Source::File => "Whoever made the file chose all that stands here.",
        Source::Run => "What the run was to set up stands here; every name was looked up anew in this tenant.",
        Source::Manifest => "Whoever wrote the manifest chose what it asks for.",
    }
}

/// Returns what is asked, before what was typed is replaced.
#[must_use]
pub fn question(source: Option<Source>) -> &'static str {
    match source {
        Some(Source::Link) => "A link wants to fill this wizard",
        Some(Source::File) => "The file would fill this wizard",
        Some(Source::Run) => "The run would fill this wizard",
        Some(Source::Manifest) => "The manifest would fill this wizard",
        None => "The blueprint would fill this wizard",
    }
}

/// Returns what is said of permissions that could do harm, where permissions are chosen.
#[must_use]
pub fn permissions(count: usize) -> String {
    let what = super::count(count, "permission that somebody else chose", "permissions that somebody else chose");
    format!("{what} could do harm. Tick what the app may have:")
}

/// Returns what ticking a point does.
#[must_use]
pub fn point(point: &Point) -> String {
    match point {
        Point::Audience(Audience::MultiTenant) => "Who may use it: any tenant that consents to it".into(),
        Point::Audience(Audience::SingleTenant) => "Who may use it: this tenant only".into(),
        Point::Lifetime(Credential::Secret { days }) => format!("Lifetime: a client secret for {days} days"),
        Point::Lifetime(Credential::Certificate { days, bits }) => format!("Lifetime: a certificate of {bits} bits for {days} days"),
        Point::Lifetime(Credential::None | Credential::Uploaded) => "No credential".into(),
        Point::ReplacesPermissions => {
            "Permissions that an existing app registration of this name has and this list does not are taken away".into()
        }
        Point::RedirectUri(uri) => format!("Redirect URI {uri}: people who sign in are sent there"),
        Point::Permission(permission) => {
            let (level, reason) = risk::of(permission);
            let title = super::permissions::full_title(permission);
            let of = if permission.resource.as_str() == domain::permission::GRAPH {
                String::new()
            } else {
                format!(" ({})", permission.resource)
            };
            let harm = format!("{}: {}", super::permissions::risk(level), super::permissions::reason(reason));
            match (permission.kind, level) {
                (PermissionKind::Application, _) => format!("{title}{of}. {harm}"),
                // What is said of it is about the person who signs in, and an administrator grants it for all of them.
                (PermissionKind::Delegated, Risk::Low | Risk::Medium) => {
                    format!("{title}{of}, for everybody in this tenant who signs in to it")
                }
                (PermissionKind::Delegated, Risk::High | Risk::Critical) => {
                    format!("{title}{of}, for everybody in this tenant who signs in to it. {harm}")
                }
            }
        }
        Point::Role(role) => format!("Directory role {} for the application", role.name),
        Point::AccountRole(role) => format!("Directory role {} for the account", role.name),
        Point::Exchange(role) => format!("Exchange role {}, over all mailboxes", role.name),
        Point::Access(access) => {
            let whom = if access.for_everyone { "every user of this tenant" } else { "the new account" };
            let names: Vec<&str> = access.permissions.iter().map(|permission| permission.value.as_str()).collect();
            format!("The application with the client ID {} acts for {whom}: {}", access.client, names.join(", "))
        }
    }
}
