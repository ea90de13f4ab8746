//! What this tab remembers over a reload: the session that it is in.

use crate::platform::page;

const SESSION: &str = "latchkey.current";

/// Returns the id of the session that this tab is in, or was when everybody in it was signed out.
#[must_use]
pub fn session() -> Option<String> {
    page::kept_in_tab(SESSION)
}

/// Remembers the session of this tab.
pub fn remember_session(id: &str) {
    page::keep_in_tab(SESSION, id);
}

/// The tab is in no session any more.
pub fn forget_session() {
    let _ = page::take_from_tab(SESSION);
}
