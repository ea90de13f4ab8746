//! App management policies: what the tenant, or a policy given to one app, restricts about credentials, since when and for whom.
//! <https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy>

use super::access::{APP_ADMINISTRATORS, GLOBAL_READER};
use super::errors::GraphError;
use super::query::{self, Page};
use super::{Context, registration};
use crate::clock::{iso, parse_iso};
use crate::http::{Call, Reply};
use crate::quirks::Quirk;
use crate::world::generate::as_object;
use crate::world::object::Properties;
use crate::world::tokens::Caller;
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;
const NAMES: &[&str] = &["id", "displayName", "description", "isEnabled", "restrictions", "deletedDateTime"];
const APP_POLICY: &str = "7c1f2b3a-5d4e-4f60-8a71-9b2c3d4e5f60";

fn may_read(context: &Context<'_>) -> Result<(), GraphError> {
    context.need_scope(&["Policy.Read.All", "Policy.ReadWrite.ApplicationConfiguration"])?;
    context.need_role(&[APP_ADMINISTRATORS, &[GLOBAL_READER]].concat())
}

/// Answers what is below `/policies/defaultAppManagementPolicy` and `/policies/appManagementPolicies`.
pub fn operate(context: &mut Context<'_>, call: &Call, names: &[&str]) -> Result<Reply, GraphError> {
    may_read(context)?;
    match names {
        ["defaultAppManagementPolicy"] => Ok(Reply::json(200, &Value::Object(tenant_policy(context)))),
        ["appManagementPolicies"] => page(context, call, app_policies(context, None), NAMES),
        ["appManagementPolicies", id] => Ok(Reply::json(200, &Value::Object(query::select(&one(context, id)?, call, NAMES)?))),
        ["appManagementPolicies", id, "appliesTo"] => {
            let policy = one(context, id)?;
            let applies = |app: &&Properties| is_for(&policy, app);
            let tenant = context.world.tenants.get(&context.tenant);
            let apps = tenant.into_iter().flat_map(|t| t.all_seen(crate::world::tenant::Kind::Application, context.view)).filter(applies);
            let apps = apps.map(registration::public).collect();
            page(context, call, apps, registration::NAMES)
        }
        _ => Err(GraphError::method_not_allowed()),
    }
}

/// Answers `/applications/{id}/appManagementPolicies`.
pub fn of_application(context: &Context<'_>, call: &Call, app: &Properties) -> Result<Reply, GraphError> {
    may_read(context)?;
    context.need_scope(&["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"])?;
    page(context, call, app_policies(context, Some(app)), NAMES)
}

fn page(context: &Context<'_>, call: &Call, items: Vec<Properties>, names: &[&str]) -> Result<Reply, GraphError> {
    let items = items.iter().map(registration::public).collect();
    query::list(items, call, &Page { path: &call.path, graph_origin: &context.world.settings.graph_origin, names, max_top: 999 })
}

fn one(context: &Context<'_>, id: &str) -> Result<Properties, GraphError> {
    let is_it = |policy: &Properties| policy.get("id").and_then(Value::as_str) == Some(id);
    app_policies(context, None).into_iter().find(is_it).ok_or_else(|| GraphError::not_found(id))
}

fn restriction(kind: &str, more: Value) -> Value {
    let mut restriction =
        as_object(json!({"restrictionType": kind, "state": "enabled", "maxLifetime": null, "restrictForAppsCreatedAfterDateTime": null}));
    restriction.extend(as_object(more));
    Value::Object(restriction)
}

fn tenant_policy(context: &Context<'_>) -> Properties {
    let planted = context.world.tenants.get(&context.tenant).and_then(|tenant| tenant.app_policy.clone());
    if let Some(planted) = planted {
        return planted;
    }
    let none = json!({});
    let (secrets, keys): (Vec<Value>, Vec<Value>) = match context.world.quirks.value(Quirk::AppManagementPolicy) {
        "tenant-lifetime" => (
            vec![restriction("passwordLifetime", json!({"maxLifetime": "P90D"}))],
            vec![restriction("asymmetricKeyLifetime", json!({"maxLifetime": "P90D"}))],
        ),
        "tenant-no-secrets" | "app-override" => (vec![restriction("passwordAddition", none)], Vec::new()),
        "exclude-actors" => {
            let attribute = json!({"@odata.type": "#microsoft.graph.customSecurityAttributeStringValueExemption",
                "id": "PolicyExemptions_AppManagementExemption", "operator": "equals", "value": "ExemptFromSecrets"});
            (vec![restriction("passwordAddition", json!({"excludeActors": {"customSecurityAttributes": [attribute]}}))], Vec::new())
        }
        "created-after" => {
            let later = iso(context.world.began + 365 * DAY);
            (vec![restriction("passwordAddition", json!({"restrictForAppsCreatedAfterDateTime": later}))], Vec::new())
        }
        "trusted-ca" => {
            let named = json!({"certificateBasedApplicationConfigurationIds": ["eec5ba11-2fc0-4113-83a2-ed986ed13743"]});
            (Vec::new(), vec![restriction("trustedCertificateAuthority", named)])
        }
        _ => (Vec::new(), Vec::new()),
    };
    let is_enabled = !secrets.is_empty() || !keys.is_empty();
    as_object(
        json!({"@odata.context": format!("{}/v1.0/$metadata#policies/defaultAppManagementPolicy/$entity", context.world.settings.graph_origin),
        "id": "00000000-0000-0000-0000-000000000000", "displayName": "Default app management tenant policy",
        "description": "Default tenant policy that enforces app management restrictions on applications and service principals.",
        "isEnabled": is_enabled, "applicationRestrictions": {"passwordCredentials": secrets, "keyCredentials": keys},
        "servicePrincipalRestrictions": {"passwordCredentials": [], "keyCredentials": []}}),
    )
}

