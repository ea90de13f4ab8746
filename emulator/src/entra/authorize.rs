//! The pages of sign-in and consent, from the request to the redirect back.

use super::consent::{self, OIDC, Reach, text};
use super::errors::EntraError;
use super::pages;
use crate::http::{Call, Reply, value};
use crate::quirks::Quirk;
use crate::quirks::claims;
use crate::world::catalogue::Kind as PermissionKind;
use crate::world::people::Person;
use crate::world::tokens::{Asked, Code};
use crate::world::{GRAPH_APP_ID, World};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::json;

const COOKIE: &str = "ESTSAUTH";

/// A checked request for a sign-in or for admin consent.
struct Request {
    /// The request as it came, carried through the forms.
    context: String,
    admin_consent: bool,
    /// A GUID, a domain or `organizations`.
    tenant: String,
    client_id: String,
    client_name: String,
    home_tenant: String,
    audience: String,
    redirect_uri: String,
    state: Option<String>,
    scopes: Vec<String>,
    nonce: String,
    challenge: String,
    response_mode: String,
    prompt: String,
    login_hint: String,
    asked: Asked,
}

enum Fault {
    /// Shown on Entra's own page.
    Page(EntraError),
    /// Told to the application.
    Redirect(Box<Request>, EntraError),
}

fn read(world: &mut World, path: &str, query: &str) -> Result<Request, Fault> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let get = |name: &str| value(&pairs, name).unwrap_or_default().to_owned();
    let page = |number, text: String| Fault::Page(EntraError::new(number, "invalid_request", text));
    let client_id = get("client_id");
    if client_id.is_empty() {
        return Err(page(900_144, "The request body must contain the following parameter: 'client_id'.".into()));
    }
    let tenant = path.split('/').find(|part| !part.is_empty()).unwrap_or_default().to_owned();
    let Some((home, application)) = consent::registration(world, &client_id) else {
        return Err(page(700_016, format!("Application with identifier '{client_id}' was not found in the directory '{tenant}'.")));
    };
    let admin_consent = path.ends_with("/adminconsent");
    let redirect_uri = get("redirect_uri");
    let registered = |platform: &str| consent::redirect_uris(application, platform).contains(&redirect_uri);
    if !["spa", "web", "publicClient"].iter().any(|platform| registered(platform)) {
        return Err(page(
            50011,
            format!(
                "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{client_id}'."
            ),
        ));
    }
    let is_spa = registered("spa");
    let audience = text(application, "signInAudience").to_owned();
    let (home_tenant, client_name) = (home.to_owned(), text(application, "displayName").to_owned());
    if audience == "AzureADMyOrg" && matches!(tenant.as_str(), "organizations" | "common") {
        return Err(page(50194, format!("Application '{client_id}' is not configured as a multi-tenant application.")));
    }
    let mode = get("response_mode");
    let mut request = Request {
        context: BASE64.encode(format!("{path}?{query}")),
        admin_consent,
        tenant,
        client_id,
        client_name,
        home_tenant,
        audience,
        redirect_uri,
        state: value(&pairs, "state").map(str::to_owned),
        scopes: Vec::new(),
        nonce: get("nonce"),
        challenge: get("code_challenge"),
        response_mode: if mode.is_empty() { "query".into() } else { mode },
        prompt: get("prompt"),
        login_hint: get("login_hint"),
        asked: Asked::default(),
    };
    match claims::read(&get("claims")) {
        Ok(asked) => request.asked = asked,
        Err(error) => return Err(Fault::Page(error)),
    }
    let scope = get("scope");
    if scope.is_empty() {
        return Err(page(900_144, "The request body must contain the following parameter: 'scope'.".into()));
    }
    match consent::graph_scopes(world, &scope) {
        Ok(scopes) => request.scopes = scopes,
        Err(error) => return Err(Fault::Page(error)),
    }
    if admin_consent {
        return if request.tenant == "common" {
            Err(page(90023, "The 'common' tenant is not supported here.".into()))
        } else {
            Ok(request)
        };
    }
    if get("response_type") != "code" {
        let error = EntraError::new(700_054, "unsupported_response_type", "response_type must be 'code'.");
        return Err(Fault::Redirect(Box::new(request), error));
    }
    if is_spa && (request.challenge.is_empty() || get("code_challenge_method") != "S256") {
        let error = EntraError::new(
            9_002_325,
            "invalid_request",
            "Proof Key for Code Exchange is required for cross-origin authorization code redemption.",
        );
        return Err(Fault::Redirect(Box::new(request), error));
    }
    if request.prompt == "select_account" && !request.login_hint.is_empty() {
        return Err(page(90023, "prompt=select_account can't go with login_hint.".into()));
    }
    Ok(request)
}

