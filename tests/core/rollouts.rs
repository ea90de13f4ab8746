//! One blueprint for many customers: what counts as the same plan.

use crate::runs::{GRAPH, Scene, permission};
use latchkey::domain::blueprint::{Blueprint, Credential};
use latchkey::domain::ids::{Tenant, TenantId};
use latchkey::domain::permission::PermissionKind;
use latchkey::plan::observed::HeldRoles;
use latchkey::plan::record::RunRecord;
use latchkey::plan::rollout::alike;

#[test]
fn plans_are_alike_by_every_step_and_by_nothing_else() {
    let scene = Scene::new("admin@partner.example");
    let blueprint = Blueprint {
        name: "Reporting".into(),
        permissions: vec![permission(
            GRAPH,
            "Microsoft Graph",
            "df021288-bdef-4463-88db-98f22de89214",
            PermissionKind::Application,
            "User.Read.All",
        )],
        credential: Credential::Secret { days: 180 },
        grant_in_run: true,
        ..Blueprint::default()
    };
    let plan = |number: u8, may_grant: bool| -> RunRecord {
        let mut observed = scene.observed();
        if !may_grant {
            observed.roles = HeldRoles::Known(Vec::new());
        }
        let mut run = scene.run_of(blueprint.clone(), &observed);
        run.tenant = Tenant {
            id: TenantId::parse(&format!("8c3b1a52-6f0e-4d3f-9a57-0000000000{number:02}")).unwrap(),
            name: format!("Customer {number}"),
            domain: String::new(),
        };
        run
    };
    // Where consent must be given by somebody else, the plan is another one.
    let groups = alike(&[plan(1, true), plan(2, false), plan(3, true), plan(4, false)]);
    assert_eq!(groups.iter().map(|group| group.members.clone()).collect::<Vec<_>>(), [vec![0, 2], vec![1, 3]]);
    assert_eq!(groups[0].plan.tenant.name, "Customer 1");
    let mut longer = plan(5, true);
    longer.blueprint.credential = Credential::Secret { days: 90 };
    assert_eq!(alike(&[plan(1, true), longer]).len(), 2, "another lifetime is another plan");
    assert!(alike(&[]).is_empty());
}
