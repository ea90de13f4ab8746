//! A plan as a script: Microsoft Graph PowerShell, or the Azure CLI with bash. The same requests as the page sends, with names for
//! the ids that earlier steps bring. No script holds a secret: a password is asked for, and a client secret is what the script prints.

use super::{shell, steps};
use crate::domain::ids::{AppId, ObjectId};
use crate::graph::request::{GraphRequest, version};
use crate::plan::account::AccountStep;
use crate::plan::preview;
use crate::plan::record::RunRecord;
use crate::plan::step::StepKind;
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

/// Returns the script; `None` when a name in it has characters that no command line needs.
#[must_use]
pub fn write(run: &RunRecord, graph: &str, language: Language) -> Option<String> {
    let (run, unknown) = with_stand_ins(run);
    let mut script = opening(&run, language)?;
    let name = run.blueprint.name.trim();
    for (at, step) in run.steps.iter().enumerate() {
        let title = steps::title(&step.step, name);
        let _ = writeln!(script, "\n# {}. {}", at + 1, comment(&title)?);
        match preview::request(&run, at) {
            Some(request) if is_whole(&step.step) => {
                let learned = learned(&step.step, &run, &unknown);
                script.push_str(&commands(&step.step, &request, graph, &unknown, &learned, language)?);
            }
            Some(request) if matches!(step.step, StepKind::AdoptApplication { .. }) => {
                script.push_str(&adopted(&request, graph, &unknown, language)?);
            }
            Some(_) => {
                script.push_str("# Built on what the tenant has at that moment: let the page do it, or write the list back by hand.\n");
            }
            None => {
                let _ = writeln!(script, "# By a person: {}", comment(&steps::change(&step.step, name))?);
            }
        }
    }
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
        run.steps.iter().find_map(|step| match &step.step {
            StepKind::AdoptApplication { id, .. } => Some(id.clone()),
            _ => None,
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

/// Whether the request of a step does not depend on a list that is read first.
fn is_whole(step: &StepKind) -> bool {
    use crate::plan::exchange::ExchangeStep;
    use crate::plan::upkeep::Upkeep;
    match step {
        StepKind::CreateApplication | StepKind::CreateServicePrincipal | StepKind::AddResource { .. } => true,
        StepKind::GrantApplication { .. } | StepKind::GrantDelegated { .. } | StepKind::AssignRole { .. } => true,
        StepKind::AddSecret { .. } | StepKind::DeleteApplication { .. } => true,
        StepKind::Account(step) => !matches!(step, AccountStep::RemoveRole { .. } | AccountStep::RevokeAccess(_)),
        StepKind::Exchange(step) => matches!(step, ExchangeStep::Assign { .. }),
        StepKind::Upkeep(step) => matches!(
            step,
            Upkeep::SetAudience { .. }
                | Upkeep::Rename { .. }
                | Upkeep::SetEnabled { .. }
                | Upkeep::Restore { .. }
                | Upkeep::RestorePrincipal { .. }
        ),
        _ => false,
    }
}

fn opening(run: &RunRecord, language: Language) -> Option<String> {
    let heading = steps::heading(run);
    let (heading, tenant) = (comment(&heading)?, comment(&run.tenant.name)?);
    let mut text = format!(
        "# {heading}, in {tenant} ({}). Checked for syntax, not run by this page.\n# Where Microsoft answers that a new object is not there, wait some seconds and repeat the command.\n",
        run.tenant.id
    );
    let id = &run.tenant.id;
    match language {
        Language::PowerShell => {
            let scopes: Vec<String> = run.feature().graph_scopes().iter().map(|scope| format!("'{scope}'")).collect();
            let _ = writeln!(
                text,
                "$ErrorActionPreference = 'Stop'\nSet-StrictMode -Version Latest\nConnect-MgGraph -TenantId '{id}' -Scopes {}",
                scopes.join(", ")
            );
        }
        Language::AzureCli => {
            let _ = writeln!(text, "set -euo pipefail\naz login --tenant {id} --allow-no-subscriptions --output none");
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
fn adopted(change: &GraphRequest, graph: &str, unknown: &[Unknown], language: Language) -> Option<String> {
    let url = quoted(&format!("{graph}/v1.0{}?$select=id,appId", change.path), unknown, language)?;
    let mut text = "# What it has is added to: let the page do that.\n".to_owned();
    let client = unknown.iter().find(|one| one.variable == "client")?;
    let _ = match language {
        Language::PowerShell => writeln!(text, "${} = (Invoke-MgGraphRequest -Method GET -Uri ({url})).appId", client.variable),
        Language::AzureCli => writeln!(text, "{}=$(az rest --method get --url {url} --query appId --output tsv)", client.variable),
    };
    Some(text)
}

/// A variable, and the member of the answer that it takes.
type Learned<'a> = (&'a str, &'static str);

fn commands(
    step: &StepKind,
    request: &GraphRequest,
    graph: &str,
    unknown: &[Unknown],
    learned: &[Learned<'_>],
    language: Language,
) -> Option<String> {
    let url = quoted(&format!("{graph}/{}{}", version(request.beta), request.path), unknown, language)?;
    let body = request.body.as_ref().map(ToString::to_string);
    let makes_account = matches!(step, StepKind::Account(AccountStep::Create { .. }));
    let mut text = String::new();
    match language {
        Language::PowerShell => {
            let body = match body {
                None => String::new(),
                // The password is asked for; only its escaped form stands in the body, and only in memory.
                Some(body) if makes_account => {
                    text.push_str("$typed = Read-Host -Prompt 'Password of the new account' -AsSecureString\n");
                    let _ = writeln!(text, "${PASSWORD} = [Net.NetworkCredential]::new('', $typed).Password | ConvertTo-Json");
                    let hidden = serde_json::to_string(crate::graph::users::HIDDEN).ok()?;
                    let (before, after) = body.split_once(&hidden)?;
                    format!(
                        " -ContentType 'application/json' -Body ({} + ${PASSWORD} + {})",
                        shell::powershell(before)?,
                        shell::powershell(after)?
                    )
                }
                Some(body) => format!(" -ContentType 'application/json' -Body ({})", quoted(&body, unknown, language)?),
            };
            let headers = if request.creates_if_missing { " -Headers @{ Prefer = 'create-if-missing' }" } else { "" };
            let call = format!("Invoke-MgGraphRequest -Method {} -Uri ({url}){headers}{body}", request.method.as_str());
            let _ = match (learned, step) {
                ([], StepKind::AddSecret { .. }) => writeln!(text, "({call}).secretText # shown once: copy it to where secrets are kept"),
                ([], _) => writeln!(text, "{call} | Out-Null"),
                (learned, _) => {
                    let _ = writeln!(text, "$made = {call}");
                    // An application that was there already comes back empty.
                    if request.creates_if_missing {
                        let _ = writeln!(text, "if (-not $made) {{ $made = Invoke-MgGraphRequest -Method GET -Uri ({url}) }}");
                    }
                    learned.iter().try_for_each(|(variable, member)| writeln!(text, "${variable} = $made.{member}"))
                }
            };
        }
        Language::AzureCli => {
            let headers = if request.creates_if_missing { " --headers Prefer=create-if-missing Content-Type=application/json" } else { "" };
            let call = format!("az rest --method {} --url {url}{headers}", request.method.as_str().to_lowercase());
            let call = match body {
                None => call,
                Some(body) if makes_account => {
                    text.push_str("IFS= read -rsp 'Password of the new account: ' PASSWORD && echo && export PASSWORD\n");
                    let hidden = serde_json::to_string(crate::graph::users::HIDDEN).ok()?;
                    let program = body.replacen(&hidden, "env.PASSWORD", 1);
                    format!("jq -n {} | {call} --body @/dev/stdin", shell::bash(&program)?)
                }
                Some(body) => format!("{call} --body {}", quoted(&body, unknown, language)?),
            };
            let _ = match (learned, step) {
                ([], StepKind::AddSecret { .. }) => {
                    writeln!(text, "{call} --query secretText --output tsv # shown once: copy it to where secrets are kept")
                }
                ([], _) => writeln!(text, "{call} --output none"),
                (learned, _) if request.creates_if_missing => {
                    let _ = writeln!(text, "{call} --output none");
                    learned.iter().try_for_each(|(variable, member)| {
                        writeln!(text, "{variable}=$(az rest --method get --url {url} --query {member} --output tsv)")
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

/// Returns the variables that the answer to a step fills.
fn learned<'a>(step: &StepKind, run: &RunRecord, unknown: &'a [Unknown]) -> Vec<Learned<'a>> {
    let of = |name: &str, member: &'static str| unknown.iter().find(|one| one.variable == name).map(|one| (one.variable.as_str(), member));
    match step {
        StepKind::CreateApplication => of("application", "id").into_iter().chain(of("client", "appId")).collect(),
        StepKind::CreateServicePrincipal => of("principal", "id").into_iter().collect(),
        StepKind::Account(AccountStep::Create { .. }) => of("account", "id").into_iter().collect(),
        StepKind::AddResource { resource, .. } => {
            let stand_in = run.facts.resources.get(resource).map(ObjectId::as_str);
            unknown.iter().filter(|one| Some(one.stand_in.as_str()) == stand_in).map(|one| (one.variable.as_str(), "id")).collect()
        }
        _ => Vec::new(),
    }
}
