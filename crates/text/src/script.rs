//! A plan as a script: Microsoft Graph PowerShell, or the Azure CLI with bash. The same requests as the page sends, with names for
//! the ids that earlier steps bring. No script holds a secret: a password is asked for, and a client secret is what the script prints.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use super::{environments, shell, steps};
use domain::ids::{AppId, ObjectId};
use entra::cloud::Cloud;
use graph::request::{GraphRequest, version};
use graph::sentences::Says;
use plan::preview;
use plan::record::{RunRecord, StepRecord};
use plan::step::{Brings, Script, Subject};
use std::fmt::Write;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    PowerShell,
    AzureCli,
}

/// A part of a text: as it stands, or the value of a variable.
enum Part<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// The ids that the script learns on its way: what stands for them in the requests, and the variable.
struct Unknown {
    stand_in: String,
    variable: String,
}

const PASSWORD: &str = "password";

/// What stands in the way of Microsoft Graph PowerShell at a partner's customer (msgraph-sdk-powershell 3613).
const FOREIGN_TENANT: &str = "# An administrator of this tenant must have approved Microsoft Graph Command Line Tools: without that, Microsoft answers\n\
     # AADSTS90099. On Windows, signing in through the broker may fail with GDAP: add -UseDeviceCode to Connect-MgGraph then.\n";

/// The scopes of the Azure CLI are Microsoft's choice.
const NO_EXCHANGE: &str = "# The token of the Azure CLI has no scope for roles of Exchange Online: Microsoft answers 403 to those steps. Let the page\n\
     # or Microsoft Graph PowerShell do them.\n";

/// Writes the function that sends a request, and again while an object that was just made is not known where it arrives. No other answer
/// is tried again: a request whose fate is unknown may have done its work.
#[must_use]
pub fn sender(language: Language) -> String {
    let known = ["Request_ResourceNotFound", "NoBackingApplicationObject"].iter().chain(Says::NotYet.parts());
    match language {
        Language::PowerShell => {
            let texts = known.copied().collect::<Vec<_>>().join("|");
            format!(
                "function Send([hashtable] $Request) {{\n  for ($try = 1; ; $try++) {{\n    try {{ return Invoke-MgGraphRequest @Request }}\n    \
                 catch {{\n      if ($try -ge 12 -or \"$_\" -notmatch '{texts}') {{ throw }}\n      Start-Sleep -Seconds 5\n    }}\n  }}\n}}\n"
            )
        }
        Language::AzureCli => {
            let texts = known.map(|text| format!("*'{text}'*")).collect::<Vec<_>>().join(" | ");
            format!(
                "send() {{\n  local answer tries=0\n  until {{ answer=$(az rest \"$@\" 2>&1 >&3); }} 3>&1; do\n    tries=$((tries + 1))\n    \
                 case $answer in\n      {texts}) [ \"$tries\" -ge 12 ] || {{ sleep 5; continue; }} ;;\n    esac\n    \
                 printf '%s\\n' \"$answer\" >&2\n    return 1\n  done\n}}\n"
            )
        }
    }
}

/// Returns the script; `None` when a name in it has characters that no command line needs.
#[must_use]
pub fn write(run: &RunRecord, graph: &str, language: Language) -> Option<String> {
    let (run, unknown) = with_stand_ins(run);
    let mut script = opening(&run, Cloud::of_graph(graph), language)?;
    let name = run.blueprint.name.trim();
    for (at, step) in run.steps.iter().enumerate() {
        let title = steps::title(&step.step, name);
        let _ = writeln!(script, "\n# {}. {}", at + 1, comment(&title)?);
        match (step.step.script(), preview::request(&run, at)) {
            (Script::Sends(brings), Some(request)) => {
                script.push_str(&commands(&brings, &run, &request, graph, &unknown, language)?);
            }
            (Script::Adopts(id), _) => script.push_str(&adopted(id, graph, &unknown, language)?),
            (Script::LeavesToPage, Some(_)) => {
                script.push_str("# Built on what the tenant has at that moment: let the page do it, or write the list back by hand.\n");
            }
            (Script::Sends(_) | Script::LeavesToPage, None) | (Script::LeavesToPerson, _) => {
                let _ = writeln!(script, "# By a person: {}", comment(&steps::change(&step.step, name))?);
            }
        }
    }
    // One block: pasted, it is read whole before it runs, and its end by an error leaves the shell open.
    script.push_str(match language {
        Language::PowerShell => "}\n",
        Language::AzureCli => ")\n",
    });
    Some(script)
}

