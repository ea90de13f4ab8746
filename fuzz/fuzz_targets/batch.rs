//! What Graph answers, or something between it and the page: it is sorted and judged, and no wait is shorter than a second.
#![no_main]

use latchkey::domain::time::Instant;
use latchkey::graph::answer::{Outcome, judge};
use latchkey::graph::batch;
use libfuzzer_sys::fuzz_target;

const NOW: Instant = Instant(1_795_000_000_000);

fuzz_target!(|bytes: &[u8]| {
    let Ok(body) = serde_json::from_slice(bytes) else { return };
    let answers = batch::answers(body, batch::MOST);
    assert_eq!(answers.len(), batch::MOST);
    for answer in answers.into_iter().flatten() {
        for is_write in [false, true] {
            let status = answer.status;
            match judge(answer.clone(), is_write, NOW) {
                Outcome::Ok(_) => assert!((200..300).contains(&status)),
                Outcome::Throttled { seconds, .. } => assert!(seconds.is_none_or(|seconds| seconds >= 1)),
                // A write of which nobody knows whether it happened must not look like one that was refused.
                Outcome::Rejected(_) | Outcome::Denied(_) | Outcome::NotFound(_) | Outcome::Duplicate(_) => {
                    assert!((400..500).contains(&status));
                }
                Outcome::NotYet(_) | Outcome::Token { .. } => assert!((400..500).contains(&status)),
                Outcome::Unknown(_) => assert!(!(400..500).contains(&status) || answer.body.get("error").is_none()),
            }
        }
    }
});
