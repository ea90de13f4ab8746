//! The browser: fetch, clock, crypto, tabs and the page itself. The only web-sys outside components/ and store/.

pub mod certificates;
pub mod clock;
pub mod crypto;
pub mod fetch;
pub mod page;
pub mod tabs;
