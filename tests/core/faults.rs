//! Each refusal becomes a sentence, its next step, and the buttons that fit: all from one decision.

use latchkey::customers::check::{Fate, fate};
use latchkey::customers::{ConsentState, Note, Refusal};
use latchkey::entra::claims;
use latchkey::entra::fault::{EntraFault, Meaning, Reason, Way};
use latchkey::entra::scopes::Scopes;
use latchkey::graph::answer::{Fault, NoToken, OwnFault};
use latchkey::text::{faults, partner};
use serde_json::{Value, json};

fn body(error: &str, suberror: Option<&str>, number: u32) -> Vec<u8> {
    let mut body = serde_json::json!({"error": error, "error_description": format!("AADSTS{number}: Something long. Trace ID: t Correlation ID: c-9 Timestamp: 2026-11-23 08:15:42Z"),
        "error_codes": [number], "correlation_id": "c-9", "timestamp": "2026-11-23 08:15:42Z"});
    if let Some(suberror) = suberror {
        body["suberror"] = suberror.into();
    }
    body.to_string().into_bytes()
}

/// The same number means the same, whatever OAuth word comes with it: which word Entra chooses is not documented.
#[test]
fn a_known_number_decides_whatever_word_comes_with_it() {
    for word in ["invalid_grant", "unauthorized_client", "invalid_client", "interaction_required", "access_denied", "something_new"] {
        for suberror in [None, Some("consent_required"), Some("basic_action")] {
            for (number, meaning) in [
                (90099, Meaning::Consent),
                (65001, Meaning::Consent),
                (650_056, Meaning::Consent),
                (700_016, Meaning::Consent),
                (7_000_229, Meaning::Consent),
                (700_011, Meaning::Consent),
                (50020, Meaning::NoAccess),
                (50105, Meaning::NoAccess),
                (7_000_112, Meaning::NoAccess),
                (50034, Meaning::NoAccess),
                (50076, Meaning::PolicyAsks),
                (500_121, Meaning::PolicyAsks),
                (50131, Meaning::PolicyForbids),
                (530_033, Meaning::PolicyForbids),
                (530_084, Meaning::PolicyForbids),
                (50005, Meaning::PolicyForbids),
                (500_212, Meaning::PolicyForbids),
                (500_213, Meaning::PolicyForbids),
                (700_084, Meaning::SignInEnded),
                (70044, Meaning::SignInEnded),
                (50173, Meaning::SignInEnded),
                (9_002_326, Meaning::Registration),
                (90002, Meaning::Gone),
                (90055, Meaning::Later),
            ] {
                let fault = EntraFault::from_json(&body(word, suberror, number)).expect("an error");
                assert_eq!(fault.meaning(false), meaning, "{word} {suberror:?} {number}");
                assert_eq!(fault.meaning(true), meaning, "{word} {suberror:?} {number} at home");
            }
        }
    }
}

#[test]
fn t39_without_a_known_number_the_oauth_words_decide() {
    let meaning = |error: &str, suberror: Option<&str>, number: u32| {
        let fault = EntraFault::from_json(&body(error, suberror, number)).expect("an error");
        (fault.meaning(false), fault.meaning(true))
    };
    assert_eq!(meaning("invalid_grant", Some("consent_required"), 7).0, Meaning::Consent);
    assert_eq!(meaning("interaction_required", None, 7).0, Meaning::PolicyAsks);
    assert_eq!(meaning("invalid_grant", Some("basic_action"), 7).0, Meaning::PolicyAsks);
    assert_eq!(meaning("temporarily_unavailable", None, 7).0, Meaning::Later);
    // A customer's tenant speaks for itself; the own tenant's word on the sign-in's token counts everywhere.
    assert_eq!(meaning("invalid_grant", None, 7), (Meaning::Unknown, Meaning::SignInEnded));
    assert_eq!(meaning("something_new", None, 7), (Meaning::Unknown, Meaning::Unknown));
}

