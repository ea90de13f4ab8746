//! A blueprint as a file: what was read, written and read again says the same, in the same bytes from then on.
#![no_main]

use latchkey::formats::Asked;
use latchkey::formats::document::{self, Document};
use libfuzzer_sys::fuzz_target;

/// Writing puts the permissions of a resource together, under one of the names that a text may give it.
fn put_together(permissions: &mut [Asked]) {
    permissions.iter_mut().for_each(|asked| asked.resource_name.clear());
    permissions.sort();
}

fn plain(mut document: Document) -> Document {
    put_together(&mut document.permissions);
    if let Some(access) = document.account.as_mut().and_then(|account| account.access.as_mut()) {
        put_together(&mut access.permissions);
    }
    document
}

fuzz_target!(|text: &str| {
    match document::read(text) {
        Ok(read) => {
            let written = document::write(&read);
            let again = document::read(&written).unwrap_or_else(|faults| panic!("{faults:?} in {written}"));
            assert_eq!(document::write(&again), written);
            assert_eq!(plain(again), plain(read), "{written}");
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            let lines = text.matches('\n').count() + 1;
            assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.line)), "{faults:?}");
        }
    }
});
