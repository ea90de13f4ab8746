//! What a partner sees of its customers: delegated administration and contracts.

use super::directory::technicians_group;
use super::errors::GraphError;
use super::query::{self, Page};
use super::{Context, Segment};
use crate::clock::iso;
use crate::http::{Call, Reply};
use crate::world::generate::{as_object, stable_id, technician_roles};
use crate::world::object::Properties;
use crate::world::tokens::Caller;
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

pub fn operate(context: &mut Context<'_>, call: &Call, path: &[Segment]) -> Result<Reply, GraphError> {
    let names: Vec<&str> = path.iter().map(|segment| segment.name.as_str()).collect();
    match (call.method.as_str(), names.as_slice()) {
        ("GET", ["contracts"]) => contracts(context, call),
        ("GET", ["tenantRelationships", "delegatedAdminCustomers"]) => customers(context, call),
        ("GET", ["tenantRelationships", "delegatedAdminRelationships"]) => relationships(context, call),
        ("GET", ["tenantRelationships", "delegatedAdminRelationships", id, "accessAssignments"]) => assignments(context, call, id),
        ("GET", ["tenantRelationships", name]) if name.starts_with("findTenantInformationBy") => find_tenant(context, path),
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// Whether the caller is in AdminAgents of the partner; who is not gets empty lists, not an error.
fn is_agent(context: &Context<'_>) -> Result<bool, GraphError> {
    context.need_scope(&["DelegatedAdminRelationship.Read.All", "DelegatedAdminRelationship.ReadWrite.All"])?;
    let is_partner = context.world.tenants.get(&context.tenant).is_some_and(|tenant| tenant.is_partner);
    let agent = match &context.token.caller {
        Caller::Person { upn, .. } => context.world.people.get(upn).is_some_and(|person| person.admin_agent),
        Caller::Application { .. } => false,
    };
    Ok(is_partner && agent)
}

fn page(context: &Context<'_>, call: &Call, items: Vec<Properties>, names: &[&str], max_top: usize) -> Result<Reply, GraphError> {
    query::list(items, call, &Page { path: &call.path, graph_origin: &context.world.settings.graph_origin, names, max_top })
}

fn related(context: &Context<'_>) -> Vec<usize> {
    (0..context.world.customers.len()).filter(|index| technician_roles(index + 1).is_some()).collect()
}

fn customers(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    let items = if is_agent(context)? { related(context) } else { Vec::new() };
    let customers = &context.world.customers;
    let items = items.into_iter().map(|index| {
        let id = customers.id(index);
        as_object(json!({"@odata.etag": format!("W/\"{id}\""), "id": id, "tenantId": id, "displayName": customers.name(index)}))
    });
    let items = items.collect();
    page(context, call, items, &["id", "tenantId", "displayName"], 300)
}

fn relationship_id(context: &Context<'_>, index: usize) -> String {
    format!("{}-{}", stable_id(context.world.settings.seed, "relationship", index), context.world.customers.id(index))
}

fn relationships(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    let indexes = if is_agent(context)? { related(context) } else { Vec::new() };
    let now = context.world.now();
    let items = indexes.into_iter().map(|index| {
        let id = relationship_id(context, index);
        let roles: Vec<Value> = technician_roles(index + 1).unwrap_or_default().iter().map(|role| json!({"roleDefinitionId": role})).collect();
        as_object(json!({"@odata.etag": format!("W/\"{id}\""), "id": id, "displayName": format!("Support for customer {}", index + 1), "duration": "P730D",
            "autoExtendDuration": "PT0S", "status": "active",
            "customer": {"tenantId": context.world.customers.id(index), "displayName": context.world.customers.name(index)},
            "accessDetails": {"unifiedRoles": roles}, "createdDateTime": iso(now - 90 * DAY), "lastModifiedDateTime": iso(now - 89 * DAY),
            "activatedDateTime": iso(now - 89 * DAY), "endDateTime": iso(now + 641 * DAY)}))
    });
    let items = items.collect();
    let names = [
        "id",
        "displayName",
        "status",
        "customer",
        "accessDetails",
        "duration",
        "autoExtendDuration",
        "createdDateTime",
        "lastModifiedDateTime",
        "activatedDateTime",
        "endDateTime",
    ];
    page(context, call, items, &names, 300)
}

fn assignments(context: &mut Context<'_>, call: &Call, id: &str) -> Result<Reply, GraphError> {
    let index = if is_agent(context)? { related(context).into_iter().find(|index| relationship_id(context, *index) == id) } else { None };
    let index = index.ok_or_else(|| GraphError::not_found(id))?;
    let seed = context.world.settings.seed;
    let roles: Vec<Value> = technician_roles(index + 1).unwrap_or_default().iter().map(|role| json!({"roleDefinitionId": role})).collect();
    let item = as_object(json!({"id": stable_id(seed, "access", index), "status": "active",
        "accessContainer": {"accessContainerId": technicians_group(seed), "accessContainerType": "securityGroup"},
        "accessDetails": {"unifiedRoles": roles}}));
    page(context, call, vec![item], &["id", "status", "accessContainer", "accessDetails"], 300)
}

fn contracts(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    context.need_scope(&["Directory.Read.All"])?;
    let is_partner = context.world.tenants.get(&context.tenant).is_some_and(|tenant| tenant.is_partner);
    let count = if is_partner { context.world.customers.len() } else { 0 };
    let seed = context.world.settings.seed;
    let customers = &context.world.customers;
    let items = (0..count).filter(|index| index % 3 == 0).map(|index| {
        as_object(json!({"id": stable_id(seed, "contract", index), "deletedDateTime": null, "contractType": "ResellerPartner",
            "customerId": customers.id(index), "defaultDomainName": customers.domain(index), "displayName": customers.name(index)}))
    });
    let items = items.collect();
    page(context, call, items, &["id", "contractType", "customerId", "defaultDomainName", "displayName"], 999)
}

fn find_tenant(context: &mut Context<'_>, path: &[Segment]) -> Result<Reply, GraphError> {
    context.need_scope(&["CrossTenantInformation.ReadBasic.All"])?;
    let key = path.last().and_then(|segment| segment.key.clone()).map(|(_, value)| value).unwrap_or_default();
    let id = context.world.tenant_id(&key).ok_or_else(|| GraphError::not_found(&key))?;
    let tenant = context.world.tenants.get(&id).ok_or_else(|| GraphError::not_found(&key))?;
    Ok(Reply::json(
        200,
        &json!({"@odata.context": format!("{}/v1.0/$metadata#microsoft.graph.tenantInformation", context.world.settings.graph_origin),
        "tenantId": tenant.id, "federationBrandName": null, "displayName": tenant.display_name, "defaultDomainName": tenant.domain}),
    ))
}
