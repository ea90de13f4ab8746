//! What the page says of itself: its release, its clock, and what was stopped by its policy.

use super::span;

/// Another release is served by now.
pub const OUTDATED: &str = "A newer version of this page is out. Reload when it suits you: an unfinished run goes on where it stopped.";

/// What is shown once is on the screen.
pub const LEAVING: &str =
    "What is on the screen is shown once and is not saved yet. Leave it all the same? It can be replaced afterwards, not shown again.";

/// How wrong a clock may be before it is spoken of, in seconds.
const TOLERATED: i64 = 300;

/// Says that this computer's clock is wrong, where it is by more than five minutes. `behind` is in seconds, negative for a fast one.
#[must_use]
pub fn clock(behind: i64) -> Option<String> {
    let way = if behind > 0 { "behind" } else { "fast" };
    (behind.abs() > TOLERATED).then(|| {
        format!(
            "The clock of this computer is {} {way}. This page goes by the clock of its host. Correct the computer’s clock: other programs and certificates need it.",
            // To the minute: what is measured is not more precise.
            span((behind.abs() + 30) / 60 * 60)
        )
    })
}

/// Tells what the policy of the page stopped: the directive, what was not reached or run, and whose code it was.
#[must_use]
pub fn stopped(directive: &str, what: &str, by: &str) -> String {
    let is_extension = |text: &str| text.split_once(':').is_some_and(|(scheme, _)| scheme.ends_with("-extension"));
    let whose = if is_extension(what) || is_extension(by) { "an extension of this browser" } else { "this page or what changed it" };
    format!("{directive}: {what} ({whose})")
}

/// Said in passing.
pub const ERASED: &str = "The data of this browser was erased";
pub const CLIPBOARD_CLEARED: &str = "Clipboard cleared";
pub const CLIPBOARD_NOT_CLEARED: &str = "The browser did not allow clearing the clipboard. Copy something else over it.";
pub const NOT_COPIED: &str = "The browser did not allow copying. Select the text and copy it by hand.";

/// Something was copied.
#[must_use]
pub fn copied(what: &str) -> String {
    format!("{what} copied")
}
