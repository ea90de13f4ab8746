//! What comes in and goes out as a text or a file: vendors' manifests, and blueprints. Pure.

pub mod built_in;
pub mod document;
pub mod draft;
pub mod json;
pub mod link;
pub mod manifest;

use domain::ids::AppId;
use domain::permission::{Catalogue, Chosen, PermissionKind};
use serde::{Deserialize, Serialize};

/// A permission as a text names it: by its name or by its id, of a resource.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    pub resource: AppId,
    /// What the text calls the resource, if it does.
    #[serde(default)]
    pub resource_name: String,
    pub kind: PermissionKind,
    pub key: String,
}

/// What became of the permissions that a text asks for in a tenant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Resolved {
    pub chosen: Vec<Chosen>,
    /// No resource of this tenant offers them.
    pub unknown: Vec<Asked>,
}

/// Looks the permissions up in the live catalogue of the tenant. Those of Azure AD Graph are kept where it knows them, though they
/// can't be granted any more; where the tenant does not know that API at all, they are kept by their ids.
#[must_use]
pub fn resolve(asked: &[Asked], catalogue: &Catalogue) -> Resolved {
    let mut resolved = Resolved::default();
    for wanted in asked {
        let is_it = |chosen: &&Chosen| {
            chosen.resource == wanted.resource
                && chosen.kind == wanted.kind
                && (chosen.id.eq_ignore_ascii_case(&wanted.key) || chosen.value.eq_ignore_ascii_case(&wanted.key))
        };
        let found = catalogue.all().map(|offered| &offered.chosen).find(is_it).cloned().or_else(|| retired(wanted));
        match found {
            Some(chosen) if resolved.chosen.iter().any(|known| known.is_same(&chosen)) => {}
            Some(chosen) => resolved.chosen.push(chosen),
            None => resolved.unknown.push(wanted.clone()),
        }
    }
    resolved
}

/// The delegated permission of Azure AD Graph that nearly every older manifest has. <https://learn.microsoft.com/graph/migrate-azure-ad-graph-overview>
const AZURE_AD_GRAPH_USER_READ: &str = "311a71cc-e848-46a1-bdf8-97ff7156d8e6";

fn retired(wanted: &Asked) -> Option<Chosen> {
    let chosen = Chosen {
        resource: wanted.resource.clone(),
        resource_name: "Windows Azure Active Directory".into(),
        id: wanted.key.to_ascii_lowercase(),
        kind: wanted.kind,
        value: if wanted.key.eq_ignore_ascii_case(AZURE_AD_GRAPH_USER_READ) { "User.Read".into() } else { wanted.key.clone() },
    };
    let is_id = domain::ids::is_guid(&wanted.key);
    Some(chosen).filter(|chosen| chosen.is_gone() && is_id)
}