fn refuse(world: &mut World, fault: Fault) -> Reply {
    match fault {
        Fault::Page(error) => error_page(world, &error),
        Fault::Redirect(request, error) => back_with_error(world, &request, &error, None),
    }
}

fn error_page(world: &mut World, error: &EntraError) -> Reply {
    let (description, ..) = error.description(world);
    page(Reply::html(400, pages::error(&description, &format!("AADSTS{}", error.number))))
}

fn page(reply: Reply) -> Reply {
    reply.with("x-frame-options", "DENY").with("cache-control", "no-store")
}

pub fn begin(world: &mut World, call: &Call) -> Reply {
    let request = match read(world, &call.path, &call.query) {
        Ok(request) => request,
        Err(fault) => return refuse(world, fault),
    };
    let accounts = signed_in(world, call);
    let hinted =
        accounts.iter().find(|upn| **upn == request.login_hint.to_lowercase() || hint_of(world, upn) == request.login_hint).cloned();
    let silent = match request.prompt.as_str() {
        "login" | "select_account" => None,
        _ if !request.login_hint.is_empty() => hinted,
        _ => accounts.first().filter(|_| accounts.len() == 1).cloned(),
    };
    match silent.and_then(|upn| world.people.get(&upn).cloned()) {
        Some(person) => authenticated(world, &request, &person),
        None if request.prompt == "none" => {
            let error = EntraError::new(50058, "login_required", "A silent sign-in request was sent but no user is signed in.");
            back_with_error(world, &request, &error, None)
        }
        None => {
            let shown = if request.prompt == "login" { Vec::new() } else { accounts };
            let hint = if request.login_hint.contains('@') { request.login_hint.clone() } else { String::new() };
            page(Reply::html(200, pages::email(&request.context, &hint, &shown, None)))
        }
    }
}

fn hint_of(world: &World, upn: &str) -> String {
    world.people.get(upn).map(|person| format!("O.{}", person.oid)).unwrap_or_default()
}

fn signed_in(world: &World, call: &Call) -> Vec<String> {
    call.cookie(COOKIE).and_then(|id| world.tokens.browsers.get(&id)).cloned().unwrap_or_default()
}

/// A form that was sent from one of the pages.
pub fn proceed(world: &mut World, call: &Call) -> Reply {
    let form = call.form();
    let get = |name: &str| value(&form, name).unwrap_or_default().to_owned();
    let context = BASE64.decode(get("ctx")).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let (path, query) = context.split_once('?').unwrap_or_default();
    let request = match read(world, path, query) {
        Ok(request) => request,
        Err(fault) => return refuse(world, fault),
    };
    let email = get("Email").trim().to_lowercase();
    let accounts = signed_in(world, call);
    match get("step").as_str() {
        "email" if !known(world, &email) => {
            let fault = "This username may be incorrect. Make sure that you typed it correctly.";
            page(Reply::html(200, pages::email(&request.context, &email, &[], Some(fault))))
        }
        "email" => page(Reply::html(200, pages::password(&request.context, &email, None))),
        "password" if world.people.get(&email).is_some_and(|person| person.password == get("Password")) => {
            let Some(person) = world.people.get(&email).cloned() else {
                return page(Reply::html(200, pages::email(&request.context, &email, &[], None)));
            };
            let browser = call.cookie(COOKIE).unwrap_or_else(|| world.uuid());
            let list = world.tokens.browsers.entry(browser.clone()).or_default();
            list.retain(|upn| *upn != email);
            list.push(email);
            let reply = interrupt(world, &request, &person).unwrap_or_else(|| authenticated(world, &request, &person));
            reply.with("set-cookie", &format!("{COOKIE}={browser}; Path=/; HttpOnly; SameSite=Lax"))
        }
        "password" => {
            let fault = "Your account or password is incorrect. If you don't remember your password, reset it now.";
            page(Reply::html(200, pages::password(&request.context, &email, Some(fault))))
        }
        "update" if accounts.contains(&get("account")) => match world.people.get_mut(&get("account")) {
            Some(person) if person.password == get("Current") && get("Password").len() >= 8 && get("Password") != person.password => {
                (person.password, person.must_change) = (get("Password"), false);
                let person = person.clone();
                interrupt(world, &request, &person).unwrap_or_else(|| authenticated(world, &request, &person))
            }
            _ => page(Reply::html(200, pages::update_password(&request.context, &get("account"), Some("The password was not accepted.")))),
        },
        "register" if accounts.contains(&get("account")) => match world.people.get_mut(&get("account")) {
            Some(person) => {
                person.has_mfa = true;
                let person = person.clone();
                authenticated(world, &request, &person)
            }
            None => page(Reply::html(200, pages::email(&request.context, "", &[], None))),
        },
        "pick" if accounts.contains(&get("account")) => match world.people.get(&get("account")).cloned() {
            Some(person) => authenticated(world, &request, &person),
            None => page(Reply::html(200, pages::email(&request.context, "", &[], None))),
        },
        "consent" if accounts.contains(&get("account")) => match world.people.get(&get("account")).cloned() {
            Some(person) => answered(world, &request, &person, get("answer") == "accept", get("all") == "1"),
            None => page(Reply::html(200, pages::email(&request.context, "", &[], None))),
        },
        _ => page(Reply::html(200, pages::email(&request.context, "", &[], None))),
    }
}

