//! The control origin: what tests read and set. Not part of what Microsoft offers.

pub mod faults;
pub mod log;

use crate::clock::iso;
use crate::graph::schema::is_guid;
use crate::http::{Call, Reply};
use crate::world::World;
use crate::world::generate::{self, as_object};
use crate::world::object::Properties;
use crate::world::tenant::{Kind, Tenant};
use serde_json::{Value, json};

pub fn answer(world: &mut World, call: &Call) -> Reply {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or(Value::Null);
    match (call.method.as_str(), call.path.as_str()) {
        ("GET", "/state") => Reply::json(200, &state(world)),
        ("POST", "/reset") => {
            let customers = body["customers"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(world.settings.customers);
            world.reset(body["seed"].as_u64().unwrap_or(world.settings.seed), customers);
            Reply::json(200, &json!({}))
        }
        ("POST", "/clock") => match body["advanceSeconds"].as_i64() {
            Some(seconds) => {
                world.clock.advance(seconds * 1000);
                Reply::json(200, &json!({"now": iso(world.now())}))
            }
            None => refuse("advanceSeconds is missing"),
        },
        ("GET", "/quirks") => Reply::json(200, &world.quirks.to_json()),
        ("POST", "/quirks") => match world.quirks.set(&body) {
            Ok(()) => {
                crate::quirks::crowds::settle(world);
                Reply::json(200, &world.quirks.to_json())
            }
            Err(why) => refuse(&why),
        },
        ("GET", "/requests") => Reply::json(200, &world.log.to_json()),
        ("DELETE", "/requests") => {
            world.log.clear();
            Reply::empty(204)
        }
        ("POST", "/faults") => match faults::Fault::parse(&body) {
            Ok(fault) => {
                world.faults.push(fault);
                Reply::empty(204)
            }
            Err(why) => refuse(&why),
        },
        ("DELETE", "/faults") => {
            world.faults.clear();
            Reply::empty(204)
        }
        ("POST", "/directory") => match plant_all(world, &body) {
            Ok(ids) => Reply::json(200, &json!({ "ids": ids })),
            Err(why) => refuse(&why),
        },
        ("GET", "/marks") => Reply::json(200, &json!(world.tokens.marks)),
        _ => Reply::json(404, &json!({"error": "no such control"})),
    }
}

fn refuse(why: &str) -> Reply {
    Reply::json(400, &json!({ "error": why }))
}

fn state(world: &World) -> Value {
    let mut tenants = serde_json::Map::new();
    for (id, tenant) in &world.tenants {
        tenants.insert(id.clone(), tenant_state(tenant));
    }
    json!({"now": iso(world.now()), "tenants": tenants})
}

fn tenant_state(tenant: &Tenant) -> Value {
    let all = |kind: Kind| -> Vec<Value> { tenant.all_latest(kind).cloned().map(Value::Object).collect() };
    let application = |object: &Properties, deleted: bool| {
        let get = |name: &str| object.get(name).cloned().unwrap_or(Value::Null);
        let uris: Vec<Value> = ["web", "spa", "publicClient"]
            .iter()
            .flat_map(|platform| get(platform)["redirectUris"].as_array().cloned().unwrap_or_default())
            .collect();
        let credentials = |name: &str| -> Vec<Value> {
            get(name)
                .as_array()
                .into_iter()
                .flatten()
                .map(|c| json!({"keyId": c["keyId"], "displayName": c["displayName"], "endDateTime": c["endDateTime"]}))
                .collect()
        };
        json!({"id": get("id"), "appId": get("appId"), "uniqueName": get("uniqueName"), "displayName": get("displayName"),
            "signInAudience": get("signInAudience"), "redirectUris": uris, "requiredResourceAccess": get("requiredResourceAccess"), "tags": get("tags"),
            "passwordCredentials": credentials("passwordCredentials"), "keyCredentials": credentials("keyCredentials"), "deleted": deleted})
    };
    let mut applications: Vec<Value> = tenant.all_latest(Kind::Application).map(|object| application(object, false)).collect();
    applications.extend(tenant.all_latest(Kind::DeletedApplication).map(|object| application(object, true)));
    json!({"domain": tenant.domain, "displayName": tenant.display_name, "applications": applications,
        "servicePrincipals": all(Kind::ServicePrincipal), "appRoleAssignments": all(Kind::AppRoleAssignment),
        "oauth2PermissionGrants": all(Kind::Grant), "roleAssignments": all(Kind::RoleAssignment), "users": all(Kind::User), "exchangeRoleAssignments": all(Kind::ExchangeAssignment)})
}

pub fn plant_all(world: &mut World, body: &Value) -> Result<Vec<String>, String> {
    let domain = body["tenant"].as_str().ok_or("tenant is missing")?;
    let tenant = world.tenant_id(domain).ok_or_else(|| format!("there is no tenant {domain}"))?;
    let mut ids = Vec::new();
    for object in body["objects"].as_array().ok_or("objects is missing")? {
        ids.push(plant(world, &tenant, object)?);
    }
    Ok(ids)
}

/// Puts an object into the directory as if it had always been there.
fn plant(world: &mut World, tenant_id: &str, given: &Value) -> Result<String, String> {
    let kind = given["type"].as_str().ok_or("an object needs a type")?;
    let mut fields = as_object(given.clone());
    fields.remove("type");
    let id = given["id"].as_str().filter(|id| is_guid(id)).map_or_else(|| world.uuid(), str::to_owned);
    fields.insert("id".into(), json!(id));
    let now = world.now();
    let text = |name: &str| given[name].as_str().unwrap_or_default().to_owned();
    let app_id = given["appId"].as_str().map_or_else(|| world.uuid(), str::to_owned);
    if kind == "guest" {
        // `userPrincipalName` of somebody who is at home elsewhere.
        let person = world.people.get(&text("userPrincipalName")).cloned().ok_or("nobody has this userPrincipalName")?;
        let user = as_object(
            json!({"id": id, "displayName": person.name, "userPrincipalName": person.upn, "mail": person.upn, "userType": "Guest", "accountEnabled": true}),
        );
        world.tenant(tenant_id).ok_or("there is no such tenant")?.insert(Kind::User, 0, user);
        return Ok(id);
    }
    let mut planted = None;
    let tenant = world.tenants.get_mut(tenant_id).ok_or("there is no such tenant")?;
    let (kind, object) = match kind {
        "application" => {
            let mut object = generate::application(&id, &app_id, &text("displayName"), "AzureADMyOrg", now);
            fields.insert("appId".into(), json!(app_id));
            object.extend(fields);
            let deleted = object.remove("deleted") == Some(json!(true));
            (if deleted { Kind::DeletedApplication } else { Kind::Application }, object)
        }
        "servicePrincipal" => {
            let mut object = generate::service_principal(&id, &app_id, &text("displayName"), tenant_id);
            fields.insert("appId".into(), json!(app_id));
            object.extend(fields);
            (Kind::ServicePrincipal, object)
        }
        "user" => {
            let mut object = generate::user_object(&id, &text("userPrincipalName"), &text("displayName"));
            object.extend(fields);
            planted = crate::graph::accounts::person_of(&object, tenant_id);
            (Kind::User, object)
        }
        "grant" if given["appRoleId"].is_string() => {
            fields.insert("createdDateTime".into(), json!(iso(now)));
            (Kind::AppRoleAssignment, fields)
        }
        "grant" => (Kind::Grant, fields),
        "eligibility" => {
            fields.insert("memberType".into(), json!("Direct"));
            fields.entry("directoryScopeId").or_insert_with(|| json!("/"));
            (Kind::Eligibility, fields)
        }
        "roleAssignment" => {
            fields.entry("directoryScopeId").or_insert_with(|| json!("/"));
            (Kind::RoleAssignment, fields)
        }
        "credential" => {
            let application = text("application");
            let mut object = tenant.latest(Kind::Application, &application).cloned().ok_or("there is no such application")?;
            fields.remove("application");
            fields.insert("keyId".into(), json!(id));
            fields.remove("id");
            let is_certificate = fields.contains_key("usage");
            if is_certificate {
                fields.insert("type".into(), json!("AsymmetricX509Cert"));
            }
            let list = if is_certificate { "keyCredentials" } else { "passwordCredentials" };
            if let Some(list) = object.get_mut(list).and_then(Value::as_array_mut) {
                list.push(Value::Object(fields));
            }
            tenant.write(Kind::Application, &application, 0, Some(object));
            return Ok(id);
        }
        // The app roles of a registration and of its service principal.
        "roles" => {
            for (kind, id) in [(Kind::Application, text("application")), (Kind::ServicePrincipal, text("servicePrincipal"))] {
                let mut object = tenant.latest(kind, &id).cloned().ok_or("there is no such application")?;
                object.insert("appRoles".into(), given["appRoles"].clone());
                tenant.write(kind, &id, 0, Some(object));
            }
            return Ok(id);
        }
        // A policy for single apps, by their object ids in `appliesTo`.
        "policy" if given["appliesTo"].is_array() => {
            let applies = fields.remove("appliesTo");
            fields.insert("emulatorAppliesTo".into(), applies.unwrap_or_default());
            tenant.app_policies.push(fields);
            return Ok(id);
        }
        "policy" => {
            if let Some(allowed) = given["allowedToCreateApps"].as_bool() {
                tenant.allowed_to_create_apps = allowed;
            } else if let Some(required) = given["securityDefaults"].as_bool() {
                tenant.security_defaults = required;
            } else if let Some(exchange) = given.get("exchangeRoles") {
                // A list of older roles besides the usual ones; null for a tenant without Exchange Online.
                let names = |list: &Vec<Value>| list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                tenant.exchange = exchange.as_array().map(names);
            } else {
                fields.insert("id".into(), json!("00000000-0000-0000-0000-000000000000"));
                tenant.app_policy = Some(fields);
            }
            return Ok(id);
        }
        other => return Err(format!("type '{other}' is not known")),
    };
    tenant.insert(kind, 0, object);
    world.people.extend(planted.map(|person| (person.upn.clone(), person)));
    Ok(id)
}
