//! The groups of a partner.

use super::Context;
use crate::quirks::crowds;
use crate::world::generate::{as_object, stable_id};
use crate::world::object::Properties;
use serde_json::json;

pub fn admin_agents_group(seed: u64) -> String {
    stable_id(seed, "group/AdminAgents", 0)
}

pub fn technicians_group(seed: u64) -> String {
    stable_id(seed, "group/technicians", 0)
}

pub fn group(id: &str, name: &str) -> Properties {
    as_object(
        json!({"@odata.type": "#microsoft.graph.group", "id": id, "displayName": name, "description": null, "securityEnabled": true, "isAssignableToRole": null}),
    )
}

pub fn partner_groups(context: &Context<'_>) -> Vec<Properties> {
    let is_partner = context.world.tenants.get(&context.tenant).is_some_and(|tenant| tenant.is_partner);
    let seed = context.world.settings.seed;
    if is_partner {
        let mut groups = crowds::groups(context.world);
        groups.extend([group(&admin_agents_group(seed), "AdminAgents"), group(&technicians_group(seed), "GDAP Technicians")]);
        groups
    } else {
        Vec::new()
    }
}
