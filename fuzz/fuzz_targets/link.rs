//! A blueprint in a link: what was read fits into a link again, unless writing it made it longer than one may be, and stays the same.
#![no_main]

use latchkey::formats::link;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|fragment: &str| {
    if let Ok(document) = link::read(fragment)
        && let Some(written) = link::write(&document)
    {
        assert!(link::read(&written).is_ok_and(|again| link::write(&again).as_ref() == Some(&written)), "{written}");
    }
});
