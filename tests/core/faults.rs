//! Each error of the reference becomes a sentence with its next step; decisions don't depend on numbers or texts.

use latchkey::entra::fault::{EntraFault, Remedy};
use latchkey::entra::scopes::Feature;
use latchkey::graph::answer::Fault;
use latchkey::text::faults;

fn body(error: &str, suberror: Option<&str>, number: u32) -> Vec<u8> {
    let mut body = serde_json::json!({"error": error, "error_description": format!("AADSTS{number}: Something long. Trace ID: t Correlation ID: c-9 Timestamp: 2026-11-23 08:15:42Z"),
        "error_codes": [number], "correlation_id": "c-9", "timestamp": "2026-11-23 08:15:42Z"});
    if let Some(suberror) = suberror {
        body["suberror"] = suberror.into();
    }
    body.to_string().into_bytes()
}

#[test]
fn decisions_follow_error_and_suberror_alone() {
    for (error, suberror, remedy) in [
        ("invalid_grant", Some("consent_required"), Remedy::Consent),
        ("unauthorized_client", None, Remedy::Consent),
        ("interaction_required", None, Remedy::SignIn),
        ("invalid_grant", None, Remedy::SignIn),
        ("invalid_grant", Some("basic_action"), Remedy::SignIn),
        ("temporarily_unavailable", None, Remedy::Later),
        ("server_error", None, Remedy::Later),
        ("invalid_client", None, Remedy::Stop),
        ("something_new", None, Remedy::Stop),
    ] {
        for number in [65001, 50020, 7] {
            let fault = EntraFault::from_json(&body(error, suberror, number)).expect("an error");
            assert_eq!(fault.remedy(), remedy, "{error} {suberror:?} {number}");
        }
    }
}

/// The numbers that the reference lists as reaching a page, by endpoint or by redirect.
const LISTED: &[u32] = &[
    700_016, 7_000_112, 70001, 7_000_229, 9_001_023, 700_025, 7_000_218, 9_002_325, 9_002_326, 9_002_327, 50147, 501_481, 900_144, 90023,
    900_561, 70003, 700_022, 70011, 50001, 500_011, 650_057, 65005, 90033, 90090, 9_002_332, 700_005, 700_011, 65001, 65004, 90094, 90093,
    90095, 90099, 650_051, 50105, 16000, 16003, 50020, 50177, 50034, 50053, 50055, 50057, 50059, 50128, 90002, 900_023, 5_000_224, 50072,
    50079, 50074, 50076, 50078, 50158, 50097, 53000, 53001, 53002, 53003, 53004, 530_032, 530_034, 530_035, 53011, 500_212, 500_213, 90072,
    50140, 50131, 90038, 900_382, 900_432, 901_002, 54005, 50196, 50089, 90013, 90008, 90009, 500_021, 500_022, 50178, 53010, 50058, 70008,
    700_082, 700_084, 70043, 50132, 50133, 50173, 70000, 700_003, 90055,
];

#[test]
fn every_listed_number_gets_a_sentence_a_next_step_and_the_id_to_quote() {
    let mut said = String::new();
    for number in LISTED {
        let fault = EntraFault::from_json(&body("invalid_grant", None, *number)).expect("an error");
        let notice = faults::entra(&fault, "Contoso");
        assert!(notice.what.ends_with('.') && notice.next.ends_with('.'), "{number}: {notice:?}");
        assert!(!notice.what.contains("AADSTS") && !notice.what.contains("Something long"), "{number}");
        assert!(notice.details_text().contains("c-9") && notice.details_text().contains(&format!("AADSTS{number}")), "{number}");
        said.push_str(&format!("{number}: {} {}\n", notice.what, notice.next));
    }
    insta::assert_snapshot!("sentences_of_entra", said);
}

#[test]
fn an_error_without_a_number_is_understood_too() {
    let fault = EntraFault::from_json(br#"{"error":"server_error"}"#).expect("an error");
    assert_eq!(fault.remedy(), Remedy::Later);
    assert_eq!(fault.number, None);
    assert!(EntraFault::from_json(b"<html>").is_none());
    assert!(EntraFault::from_json(b"{}").is_none());
}

#[test]
fn the_scopes_of_each_feature_are_pinned() {
    let all: String = [Feature::SignIn, Feature::AppSessions, Feature::Partner]
        .into_iter()
        .map(|feature| format!("{feature:?}: {}\n", feature.scope("https://graph.microsoft.com")))
        .collect();
    insta::assert_snapshot!("scopes", all);
}

#[test]
fn a_narrower_grant_names_what_is_missing() {
    let granted = "https://graph.microsoft.com/Directory.Read.All openid profile";
    assert_eq!(Feature::Partner.missing_in(granted), ["DelegatedAdminRelationship.Read.All"]);
    assert!(Feature::Partner.missing_in("directory.read.all DelegatedAdminRelationship.Read.All").is_empty());
}

/// What is said when something is only read: each has a next step, and none speaks of a run or a step.
#[test]
fn sentences_of_reads() {
    let fault = |status: u16, code: &str| Fault { status, code: code.into(), request_id: Some("r-1".into()), ..Fault::default() };
    let said: Vec<String> = [
        (403, "Authorization_RequestDenied"),
        (403, "Forbidden"),
        (401, "SignInNeeded"),
        (404, "Request_ResourceNotFound"),
        (429, "TooManyRequests"),
        (503, "ServiceUnavailable"),
        (0, "NoAnswer"),
        (0, "ForeignLink"),
        (200, "UnreadableAnswer"),
        (400, "Request_BadRequest"),
    ]
    .into_iter()
    .map(|(status, code)| {
        let notice = faults::reading(&fault(status, code), "Reading the customers");
        assert!(!notice.next.is_empty() && notice.details_text().contains("r-1"), "{status} {code}");
        format!("{} {}", notice.what, notice.next)
    })
    .collect();
    for text in &said {
        assert!(
            !["run", "step", "Retry"].iter().any(|word| text.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word)),
            "{text}"
        );
    }
    insta::assert_snapshot!(said.join("\n"));
}
