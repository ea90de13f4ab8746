//! How whoever hosts the page registers it in Entra: in the portal, with the Azure CLI, with Microsoft Graph PowerShell. All of it is made
//! from what the code itself asks for, and the docs show the same (held equal by a test).

use super::script::{Language, sender};
use super::{environments, shell};
use domain::access::{ACCESS, AppRole, MANAGE};
use domain::permission::GRAPH;
use entra::cloud::Cloud;
use entra::scopes::Scope;
use serde_json::{Value, json};

/// The name of the app registration.
pub const NAME: &str = "Latchkey";

/// Where the page is, and in which cloud.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub cloud: Cloud,
    /// Scheme and host of the page.
    pub origin: &'a str,
    /// Those of Graph.
    pub graph: &'a str,
}

/// One thing to do in the portal, with what is typed or chosen there.
pub struct Action {
    pub text: String,
    pub values: Vec<String>,
}

/// Returns the registration as Graph takes it. <https://learn.microsoft.com/graph/api/resources/application>
#[must_use]
pub fn body(origin: &str) -> Value {
    let roles = [ACCESS, MANAGE].map(|role| AppRole::known(role).definition());
    let scopes: Vec<Value> = Scope::ALL.iter().map(|scope| json!({"id": scope.id(), "type": "Scope"})).collect();
    json!({
        "displayName": NAME,
        "signInAudience": "AzureADMultipleOrgs",
        "spa": {"redirectUris": redirects(origin)},
        // Consent by .default gives what stands here, and nothing else.
        "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": scopes}],
        "optionalClaims": {"idToken": [{"name": "login_hint", "essential": false}]},
        "appRoles": roles,
    })
}

fn redirects(origin: &str) -> [String; 2] {
    [format!("{origin}/auth"), format!("{origin}/consent")]
}

/// The key by which a second run finds what the first one made.
fn unique_name(origin: &str) -> String {
    let host = origin.split("://").nth(1).unwrap_or(origin);
    let host: String = host.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    format!("latchkey-page-{host}")
}

/// Quotes the registration, so that nothing in an address means anything to a shell. JSON has no control characters.
fn quoted(origin: &str, quote: fn(&str) -> Option<String>) -> String {
    quote(&body(origin).to_string()).unwrap_or_default()
}

/// Returns the text for the Azure CLI in Bash. Running it again changes what it made, and makes nothing twice.
///
/// It is one compound command: a shell reads all of it before the first line runs, so no prompt eats a pasted line, and a failure ends
/// the command and not the shell. It has no comments: zsh takes them for commands where people type. Entra answers with an app that it
/// made and says nothing of one that was there; a new one may need seconds to be known everywhere.
#[must_use]
pub fn azure_cli(place: Place<'_>) -> String {
    let Place { cloud, origin, graph } = place;
    let (name, body) = (unique_name(origin), quoted(origin, shell::bash));
    let resource = environments::az_resource(graph);
    let select = environments::az_cloud(cloud).map(|line| format!("{line}\n")).unwrap_or_default();
    format!(
        "(\nset -euo pipefail\n{select}az account show --output none 2>/dev/null || az login --allow-no-subscriptions --output none\n\
         echo \"Tenant: $(az account show --query tenantId --output tsv)\"\n\
         app=$(az rest{resource} --method patch --url \"{graph}/v1.0/applications(uniqueName='{name}')\" \\\n  \
         --headers Prefer=create-if-missing Content-Type=application/json --query appId --output tsv --body {body})\n\
         [ -n \"$app\" ] || app=$(az rest{resource} --method get --url \"{graph}/v1.0/applications(uniqueName='{name}')\" --query appId --output tsv)\n\
         tries=0\n\
         until az rest{resource} --method get --url \"{graph}/v1.0/servicePrincipals(appId='$app')\" --output none 2>/dev/null \\\n  \
         || az rest{resource} --method post --url \"{graph}/v1.0/servicePrincipals\" \\\n    \
         --headers Content-Type=application/json --output none --body \"{{\\\"appId\\\":\\\"$app\\\"}}\"\n\
         do tries=$((tries + 1)); [ \"$tries\" -lt 5 ]; sleep 5; done\n\
         echo \"Application (client) ID: $app\"\n)\n"
    )
}

