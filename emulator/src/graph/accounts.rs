//! User accounts: made, changed, deleted, and the rules for their names and passwords.

use super::Context;
use super::errors::GraphError;
use super::schema;
use crate::http::{Call, Reply};
use crate::world::generate::{GLOBAL_ADMINISTRATOR, as_object, user_object};
use crate::world::object::Properties;
use crate::world::people::{PASSWORD, Person};
use crate::world::tenant::Kind;
use serde_json::{Value, json};

/// What is shown of a user when nothing is selected.
pub const USER_DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

const USER_ADMINISTRATOR: &str = "fe930be7-5e62-47db-91af-98c3a49a38b1";
const DIRECTORY_WRITERS: &str = "9360feb5-f418-4baa-8175-e2a00bac4301";
const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: &str = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";

fn may_write(context: &Context<'_>) -> Result<(), GraphError> {
    context.need_scope(&["User.ReadWrite.All", "Directory.ReadWrite.All"])?;
    context.need_role(&[USER_ADMINISTRATOR, DIRECTORY_WRITERS])
}

/// A password of an account that exists needs a permission of its own, and no other one is enough.
/// <https://learn.microsoft.com/graph/api/user-update>
fn may_change_password(context: &Context<'_>, body: &Properties) -> Result<(), GraphError> {
    context.need_scope(&["User-PasswordProfile.ReadWrite.All", "Directory.AccessAsUser.All"])?;
    if body.len() > 1 {
        return may_write(context);
    }
    context.need_role(&[USER_ADMINISTRATOR, DIRECTORY_WRITERS, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR])
}

pub fn create(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    may_write(context)?;
    let body = schema::check(&call.body, schema::USER)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    for needed in ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"] {
        if body.get(needed).is_none_or(Value::is_null) {
            let message = "One or more properties contains invalid values.";
            return Err(GraphError::bad_request(message).target("PropertyRequired", needed));
        }
    }
    let upn = text("userPrincipalName").to_owned();
    check_name(context, &upn)?;
    check_nickname(text("mailNickname"))?;
    check_location(&body)?;
    let password = check_password(&body, &upn)?;
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(&upn))?;
    let is_same =
        |user: &Properties| user.get("userPrincipalName").and_then(Value::as_str).is_some_and(|known| known.eq_ignore_ascii_case(&upn));
    if tenant.all_latest(Kind::User).any(is_same) {
        let message = "Another object with the same value for property userPrincipalName already exists.";
        return Err(GraphError::bad_request(message).target("ObjectConflict", "userPrincipalName"));
    }
    let id = context.world.uuid();
    let mut user = user_object(&id, &upn, text("displayName"));
    user.insert("createdDateTime".into(), json!(crate::clock::iso(context.world.now())));
    user.extend(body.iter().filter(|(name, _)| name.as_str() != "passwordProfile").map(|(name, value)| (name.clone(), value.clone())));
    let visible = context.world.visible_at();
    let home_tenant = context.tenant.clone();
    if let Some(tenant) = context.world.tenant(&home_tenant) {
        tenant.insert(Kind::User, visible, user.clone());
    }
    context.world.tokens.marks.push(password.text.clone());
    let name = text("displayName").to_owned();
    let person = Person {
        upn: upn.to_lowercase(),
        name,
        home_tenant,
        oid: id,
        admin_agent: false,
        technician: false,
        password: password.text,
        must_change: password.must_change,
        has_mfa: false,
    };
    context.world.people.insert(upn.to_lowercase(), person);
    user.retain(|name, _| USER_DEFAULT.contains(&name.as_str()));
    Ok(Reply::json(201, &Value::Object(user)))
}

