//! Latchkey: one static page that gives applications their way into Microsoft 365 tenants.
//!
//! Pure rules at the bottom, the browser at the edge, the screen on top; docs/ARCHITECTURE.md says why.

/// Reactive state and the effects loop.
#[cfg(target_family = "wasm")]
pub mod app;
/// What a person sees.
#[cfg(target_family = "wasm")]
pub mod components;
/// The partner's customers: merged, searched, written as CSV.
pub mod customers;
/// Tenants, sessions, permissions, blueprints.
pub mod domain;
/// OAuth and OpenID Connect with Entra ID.
pub mod entra;
/// Manifests and blueprints as texts and files.
pub mod formats;
/// Microsoft Graph: requests and judgements.
pub mod graph;
/// The plan and run engine.
pub mod plan;
/// The browser.
#[cfg(target_family = "wasm")]
pub mod platform;
/// Records that survive a reload.
pub mod store;
/// Every sentence that a person reads.
pub mod text;
