//! Permissions of a resource API, and the search over a tenant's live catalogue.

use super::ids::AppId;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum PermissionKind {
    /// An app role: the application acts as itself.
    Application,
    /// A scope: the application acts for a signed-in person.
    Delegated,
}

/// A permission chosen for an application. (resource, id, kind) decides: the same GUID can appear under two resources.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Chosen {
    pub resource: AppId,
    pub resource_name: String,
    pub id: String,
    pub kind: PermissionKind,
    /// The name, e.g. `Mail.Read`.
    pub value: String,
}

impl Chosen {
    /// Whether the API behind it answers nobody any more. It may stand in a registration, and can't be granted.
    /// <https://learn.microsoft.com/graph/migrate-azure-ad-graph-overview>
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.resource.as_str() == AZURE_AD_GRAPH
    }

    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.resource == other.resource && self.id == other.id && self.kind == other.kind
    }
}

/// A permission as a resource offers it in a tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered {
    pub chosen: Chosen,
    /// What it allows, in the resource's own words.
    pub description: String,
    pub needs_admin: bool,
}

/// The application id of Microsoft Graph, the same in every tenant.
pub const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// Azure AD Graph, which is retired: it is resolved, but not worth asking for.
pub const AZURE_AD_GRAPH: &str = "00000002-0000-0000-c000-000000000000";

struct Entry {
    words: Vec<String>,
    offered: Offered,
}

/// What can be found by name and by plain words.
#[derive(Default)]
pub struct Catalogue {
    entries: Vec<Entry>,
}

impl Catalogue {
    #[must_use]
    pub fn new(offered: Vec<Offered>) -> Self {
        let entries = offered.into_iter().map(|offered| Entry { words: words_of(&offered), offered });
        Self { entries: entries.collect() }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    #[must_use]
    pub fn find(&self, chosen: &Chosen) -> Option<&Offered> {
        self.entries.iter().map(|entry| &entry.offered).find(|offered| offered.chosen.is_same(chosen))
    }

    pub fn all(&self) -> impl Iterator<Item = &Offered> {
        self.entries.iter().map(|entry| &entry.offered)
    }

    /// Returns up to `most` permissions of which every word of the query is a start of a word, names that match best first.
    #[must_use]
    pub fn search(&self, query: &str, most: usize) -> Vec<&Offered> {
        let wanted: Vec<Vec<String>> = split_words(query).into_iter().map(|word| alike(&word)).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let whole = query.trim().to_lowercase();
        let mut found: Vec<(u8, usize, &Offered)> = Vec::new();
        for entry in &self.entries {
            let hit = wanted.iter().all(|forms| forms.iter().any(|form| entry.words.iter().any(|word| word.starts_with(form.as_str()))));
            let name = entry.offered.chosen.value.to_lowercase();
            let rank = if name == whole {
                0
            } else if name.starts_with(&whole) {
                1
            } else if wanted.iter().all(|forms| forms.iter().any(|form| name.split('.').any(|part| part.starts_with(form.as_str())))) {
                2
            } else {
                3
            };
            if hit || rank < 2 {
                found.push((rank, name.len(), &entry.offered));
            }
        }
        found.sort_by(|a, b| (a.0, a.1, &a.2.chosen.value, a.2.chosen.kind).cmp(&(b.0, b.1, &b.2.chosen.value, b.2.chosen.kind)));
        found.into_iter().take(most).map(|(_, _, offered)| offered).collect()
    }
}

fn words_of(offered: &Offered) -> Vec<String> {
    let mut words = split_words(&offered.chosen.value);
    words.extend(split_words(&offered.description));
    words.extend(split_words(&offered.chosen.resource_name));
    words.push(match offered.chosen.kind {
        PermissionKind::Application => "application".into(),
        PermissionKind::Delegated => "delegated".into(),
    });
    words.sort();
    words.dedup();
    words
}

/// Splits at anything that is not a letter or digit, and where a capital starts a new word; all in lower case.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        words.push(part.to_lowercase());
        let mut start = 0;
        let chars: Vec<(usize, char)> = part.char_indices().collect();
        for pair in chars.windows(2) {
            if let [(_, before), (at, after)] = pair
                && before.is_lowercase()
                && after.is_uppercase()
            {
                words.push(part[start..*at].to_lowercase());
                start = *at;
            }
        }
        if start > 0 {
            words.push(part[start..].to_lowercase());
        }
    }
    words
}

/// Returns the word with the words that administrators use for the same thing.
fn alike(word: &str) -> Vec<String> {
    let others: &[&str] = match word {
        "create" | "edit" | "update" | "write" | "modify" | "change" | "delete" | "add" => {
            &["readwrite", "write", "change", "create", "manage"]
        }
        "list" | "view" | "see" | "get" | "show" => &["read"],
        "email" | "emails" | "mails" | "message" | "messages" => &["mail", "email", "message"],
        "calendar" | "appointment" | "appointments" | "event" | "events" | "meeting" | "meetings" => &["calendar", "event", "meeting"],
        "app" | "apps" => &["app", "application"],
        "license" | "licenses" => &["licen"],
        "people" | "person" | "persons" | "account" | "accounts" => &["user", "people", "person"],
        _ => &[],
    };
    let mut forms = vec![word.to_owned()];
    forms.extend(others.iter().map(|form| (*form).to_owned()));
    forms
}