pub fn change(context: &mut Context<'_>, call: &Call, id: &str) -> Result<Reply, GraphError> {
    let body = schema::check(&call.body, schema::USER)?;
    if body.contains_key("passwordProfile") {
        may_change_password(context, &body)?;
    } else {
        may_write(context)?;
    }
    let (id, mut user) = find(context, id)?;
    check_location(&body)?;
    if body.contains_key("passwordProfile") {
        may_reset(context, &id)?;
        let upn = user.get("userPrincipalName").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        let password = check_password(&body, &upn)?;
        context.world.tokens.marks.push(password.text.clone());
        if let Some(person) = context.world.people.get_mut(&upn) {
            (person.password, person.must_change) = (password.text, password.must_change);
        }
    }
    user.extend(body.into_iter().filter(|(name, _)| name != "passwordProfile"));
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.write(Kind::User, &id, visible, Some(user));
    }
    Ok(Reply::empty(204))
}

pub fn delete(context: &mut Context<'_>, id: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["User.ReadWrite.All", "User.DeleteRestore.All"])?;
    context.need_role(&[USER_ADMINISTRATOR])?;
    let (id, user) = find(context, id)?;
    // Somebody who holds a directory role is deleted with Directory.AccessAsUser.All only.
    let is_admin = context.world.tenants.get(&context.tenant).is_some_and(|tenant| !tenant.roles_of(&id, context.view).is_empty());
    if is_admin {
        return Err(GraphError::denied().noting("missingScope"));
    }
    let upn = user.get("userPrincipalName").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    context.world.people.remove(&upn);
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.write(Kind::User, &id, visible, None);
        // What was given to it goes along.
        for kind in [Kind::Grant, Kind::AppRoleAssignment] {
            let is_its = |object: &&Properties| object.get("principalId").and_then(Value::as_str) == Some(id.as_str());
            let ids: Vec<String> =
                tenant.all_latest(kind).filter(is_its).filter_map(|object| object.get("id")?.as_str().map(str::to_owned)).collect();
            for given in ids {
                tenant.write(kind, &given, visible, None);
            }
        }
    }
    Ok(Reply::empty(204))
}

/// Finds by object id or user principal name.
pub fn find(context: &Context<'_>, key: &str) -> Result<(String, Properties), GraphError> {
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let is_named =
        |user: &&Properties| user.get("userPrincipalName").and_then(Value::as_str).is_some_and(|upn| upn.eq_ignore_ascii_case(key));
    let found = tenant.seen(Kind::User, key, context.view).or_else(|| tenant.all_seen(Kind::User, context.view).find(is_named));
    let user = found.cloned().ok_or_else(|| GraphError::not_found(key))?;
    let id = user.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok((id, user))
}

/// Whoever holds a directory role is reset by somebody of higher rank only.
fn may_reset(context: &Context<'_>, id: &str) -> Result<(), GraphError> {
    let is_admin = context.world.tenants.get(&context.tenant).is_some_and(|tenant| !tenant.roles_of(id, context.view).is_empty());
    if is_admin { context.need_role(&[GLOBAL_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR]) } else { Ok(()) }
}

