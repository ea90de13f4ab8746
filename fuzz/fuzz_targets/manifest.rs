//! A manifest as somebody pastes it: it is taken whole or refused with a line of the text, and asks for nothing twice.
#![no_main]

use latchkey::formats::manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match manifest::read(text) {
        Ok(read) => {
            for (at, asked) in read.asked.iter().enumerate() {
                assert!(!read.asked[..at].contains(asked), "{asked:?} comes twice");
            }
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            let lines = text.matches('\n').count() + 1;
            assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)), "{faults:?}");
        }
    }
});
