//! What comes in an address: a sign-in answer, an answer to a request for consent, a link to the consent page.
#![no_main]

use latchkey::domain::ids::AppId;
use latchkey::entra::{callback, consent};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // More of them can be written with percent signs, never fewer.
    let states = text.split('&').filter(|pair| pair.split('=').next() == Some("state")).count();
    assert!(callback::state(text).is_none() || states <= 1, "one of several states was taken");
    let errors = text.split('&').any(|pair| pair.split('=').next() == Some("error"));
    let (hint, _) = consent::read(text);
    assert!(!errors || matches!(hint, consent::Hint::SaysRefused(_)), "an error was overlooked");
    let Some(own) = AppId::parse("5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef") else { return };
    let landing = consent::read_landing(text, &own);
    let asker = landing.asker.unwrap_or_default();
    assert!(asker.chars().count() <= 120 && !asker.chars().any(char::is_control), "{asker:?}");
});