/// What stands between the password and the application.
fn interrupt(world: &World, request: &Request, person: &Person) -> Option<Reply> {
    let defaults = world.tenants.get(&person.home_tenant).is_some_and(|tenant| tenant.security_defaults);
    if person.must_change {
        return Some(page(Reply::html(200, pages::update_password(&request.context, &person.upn, None))));
    }
    (defaults && !person.has_mfa).then(|| page(Reply::html(200, pages::more_information(&request.context, &person.upn))))
}

fn known(world: &mut World, upn: &str) -> bool {
    // Customers are made when somebody first asks for them.
    if let Some((_, domain)) = upn.split_once('@') {
        let _ = world.tenant_id(domain);
    }
    world.people.contains_key(upn)
}

/// Returns the id of the tenant that the request is about, for this person.
fn target(world: &mut World, request: &Request, person: &Person) -> Result<String, EntraError> {
    if matches!(request.tenant.as_str(), "organizations" | "common") {
        return Ok(person.home_tenant.clone());
    }
    world
        .tenant_id(&request.tenant)
        .ok_or_else(|| EntraError::new(90002, "invalid_request", format!("Tenant '{}' not found.", request.tenant)))
}

fn authenticated(world: &mut World, request: &Request, person: &Person) -> Reply {
    let reached = target(world, request, person).and_then(|tenant| consent::reach(world, person, &tenant).map(|reach| (tenant, reach)));
    let (tenant, reach) = match reached {
        Ok(reached) => reached,
        Err(error) => return error_page(world, &error),
    };
    if request.audience == "AzureADMyOrg" && request.home_tenant != tenant {
        let error = EntraError::new(
            700_016,
            "unauthorized_client",
            format!("Application with identifier '{}' was not found in the directory '{tenant}'.", request.client_id),
        );
        return error_page(world, &error);
    }
    if request.admin_consent {
        return consent_page(world, request, person, &tenant);
    }
    if let Some(error) = consent::unauthorized(world, &reach, &request.client_id, &tenant) {
        return error_page(world, &error);
    }
    let missing = missing_scopes(world, request, &tenant, &reach);
    if missing.is_empty() && request.prompt != "consent" {
        return back_with_code(world, request, person, &tenant);
    }
    if request.prompt == "none" {
        let error = EntraError::new(65001, "consent_required", "The user or administrator has not consented to use the application.");
        return back_with_error(world, request, &error, None);
    }
    consent_page(world, request, person, &tenant)
}

fn missing_scopes(world: &World, request: &Request, tenant: &str, reach: &Reach) -> Vec<String> {
    let oid = match reach {
        Reach::Member { oid } => Some(oid.as_str()),
        Reach::Technician { .. } => None,
    };
    let granted = consent::granted(world, tenant, &request.client_id, oid);
    request.scopes.iter().filter(|scope| !OIDC.contains(&scope.as_str()) && !granted.contains(scope)).cloned().collect()
}