/// Returns the text for Microsoft Graph PowerShell, which needs no more than its Authentication module. One block, for the same reasons.
#[must_use]
pub fn powershell(place: Place<'_>) -> String {
    let Place { cloud, origin, graph } = place;
    let (name, body, environment) = (unique_name(origin), quoted(origin, shell::powershell), environments::graph_powershell(cloud));
    format!(
        "& {{\n\
         $ErrorActionPreference = 'Stop'\n\
         Connect-MgGraph{environment} -Scopes 'Application.ReadWrite.All' -NoWelcome\n\
         \"Tenant: $((Get-MgContext).TenantId)\"\n\
         $url = \"{graph}/v1.0/applications(uniqueName='{name}')\"\n\
         $made = Invoke-MgGraphRequest -Method PATCH -Uri $url -Headers @{{ Prefer = 'create-if-missing' }} -ContentType 'application/json' -Body {body}\n\
         # Entra answers with the new app, but says nothing of one that was there.\n\
         $app = if ($made) {{ $made.appId }} else {{ (Invoke-MgGraphRequest -Method GET -Uri $url).appId }}\n\
         $principal = Invoke-MgGraphRequest -Method GET -Uri \"{graph}/v1.0/servicePrincipals?`$filter=appId eq '$app'\"\n\
         # The new app may need some seconds to be known everywhere.\n\
         for ($try = 1; -not $principal.value; $try++) {{\n  \
         try {{ Invoke-MgGraphRequest -Method POST -Uri '{graph}/v1.0/servicePrincipals' -Body @{{ appId = $app }} | Out-Null; break }}\n  \
         catch {{ if ($try -ge 5) {{ throw }}; Start-Sleep -Seconds 5 }}\n\
         }}\n\
         \"Application (client) ID: $app\"\n}}\n"
    )
}

/// What consent for everybody in the tenant covers: all that the page asks for, and OpenID Connect.
fn consented() -> String {
    let mut words = vec!["openid", "profile", "offline_access"];
    words.extend(Scope::ALL.iter().map(|scope| scope.name()));
    words.join(" ")
}

/// Returns the optional last step for the Azure CLI: consent for everybody in the own tenant. Running it again adds no second grant.
#[must_use]
pub fn azure_cli_consent(place: Place<'_>) -> String {
    let Place { cloud, origin, graph } = place;
    let (name, scopes, send) = (unique_name(origin), consented(), sender(Language::AzureCli));
    let resource = environments::az_resource(graph);
    let select = environments::az_cloud(cloud).map(|line| format!("{line}\n")).unwrap_or_default();
    let body = "{\\\"clientId\\\":\\\"$principal\\\",\\\"consentType\\\":\\\"AllPrincipals\\\",\\\"resourceId\\\":\\\"$api\\\",\\\"scope\\\":\\\"$scopes\\\"}";
    format!(
        "(\nset -euo pipefail\n{send}{select}\
         scopes='{scopes}'\n\
         app=$(send{resource} --method get --url \"{graph}/v1.0/applications(uniqueName='{name}')\" --query appId --output tsv)\n\
         principal=$(send{resource} --method get --url \"{graph}/v1.0/servicePrincipals(appId='$app')\" --query id --output tsv)\n\
         api=$(send{resource} --method get --url \"{graph}/v1.0/servicePrincipals(appId='{GRAPH}')\" --query id --output tsv)\n\
         grant=$(send{resource} --method get --url \"{graph}/v1.0/servicePrincipals/$principal/oauth2PermissionGrants\" \\\n  \
         --query \"value[?consentType=='AllPrincipals' && resourceId=='$api'].id | [0]\" --output tsv)\n\
         if [ -n \"$grant\" ]; then\n  \
         send{resource} --method patch --url \"{graph}/v1.0/oauth2PermissionGrants/$grant\" \\\n    \
         --headers Content-Type=application/json --output none --body \"{{\\\"scope\\\":\\\"$scopes\\\"}}\"\n\
         else\n  \
         send{resource} --method post --url \"{graph}/v1.0/oauth2PermissionGrants\" \\\n    \
         --headers Content-Type=application/json --output none --body \"{body}\"\n\
         fi\n\
         echo 'Consent is given for everybody in the tenant.'\n)\n"
    )
}

