//! Manifests in the styles that vendors use, and blueprints that are read to the letter.

use latchkey::domain::blueprint::{Credential, Kind};
use latchkey::domain::ids::AppId;
use latchkey::domain::permission::{Catalogue, Chosen, Offered, PermissionKind};
use latchkey::domain::redirect::{self, RedirectFault, ValueFault};
use latchkey::formats::document::{self, Document};
use latchkey::formats::manifest::{self, Manifest};
use latchkey::formats::{Asked, built_in, link, resolve};
use latchkey::text;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/manifests");

fn corpus() -> Vec<(String, String)> {
    let entries = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap());
    let mut all: Vec<_> = entries.map(read).collect();
    all.sort();
    all
}

fn said(manifest: &Manifest) -> String {
    let mut text = String::new();
    let _ = write!(
        text,
        "name {:?}, audience {:?}, web {:?}, other {:?}",
        manifest.name, manifest.audience, manifest.redirect_uris, manifest.other_uris
    );
    for asked in &manifest.asked {
        let _ = write!(text, "\n  {} {:?} {}", asked.resource, asked.kind, asked.key);
    }
    let _ = write!(text, "\n  twice: {}", manifest.twice.len());
    text
}

/// Every text of the corpus: what is taken from it, or each fault with its place. A bad one gives nothing.
#[test]
fn the_corpus_of_manifests() {
    let corpus = corpus();
    assert!(corpus.iter().filter(|(name, _)| !name.starts_with("bad-")).count() >= 25, "{}", corpus.len());
    let mut shown = String::new();
    for (name, text) in corpus {
        let read = manifest::read(&text);
        assert_eq!(read.is_ok(), !name.starts_with("bad-"), "{name}: {read:?}");
        let outcome = read.as_ref().map_or_else(|faults| faults.iter().map(text::formats::fault).collect::<Vec<_>>().join("\n  "), said);
        let _ = writeln!(shown, "{name}\n  {outcome}\n");
    }
    insta::assert_snapshot!(shown);
}

/// What is imported and exported as Graph JSON is the same set.
#[test]
fn a_manifest_comes_out_as_the_set_that_went_in() {
    for (name, text) in corpus().into_iter().filter(|(name, _)| !name.starts_with("bad-")) {
        let first = manifest::read(&text).unwrap();
        let chosen: Vec<Chosen> = first.asked.iter().map(chosen).collect();
        let written = manifest::write(&chosen);
        assert!(serde_json::from_str::<Value>(&written).is_ok(), "{name}");
        let mut again = manifest::read(&written).unwrap().asked;
        let mut asked = first.asked;
        asked.sort();
        again.sort();
        assert_eq!(asked, again, "{name}");
    }
}

fn chosen(asked: &Asked) -> Chosen {
    Chosen {
        resource: asked.resource.clone(),
        resource_name: String::new(),
        id: asked.key.clone(),
        kind: asked.kind,
        value: asked.key.clone(),
    }
}

#[test]
fn names_and_ids_become_permissions_of_the_tenant_and_the_rest_is_listed() {
    let graph = AppId::parse("00000003-0000-0000-c000-000000000000").unwrap();
    let offered = |id: &str, value: &str, kind| Offered {
        chosen: Chosen { resource: graph.clone(), resource_name: "Microsoft Graph".into(), id: id.into(), kind, value: value.into() },
        description: String::new(),
        needs_admin: true,
    };
    let catalogue = Catalogue::new(vec![
        offered("df021288-bdef-4463-88db-98f22de89214", "User.Read.All", PermissionKind::Application),
        offered("a154be20-db9c-4678-8ab7-66f6cc099a59", "User.Read.All", PermissionKind::Delegated),
    ]);
    let asked = |key: &str, kind| Asked { resource: graph.clone(), resource_name: String::new(), kind, key: key.into() };
    let wanted = [
        asked("user.read.all", PermissionKind::Application),
        asked("DF021288-BDEF-4463-88DB-98F22DE89214", PermissionKind::Application),
        asked("User.Read.All", PermissionKind::Delegated),
        asked("Nothing.Such", PermissionKind::Delegated),
    ];
    let resolved = resolve(&wanted, &catalogue);
    assert_eq!(
        resolved.chosen.iter().map(|chosen| chosen.kind).collect::<Vec<_>>(),
        [PermissionKind::Application, PermissionKind::Delegated]
    );
    assert_eq!(resolved.unknown, wanted[3..]);
    // Azure AD Graph has no service principal in tenants of today: what a manifest asks of it is kept all the same.
    let dead = Asked {
        resource: AppId::parse("00000002-0000-0000-c000-000000000000").unwrap(),
        key: "311a71cc-e848-46a1-bdf8-97ff7156d8e6".into(),
        ..wanted[2].clone()
    };
    let kept = resolve(&[dead], &catalogue).chosen;
    assert_eq!((kept[0].value.as_str(), kept[0].is_gone()), ("User.Read", true));
    assert!(text::formats::retired(&kept[0]).unwrap().contains("2025"));
}

