//! A blueprint of a link or a file fills the wizard: what could lead sign-ins or rights astray waits until a person ticks it.

use latchkey::domain::blueprint::{Audience, Blueprint, Credential, Kind};
use latchkey::domain::ids::{AppId, TenantId};
use latchkey::domain::permission::{AZURE_AD_GRAPH, Catalogue, Chosen, GRAPH, Offered, PermissionKind};
use latchkey::domain::redirect;
use latchkey::domain::risk::{self, Risk};
use latchkey::domain::role::DirectoryRole;
use latchkey::domain::time::Instant;
use latchkey::entra::attempt::ReturnTo;
use latchkey::entra::authorize::{self, Prompt, Wanted};
use latchkey::entra::cloud::Config;
use latchkey::entra::consent;
use latchkey::entra::scopes::Scopes;
use latchkey::formats::document::{self, AccessWish, AccountWish, Document};
use latchkey::formats::draft::{Draft, Point, Source};
use latchkey::formats::json::Problem;
use latchkey::formats::{Asked, built_in, link, manifest};
use latchkey::text;
use proptest::prelude::*;

const EXCHANGE: &str = built_in::EXCHANGE;

fn chosen(resource: &str, kind: PermissionKind, value: &str) -> Chosen {
    let (resource, resource_name) =
        (AppId::parse(resource).unwrap(), if resource == GRAPH { "Microsoft Graph" } else { "Another API" }.into());
    Chosen { resource, resource_name, id: format!("id-{kind:?}-{value}"), kind, value: value.into() }
}

/// What the tenant offers: every name in both kinds, of two APIs.
fn catalogue(names: &[&str]) -> Catalogue {
    let one =
        |resource: &str, kind, name: &str| Offered { chosen: chosen(resource, kind, name), description: String::new(), needs_admin: true };
    let all = names.iter().flat_map(|name| {
        [GRAPH, EXCHANGE]
            .into_iter()
            .flat_map(move |resource| [PermissionKind::Application, PermissionKind::Delegated].map(|kind| one(resource, kind, name)))
    });
    Catalogue::new(all.collect())
}

fn asked(resource: &str, kind: PermissionKind, names: &[&str]) -> Vec<Asked> {
    let of = |name: &&str| Asked { resource: AppId::parse(resource).unwrap(), resource_name: String::new(), kind, key: (*name).to_owned() };
    names.iter().map(of).collect()
}

const NAMES: &[&str] = &[
    "openid",
    "User.Read",
    "User.Read.All",
    "Reports.Read.All",
    "Mail.Read",
    "Mail.Send",
    "Files.ReadWrite.All",
    "Directory.AccessAsUser.All",
    "RoleManagement.ReadWrite.Directory",
    "AppRoleAssignment.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "Exchange.ManageAsApp",
];

/// What a link asks for that wants all it can get.
fn hostile() -> Document {
    let of = |resource: &str, kind| asked(resource, kind, NAMES);
    let mut permissions = of(GRAPH, PermissionKind::Application);
    permissions.extend(of(GRAPH, PermissionKind::Delegated));
    permissions.extend(of(EXCHANGE, PermissionKind::Application));
    Document {
        name: "Sent by somebody".into(),
        audience: Audience::MultiTenant,
        redirect_uris: vec!["https://evil.example/take".into()],
        permissions,
        replaces_permissions: true,
        credential: Credential::Secret { days: 730 },
        roles: vec!["Global Administrator".into(), "62e90394-69f5-4237-9190-012177145e11".into()],
        ..built_in::app_session()
    }
}

fn roles() -> Vec<DirectoryRole> {
    vec![DirectoryRole { id: "62e90394-69f5-4237-9190-012177145e10".into(), name: "Global Administrator".into() }]
}

fn filled(document: &Document, source: Source) -> Draft {
    let mut draft = Draft::of_outside(document, source);
    draft.settle(&catalogue(NAMES), true);
    draft.settle_roles(&roles());
    draft
}

