//! Text as it is compared: compatibility forms, accents and marks dropped, case folded.

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

/// Returns the folded text.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.bytes().filter(|byte| !byte.is_ascii_control()).map(|byte| byte.to_ascii_lowercase() as char).collect();
    }
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| each(c, &mut |c| folded.push(c)));
    folded
}

/// Returns the folded text with, for each of its bytes, where its letter begins in the original, in bytes.
#[must_use]
pub fn fold_with_origins(text: &str) -> (String, Vec<usize>) {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control()) {
        return (text.to_ascii_lowercase(), (0..text.len()).collect());
    }
    let mut folded = String::with_capacity(text.len());
    let mut origins = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        each(c, &mut |c| {
            folded.push(c);
            origins.resize(folded.len(), at);
        });
    }
    (folded, origins)
}

/// Gives what one letter becomes. Letter by letter is enough, since the marks that an order would matter for are dropped.
fn each(c: char, give: &mut impl FnMut(char)) {
    decompose_compatible(c, |part| {
        if is_dropped(part) {
            return;
        }
        for lower in part.to_lowercase() {
            match lower {
                // What lower case leaves apart and full case folding, or a plain keyboard, joins.
                'ß' => "ss".chars().for_each(&mut *give),
                'ς' => give('σ'),
                'ı' => give('i'),
                'ø' => give('o'),
                'ł' => give('l'),
                'đ' | 'ð' => give('d'),
                'æ' => "ae".chars().for_each(&mut *give),
                'œ' => "oe".chars().for_each(&mut *give),
                'þ' => "th".chars().for_each(&mut *give),
                other if is_dropped(other) => {}
                other => give(other),
            }
        }
    });
}

/// Accents and points, what is not seen at all, and the stroke that stretches Arabic words. Vowel signs of Indic scripts are
/// letters to their readers and stay.
fn is_dropped(c: char) -> bool {
    canonical_combining_class(c) != 0
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
