//! The token endpoint.

use super::authorize::client_info;
use super::consent::{self, OIDC, Reach, text};
use super::errors::EntraError;
use super::id_token::{self, Claims};
use crate::clock::parse_iso;
use crate::http::{Call, Reply, value};
use crate::quirks::Quirk;
use crate::quirks::claims;
use crate::world::people::Person;
use crate::world::tenant::Kind;
use crate::world::tokens::{AccessToken, CODE_LIFE, Caller, Held, RefreshToken, SPA_REFRESH_LIFE};
use crate::world::{GRAPH_APP_ID, World};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ACCESS_LIFE: i64 = 4_519_000;

type Form = Vec<(String, String)>;

/// Answers, and returns the id of the tenant for the log.
pub fn answer(world: &mut World, call: &Call, tenant: &str) -> (Reply, Option<String>) {
    let form = call.form();
    let origin = call.header("origin").map(str::to_owned);
    let named = if matches!(tenant, "organizations" | "common") { None } else { world.tenant_id(tenant) };
    if named.is_none() && !matches!(tenant, "organizations" | "common") {
        let error = EntraError::new(90002, "invalid_request", format!("Tenant '{tenant}' not found."));
        return (error.json(world), None);
    }
    let get = |name: &str| value(&form, name).unwrap_or_default();
    let result = match get("grant_type") {
        "authorization_code" => redeem_code(world, &form, origin.as_deref(), named.as_deref()),
        "refresh_token" => refresh(world, &form, origin.as_deref(), named.as_deref()),
        "client_credentials" => client_credentials(world, &form, origin.as_deref(), named.as_deref()),
        "" => Err(EntraError::new(900_144, "invalid_request", "The request body must contain the following parameter: 'grant_type'.")),
        other => Err(EntraError::new(70003, "unsupported_grant_type", format!("The app requested an unsupported grant type '{other}'."))),
    };
    let reply = match &result {
        Ok(body) => Reply::json(200, body).with("cache-control", "no-store"),
        Err(error) => error.json(world),
    };
    // Without a redirect URI of type spa there may be no CORS header, and a page sees only a failed fetch.
    let hidden = world.quirks.is(Quirk::ClientErrors, "hidden")
        && result.as_ref().is_err_and(|error| matches!(error.number, 9_002_326 | 700_025 | 7_000_218 | 700_016 | 9_002_327));
    let reply = match origin {
        Some(origin) if !hidden || spa_registered(world, get("client_id"), &origin) => reply.with("access-control-allow-origin", &origin),
        _ => reply,
    };
    (reply, named)
}

fn spa_registered(world: &World, client_id: &str, origin: &str) -> bool {
    consent::registration(world, client_id)
        .is_some_and(|(_, app)| consent::redirect_uris(app, "spa").iter().any(|uri| uri.starts_with(&format!("{origin}/"))))
}