#[test]
fn t10_what_a_link_asks_for_waits_and_only_the_harmless_is_taken() {
    for source in [Source::Link, Source::File, Source::Run] {
        let draft = filled(&hostile(), source);
        let taken: Vec<(PermissionKind, &str)> = draft.blueprint.permissions.iter().map(|p| (p.kind, p.value.as_str())).collect();
        use PermissionKind::{Application, Delegated};
        assert_eq!(
            taken,
            [
                (Application, "User.Read"),
                (Application, "User.Read.All"),
                (Application, "Reports.Read.All"),
                (Delegated, "openid"),
                (Delegated, "User.Read"),
                (Delegated, "User.Read.All"),
                (Delegated, "Reports.Read.All"),
            ]
        );
        assert!(draft.blueprint.permissions.iter().all(|p| risk::of(p).0 < Risk::High));
        let blueprint = &draft.blueprint;
        assert_eq!((blueprint.audience, blueprint.credential), (Audience::SingleTenant, Credential::Secret { days: 180 }));
        assert!(blueprint.redirect_uris.is_empty() && blueprint.roles.is_empty() && !blueprint.replaces_permissions);
        let outside = draft.outside.as_ref().unwrap();
        assert!(outside.points.iter().all(|point| !draft.has(point)), "nothing is ticked");
        // Every one of them is named on the review, with what it is.
        let said: Vec<String> = outside.points.iter().map(text::outside::point).collect();
        for words in [
            "Who may use it: any tenant that consents to it",
            "Lifetime: a client secret for 730 days",
            "https://evil.example/take",
            "Mail.Read (delegated), for everybody in this tenant who signs in to it",
            "RoleManagement.ReadWrite.Directory (application)",
            "Files.ReadWrite.All (delegated), for everybody in this tenant who signs in to it",
            "Exchange.ManageAsApp (application), Another API (00000002-0000-0ff1-ce00-000000000000)",
            "Directory role Global Administrator for the application",
            "are taken away",
        ] {
            assert!(said.iter().any(|line| line.contains(words)), "{words} in {said:#?}");
        }
        let all = hostile().permissions.len();
        let waiting = outside.points.iter().filter(|point| matches!(point, Point::Permission(_))).count();
        assert_eq!(taken.len() + waiting, all, "nothing is left out in silence");
    }
}

#[test]
fn t10_ticking_takes_one_point_and_unticking_takes_it_out_again() {
    let mut document = hostile();
    document.permissions = asked(GRAPH, PermissionKind::Application, &["Mail.Read"]);
    let mut draft = filled(&document, Source::Link);
    let bare = draft.clone();
    let points = draft.outside.clone().unwrap().points;
    assert_eq!(points.len(), 6);
    for point in &points {
        draft.set(point, true);
        assert!(draft.has(point), "{point:?}");
        let others = points.iter().filter(|other| *other != point);
        assert!(others.clone().all(|other| !draft.has(other)), "{point:?} takes another along");
        draft.set(point, false);
        assert_eq!(draft, bare, "{point:?}");
    }
    points.iter().for_each(|point| draft.set(point, true));
    let plain = {
        let mut plain = Draft::of(&document);
        plain.settle(&catalogue(NAMES), true);
        plain.settle_roles(&roles());
        plain
    };
    assert_eq!(draft.blueprint, plain.blueprint, "all ticked, it is what the link asks for");
    assert_eq!(draft.document().redirect_uris, document.redirect_uris);
}

#[test]
fn t10_an_account_of_a_link_gets_no_rights_by_itself() {
    let access = AccessWish {
        client: AppId::parse(GRAPH).unwrap(),
        name: "x".into(),
        for_everyone: true,
        permissions: asked(GRAPH, PermissionKind::Delegated, &["Mail.Read"]),
    };
    let account =
        AccountWish { user_name: "svc".into(), roles: vec!["Global Administrator".into()], access: Some(access), ..AccountWish::default() };
    let document = Document { name: "x".into(), account: Some(account), ..built_in::connection_account() };
    let mut draft = filled(&document, Source::Link);
    let account = draft.blueprint.account.clone().unwrap();
    assert!(account.roles.is_empty() && account.access.is_none());
    let points = draft.outside.clone().unwrap().points;
    let said: Vec<String> = points.iter().map(text::outside::point).collect();
    assert!(said.iter().any(|line| line.contains("acts for every user of this tenant: Mail.Read")), "{said:?}");
    points.iter().for_each(|point| draft.set(point, true));
    let account = draft.blueprint.account.unwrap();
    assert_eq!((account.roles.len(), account.access.unwrap().permissions.len()), (1, 1));
}

