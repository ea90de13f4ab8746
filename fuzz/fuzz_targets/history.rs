//! A history that somebody imports: nothing in it goes on by itself, and it can be exported again.
#![no_main]

use latchkey::domain::time::Instant;
use latchkey::plan::backup;
use libfuzzer_sys::fuzz_target;

/// When the file is read: what is dated later was dated by another clock.
const NOW: Instant = Instant(2_000_000_000_000);

fuzz_target!(|text: &str| {
    if let Ok(read) = backup::read(text, NOW) {
        assert!(read.runs.iter().all(|run| run.current().is_none() || run.cancelled));
        let written = backup::write(read.sessions, read.runs, Instant(1_795_000_000_000));
        assert!(backup::read(&written, NOW).is_ok(), "{written}");
    }
});
