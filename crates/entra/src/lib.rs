//! OAuth 2.0 and OpenID Connect with Entra ID, without input or output: one function builds a request, its twin judges the answer.

#![deny(missing_docs)]

pub mod attempt;
pub mod authorize;
pub mod callback;
pub mod claims;
pub mod cloud;
pub mod consent;
pub mod fault;
pub mod id_token;
pub mod relay;
pub mod scopes;
pub mod token;

/// The longest answer or fragment in an address that is taken apart, in bytes: several times what Entra sends.
pub const LONGEST_ANSWER: usize = 16 * 1024;