/// Refusals that people met: what is said, and which button stands beside it.
#[test]
fn refusals_of_the_field() {
    let token = |number: u32| EntraFault::from_json(&body("invalid_grant", None, number)).expect("an error");
    let redirect = |error: &str, text: &str| EntraFault::from_redirect(error, None, Some(text));
    let unapproved = faults::entra(&token(90099), "Contoso", false);
    assert_eq!(unapproved.way, Way::Consent);
    assert!(unapproved.next.contains("consent URL"), "{unapproved:?}");
    let policy = faults::entra(&token(530_084), "Contoso", false);
    assert_eq!(policy.way, Way::Nothing);
    assert!(policy.next.contains("Signing in again does not help"), "{policy:?}");
    let factor = faults::entra(&redirect("access_denied", "AADSTS500121: strong authentication failed"), "Contoso", false);
    assert!(!factor.what.contains("Cancel"), "{factor:?}");
    assert_eq!(factor.way, Way::SignIn);
    let other = faults::consent_page(&redirect("access_denied", "AADSTS50020: account of another tenant"));
    assert!(other.next.contains("administrator of that tenant"), "{other:?}");
    let long = redirect(
        "invalid_client",
        "AADSTS650051: Value length '14144' is out of the valid range of '1' to '8000' for property 'DelegationScope'.",
    );
    assert_eq!(long.reason, Reason::TooManyScopes);
    assert!(faults::consent_page(&long).next.contains("8,000 characters"));
    assert_eq!(redirect("invalid_client", "AADSTS650051: already present").reason, Reason::StillSettingUp);
    for (fault, is_cancelled) in [
        (redirect("access_denied", "the user cancelled"), true),
        (EntraFault::from_redirect("access_denied", Some("cancel"), Some("AADSTS65004: declined")), true),
        (redirect("access_denied", "AADSTS65004: declined"), true),
        (redirect("access_denied", "AADSTS1234567: something new"), false),
    ] {
        assert_eq!(fault.meaning(false) == Meaning::Declined, is_cancelled, "{fault:?}");
    }
    let unknown = faults::entra(&redirect("access_denied", "AADSTS1234567: something new"), "Contoso", false);
    assert!(unknown.what.contains("AADSTS1234567") && !unknown.next.to_lowercase().contains("sign in"), "{unknown:?}");
}

/// One customer's answer is that customer's: only what is about the sign-in itself ends a check of many.
#[test]
fn one_customers_refusal_ends_no_check_of_many() {
    for number in LISTED.iter().copied().chain([530_084, 500_121, 1_234_567]) {
        for word in ["invalid_grant", "interaction_required", "unauthorized_client", "invalid_client"] {
            let fault = EntraFault::from_json(&body(word, None, number)).expect("an error");
            let is_own = [700_084, 700_082, 70043, 70044, 50173, 50133, 50132, 70008, 70000, 700_003, 54005, 50089, 50196, 700_005];
            match fate(&fault) {
                Fate::Ended => assert!(is_own.contains(&number), "{word} {number}"),
                Fate::Found(found) | Fate::FoundUnlessHome(found) => {
                    assert!(!is_own.contains(&number), "{word} {number}");
                    let note = Note { consent: Some(found), ..Note::default() };
                    let notice = partner::refusal(&note, "Contoso").expect("it refused");
                    assert_eq!(notice.way, fault.meaning(false).way(), "{word} {number}: words and buttons agree");
                }
                Fate::Later => assert_eq!(fault.meaning(false), Meaning::Later),
            }
        }
    }
}