fn describe(world: &World, scopes: &[String]) -> Vec<String> {
    let graph = world.catalogue.resource(GRAPH_APP_ID);
    scopes
        .iter()
        .map(|name| {
            let permission = graph.and_then(|graph| graph.permissions.iter().find(|p| p.kind == PermissionKind::Scope && p.value == *name));
            permission.map_or_else(|| name.clone(), |p| format!("{} ({name})", p.description))
        })
        .collect()
}

fn consent_page(world: &mut World, request: &Request, person: &Person, tenant: &str) -> Reply {
    let roles = consent::roles(world, person, tenant);
    let everything = request.admin_consent && request.scopes.iter().any(|scope| scope == ".default");
    let (permissions, to_graph_roles) = if everything {
        let application = consent::registration(world, &request.client_id).map(|(_, app)| app.clone()).unwrap_or_default();
        match consent::required(world, &application) {
            Ok(required) => {
                let to_graph = required.iter().any(|p| p.kind == PermissionKind::Role && p.resource_app == GRAPH_APP_ID);
                let words = required.iter().map(|p| {
                    format!("{} ({}, {})", p.description, p.value, if p.kind == PermissionKind::Role { "application" } else { "delegated" })
                });
                (words.collect(), to_graph)
            }
            Err(error) => return error_page(world, &error),
        }
    } else {
        (describe(world, &request.scopes), false)
    };
    let may = consent::may_consent_for_all(&roles, to_graph_roles);
    let admin_only = request.admin_consent || consent::needs_admin(world, &request.scopes);
    if admin_only && !may {
        return page(Reply::html(200, pages::approval_needed(&request.context, &request.client_name, &person.upn)));
    }
    let name = world.tenants.get(tenant).map(|t| t.display_name.clone()).unwrap_or_default();
    let shown = pages::Consent {
        app: &request.client_name,
        tenant: &name,
        account: &person.upn,
        permissions: &permissions,
        offers_all: may && !request.admin_consent,
        for_all: request.admin_consent,
    };
    page(Reply::html(200, pages::consent(&request.context, &shown)))
}

fn answered(world: &mut World, request: &Request, person: &Person, accepted: bool, for_all: bool) -> Reply {
    if !accepted {
        let error = EntraError::new(65004, "access_denied", "User declined to consent to access the app.");
        return back_with_error(world, request, &error, Some("cancel"));
    }
    let reached = target(world, request, person).and_then(|tenant| consent::reach(world, person, &tenant).map(|reach| (tenant, reach)));
    let (tenant, reach) = match reached {
        Ok(reached) => reached,
        Err(error) => return error_page(world, &error),
    };
    let roles = consent::roles(world, person, &tenant);
    if request.admin_consent {
        return admin_consented(world, request, &roles, &tenant);
    }
    let may = consent::may_consent_for_all(&roles, false);
    if consent::needs_admin(world, &request.scopes) && !may {
        return page(Reply::html(200, pages::approval_needed(&request.context, &request.client_name, &person.upn)));
    }
    let oid = match reach {
        Reach::Member { oid } if !(for_all && may) => Some(oid),
        _ => None,
    };
    let client = consent::service_principal(world, &tenant, &request.client_id);
    consent::grant(world, &tenant, &client, GRAPH_APP_ID, oid.as_deref(), &request.scopes);
    back_with_code(world, request, person, &tenant)
}

fn admin_consented(world: &mut World, request: &Request, roles: &[String], tenant: &str) -> Reply {
    let application = consent::registration(world, &request.client_id).map(|(_, app)| app.clone()).unwrap_or_default();
    let everything = request.scopes.iter().any(|scope| scope == ".default");
    let required = if everything { consent::required(world, &application) } else { Ok(Vec::new()) };
    let required = match required {
        Ok(required) => required,
        Err(error) => return error_page(world, &error),
    };
    let to_graph = required.iter().any(|p| p.kind == PermissionKind::Role && p.resource_app == GRAPH_APP_ID);
    if !consent::may_consent_for_all(roles, to_graph) {
        let error = EntraError::new(90094, "consent_required", "Admin consent is required.");
        return back_with_error(world, request, &error, None);
    }
    let client = consent::service_principal(world, tenant, &request.client_id);
    if everything {
        for resource in required.iter().map(|p| p.resource_app.clone()).collect::<std::collections::BTreeSet<_>>() {
            let scopes: Vec<String> = required
                .iter()
                .filter(|p| p.resource_app == resource && p.kind == PermissionKind::Scope)
                .map(|p| p.value.clone())
                .collect();
            if !scopes.is_empty() {
                consent::grant(world, tenant, &client, &resource, None, &scopes);
            }
        }
        for permission in required.iter().filter(|p| p.kind == PermissionKind::Role) {
            consent::assign_role(world, tenant, &client, permission);
        }
    } else {
        consent::grant(world, tenant, &client, GRAPH_APP_ID, None, &request.scopes);
    }
    let scope = request.scopes.iter().map(|scope| format!("{}/{scope}", world.settings.graph_origin)).collect::<Vec<_>>().join(" ");
    let mut pairs = vec![("admin_consent", "True".to_owned()), ("tenant", tenant.to_owned()), ("scope", scope)];
    pairs.extend(request.state.clone().map(|state| ("state", state)));
    Reply::redirect(&with_query(&request.redirect_uri, &pairs))
}

