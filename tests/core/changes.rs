//! Plans on an App session that exists: which steps a wish becomes.

use crate::runs::{GRAPH, permission};
use latchkey::domain::blueprint::{Blueprint, Credential};
use latchkey::domain::ids::{AppId, ObjectId};
use latchkey::domain::permission::{Chosen, PermissionKind};
use latchkey::domain::role::{DirectoryRole, GLOBAL_ADMINISTRATOR};
use latchkey::domain::time::Instant;
use latchkey::graph::directory::CredentialPolicy;
use latchkey::plan::change::{self, Change, Ground, Wish};
use latchkey::plan::live::Live;
use latchkey::plan::observed::HeldRoles;
use latchkey::plan::preflight::{self, Breach, Obstacle};
use latchkey::plan::record::Purpose;
use latchkey::plan::status::Comparison;
use latchkey::plan::step::StepKind;
use latchkey::plan::step::kinds::{AddSecret, Consent, CreateApplication, MakeCertificate};
use latchkey::text::steps::title;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NOW: Instant = Instant(1_795_000_000_000);
const CONSENT: &str = "https://latchkey.example/consent";

fn users() -> Chosen {
    permission(GRAPH, "Microsoft Graph", "df021288-bdef-4463-88db-98f22de89214", PermissionKind::Application, "User.Read.All")
}

fn calendars() -> Chosen {
    permission(GRAPH, "Microsoft Graph", "465a38f9-76ea-45b9-9f34-9e8b0d4b0b42", PermissionKind::Delegated, "Calendars.Read")
}

/// An application that asks for users and calendars and has both.
fn live(secrets: &Value, keys: &Value) -> Live {
    let application = json!({"id": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11", "appId": "9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77",
        "displayName": "Nightly report", "signInAudience": "AzureADMyOrg", "passwordCredentials": secrets, "keyCredentials": keys,
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": [
            {"id": users().id, "type": "Role"}, {"id": calendars().id, "type": "Scope"}]}]});
    let principal = json!({"id": "6d2b7c90-1c8d-4a0f-9d42-5e8f7a6b3c21", "appId": "9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77"});
    Live {
        application: serde_json::from_value(application).unwrap(),
        service_principal: Some(serde_json::from_value(principal).unwrap()),
        comparison: Comparison { granted: vec![users(), calendars()], ..Comparison::default() },
        extra: Vec::new(),
        roles: Vec::new(),
        partial_roles: Vec::new(),
        resource_ids: BTreeMap::from([(AppId::parse(GRAPH).unwrap(), ObjectId::parse("7ea9e944-71ce-443d-811c-71e8047b557a").unwrap())]),
        owners: None,
        initial_domain: None,
    }
}

fn plan_as(live: &Live, expected: Option<&Blueprint>, roles: HeldRoles, wish: Wish) -> Change {
    let ground = Ground { live, expected, roles: &roles, resources: &live.resource_ids, consent_uri: CONSENT, now: NOW };
    change::plan(&ground, wish)
}

fn plan(live: &Live, wish: Wish) -> Change {
    plan_as(live, None, HeldRoles::Known(vec![GLOBAL_ADMINISTRATOR.into()]), wish)
}

fn titles(change: &Change) -> Vec<String> {
    change.steps.iter().map(|step| title(step, "Nightly report")).collect()
}

fn secret(name: &str) -> Value {
    json!({"keyId": format!("{name}-id"), "displayName": name, "endDateTime": "2027-01-01T00:00:00Z"})
}

fn key(name: &str, ends: &str) -> Value {
    json!({"keyId": format!("{name}-id"), "displayName": name, "endDateTime": ends, "customKeyIdentifier": "AABBCCDDEEFF00112233445566778899AABBCCDD"})
}

#[test]
fn a_new_credential_takes_the_place_of_the_old_ones_of_its_kind() {
    let made = || Wish::Credential(Credential::Certificate { days: 365, bits: 2048 }, None);
    let new_secret = || Wish::Credential(Credential::Secret { days: 90 }, None);
    let both = live(&json!([secret("one")]), &json!([key("CN=old", "2027-01-01T00:00:00Z")]));
    for (live, wish, purpose, wanted) in [
        (&both, new_secret(), Purpose::Rotate, &["Create the client secret", "Remove the client secret “one”"][..]),
        (&both, made(), Purpose::SwitchToCertificate, &["Create the certificate", "Remove the client secret “one”"]),
        (
            &live(&json!([]), &json!([key("CN=old", "2027-01-01T00:00:00Z")])),
            made(),
            Purpose::Rotate,
            &["Create the certificate", "Remove the certificate “CN=old”"],
        ),
        (&live(&json!([]), &json!([])), made(), Purpose::AddCredential, &["Create the certificate"]),
        (&live(&json!([]), &json!([])), new_secret(), Purpose::AddCredential, &["Create the client secret"]),
    ] {
        let change = plan(live, wish);
        assert_eq!((change.purpose, titles(&change)), (purpose, wanted.iter().map(|&title| title.to_owned()).collect()));
    }
}

