//! What the page hands out as text: commands, calendars, evidence, and the history of a browser.

use crate::journal::{app_session, run};
use latchkey::domain::ids::{AppId, TenantId};
use latchkey::domain::origin::Origin;
use latchkey::domain::time::Instant;
use latchkey::plan::backup::{self, BackupFault};
use latchkey::text::calendar::{self, End};
use latchkey::text::commands::{Connection, connect};
use latchkey::text::evidence;
use proptest::prelude::*;
use std::io::Write;
use std::process::{Command, Stdio};

fn all_commands() -> Vec<latchkey::text::commands::Command> {
    let (tenant, app) =
        (TenantId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").unwrap(), AppId::parse("9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77").unwrap());
    let with = |thumbprint| Connection {
        tenant: &tenant,
        domain: Some("contoso.onmicrosoft.com"),
        app: &app,
        login: "https://login.microsoftonline.com",
        graph: "https://graph.microsoft.com",
        thumbprint,
    };
    let mut all = connect(&with(None));
    all.extend(connect(&with(Some("AABBCCDDEEFF00112233445566778899AABBCCDD"))));
    all
}

#[test]
fn every_command_is_well_formed_in_its_language() {
    let mut powershell = tree_sitter::Parser::new();
    powershell.set_language(&tree_sitter_powershell::LANGUAGE.into()).unwrap();
    let has_fault = |text: &str, parser: &mut tree_sitter::Parser| parser.parse(text, None).unwrap().root_node().has_error();
    assert!(has_fault("Connect-MgGraph -TenantId 'x", &mut powershell), "a quote that does not end is noticed");
    let mut checked = 0;
    for command in all_commands() {
        match command.tool {
            "Microsoft Graph PowerShell" | "Exchange Online PowerShell" => {
                assert!(!has_fault(&command.text, &mut powershell), "{}", command.text);
                assert!(command.note.is_some(), "{} is not run anywhere, and says so", command.tool);
            }
            "Azure CLI" | "curl" => {
                let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
                bash.stdin.take().unwrap().write_all(command.text.as_bytes()).unwrap();
                let output = bash.wait_with_output().unwrap();
                assert!(output.status.success(), "{}: {}", command.text, String::from_utf8_lossy(&output.stderr));
            }
            // These are run by tests/foreign.
            "MSAL for Python" | "MSAL for Node" => assert!(command.note.is_none()),
            other => panic!("{other} is not checked"),
        }
        checked += 1;
    }
    assert_eq!(checked, 11);
}

#[test]
fn commands_hold_no_secret() {
    let text: Vec<String> = all_commands().into_iter().map(|command| format!("# {}\n{}", command.tool, command.text)).collect();
    insta::assert_snapshot!("commands", text.join("\n\n"));
}

proptest! {
    #[test]
    fn a_calendar_keeps_to_its_lines(name in "\\PC{0,200}") {
        let ends = [End { id: "a".into(), title: name.clone(), note: format!("{name}\n;,\\"), at: Instant(1_810_000_000_000) }];
        let text = calendar::write(&ends, Instant(1_795_000_000_000));
        for line in text.split("\r\n") {
            prop_assert!(line.len() <= 75, "{line}");
            prop_assert!(!line.contains(['\r', '\n']));
        }
        let unfolded = text.replace("\r\n ", "");
        let of = |property: &str| unfolded.lines().filter(|line| line.starts_with(property)).count();
        prop_assert_eq!((of("BEGIN:VEVENT"), of("BEGIN:VALARM"), of("DTSTART;VALUE=DATE:20270511"), of("END:VCALENDAR")), (1, 3, 1, 1));
    }
}

#[test]
fn a_history_comes_back_to_be_read() {
    let now = Instant(1_795_000_000_000);
    let text = backup::write(vec![app_session()], vec![run()], now);
    let back = backup::read(&text, now).unwrap();
    let imported = latchkey::domain::session::SessionRecord { origin: Origin::Imported, ..app_session() };
    assert_eq!(back.sessions, [imported]);
    assert_eq!(back.runs[0].origin, Origin::Imported);
    assert!(run().current().is_some(), "the run is not over");
    assert!(back.runs[0].cancelled, "nothing is sent when its page is opened");
    assert_eq!(back.runs[0].steps, run().steps);
    let fault = |text: &str| backup::read(text, now).unwrap_err();
    assert_eq!(fault("nonsense"), BackupFault::Unreadable { line: 1 });
    assert_eq!(fault(&text.replacen("\"latchkey\": 1", "\"latchkey\": 2", 1)), BackupFault::Newer);
    assert_eq!(fault(&text.replacen("\"schema\": 1", "\"schema\": 2", 1)), BackupFault::Newer);
    assert!(
        matches!(fault(&text.replacen("\"sessions\"", "\"surprise\": 1,\n\"sessions\"", 1)), BackupFault::Unreadable { line } if line > 1)
    );
}

#[test]
fn evidence_tells_who_where_when_and_what() {
    let text = evidence::write(&run());
    for part in ["Contoso", "ada@contoso.com", "\"latchkeyEvidence\": 1", "\"title\""] {
        assert!(text.contains(part), "{part} in {text}");
    }
}
