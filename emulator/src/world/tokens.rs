//! Codes and tokens that were given out, and the values that must never be found in a page's storage.

use crate::clock::Millis;
use std::collections::HashMap;

/// The life of a refresh token of a single-page application, from the interactive sign-in on.
pub const SPA_REFRESH_LIFE: Millis = 24 * 3_600_000;
pub const CODE_LIFE: Millis = 600_000;

#[derive(Clone)]
pub struct Code {
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub nonce: String,
    pub scopes: Vec<String>,
    pub upn: String,
    pub tenant: String,
    pub issued: Millis,
    pub used: bool,
    /// What the sign-in asked for in its `claims`.
    pub asked: Asked,
}

#[derive(Clone)]
pub struct RefreshToken {
    pub client_id: String,
    pub upn: String,
    /// Where the sign-in came back to: a page may leave it out when it renews at the same authority.
    pub redirect_uri: String,
    pub signed_in: Millis,
    /// The nonce of the sign-in.
    pub nonce: String,
    /// Whether the sign-in met a claims challenge.
    pub stepped_up: bool,
}

/// Who a request to Graph comes from.
#[derive(Clone)]
pub struct AccessToken {
    pub tenant: String,
    pub client_id: String,
    pub expires: Millis,
    pub caller: Caller,
    pub held: Held,
}

#[derive(Clone)]
pub enum Caller {
    /// `oid` is missing for a delegated administrator of a partner, whose roles come from the relationship.
    Person {
        upn: String,
        oid: Option<String>,
        scopes: Vec<String>,
        partner_roles: Vec<String>,
    },
    Application {
        service_principal: String,
        roles: Vec<String>,
    },
}

#[derive(Default)]
pub struct Tokens {
    pub codes: HashMap<String, Code>,
    pub refresh: HashMap<String, RefreshToken>,
    pub access: HashMap<String, AccessToken>,
    /// Signed-in browsers: cookie value to the accounts in it, the last one first.
    pub browsers: HashMap<String, Vec<String>>,
    /// Every token and secret value given out.
    pub marks: Vec<String>,
    /// From when on the sign-ins of a person count, where they were ended.
    pub valid_from: HashMap<String, Millis>,
    /// Secret values by application and key id.
    pub secrets: HashMap<(String, String), String>,
}

/// What an access token says about how it came to be.
#[derive(Clone, Copy, Default)]
pub struct Held {
    /// The client said that it handles challenges (`xms_cc` with `cp1`).
    pub capable: bool,
    /// Somebody signed in with what the challenge asked for.
    pub stepped_up: bool,
    pub issued: Millis,
}

/// What the `claims` parameter of a request asks for.
#[derive(Clone, Copy, Default)]
pub struct Asked {
    pub capable: bool,
    pub step_up: bool,
}