/// Returns the same for Microsoft Graph PowerShell.
#[must_use]
pub fn powershell_consent(place: Place<'_>) -> String {
    let Place { cloud, origin, graph } = place;
    let (name, scopes, environment) = (unique_name(origin), consented(), environments::graph_powershell(cloud));
    let send = sender(Language::PowerShell);
    format!(
        "& {{\n\
         $ErrorActionPreference = 'Stop'\n{send}\
         Connect-MgGraph{environment} -Scopes 'Application.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All' -NoWelcome\n\
         $scopes = '{scopes}'\n\
         $app = (Send @{{ Method = 'GET'; Uri = \"{graph}/v1.0/applications(uniqueName='{name}')\" }}).appId\n\
         $principal = (Send @{{ Method = 'GET'; Uri = \"{graph}/v1.0/servicePrincipals(appId='$app')\" }}).id\n\
         $api = (Send @{{ Method = 'GET'; Uri = \"{graph}/v1.0/servicePrincipals(appId='{GRAPH}')\" }}).id\n\
         $grants = (Send @{{ Method = 'GET'; Uri = \"{graph}/v1.0/servicePrincipals/$principal/oauth2PermissionGrants\" }}).value\n\
         $grant = $grants | Where-Object {{ $_.consentType -eq 'AllPrincipals' -and $_.resourceId -eq $api }} | Select-Object -First 1\n\
         if ($grant) {{\n  \
         Send @{{ Method = 'PATCH'; Uri = \"{graph}/v1.0/oauth2PermissionGrants/$($grant.id)\"; Body = @{{ scope = $scopes }} }} | Out-Null\n\
         }} else {{\n  \
         Send @{{ Method = 'POST'; Uri = '{graph}/v1.0/oauth2PermissionGrants'; Body = @{{ clientId = $principal; consentType = 'AllPrincipals'; resourceId = $api; scope = $scopes }} }} | Out-Null\n\
         }}\n\
         'Consent is given for everybody in the tenant.'\n}}\n"
    )
}

/// Returns what to do in the Microsoft Entra admin center, in its own words.
#[must_use]
pub fn portal(origin: &str) -> Vec<Action> {
    let [auth, consent] = redirects(origin);
    let action = |text: &str, values: Vec<String>| Action { text: text.to_owned(), values };
    let role = |of: (&str, &str)| {
        let definition = AppRole::known(of).definition();
        ["displayName", "value", "description"].map(|name| definition[name].as_str().unwrap_or_default().to_owned()).to_vec()
    };
    vec![
        action("Go to App registrations and select New registration. Enter this name.", vec![NAME.to_owned()]),
        action(
            "Under Supported account types, choose accounts in any organizational directory (multitenant). Under Redirect URI, choose Single-page application (SPA), enter this address, and select Register.",
            vec![auth],
        ),
        action("Under Authentication, add this second address to the same single-page application.", vec![consent]),
        action(
            "Under API permissions, select Add a permission, Microsoft Graph, Delegated permissions, and add these.",
            Scope::ALL.iter().map(|scope| scope.name().to_owned()).collect(),
        ),
        action("Under Token configuration, add this optional claim to the ID token.", vec!["login_hint".to_owned()]),
        action("Under App roles, create this role for users and groups: display name, value, description.", role(ACCESS)),
        action("Create this second role in the same way.", role(MANAGE)),
        action("Optional, to consent for everybody in your tenant at once: under API permissions, select Grant admin consent.", Vec::new()),
        action("Under Overview, copy the Application (client) ID and enter it below.", Vec::new()),
    ]
}

/// Returns the content of config.json.
#[must_use]
pub fn config(place: Place<'_>, login: &str, client_id: &str) -> String {
    let mut config = json!({"cloud": place.cloud.name(), "clientId": client_id, "redirectOrigin": place.origin});
    if place.cloud == Cloud::Emulator {
        config["loginOrigin"] = json!(login);
        config["graphOrigin"] = json!(place.graph);
    }
    serde_json::to_string_pretty(&config).unwrap_or_default()
}

/// What one look at Entra told of a client id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looked {
    /// Entra knows no such app, or not yet.
    Unknown,
    /// It is not a single-page application.
    NotSinglePage,
    /// Entra did not object to it: what it refused was the code.
    Known,
    /// Nothing came that tells.
    Unclear,
}

/// Says what the look told.
#[must_use]
pub fn looked(looked: Looked) -> &'static str {
    match looked {
        Looked::Unknown => "Entra does not know an app with this client ID. Check it, or wait a minute if you have just registered it.",
        Looked::NotSinglePage => {
            "Entra knows this app, but its redirect URIs are not of a single-page application. Move them to that platform under Authentication."
        }
        Looked::Known => "Entra answers for this client ID. Store the file below next to the page, then reload.",
        Looked::Unclear => {
            "Entra gave no answer that this page may read. It gives one where it knows the app with this very address, so check the redirect URIs, or wait a minute if you have just registered the app. You can also store the file below and sign in: Microsoft’s page then says what is wrong."
        }
    }
}
