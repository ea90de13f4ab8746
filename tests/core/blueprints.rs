//! From a blueprint to a plan: who grants, what stands in the way, what the person reads.

use latchkey::domain::blueprint::{Blueprint, Credential};
use latchkey::domain::ids::{AppId, ObjectId, Tenant, TenantId};
use latchkey::domain::permission::{Chosen, GRAPH, PermissionKind};
use latchkey::domain::role::{
    APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR, DirectoryRole, GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR,
};
use latchkey::graph::directory::CredentialPolicy;
use latchkey::plan::build;
use latchkey::plan::observed::{Adoption, HeldRoles, Observed};
use latchkey::plan::preflight::{Breach, Obstacle, obstacles};
use latchkey::text::steps;
use std::collections::BTreeMap;

const CONSENT: &str = "https://latchkey.example/consent";

fn blueprint() -> Blueprint {
    let permission = |id: &str, kind, value: &str| Chosen {
        resource: AppId::parse(GRAPH).unwrap(),
        resource_name: "Microsoft Graph".into(),
        id: id.into(),
        kind,
        value: value.into(),
    };
    Blueprint {
        name: "Nightly report".into(),
        permissions: vec![
            permission("df021288-bdef-4463-88db-98f22de89214", PermissionKind::Application, "User.Read.All"),
            permission("e1fe6dd8-ba31-4d61-89e7-88639da4683d", PermissionKind::Delegated, "User.Read"),
        ],
        credential: Credential::Secret { days: 180 },
        grant_in_run: true,
        ..Blueprint::default()
    }
}

fn observed(roles: &[&str]) -> Observed {
    let graph = ObjectId::parse("7ea9e944-71ce-443d-811c-71e8047b557a").unwrap();
    Observed {
        tenant: Tenant {
            id: TenantId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").unwrap(),
            name: "Contoso".into(),
            domain: "contoso.com".into(),
        },
        roles: HeldRoles::Known(roles.iter().map(|role| (*role).to_owned()).collect()),
        eligible: Vec::new(),
        is_member: false,
        members_may_register: Some(true),
        same_name: Vec::new(),
        resources: BTreeMap::from([(AppId::parse(GRAPH).unwrap(), Some(graph))]),
        not_offered: Vec::new(),
        credential_policy: Some(CredentialPolicy::default()),
        surplus: Vec::new(),
        account: None,
    }
}

fn plan(blueprint: &Blueprint, observed: &Observed) -> Vec<String> {
    build::steps(blueprint, observed, Adoption::Undecided, CONSENT).iter().map(|step| steps::title(step, &blueprint.name)).collect()
}

#[test]
fn who_may_grant_everything_needs_no_consent_page() {
    for role in [GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR] {
        let plan = plan(&blueprint(), &observed(&[role]));
        assert!(!plan.iter().any(|title| title == "Admin consent"), "{plan:?}");
        assert_eq!(plan.last().map(String::as_str), Some("Create the client secret"), "the secret comes last");
    }
}

#[test]
fn who_may_grant_a_part_leaves_the_rest_to_the_link() {
    let plan = plan(&blueprint(), &observed(&[CLOUD_APPLICATION_ADMINISTRATOR]));
    insta::assert_snapshot!("plan_of_a_cloud_application_administrator", plan.join("\n"));
}

#[test]
fn consent_can_be_left_out_of_the_run() {
    let mut later = blueprint();
    later.grant_in_run = false;
    later.keep_consent_redirect = true;
    let plan = plan(&later, &observed(&[GLOBAL_ADMINISTRATOR]));
    assert!(plan.iter().any(|title| title == "Admin consent") && !plan.iter().any(|title| title.starts_with("Take our consent page")));
}

#[test]
fn a_resource_that_the_tenant_lacks_is_brought_in() {
    let mut seen = observed(&[GLOBAL_ADMINISTRATOR]);
    seen.resources.insert(AppId::parse(GRAPH).unwrap(), None);
    assert!(plan(&blueprint(), &seen).contains(&"Bring Microsoft Graph into the tenant".to_owned()));
}

#[test]
fn what_would_stop_the_run_is_found_before_it() {
    let mut wish = blueprint();
    wish.roles = vec![DirectoryRole { id: "29232cdf-9323-42fd-ade2-1d097af3e4de".into(), name: "Exchange Administrator".into() }];
    wish.credential = Credential::Secret { days: 365 };
    let mut seen = observed(&[APPLICATION_ADMINISTRATOR]);
    seen.credential_policy = Some(CredentialPolicy { longest_secret_days: Some(180), ..CredentialPolicy::default() });
    let found = obstacles(&wish, &seen, Adoption::Undecided);
    let shorter = Breach::SecretLifetime { longest_days: 180 };
    assert!(
        matches!(&found[..], [Obstacle::MayNotAssignRoles { .. }, Obstacle::AgainstPolicy { breach, .. }] if *breach == shorter),
        "{found:?}"
    );
    assert!(found.iter().all(Obstacle::is_warning), "a custom role or an exception may allow it: Graph decides");
    let said: Vec<String> = found
        .iter()
        .map(|obstacle| {
            let (what, next) = steps::obstacle(obstacle);
            format!("{what} {next}")
        })
        .collect();
    insta::assert_snapshot!("obstacles", said.join("\n"));
}

#[test]
fn a_technician_without_a_role_may_not_register_but_a_member_may() {
    let nobody = observed(&["88d8e3e3-8f55-4a1e-953a-9b9898b8876b"]);
    assert!(matches!(obstacles(&blueprint(), &nobody, Adoption::Undecided)[..], [Obstacle::MayNotRegister { .. }]));
    let member = Observed { is_member: true, ..nobody.clone() };
    assert!(obstacles(&blueprint(), &member, Adoption::Undecided).is_empty());
    let forbidden = Observed { members_may_register: Some(false), ..member };
    assert!(matches!(obstacles(&blueprint(), &forbidden, Adoption::Undecided)[..], [Obstacle::MayNotRegister { .. }]));
}