#[test]
fn exchange_access_brings_what_the_tenant_lacks_and_counts_only_a_certificate_that_a_job_can_use() {
    for (keys, makes) in [
        (json!([]), true),
        (json!([key("CN=Latchkey visit", "2027-01-01T00:00:00Z")]), true),
        (json!([key("CN=ended", "2026-01-01T00:00:00Z")]), true),
        (json!([key("CN=good", "2027-01-01T00:00:00Z")]), false),
    ] {
        let live = live(&json!([]), &keys);
        assert_eq!(change::resources(&live, None, &Wish::Exchange).len(), 1);
        let change = plan(&live, Wish::Exchange);
        let mut wanted = vec![
            "Change the permissions of the registration",
            "Bring Office 365 Exchange Online into the tenant",
            "Grant Exchange.ManageAsApp (application) of Office 365 Exchange Online",
            "Add the role Exchange Administrator",
        ];
        if makes {
            wanted.push("Create the certificate");
        }
        assert_eq!(titles(&change), wanted, "{keys}");
        assert_eq!((change.blueprint.permissions.len(), change.blueprint.roles.len()), (3, 1));
    }
}

#[test]
fn permissions_change_by_the_difference_alone() {
    let live = live(&json!([]), &json!([]));
    let wish = |grant, revoke| Wish::Permissions { wanted: vec![users()], grant, revoke };
    assert_eq!(titles(&plan(&live, wish(true, false))), ["Change the permissions of the registration"]);
    assert_eq!(
        titles(&plan(&live, wish(true, true))),
        ["Change the permissions of the registration", "Revoke Calendars.Read (delegated) of Microsoft Graph for all users"]
    );
    let same = Wish::Permissions { wanted: live.wanted(), grant: true, revoke: true };
    assert_eq!(plan(&live, same).steps, []);
}

#[test]
fn what_drifted_is_brought_back_and_what_others_added_is_left() {
    let role = DirectoryRole { id: "f2ef992c-3afb-46b9-b7cf-a126ee74c451".into(), name: "Global Reader".into() };
    let expected =
        Blueprint { name: "Nightly report".into(), permissions: vec![users(), calendars()], roles: vec![role], ..Blueprint::default() };
    let mut found = live(&json!([]), &json!([]));
    assert!(found.drifts(Some(&expected)), "the role is missing");
    found.comparison.granted = vec![calendars()];
    found.comparison.missing = vec![users()];
    found.service_principal.as_mut().unwrap().account_enabled = false;
    let global = HeldRoles::Known(vec![GLOBAL_ADMINISTRATOR.into()]);
    let change = plan_as(&found, Some(&expected), global, Wish::Mend);
    assert_eq!(
        titles(&change),
        ["Enable its service principal", "Grant User.Read.All (application) of Microsoft Graph", "Add the role Global Reader"]
    );
    // Whoever may not grant it goes over Microsoft's page.
    let change = plan_as(&found, Some(&expected), HeldRoles::Known(Vec::new()), Wish::Mend);
    assert!(change.steps.contains(&Consent {}.into()), "{:?}", titles(&change));
    // Somebody else asked for users: it is missing, and none of what this page asked for.
    let modest = Blueprint { name: "Nightly report".into(), permissions: vec![calendars()], ..Blueprint::default() };
    found.service_principal.as_mut().unwrap().account_enabled = true;
    assert!(!found.drifts(Some(&modest)));
    assert_eq!(plan_as(&found, Some(&modest), HeldRoles::Unknown, Wish::Mend).steps, []);
}

#[test]
fn a_policy_is_held_against_the_step_that_adds() {
    let policy = CredentialPolicy {
        forbids_secrets: true,
        longest_secret_days: Some(30),
        longest_certificate_days: Some(90),
        name: Some("Strict apps".into()),
        ..CredentialPolicy::default()
    };
    let against = |step: &StepKind, policy: &CredentialPolicy| -> Vec<Breach> {
        let breach = |obstacle: Obstacle| match obstacle {
            Obstacle::AgainstPolicy { breach, policy, .. } => {
                assert_eq!(policy.as_deref(), Some("Strict apps"), "it is named");
                breach
            }
            other => panic!("{other:?}"),
        };
        preflight::against(step, policy).into_iter().map(breach).collect()
    };
    let make = |days| StepKind::from(MakeCertificate { days, bits: 2048 });
    assert_eq!(against(&AddSecret { days: 10 }.into(), &policy), [Breach::Secret]);
    let allowed = CredentialPolicy { forbids_secrets: false, ..policy.clone() };
    assert_eq!(against(&AddSecret { days: 30 }.into(), &allowed), []);
    assert_eq!(against(&AddSecret { days: 31 }.into(), &allowed), [Breach::SecretLifetime { longest_days: 30 }]);
    assert_eq!(against(&make(91), &policy), [Breach::CertificateLifetime { longest_days: 90 }]);
    assert_eq!(against(&make(90), &policy), []);
    let trusting = CredentialPolicy { wants_trusted_authority: true, ..policy.clone() };
    assert_eq!(against(&make(90), &trusting), [Breach::SelfSigned]);
    assert_eq!(against(&CreateApplication {}.into(), &trusting), []);
}
