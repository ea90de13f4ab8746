//! What is wrong with a manifest or a blueprint, and what is old in it, in words.

use crate::Notice;
use domain::permission::Chosen;
use domain::risk::{Retirement, retirement};
use formats::Asked;
use formats::json::{Fault, LONGEST, Problem};

#[must_use]
pub fn fault(fault: &Fault) -> String {
    let at = if fault.path.is_empty() { format!("Line {}", fault.line) } else { format!("Line {}, {}", fault.line, fault.path) };
    match &fault.problem {
        Problem::Syntax(why) => format!("{at}: this is not JSON. {why}."),
        Problem::TooLong => format!("The text is longer than {} KB. Paste the part requiredResourceAccess alone.", LONGEST / 1024),
        Problem::LinkTooLong => "The link is too long to be one of this page.".into(),
        Problem::TooDeep => format!("{at}: brackets nest too deep for a manifest or a blueprint."),
        Problem::Missing => format!("{at}: this is missing."),
        Problem::Unknown => format!("{at}: this name is not known. Check its spelling, or take it out."),
        Problem::Twice => format!("{at}: this is there twice."),
        Problem::Expected(what) => format!("{at}: expected {what}."),
        Problem::Newer => format!("{at}: this blueprint was made by a newer version of this page. Reload to get that version."),
    }
}

/// Returns a permission of a text that the tenant does not offer.
#[must_use]
pub fn unknown(asked: &Asked) -> String {
    let of = if asked.resource_name.is_empty() { asked.resource.as_str() } else { asked.resource_name.as_str() };
    format!("{} ({}) of {of}", asked.key, super::permissions::kind(asked.kind))
}

/// Says since or until when an API can be used, and what takes its place; `None` for one that goes on.
#[must_use]
pub fn retired(permission: &Chosen) -> Option<&'static str> {
    Some(match retirement(permission)? {
        Retirement::AzureAdGraph => {
            "Azure AD Graph was shut down in 2025. The entry stays in the registration as the vendor lists it, and is not granted: nothing answers there. Microsoft Graph takes its place."
        }
        Retirement::ExchangeWebServices => {
            "Exchange Web Services is blocked by default since 1 October 2026 and is shut down on 1 April 2027. Ask the vendor for a version that uses Microsoft Graph."
        }
        Retirement::ExchangeActiveSync => {
            "Exchange ActiveSync is made for phones. This page knows of no date for its end; Microsoft Graph does the same for jobs."
        }
    })
}

/// The link of a blueprint can't be read.
#[must_use]
pub fn unreadable_link(why: &[String]) -> Notice {
    Notice::new("The blueprint of this link can’t be read.", format!("{} Ask whoever sent it for the file.", why.join(" ")))
}

/// A blueprint was saved under its name.
#[must_use]
pub fn saved(name: &str) -> String {
    format!("Saved. It is offered under Create as “{name}”.")
}

pub const NAMELESS: &str = "Give it a name first.";
/// What was copied.
pub const LINK: &str = "Blueprint link";
pub const TOO_LONG_FOR_A_LINK: &str = "This blueprint is too long for a link. Export it as a file.";

/// The tenant has no app registration with the client ID.
#[must_use]
pub fn not_registered(tenant: &str) -> Notice {
    Notice::new(
        format!("{tenant} has no app registration with this client ID."),
        "An application of another tenant keeps its registration there. Ask its vendor for the manifest.",
    )
}