/// Comments end with their line, so a name must not bring another one.
fn comment(text: &str) -> Option<&str> {
    (!text.chars().any(char::is_control)).then_some(text)
}

/// Gives each id that is not known yet a stand-in of its own.
fn with_stand_ins(run: &RunRecord) -> (RunRecord, Vec<Unknown>) {
    let mut run = run.clone();
    let mut unknown: Vec<Unknown> = Vec::new();
    let mut stand_in = |variable: String| {
        let stand_in = format!("00000000-0000-0000-0000-{:012x}", 0xb00 + unknown.len());
        unknown.push(Unknown { stand_in: stand_in.clone(), variable });
        stand_in
    };
    let facts = &mut run.facts;
    facts.application = facts.application.take().or_else(|| {
        run.steps.iter().find_map(|step| match step.step.script() {
            Script::Adopts(id) => Some(id.clone()),
            Script::Sends(_) | Script::LeavesToPage | Script::LeavesToPerson => None,
        })
    });
    if facts.application.is_none() {
        facts.application = ObjectId::parse(&stand_in("application".into()));
    }
    if facts.app_id.is_none() {
        facts.app_id = AppId::parse(&stand_in("client".into()));
    }
    if facts.service_principal.is_none() {
        facts.service_principal = ObjectId::parse(&stand_in("principal".into()));
    }
    if facts.account.is_none() {
        facts.account = ObjectId::parse(&stand_in("account".into()));
    }
    let missing: Vec<AppId> =
        run.blueprint.principals().into_iter().map(|(app, _)| app.clone()).filter(|app| !facts.resources.contains_key(app)).collect();
    for (at, app) in missing.into_iter().enumerate() {
        if let Some(id) = ObjectId::parse(&stand_in(format!("resource{}", at + 1))) {
            run.facts.resources.insert(app, id);
        }
    }
    (run, unknown)
}

fn opening(run: &RunRecord, cloud: Cloud, language: Language) -> Option<String> {
    let heading = steps::heading(run);
    let (heading, tenant) = (comment(&heading)?, comment(&run.tenant.name)?);
    let mut text = format!(
        "# {heading}, in {tenant} ({}).{}\n# Microsoft needs some seconds to know a new object everywhere: what it doesn't find yet is asked again, for a minute.\n",
        run.tenant.id,
        match language {
            Language::PowerShell => " Checked for syntax, not run by this page.",
            Language::AzureCli => "",
        }
    );
    let (id, send) = (&run.tenant.id, sender(language));
    match language {
        Language::PowerShell => {
            // A person of the partner signs in to somebody else's tenant.
            if run.person.home != run.tenant.id {
                text.push_str(FOREIGN_TENANT);
            }
            let environment = environments::graph_powershell(cloud);
            let scopes: Vec<String> = run.scopes().iter().map(|scope| format!("'{}'", scope.name())).collect();
            let _ = writeln!(
                text,
                "& {{\n$ErrorActionPreference = 'Stop'\nSet-StrictMode -Version Latest\n{send}Connect-MgGraph{environment} -TenantId '{id}' -Scopes {}",
                scopes.join(", ")
            );
        }
        Language::AzureCli => {
            let writes = |step: &StepRecord| step.step.subject() == Subject::Exchange && matches!(step.step.script(), Script::Sends(_));
            if run.steps.iter().any(writes) {
                text.push_str(NO_EXCHANGE);
            }
            let select = environments::az_cloud(cloud).map(|line| format!("{line}\n")).unwrap_or_default();
            let _ = writeln!(text, "(\nset -euo pipefail\n{send}{select}az login --tenant {id} --allow-no-subscriptions --output none");
        }
    }
    Some(text)
}

