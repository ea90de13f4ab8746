//! What components may do with the page besides drawing: its title, the keyboard, the address, and the time in words.

pub use crate::platform::clock::{local, now};
pub use crate::platform::page::{chosen_text, download, focus, go, print, set_title, show_parts};
