//! Registering the page: what the texts make, and that the docs show the same texts.

use crate::support::{Bench, EVERYTHING};
use latchkey::entra::cloud::{Cloud, Config, ConfigFault};
use latchkey::entra::scopes::{NAMES, Scope, Scopes};
use latchkey::graph::batch;
use latchkey::graph::request::GraphRequest;
use latchkey::text::registration::{self, Place};
use latchkey_emulator::Options;
use serde_json::{Value, json};

const PLACE: Place<'_> = Place { cloud: Cloud::Global, origin: "https://YOUR-HOST", graph: "https://graph.microsoft.com" };

fn portal_text() -> String {
    let actions = registration::portal(PLACE.origin).into_iter().enumerate();
    let text = actions.map(|(at, action)| {
        let values: String = action.values.iter().map(|value| format!("   - `{value}`\n")).collect();
        format!("{}. {}\n{values}", at + 1, action.text)
    });
    text.collect()
}

/// The blocks of the docs that the code writes, between two comments of their name. `LATCHKEY_WRITE_DOCS=1` writes them.
#[test]
fn the_docs_say_what_the_code_says() {
    let fenced = |language: &str, text: &str| format!("```{language}\n{}\n```\n", text.trim_end());
    let scopes: String =
        Scope::ALL.iter().map(|scope| format!("| `{}` | {} |\n", scope.name(), latchkey::text::partner::scope_words(*scope))).collect();
    let blocks = [
        ("portal", portal_text()),
        ("azure-cli", fenced("sh", &registration::azure_cli(PLACE))),
        ("azure-cli-consent", fenced("sh", &registration::azure_cli_consent(PLACE))),
        ("powershell-consent", fenced("powershell", &registration::powershell_consent(PLACE))),
        ("powershell", fenced("powershell", &registration::powershell(PLACE))),
        ("config", fenced("json", &registration::config(PLACE, "", "APP-ID"))),
        ("scopes", format!("| permission | what it lets you do |\n|---|---|\n{scopes}")),
    ];
    for file in ["docs/registering.md", "README.md"] {
        let mut text = std::fs::read_to_string(file).unwrap();
        let before = text.clone();
        for (name, block) in &blocks {
            let (open, close) = (format!("<!-- made by the code: {name} -->\n"), format!("<!-- end: {name} -->"));
            let Some(start) = text.find(&open).map(|at| at + open.len()) else { continue };
            let end = start + text[start..].find(&close).unwrap_or_else(|| panic!("{file}: {name} has no end"));
            text.replace_range(start..end, block);
        }
        if std::env::var_os("LATCHKEY_WRITE_DOCS").is_some() {
            std::fs::write(file, &text).unwrap();
        } else {
            assert!(
                text == before,
                "{file} says something else than the code: run LATCHKEY_WRITE_DOCS=1 cargo test --test core registration"
            );
        }
        assert!(before.contains("<!-- made by the code: scopes -->") || file != "docs/registering.md");
    }
}

#[test]
fn every_scope_has_its_own_id() {
    let mut ids: Vec<&str> = Scope::ALL.iter().map(|scope| scope.id()).collect();
    assert!(ids.iter().all(|id| latchkey::domain::ids::is_guid(id)));
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), NAMES.len());
}

