//! Latchkey: one static page that gives applications their way into Microsoft 365 tenants.
//!
//! Pure rules at the bottom, each layer a crate of its own; the browser at the edge, the screen on top. docs/ARCHITECTURE.md says why.

pub use {check, customers, domain, entra, formats, graph, plan, text};

/// Reactive state and the effects loop.
#[cfg(target_family = "wasm")]
pub mod app;
/// What a person sees.
#[cfg(target_family = "wasm")]
pub mod components;
/// The browser.
#[cfg(target_family = "wasm")]
pub mod platform;
/// Records that survive a reload.
pub mod store;
