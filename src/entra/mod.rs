//! OAuth 2.0 and OpenID Connect with Entra ID, without input or output: one function builds a request, its twin judges the answer.

pub mod attempt;
pub mod authorize;
pub mod callback;
pub mod cloud;
pub mod consent;
pub mod fault;
pub mod id_token;
pub mod relay;
pub mod scopes;
pub mod token;