/// What the texts send makes one registration, however often it is sent, and the page signs in with it and gets all that it asks for.
#[test]
fn the_page_signs_in_with_the_registration_that_the_texts_make() {
    let mut bench = Bench::start(Options::default());
    let admin = bench.sign_in("admin@partner.example", EVERYTHING);
    let name = "latchkey-page-your-host";
    assert!(registration::azure_cli(PLACE).contains(&format!("(uniqueName='{name}')")));
    let path = format!("/applications(uniqueName='{name}')");
    let send = |request: GraphRequest| {
        let body = bench.batch(&admin.access_token, &batch::body(&[request])).expect("an answer");
        (body["responses"][0]["status"].as_u64().unwrap(), body["responses"][0]["body"].clone())
    };
    for status in [201, 204] {
        let (found, body) = send(GraphRequest::patch(&path, registration::body(&bench.config.origin)).create_if_missing());
        assert_eq!(found, status, "{body}");
        bench.control("POST", "/clock", &json!({"advanceSeconds": 5}));
    }
    let (_, app) = send(GraphRequest::get(&path));
    let values: Vec<&Value> = app["appRoles"].as_array().unwrap().iter().map(|role| &role["value"]).collect();
    assert_eq!(values, ["AppSessions.Access", "AppSessions.Manage"]);
    let client_id = app["appId"].as_str().unwrap().to_owned();
    assert_eq!(send(GraphRequest::post("/servicePrincipals", json!({"appId": client_id}))).0, 201);
    bench.control("POST", "/clock", &json!({"advanceSeconds": 5}));
    // The optional last step, as its text sends it.
    let consent = registration::azure_cli_consent(PLACE);
    let scopes = consent.split_once("scopes='").and_then(|(_, rest)| rest.split_once('\'')).expect("the scopes").0;
    let id_of = |app: &str| send(GraphRequest::get(format!("/servicePrincipals(appId='{app}')"))).1["id"].as_str().unwrap().to_owned();
    let (principal, api) = (id_of(&client_id), id_of(latchkey::domain::permission::GRAPH));
    let listed = format!("/servicePrincipals/{principal}/oauth2PermissionGrants");
    assert_eq!(send(GraphRequest::get(&listed)).1["value"], json!([]));
    let grant = json!({"clientId": principal, "consentType": "AllPrincipals", "resourceId": api, "scope": scopes});
    assert_eq!(send(GraphRequest::post("/oauth2PermissionGrants", grant)).0, 201);
    bench.control("POST", "/clock", &json!({"advanceSeconds": 5}));
    let grants = send(GraphRequest::get(&listed)).1["value"].clone();
    let again = format!("/oauth2PermissionGrants/{}", grants[0]["id"].as_str().unwrap());
    assert_eq!(send(GraphRequest::patch(&again, json!({"scope": scopes}))).0, 204);
    let hosted = match Config::read(&config_of(&bench, ""), "emulator", &bench.config.origin) {
        Err(ConfigFault::NoClientId(hosted)) => *hosted,
        other => panic!("{other:?}"),
    };
    let place = Place { cloud: hosted.cloud, origin: &hosted.origin, graph: &hosted.graph };
    let file = registration::config(place, &hosted.login, &client_id);
    bench.config = Config::read(&file, "emulator", &bench.config.origin).expect("the file is good");
    let tokens = bench.sign_in("admin@partner.example", Scopes::SIGN_IN);
    assert!(tokens.claims.login_hint.is_some(), "the optional claim comes");
    for person in ["admin@partner.example", "reader@partner.example"] {
        assert!(EVERYTHING.missing_in(&bench.sign_in(person, EVERYTHING).scope).is_empty(), "{person} is asked for no consent");
    }
}

fn config_of(bench: &Bench, client_id: &str) -> String {
    json!({"cloud": "emulator", "clientId": client_id, "redirectOrigin": "", "loginOrigin": bench.config.login, "graphOrigin": bench.config.graph}).to_string()
}

#[test]
fn each_cloud_has_its_name_and_its_commands() {
    for cloud in Cloud::ALL {
        assert_eq!(Cloud::parse(cloud.name()), Some(cloud));
        let graph = cloud.origins().map_or("http://localhost:8402", |(_, graph)| graph);
        let place = Place { cloud, graph, ..PLACE };
        for text in [registration::azure_cli(place), registration::powershell(place)] {
            assert!(text.contains(graph) && text.contains("https://YOUR-HOST/auth"), "{text}");
        }
        for text in [registration::azure_cli_consent(place), registration::powershell_consent(place)] {
            assert!(text.contains(graph) && NAMES.iter().all(|name| text.contains(name)), "{text}");
        }
        // The Azure CLI knows one Graph a cloud, and gets a token for no other without its name.
        let is_foreign = matches!(cloud, Cloud::UsgovDod | Cloud::France | Cloud::Germany | Cloud::Singapore);
        for text in [registration::azure_cli(place), registration::azure_cli_consent(place)] {
            let named = ["az rest", "$(send", "  send"]
                .map(|sent| text.matches(&format!("{sent} --resource {graph} ")).count())
                .iter()
                .sum::<usize>();
            assert_eq!(named, if is_foreign { text.matches(" --method ").count() } else { 0 }, "{text}");
        }
    }
    let in_cloud = |cloud| Place { cloud, ..PLACE };
    assert!(registration::azure_cli(in_cloud(Cloud::Usgov)).contains("az cloud set --name AzureUSGovernment"));
    assert!(registration::powershell(in_cloud(Cloud::China)).contains("-Environment China"));
    assert!(!registration::powershell(PLACE).contains("-Environment"));
}

