//! Blueprints as documents: JSON with a version, read to the letter. docs/blueprint-1.schema.json is the same in JSON Schema.

use super::Asked;
use super::json::{self, Fault, Kind as Json, Manners, Members, Node, Problem, Reader};
use domain::account::{self, Account};
use domain::blueprint::{Audience, Blueprint, Credential, ExchangeHolder, ExchangeRole, Kind, LIFETIMES};
use domain::certificate::KEY_LENGTHS;
use domain::ids::{AppId, is_guid};
use domain::name;
use domain::permission::{Chosen, PermissionKind};
use domain::redirect;
use serde::Serialize;

/// The version of the format.
pub const VERSION: u32 = 1;
/// The longest notes, in characters.
pub const LONGEST_NOTES: usize = 2000;

/// What a document says. Names of permissions, roles and licences are looked up in the tenant that it is used in.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Document {
    pub kind: Kind,
    pub name: String,
    pub notes: String,
    pub audience: Audience,
    /// With `{placeholders}`.
    pub redirect_uris: Vec<String>,
    pub permissions: Vec<Asked>,
    pub replaces_permissions: bool,
    pub credential: Credential,
    /// Directory roles by name or id.
    pub roles: Vec<String>,
    pub account: Option<AccountWish>,
    pub exchange: Vec<ExchangeRole>,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct AccountWish {
    pub user_name: String,
    pub display_name: String,
    pub must_change: bool,
    pub usage_location: Option<String>,
    /// `skuPartNumber`
    pub licence: Option<String>,
    pub roles: Vec<String>,
    pub access: Option<AccessWish>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct AccessWish {
    pub client: AppId,
    pub name: String,
    pub for_everyone: bool,
    pub permissions: Vec<Asked>,
}

const MEMBERS: &[&str] = &[
    "$schema",
    "latchkeyBlueprint",
    "kind",
    "name",
    "notes",
    "audience",
    "redirectUris",
    "permissions",
    "replacesPermissions",
    "credential",
    "directoryRoles",
    "account",
    "exchangeRoles",
];

/// Reads a document whole, or not at all.
///
/// # Errors
/// Every fault with its line and path.
pub fn read(text: &str) -> Result<Document, Vec<Fault>> {
    let root = json::read(text, Manners::Strict).map_err(|fault| vec![fault])?;
    let mut reader = Reader::default();
    // A newer version has members that this one does not know: they are no faults.
    if let Json::Object(members) = &root.kind
        && let Some((_, Node { kind: Json::Number(version), line })) = members.iter().find(|(name, _)| name == "latchkeyBlueprint")
        && version.parse::<u32>().is_ok_and(|version| version > VERSION)
    {
        return Err(vec![Fault { line: *line, path: "latchkeyBlueprint".into(), problem: Problem::Newer }]);
    }
    let document = document(&root, &mut reader);
    if reader.faults.is_empty() { Ok(document) } else { Err(reader.faults) }
}

fn document(root: &Node, reader: &mut Reader) -> Document {
    let members = reader.object(root, "", MEMBERS);
    let is_version = |kind: &Json| matches!(kind, Json::Number(version) if *version == VERSION.to_string()).then_some(());
    members.need(reader, "latchkeyBlueprint", "the number 1", is_version);
    let kind = members.need(reader, "kind", "appSession, connectionAccount or calendarSync", |kind| word(kind, KINDS));
    let name = members.need(reader, "name", "a name of 1 to 120 visible characters", |kind| {
        json::text(kind).filter(|text| text.is_empty() || name::check(text).is_ok())
    });
    let notes = members.read(reader, "notes", "a text of 2,000 characters at most", |kind| {
        json::text(kind).filter(|text| text.chars().count() <= LONGEST_NOTES && !text.chars().any(|c| name::is_hidden(c) && c != '\n'))
    });
    let audience = members.read(reader, "audience", "singleTenant or multiTenant", |kind| word(kind, AUDIENCES));
    let redirect_uris = redirect_uris(&members, reader);
    let permissions = permissions(&members, reader);
    let replaces_permissions = members.bool(reader, "replacesPermissions").unwrap_or_default();
    let credential = members.get("credential").map_or(Some(Credential::None), |node| credential(node, reader));
    let roles = members.texts(reader, "directoryRoles");
    let account = members.get("account").map(|node| account_wish(node, reader));
    let exchange: Vec<ExchangeRole> =
        members.list(reader, "exchangeRoles").into_iter().filter_map(|(path, node)| exchange_role(node, &path, reader)).collect();
    let kind = kind.unwrap_or_default();
    let mut unfit = |name: &str, is_there: bool, expected: &'static str| {
        if is_there {
            reader.fault(members.get(name).map_or(root.line, |node| node.line), name, Problem::Expected(expected));
        }
    };
    if kind == Kind::ConnectionAccount {
        unfit("permissions", !permissions.is_empty(), "no permissions here: those of account.apiAccess are meant");
        unfit("redirectUris", !redirect_uris.is_empty(), "no redirect URIs, since a connection account has no application");
        unfit("credential", credential != Some(Credential::None), "no credential, since a connection account has no application");
    }
    unfit("directoryRoles", kind != Kind::AppSession && !roles.is_empty(), "no roles here, but for an App session");
    unfit("exchangeRoles", kind != Kind::CalendarSync && !exchange.is_empty(), "no Exchange roles, but for calendarSync");
    if let Some(account) = account.as_ref().filter(|_| kind == Kind::CalendarSync) {
        unfit("account.directoryRoles", !account.roles.is_empty(), "no roles of the account, but for connectionAccount");
        unfit("account.apiAccess", account.access.is_some(), "no API access, but for connectionAccount");
    }
    match (kind.has_account(), account.is_some()) {
        (true, false) => reader.fault(root.line, "account", Problem::Missing),
        (false, true) => reader.fault(root.line, "account", Problem::Expected("no account, since an App session has none")),
        _ => {}
    }
    Document {
        kind,
        name: name.unwrap_or_default(),
        notes: notes.unwrap_or_default(),
        audience: audience.unwrap_or_default(),
        redirect_uris,
        permissions,
        replaces_permissions,
        credential: credential.unwrap_or(Credential::None),
        roles,
        account,
        exchange,
    }
}

