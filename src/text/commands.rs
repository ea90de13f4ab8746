//! Commands that connect as an App session. None of them holds a secret: it is asked for, or read from the environment.

use crate::domain::ids::{AppId, TenantId};

pub struct Command {
    pub tool: &'static str,
    pub text: String,
}

/// Returns the commands for a tenant and an application. Ids are GUIDs and origins come from the build, so nothing needs quoting.
#[must_use]
pub fn connect(tenant: &TenantId, app: &AppId, login: &str, graph: &str) -> Vec<Command> {
    vec![
        Command {
            tool: "Microsoft Graph PowerShell",
            text: format!(
                "$credential = Get-Credential -UserName '{app}' -Message 'Enter the client secret as the password'\nConnect-MgGraph -TenantId '{tenant}' -ClientSecretCredential $credential\nGet-MgContext"
            ),
        },
        Command {
            tool: "Azure CLI",
            text: format!(
                "read -rsp 'Client secret: ' SECRET && echo\naz login --service-principal --username {app} --password \"$SECRET\" --tenant {tenant} --allow-no-subscriptions\nunset SECRET"
            ),
        },
        Command {
            tool: "curl",
            text: format!(
                "read -rsp 'Client secret: ' SECRET && echo\nprintf '%s' \"$SECRET\" | curl --fail-with-body {login}/{tenant}/oauth2/v2.0/token \\\n  --data-urlencode client_id={app} \\\n  --data-urlencode client_secret@- \\\n  --data-urlencode grant_type=client_credentials \\\n  --data-urlencode scope={graph}/.default\nunset SECRET"
            ),
        },
        Command {
            tool: "MSAL for Python",
            text: format!(
                "import getpass, msal\n\napp = msal.ConfidentialClientApplication(\n    \"{app}\",\n    authority=\"{login}/{tenant}\",\n    client_credential=getpass.getpass(\"Client secret: \"),\n)\nanswer = app.acquire_token_for_client([\"{graph}/.default\"])\nprint(\"ok\" if \"access_token\" in answer else answer[\"error_description\"])"
            ),
        },
    ]
}
