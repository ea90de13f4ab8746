//! Plans as scripts: parsed by bash itself and by PowerShell's grammar, with the most hostile names.

use crate::accounts::{calendar, connection, new_run, scene};
use latchkey::domain::blueprint::Blueprint;
use latchkey::plan::record::RunRecord;
use latchkey::text::script::{self, Language};
use latchkey::text::shell;
use proptest::prelude::*;
use std::io::Write;
use std::process::{Command, Output, Stdio};

const GRAPH: &str = "https://graph.microsoft.com";

fn bash(text: &str, flags: &[&str]) -> Output {
    let mut bash = Command::new("bash").args(flags).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    bash.wait_with_output().unwrap()
}

fn powershell_has_fault(text: &str) -> bool {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    parser.parse(text, None).unwrap().root_node().has_error()
}

fn named(mut run: RunRecord, name: &str) -> RunRecord {
    run.blueprint = Blueprint { name: name.into(), ..run.blueprint };
    run.tenant.name = name.into();
    run
}

#[test]
fn the_plan_of_the_calendar_job_as_scripts() {
    let scene = scene();
    let mut run = new_run(&scene, calendar());
    run.tenant.id = latchkey::domain::ids::TenantId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").unwrap();
    run.person.home = run.tenant.id.clone();
    run.started = latchkey::domain::time::Instant(1_795_000_000_000);
    let all = [Language::PowerShell, Language::AzureCli].map(|language| script::write(&run, GRAPH, language).unwrap());
    assert!(!powershell_has_fault(&all[0]), "{}", all[0]);
    assert!(bash(&all[1], &["-n"]).status.success());
    // Ids of the emulated tenant differ from run to run of the generator, names do not.
    insta::assert_snapshot!(all.join("\n----\n"));
}

#[test]
fn the_script_of_a_plan_that_takes_an_application_over_reads_its_client_id() {
    use latchkey::domain::ids::ObjectId;
    use latchkey::plan::step::kinds::AdoptApplication;
    let scene = scene();
    let mut run = new_run(&scene, calendar());
    let id = ObjectId::parse("6fb1f3a4-1f07-4c0f-9d5b-0a5d3b7c8e91").unwrap();
    run.steps[0].step = AdoptApplication { id, name: "Calendar sync".into() }.into();
    let powershell = script::write(&run, GRAPH, Language::PowerShell).unwrap();
    assert!(!powershell_has_fault(&powershell), "{powershell}");
    let read = powershell
        .find("$client = (Invoke-MgGraphRequest -Method GET -Uri ('https://graph.microsoft.com/v1.0/applications/6fb1f3a4-")
        .unwrap();
    assert!(read < powershell.find("appId='' + $client").or(powershell.find("+ $client")).unwrap(), "{powershell}");
    let azure = script::write(&run, GRAPH, Language::AzureCli).unwrap();
    assert!(bash(&azure, &["-n"]).status.success());
    assert!(azure.contains("client=$(az rest") && azure.contains("--query appId --output tsv)"), "{azure}");
}

#[test]
fn what_stands_in_the_way_of_a_script_is_said_at_its_head() {
    let scene = scene();
    let mut run = new_run(&scene, calendar());
    let write = |run: &RunRecord, graph: &str, language| script::write(run, graph, language).unwrap();
    assert!(write(&run, GRAPH, Language::AzureCli).contains("Microsoft answers 403 to those steps"));
    assert!(!write(&new_run(&scene, connection()), GRAPH, Language::AzureCli).contains("answers 403"));
    assert!(!write(&run, GRAPH, Language::PowerShell).contains("AADSTS90099"), "at home nobody else has to approve");
    run.tenant.id = latchkey::domain::ids::TenantId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").unwrap();
    let powershell = write(&run, "https://microsoftgraph.chinacloudapi.cn", Language::PowerShell);
    assert!(powershell.contains("AADSTS90099") && powershell.contains("Connect-MgGraph -Environment China -TenantId"), "{powershell}");
    assert!(!powershell_has_fault(&powershell));
    let azure = write(&run, "https://graph.microsoft.us", Language::AzureCli);
    assert!(azure.contains("az cloud set --name AzureUSGovernment\naz login"), "{azure}");
    assert!(bash(&azure, &["-n"]).status.success());
}

#[test]
fn no_script_holds_a_password_and_each_asks_for_it() {
    let scene = scene();
    let run = new_run(&scene, connection());
    let powershell = script::write(&run, GRAPH, Language::PowerShell).unwrap();
    assert!(powershell.contains("-AsSecureString") && powershell.contains("+ $password +"), "{powershell}");
    let bash = script::write(&run, GRAPH, Language::AzureCli).unwrap();
    assert!(bash.contains("env.PASSWORD") && bash.contains("IFS= read -rsp"), "{bash}");
    for text in [powershell, bash] {
        assert!(!text.contains("not shown here"), "the stand-in is replaced: {text}");
    }
}

#[test]
fn hostile_names_stay_texts_in_both_shells() {
    let scene = scene();
    let run = new_run(&scene, calendar());
    for name in [
        "O'Neil & Sons; rm -rf /",
        "$(touch /tmp/x) `id`",
        "a\u{2019}; Remove-Item C: #\u{2018}",
        "\"quoted\" %PATH% {0}",
        "-Method DELETE",
        "@{a=1}",
    ] {
        let run = named(run.clone(), name);
        let powershell = script::write(&run, GRAPH, Language::PowerShell).unwrap();
        assert!(!powershell_has_fault(&powershell), "{powershell}");
        let text = script::write(&run, GRAPH, Language::AzureCli).unwrap();
        assert!(bash(&text, &["-n"]).status.success(), "{text}");
    }
    assert_eq!(script::write(&named(run, "two\nlines"), GRAPH, Language::AzureCli), None, "a line break would end a comment");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_quoted_for_bash_comes_out_as_it_was(text in "[^\\p{Cc}]{0,60}") {
        let quoted = shell::bash(&text).unwrap();
        let output = bash(&format!("printf '%s' {quoted}"), &[]);
        prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
    }

    #[test]
    fn what_is_quoted_for_powershell_is_one_literal(text in "[^\\p{Cc}]{0,60}") {
        let quoted = shell::powershell(&text).unwrap();
        let inner = &quoted[1..quoted.len() - 1];
        // Each of the five quotes comes in pairs, so that none of them ends the literal.
        let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
        let mut chars = inner.chars().peekable();
        let mut back = String::new();
        while let Some(c) = chars.next() {
            if is_quote(c) {
                prop_assert_eq!(chars.next(), Some(c), "{}", quoted);
            }
            back.push(c);
        }
        prop_assert_eq!(back, text);
    }

    #[test]
    fn control_characters_are_refused(text in "[a-z]{0,5}[\\x00-\\x1f\\x7f][a-z]{0,5}") {
        prop_assert_eq!(shell::bash(&text), None);
        prop_assert_eq!(shell::powershell(&text), None);
    }
}