const KINDS: &[(&str, Kind)] =
    &[("appSession", Kind::AppSession), ("connectionAccount", Kind::ConnectionAccount), ("calendarSync", Kind::CalendarSync)];
const AUDIENCES: &[(&str, Audience)] = &[("singleTenant", Audience::SingleTenant), ("multiTenant", Audience::MultiTenant)];
const HOLDERS: &[(&str, ExchangeHolder)] = &[("account", ExchangeHolder::Account), ("application", ExchangeHolder::Application)];

fn word<T: Copy>(kind: &Json, words: &[(&str, T)]) -> Option<T> {
    let text = json::text(kind)?;
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
}

fn word_of<T: PartialEq>(value: &T, words: &[(&'static str, T)]) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

fn redirect_uris(members: &Members<'_>, reader: &mut Reader) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (path, node) in members.list(reader, "redirectUris") {
        // As it would be with the shortest values.
        let is_good = |text: &String| redirect::is_template(text) && redirect::check(&text.replace(['{', '}'], "")).is_ok();
        match json::text(&node.kind).filter(is_good) {
            Some(text) if found.contains(&text) => reader.fault(node.line, &path, Problem::Twice),
            Some(text) => found.push(text),
            None => reader.fault(node.line, &path, Problem::Expected("a redirect URI, with placeholders such as {agency}")),
        }
    }
    found
}

fn permissions(members: &Members<'_>, reader: &mut Reader) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    for (path, node) in members.list(reader, "permissions") {
        let of = reader.object(node, &path, &["resource", "resourceName", "application", "delegated"]);
        let resource = of.need(reader, "resource", "the client id of an API, a GUID", |kind| AppId::parse(&json::text(kind)?));
        let resource_name = of.text(reader, "resourceName").unwrap_or_default();
        for (list, kind) in [("application", PermissionKind::Application), ("delegated", PermissionKind::Delegated)] {
            for (at, key) in of.texts(reader, list).into_iter().enumerate() {
                let Some(resource) = resource.clone() else { continue };
                let permission = Asked { resource, resource_name: resource_name.clone(), kind, key };
                let is_same = |known: &Asked| known.resource == permission.resource && known.kind == kind && known.key == permission.key;
                let at = format!("{}[{at}]", of.path(list));
                if permission.key.trim().is_empty() {
                    reader.fault(node.line, &at, Problem::Expected("the name or id of a permission"));
                } else if asked.iter().any(is_same) {
                    reader.fault(node.line, &at, Problem::Twice);
                } else {
                    asked.push(permission);
                }
            }
        }
    }
    asked
}

fn credential(node: &Node, reader: &mut Reader) -> Option<Credential> {
    let of = reader.object(node, "credential", &["type", "days", "bits"]);
    let kind = of.need(reader, "type", "none, secret or certificate", |kind| {
        json::text(kind).filter(|t| ["none", "secret", "certificate"].contains(&t.as_str()))
    })?;
    if kind == "none" {
        return Some(Credential::None);
    }
    let number =
        |kind: &Json, from: &[u32]| if let Json::Number(text) = kind { text.parse().ok().filter(|n| from.contains(n)) } else { None };
    let days = of.need(reader, "days", "30, 90, 180, 365 or 730", |kind| number(kind, LIFETIMES))?;
    if kind == "secret" {
        return Some(Credential::Secret { days });
    }
    let bits = of.need(reader, "bits", "2048, 3072 or 4096", |kind| number(kind, KEY_LENGTHS))?;
    Some(Credential::Certificate { days, bits })
}

fn account_wish(node: &Node, reader: &mut Reader) -> AccountWish {
    const NAMES: &[&str] = &["userName", "displayName", "mustChangePassword", "usageLocation", "licence", "directoryRoles", "apiAccess"];
    let of = reader.object(node, "account", NAMES);
    // Empty where whoever uses the document shall choose it.
    let user_name = of.read(reader, "userName", "the part of a user name before the @", |kind| {
        json::text(kind).filter(|text| text.is_empty() || account::check_user_name(text, "").is_ok())
    });
    let location = of.read(reader, "usageLocation", "a country as two capital letters", |kind| {
        json::text(kind).filter(|text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()))
    });
    let access = of.get("apiAccess").and_then(|node| access_wish(node, reader));
    AccountWish {
        user_name: user_name.unwrap_or_default(),
        display_name: of.text(reader, "displayName").unwrap_or_default(),
        must_change: of.bool(reader, "mustChangePassword").unwrap_or_default(),
        usage_location: location,
        licence: of.text(reader, "licence"),
        roles: of.texts(reader, "directoryRoles"),
        access,
    }
}

