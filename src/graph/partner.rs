//! Delegated administration of customers. <https://learn.microsoft.com/graph/api/resources/delegatedadminrelationships-api-overview>

use super::request::GraphRequest;
use crate::domain::ids::{ObjectId, TenantId};
use serde::Deserialize;

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    pub tenant_id: TenantId,
    #[serde(default)]
    pub display_name: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Relationship {
    pub id: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub status: String,
    pub customer: Customer,
    #[serde(default)]
    pub end_date_time: Option<String>,
    #[serde(default)]
    pub access_details: AccessDetails,
}

/// A reseller contract; name and domain are copies of the day it was made.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    pub customer_id: TenantId,
    #[serde(default)]
    pub default_domain_name: String,
    #[serde(default)]
    pub display_name: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessAssignment {
    #[serde(default)]
    pub status: String,
    pub access_container: AccessContainer,
    pub access_details: AccessDetails,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessContainer {
    pub access_container_id: ObjectId,
}

#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessDetails {
    #[serde(default)]
    pub unified_roles: Vec<UnifiedRole>,
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnifiedRole {
    pub role_definition_id: String,
}

#[must_use]
pub fn customers() -> GraphRequest {
    GraphRequest::get("/tenantRelationships/delegatedAdminCustomers?$top=300")
}

#[must_use]
pub fn contracts() -> GraphRequest {
    GraphRequest::get("/contracts?$top=999&$select=customerId,defaultDomainName,displayName")
}

#[must_use]
pub fn relationships() -> GraphRequest {
    GraphRequest::get("/tenantRelationships/delegatedAdminRelationships?$top=300")
}

#[must_use]
pub fn active_relationships() -> GraphRequest {
    GraphRequest::get("/tenantRelationships/delegatedAdminRelationships?$filter=status%20eq%20'active'&$top=300")
}

#[must_use]
pub fn access_assignments(relationship: &str) -> GraphRequest {
    GraphRequest::get(format!("/tenantRelationships/delegatedAdminRelationships/{relationship}/accessAssignments"))
}

/// Returns the directory roles that the assignments give to a member of these groups.
#[must_use]
pub fn roles_through(assignments: &[AccessAssignment], groups: &[ObjectId]) -> Vec<String> {
    let mine = assignments.iter().filter(|a| a.status == "active" && groups.contains(&a.access_container.access_container_id));
    let mut roles: Vec<String> =
        mine.flat_map(|a| a.access_details.unified_roles.iter().map(|role| role.role_definition_id.clone())).collect();
    roles.sort();
    roles.dedup();
    roles
}
