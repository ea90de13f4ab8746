//! The organization, the signed-in person's roles, and tenant policies.

use super::request::GraphRequest;
use crate::domain::ids::{Tenant, TenantId};
use serde::Deserialize;
use serde_json::Value;

/// <https://learn.microsoft.com/graph/api/organization-list>
#[must_use]
pub fn organization() -> GraphRequest {
    GraphRequest::get("/organization?$select=id,displayName,verifiedDomains")
}

/// Reads the one organization of an answer.
#[must_use]
pub fn read_organization(body: &Value) -> Option<Tenant> {
    let organization = body.get("value")?.as_array()?.first()?;
    let domains = organization.get("verifiedDomains").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let default = domains.iter().find(|domain| domain.get("isDefault") == Some(&Value::Bool(true))).or_else(|| domains.first());
    Some(Tenant {
        id: TenantId::parse(organization.get("id")?.as_str()?)?,
        name: organization.get("displayName").and_then(Value::as_str).unwrap_or_default().to_owned(),
        domain: default.and_then(|domain| domain.get("name")).and_then(Value::as_str).unwrap_or_default().to_owned(),
    })
}

/// The directory roles that the signed-in person has now. Not for a partner's technician, who has no object in the tenant.
#[must_use]
pub fn my_roles() -> GraphRequest {
    GraphRequest::get("/me/transitiveMemberOf/microsoft.graph.directoryRole?$select=id,displayName,roleTemplateId")
}

/// The directory roles that the signed-in person may activate. Without the licence for that, Graph refuses.
/// <https://learn.microsoft.com/graph/api/unifiedroleeligibilityscheduleinstance-filterbycurrentuser>
#[must_use]
pub fn my_eligible_roles() -> GraphRequest {
    GraphRequest::get("/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')")
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EligibleRole {
    pub role_definition_id: String,
}

/// The groups that the signed-in person is in.
#[must_use]
pub fn my_groups() -> GraphRequest {
    GraphRequest::get("/me/transitiveMemberOf/microsoft.graph.group?$select=id")
}

#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldRole {
    pub role_template_id: String,
}

/// <https://learn.microsoft.com/graph/api/tenantappmanagementpolicy-get>
#[must_use]
pub fn app_management_policy() -> GraphRequest {
    GraphRequest::get("/policies/defaultAppManagementPolicy")
}

/// What the tenant's policy says about credentials.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, Deserialize)]
pub struct CredentialPolicy {
    pub forbids_secrets: bool,
    /// The longest lifetime of a client secret, in days.
    pub longest_secret_days: Option<u32>,
    pub longest_certificate_days: Option<u32>,
}

/// Reads the policy for applications that are created now.
#[must_use]
pub fn read_credential_policy(body: &Value) -> CredentialPolicy {
    let mut policy = CredentialPolicy::default();
    if body.get("isEnabled") == Some(&Value::Bool(false)) {
        return policy;
    }
    let list = |name: &str| body.get("applicationRestrictions").and_then(|r| r.get(name)).and_then(Value::as_array);
    for restriction in list("passwordCredentials").into_iter().chain(list("keyCredentials")).flatten() {
        if restriction.get("state").and_then(Value::as_str) == Some("disabled") {
            continue;
        }
        match restriction.get("restrictionType").and_then(Value::as_str) {
            Some("passwordAddition") => policy.forbids_secrets = true,
            Some("passwordLifetime") => {
                policy.longest_secret_days = restriction.get("maxLifetime").and_then(Value::as_str).and_then(days_of_duration);
            }
            Some("asymmetricKeyLifetime") => {
                policy.longest_certificate_days = restriction.get("maxLifetime").and_then(Value::as_str).and_then(days_of_duration);
            }
            _ => {}
        }
    }
    policy
}

/// Reads the days of an ISO 8601 duration such as `P180D` or `P1Y`; shorter parts are ignored.
#[must_use]
pub fn days_of_duration(text: &str) -> Option<u32> {
    let date = text.strip_prefix('P')?.split('T').next()?;
    let mut days = 0_u32;
    let mut number = String::new();
    for c in date.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let count: u32 = number.parse().ok()?;
        number.clear();
        let unit = match c {
            'Y' => 365,
            'M' => 30,
            'W' => 7,
            'D' => 1,
            _ => return None,
        };
        days = days.checked_add(count.checked_mul(unit)?)?;
    }
    number.is_empty().then_some(days)
}
