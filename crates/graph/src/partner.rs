//! Delegated administration of customers. <https://learn.microsoft.com/graph/api/resources/delegatedadminrelationships-api-overview>

use super::ask::Ask;
use super::request::GraphRequest;
use domain::ids::{ObjectId, TenantId};
use domain::name;
use serde::Deserialize;

/// A customer of the partner (resource `delegatedAdminCustomer`, or `customer` of a relationship).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The ID of the customer's tenant.
    pub tenant_id: TenantId,
    /// The customer's name, marked; empty when it is missing.
    #[serde(default, deserialize_with = "name::foreign")]
    pub display_name: String,
}

/// A relationship of delegated administration, GDAP (resource `delegatedAdminRelationship`). A customer can have several.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Relationship {
    /// The ID, two GUIDs with a hyphen between them.
    pub id: String,
    /// The name that the relationship was given, marked; empty when it is missing. `MLT_` begins those that Microsoft's transition left.
    #[serde(default, deserialize_with = "name::foreign")]
    pub display_name: String,
    /// `delegatedAdminRelationship.status`, e.g. `approvalPending`, `active`, `expiring`, or `terminated`; empty when it is missing.
    #[serde(default)]
    pub status: String,
    /// Whose tenant it gives access to.
    pub customer: Customer,
    /// When it ends, in ISO 8601; `None` when Graph gives no end.
    #[serde(default)]
    pub end_date_time: Option<String>,
    /// The roles that the relationship may give. Which of them a person has, the access assignments tell.
    #[serde(default)]
    pub access_details: AccessDetails,
}

/// A reseller contract; name and domain are copies of the day it was made.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    /// The ID of the customer's tenant.
    pub customer_id: TenantId,
    /// The default domain of the customer; empty when it is missing.
    #[serde(default)]
    pub default_domain_name: String,
    /// The customer's name, marked; empty when it is missing.
    #[serde(default, deserialize_with = "name::foreign")]
    pub display_name: String,
}

/// Roles of a relationship for the members of one group of the partner (resource `delegatedAdminAccessAssignment`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessAssignment {
    /// `active`, `pending`, `deleting`, `deleted`, or `error`; empty when it is missing. Only an active one gives anything.
    #[serde(default)]
    pub status: String,
    /// The group whose members get the roles.
    pub access_container: AccessContainer,
    /// The roles that they get.
    pub access_details: AccessDetails,
}

/// The group of an assignment (resource `delegatedAdminAccessContainer`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessContainer {
    /// The object ID of a security group in the partner's own tenant.
    pub access_container_id: ObjectId,
}

/// Directory roles of a relationship or an assignment (resource `delegatedAdminAccessDetails`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessDetails {
    /// The roles; empty when they are missing.
    #[serde(default)]
    pub unified_roles: Vec<UnifiedRole>,
}

/// One directory role (resource `unifiedRole`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnifiedRole {
    /// The template ID of the role, the same GUID in every tenant.
    pub role_definition_id: String,
}

/// Lists the customers with delegated administration, 300 to a page, which is the most. For who is not in the partner's group AdminAgents
/// the list is empty.
#[must_use]
pub fn customers() -> Ask<Vec<Customer>> {
    Ask::list(GraphRequest::get("/tenantRelationships/delegatedAdminCustomers?$top=300"))
}

/// Lists the reseller contracts of the partner; empty in a tenant that is no partner's.
#[must_use]
pub fn contracts() -> Ask<Vec<Contract>> {
    Ask::list(GraphRequest::get("/contracts?$top=999&$select=customerId,defaultDomainName,displayName"))
}

/// Lists the relationships of delegated administration in every status, those that have ended included. For who is not in the partner's
/// group AdminAgents the list is empty.
#[must_use]
pub fn relationships() -> Ask<Vec<Relationship>> {
    Ask::list(GraphRequest::get("/tenantRelationships/delegatedAdminRelationships?$top=300"))
}

/// Lists the access assignments of the relationship of this ID.
#[must_use]
pub fn access_assignments(relationship: &str) -> Ask<Vec<AccessAssignment>> {
    Ask::list(GraphRequest::get(format!("/tenantRelationships/delegatedAdminRelationships/{relationship}/accessAssignments")))
}

impl Relationship {
    /// Whether it gives access now: one that is expiring still does.
    #[must_use]
    pub fn works(&self) -> bool {
        matches!(self.status.as_str(), "active" | "expiring")
    }
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
