//! The rules for the name of an app registration, and for names that others chose.

use serde::{Deserialize, Deserializer};

/// Why a name can't be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameFault {
    Empty,
    /// Longer than Graph takes.
    TooLong,
    /// A control, direction or invisible character, with which one name can look like another.
    Hidden(char),
}

/// What a person should think about before using a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameWarning {
    /// Letters of several alphabets that look alike.
    MixedAlphabets,
    /// Reads as if it came from Microsoft.
    SoundsLikeMicrosoft,
}

/// The longest display name of an application, in characters (Graph, resource type application).
pub const LONGEST: usize = 120;

/// Checks a name and returns it without blanks at its ends.
///
/// # Errors
/// The first reason why it can't be used.
pub fn check(name: &str) -> Result<&str, NameFault> {
    let name = name.trim();
    if name.is_empty() {
        return Err(NameFault::Empty);
    }
    if name.chars().count() > LONGEST {
        return Err(NameFault::TooLong);
    }
    match name.chars().find(|c| is_hidden(*c)) {
        Some(hidden) => Err(NameFault::Hidden(hidden)),
        None => Ok(name),
    }
}

/// Whether a person would not see the character, or would see others in another order because of it.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' | '\u{1d173}'..='\u{1d17a}')
}

/// Returns a name of somebody else so that nothing in it hides: what nobody sees, and what turns the order of letters, stands as its code
/// point. Names are marked where they come in, so that copies and files are as plain as the screen.
#[must_use]
pub fn marked(name: &str) -> String {
    if !name.chars().any(is_hidden) {
        return name.to_owned();
    }
    let mark = |c: char| if is_hidden(c) { format!("⟨U+{:04X}⟩", u32::from(c)) } else { c.to_string() };
    name.chars().map(mark).collect()
}

/// Reads a name of an answer, for serde.
///
/// # Errors
/// When it is no text.
pub fn foreign<'de, D: Deserializer<'de>>(answer: D) -> Result<String, D::Error> {
    Option::<String>::deserialize(answer).map(|name| marked(&name.unwrap_or_default()))
}

/// The same for one that may be missing.
///
/// # Errors
/// When it is no text.
pub fn foreign_option<'de, D: Deserializer<'de>>(answer: D) -> Result<Option<String>, D::Error> {
    Option::<String>::deserialize(answer).map(|name| name.as_deref().map(marked))
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
}

fn alphabet(c: char) -> Option<Alphabet> {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Some(Alphabet::Latin),
        '\u{370}'..='\u{3ff}' => Some(Alphabet::Greek),
        '\u{400}'..='\u{52f}' => Some(Alphabet::Cyrillic),
        _ => None,
    }
}

/// Returns what is worth a second look.
#[must_use]
pub fn warnings(name: &str) -> Vec<NameWarning> {
    let mut found = Vec::new();
    let mixed = name.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let mut kinds = word.chars().filter_map(alphabet);
        kinds.next().is_some_and(|first| kinds.any(|other| other != first))
    });
    if mixed {
        found.push(NameWarning::MixedAlphabets);
    }
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '|' => 'l',
            '3' => 'e',
            '5' => 's',
            other => other,
        })
        .collect();
    if ["microsoft", "azure", "office", "entra", "windows", "sharepoint"].iter().any(|brand| plain.contains(brand)) {
        found.push(NameWarning::SoundsLikeMicrosoft);
    }
    found
}