/// Cuts a text where a variable belongs.
fn parts<'a>(text: &'a str, unknown: &'a [Unknown]) -> Vec<Part<'a>> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let next = unknown.iter().filter_map(|one| rest.find(&one.stand_in).map(|at| (at, one))).min_by_key(|(at, _)| *at);
        let Some((at, one)) = next else { break };
        if at > 0 {
            found.push(Part::Text(&rest[..at]));
        }
        found.push(Part::Variable(&one.variable));
        rest = &rest[at + one.stand_in.len()..];
    }
    if !rest.is_empty() {
        found.push(Part::Text(rest));
    }
    found
}

fn quoted(text: &str, unknown: &[Unknown], language: Language) -> Option<String> {
    let one = |part: &Part<'_>| match (part, language) {
        (Part::Text(text), Language::PowerShell) => shell::powershell(text),
        (Part::Variable(name), Language::PowerShell) => Some(format!("${name}")),
        (Part::Text(text), Language::AzureCli) => shell::bash(text),
        (Part::Variable(name), Language::AzureCli) => Some(format!("\"${name}\"")),
    };
    let all: Option<Vec<String>> = parts(text, unknown).iter().map(one).collect();
    all.map(|all| all.join(if language == Language::PowerShell { " + " } else { "" }))
}

/// An application that is there: its change is left to the page, its ids are read for the steps that follow.
fn adopted(id: &ObjectId, graph: &str, unknown: &[Unknown], language: Language) -> Option<String> {
    let url = quoted(&format!("{graph}/v1.0/applications/{id}?$select=id,appId"), unknown, language)?;
    let mut text = "# What it has is added to: let the page do that.\n".to_owned();
    let client = unknown.iter().find(|one| one.variable == "client")?;
    let _ = match language {
        Language::PowerShell => writeln!(text, "${} = (Invoke-MgGraphRequest -Method GET -Uri ({url})).appId", client.variable),
        Language::AzureCli => writeln!(
            text,
            "{}=$(az rest{} --method get --url {url} --query appId --output tsv)",
            client.variable,
            environments::az_resource(graph)
        ),
    };
    Some(text)
}

/// A variable, and the member of the answer that it takes.
type Learned<'a> = (&'a str, &'static str);

