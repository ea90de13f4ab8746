//! A blueprint in a link: behind the `#`, which no server sees. Opening one fills the wizard and does nothing else.

use super::document::{self, Document};
use super::json::{Fault, Problem};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

/// What a fragment that holds a blueprint begins with.
pub const START: &str = "blueprint=";
/// The longest fragment that is read, in characters: mails and chats break longer ones.
pub const LONGEST: usize = 8000;

/// Returns the fragment; `None` when it would be too long for a link, and a file must do.
#[must_use]
pub fn write(document: &Document) -> Option<String> {
    let fragment = format!("{START}{}", BASE64.encode(document::write(document)));
    (fragment.len() <= LONGEST).then_some(fragment)
}

/// Reads a fragment, without its `#`.
///
/// # Errors
/// What is wrong with the document in it.
pub fn read(fragment: &str) -> Result<Document, Vec<Fault>> {
    let fault = |problem: Problem| vec![Fault { line: 1, path: String::new(), problem }];
    if fragment.len() > LONGEST {
        return Err(fault(Problem::LinkTooLong));
    }
    let broken = || fault(Problem::Syntax("The link is broken: parts of it are missing or changed".into()));
    let encoded = fragment.strip_prefix(START).ok_or_else(broken)?;
    let bytes = BASE64.decode(encoded).map_err(|_| broken())?;
    document::read(&String::from_utf8(bytes).map_err(|_| broken())?)
}
