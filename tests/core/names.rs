//! The rules for names and redirect URIs.

use latchkey::domain::name::{NameFault, NameWarning, check, marked, warnings};
use latchkey::domain::redirect::{RedirectFault, check as check_redirect_uri};
use latchkey::graph::answer::Outcome;
use latchkey::graph::applications::Application;
use latchkey::graph::directory;
use latchkey::graph::partner::Customer;
use proptest::prelude::*;

#[test]
fn blanks_at_the_ends_are_dropped_and_emptiness_is_refused() {
    assert_eq!(check("  Nightly report "), Ok("Nightly report"));
    assert_eq!(check("   "), Err(NameFault::Empty));
    assert_eq!(check(&"x".repeat(121)), Err(NameFault::TooLong));
    assert!(check(&"ß".repeat(120)).is_ok(), "characters count, not bytes");
}

#[test]
fn a_name_can_not_hide_characters() {
    for hidden in ['\u{202e}', '\u{200b}', '\u{feff}', '\u{2066}', '\u{ad}', '\n', '\u{e0041}'] {
        assert_eq!(check(&format!("Report{hidden}er")), Err(NameFault::Hidden(hidden)), "{hidden:?}");
    }
}

/// What others named: nothing in it hides, on the screen, in copies and in files, since it is marked where it comes in.
#[test]
fn t01_names_of_others_are_marked_where_they_come_in() {
    assert_eq!(marked("Contoso GmbH & Søn שלום"), "Contoso GmbH & Søn שלום");
    assert_eq!(marked("\u{202e}tnemyaP\u{200b}"), "⟨U+202E⟩tnemyaP⟨U+200B⟩");
    assert_eq!(marked(&marked("a\u{2066}b\n")), "a⟨U+2066⟩b⟨U+000A⟩", "once is enough");
    let hostile = "A\u{202e}B";
    let app: Application = serde_json::from_value(serde_json::json!({"id": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11",
        "appId": "9b1f6f3e-0c8e-4c6f-8a52-3d1f6f0c2a77", "displayName": hostile, "passwordCredentials": [{"keyId": "k", "displayName": hostile}]}))
    .unwrap();
    assert_eq!((app.display_name.as_str(), app.password_credentials[0].display_name.as_deref()), ("A⟨U+202E⟩B", Some("A⟨U+202E⟩B")));
    let customer: Customer =
        serde_json::from_value(serde_json::json!({"tenantId": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11", "displayName": hostile})).unwrap();
    assert_eq!(customer.display_name, "A⟨U+202E⟩B");
    let organization =
        serde_json::json!({"value": [{"id": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11", "displayName": hostile, "verifiedDomains": []}]});
    assert_eq!(directory::organization().reply(Outcome::Ok(organization)).unwrap().name, "A⟨U+202E⟩B");
    let nameless: Customer =
        serde_json::from_value(serde_json::json!({"tenantId": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11", "displayName": null})).unwrap();
    assert_eq!(nameless.display_name, "");
}

#[test]
fn look_alikes_are_warned_of() {
    assert_eq!(warnings("Nightly report"), []);
    assert_eq!(warnings("0ffice backup"), [NameWarning::SoundsLikeMicrosoft]);
    assert_eq!(warnings("Micros0ft Report"), [NameWarning::SoundsLikeMicrosoft]);
    assert_eq!(warnings("P\u{0430}yroll"), [NameWarning::MixedAlphabets], "a Cyrillic letter in a Latin word");
    assert_eq!(warnings("Отчёт Report"), [], "whole words of different alphabets are fine");
}

#[test]
fn redirect_uris_follow_the_rules_of_entra() {
    for good in ["https://app.example.com/cb", "http://localhost:8080/cb", "https://app.example.com"] {
        assert_eq!(check_redirect_uri(good), Ok(()), "{good}");
    }
    for (bad, fault) in [
        ("http://app.example.com/cb", RedirectFault::Scheme),
        ("ftp://app.example.com", RedirectFault::Scheme),
        ("app.example.com/cb", RedirectFault::NotAbsolute),
        ("https://app.example.com/c b", RedirectFault::Character(' ')),
        ("https://app.example.com/#x", RedirectFault::Character('#')),
        ("https://*.example.com/", RedirectFault::Character('*')),
    ] {
        assert_eq!(check_redirect_uri(bad), Err(fault), "{bad}");
    }
    assert_eq!(check_redirect_uri(&format!("https://a.example/{}", "x".repeat(250))), Err(RedirectFault::TooLong));
}

proptest! {
    #[test]
    fn an_accepted_name_has_no_control_and_no_direction_marks(name in "\\PC{0,40}|.{0,40}") {
        if let Ok(name) = check(&name) {
            let turns = name.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c));
            prop_assert!(!turns);
        }
    }

    #[test]
    fn t01_a_marked_name_hides_nothing(name in "\\PC{0,20}|.{0,40}|[\u{200b}-\u{206f}a]{0,9}") {
        prop_assert!(!marked(&name).chars().any(latchkey::domain::name::is_hidden));
    }

    #[test]
    fn no_redirect_uri_makes_the_check_fail(uri in ".{0,300}") {
        let _ = check_redirect_uri(&uri);
    }
}