fn check_name(context: &Context<'_>, upn: &str) -> Result<(), GraphError> {
    let (local, domain) = upn.split_once('@').unwrap_or((upn, ""));
    let tenant = context.world.tenants.get(&context.tenant).ok_or_else(|| GraphError::not_found(upn))?;
    if !tenant.verified_domains().iter().any(|(known, _)| known.eq_ignore_ascii_case(domain)) {
        return Err(GraphError::bad_request(
            "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
        )
        .target("InvalidValue", "userPrincipalName"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~".contains(c);
    if local.is_empty() || local.len() > 64 || domain.len() > 48 || upn.len() > 113 || local.ends_with('.') || !local.chars().all(allowed) {
        return Err(
            GraphError::bad_request("One or more property values specified are invalid.").target("InvalidValue", "userPrincipalName")
        );
    }
    Ok(())
}

fn check_nickname(nickname: &str) -> Result<(), GraphError> {
    if nickname.is_empty() || nickname.len() > 64 || !nickname.is_ascii() || nickname.contains(|c: char| "@()\\[]\";:<>, ".contains(c)) {
        let message = "Invalid value specified for property 'mailNickname' of resource 'User'.";
        return Err(GraphError::bad_request(message).target("InvalidValue", "mailNickname"));
    }
    Ok(())
}

fn check_location(body: &Properties) -> Result<(), GraphError> {
    let Some(location) = body.get("usageLocation").and_then(Value::as_str) else { return Ok(()) };
    if location.len() == 2 && location.chars().all(|c| c.is_ascii_uppercase()) {
        return Ok(());
    }
    let message = "Invalid value specified for property 'usageLocation' of resource 'User'.";
    Err(GraphError::bad_request(message).target("InvalidValue", "usageLocation"))
}

struct Password {
    text: String,
    must_change: bool,
}

fn check_password(body: &Properties, upn: &str) -> Result<Password, GraphError> {
    let profile = body.get("passwordProfile").and_then(Value::as_object).cloned().unwrap_or_default();
    let weak = || {
        GraphError::bad_request(
            "The specified password does not comply with password complexity requirements. Please provide a different password.",
        )
        .target("InvalidValue", "password")
    };
    let Some(text) = profile.get("password").and_then(Value::as_str) else {
        return Err(GraphError::bad_request("The password profile is missing.").target("PropertyRequired", "passwordProfile"));
    };
    const SIGNS: &str = "@#$%^&*-_!+=[]{}|\\:',.?/`~\"();<> ";
    let kinds: [fn(char) -> bool; 4] =
        [|c| c.is_ascii_lowercase(), |c| c.is_ascii_uppercase(), |c| c.is_ascii_digit(), |c| !c.is_ascii_alphanumeric()];
    let classes = kinds.iter().filter(|kind| text.chars().any(kind)).count();
    let is_known = |c: char| c.is_ascii_alphanumeric() || SIGNS.contains(c);
    let local = upn.split('@').next().unwrap_or_default().to_lowercase();
    let lower = text.to_lowercase();
    // A word of the list of banned passwords, and too little besides it.
    let is_banned = ["password", "passw0rd", "welcome", "qwerty", "letmein"].iter().any(|word| lower.contains(word) && text.len() < 16);
    if !(8..=256).contains(&text.chars().count()) || classes < 3 || !text.chars().all(is_known) || is_banned || lower.contains(&local) {
        return Err(weak());
    }
    let must_change = profile.get("forceChangePasswordNextSignIn").and_then(Value::as_bool).unwrap_or(true);
    Ok(Password { text: text.to_owned(), must_change })
}

/// The person of a planted user signs in with the password of all others.
pub fn person_of(user: &Properties, tenant: &str) -> Option<Person> {
    let text = |name: &str| user.get(name).and_then(Value::as_str).map(str::to_owned);
    let upn = text("userPrincipalName")?.to_lowercase();
    Some(Person {
        upn,
        name: text("displayName")?,
        home_tenant: tenant.to_owned(),
        oid: text("id")?,
        admin_agent: false,
        technician: false,
        password: PASSWORD.into(),
        must_change: false,
        has_mfa: true,
    })
}

const LICENSE_ADMINISTRATOR: &str = "4d6ac14f-3453-41d0-bef9-a3e0c569773a";

/// The subscriptions of every tenant: id, name, seats that were bought, and seats in use that no user of the emulator has.
const SUBSCRIPTIONS: &[(&str, &str, i64, i64)] = &[
    ("3b555118-da6a-4418-894f-7df1e2096870", "O365_BUSINESS_ESSENTIALS", 10, 7),
    ("6fd2c87f-b296-42f0-b197-1e91e994b900", "ENTERPRISEPACK", 25, 25),
    ("19ec0d23-8335-4cbd-94ac-6050e30712fa", "EXCHANGEENTERPRISE", 5, 4),
];

pub fn subscriptions(context: &mut Context<'_>, call: &Call) -> Result<Reply, GraphError> {
    context.need_scope(&[
        "Organization.Read.All",
        "Directory.Read.All",
        "LicenseAssignment.Read.All",
        "LicenseAssignment.ReadWrite.All",
    ])?;
    if call.query_value("$filter").is_some() || call.query_value("$top").is_some() {
        return Err(GraphError::new(400, "Request_UnsupportedQuery", "Only $select is supported for this resource."));
    }
    let items: Vec<Value> = SUBSCRIPTIONS
        .iter()
        .map(|(sku, part, bought, base)| {
            json!({"accountId": context.tenant, "accountName": "emulated", "appliesTo": "User", "capabilityStatus": "Enabled",
                "consumedUnits": base + held(context, sku), "id": format!("{}_{sku}", context.tenant), "skuId": sku, "skuPartNumber": part,
                "prepaidUnits": {"enabled": bought, "suspended": 0, "warning": 0, "lockedOut": 0}, "servicePlans": [], "subscriptionIds": []})
        })
        .collect();
    let items: Result<Vec<Value>, GraphError> = items
        .into_iter()
        .map(|item| {
            let names = [
                "accountId",
                "accountName",
                "appliesTo",
                "capabilityStatus",
                "consumedUnits",
                "id",
                "skuId",
                "skuPartNumber",
                "prepaidUnits",
                "servicePlans",
                "subscriptionIds",
            ];
            super::query::select(&as_object(item), call, &names).map(Value::Object)
        })
        .collect();
    Ok(Reply::json(200, &json!({"value": items?})))
}

fn held(context: &Context<'_>, sku: &str) -> i64 {
    let holds = |user: &&Properties| {
        user.get("assignedLicenses").and_then(Value::as_array).is_some_and(|all| all.iter().any(|l| l["skuId"] == sku))
    };
    let count = context.world.tenants.get(&context.tenant).map(|tenant| tenant.all_latest(Kind::User).filter(holds).count());
    i64::try_from(count.unwrap_or_default()).unwrap_or(i64::MAX)
}

pub fn assign_license(context: &mut Context<'_>, call: &Call, id: &str) -> Result<Reply, GraphError> {
    context.need_scope(&["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"])?;
    context.need_role(&[LICENSE_ADMINISTRATOR, USER_ADMINISTRATOR])?;
    let body = schema::check(&call.body, schema::ASSIGN_LICENSE)?;
    let (Some(add), Some(remove)) =
        (body.get("addLicenses").and_then(Value::as_array), body.get("removeLicenses").and_then(Value::as_array))
    else {
        return Err(GraphError::bad_request("addLicenses and removeLicenses must both be given."));
    };
    let (id, mut user) = find(context, id)?;
    if !add.is_empty() && user.get("usageLocation").is_none_or(Value::is_null) {
        return Err(GraphError::bad_request("License assignment cannot be done for user with invalid usage location."));
    }
    let mut licences = user.get("assignedLicenses").and_then(Value::as_array).cloned().unwrap_or_default();
    licences.retain(|licence| !remove.contains(&licence["skuId"]));
    for wanted in add {
        let sku = wanted["skuId"].as_str().unwrap_or_default();
        let Some((_, _, bought, base)) = SUBSCRIPTIONS.iter().find(|(known, ..)| *known == sku) else {
            return Err(GraphError::bad_request(format!("Company does not have the license {sku}.")));
        };
        if licences.iter().any(|licence| licence["skuId"] == sku) {
            continue;
        }
        if base + held(context, sku) >= *bought {
            return Err(GraphError::bad_request(format!("Subscription with SKU {sku} does not have any available licenses.")));
        }
        licences.push(json!({"skuId": sku, "disabledPlans": wanted["disabledPlans"]}));
    }
    user.insert("assignedLicenses".into(), Value::Array(licences));
    let visible = context.world.visible_at();
    if let Some(tenant) = context.world.tenant(&context.tenant) {
        tenant.write(Kind::User, &id, visible, Some(user.clone()));
    }
    Ok(Reply::json(200, &Value::Object(user)))
}
