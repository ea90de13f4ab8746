//! User accounts, the domains they can be in, and licences. <https://learn.microsoft.com/graph/api/resources/user>

use super::ask::Ask;
use super::request::GraphRequest;
use domain::account::Account;
use domain::ids::ObjectId;
use domain::secret::Secret;
use domain::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

const SELECT: &str = "id,displayName,userPrincipalName,accountEnabled,usageLocation,assignedLicenses,createdDateTime";

/// A user account, with what this page reads of it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The object ID in this tenant.
    pub id: ObjectId,
    /// The name that the user signs in with, e.g. `ada@contoso.com`; it can change. Empty when it is missing.
    #[serde(default)]
    pub user_principal_name: String,
    /// The name that the tenant shows, at most 256 characters; as it came, and `None` where Graph gives none.
    #[serde(default)]
    pub display_name: Option<String>,
    /// When the account was made, in ISO 8601; [`User::created`] reads it.
    #[serde(default)]
    pub created_date_time: Option<String>,
    /// The country in two capitals (ISO 3166-1 alpha-2), without which no license can be assigned; `None` when it is not set.
    #[serde(default)]
    pub usage_location: Option<String>,
    /// The licenses of the user, those that come through a group included.
    #[serde(default)]
    pub assigned_licenses: Vec<AssignedLicense>,
}

/// A license that a user has (resource `assignedLicense`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssignedLicense {
    /// The GUID of the product, as [`Subscription::sku_id`] has it.
    pub sku_id: String,
}

impl User {
    /// When it was made.
    #[must_use]
    pub fn created(&self) -> Option<Instant> {
        self.created_date_time.as_deref().and_then(Instant::from_iso)
    }

    /// Whether the user has the license of this product, whatever plans of it are off.
    #[must_use]
    pub fn has_licence(&self, sku_id: &str) -> bool {
        self.assigned_licenses.iter().any(|licence| licence.sku_id == sku_id)
    }
}

/// By user principal name, percent-encoded: `#` and `^` are allowed in one.
#[must_use]
pub fn by_upn(upn: &str) -> Ask<User> {
    let encoded: String = url::form_urlencoded::byte_serialize(upn.as_bytes()).collect();
    Ask::object(GraphRequest::get(format!("/users/{encoded}?$select={SELECT}")))
}

/// Reads one user by the object ID; Graph answers 404 when the account is deleted or of another tenant.
#[must_use]
pub fn by_id(id: &ObjectId) -> GraphRequest {
    GraphRequest::get(format!("/users/{id}?$select={SELECT}"))
}

/// What stands in the place of a password wherever a request is shown.
pub const HIDDEN: &str = "{the password, which is not shown here}";

/// <https://learn.microsoft.com/graph/api/user-post-users>. Without a password the request is for show.
#[must_use]
pub fn create(account: &Account, password: Option<&Secret>) -> GraphRequest {
    let mut body = json!({
        "accountEnabled": true,
        "displayName": account.shown_name(),
        "mailNickname": account.mail_nickname(),
        "userPrincipalName": account.upn(),
        "passwordPolicies": "DisablePasswordExpiration",
        "passwordProfile": profile(account.must_change, password),
    });
    if let Some(location) = &account.usage_location {
        body["usageLocation"] = json!(location);
    }
    GraphRequest::post("/users", body)
}

/// Sets another password. <https://learn.microsoft.com/graph/api/user-update>
#[must_use]
pub fn reset_password(id: &ObjectId, must_change: bool, password: Option<&Secret>) -> GraphRequest {
    GraphRequest::patch(format!("/users/{id}"), json!({"passwordProfile": profile(must_change, password)}))
}

fn profile(must_change: bool, password: Option<&Secret>) -> Value {
    json!({"password": password.map_or(HIDDEN, Secret::reveal), "forceChangePasswordNextSignIn": must_change})
}

/// Deletes an account: for 30 days it is among the deleted items.
#[must_use]
pub fn delete(id: &ObjectId) -> GraphRequest {
    GraphRequest::delete(format!("/users/{id}"))
}

/// <https://learn.microsoft.com/graph/api/user-assignlicense>
#[must_use]
pub fn assign_licence(id: &ObjectId, add: &[&str], remove: &[&str]) -> GraphRequest {
    let added: Vec<Value> = add.iter().map(|sku| json!({"skuId": sku, "disabledPlans": []})).collect();
    GraphRequest::post(format!("/users/{id}/assignLicense"), json!({"addLicenses": added, "removeLicenses": remove}))
}

/// Lists the domains that a new account can be in, the default one first: verified, and not federated.
#[must_use]
pub fn domains() -> Ask<Vec<String>> {
    Ask::read_by(GraphRequest::get("/domains"), usable_domains)
}

fn usable_domains(body: Value) -> Option<Vec<String>> {
    let is = |domain: &Value, name: &str| domain.get(name) == Some(&Value::Bool(true));
    let all = body.get("value")?.as_array()?;
    let usable = |domain: &&Value| is(domain, "isVerified") && domain.get("authenticationType").and_then(Value::as_str) == Some("Managed");
    let mut found: Vec<(bool, String)> =
        all.iter().filter(usable).filter_map(|domain| Some((!is(domain, "isDefault"), domain.get("id")?.as_str()?.to_owned()))).collect();
    found.sort();
    Some(found.into_iter().map(|(_, name)| name).collect())
}

/// Lists the tenant's subscriptions, those without a free seat included.
#[must_use]
pub fn subscriptions() -> Ask<Vec<Subscription>> {
    Ask::list(GraphRequest::get("/subscribedSkus?$select=skuId,skuPartNumber,consumedUnits,prepaidUnits,capabilityStatus,appliesTo"))
}

/// A subscription of the tenant.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// The GUID of the product, the same in every tenant.
    pub sku_id: String,
    /// Microsoft's own name for the product in capitals, e.g. `ENTERPRISEPACK`; empty when it is missing.
    #[serde(default)]
    pub sku_part_number: String,
    /// How many seats are assigned.
    #[serde(default)]
    pub consumed_units: i64,
    /// How many seats there are.
    #[serde(default)]
    pub prepaid_units: Prepaid,
    /// `Enabled`, `Warning` (grace period), `Suspended`, `Deleted`, or `LockedOut`; empty when it is missing.
    #[serde(default)]
    pub capability_status: String,
    /// `User` for seats of users, `Company` for what the tenant has as a whole; empty when it is missing.
    #[serde(default)]
    pub applies_to: String,
}

/// The seats of a subscription by their state (resource `licenseUnitsDetail`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct Prepaid {
    /// Seats that are paid for.
    #[serde(default)]
    pub enabled: i64,
    /// Seats of a subscription in its grace period.
    #[serde(default)]
    pub warning: i64,
}

impl Subscription {
    /// Returns the seats that nobody has; those of a subscription in its grace period count.
    #[must_use]
    pub fn free(&self) -> i64 {
        (self.prepaid_units.enabled + self.prepaid_units.warning - self.consumed_units).max(0)
    }

    /// Whether a user can get a seat of it at all.
    #[must_use]
    pub fn is_for_users(&self) -> bool {
        self.applies_to == "User" && matches!(self.capability_status.as_str(), "Enabled" | "Warning")
    }
}
