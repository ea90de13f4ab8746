//! The clouds: the build knows those that the page knows, commands name theirs, and no address ends a literal.

use latchkey::domain::ids::{AppId, TenantId};
use latchkey::entra::cloud::{Cloud, Config, ConfigFault};
use latchkey::entra::scopes::Scope;
use latchkey::text::registration::{self, Place};
use latchkey::text::{commands, environments};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

fn place(cloud: Cloud, origin: &str) -> Place<'_> {
    Place { cloud, origin, graph: cloud.origins().map_or("http://localhost:8402", |(_, graph)| graph) }
}

fn bash_takes(text: &str) -> bool {
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    bash.wait().unwrap().success()
}

fn powershell_takes(text: &str) -> bool {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    !parser.parse(text, None).unwrap().root_node().has_error()
}

#[test]
fn every_scope_has_the_id_that_graph_gives_it() {
    let catalogue: Value = serde_json::from_str(include_str!("../../emulator/data/catalogue.json")).unwrap();
    let graph = catalogue.as_array().unwrap().iter().find(|api| api["appId"] == latchkey::domain::permission::GRAPH).unwrap();
    for scope in Scope::ALL {
        let is_it = |known: &&Value| known["kind"] == "Scope" && known["value"] == scope.name();
        let known = graph["permissions"].as_array().unwrap().iter().find(is_it);
        assert_eq!(known.map(|known| known["id"].clone()), Some(json!(scope.id())), "{}", scope.name());
    }
}

#[test]
fn each_cloud_has_its_texts() {
    for cloud in Cloud::ALL {
        let place = place(cloud, "https://keys.contoso.com");
        let (azure, powershell) = (registration::azure_cli(place), registration::powershell(place));
        let (azure_consent, powershell_consent) = (registration::azure_cli_consent(place), registration::powershell_consent(place));
        assert!(bash_takes(&azure) && bash_takes(&azure_consent), "{azure}{azure_consent}");
        assert!(powershell_takes(&powershell) && powershell_takes(&powershell_consent), "{powershell}{powershell_consent}");
        for text in [&azure, &powershell] {
            assert!(
                text.contains(place.graph) && text.contains("create-if-missing") && text.contains("https://keys.contoso.com/consent"),
                "{text}"
            );
        }
        assert_eq!(azure.contains("az cloud set"), !matches!(cloud, Cloud::Global | Cloud::Emulator), "{azure}");
        assert_eq!(powershell.contains("-Environment"), !matches!(cloud, Cloud::Global | Cloud::Emulator), "{powershell}");
    }
    assert_eq!(environments::graph_powershell(Cloud::UsgovDod), " -Environment USGovDoD");
    assert_eq!(environments::exchange_powershell(Cloud::China), " -ExchangeEnvironmentName O365China");
    assert_eq!(Cloud::of_graph("https://dod-graph.microsoft.us"), Cloud::UsgovDod);
    assert_eq!(Cloud::of_graph("http://localhost:8402"), Cloud::Emulator);
}

#[test]
fn a_quote_in_a_host_name_ends_no_literal() {
    // A browser takes such a host, odd as it is.
    let place = place(Cloud::Global, "https://a'; touch x; '.example");
    let (azure, powershell) = (registration::azure_cli(place), registration::powershell(place));
    assert!(azure.contains(r"https://a'\''; touch x; '\''.example/auth"), "{azure}");
    assert!(powershell.contains("https://a''; touch x; ''.example/auth"), "{powershell}");
    assert!(bash_takes(&azure) && powershell_takes(&powershell));
}

#[test]
fn the_file_that_is_written_is_the_file_that_is_read() {
    let (origin, id) = ("https://keys.contoso.com", "9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77");
    for cloud in Cloud::ALL {
        let (origin, login) = match cloud.origins() {
            Some((login, _)) => (origin, login),
            None => ("http://localhost:8400", "http://localhost:8401"),
        };
        let text = registration::config(place(cloud, origin), login, id);
        let config = Config::read(&text, cloud.name(), origin).unwrap();
        assert_eq!((config.cloud, config.client_id, config.origin.as_str()), (cloud, AppId::parse(id).unwrap(), origin));
    }
}

#[test]
fn a_page_without_a_client_id_knows_where_it_is() {
    let text = json!({"cloud": "france", "clientId": "", "redirectOrigin": ""}).to_string();
    let Err(ConfigFault::NoClientId(hosted)) = Config::read(&text, "france", "https://keys.contoso.com") else { panic!() };
    assert_eq!((hosted.origin.as_str(), hosted.graph.as_str()), ("https://keys.contoso.com", "https://graph.svc.sovcloud.fr"));
    let elsewhere = json!({"cloud": "emulator", "loginOrigin": "https://evil.example", "graphOrigin": "http://localhost:8402"}).to_string();
    assert_eq!(Config::read(&elsewhere, "emulator", "http://localhost:8400"), Err(ConfigFault::EmulatorElsewhere));
}

#[test]
fn the_build_knows_the_same_clouds() {
    let policy = fs::read_to_string("scripts/policy.mjs").unwrap();
    for cloud in Cloud::ALL {
        let Some((login, graph)) = cloud.origins() else { continue };
        let (bare, quoted) = (format!("{}: ['{login}', '{graph}']", cloud.name()), format!("'{}': ['{login}', '{graph}']", cloud.name()));
        assert!(policy.contains(&bare) || policy.contains(&quoted), "{} in scripts/policy.mjs", cloud.name());
    }
}

#[test]
fn commands_name_the_cloud_that_they_are_for() {
    let (tenant, app) =
        (TenantId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").unwrap(), AppId::parse("9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77").unwrap());
    let text = |cloud: Cloud, domain: Option<&str>| {
        let (login, graph) = cloud.origins().unwrap();
        let to = |thumbprint| commands::Connection { tenant: &tenant, domain, app: &app, login, graph, thumbprint };
        let all = [commands::connect(&to(None)), commands::connect(&to(Some("AABBCCDDEEFF00112233445566778899AABBCCDD")))];
        all.into_iter().flatten().map(|command| command.text).collect::<Vec<_>>().join("\n")
    };
    let usgov = text(Cloud::Usgov, Some("contoso.onmicrosoft.us"));
    assert_eq!(usgov.matches("Connect-MgGraph -Environment USGov -TenantId").count(), 2, "{usgov}");
    assert_eq!(usgov.matches("az cloud set --name AzureUSGovernment\n").count(), 2, "{usgov}");
    assert!(usgov.contains("Connect-ExchangeOnline -ExchangeEnvironmentName O365USGovGCCHigh -AppId"), "{usgov}");
    let unknown = text(Cloud::Global, None);
    assert!(!unknown.contains("Connect-ExchangeOnline"), "another domain than the initial one is refused there");
}
