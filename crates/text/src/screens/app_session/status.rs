//! What the tenant has of an App session.

use crate::{count, list};
use domain::permission::Chosen;

words! {
    /// The fixed texts of the status.
    Facts {
        ServicePrincipal => "Service principal",
        Owners => "Owners",
        /// Over the permissions that are asked for and not granted.
        Missing => "Missing",
        GrantInEntra => "An administrator can grant them in Entra under Enterprise applications, Permissions. The consent link works only while our consent page is among the redirect URIs of this application.",
        Granted => "Granted",
        /// Over the permissions that are granted and not asked for.
        Extra => "Extra",
        NoRole => "No directory role.",
        /// Over the roles.
        InForce => "In force",
        /// Over the roles that do not count in the whole tenant.
        InPart => "In an administrative unit or for one object only",
    }
}

/// Says whether all is in place, of what this page asked for and of what the registration asks for.
#[must_use]
pub fn outcome(drifts: bool, is_complete: bool) -> &'static str {
    match (drifts, is_complete) {
        (true, _) => "Something is missing. See below.",
        (false, true) => "Everything that was asked for is in place.",
        (false, false) => {
            "Everything that this page asked for is in place. Somebody has asked for more since, which is not granted: see Missing."
        }
    }
}

/// Says who may use the application, by the `signInAudience` of its registration.
#[must_use]
pub fn audience(sign_in_audience: Option<&str>) -> &'static str {
    match sign_in_audience {
        Some("AzureADMyOrg") => "This tenant only",
        Some("AzureADMultipleOrgs") => "Any tenant that consents to it",
        _ => "Work and personal accounts",
    }
}

/// Says whether the service principal can sign in; `None` where there is none.
#[must_use]
pub fn service_principal(is_enabled: Option<bool>) -> &'static str {
    match is_enabled {
        Some(true) => "Enabled",
        Some(false) => "Disabled: it can’t sign in",
        None => "Missing: it can’t sign in",
    }
}

/// Names the owners; `None` where they could not be read.
#[must_use]
pub fn owners(names: Option<&[String]>) -> String {
    match names {
        None => "Could not be read".to_owned(),
        Some([]) => "None: only administrators of applications can change it".to_owned(),
        Some(names) => list(names, "and"),
    }
}

/// Names a permission and the API that it is of.
#[must_use]
pub fn permission(permission: &Chosen) -> String {
    format!("{} of {}", crate::permissions::title(permission), permission.resource_name)
}

/// Says when a credential ends, in whole days from now and as a local time.
#[must_use]
pub fn ends(days: i64, local: &str) -> String {
    if days < 0 {
        format!("expired on {local}")
    } else {
        format!("ends on {local} ({})", count(usize::try_from(days).unwrap_or_default(), "day", "days"))
    }
}