#[test]
fn t11_a_pasted_manifest_waits_for_a_tick_where_it_could_do_harm() {
    use PermissionKind::Application;
    let values = |draft: &Draft| draft.blueprint.permissions.iter().map(|chosen| chosen.value.clone()).collect::<Vec<_>>();
    let waiting = |draft: &Draft| {
        let points = draft.outside.as_ref().map(|outside| outside.points.clone()).unwrap_or_default();
        let name = |point: Point| if let Point::Permission(chosen) = point { chosen.value } else { format!("{point:?}") };
        points.into_iter().map(name).collect::<Vec<_>>()
    };
    let mut draft = Draft::fresh(Kind::AppSession);
    draft.blueprint.permissions = [("Mail.Read", Application), ("Mail.Send", Application)].map(|(v, kind)| chosen(GRAPH, kind, v)).into();
    draft.paste(asked(GRAPH, Application, &["User.Read.All", "Mail.Read", "RoleManagement.ReadWrite.Directory", "No.Such"]));
    let catalogue = catalogue(NAMES);
    let pasted = draft.clone();
    draft.settle(&catalogue, false);
    assert!(draft == pasted && !draft.is_untouched(), "nothing is looked up before the catalogue is whole, and nothing is lost");
    // What is chosen meanwhile is nothing of the text.
    draft.blueprint.permissions.push(chosen(GRAPH, Application, "Reports.Read.All"));
    draft.settle(&catalogue, true);
    // What the person had chosen and the text asks for again stays; what it does not ask for goes.
    assert_eq!(values(&draft), ["Reports.Read.All", "Mail.Read", "User.Read.All"]);
    assert_eq!(waiting(&draft), ["RoleManagement.ReadWrite.Directory"]);
    assert_eq!(draft.open.permissions, asked(GRAPH, Application, &["No.Such"]));
    let point = draft.outside.as_ref().unwrap().points[0].clone();
    draft.set(&point, true);
    assert!(draft.has(&point));
    // A second text takes the place of the first; what was ticked and is asked for again stays ticked.
    draft.paste(asked(GRAPH, Application, &["RoleManagement.ReadWrite.Directory", "Files.ReadWrite.All"]));
    draft.settle(&catalogue, true);
    assert_eq!(values(&draft), ["RoleManagement.ReadWrite.Directory"]);
    assert_eq!(waiting(&draft), ["RoleManagement.ReadWrite.Directory", "Files.ReadWrite.All"]);
    assert!(draft.has(&point) && draft.open.permissions.is_empty());
    // While something waits, nothing is taken from an application for want of it.
    draft.blueprint.replaces_permissions = true;
    assert!(!draft.planned().replaces_permissions);
    let files = draft.outside.as_ref().unwrap().points[1].clone();
    draft.set(&files, true);
    assert!(draft.planned().replaces_permissions);
    // Of a link nothing was said yes to, so nothing of it comes in by a manifest that asks for the same.
    let mut linked = Draft::of_outside(&hostile(), Source::Link);
    let of_link = linked.open.permissions.clone();
    assert!(!of_link.is_empty());
    linked.paste(of_link);
    linked.settle(&catalogue, true);
    assert!(linked.blueprint.permissions.iter().all(|chosen| !risk::asks_a_person(chosen)), "{:?}", values(&linked));
}

#[test]
fn t11_a_manifest_as_an_app_session_asks_for_its_audience_and_its_addresses() {
    let text = r#"{"displayName": "Vendor", "signInAudience": "AzureADMultipleOrgs", "web": {"redirectUris": ["https://evil.example/take"]},
        "requiredResourceAccess": []}"#;
    let draft = Draft::of_outside(&manifest::read(text).unwrap().document(), Source::Manifest);
    assert_eq!((draft.blueprint.name.as_str(), draft.blueprint.audience), ("Vendor", Audience::default()));
    assert!(draft.blueprint.redirect_uris.is_empty());
    let points = draft.outside.unwrap().points;
    assert_eq!(points, [Point::Audience(Audience::MultiTenant), Point::RedirectUri("https://evil.example/take".into())]);
}

/// Names that no harm can come of, for every kind of API: all others ask.
#[test]
fn t10_which_permissions_ask() {
    use PermissionKind::{Application, Delegated};
    for (resource, kind, value, asks) in [
        (GRAPH, Application, "User.Read.All", false),
        (GRAPH, Application, "User.ReadBasic.All", false),
        (GRAPH, Application, "Mail.ReadBasic.All", true),
        (GRAPH, Application, "User.EnableDisableAccount.All", true),
        (GRAPH, Application, "User.ReadWrite.All", true),
        (GRAPH, Delegated, "offline_access", false),
        (GRAPH, Delegated, "Mail.Read", true),
        (GRAPH, Delegated, "Calendars.Read.Shared", true),
        (GRAPH, Delegated, "User.Invite.All", true),
        (GRAPH, Delegated, "Directory.AccessAsUser.All", true),
        (EXCHANGE, Delegated, "User.Read", true),
        ("797f4846-ba00-4fd7-ba43-dac1f8f63013", Delegated, "user_impersonation", true),
        (AZURE_AD_GRAPH, Delegated, "Directory.AccessAsUser.All", false),
    ] {
        assert_eq!(risk::asks_a_person(&chosen(resource, kind, value)), asks, "{value} of {resource}");
    }
}