fn access_wish(node: &Node, reader: &mut Reader) -> Option<AccessWish> {
    let of = reader.object(node, "account.apiAccess", &["clientId", "name", "forEveryone", "permissions"]);
    let client = of.need(reader, "clientId", "the client id of an application, a GUID", |kind| AppId::parse(&json::text(kind)?));
    let name = of.read(reader, "name", "a name of 1 to 120 visible characters", |kind| {
        json::text(kind).filter(|text| text.is_empty() || name::check(text).is_ok())
    });
    let for_everyone = of.bool(reader, "forEveryone").unwrap_or_default();
    let permissions = permissions(&of, reader);
    if let Some(wrong) = permissions.iter().position(|asked| asked.kind == PermissionKind::Application) {
        reader.fault(node.line, &format!("{}[{wrong}]", of.path("permissions")), Problem::Expected("delegated permissions only"));
    }
    Some(AccessWish { client: client?, name: name.unwrap_or_default(), for_everyone, permissions })
}

fn exchange_role(node: &Node, path: &str, reader: &mut Reader) -> Option<ExchangeRole> {
    let of = reader.object(node, path, &["name", "holder"]);
    let name = of.need(reader, "name", "the name of a role", |kind| {
        json::text(kind).filter(|text| !text.trim().is_empty() && text.len() <= 64 && !text.chars().any(name::is_hidden))
    });
    let holder = of.need(reader, "holder", "account or application", |kind| word(kind, HOLDERS));
    Some(ExchangeRole { name: name?, holder: holder? })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    latchkey_blueprint: u32,
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    notes: &'a str,
    audience: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    redirect_uris: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    permissions: Vec<WrittenPermissions<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replaces_permissions: bool,
    credential: WrittenCredential,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    directory_roles: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<WrittenAccount<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exchange_roles: Vec<WrittenExchange<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenPermissions<'a> {
    resource: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    resource_name: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    application: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    delegated: Vec<&'a str>,
}

#[derive(Serialize)]
struct WrittenCredential {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bits: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenAccount<'a> {
    user_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    display_name: &'a str,
    must_change_password: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_location: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    directory_roles: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    api_access: Option<WrittenAccess<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenAccess<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    for_everyone: bool,
    permissions: Vec<WrittenPermissions<'a>>,
}

#[derive(Serialize)]
struct WrittenExchange<'a> {
    name: &'a str,
    holder: &'static str,
}