fn built_in_documents() -> Vec<Document> {
    vec![
        built_in::app_session(),
        built_in::reporting(),
        built_in::mail_and_calendar(),
        built_in::connection_account(),
        built_in::calendar_sync(),
    ]
}

#[test]
fn a_blueprint_written_and_read_and_written_is_the_same_bytes() {
    for document in built_in_documents() {
        let written = document::write(&document);
        let read = document::read(&written).unwrap_or_else(|faults| panic!("{faults:?}\n{written}"));
        assert_eq!(read, document);
        assert_eq!(document::write(&read), written);
        let fragment = link::write(&document).unwrap();
        assert_eq!(link::read(&fragment).unwrap(), document);
        assert!(fragment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=-_".contains(&byte)), "{fragment}");
    }
    insta::assert_snapshot!(document::write(&built_in::calendar_sync()));
}

/// Every fault is named with its line and path, and nothing is taken.
#[test]
fn every_fault_of_a_blueprint_is_named_at_once() {
    let text = r#"{
  "latchkeyBlueprint": 1,
  "kind": "calendarsync",
  "name": "a\u200bb",
  "audience": "everybody",
  "redirectUris": ["http://example.com/x", "https://{agency}.example.com", "https://{agency}.example.com", "https://a}.example.com"],
  "permissions": [{"resource": "Graph", "delegated": ["User.Read"]}, {"resource": "00000003-0000-0000-c000-000000000000", "delegated": ["A", "A", " "]}],
  "credential": {"type": "secret", "days": 731},
  "account": {"userName": "a@b", "usageLocation": "de", "password": "secret"},
  "exchangeRoles": [{"name": "", "holder": "me"}],
  "colour": "red",
  "name": "again"
}"#;
    let faults = document::read(text).unwrap_err();
    insta::assert_snapshot!(faults.iter().map(text::formats::fault).collect::<Vec<_>>().join("\n"));
    let newer = document::read("{\"latchkeyBlueprint\": 2, \"shape\": \"unknown\"}").unwrap_err();
    assert!(text::formats::fault(&newer[0]).contains("newer version"), "{newer:?}");
    assert!(
        document::read("{\"latchkeyBlueprint\": 1, // a comment\n\"kind\": \"appSession\", \"name\": \"\"}").is_err(),
        "a blueprint is read to the letter"
    );
    assert!(document::read("{\"latchkeyBlueprint\": 1, \"kind\": \"appSession\", \"name\": \"\", \"account\": {}}").is_err());
    assert!(document::read("{\"latchkeyBlueprint\": 1, \"kind\": \"connectionAccount\", \"name\": \"\"}").is_err());
}

