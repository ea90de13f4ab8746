//! The organization, the signed-in person's roles, and tenant policies.

use super::ask::Ask;
use super::request::GraphRequest;
use domain::ids::{ObjectId, Tenant, TenantId};
use domain::name::marked;
use domain::time::Instant;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// <https://learn.microsoft.com/graph/api/organization-list>
#[must_use]
pub fn organization() -> Ask<Tenant> {
    Ask::read_by(GraphRequest::get("/organization?$select=id,displayName,verifiedDomains"), |body| read_organization(&body))
}

/// Reads the one organization of an answer.
#[must_use]
pub fn read_organization(body: &Value) -> Option<Tenant> {
    let organization = body.get("value")?.as_array()?.first()?;
    let domains = organization.get("verifiedDomains").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let default = domains.iter().find(|domain| domain.get("isDefault") == Some(&Value::Bool(true))).or_else(|| domains.first());
    Some(Tenant {
        id: TenantId::parse(organization.get("id")?.as_str()?)?,
        name: marked(organization.get("displayName").and_then(Value::as_str).unwrap_or_default()),
        domain: marked(default.and_then(|domain| domain.get("name")).and_then(Value::as_str).unwrap_or_default()),
    })
}

/// Asks for the domain that the tenant was made with, `….onmicrosoft.com`.
#[must_use]
pub fn initial_domain() -> Ask<String> {
    Ask::read_by(organization().into(), |body| read_initial_domain(&body))
}

fn read_initial_domain(body: &Value) -> Option<String> {
    let organization = body.get("value")?.as_array()?.first()?;
    let domains = organization.get("verifiedDomains")?.as_array()?;
    let initial = domains.iter().find(|domain| domain.get("isInitial") == Some(&Value::Bool(true)))?;
    Some(initial.get("name")?.as_str()?.to_owned())
}

/// The directory roles that the signed-in person has now. Not for a partner's technician, who has no object in the tenant. A cast in
/// a list of memberships is an advanced query. <https://learn.microsoft.com/graph/aad-advanced-queries>
#[must_use]
pub fn my_roles() -> Ask<Vec<HeldRole>> {
    Ask::list(
        GraphRequest::get(
            "/me/transitiveMemberOf/microsoft.graph.directoryRole?$count=true&$select=id,displayName,roleTemplateId&$top=999",
        )
        .with_eventual(),
    )
}

/// From when on sign-ins of the signed-in person count.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct SignInsCount {
    /// `user.signInSessionsValidFromDateTime` in ISO 8601: refresh tokens and session cookies from before it are refused. `None` when Graph
    /// gives none.
    #[serde(rename = "signInSessionsValidFromDateTime")]
    pub from: Option<String>,
}

/// <https://learn.microsoft.com/graph/api/user-get>
#[must_use]
pub fn my_sign_ins() -> GraphRequest {
    GraphRequest::get("/me?$select=id,signInSessionsValidFromDateTime")
}

/// Ends all sign-ins of the signed-in person. <https://learn.microsoft.com/graph/api/user-revokesigninsessions>
#[must_use]
pub fn end_my_sign_ins() -> GraphRequest {
    GraphRequest::act("/me/revokeSignInSessions")
}

/// The directory roles that the signed-in person may activate. Without the licence for that, Graph refuses.
/// <https://learn.microsoft.com/graph/api/unifiedroleeligibilityscheduleinstance-filterbycurrentuser>
#[must_use]
pub fn my_eligible_roles() -> Ask<Vec<EligibleRole>> {
    Ask::list(GraphRequest::get("/roleManagement/directory/roleEligibilityScheduleInstances/filterByCurrentUser(on='principal')"))
}

/// A directory role that the signed-in person may activate (resource `unifiedRoleEligibilityScheduleInstance`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EligibleRole {
    /// The ID of the role definition: for a built-in role its template ID, the same GUID in every tenant.
    pub role_definition_id: String,
    /// Where the role counts once it is active: `/` for the whole tenant, else an administrative unit or one object.
    pub directory_scope_id: Option<String>,
}

impl EligibleRole {
    /// Whether the role would count in the whole tenant.
    #[must_use]
    pub fn is_tenant_wide(&self) -> bool {
        super::roles::is_whole_tenant(self.directory_scope_id.as_deref())
    }
}

/// A group, by its object ID alone.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Group {
    /// The object ID.
    pub id: ObjectId,
}

