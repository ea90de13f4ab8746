//! What components may do with the page besides drawing: its title, the keyboard, the address, and the time in words.

pub use crate::platform::clock::{behind, local, now};
pub use crate::platform::page::{Stopped, TooLarge, chosen_text, download, focus, go, print, reload, set_title, show_parts, stopped};