fn grouped(asked: &[Asked]) -> Vec<WrittenPermissions<'_>> {
    let mut groups: Vec<WrittenPermissions<'_>> = Vec::new();
    for permission in asked {
        let at = groups.iter().position(|group| group.resource == permission.resource.as_str()).unwrap_or_else(|| {
            let (resource, resource_name) = (permission.resource.as_str(), permission.resource_name.as_str());
            groups.push(WrittenPermissions { resource, resource_name, application: Vec::new(), delegated: Vec::new() });
            groups.len() - 1
        });
        match permission.kind {
            PermissionKind::Application => groups[at].application.push(&permission.key),
            PermissionKind::Delegated => groups[at].delegated.push(&permission.key),
        }
    }
    groups
}

/// Writes a document, always in the same way: what was written and is read and written again is the same bytes.
#[must_use]
pub fn write(document: &Document) -> String {
    let credential = match document.credential {
        Credential::None | Credential::Uploaded => WrittenCredential { kind: "none", days: None, bits: None },
        Credential::Secret { days } => WrittenCredential { kind: "secret", days: Some(days), bits: None },
        Credential::Certificate { days, bits } => WrittenCredential { kind: "certificate", days: Some(days), bits: Some(bits) },
    };
    let account = document.account.as_ref().map(|account| WrittenAccount {
        user_name: &account.user_name,
        display_name: &account.display_name,
        must_change_password: account.must_change,
        usage_location: account.usage_location.as_deref(),
        licence: account.licence.as_deref(),
        directory_roles: &account.roles,
        api_access: account.access.as_ref().map(|access| WrittenAccess {
            client_id: access.client.as_str(),
            name: &access.name,
            for_everyone: access.for_everyone,
            permissions: grouped(&access.permissions),
        }),
    });
    let written = Written {
        latchkey_blueprint: VERSION,
        kind: word_of(&document.kind, KINDS),
        name: &document.name,
        notes: &document.notes,
        audience: word_of(&document.audience, AUDIENCES),
        redirect_uris: &document.redirect_uris,
        permissions: grouped(&document.permissions),
        replaces_permissions: document.replaces_permissions,
        credential,
        directory_roles: &document.roles,
        account,
        exchange_roles: document
            .exchange
            .iter()
            .map(|role| WrittenExchange { name: &role.name, holder: word_of(&role.holder, HOLDERS) })
            .collect(),
    };
    serde_json::to_string_pretty(&written).unwrap_or_default() + "\n"
}

/// Returns what a wizard holds as a document. An uploaded certificate belongs to nobody else, so it is left out; ids stand for
/// permissions whose resources go by other names elsewhere.
#[must_use]
pub fn of(blueprint: &Blueprint, templates: &[String], notes: &str) -> Document {
    let names = |roles: &[domain::role::DirectoryRole]| roles.iter().map(|role| role.name.clone()).collect();
    let account = |account: &Account| AccountWish {
        user_name: account.user_name.trim().to_owned(),
        display_name: account.display_name.trim().to_owned(),
        must_change: account.must_change,
        usage_location: account.usage_location.clone(),
        licence: account.licence.as_ref().map(|licence| licence.part.clone()),
        roles: names(&account.roles),
        access: account.access.as_ref().map(|access| AccessWish {
            client: access.client.clone(),
            name: access.name.clone(),
            for_everyone: access.for_everyone,
            permissions: asked(&access.permissions),
        }),
    };
    Document {
        kind: blueprint.kind,
        name: blueprint.name.trim().to_owned(),
        notes: notes.to_owned(),
        audience: blueprint.audience,
        redirect_uris: if templates.is_empty() { blueprint.redirect_uris.clone() } else { templates.to_vec() },
        permissions: asked(&blueprint.permissions),
        replaces_permissions: blueprint.replaces_permissions,
        credential: blueprint.credential,
        roles: names(&blueprint.roles),
        account: blueprint.account.as_ref().map(account),
        exchange: blueprint.exchange.clone(),
    }
}

/// Returns permissions by their names, or by the id where the name is not known.
fn asked(permissions: &[Chosen]) -> Vec<Asked> {
    let of = |permission: &Chosen| Asked {
        resource: permission.resource.clone(),
        resource_name: permission.resource_name.clone(),
        kind: permission.kind,
        key: if permission.is_gone() || is_guid(&permission.value) { permission.id.clone() } else { permission.value.clone() },
    };
    permissions.iter().map(of).collect()
}
