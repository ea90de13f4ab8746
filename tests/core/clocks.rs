//! Clocks that are wrong, and secrets and attempts that live for a while.

use latchkey::domain::route::Route;
use latchkey::domain::secret::Secret;
use latchkey::domain::time::{Clock, Instant};
use latchkey::entra::attempt::ReturnTo;
use latchkey::entra::authorize::{self, Prompt, Wanted};
use latchkey::entra::cloud::Config;
use latchkey::entra::scopes::Scopes;
use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;

const NOW: f64 = 1_795_000_000_000.0;
const MINUTE: f64 = 60_000.0;
const DAY: f64 = 86_400_000.0;

fn at(millis: f64) -> Instant {
    #[allow(clippy::cast_possible_truncation)]
    Instant(millis as i64)
}

#[test]
fn f43_a_wrong_clock_is_corrected_by_what_the_host_says() {
    for wrong in [-10.0 * MINUTE, 10.0 * MINUTE, -DAY, DAY] {
        let mut clock = Clock::default();
        assert_eq!(clock.read(NOW + wrong, 0.0), at(NOW + wrong), "before anything was measured");
        clock.measured(-wrong);
        assert_eq!(clock.read(NOW + wrong, 5.0), at(NOW), "{wrong}");
        assert_eq!(at(clock.behind() as f64 * 1000.0), at(-wrong));
    }
    let mut clock = Clock::default();
    clock.measured(40_000.0);
    assert_eq!((clock.read(NOW, 0.0), clock.behind()), (at(NOW), 0), "the delay of a network is no wrong clock");
}

/// A clock that is set back while the page is open stalls nothing: what waits for a moment gets there.
#[test]
fn f43_a_clock_that_is_set_back_does_not_turn_back_here() {
    let mut clock = Clock::default();
    assert_eq!(clock.read(NOW, 1000.0), at(NOW));
    assert_eq!(clock.read(NOW + 5000.0 - DAY, 6000.0), at(NOW + 5000.0), "set back by a day between two looks");
    assert_eq!(clock.read(NOW + 9000.0 - DAY, 10_000.0), at(NOW + 9000.0));
    // A computer that slept: its time went on, the count may have rested.
    assert_eq!(clock.read(NOW + 9000.0 - DAY + 2.0 * 3600.0 * 1000.0, 10_100.0), at(NOW + 9000.0 + 2.0 * 3600.0 * 1000.0));
    // A clock that was fast from the start and is put right by the system.
    let mut fast = Clock::default();
    let _ = fast.read(NOW + DAY, 0.0);
    fast.measured(-DAY);
    assert_eq!(fast.read(NOW + DAY + 1000.0, 1000.0), at(NOW + 1000.0));
    assert_eq!((fast.read(NOW + 2000.0, 2000.0), fast.behind()), (at(NOW + 2000.0), 0));
}

/// Answers yes for a type that has the trait, and no for one that lacks it: what is not there can't be called by mistake.
macro_rules! has {
    ($kind:ty: $wanted:path) => {{
        #[allow(dead_code)]
        trait Lacks {
            const HAS: bool = false;
        }
        struct Probe<T>(PhantomData<T>);
        impl<T> Lacks for Probe<T> {}
        #[allow(dead_code)]
        impl<T: $wanted> Probe<T> {
            const HAS: bool = true;
        }
        Probe::<$kind>::HAS
    }};
}

#[test]
fn t18_a_secret_can_be_neither_printed_nor_copied_nor_stored() {
    assert!(has!(String: Debug) && has!(String: serde::Serialize), "the question itself works");
    assert!(!has!(Secret: Debug));
    assert!(!has!(Secret: Display));
    assert!(!has!(Secret: Clone));
    assert!(!has!(Secret: serde::Serialize));
    assert!(!has!(Secret: PartialEq));
}

/// What a dropped secret leaves in its memory: dropping is wiping.
#[test]
fn t19_a_wiped_secret_holds_nothing() {
    let mut secret = Secret::new("8Q~a-secret-that-was-shown".into());
    secret.wipe();
    assert!(secret.reveal().bytes().all(|byte| byte == 0) && !secret.reveal().is_empty());
}

/// Each attempt has a state, a nonce and a verifier of its own, all long and random; the challenge is never plain, and the answer comes in
/// the fragment, which no server sees.
#[test]
fn t05_t17_each_attempt_is_its_own_and_answered_in_the_fragment() {
    let file = r#"{"cloud":"global","clientId":"5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef","redirectOrigin":"https://latchkey.example"}"#;
    let config = Config::read(file, "global", "https://latchkey.example").unwrap();
    let mut seen = BTreeSet::new();
    for _ in 0..50 {
        let wanted = Wanted {
            authority: "organizations".into(),
            scopes: Scopes::SIGN_IN,
            return_to: ReturnTo::Screen(Route::Home),
            prompt: Prompt::SelectAccount,
            claims: None,
            account: None,
        };
        let (url, attempt) = authorize::request(&config, wanted, at(NOW)).unwrap();
        let get = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
        assert_eq!((get("code_challenge_method").as_str(), get("response_mode").as_str()), ("S256", "fragment"));
        assert_eq!((get("state"), get("nonce")), (attempt.state.clone(), attempt.nonce.clone()));
        // 32 random bytes in base64 are 43 letters.
        assert!(attempt.state.len() >= 43 && attempt.nonce.len() >= 43 && (43..=128).contains(&attempt.verifier.len()));
        assert!(!url.as_str().contains(&attempt.verifier));
        for once in [attempt.state, attempt.nonce, attempt.verifier] {
            assert!(seen.insert(once), "drawn twice");
        }
    }
}