/// A shell reads a compound command to its end before it runs anything, so the texts can be pasted.
#[test]
fn a_shell_takes_each_text_as_one_command() {
    let hostile = Place { origin: "https://it's-$(id)`id`.example", ..PLACE };
    for text in [PLACE, hostile].iter().flat_map(|place| [registration::azure_cli(*place), registration::azure_cli_consent(*place)]) {
        assert!(text.starts_with("(\n") && text.ends_with("\n)\n"), "{text}");
        let checked = std::process::Command::new("bash").args(["-n", "-c", &text]).output().unwrap();
        assert!(checked.status.success(), "{}\n{text}", String::from_utf8_lossy(&checked.stderr));
    }
    for text in [registration::powershell(PLACE), registration::powershell_consent(PLACE)] {
        assert!(text.starts_with("& {\n") && text.ends_with("\n}\n"), "{text}");
        assert_eq!(text.matches('{').count(), text.matches('}').count(), "{text}");
    }
}

/// The Azure CLI's text with a stand-in for `az`: what it sends, in which order, the first time and the second.
#[test]
fn the_azure_cli_text_makes_nothing_twice() {
    let folder = std::env::temp_dir().join(format!("latchkey-registration-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let az = r#"#!/usr/bin/env bash
echo "$*" >> "$STAGE/sent"
case "$*" in
  "account show --output none") ;;
  "account show"*) echo a-tenant ;;
  *"--method patch"*uniqueName=*) if [ ! -e "$STAGE/app" ]; then touch "$STAGE/app"; echo an-app; fi ;;
  *"--method get"*uniqueName=*) echo an-app ;;
  *"--method get"*"/oauth2PermissionGrants"*) if [ -e "$STAGE/grant" ]; then echo a-grant; fi ;;
  *"--method post"*"/oauth2PermissionGrants"*) touch "$STAGE/grant" ;;
  *"--method get"*"(appId='an-app')"*) if [ -e "$STAGE/principal" ]; then [[ $* == *"--output none" ]] || echo a-principal; else exit 3; fi ;;
  *"--method get"*"(appId='00000003-"*) echo graph-principal ;;
  *"--method post"*"/servicePrincipals "*) touch "$STAGE/principal" ;;
  *"--method patch"*"/oauth2PermissionGrants/a-grant "*) ;;
  *) exit 9 ;;
esac
"#;
    std::fs::write(folder.join("az"), az).unwrap();
    let mut rights = std::fs::metadata(folder.join("az")).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o755);
    std::fs::set_permissions(folder.join("az"), rights).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let run = |text: &str| {
        let done = std::process::Command::new("bash").args(["-c", text]).env("PATH", &path).env("STAGE", &folder).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    for _ in 0..2 {
        assert_eq!(run(&registration::azure_cli(PLACE)), "Tenant: a-tenant\nApplication (client) ID: an-app\n");
        run(&registration::azure_cli_consent(PLACE));
    }
    let sent = std::fs::read_to_string(folder.join("sent")).unwrap();
    let posts: Vec<&str> = sent.lines().filter(|line| line.contains("--method post")).collect();
    assert_eq!(posts.len(), 2, "one service principal and one grant: {sent}");
    assert!(posts[0].contains("/servicePrincipals ") && posts[0].ends_with(r#"{"appId":"an-app"}"#), "{}", posts[0]);
    let body: Value = serde_json::from_str(posts[1].split_once("--body ").unwrap().1).unwrap();
    assert_eq!(
        (&body["clientId"], &body["resourceId"], &body["consentType"]),
        (&json!("a-principal"), &json!("graph-principal"), &json!("AllPrincipals"))
    );
    assert!(NAMES.iter().all(|name| body["scope"].as_str().unwrap().split(' ').any(|scope| scope == *name)));
    std::fs::remove_dir_all(&folder).unwrap();
}
