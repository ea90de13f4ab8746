//! Users and groups, found by the beginning of a word of their names.

use super::ask::Ask;
use super::pages::has_more;
use super::request::GraphRequest;
use domain::access::Holder;
use domain::ids::ObjectId;
use domain::name::marked;
use serde_json::Value;

/// <https://learn.microsoft.com/graph/search-query-parameter>: terms are quoted, and quotes inside are escaped.
fn term(property: &str, text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{property}:{text}\"")
}

fn search(collection: &str, properties: &[&str], select: &str, text: &str) -> Ask<FirstPage> {
    let terms = properties.iter().map(|property| term(property, text)).collect::<Vec<_>>().join(" OR ");
    let encoded: String = url::form_urlencoded::byte_serialize(terms.as_bytes()).collect();
    let path = format!("/{collection}?$search={}&$select={select}&$top=20", encoded.replace('+', "%20"));
    Ask::read_by(GraphRequest::get(path).with_eventual(), |page| Some(FirstPage { found: read(&page), has_more: has_more(&page) }))
}

/// Finds users by the beginning of a word of their display name or user principal name, 20 to a page.
#[must_use]
pub fn users(text: &str) -> Ask<FirstPage> {
    search("users", &["displayName", "userPrincipalName"], "id,displayName,userPrincipalName", text)
}

/// Finds groups by the beginning of a word of their display name, 20 to a page.
#[must_use]
pub fn groups(text: &str) -> Ask<FirstPage> {
    search("groups", &["displayName"], "id,displayName", text)
}

/// Somebody who was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The user or group by its object ID, with its display name marked; the name is empty when there is none.
    pub holder: Holder,
    /// The user principal name; `None` for a group.
    pub username: Option<String>,
}

/// The beginning of what a search finds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirstPage {
    /// Who is on it.
    pub found: Vec<Found>,
    /// Whether further pages were not read.
    pub has_more: bool,
}

/// A user has a user principal name.
fn read(body: &Value) -> Vec<Found> {
    let items = body.get("value").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |item: &Value, name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
    let read = |item: &Value| {
        let username = text(item, "userPrincipalName");
        let (id, name) = (ObjectId::parse(&text(item, "id")?)?, text(item, "displayName").map(|name| marked(&name)).unwrap_or_default());
        Some(Found { holder: Holder { id, name, is_user: username.is_some() }, username })
    };
    items.iter().filter_map(read).collect()
}