fn commands(
    brings: &Brings<'_>,
    run: &RunRecord,
    request: &GraphRequest,
    graph: &str,
    unknown: &[Unknown],
    language: Language,
) -> Option<String> {
    let learned = learned(brings, run, unknown);
    let learned = learned.as_slice();
    let url = quoted(&format!("{graph}/{}{}", version(request.beta), request.path), unknown, language)?;
    let body = request.body.as_ref().map(ToString::to_string);
    let makes_account = *brings == Brings::Account;
    let mut text = String::new();
    match language {
        Language::PowerShell => {
            let body = match body {
                None => String::new(),
                // The password is asked for; only its escaped form stands in the body, and only in memory.
                Some(body) if makes_account => {
                    text.push_str("$typed = Read-Host -Prompt 'Password of the new account' -AsSecureString\n");
                    let _ = writeln!(text, "${PASSWORD} = [Net.NetworkCredential]::new('', $typed).Password | ConvertTo-Json");
                    let hidden = serde_json::to_string(graph::users::HIDDEN).ok()?;
                    let (before, after) = body.split_once(&hidden)?;
                    format!(
                        "; ContentType = 'application/json'; Body = ({} + ${PASSWORD} + {})",
                        shell::powershell(before)?,
                        shell::powershell(after)?
                    )
                }
                Some(body) => format!("; ContentType = 'application/json'; Body = ({})", quoted(&body, unknown, language)?),
            };
            let headers = if request.creates_if_missing { "; Headers = @{ Prefer = 'create-if-missing' }" } else { "" };
            let call = format!("Send @{{ Method = '{}'; Uri = ({url}){headers}{body} }}", request.method.as_str());
            let _ = match (learned, brings) {
                ([], Brings::Secret) => writeln!(text, "({call}).secretText # shown once: copy it to where secrets are kept"),
                ([], _) => writeln!(text, "{call} | Out-Null"),
                (learned, _) => {
                    let _ = writeln!(text, "$made = {call}");
                    // An application that was there already comes back empty.
                    if request.creates_if_missing {
                        let _ = writeln!(text, "if (-not $made) {{ $made = Send @{{ Method = 'GET'; Uri = ({url}) }} }}");
                    }
                    learned.iter().try_for_each(|(variable, member)| writeln!(text, "${variable} = $made.{member}"))
                }
            };
        }
        Language::AzureCli => {
            let headers = if request.creates_if_missing { " --headers Prefer=create-if-missing Content-Type=application/json" } else { "" };
            let resource = environments::az_resource(graph);
            let call = format!("send{resource} --method {} --url {url}{headers}", request.method.as_str().to_lowercase());
            let call = match body {
                None => call,
                Some(body) if makes_account => {
                    text.push_str("IFS= read -rsp 'Password of the new account: ' PASSWORD && echo && export PASSWORD\n");
                    let hidden = serde_json::to_string(graph::users::HIDDEN).ok()?;
                    let program = body.replacen(&hidden, "env.PASSWORD", 1);
                    format!("jq -n {} | az rest{} --body @/dev/stdin", shell::bash(&program)?, &call["send".len()..])
                }
                Some(body) => format!("{call} --body {}", quoted(&body, unknown, language)?),
            };
            let _ = match (learned, brings) {
                ([], Brings::Secret) => {
                    writeln!(text, "{call} --query secretText --output tsv # shown once: copy it to where secrets are kept")
                }
                ([], _) => writeln!(text, "{call} --output none"),
                (learned, _) if request.creates_if_missing => {
                    let _ = writeln!(text, "{call} --output none");
                    learned.iter().try_for_each(|(variable, member)| {
                        writeln!(text, "{variable}=$(send{resource} --method get --url {url} --query {member} --output tsv)")
                    })
                }
                (learned, _) => {
                    let _ = writeln!(text, "made=$({call})");
                    learned.iter().try_for_each(|(variable, member)| writeln!(text, "{variable}=$(jq -r .{member} <<<\"$made\")"))
                }
            };
            if makes_account {
                text.push_str("unset PASSWORD\n");
            }
        }
    }
    Some(text)
}

/// Returns the variables that an answer fills.
fn learned<'a>(brings: &Brings<'_>, run: &RunRecord, unknown: &'a [Unknown]) -> Vec<Learned<'a>> {
    let of = |name: &str, member: &'static str| unknown.iter().find(|one| one.variable == name).map(|one| (one.variable.as_str(), member));
    match brings {
        Brings::Application => of("application", "id").into_iter().chain(of("client", "appId")).collect(),
        Brings::ServicePrincipal => of("principal", "id").into_iter().collect(),
        Brings::Account => of("account", "id").into_iter().collect(),
        Brings::Resource(resource) => {
            let stand_in = run.facts.resources.get(resource).map(ObjectId::as_str);
            unknown.iter().filter(|one| Some(one.stand_in.as_str()) == stand_in).map(|one| (one.variable.as_str(), "id")).collect()
        }
        Brings::Nothing | Brings::Secret => Vec::new(),
    }
}