/// The policies for single apps; those of one app when it is given.
fn app_policies(context: &Context<'_>, app: Option<&Properties>) -> Vec<Properties> {
    let mut all = context.world.tenants.get(&context.tenant).map(|tenant| tenant.app_policies.clone()).unwrap_or_default();
    if context.world.quirks.is(Quirk::AppManagementPolicy, "app-override") {
        let mut addition = restriction("passwordAddition", json!({}));
        addition["state"] = json!("disabled");
        let secrets = [addition, restriction("passwordLifetime", json!({"maxLifetime": "P30D"}))];
        all.push(as_object(json!({"id": APP_POLICY, "displayName": "Secrets of a month", "description": null, "isEnabled": true,
            "deletedDateTime": null, "restrictions": {"passwordCredentials": secrets, "keyCredentials": []}})));
    }
    all.into_iter().filter(|policy| app.is_none_or(|app| is_for(policy, app))).collect()
}

/// A planted policy names the object ids of its apps; that of the quirk is for every app.
fn is_for(policy: &Properties, app: &Properties) -> bool {
    let named = policy.get("emulatorAppliesTo").and_then(Value::as_array);
    named.is_none_or(|ids| ids.iter().any(|id| app.get("id") == Some(id)))
}

/// A restriction that binds, with the name of its policy.
struct Binding {
    restriction: Value,
    policy: String,
}

/// Returns the restrictions of a list that bind this app and this caller. The app's own policy stands over that of the tenant.
fn bindings(context: &Context<'_>, app: &Properties, list: &str) -> Vec<Binding> {
    let name = |policy: &Properties| policy.get("displayName").and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_enabled = |policy: &Properties| policy.get("isEnabled") != Some(&json!(false));
    let mut found: Vec<Binding> = Vec::new();
    let mut take = |policy: &Properties, part: &str| {
        let restrictions = policy.get(part).and_then(|part| part[list].as_array()).cloned().unwrap_or_default();
        for restriction in restrictions.into_iter().filter(|_| is_enabled(policy)) {
            if !found.iter().any(|known| known.restriction["restrictionType"] == restriction["restrictionType"]) {
                found.push(Binding { restriction, policy: name(policy) });
            }
        }
    };
    app_policies(context, Some(app)).iter().for_each(|policy| take(policy, "restrictions"));
    take(&tenant_policy(context), "applicationRestrictions");
    let created = app.get("createdDateTime").and_then(Value::as_str).and_then(parse_iso);
    let binds = |one: &Binding| {
        let since = one.restriction["restrictForAppsCreatedAfterDateTime"].as_str().and_then(parse_iso);
        let is_old = since.is_some_and(|since| created.is_some_and(|created| created <= since));
        one.restriction["state"] != "disabled" && !is_old && !is_exempt(context, &one.restriction)
    };
    found.into_iter().filter(binds).collect()
}

/// Every `admin@` carries the attribute that exempts, wherever one does.
fn is_exempt(context: &Context<'_>, restriction: &Value) -> bool {
    let names = restriction["excludeActors"]["customSecurityAttributes"].as_array().is_some_and(|list| !list.is_empty());
    names && matches!(&context.token.caller, Caller::Person { upn, .. } if upn.starts_with("admin@"))
}

fn longest(binding: &Binding) -> Option<i64> {
    binding.restriction["maxLifetime"].as_str()?.strip_prefix('P')?.strip_suffix('D')?.parse().ok()
}

fn refuse(context: &Context<'_>, code: &'static str, message: &str, policy: &str) -> GraphError {
    let status = if context.world.quirks.is(Quirk::PolicyRefusal, "403") { 403 } else { 400 };
    GraphError::new(status, code, format!("{message} '{policy}'."))
}

fn too_long(context: &Context<'_>, policy: &str) -> GraphError {
    let message = "Credential lifetime exceeds the max value allowed as per assigned policy";
    refuse(context, "CredentialInvalidLifetimeAsPerAppPolicy", message, policy)
}

/// Refuses a client secret that a policy does not allow. `lifetime` is in milliseconds.
pub fn check_secret(context: &Context<'_>, app: &Properties, lifetime: i64) -> Result<(), GraphError> {
    for binding in bindings(context, app, "passwordCredentials") {
        match binding.restriction["restrictionType"].as_str() {
            Some("passwordAddition") => {
                let message = "Credential type not allowed as per assigned policy";
                return Err(refuse(context, "CredentialTypeNotAllowedAsPerAppPolicy", message, &binding.policy));
            }
            Some("passwordLifetime") if longest(&binding).is_some_and(|days| lifetime > days * DAY) => {
                return Err(too_long(context, &binding.policy));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A certificate that is new among those of an app.
pub struct NewCertificate {
    pub lifetime: i64,
    pub is_self_signed: bool,
}

/// Refuses a certificate that a policy does not allow.
pub fn check_certificate(context: &Context<'_>, app: &Properties, new: &NewCertificate) -> Result<(), GraphError> {
    for binding in bindings(context, app, "keyCredentials") {
        match binding.restriction["restrictionType"].as_str() {
            Some("asymmetricKeyLifetime") if longest(&binding).is_some_and(|days| new.lifetime > days * DAY) => {
                return Err(too_long(context, &binding.policy));
            }
            Some("trustedCertificateAuthority") if new.is_self_signed => {
                let message = "The certificate was not issued by a certificate authority that is trusted as per assigned policy";
                return Err(refuse(context, "CredentialTypeNotAllowedAsPerAppPolicy", message, &binding.policy));
            }
            _ => {}
        }
    }
    Ok(())
}
