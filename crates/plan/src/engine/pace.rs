//! How long a step waits, and how often it looks.

/// How long a step waits for Microsoft before it asks the person, in seconds.
pub const PATIENCE: i64 = 600;
/// Between two looks at something that is not there yet, in seconds.
pub(super) const LOOK_AGAIN: i64 = 2;
/// Reads in a row without a trace before a write of unknown outcome may be repeated, where a repeat would make a second object.
pub(super) const MISSING_READS: u32 = 4;
pub(super) const MOST_ATTEMPTS: u32 = 12;

/// Returns seconds to wait: 1, 2, 4, 8, 16, 30, spread by a tenth or two so that tabs and runs don't move in step.
pub(super) fn backoff(attempt: u32, spread: u8) -> i64 {
    let base = 1_i64 << attempt.saturating_sub(1).min(5);
    base.min(30) + i64::from(spread % 3) * base / 16
}
