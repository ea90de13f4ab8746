//! Commands that connect as an App session. None of them holds a secret: it is asked for, or read from the file of the certificate.

use super::environments;
use domain::ids::{AppId, TenantId};
use entra::cloud::Cloud;

pub struct Command {
    pub tool: &'static str,
    /// What is to be known before it is used.
    pub note: Option<&'static str>,
    pub text: String,
}

/// What the commands connect to. Ids are GUIDs, origins come from the build, and a domain is that of the tenant, so that nothing
/// needs quoting.
pub struct Connection<'a> {
    pub tenant: &'a TenantId,
    /// The tenant's initial domain, `….onmicrosoft.com`: Exchange Online takes no other one from an application.
    pub domain: Option<&'a str>,
    pub app: &'a AppId,
    pub login: &'a str,
    pub graph: &'a str,
    /// The SHA-1 thumbprint, for an application that has a certificate; else it has a client secret.
    pub thumbprint: Option<&'a str>,
}

/// Nothing answers these modules in the tests: they sign in to Microsoft's own clouds only. The Azure CLI and the others are run.
const NOT_RUN: Option<&str> = Some("(checked for syntax, not run here)");

/// Returns the commands for an application.
#[must_use]
pub fn connect(to: &Connection<'_>) -> Vec<Command> {
    let mut commands = match to.thumbprint {
        Some(thumbprint) => with_certificate(to, thumbprint),
        None => with_secret(to),
    };
    if let Some(exchange) = exchange(to) {
        commands.insert(1, exchange);
    }
    commands
}

/// Exchange Online takes certificates only.
fn exchange(to: &Connection<'_>) -> Option<Command> {
    let Connection { app, .. } = to;
    let (thumbprint, domain) = (to.thumbprint?, to.domain?);
    let environment = environments::exchange_powershell(Cloud::of_graph(to.graph));
    let is_plain = !domain.is_empty() && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    is_plain.then(|| Command {
        tool: "Exchange Online PowerShell",
        note: NOT_RUN,
        text: format!("Connect-ExchangeOnline{environment} -AppId '{app}' -CertificateThumbprint '{thumbprint}' -Organization '{domain}'\nGet-OrganizationConfig | Select-Object -Property Name"),
    })
}

/// Whether MSAL knows the host, or must be told that it may be trusted.
fn is_known(login: &str) -> bool {
    login.ends_with("microsoftonline.com") || login.ends_with("microsoftonline.us") || login.ends_with("partner.microsoftonline.cn")
}

fn python(to: &Connection<'_>, import: &str, credential: &str) -> String {
    let Connection { tenant, app, login, graph, .. } = to;
    let discovery = if is_known(login) { "" } else { "    instance_discovery=False,\n" };
    format!(
        "import {import}\n\napp = msal.ConfidentialClientApplication(\n    \"{app}\",\n    authority=\"{login}/{tenant}\",\n{discovery}    client_credential={credential},\n)\nanswer = app.acquire_token_for_client([\"{graph}/.default\"])\nprint(\"ok\" if \"access_token\" in answer else answer[\"error_description\"])"
    )
}

fn node(to: &Connection<'_>, first: &str, credential: &str) -> String {
    let Connection { tenant, app, login, graph, .. } = to;
    let host = login.split_once("://").map_or(*login, |(_, host)| host);
    let known = if is_known(login) { String::new() } else { format!(" knownAuthorities: ['{host}'],") };
    format!(
        "import {{ ConfidentialClientApplication }} from '@azure/msal-node';\n{first}\nconst app = new ConfidentialClientApplication({{\n  auth: {{ clientId: '{app}', authority: '{login}/{tenant}',{known} {credential} }},\n}});\nconst answer = await app.acquireTokenByClientCredential({{ scopes: ['{graph}/.default'] }});\nconsole.log(answer?.accessToken ? 'ok' : 'no token');"
    )
}

/// The line that picks the cloud, with its end.
fn az_cloud(graph: &str) -> String {
    environments::az_cloud(Cloud::of_graph(graph)).map(|line| format!("{line}\n")).unwrap_or_default()
}