/// What the kind has no place for is a fault, so that no plan holds what no screen shows.
#[test]
fn a_blueprint_holds_only_what_its_kind_has() {
    let base = |kind: &str, more: &str| format!("{{\"latchkeyBlueprint\": 1, \"kind\": \"{kind}\", \"name\": \"x\"{more}}}");
    let exchange = |holder: &str| format!(", \"exchangeRoles\": [{{\"name\": \"Mail Recipients\", \"holder\": \"{holder}\"}}]");
    let graph = ", \"permissions\": [{\"resource\": \"00000003-0000-0000-c000-000000000000\", \"delegated\": [\"User.Read\"]}]";
    assert!(document::read(&base("connectionAccount", ", \"account\": {}")).is_ok());
    for (kind, more) in [
        ("connectionAccount", format!(", \"account\": {{}}{graph}")),
        ("connectionAccount", format!(", \"account\": {{}}{}", exchange("application"))),
        ("appSession", exchange("account")),
        ("calendarSync", ", \"account\": {\"directoryRoles\": [\"Global Administrator\"]}".to_owned()),
        ("calendarSync", ", \"account\": {\"apiAccess\": {\"clientId\": \"00000003-0000-0000-c000-000000000000\"}}".to_owned()),
        (
            "connectionAccount",
            ", \"account\": {\"apiAccess\": {\"clientId\": \"00000003-0000-0000-c000-000000000000\", \"name\": \"Micro\u{202e}soft\"}}"
                .to_owned(),
        ),
    ] {
        assert!(document::read(&base(kind, &more)).is_err(), "{kind} with {more}");
    }
}

/// The published schema and the reader know the same members.
#[test]
fn the_schema_names_what_the_reader_takes() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/blueprint-1.schema.json")).unwrap();
    let names = |value: &Value| value["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let access = &schema["properties"]["account"]["properties"]["apiAccess"];
    let item = |value: &Value| value["items"].clone();
    let all = [
        ("", names(&schema)),
        ("credential", names(&schema["properties"]["credential"])),
        ("account", names(&schema["properties"]["account"])),
        ("apiAccess", names(access)),
        ("permissions", names(&item(&schema["$defs"]["permissions"]))),
        ("exchangeRoles", names(&item(&schema["properties"]["exchangeRoles"]))),
    ];
    for (of, names) in all {
        for name in names {
            let broken = format!("\"{name}\": []");
            let wrapped = match of {
                "" => format!("{{{broken}}}"),
                "apiAccess" => format!("{{\"account\": {{\"apiAccess\": {{{broken}}}}}}}"),
                "credential" | "account" => format!("{{\"{of}\": {{{broken}}}}}"),
                list => format!("{{\"{list}\": [{{{broken}}}]}}"),
            };
            let faults = document::read(&wrapped).unwrap_err();
            let said: Vec<String> = faults.iter().map(text::formats::fault).collect();
            assert!(!said.iter().any(|fault| fault.contains("not known")), "{of}.{name}: {said:?}");
        }
    }
}

#[test]
fn a_link_is_bounded_and_a_broken_one_says_so() {
    let long = Document {
        notes: "x".repeat(2000),
        redirect_uris: (0..60).map(|n| format!("https://{n}.example.com/{}", "p".repeat(80))).collect(),
        ..built_in::calendar_sync()
    };
    assert_eq!(link::write(&long), None);
    let whole = link::write(&built_in::calendar_sync()).unwrap();
    for broken in [&whole[..whole.len() - 5], "blueprint=", "blueprint=%%%", "other=abc"] {
        assert!(link::read(broken).is_err(), "{broken}");
    }
    assert!(link::read(&format!("{}{}", link::START, "A".repeat(link::LONGEST))).is_err());
}

