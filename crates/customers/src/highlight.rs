//! Which parts of a text a search found, in the original text.

use latchkey_search::fold::fold_with_origins;
use memchr::memmem;

/// Returns the text in parts, each with whether it was found. `words` are folded.
#[must_use]
pub fn parts(text: &str, words: &[String]) -> Vec<(bool, String)> {
    let mut found = ranges(text, words);
    found.sort_unstable();
    let mut parts: Vec<(bool, String)> = Vec::new();
    let mut at = 0;
    for (start, end) in found {
        if end <= at {
            continue;
        }
        let start = start.max(at);
        if start > at {
            parts.push((false, text[at..start].to_owned()));
        }
        match parts.last_mut() {
            // Two finds that touch are one to the eye.
            Some((true, last)) if start == at => last.push_str(&text[start..end]),
            _ => parts.push((true, text[start..end].to_owned())),
        }
        at = end;
    }
    if at < text.len() {
        parts.push((false, text[at..].to_owned()));
    }
    parts
}

/// Returns where the words are, in bytes of the original; a letter that was found in part counts whole.
fn ranges(text: &str, words: &[String]) -> Vec<(usize, usize)> {
    if words.is_empty() {
        return Vec::new();
    }
    let (folded, origins) = fold_with_origins(text);
    let mut found = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        for at in memmem::find_iter(folded.as_bytes(), word.as_bytes()) {
            let last = origins[at + word.len() - 1];
            let end = origins[at + word.len()..].iter().find(|origin| **origin != last).copied().unwrap_or(text.len());
            found.push((origins[at], end));
        }
    }
    found
}
