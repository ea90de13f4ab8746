//! The search over permissions, and their risk.

use latchkey::domain::ids::AppId;
use latchkey::domain::permission::{Catalogue, Chosen, GRAPH, Offered, PermissionKind};
use latchkey::domain::risk::{Reason, Risk, of};
use proptest::prelude::*;

fn chosen(value: &str, kind: PermissionKind) -> Chosen {
    Chosen {
        resource: AppId::parse(GRAPH).unwrap(),
        resource_name: "Microsoft Graph".into(),
        id: format!("id-{value}"),
        kind,
        value: value.into(),
    }
}

fn catalogue() -> Catalogue {
    let entry =
        |value: &str, kind, description: &str| Offered { chosen: chosen(value, kind), description: description.into(), needs_admin: true };
    Catalogue::new(vec![
        entry("Mail.Read", PermissionKind::Application, "Read mail of everyone in the tenant"),
        entry("Mail.Read", PermissionKind::Delegated, "Read mail of the person"),
        entry("Mail.ReadWrite", PermissionKind::Application, "Read and change mail of everyone in the tenant"),
        entry("User.Read.All", PermissionKind::Application, "Read users, all of them"),
        entry("User.ReadWrite.All", PermissionKind::Application, "Read and change users, all of them"),
        entry("MailboxSettings.Read", PermissionKind::Application, "Read mailbox settings"),
    ])
}

fn found(query: &str) -> Vec<String> {
    catalogue().search(query, 10).into_iter().map(|offered| latchkey::text::permissions::title(&offered.chosen)).collect()
}

#[test]
fn it_is_found_by_name_and_by_plain_words() {
    assert_eq!(found("Mail.Read")[..2], ["Mail.Read (application)", "Mail.Read (delegated)"]);
    assert_eq!(found("create users"), ["User.ReadWrite.All (application)"]);
    assert_eq!(found("read mail delegated"), ["Mail.Read (delegated)"]);
    assert_eq!(found("mailbox"), ["MailboxSettings.Read (application)"]);
    assert_eq!(found("USER.READ.ALL")[0], "User.Read.All (application)", "the name that was typed comes first");
    assert!(found("").is_empty());
    assert!(found("nothing like it").is_empty());
}

#[test]
fn risk_has_a_reason() {
    for (value, kind, expected) in [
        ("User.Read", PermissionKind::Delegated, (Risk::Low, Reason::OwnData)),
        ("Mail.Send", PermissionKind::Delegated, (Risk::Medium, Reason::Sends)),
        ("Mail.Read", PermissionKind::Application, (Risk::High, Reason::EverybodysContent)),
        ("User.Read.All", PermissionKind::Application, (Risk::Medium, Reason::ReadsTenant)),
        ("Sites.Selected", PermissionKind::Application, (Risk::Medium, Reason::ReadsTenant)),
        ("RoleManagement.ReadWrite.Directory", PermissionKind::Application, (Risk::Critical, Reason::Takeover)),
        ("EWS.AccessAsUser.All", PermissionKind::Delegated, (Risk::Medium, Reason::Retired)),
    ] {
        assert_eq!(of(&chosen(value, kind)), expected, "{value}");
    }
}

proptest! {
    #[test]
    fn the_name_that_was_typed_comes_first(at in 0..6_usize, upper in any::<bool>()) {
        let all = catalogue();
        let wanted = all.all().nth(at).unwrap().chosen.value.clone();
        let query = if upper { wanted.to_uppercase() } else { wanted.clone() };
        prop_assert_eq!(&all.search(&query, 10)[0].chosen.value, &wanted);
    }
}
