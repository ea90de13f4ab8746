//! The answer of a sign-in: state first, then errors, then the code; each attempt once.

use latchkey::domain::route::Route;
use latchkey::domain::time::Instant;
use latchkey::entra::attempt::{Attempt, Departures, ReturnTo};
use latchkey::entra::callback::{CallbackFault, judge, state};
use latchkey::entra::scopes::Scopes;
use proptest::prelude::*;

const NOW: Instant = Instant(1_795_000_000_000);
const LOGIN: &str = "https://login.microsoftonline.com";

fn attempt() -> Attempt {
    Attempt {
        state: "s1".into(),
        nonce: "n1".into(),
        verifier: "v".repeat(64),
        authority: "organizations".into(),
        scopes: Scopes::SIGN_IN,
        claims: None,
        return_to: ReturnTo::Screen(Route::Home),
        started: NOW,
        account: None,
    }
}

#[test]
fn a_code_with_its_state_is_taken() {
    let answered = judge("code=abc&state=s1&session_state=x", Some(attempt()), LOGIN, NOW.plus_seconds(30)).expect("good");
    assert_eq!(answered.code(), "abc");
    assert_eq!(answered.attempt().nonce, "n1");
}

#[test]
fn t05_f31_what_does_not_belong_to_the_attempt_is_refused() {
    let fault = |fragment: &str, attempt: Option<Attempt>, now: Instant| judge(fragment, attempt, LOGIN, now).expect_err("refused").fault;
    assert_eq!(fault("code=abc&state=s1", None, NOW), CallbackFault::UnknownState);
    assert_eq!(fault("code=abc&state=other", Some(attempt()), NOW), CallbackFault::UnknownState);
    assert_eq!(fault("code=abc", Some(attempt()), NOW), CallbackFault::UnknownState);
    assert_eq!(fault("code=abc&state=s1", Some(attempt()), NOW.plus_seconds(601)), CallbackFault::Expired);
    assert_eq!(fault("code=abc&state=s1", Some(attempt()), Instant(NOW.0 - 120_000)), CallbackFault::Expired, "an attempt from the future");
    assert!(matches!(fault("code=abc&code=def&state=s1", Some(attempt()), NOW), CallbackFault::Malformed(_)));
    assert!(matches!(fault("state=s1", Some(attempt()), NOW), CallbackFault::Malformed(_)));
    assert!(matches!(fault("code=&state=s1", Some(attempt()), NOW), CallbackFault::Malformed(_)));
}

#[test]
fn an_error_comes_before_a_code_and_state_before_an_error() {
    let refused = judge(
        "error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3a+Declined.+Correlation+ID%3a+0b6f3f3e-0c8e-4c6f-8a52-3d1f6f0c2a77&code=abc&state=s1",
        Some(attempt()),
        LOGIN,
        NOW,
    )
    .expect_err("refused");
    let CallbackFault::Refused(fault) = refused.fault else { panic!("{:?}", refused.fault) };
    assert_eq!(
        (fault.error.as_str(), fault.number, fault.correlation_id.as_deref()),
        ("access_denied", Some(65004), Some("0b6f3f3e-0c8e-4c6f-8a52-3d1f6f0c2a77"))
    );
    assert_eq!(fault.meaning(false), latchkey::entra::fault::Meaning::Declined);
    assert_eq!(
        refused.attempt.map(|attempt| attempt.return_to),
        Some(ReturnTo::Screen(Route::Home)),
        "the person can go back to where they asked"
    );
    assert_eq!(
        judge("error=access_denied&state=forged", Some(attempt()), LOGIN, NOW).expect_err("refused").fault,
        CallbackFault::UnknownState
    );
}

#[test]
fn a_state_given_twice_is_no_state() {
    assert_eq!(state("state=a&code=b"), Some("a".into()));
    assert_eq!(state("state=a&state=a"), None);
    assert_eq!(state("code=b"), None);
}

/// An answer that names an issuer must name the one that was asked; one that names none is taken.
#[test]
fn t07_an_answer_of_another_issuer_redeems_nothing() {
    const TENANT: &str = "8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60";
    const OTHER: &str = "11111111-2222-4333-8444-555555555555";
    let answer = |authority: &str, issuer: &str| {
        let asked = Attempt { authority: authority.into(), ..attempt() };
        let issuer: String = url::form_urlencoded::byte_serialize(issuer.as_bytes()).collect();
        judge(&format!("code=abc&state=s1&iss={issuer}"), Some(asked), LOGIN, NOW).map(|answered| answered.code().to_owned())
    };
    assert_eq!(answer(TENANT, &format!("{LOGIN}/{TENANT}/v2.0")).expect("its own issuer"), "abc");
    assert_eq!(answer("organizations", &format!("{LOGIN}/{TENANT}/v2.0")).expect("the home of whoever signed in"), "abc");
    for (authority, issuer) in [
        (TENANT, format!("{LOGIN}/{OTHER}/v2.0")),
        (TENANT, format!("{LOGIN}/{TENANT}/v2.0/")),
        (TENANT, format!("{LOGIN}.evil.example/{TENANT}/v2.0")),
        (TENANT, format!("https://evil.example/{TENANT}/v2.0")),
        (TENANT, format!("{LOGIN}/{TENANT}")),
        ("organizations", format!("https://evil.example/{TENANT}/v2.0")),
        ("organizations", format!("{LOGIN}/organizations/v2.0")),
        ("organizations", String::new()),
    ] {
        let fault = answer(authority, &issuer).expect_err(&issuer).fault;
        assert!(matches!(fault, CallbackFault::Malformed(_)), "{authority} {issuer}: {fault:?}");
    }
}

/// One purpose may lead to Microsoft three times in two minutes; a fourth time is a loop. Each purpose has its own count.
#[test]
fn f38_the_fourth_redirect_for_one_purpose_stays() {
    let mut departures = Departures::default();
    for second in [0, 5, 10] {
        assert!(!departures.is_loop("a customer", NOW.plus_seconds(second)), "{second}");
    }
    assert!(!departures.is_loop("another customer", NOW.plus_seconds(11)));
    assert!(departures.is_loop("a customer", NOW.plus_seconds(12)));
    let kept = serde_json::to_string(&departures).unwrap();
    let mut after_reload: Departures = serde_json::from_str(&kept).unwrap();
    assert!(after_reload.is_loop("a customer", NOW.plus_seconds(100)), "a reload forgets nothing, and what stayed prolongs nothing");
    assert!(!after_reload.is_loop("a customer", NOW.plus_seconds(121)), "after two minutes it may be tried again");
}

proptest! {
    #[test]
    fn t15_whatever_was_stored_or_asked_leads_to_a_screen_of_this_page(text in "\\PC{0,60}|/app/[a-z/-]{0,30}|//[a-z.]{1,20}|https?:.{0,20}") {
        let known = |screen: &ReturnTo| ReturnTo::of_path(&screen.path()) == *screen;
        let screen = ReturnTo::of_path(&text);
        prop_assert!(known(&screen) && screen.path().starts_with('/') && !screen.path().starts_with("//"), "{:?}", screen);
        if let Ok(stored) = serde_json::from_str::<ReturnTo>(&text).or_else(|_| serde_json::from_value(serde_json::json!(text))) {
            prop_assert!(stored.path().starts_with('/') && !stored.path().starts_with("//"));
        }
    }

    #[test]
    fn no_fragment_makes_the_judge_fail(fragment in ".{0,200}") {
        let _ = state(&fragment);
        prop_assert!(judge(&fragment, None, LOGIN, NOW).is_err());
    }
}