fn encode(pairs: &[(&str, String)]) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        out.append_pair(name, value);
    }
    out.finish()
}

fn with_query(uri: &str, pairs: &[(&str, String)]) -> String {
    format!("{uri}{}{}", if uri.contains('?') { '&' } else { '?' }, encode(pairs))
}

fn back(request: &Request, pairs: &[(&str, String)]) -> Reply {
    if request.response_mode == "fragment" {
        Reply::redirect(&format!("{}#{}", request.redirect_uri, encode(pairs)))
    } else {
        Reply::redirect(&with_query(&request.redirect_uri, pairs))
    }
}

fn back_with_error(world: &mut World, request: &Request, error: &EntraError, subcode: Option<&str>) -> Reply {
    let (description, ..) = error.description(world);
    let mut pairs = Vec::new();
    if request.admin_consent {
        pairs.push(("admin_consent", "True".to_owned()));
    }
    pairs.push(("error", error.error.clone()));
    pairs.extend(subcode.map(|subcode| ("error_subcode", subcode.to_owned())));
    pairs.push(("error_description", description));
    pairs.extend(request.state.clone().map(|state| ("state", state)));
    if request.admin_consent { Reply::redirect(&with_query(&request.redirect_uri, &pairs)) } else { back(request, &pairs) }
}

fn back_with_code(world: &mut World, request: &Request, person: &Person, tenant: &str) -> Reply {
    let code = format!("0.{}", world.random_text(120));
    let issued = world.now();
    world.tokens.marks.push(code.clone());
    world.tokens.codes.insert(
        code.clone(),
        Code {
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            nonce: request.nonce.clone(),
            scopes: request.scopes.clone(),
            upn: person.upn.clone(),
            tenant: tenant.to_owned(),
            issued,
            used: false,
            asked: request.asked,
        },
    );
    let mut pairs = vec![("code", code)];
    pairs.extend(client_info(world, person, tenant).map(|info| ("client_info", info)));
    pairs.extend(request.state.clone().map(|state| ("state", state)));
    pairs.push(("session_state", world.uuid()));
    back(request, &pairs)
}

/// Returns `client_info` where an answer of the tenant has it.
pub fn client_info(world: &World, person: &Person, tenant: &str) -> Option<String> {
    let shown = person.home_tenant == tenant || world.quirks.is(Quirk::ClientInfoElsewhere, "present");
    shown.then(|| BASE64.encode(json!({"uid": person.oid, "utid": person.home_tenant}).to_string()))
}

pub fn logout(world: &mut World, call: &Call) -> Reply {
    let hint = call.query_value("logout_hint").unwrap_or_default();
    if let Some(browser) = call.cookie(COOKIE) {
        let kept: Vec<String> = signed_in(world, call).into_iter().filter(|upn| !hint.is_empty() && hint_of(world, upn) != hint).collect();
        world.tokens.browsers.insert(browser, kept);
    }
    let to = call.query_value("post_logout_redirect_uri").unwrap_or_default();
    let registered = world.tenants.values().any(|tenant| {
        tenant
            .all_latest(crate::world::tenant::Kind::Application)
            .any(|app| ["spa", "web"].iter().any(|platform| consent::redirect_uris(app, platform).contains(&to)))
    });
    if registered {
        let state = call.query_value("state").map(|state| vec![("state", state)]).unwrap_or_default();
        Reply::redirect(&if state.is_empty() { to } else { with_query(&to, &state) })
    } else {
        page(Reply::html(200, pages::signed_out()))
    }
}
