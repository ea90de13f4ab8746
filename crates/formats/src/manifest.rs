//! Manifests of app registrations, as portals export them and vendors print them in their help pages: the newer form (a Graph
//! `application`), the older one (`replyUrlsWithType`), or `requiredResourceAccess` alone.
//! <https://learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest>

use super::document::Document;
use super::json::{self, Fault, Kind, Manners, Node, Problem, Reader};
use super::{Asked, built_in};
use domain::blueprint::Audience;
use domain::ids::{AppId, is_guid};
use domain::name;
use domain::permission::{Chosen, PermissionKind};
use graph::applications;
use serde_json::json;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Manifest {
    pub name: Option<String>,
    pub audience: Option<Audience>,
    /// Those of the platform web.
    pub redirect_uris: Vec<String>,
    /// Redirect URIs of other platforms, which are not imported.
    pub other_uris: Vec<String>,
    /// Each once, in the order of the text.
    pub asked: Vec<Asked>,
    /// Those that came again.
    pub twice: Vec<Asked>,
}

impl Manifest {
    /// Returns what it asks for as the blueprint of an App session.
    #[must_use]
    pub fn document(&self) -> Document {
        Document {
            name: self.name.clone().filter(|name| name::check(name).is_ok()).unwrap_or_default(),
            audience: self.audience.unwrap_or_default(),
            redirect_uris: self.redirect_uris.clone(),
            permissions: self.asked.clone(),
            ..built_in::app_session()
        }
    }
}

/// Reads a manifest whole, or not at all.
///
/// # Errors
/// Every fault with its line and path.
pub fn read(text: &str) -> Result<Manifest, Vec<Fault>> {
    let root = json::read(text, Manners::AsPasted).map_err(|fault| vec![fault])?;
    let mut reader = Reader::default();
    let manifest = from_root(&root, &mut reader);
    match manifest {
        Some(manifest) if reader.faults.is_empty() => Ok(manifest),
        _ if reader.faults.is_empty() => {
            Err(vec![Fault { line: root.line, path: "requiredResourceAccess".into(), problem: Problem::Missing }])
        }
        _ => Err(reader.faults),
    }
}

fn from_root(root: &Node, reader: &mut Reader) -> Option<Manifest> {
    match &root.kind {
        Kind::List(resources) => {
            let mut manifest = Manifest::default();
            // A list of one application, as Graph answers, or of resources.
            if let [only] = resources.as_slice()
                && member(only, "requiredResourceAccess").is_some()
            {
                return from_root(only, reader);
            }
            take_resources(resources, "", &mut manifest, reader);
            Some(manifest)
        }
        Kind::Object(_) => {
            if let Some(Node { kind: Kind::List(values), .. }) = member(root, "value")
                && let [only] = values.as_slice()
            {
                return from_root(only, reader);
            }
            let access = member(root, "requiredResourceAccess")?;
            let mut manifest = Manifest {
                name: text_of(root, "displayName").or_else(|| text_of(root, "name")),
                audience: text_of(root, "signInAudience").and_then(|text| Audience::from_graph(&text)),
                ..Manifest::default()
            };
            take_addresses(root, &mut manifest);
            match &access.kind {
                Kind::List(resources) => take_resources(resources, "requiredResourceAccess", &mut manifest, reader),
                _ => reader.fault(access.line, "requiredResourceAccess", Problem::Expected("a list")),
            }
            Some(manifest)
        }
        _ => {
            reader.fault(root.line, "", Problem::Expected("an object or a list"));
            None
        }
    }
}

/// Returns a member by its name in any case: some tools write `ResourceAppId`.
fn member<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    let Kind::Object(members) = &node.kind else { return None };
    members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, node)| node).filter(|node| node.kind != Kind::Null)
}

fn text_of(node: &Node, name: &str) -> Option<String> {
    json::text(&member(node, name)?.kind)
}

fn texts_of(node: Option<&Node>) -> Vec<String> {
    match node.map(|node| &node.kind) {
        Some(Kind::List(items)) => items.iter().filter_map(|item| json::text(&item.kind)).collect(),
        _ => Vec::new(),
    }
}

fn take_addresses(root: &Node, manifest: &mut Manifest) {
    manifest.redirect_uris = texts_of(member(root, "web").and_then(|web| member(web, "redirectUris")));
    for platform in ["spa", "publicClient"] {
        manifest.other_uris.extend(texts_of(member(root, platform).and_then(|platform| member(platform, "redirectUris"))));
    }
    if let Some(Node { kind: Kind::List(urls), .. }) = member(root, "replyUrlsWithType") {
        for url in urls {
            let Some(address) = text_of(url, "url") else { continue };
            let is_web = text_of(url, "type").is_none_or(|kind| kind.eq_ignore_ascii_case("web"));
            if is_web { manifest.redirect_uris.push(address) } else { manifest.other_uris.push(address) }
        }
    }
}

fn take_resources(resources: &[Node], path: &str, manifest: &mut Manifest, reader: &mut Reader) {
    for (at, resource) in resources.iter().enumerate() {
        let path = format!("{path}[{at}]");
        let id = guid_of(resource, "resourceAppId", &path, reader);
        let of = format!("{path}.resourceAccess");
        match member(resource, "resourceAccess") {
            Some(Node { kind: Kind::List(items), .. }) => {
                for (at, item) in items.iter().enumerate() {
                    take_access(item, &format!("{of}[{at}]"), id.as_deref(), manifest, reader);
                }
            }
            Some(other) => reader.fault(other.line, &of, Problem::Expected("a list")),
            None => reader.fault(resource.line, &of, Problem::Missing),
        }
    }
}

fn take_access(item: &Node, path: &str, resource: Option<&str>, manifest: &mut Manifest, reader: &mut Reader) {
    let id = guid_of(item, "id", path, reader);
    let kind_path = format!("{path}.type");
    let kind = match member(item, "type") {
        None => {
            reader.fault(item.line, &kind_path, Problem::Missing);
            None
        }
        Some(node) => {
            let kind = match json::text(&node.kind).as_deref().map(str::to_ascii_lowercase).as_deref() {
                Some("role") => Some(PermissionKind::Application),
                Some("scope") => Some(PermissionKind::Delegated),
                _ => None,
            };
            if kind.is_none() {
                reader.fault(node.line, &kind_path, Problem::Expected("Role or Scope"));
            }
            kind
        }
    };
    let (Some(id), Some(kind), Some(resource)) = (id, kind, resource.and_then(AppId::parse)) else { return };
    let asked = Asked { resource, resource_name: String::new(), kind, key: id };
    if manifest.asked.contains(&asked) { manifest.twice.push(asked) } else { manifest.asked.push(asked) }
}

fn guid_of(node: &Node, name: &str, path: &str, reader: &mut Reader) -> Option<String> {
    let path = format!("{path}.{name}");
    let Some(found) = member(node, name) else {
        reader.fault(node.line, &path, Problem::Missing);
        return None;
    };
    let id = json::text(&found.kind).map(|text| text.trim().trim_matches(['{', '}']).to_ascii_lowercase()).filter(|text| is_guid(text));
    if id.is_none() {
        reader.fault(found.line, &path, Problem::Expected("a GUID, such as 00000003-0000-0000-c000-000000000000"));
    }
    id
}

/// Returns permissions as a manifest lists them.
#[must_use]
pub fn write(permissions: &[Chosen]) -> String {
    let access = json!({"requiredResourceAccess": applications::required_resource_access(permissions)});
    serde_json::to_string_pretty(&access).unwrap_or_default()
}