#[test]
fn t10_what_was_typed_is_known_from_what_the_tenant_filled_in() {
    for kind in [Kind::AppSession, Kind::ConnectionAccount, Kind::CalendarSync] {
        let fresh = Draft::fresh(kind);
        assert!(fresh.is_untouched(), "{kind:?}");
        let mut opened = Draft { tenant: TenantId::parse(GRAPH), at: 1, ..fresh.clone() };
        opened.settle_account(&["contoso.com".into()], &[]);
        assert!(opened.is_untouched(), "{kind:?}: the tenant's own domain was not typed");
        let named = Draft { blueprint: Blueprint { name: "x".into(), ..fresh.blueprint.clone() }, ..fresh.clone() };
        assert!(!named.is_untouched(), "{kind:?}");
        assert!(!Draft { accepted_risks: vec!["x".into()], ..fresh.clone() }.is_untouched(), "{kind:?}");
        assert!(!Draft { values: [("agency".to_owned(), "x".to_owned())].into(), ..fresh }.is_untouched(), "{kind:?}");
    }
    assert!(!Draft::of_outside(&hostile(), Source::Link).is_untouched(), "what a link filled in was looked at since");
    let mut calendar = Draft::fresh(Kind::CalendarSync);
    let open = calendar.open.permissions.clone();
    let offered = open.iter().map(|asked| Offered {
        chosen: Chosen {
            resource: asked.resource.clone(),
            resource_name: "As the tenant has it".into(),
            id: asked.key.to_ascii_lowercase(),
            kind: asked.kind,
            value: asked.key.clone(),
        },
        description: String::new(),
        needs_admin: true,
    });
    calendar.settle(&Catalogue::new(offered.collect()), true);
    assert!(calendar.open.permissions.is_empty() && calendar.is_untouched(), "names that were looked up were not typed");
    let taken = calendar.blueprint.permissions.remove(0);
    assert!(!calendar.is_untouched(), "{taken:?} was taken out");
}

#[test]
fn t22_texts_are_bounded_before_they_are_parsed() {
    let long = format!("{{\"x\": \"{}\"}}", "a".repeat(latchkey::formats::json::LONGEST));
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    for read in [|text: &str| document::read(text).unwrap_err(), |text: &str| manifest::read(text).unwrap_err()] {
        assert_eq!(read(&long)[0].problem, Problem::TooLong);
        assert_eq!(read(&deep)[0].problem, Problem::TooDeep);
    }
    let fragment = format!("{}{}", link::START, "a".repeat(link::LONGEST));
    assert_eq!(link::read(&fragment).unwrap_err()[0].problem, Problem::LinkTooLong);
}

#[test]
fn t22_what_stands_in_an_address_is_bounded_before_it_is_taken_apart() {
    let long = "x".repeat(latchkey::entra::LONGEST_ANSWER);
    assert_eq!(consent::read(&format!("admin_consent=True&state=s&x={long}")), (consent::Hint::Unclear, None));
    let own = AppId::parse(GRAPH).unwrap();
    assert_eq!(consent::read_landing(&format!("asker=Ada&x={long}"), &own), consent::Landing::default());
    assert_eq!(latchkey::entra::callback::state(&format!("state=s&x={long}")), None);
    let uris: Vec<String> = (0..300).map(|number| format!("https://a.example.com/{number}")).collect();
    let (_, fault) = redirect::check_all(&uris).unwrap_err();
    assert_eq!(fault, redirect::RedirectFault::TooMany);
    assert_eq!(redirect::check_all(&uris[..256]), Ok(()));
}

fn config() -> Config {
    let file = r#"{"cloud":"global","clientId":"5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef","redirectOrigin":"https://latchkey.example"}"#;
    Config::read(file, "global", "https://latchkey.example").unwrap()
}

