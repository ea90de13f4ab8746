//! What a partner sees of its customers: delegated administration and contracts.

use super::errors::GraphError;
use super::groups::technicians_group;
use super::query::{self, Page};
use super::{Context, Segment};
use crate::clock::iso;
use crate::http::{Call, Reply};
use crate::world::customers::Customers;
use crate::world::generate::{as_object, stable_id};
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

/// Partner collections take no `$search` and are in no order that could be asked for.
fn refuse_search(call: &Call) -> Result<(), GraphError> {
    match ["$search", "$orderby", "$expand"].into_iter().find(|name| call.query_value(name).is_some()) {
        Some(name) => Err(GraphError::bad_request(format!("The query option '{name}' is not supported on this collection."))),
        None => Ok(()),
    }
}

fn page(
    context: &Context<'_>,
    call: &Call,
    total: usize,
    item: impl Fn(usize) -> Properties,
    names: &[&str],
    max_top: usize,
) -> Result<Reply, GraphError> {
    refuse_search(call)?;
    query::cut(total, item, call, &Page { path: &call.path, graph_origin: &context.world.settings.graph_origin, names, max_top })
}

fn customers(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    if call.query_value("$filter").is_some() {
        return Err(GraphError::bad_request("Filtering is not supported on this collection."));
    }
    let customers = &context.world.customers;
    let found = if is_agent(context)? { customers.related() } else { &[] };
    let item = |at: usize| {
        let index = found[at];
        let id = customers.id(index);
        as_object(json!({"@odata.etag": format!("W/\"{id}\""), "id": id, "tenantId": id, "displayName": customers.name(index)}))
    };
    page(context, call, found.len(), item, &["id", "tenantId", "displayName"], 300)
}

/// The relationships of a customer are numbered: some have an older one that ended.
fn relationship_id(customers: &Customers, seed: u64, index: usize, number: usize) -> String {
    let label = if number == 0 { "relationship" } else { "relationship/older" };
    format!("{}-{}", stable_id(seed, label, index), customers.id(index))
}

fn relationships(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    let is_agent = is_agent(context)?;
    let (began, seed) = (context.world.began, context.world.settings.seed);
    let filter = query::filter(call)?;
    let customers = &context.world.customers;
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    for &index in if is_agent { customers.related() } else { &[] } {
        for (number, status) in customers.relationships(index).into_iter().enumerate() {
            let facets = || as_object(json!({"status": status, "customer": {"tenantId": customers.id(index)}}));
            // Almost always the question is for the status alone.
            if filter.as_ref().is_none_or(|filter| filter.is_equal("status", status).unwrap_or_else(|| filter.matches(&facets()))) {
                found.push((index, number, status));
            }
        }
    }
    let item = |at: usize| {
        let (index, number, status) = found[at];
        let id = relationship_id(customers, seed, index, number);
        let roles: Vec<Value> = customers.relationship_roles(index).iter().map(|role| json!({"roleDefinitionId": role})).collect();
        let begun = matches!(status, "created" | "approvalPending" | "approved" | "activating");
        let left = match status {
            "expired" | "terminated" => -20,
            "expiring" => 21,
            _ => 30 + i64::try_from(index % 700).unwrap_or_default(),
        };
        as_object(
            json!({"@odata.etag": format!("W/\"{id}\""), "id": id, "displayName": format!("Support for customer {}", index + 1), "duration": "P730D",
            "autoExtendDuration": "PT0S", "status": status,
            "customer": {"tenantId": customers.id(index), "displayName": customers.name(index)},
            "accessDetails": {"unifiedRoles": roles}, "createdDateTime": iso(began + (left - 731) * DAY), "lastModifiedDateTime": iso(began + (left - 730) * DAY),
            "activatedDateTime": if begun { Value::Null } else { json!(iso(began + (left - 730) * DAY)) },
            "endDateTime": if begun { Value::Null } else { json!(iso(began + left * DAY)) }}),
        )
    };
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
    page(context, call, found.len(), item, &names, 300)
}

fn assignments(context: &mut Context<'_>, call: &Call, id: &str) -> Result<Reply, GraphError> {
    let is_agent = is_agent(context)?;
    let seed = context.world.settings.seed;
    let customers = &context.world.customers;
    let index = id
        .get(37..)
        .and_then(|tenant| customers.index_of(tenant))
        .filter(|index| is_agent && relationship_id(customers, seed, *index, 0) == id);
    let index = index.ok_or_else(|| GraphError::not_found(id))?;
    let roles: Vec<Value> =
        customers.technician_roles(index).unwrap_or_default().iter().map(|role| json!({"roleDefinitionId": role})).collect();
    let status = if customers.technician_roles(index).is_some() { "active" } else { "deleted" };
    let item = as_object(json!({"id": stable_id(seed, "access", index), "status": status,
        "accessContainer": {"accessContainerId": technicians_group(seed), "accessContainerType": "securityGroup"},
        "accessDetails": {"unifiedRoles": roles}}));
    page(context, call, 1, |_| item.clone(), &["id", "status", "accessContainer", "accessDetails"], 300)
}

fn contracts(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    context.need_scope(&["Directory.Read.All"])?;
    let is_partner = context.world.tenants.get(&context.tenant).is_some_and(|tenant| tenant.is_partner);
    let seed = context.world.settings.seed;
    let filter = query::filter(call)?;
    let customers = &context.world.customers;
    let item = |index: usize| {
        as_object(json!({"id": stable_id(seed, "contract", index), "deletedDateTime": null, "contractType": "ResellerPartner",
            "customerId": customers.id(index), "defaultDomainName": customers.domain(index), "displayName": customers.name(index)}))
    };
    let all = if is_partner { customers.contracted() } else { &[] };
    let found: Vec<usize> =
        all.iter().copied().filter(|index| filter.as_ref().is_none_or(|filter| filter.matches(&item(*index)))).collect();
    page(context, call, found.len(), |at| item(found[at]), &["id", "contractType", "customerId", "defaultDomainName", "displayName"], 999)
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