fn with_secret(to: &Connection<'_>) -> Vec<Command> {
    let Connection { tenant, app, login, graph, .. } = to;
    let (environment, select) = (environments::graph_powershell(Cloud::of_graph(graph)), az_cloud(graph));
    vec![
        Command {
            tool: "Microsoft Graph PowerShell",
            note: NOT_RUN,
            text: format!(
                "$credential = Get-Credential -UserName '{app}' -Message 'Enter the client secret as the password'\nConnect-MgGraph{environment} -TenantId '{tenant}' -ClientSecretCredential $credential\nGet-MgContext"
            ),
        },
        Command {
            tool: "Azure CLI",
            note: None,
            text: format!(
                "{select}read -rsp 'Client secret: ' SECRET && echo\naz login --service-principal --username {app} --password \"$SECRET\" --tenant {tenant} --allow-no-subscriptions\nunset SECRET"
            ),
        },
        Command {
            tool: "curl",
            note: None,
            text: format!(
                "read -rsp 'Client secret: ' SECRET && echo\nprintf '%s' \"$SECRET\" | curl --fail-with-body {login}/{tenant}/oauth2/v2.0/token \\\n  --data-urlencode client_id={app} \\\n  --data-urlencode client_secret@- \\\n  --data-urlencode grant_type=client_credentials \\\n  --data-urlencode scope={graph}/.default\nunset SECRET"
            ),
        },
        Command { tool: "MSAL for Python", note: None, text: python(to, "getpass, msal", "getpass.getpass(\"Client secret: \")") },
        Command {
            tool: "MSAL for Node",
            note: None,
            text: node(
                to,
                "import { createInterface } from 'node:readline/promises';\n\nconst clientSecret = await createInterface(process.stdin).question('');",
                "clientSecret",
            ),
        },
    ]
}

fn with_certificate(to: &Connection<'_>, thumbprint: &str) -> Vec<Command> {
    let Connection { tenant, app, login, graph, .. } = to;
    let (environment, select) = (environments::graph_powershell(Cloud::of_graph(graph)), az_cloud(graph));
    vec![
        Command {
            tool: "Microsoft Graph PowerShell",
            note: NOT_RUN,
            text: format!(
                "Connect-MgGraph{environment} -TenantId '{tenant}' -ClientId '{app}' -CertificateThumbprint '{thumbprint}'\nGet-MgContext"
            ),
        },
        Command {
            tool: "Azure CLI",
            note: None,
            text: format!(
                "{select}az login --service-principal --username {app} --certificate certificate.pem --tenant {tenant} --allow-no-subscriptions"
            ),
        },
        Command {
            tool: "curl",
            note: None,
            text: format!(
                r#"b64() {{ openssl base64 -A | tr '+/' '-_' | tr -d '='; }}
URL={login}/{tenant}/oauth2/v2.0/token
NOW=$(date +%s)
PRINT=$(openssl x509 -in certificate.pem -outform DER | openssl dgst -sha256 -binary | b64)
HEAD=$(printf '{{"alg":"PS256","typ":"JWT","x5t#S256":"%s"}}' "$PRINT" | b64)
BODY=$(printf '{{"aud":"%s","iss":"{app}","sub":"{app}","jti":"%s","nbf":%s,"exp":%s}}' "$URL" "$(openssl rand -hex 16)" "$NOW" "$((NOW + 300))" | b64)
SIGN=$(printf '%s.%s' "$HEAD" "$BODY" | openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1 -sign certificate.pem -binary | b64)
printf '%s' "$HEAD.$BODY.$SIGN" | curl --fail-with-body "$URL" \
  --data-urlencode client_id={app} \
  --data-urlencode client_assertion@- \
  --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
  --data-urlencode grant_type=client_credentials \
  --data-urlencode scope={graph}/.default"#
            ),
        },
        Command {
            tool: "MSAL for Python",
            note: None,
            text: python(to, "msal", &format!("{{\"private_key\": open(\"certificate.pem\").read(), \"thumbprint\": \"{thumbprint}\"}}")),
        },
        Command {
            tool: "MSAL for Node",
            note: None,
            text: node(
                to,
                "import { X509Certificate } from 'node:crypto';\nimport { readFileSync } from 'node:fs';\n\nconst pem = readFileSync('certificate.pem', 'utf8');\nconst certificate = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')));\nconst thumbprintSha256 = certificate.fingerprint256.replaceAll(':', '');",
                "clientCertificate: { thumbprintSha256, privateKey: pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE')) }",
            ),
        },
    ]
}