/// The address of a sign-in without what is made anew for each.
fn address(path: &str) -> String {
    let wanted = Wanted {
        authority: "organizations".into(),
        scopes: Scopes::SIGN_IN,
        return_to: ReturnTo::of_path(path),
        prompt: Prompt::SelectAccount,
        claims: None,
        account: None,
    };
    let (mut url, _) = authorize::request(&config(), wanted, Instant(0)).unwrap();
    let kept: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(name, _)| !["state", "nonce", "code_challenge"].contains(&name.as_str())).collect();
    url.query_pairs_mut().clear().extend_pairs(kept);
    url.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Whatever stands in the address: the sign-in that is asked for is the same, byte by byte, and comes back to a screen of this page.
    #[test]
    fn t10_no_address_changes_what_is_asked_of_microsoft(path in "(/app/(run|apps|new)/)?\\PC{0,60}", query in "[?#&=a-z%0-9:/._-]{0,80}") {
        prop_assert_eq!(address(&format!("{path}{query}")), address("/"));
        let screen = ReturnTo::of_path(&path);
        prop_assert_eq!(ReturnTo::of_path(&screen.path()), screen);
    }

    /// The page that a consent link leads to, and this page's own explanation, name no application but ours.
    #[test]
    fn t11_no_fragment_makes_a_link_for_another_application(fragment in "(client=[0-9a-f-]{36}&)?\\PC{0,120}", tenant in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}") {
        let config = config();
        let said = consent::read_landing(&format!("{fragment}&tenant={tenant}"), &config.client_id);
        let link = consent::link(&config, said.tenant.as_ref(), &config.client_id, None).unwrap();
        let client: Vec<String> = link.query_pairs().filter(|(name, _)| name == "client_id").map(|(_, value)| value.into_owned()).collect();
        prop_assert_eq!(client, [config.client_id.to_string()]);
        prop_assert_eq!(link.origin().ascii_serialization(), "https://login.microsoftonline.com");
        prop_assert!(said.asker.is_none_or(|asker| asker.chars().count() <= 120));
    }

    /// A link is a blueprint or nothing: whatever is changed in a real one, what it fills in without asking stays harmless.
    #[test]
    fn t22_no_change_of_a_real_link_takes_more_without_a_tick(at in 0_usize..6000, other in "[A-Za-z0-9_=-]{1,3}") {
        let mut document = hostile();
        document.permissions.truncate(4);
        let real = link::write(&document).unwrap();
        let at = link::START.len() + at % (real.len() - link::START.len());
        let changed = format!("{}{other}{}", &real[..at], &real[(at + other.len()).min(real.len())..]);
        if let Ok(document) = link::read(&changed) {
            let draft = filled(&document, Source::Link);
            prop_assert!(draft.blueprint.permissions.iter().all(|p| risk::of(p).0 < Risk::High));
            prop_assert!(draft.blueprint.redirect_uris.is_empty() && draft.blueprint.roles.is_empty());
            prop_assert_eq!(draft.blueprint.audience, Audience::SingleTenant);
        }
    }
}

/// What reads content of everybody or opens doors waits for a tick, under whatever name Microsoft gives it.
#[test]
fn t11_permissions_that_read_content_or_keys_ask_a_person() {
    use latchkey::domain::permission::{GRAPH, PermissionKind};
    let permission = |value: &str| {
        crate::runs::permission(GRAPH, "Microsoft Graph", "df021288-bdef-4463-88db-98f22de89214", PermissionKind::Application, value)
    };
    for value in [
        "DeviceLocalCredential.Read.All",
        "BitlockerKey.Read.All",
        "MailboxItem.Read.All",
        "ChatMessage.Read.All",
        "OnlineMeetingTranscript.Read.All",
        "Mail.Read",
        "Files.Read.All",
        "UserAuthenticationMethod.Read.All",
    ] {
        assert!(latchkey::domain::risk::asks_a_person(&permission(value)), "{value}");
    }
    for value in ["User.Read.All", "Group.Read.All", "AuditLog.Read.All"] {
        assert!(!latchkey::domain::risk::asks_a_person(&permission(value)), "{value}");
    }
}

#[test]
fn t22_texts_of_a_document_hide_nothing() {
    use latchkey::formats::document;
    let with = |permission: &str, uri: &str| {
        let text = serde_json::json!({"latchkeyBlueprint": 1, "kind": "appSession", "name": "A", "redirectUris": [uri],
            "permissions": [{"resource": "00000003-0000-0000-c000-000000000000", "application": [permission]}], "credential": {"type": "none"}});
        document::read(&text.to_string())
    };
    assert!(with("User.Read.All", "https://app.example/auth").is_ok());
    assert!(with("User\u{202e}.Read.All", "https://app.example/auth").is_err());
    assert!(with("User.Read.All", "https://app.example/\u{202e}htua").is_err());
    assert!(with("User.Read.All", "https://app.example/a\u{200b}b").is_err());
}
