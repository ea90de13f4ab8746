//! The answer of a sign-in: state first, then errors, then the code; each attempt once.

use latchkey::domain::time::Instant;
use latchkey::entra::attempt::{Attempt, ReturnTo};
use latchkey::entra::callback::{CallbackFault, judge, state};
use latchkey::entra::scopes::Feature;
use proptest::prelude::*;

const NOW: Instant = Instant(1_795_000_000_000);

fn attempt() -> Attempt {
    Attempt {
        state: "s1".into(),
        nonce: "n1".into(),
        verifier: "v".repeat(64),
        authority: "organizations".into(),
        feature: Feature::SignIn,
        return_to: ReturnTo::Home,
        started: NOW,
        account: None,
    }
}

#[test]
fn a_code_with_its_state_is_taken() {
    let answered = judge("code=abc&state=s1&session_state=x", Some(attempt()), NOW.plus_seconds(30)).expect("good");
    assert_eq!(answered.code(), "abc");
    assert_eq!(answered.attempt().nonce, "n1");
}

#[test]
fn what_does_not_belong_to_the_attempt_is_refused() {
    let fault = |fragment: &str, attempt: Option<Attempt>, now: Instant| judge(fragment, attempt, now).expect_err("refused").fault;
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
        "error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3a+Declined.+Correlation+ID%3a+c-1&code=abc&state=s1",
        Some(attempt()),
        NOW,
    )
    .expect_err("refused");
    let CallbackFault::Refused(fault) = refused.fault else { panic!("{:?}", refused.fault) };
    assert_eq!((fault.error.as_str(), fault.number, fault.correlation_id.as_deref()), ("access_denied", Some(65004), Some("c-1")));
    assert!(fault.is_cancelled());
    assert_eq!(refused.attempt.map(|attempt| attempt.return_to), Some(ReturnTo::Home), "the person can go back to where they asked");
    assert_eq!(judge("error=access_denied&state=forged", Some(attempt()), NOW).expect_err("refused").fault, CallbackFault::UnknownState);
}

#[test]
fn a_state_given_twice_is_no_state() {
    assert_eq!(state("state=a&code=b"), Some("a".into()));
    assert_eq!(state("state=a&state=a"), None);
    assert_eq!(state("code=b"), None);
}

proptest! {
    #[test]
    fn no_fragment_makes_the_judge_fail(fragment in ".{0,200}") {
        let _ = state(&fragment);
        prop_assert!(judge(&fragment, None, NOW).is_err());
    }
}