#[test]
fn redirect_uris_are_checked_by_host_label_length_and_duplicates() {
    let check = redirect::check;
    assert_eq!(check("https://lakeside.example.com/settings"), Ok(()));
    assert_eq!(check("http://localhost:8080/auth"), Ok(()));
    assert_eq!(check("http://example.com/"), Err(RedirectFault::Scheme));
    assert_eq!(check("https://{agency}.example.com"), Err(RedirectFault::Character('{')));
    assert_eq!(check("https://user@example.com/"), Err(RedirectFault::UserInfo));
    assert_eq!(check("https://intranet/auth"), Err(RedirectFault::Host));
    assert_eq!(check(&format!("https://example.com/{}", "a".repeat(256))), Err(RedirectFault::TooLong));
    let all = ["https://Example.com/a".to_owned(), "https://example.com/A".to_owned(), "https://example.com/a".to_owned()];
    assert_eq!(redirect::check_all(&all[..2]), Ok(()), "the path is told apart by case");
    assert_eq!(redirect::check_all(&all), Err((all[2].clone(), RedirectFault::Twice)), "the host is not");
    let templates = ["https://{agency}.example.com/{path}".to_owned()];
    assert_eq!(redirect::placeholders(&templates), ["agency", "path"]);
    let value = |name: &str, value: &str| redirect::check_value(&templates, name, value);
    assert_eq!(value("agency", "lake-side1"), Ok(()));
    assert_eq!(value("agency", "lake.side"), Err(ValueFault::Character('.')));
    assert_eq!(value("path", "v1.0"), Ok(()));
    assert_eq!(value("agency", "-lake"), Err(ValueFault::Hyphen));
    assert_eq!(value("agency", &"a".repeat(64)), Err(ValueFault::TooLong));
    assert_eq!(value("agency", ""), Err(ValueFault::Empty));
    let values = BTreeMap::from([("agency".to_owned(), " lakeside ".to_owned()), ("path".to_owned(), "x".to_owned())]);
    assert_eq!(redirect::fill(&templates, &values), ["https://lakeside.example.com/x"]);
}

fn keys() -> impl Strategy<Value = Vec<Asked>> {
    let kind = prop_oneof![Just(PermissionKind::Application), Just(PermissionKind::Delegated)];
    let resource = prop_oneof![Just("00000003-0000-0000-c000-000000000000"), Just("00000002-0000-0ff1-ce00-000000000000")];
    let one = (resource, kind, "[A-Z][a-z]{1,8}\\.[A-Z][a-z]{1,8}").prop_map(|(resource, kind, key)| Asked {
        resource: AppId::parse(resource).unwrap(),
        resource_name: String::new(),
        kind,
        key,
    });
    proptest::collection::vec(one, 0..12)
}

proptest! {
    /// Whatever is pasted, the reader ends and names a place that is in the text.
    #[test]
    fn any_text_is_read_or_refused_with_a_line(text in "(\\PC|[\\n\\t{}\\[\\]\":,/*“”]){0,200}") {
        let lines = text.matches('\n').count() + 1;
        if let Err(faults) = manifest::read(&text) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)), "{:?} of {} lines", faults, lines);
        }
        if let Err(faults) = document::read(&text) {
            prop_assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)), "{:?}", faults);
        }
    }

    /// A manifest in typographic quotes, with comments and trailing commas, is the same as the plain one.
    #[test]
    fn what_word_processors_do_changes_nothing(ids in proptest::collection::vec("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}", 1..8)) {
        let access: Vec<String> = ids.iter().map(|id| format!("{{\"id\": \"{id}\", \"type\": \"Scope\"}}")).collect();
        let plain = format!("{{\"requiredResourceAccess\": [{{\"resourceAppId\": \"00000003-0000-0000-c000-000000000000\", \"resourceAccess\": [{}]}}]}}", access.join(","));
        let mut open = false;
        let worn: String = plain.chars().map(|c| if c == '"' { open = !open; if open { '“' } else { '”' } } else { c }).collect();
        let worn = worn.replace("}]", "},\n// the \"end\"\n]");
        prop_assert_eq!(manifest::read(&plain).unwrap(), manifest::read(&worn).unwrap());
    }

    #[test]
    fn any_blueprint_comes_back_as_the_same_bytes(permissions in keys(), name in "[A-Za-z0-9 ]{0,40}", days in proptest::sample::select(vec![30_u32, 90, 180, 365, 730])) {
        let mut permissions = permissions;
        permissions.sort();
        permissions.dedup();
        let document = Document { kind: Kind::AppSession, name: name.trim().into(), permissions, credential: Credential::Secret { days }, ..Document::default() };
        let written = document::write(&document);
        let again = document::write(&document::read(&written).unwrap());
        prop_assert_eq!(written, again);
    }
}