/// The groups that the signed-in person is in.
#[must_use]
pub fn my_groups() -> Ask<Vec<Group>> {
    Ask::list(GraphRequest::get("/me/transitiveMemberOf/microsoft.graph.group?$count=true&$select=id&$top=999").with_eventual())
}

/// A directory role that the signed-in person has (resource `directoryRole`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeldRole {
    /// The template ID, the same GUID in every tenant, by which this page knows a role.
    pub role_template_id: String,
}

/// Whether members may register applications (`defaultUserRolePermissions.allowedToCreateApps`).
/// <https://learn.microsoft.com/graph/api/authorizationpolicy-get>
#[must_use]
pub fn members_may_register() -> Ask<bool> {
    Ask::read_by(GraphRequest::get("/policies/authorizationPolicy"), |policy| {
        policy.get("defaultUserRolePermissions")?.get("allowedToCreateApps")?.as_bool()
    })
}

/// <https://learn.microsoft.com/graph/api/tenantappmanagementpolicy-get>
#[must_use]
pub fn app_management_policy() -> Ask<Value> {
    Ask::object(GraphRequest::get("/policies/defaultAppManagementPolicy"))
}

/// The policies that are assigned to an application itself. <https://learn.microsoft.com/graph/api/appmanagementpolicy-list-appliesto>
#[must_use]
pub fn app_management_policies_of(application: &ObjectId) -> Ask<Vec<Value>> {
    Ask::list(GraphRequest::get(format!("/applications/{application}/appManagementPolicies")))
}

/// What app management policies say about the credentials of an application. They are read to warn: only Graph's own answer forbids.
/// <https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy>
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CredentialPolicy {
    /// No client secret may be added (restriction `passwordAddition`).
    pub forbids_secrets: bool,
    /// The longest lifetime of a client secret, in days.
    pub longest_secret_days: Option<u32>,
    /// The longest lifetime of a certificate, in days; `None` where nothing limits it.
    pub longest_certificate_days: Option<u32>,
    /// A certificate must come from an authority that the tenant trusts: a self-signed one is refused.
    pub wants_trusted_authority: bool,
    /// Some callers are exempt, by attributes that this page can't see.
    pub exempts_callers: bool,
    /// The name of the policy of the application itself, where it has one; else the default of the tenant binds.
    pub name: Option<String>,
}

/// Reads what binds an application that was created at `created`: the tenant's default, and over it, restriction by restriction, the
/// policies that are assigned to the application.
#[must_use]
pub fn read_credential_policy(default: &Value, of_application: &[Value], created: Instant) -> CredentialPolicy {
    let is_on = |policy: &Value| policy.get("isEnabled") != Some(&Value::Bool(false));
    let own: Vec<&Value> = of_application.iter().filter(|policy| is_on(policy)).collect();
    let mut policy = CredentialPolicy {
        name: own.iter().find_map(|policy| policy.get("displayName").and_then(Value::as_str)).map(str::to_owned),
        ..CredentialPolicy::default()
    };
    let of_default = default.get("applicationRestrictions").filter(|_| is_on(default));
    for list in ["passwordCredentials", "keyCredentials"] {
        let mut binding: BTreeMap<&str, &Value> = BTreeMap::new();
        for restrictions in of_default.into_iter().chain(own.iter().filter_map(|policy| policy.get("restrictions"))) {
            let entries = restrictions.get(list).and_then(Value::as_array).into_iter().flatten();
            binding.extend(entries.filter_map(|entry| Some((entry.get("restrictionType")?.as_str()?, entry))));
        }
        for (kind, entry) in binding {
            let text = |name: &str| entry.get(name).and_then(Value::as_str);
            let since = text("restrictForAppsCreatedAfterDateTime").and_then(Instant::from_iso);
            if text("state") == Some("disabled") || since.is_some_and(|since| created < since) {
                continue;
            }
            let days = || text("maxLifetime").and_then(days_of_duration);
            match kind {
                "passwordAddition" => policy.forbids_secrets = true,
                "passwordLifetime" => policy.longest_secret_days = days(),
                "asymmetricKeyLifetime" => policy.longest_certificate_days = days(),
                "trustedCertificateAuthority" => policy.wants_trusted_authority = true,
                // Symmetric keys and custom passwords are none of this page's.
                _ => continue,
            }
            policy.exempts_callers |= entry.get("excludeActors").is_some_and(|actors| !actors.is_null());
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