/// What an older release kept without a reason is still read.
#[test]
fn a_block_without_its_reason_is_still_read() {
    let note: Note = serde_json::from_str(r#"{"alias":"A","consent":{"state":"blocked"}}"#).expect("a note");
    assert_eq!(partner::consent(&note).as_deref(), Some("Blocked by policy"));
    assert_eq!(note.alias, "A");
    let kept = serde_json::to_string(&ConsentState::Refused(Refusal { code: "AADSTS50076".into(), ..Refusal::default() })).expect("JSON");
    assert_eq!(
        serde_json::from_str::<ConsentState>(&kept).expect("a state"),
        ConsentState::Refused(Refusal { code: "AADSTS50076".into(), ..Refusal::default() })
    );
}

/// A refusal that a step notes is told with the same words and buttons when the run is opened again.
#[test]
fn a_refusal_survives_in_the_record_of_a_step() {
    let refused = EntraFault::from_json(&body("invalid_grant", None, 53003)).expect("an error");
    let noted = Fault { code: refused.code(), request_id: Some("c-9".into()), ..NoToken::Refused.fault("invalid_grant") };
    let (now, later) = (faults::entra(&refused, "Contoso", false), faults::no_token(&noted, "Contoso", false));
    assert_eq!((now.what, now.next, now.way), (later.what, later.next, later.way));
    assert!(!noted.ends_sign_in());
    assert!(Fault { code: "AADSTS700084".into(), ..NoToken::Refused.fault("invalid_grant") }.ends_sign_in());
    let twice = faults::no_token(&NoToken::ChallengedTwice.fault(""), "Contoso", false);
    assert!(twice.what.contains("twice") && twice.way == Way::Again, "{twice:?}");
    for (fault, way) in [(NoToken::SignedOut.fault(""), Way::SignIn), (NoToken::Missing.fault("User.ReadWrite.All"), Way::Consent)] {
        assert_eq!(faults::no_token(&fault, "Contoso", false).way, way);
        assert_eq!(faults::reading(&fault, faults::Read::Customers).way, way);
    }
}

#[test]
fn f36_f37_the_claims_parameter_says_what_this_client_can_do_and_what_is_asked_for() {
    let parsed = |challenge: Option<&str>| -> Value { serde_json::from_str(&claims::parameter(challenge)).expect("JSON") };
    assert_eq!(parsed(None), json!({"access_token": {"xms_cc": {"values": ["cp1"]}}}));
    let merged = parsed(Some(r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}},"id_token":{"x":null}}"#));
    assert_eq!(merged["access_token"]["acrs"]["value"], "c1");
    assert_eq!(merged["access_token"]["xms_cc"]["values"], json!(["cp1"]));
    assert!(merged["id_token"].is_object());
    for damaged in ["", "[]", "null", "\"x\"", "{\"access_token\":", r#"{"access_token":7}"#] {
        assert_eq!(parsed(Some(damaged))["access_token"]["xms_cc"]["values"], json!(["cp1"]), "{damaged}");
    }
    assert!(!claims::is_usable("[]") && !claims::is_usable(&format!("{{\"a\":\"{}\"}}", "x".repeat(5000))) && claims::is_usable("{}"));
    let unreadable = EntraFault::from_json(br#"{"error":"interaction_required","claims":"{damaged"}"#).expect("an error");
    assert_eq!((unreadable.claims.as_deref(), unreadable.meaning(false)), (None, Meaning::PolicyAsks));
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
fn f44_t39_every_listed_number_gets_a_sentence_a_next_step_and_the_id_to_quote() {
    let mut said = String::new();
    for number in LISTED {
        let fault = EntraFault::from_json(&body("invalid_grant", None, *number)).expect("an error");
        let notice = faults::entra(&fault, "Contoso", false);
        assert!(notice.what.ends_with('.') && notice.next.ends_with('.'), "{number}: {notice:?}");
        assert!(!notice.what.contains("Something long"), "{number}");
        assert!(notice.details_text().contains("c-9") && notice.details_text().contains(&format!("AADSTS{number}")), "{number}");
        said.push_str(&format!("{number}: {} {} [{:?}]\n", notice.what, notice.next, notice.way));
    }
    insta::assert_snapshot!("sentences_of_entra", said);
}

#[test]
fn an_error_without_a_number_is_understood_too() {
    let fault = EntraFault::from_json(br#"{"error":"server_error"}"#).expect("an error");
    assert_eq!(fault.meaning(false), Meaning::Later);
    assert_eq!(fault.number, None);
    assert!(EntraFault::from_json(b"<html>").is_none());
    assert!(EntraFault::from_json(b"{}").is_none());
}

#[test]
fn t14_the_scopes_of_each_feature_are_pinned() {
    let named = [("sign-in", Scopes::SIGN_IN), ("looking", Scopes::LOOK), ("partner", Scopes::PARTNER), ("consents", Scopes::CONSENTS)];
    let all: String =
        named.into_iter().map(|(name, scopes)| format!("{name}: {}\n", scopes.parameter("https://graph.microsoft.com"))).collect();
    insta::assert_snapshot!("scopes", all);
}

#[test]
fn f40_a_narrower_grant_names_what_is_missing() {
    let granted = "https://graph.microsoft.com/Directory.Read.All openid profile";
    assert_eq!(Scopes::PARTNER.missing_in(granted), ["DelegatedAdminRelationship.Read.All"]);
    assert!(Scopes::PARTNER.missing_in("directory.read.all DelegatedAdminRelationship.Read.All").is_empty());
}

/// What the page found itself has words of its own in a run, and a stored code that stays; no answer of Graph passes for it.
#[test]
fn own_faults_are_no_answers_of_graph() {
    let mut said: Vec<String> = Vec::new();
    for own in OwnFault::ALL {
        let fault = own.fault();
        assert_eq!(fault.own(), Some(own));
        let notice = faults::graph(&fault, "Creating the app registration", &[]);
        assert!(!notice.next.is_empty(), "{own:?}");
        said.push(format!("{}: {} {}", own.code(), notice.what, notice.next));
        let in_a_read = faults::reading(&fault, faults::Read::Customers);
        assert!(in_a_read.what.contains("ustomers") || own == OwnFault::WrongTenant, "{own:?}: {}", in_a_read.what);
    }
    insta::assert_snapshot!(said.join("\n"));
    let of_graph = Fault { status: 403, code: "WrongTenant".into(), message: "Not yours.".into(), ..Fault::default() };
    assert_eq!(of_graph.own(), None);
    // An answer of somebody else in Graph's place does not read as if Graph had refused.
    let unreadable = Fault { status: 200, ..OwnFault::UnreadableAnswer.fault() };
    let notice = faults::graph(&unreadable, "Creating the app registration", &[]);
    assert!(!notice.what.contains("refused") && notice.what.contains("not known"), "{}", notice.what);
}

/// What is said when something is only read: each has a next step, and none speaks of a run or a step.
#[test]
fn sentences_of_reads() {
    let fault = |status: u16, code: &str| Fault { status, code: code.into(), request_id: Some("r-1".into()), ..Fault::default() };
    let said: Vec<String> = [
        (403, "Authorization_RequestDenied"),
        (403, "Forbidden"),
        (401, "InvalidAuthenticationToken"),
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
        let notice = faults::reading(&fault(status, code), faults::Read::Customers);
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

/// Anybody can write an address: of what stands in it only Microsoft's own words, numbers and ids are ever shown.
#[test]
fn t12_t39_a_text_of_an_address_is_never_shown_as_microsofts() {
    let lure = "Call 0900 123456 to unlock your account";
    for (error, subcode, description) in [
        (lure, None, None),
        ("access_denied", Some(lure), Some(lure)),
        ("<b>server_error</b>", None, Some(lure)),
        ("access_denied", None, Some("AADSTS65004: Call 0900 123456. Trace ID: x Correlation ID: Call-0900 Timestamp: Call 0900 123456")),
        ("another_one", None, Some("AADSTS1: Correlation ID: 0900-123456 Timestamp: 2026-11-23 08:15:42Z, call 0900 123456")),
    ] {
        let fault = EntraFault::from_redirect(error, subcode, description);
        for notice in [faults::consent_page(&fault), faults::entra(&fault, "the tenant", false)] {
            let said = format!("{} {} {}", notice.what, notice.next, notice.details_text());
            assert!(!said.contains("0900") && !said.contains("Call") && !said.contains('<'), "{error}: {said}");
        }
    }
    let real = EntraFault::from_redirect(
        "access_denied",
        None,
        Some("AADSTS65004: Declined. Correlation ID: 8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60 Timestamp: 2026-11-23 08:15:42Z"),
    );
    let details = faults::consent_page(&real).details_text();
    for part in ["access_denied", "AADSTS65004", "8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60", "2026-11-23 08:15:42Z"] {
        assert!(details.contains(part), "{part} in {details}");
    }
}

/// The same flow with other texts and without numbers: the words of OAuth decide, and what was written beside them is not shown.
#[test]
fn t39_without_numbers_and_with_any_text_the_oauth_words_decide() {
    for (error, suberror, meaning) in [
        ("invalid_grant", Some("consent_required"), Meaning::Consent),
        ("interaction_required", None, Meaning::PolicyAsks),
        ("invalid_grant", Some("basic_action"), Meaning::PolicyAsks),
        ("temporarily_unavailable", None, Meaning::Later),
        ("server_error", None, Meaning::Later),
    ] {
        for text in ["", "<img src=x onerror=alert(1)>", "Etwas ganz anderes.", "javascript:alert(1)"] {
            let body = json!({"error": error, "suberror": suberror, "error_description": text, "error_uri": "javascript:alert(2)"});
            let fault = EntraFault::from_json(body.to_string().as_bytes()).expect("an error");
            assert_eq!(fault.meaning(false), meaning, "{error} {suberror:?} {text}");
            let notice = faults::entra(&fault, "Contoso", false);
            let said = format!("{} {} {}", notice.what, notice.next, notice.details_text());
            assert!(!said.contains("alert") && !said.contains("Etwas"), "{said}");
        }
    }
}

/// A tenant without a name stands in lower case within a sentence, and not at its start.
#[test]
fn a_tenant_without_a_name_fits_into_every_sentence() {
    let (mut at_start, mut within) = (0, 0);
    for number in [90099, 50020, 50034, 50076, 530_033, 700_016, 7_000_112, 90002] {
        for stand_in in [faults::THE_TENANT, faults::YOUR_TENANT] {
            let said = faults::entra(&EntraFault::of_code(&format!("AADSTS{number}"), "", None), stand_in, false).what;
            let capital = format!("{}{}", stand_in[..1].to_uppercase(), &stand_in[1..]);
            assert!(!said.starts_with(stand_in), "{said}");
            assert!(!said.chars().skip(1).collect::<String>().contains(&capital), "{said}");
            (at_start, within) = (at_start + usize::from(said.starts_with(&capital)), within + usize::from(said.contains(stand_in)));
        }
    }
    assert!(at_start > 1 && within > 1, "both places occur: {at_start}, {within}");
}
