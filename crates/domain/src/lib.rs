//! Tenants, sessions, permissions and blueprints as plain values. Knows nothing of HTTP, storage or screens.

pub mod access;
pub mod account;
pub mod blueprint;
pub mod certificate;
pub mod ids;
pub mod name;
pub mod on_premises;
pub mod origin;
pub mod permission;
pub mod redirect;
pub mod risk;
pub mod role;
pub mod route;
pub mod secret;
pub mod session;
pub mod storage;
pub mod time;