/// Checks that the caller is a page whose redirect URI is of type spa.
fn check_spa(world: &World, form: &Form, origin: Option<&str>, remembered: Option<&str>) -> Result<(), EntraError> {
    let get = |name: &str| value(form, name).unwrap_or_default();
    let client_id = get("client_id");
    let Some((_, application)) = consent::registration(world, client_id) else {
        return Err(EntraError::new(700_016, "unauthorized_client", format!("Application with identifier '{client_id}' was not found.")));
    };
    let redirect_uri = value(form, "redirect_uri").or(remembered).unwrap_or_default().to_owned();
    let is_spa = consent::redirect_uris(application, "spa").contains(&redirect_uri);
    match (origin, is_spa) {
        (None, true) => Err(EntraError::new(
            9_002_327,
            "invalid_request",
            "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
        )),
        (Some(_), false) => Err(EntraError::new(
            9_002_326,
            "invalid_request",
            "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
        )),
        (None, false) => Err(EntraError::new(
            7_000_218,
            "invalid_client",
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )),
        (Some(origin), true) if !redirect_uri.starts_with(&format!("{origin}/")) => Err(EntraError::new(
            9_002_326,
            "invalid_request",
            format!("Cross-origin token redemption is not permitted for the origin '{origin}'."),
        )),
        (Some(_), true) if !get("client_secret").is_empty() || !get("client_assertion").is_empty() => Err(EntraError::new(
            700_025,
            "invalid_client",
            "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        )),
        (Some(_), true) => Ok(()),
    }
}

fn redeem_code(world: &mut World, form: &Form, origin: Option<&str>, tenant: Option<&str>) -> Result<Value, EntraError> {
    let get = |name: &str| value(form, name).unwrap_or_default().to_owned();
    check_spa(world, form, origin, None)?;
    let now = world.now();
    let invalid = |number, text: &str| EntraError::new(number, "invalid_grant", text);
    let code = world.tokens.codes.get_mut(&get("code")).ok_or_else(|| invalid(70000, "Provided grant is invalid or malformed."))?;
    if code.client_id != get("client_id") || code.redirect_uri != get("redirect_uri") {
        return Err(invalid(70000, "The grant was issued for another client or redirect URI."));
    }
    if code.used {
        return Err(invalid(54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code."));
    }
    if now - code.issued > CODE_LIFE {
        return Err(invalid(70008, "The provided authorization code or refresh token has expired due to inactivity."));
    }
    let verifier = get("code_verifier");
    if !(43..=128).contains(&verifier.len()) {
        return Err(invalid(501_491, "Invalid size of Code_Verifier parameter."));
    }
    if BASE64.encode(Sha256::digest(verifier.as_bytes())) != code.challenge {
        return Err(invalid(501_481, "The Code_Verifier does not match the code_challenge supplied in the authorization request."));
    }
    let asked = claims::read(&get("claims"))?;
    code.used = true;
    let code = code.clone();
    if tenant.is_some_and(|tenant| tenant != code.tenant) {
        return Err(invalid(700_005, "The provided authorization code is intended to use against another tenant."));
    }
    let person = world.people.get(&code.upn).cloned().ok_or_else(|| invalid(50034, "The user account does not exist."))?;
    let session = RefreshToken {
        client_id: code.client_id.clone(),
        upn: code.upn.clone(),
        redirect_uri: code.redirect_uri.clone(),
        signed_in: now,
        nonce: code.nonce.clone(),
        stepped_up: code.asked.step_up,
    };
    let held = Held { capable: asked.capable || code.asked.capable, stepped_up: session.stepped_up, issued: now };
    issue(world, &session, &Grant { tenant: &code.tenant, person: &person, asked: &code.scopes, nonce: &code.nonce, held })
}

fn refresh(world: &mut World, form: &Form, origin: Option<&str>, tenant: Option<&str>) -> Result<Value, EntraError> {
    let get = |name: &str| value(form, name).unwrap_or_default().to_owned();
    // At another tenant's authority the address must be sent again.
    let known = world.tokens.refresh.get(&get("refresh_token")).cloned();
    let at_home = known
        .as_ref()
        .and_then(|token| world.people.get(&token.upn))
        .is_some_and(|person| tenant.is_none_or(|tenant| tenant == person.home_tenant));
    let remembered = known.as_ref().filter(|_| at_home).map(|token| token.redirect_uri.clone());
    check_spa(world, form, origin, remembered.as_deref())?;
    let now = world.now();
    let invalid = |number, text: &str| EntraError::new(number, "invalid_grant", text);
    let token = known.ok_or_else(|| invalid(70000, "Provided grant is invalid or malformed.").sub("bad_token"))?;
    if token.client_id != get("client_id") {
        return Err(invalid(70000, "The refresh token was issued to another client.").sub("client_mismatch"));
    }
    if now - token.signed_in >= SPA_REFRESH_LIFE {
        return Err(invalid(
            700_084,
            "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which cannot be extended.",
        ));
    }
    if world.tokens.valid_from.get(&token.upn).is_some_and(|from| token.signed_in < *from) {
        return Err(invalid(
            50173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
        ));
    }
    let person = world.people.get(&token.upn).cloned().ok_or_else(|| invalid(50034, "The user account does not exist."))?;
    let tenant = tenant.unwrap_or(&person.home_tenant).to_owned();
    let scopes = consent::graph_scopes(world, &get("scope"))?;
    let reach = consent::reach(world, &person, &tenant)?;
    if let Some(error) = consent::unauthorized(world, &reach, &token.client_id, &tenant) {
        return Err(error);
    }
    let oid = match &reach {
        Reach::Member { oid } => Some(oid.clone()),
        Reach::Technician { .. } => None,
    };
    let granted = consent::granted(world, &tenant, &token.client_id, oid.as_deref());
    let missing = scopes.iter().any(|scope| scope != ".default" && !OIDC.contains(&scope.as_str()) && !granted.contains(scope));
    if missing || granted.is_empty() {
        return Err(consent::missing(world, &token.client_id));
    }
    let asked = claims::read(&get("claims"))?;
    claims::of_refresh(world, asked, token.stepped_up)?;
    let nonce = if world.quirks.is(Quirk::NonceOnRefresh, "on") { token.nonce.as_str() } else { "" };
    let held = Held { capable: asked.capable, stepped_up: token.stepped_up, issued: now };
    issue(world, &token, &Grant { tenant: &tenant, person: &person, asked: &scopes, nonce, held })
}

/// What is issued to whom.
struct Grant<'a> {
    tenant: &'a str,
    person: &'a Person,
    /// The scopes that were asked for.
    asked: &'a [String],
    nonce: &'a str,
    held: Held,
}

fn issue(world: &mut World, session: &RefreshToken, grant: &Grant<'_>) -> Result<Value, EntraError> {
    let client_id = session.client_id.as_str();
    let Grant { tenant, person, asked, nonce, held } = *grant;
    let reach = consent::reach(world, person, tenant)?;
    let (oid, partner_roles) = match reach {
        Reach::Member { oid } => (Some(oid), Vec::new()),
        Reach::Technician { roles } => (None, roles),
    };
    let now = world.now();
    let granted = consent::granted(world, tenant, client_id, oid.as_deref());
    let caller =
        Caller::Person { upn: person.upn.clone(), oid: oid.clone(), scopes: granted.clone(), partner_roles: partner_roles.clone() };
    let token = AccessToken { tenant: tenant.into(), client_id: client_id.into(), expires: now + ACCESS_LIFE, caller, held };
    let access_token = access_token(world, token);
    let roles = page_roles(world, tenant, client_id, person, oid.as_deref());
    let id_token = id_token::sign(world, &Claims { tenant, client_id, nonce, person, oid, roles, partner_roles });
    world.tokens.marks.push(id_token.clone());
    let prefix = world.settings.graph_origin.clone();
    let mut scope: Vec<String> = granted.iter().filter(|s| !OIDC.contains(&s.as_str())).map(|s| format!("{prefix}/{s}")).collect();
    scope.extend(["openid", "profile", "email"].map(str::to_owned));
    let mut body = json!({"token_type": "Bearer", "scope": scope.join(" "), "expires_in": ACCESS_LIFE / 1000, "ext_expires_in": ACCESS_LIFE / 1000,
        "access_token": access_token, "id_token": id_token});
    if let Some(info) = client_info(world, person, tenant) {
        body["client_info"] = json!(info);
    }
    if asked.iter().any(|scope| scope == "offline_access") {
        let refresh_token = format!("1.{}", world.random_text(200));
        world.tokens.marks.push(refresh_token.clone());
        world.tokens.refresh.insert(refresh_token.clone(), session.clone());
        body["refresh_token"] = json!(refresh_token);
        body["refresh_token_expires_in"] = json!((SPA_REFRESH_LIFE - (now - session.signed_in)) / 1000);
    }
    Ok(body)
}

/// Keeps an access token, and returns what the client gets for it: a JWT whose signature only the resource could check.
fn access_token(world: &mut World, token: AccessToken) -> String {
    let text = if world.quirks.is(Quirk::AccessTokens, "opaque") {
        format!("EwB4A8l6BAAU{}", world.random_text(240))
    } else {
        let header =
            json!({"typ": "JWT", "nonce": world.random_text(43), "alg": "RS256", "x5t": "emulator-key-1", "kid": "emulator-key-1"});
        let mut body = json!({"aud": GRAPH_APP_ID, "iss": format!("https://sts.windows.net/{}/", token.tenant), "iat": world.now() / 1000,
            "nbf": world.now() / 1000, "exp": token.expires / 1000, "appid": token.client_id, "tid": token.tenant, "ver": "1.0"});
        match &token.caller {
            Caller::Person { oid, scopes, .. } => {
                body["oid"] = json!(oid);
                body["scp"] = json!(scopes.join(" "));
            }
            Caller::Application { service_principal, roles } => {
                body["oid"] = json!(service_principal);
                body["roles"] = json!(roles);
                body["idtyp"] = json!("app");
            }
        }
        if token.held.capable {
            body["xms_cc"] = json!(["cp1"]);
        }
        if token.held.stepped_up {
            body["acrs"] = json!(["c1"]);
        }
        format!("{}.{}.{}", BASE64.encode(header.to_string()), BASE64.encode(body.to_string()), world.random_text(160))
    };
    world.tokens.access.insert(text.clone(), token);
    world.tokens.marks.push(text.clone());
    text
}

/// Returns the values of the client's own app roles that the person has.
fn page_roles(world: &World, tenant: &str, client_id: &str, person: &Person, oid: Option<&str>) -> Vec<String> {
    let (Some(tenant), Some(oid)) = (world.tenants.get(tenant), oid) else { return Vec::new() };
    let Some(client) = tenant.find_latest(Kind::ServicePrincipal, "appId", client_id) else { return Vec::new() };
    let roles = client.get("appRoles").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut holders = vec![oid.to_owned()];
    if tenant.is_partner && person.admin_agent {
        holders.push(crate::graph::admin_agents_group(world.settings.seed));
    }
    if tenant.is_partner && person.technician {
        holders.push(crate::graph::technicians_group(world.settings.seed));
    }
    let is_held = |a: &&crate::world::object::Properties| {
        holders.iter().any(|holder| text(a, "principalId") == holder) && text(a, "resourceId") == text(client, "id")
    };
    let assigned = tenant.all_latest(Kind::AppRoleAssignment).filter(is_held);
    assigned
        .filter_map(|a| roles.iter().find(|role| role["id"] == text(a, "appRoleId")))
        .filter_map(|role| role["value"].as_str().map(str::to_owned))
        .collect()
}

fn client_credentials(world: &mut World, form: &Form, origin: Option<&str>, tenant: Option<&str>) -> Result<Value, EntraError> {
    let get = |name: &str| value(form, name).unwrap_or_default().to_owned();
    let client_id = get("client_id");
    if origin.is_some() {
        return Err(EntraError::new(
            9_002_326,
            "invalid_request",
            "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
        ));
    }
    let Some(tenant_id) = tenant.map(str::to_owned) else {
        return Err(EntraError::new(
            9_001_023,
            "invalid_request",
            "The grant type is not supported over the /common or /organizations endpoints. Use the tenant-specific endpoint.",
        ));
    };
    let scope = get("scope");
    let default = [format!("{}/.default", world.settings.graph_origin), "https://graph.microsoft.com/.default".into()];
    if !default.contains(&scope) {
        return Err(EntraError::new(
            1_002_012,
            "invalid_scope",
            format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier."
            ),
        ));
    }
    let view = crate::world::object::View { now: world.now(), lag: 0 };
    let unknown = || {
        EntraError::new(
            700_016,
            "unauthorized_client",
            format!("Application with identifier '{client_id}' was not found in the directory '{tenant_id}'."),
        )
    };
    let application =
        world.tenants.values().find_map(|t| t.find_seen(Kind::Application, "appId", &client_id, view)).cloned().ok_or_else(unknown)?;
    let assertion = get("client_assertion");
    if assertion.is_empty() {
        check_secret(world, &application, &get("client_secret"))?;
    } else {
        if get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
            return Err(EntraError::new(50027, "invalid_request", "The client_assertion_type is not supported."));
        }
        let login = &world.settings.login_origin;
        let audiences = [format!("{login}/{tenant_id}/oauth2/v2.0/token"), format!("{login}/{tenant_id}/v2.0")];
        let strict = world.quirks.is(Quirk::AssertionPairs, "documented");
        super::assertion::check(&application, &client_id, &assertion, &audiences, world.now(), strict)?;
    }
    let Some(tenant) = world.tenants.get(&tenant_id) else { return Err(unknown()) };
    let missing = || {
        EntraError::new(
            7_000_229,
            "unauthorized_client",
            format!("The client application '{client_id}' is missing service principal in the tenant '{tenant_id}'."),
        )
    };
    let client = tenant.find_seen(Kind::ServicePrincipal, "appId", &client_id, view).ok_or_else(missing)?;
    if client.get("accountEnabled") == Some(&json!(false)) {
        return Err(EntraError::new(7_000_112, "unauthorized_client", format!("Application '{client_id}' is disabled.")));
    }
    let client = text(client, "id").to_owned();
    let resource =
        tenant.find_seen(Kind::ServicePrincipal, "appId", GRAPH_APP_ID, view).map(|sp| text(sp, "id").to_owned()).unwrap_or_default();
    let graph = world.catalogue.resource(GRAPH_APP_ID);
    let roles = tenant
        .all_seen(Kind::AppRoleAssignment, view)
        .filter(|a| text(a, "principalId") == client && text(a, "resourceId") == resource)
        .filter_map(|a| graph.and_then(|graph| graph.permissions.iter().find(|p| p.id == text(a, "appRoleId"))).map(|p| p.value.clone()))
        .collect();
    let expires = world.now() + 3_599_000;
    let caller = Caller::Application { service_principal: client, roles };
    let access_token = access_token(world, AccessToken { tenant: tenant_id, client_id, expires, caller, held: Held::default() });
    Ok(json!({"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": access_token}))
}

fn check_secret(world: &World, application: &crate::world::object::Properties, given: &str) -> Result<(), EntraError> {
    let invalid = |number, text: &str| EntraError::new(number, "invalid_client", text);
    if given.is_empty() {
        return Err(invalid(7_000_218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."));
    }
    let id = text(application, "id").to_owned();
    // Only what this replica lists counts: a new secret is not known everywhere at once.
    let listed = application.get("passwordCredentials").and_then(Value::as_array).cloned().unwrap_or_default();
    let found = listed.iter().find(|credential| {
        let key = (id.clone(), credential["keyId"].as_str().unwrap_or_default().to_owned());
        world.tokens.secrets.get(&key).is_some_and(|secret| secret == given)
    });
    match found {
        None => Err(invalid(
            7_000_215,
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
        )),
        Some(credential) if credential["endDateTime"].as_str().and_then(parse_iso).is_some_and(|end| end <= world.now()) => {
            Err(invalid(7_000_222, "The provided client secret keys are expired."))
        }
        Some(_) => Ok(()),
    }
}
