//! Many of something: groups of a technician, APIs of a tenant.

use super::Quirk;
use crate::world::World;
use crate::world::catalogue::{Kind as PermissionKind, Permission, Resource};
use crate::world::generate::{self, as_object, stable_id};
use crate::world::object::Properties;
use crate::world::tenant::Kind;
use serde_json::json;

const GROUPS: usize = 248;
const APIS: usize = 60;

/// The groups that stand in front of those that matter.
pub fn groups(world: &World) -> Vec<Properties> {
    let count = if world.quirks.is(Quirk::Groups, "many") { GROUPS } else { 0 };
    let group = |index: usize| {
        let id = stable_id(world.settings.seed, "group/crowd", index);
        as_object(json!({"@odata.type": "#microsoft.graph.group", "id": id, "displayName": format!("Project {}", index + 1),
            "description": null, "securityEnabled": true, "isAssignableToRole": null}))
    };
    (0..count).map(group).collect()
}

/// The APIs that are added to the catalogue.
fn apis(world: &World) -> Vec<Resource> {
    let known = world.catalogue.resources.iter().filter(|resource| !is_made(resource)).count();
    let permission = |kind: PermissionKind, name: &str, index: usize| Permission {
        id: stable_id(0, &format!("api-permission/{name}"), index),
        value: format!("{name}.{}", index + 1),
        kind,
        admin: kind == PermissionKind::Role,
        description: format!("{name} of service {}", index + 1),
    };
    let api = |index: usize| Resource {
        app_id: stable_id(0, "api", index),
        display_name: format!("{MADE}{}", index + 1),
        permissions: vec![permission(PermissionKind::Role, "Jobs.Run", index), permission(PermissionKind::Scope, "Jobs.Read", index)],
    };
    (0..APIS.saturating_sub(known)).map(api).collect()
}

const MADE: &str = "Line of business service ";

fn is_made(resource: &Resource) -> bool {
    resource.display_name.starts_with(MADE)
}

/// Brings the catalogue, and the tenants that exist, to what the quirk says.
pub fn settle(world: &mut World) {
    let wanted = if world.quirks.is(Quirk::Apis, "many") { apis(world) } else { Vec::new() };
    let had: Vec<String> = world.catalogue.resources.iter().filter(|r| is_made(r)).map(|r| r.app_id.clone()).collect();
    if had.len() == wanted.len() {
        return;
    }
    world.catalogue.resources.retain(|resource| !is_made(resource));
    world.catalogue.resources.extend(wanted.iter().cloned());
    let seed = world.settings.seed;
    for tenant in world.tenants.values_mut() {
        for app_id in &had {
            let id = tenant.find_latest(Kind::ServicePrincipal, "appId", app_id).and_then(|sp| sp.get("id")?.as_str().map(str::to_owned));
            tenant.write(Kind::ServicePrincipal, &id.unwrap_or_default(), 0, None);
        }
        for (index, api) in wanted.iter().enumerate() {
            let id = stable_id(seed, &format!("api/{}", tenant.id), index);
            let object = generate::service_principal(&id, &api.app_id, &api.display_name, "f8cdef31-a31e-4b4a-93e4-5f571e91255a");
            tenant.insert(Kind::ServicePrincipal, 0, object);
        }
    }
}
