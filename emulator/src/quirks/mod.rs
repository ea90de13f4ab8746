//! Where Microsoft's behavior is uncertain, or differs between tenants: each such point once, with the values that it can have.
//!
//! The first value of a quirk is how Microsoft most probably behaves, and what the emulator does unless it is told otherwise.

pub mod claims;
pub mod crowds;
pub mod shapes;
#[cfg(test)]
mod tests;

use crate::clock::Millis;
use serde_json::{Value, json};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quirk {
    NonceOnRefresh,
    UnconsentedNumber,
    UnconsentedError,
    ConsentSuberror,
    ClientInfoElsewhere,
    ClientErrors,
    DefaultConsent,
    AssertionPairs,
    CreateIfMissingInBatch,
    UpsertAnswer,
    BetaPageSize,
    RetryAfter,
    ClaimsChallenge,
    AppManagementPolicy,
    PolicyRefusal,
    Groups,
    CastQueries,
    Apis,
    AccessTokens,
    Replication,
    Odata,
    ErrorBody,
    Foreign200,
}

pub struct Definition {
    pub quirk: Quirk,
    pub name: &'static str,
    /// Each value with what it does; the first one is the default.
    pub values: &'static [(&'static str, &'static str)],
    /// What is not known, or not the same everywhere.
    pub uncertain: &'static str,
    pub source: &'static str,
}

/// Every quirk, in the order of [`Quirk`].
pub const ALL: &[Definition] = &[
    Definition {
        quirk: Quirk::NonceOnRefresh,
        name: "nonce-on-refresh",
        values: &[("on", "the ID token of a refresh carries the nonce of the sign-in"), ("off", "it carries none")],
        uncertain: "Whether the ID token of a refresh carries the nonce.",
        source: "OpenID Connect Core 12.2; zitadel/oidc issue 509; angular-auth-oidc-client issue 1309",
    },
    Definition {
        quirk: Quirk::UnconsentedNumber,
        name: "unconsented-number",
        values: &[
            ("90099", "AADSTS90099"),
            ("65001", "AADSTS65001"),
            ("700016", "AADSTS700016"),
            ("650056", "AADSTS650056"),
            ("7000229", "AADSTS7000229"),
            ("700011", "AADSTS700011"),
        ],
        uncertain: "The number that a technician meets in the tenant of a customer who has not consented.",
        source: "entra-docs reference-error-codes; MicrosoftDocs/azure-docs pull request 58714",
    },
    Definition {
        quirk: Quirk::UnconsentedError,
        name: "unconsented-error",
        values: &[
            ("invalid_grant", "the word invalid_grant"),
            ("unauthorized_client", "the word unauthorized_client"),
            ("invalid_client", "the word invalid_client"),
            ("interaction_required", "the word interaction_required"),
            ("consent_required", "the word consent_required"),
            ("invalid_request", "the word invalid_request"),
            ("access_denied", "the word access_denied"),
        ],
        uncertain: "The word that comes with that number is documented nowhere.",
        source: "entra-docs reference-error-codes names the number only",
    },
    Definition {
        quirk: Quirk::ConsentSuberror,
        name: "consent-suberror",
        values: &[("with", "AADSTS65001 has the suberror consent_required"), ("without", "it has none")],
        uncertain: "Whether AADSTS65001 always names its suberror.",
        source: "msal-js InteractionRequiredAuthError; entra-docs reference-error-codes",
    },
    Definition {
        quirk: Quirk::ClientInfoElsewhere,
        name: "client-info-elsewhere",
        values: &[("present", "client_info comes from every tenant"), ("absent", "it comes from the home tenant only")],
        uncertain: "Whether client_info is part of the answer of a tenant that is not the home of the account.",
        source: "MSAL.NET tolerates its absence",
    },
    Definition {
        quirk: Quirk::ClientErrors,
        name: "client-errors",
        values: &[("hidden", "they have no CORS header, so a page sees a failed fetch"), ("readable", "a page can read them")],
        uncertain: "Whether a page can read errors of the token endpoint about its registration (AADSTS9002326, 700016).",
        source: "msal-js issues 5083 and 6727, Azure-Samples ms-identity-javascript-angular-tutorial issue 37",
    },
    Definition {
        quirk: Quirk::DefaultConsent,
        name: "default-consent",
        values: &[("refused", "AADSTS650056, on Microsoft's page"), ("nothing", "accepted, and nothing is granted")],
        uncertain: "What consent by .default does for an app that lists no permissions.",
        source: "entra-docs v2-admin-consent, reference-error-codes",
    },
    Definition {
        quirk: Quirk::AssertionPairs,
        name: "assertion-pairs",
        values: &[
            ("documented", "PS256 goes with x5t#S256, RS256 with x5t; every other pair is AADSTS700027"),
            ("any", "each algorithm goes with each thumbprint"),
        ],
        uncertain: "Which thumbprint goes with which algorithm of a client assertion.",
        source: "entra-docs certificate-credentials and pull request 1301; MSAL Node ClientAssertion",
    },
    Definition {
        quirk: Quirk::CreateIfMissingInBatch,
        name: "create-if-missing-in-batch",
        values: &[("works", "Prefer is heeded inside $batch"), ("ignored", "an inner upsert of what is not there answers 404")],
        uncertain: "Prefer: create-if-missing is documented for single requests alone.",
        source: "microsoft-graph-docs-contrib application-upsert, json-batching",
    },
    Definition {
        quirk: Quirk::UpsertAnswer,
        name: "upsert-answer",
        values: &[("body", "201 with the new object"), ("empty", "204 without a body")],
        uncertain: "What an upsert answers that made the object.",
        source: "microsoft-graph-docs-contrib application-upsert, serviceprincipal-upsert",
    },
    Definition {
        quirk: Quirk::BetaPageSize,
        name: "beta-page-size",
        values: &[("100", "a page of the beta has 100 items"), ("2", "two, whatever $top says")],
        uncertain: "The size of a page of the beta's lists, roles of Exchange among them.",
        source: "microsoft-graph-docs-contrib paging",
    },
    Definition {
        quirk: Quirk::RetryAfter,
        name: "retry-after",
        values: &[("shown", "scripts may read Retry-After"), ("hidden", "the header is not exposed, as for years")],
        uncertain: "Whether Graph exposes Retry-After to scripts.",
        source: "microsoft-graph-docs-contrib issue 2011; msgraph-sdk-design issue 76",
    },
    Definition {
        quirk: Quirk::ClaimsChallenge,
        name: "claims-challenge",
        values: &[
            ("off", "no write is challenged"),
            ("inner", "a write needs a step-up; inside $batch the inner answer says so"),
            ("outer", "a write needs a step-up; a $batch with a write in it is refused as a whole"),
            ("always", "every write is challenged, even after the step-up"),
            ("cae", "the first write is challenged until a token that was issued later comes; no step-up is needed"),
            ("token-endpoint", "a refresh needs a step-up, told as interaction_required"),
            ("token-endpoint-invalid-grant", "a refresh needs a step-up, told as invalid_grant"),
        ],
        uncertain: "Whether and where Conditional Access of a tenant asks for more.",
        source: "entra-docs claims-challenge, app-resilience-continuous-access-evaluation",
    },
    Definition {
        quirk: Quirk::AppManagementPolicy,
        name: "app-management-policy",
        values: &[
            ("none", "the tenants restrict no credentials, unless one was planted"),
            ("tenant-lifetime", "secrets and certificates live 90 days at most"),
            ("tenant-no-secrets", "nobody may add a secret"),
            ("app-override", "as before, but the policy of every app allows secrets of 30 days"),
            ("exclude-actors", "nobody may add a secret but administrators with the exempting attribute: every admin@ has it"),
            ("created-after", "nobody may add a secret to an app that was created a year from now or later"),
            ("trusted-ca", "certificates must come from a certificate authority that the tenant named"),
        ],
        uncertain: "What the app management policy of a tenant restricts, for which apps and for whom.",
        source: "microsoft-graph-docs-contrib tenantAppManagementPolicy, appManagementPolicy, passwordCredentialConfiguration, keyCredentialConfiguration",
    },
    Definition {
        quirk: Quirk::PolicyRefusal,
        name: "policy-refusal",
        values: &[("400", "such a policy refuses with 400"), ("403", "it refuses with 403")],
        uncertain: "The status of CredentialTypeNotAllowedAsPerAppPolicy and its like.",
        source: "TeamsFx checks the code and no status",
    },
    Definition {
        quirk: Quirk::Groups,
        name: "groups",
        values: &[("normal", "the technician is in two groups"), ("many", "in 250; those that matter come last")],
        uncertain: "How many groups a technician is in: memberOf pages at 100.",
        source: "microsoft-graph-docs-contrib user-list-transitivememberof, paging",
    },
    Definition {
        quirk: Quirk::CastQueries,
        name: "cast-queries",
        values: &[("plain", "memberOf with a cast needs no header"), ("advanced", "it needs ConsistencyLevel: eventual and $count=true")],
        uncertain: "Whether a cast on memberOf is an advanced query.",
        source: "microsoft-graph-docs-contrib aad-advanced-queries",
    },
    Definition {
        quirk: Quirk::Apis,
        name: "apis",
        values: &[("normal", "the tenants offer the APIs of the catalogue"), ("many", "60 of them")],
        uncertain: "How many APIs a tenant offers.",
        source: "differs by tenant",
    },
    Definition {
        quirk: Quirk::AccessTokens,
        name: "access-tokens",
        values: &[("jwt", "access tokens are JWTs"), ("opaque", "they are nothing that can be read")],
        uncertain: "The format of access tokens for Graph is not part of its contract.",
        source: "entra-docs access-tokens",
    },
    Definition {
        quirk: Quirk::Replication,
        name: "replication",
        values: &[("default", "as --replication-ms says"), ("slow", "30 seconds")],
        uncertain: "How long a write takes until every replica shows it.",
        source: "hashicorp/terraform-provider-azuread issue 1811",
    },
    Definition {
        quirk: Quirk::Odata,
        name: "odata",
        values: &[
            ("plain", "answers hold what is documented"),
            ("odd", "another @odata.context, @odata.etag everywhere, and members that nobody knows"),
        ],
        uncertain: "Graph adds members at any time.",
        source: "microsoft-graph-docs-contrib best-practices-concept",
    },
    Definition {
        quirk: Quirk::ErrorBody,
        name: "error-body",
        values: &[
            ("standard", "code, message, innerError"),
            ("bare", "code and message alone"),
            ("nested", "innererror in lower case, nested, and details null"),
            ("string", "the error is a word, as in OAuth, where the status says enough"),
            ("empty", "a gateway answers each twentieth request with 503 and no body"),
            ("html", "a gateway answers each twentieth request with 503 and a page"),
        ],
        uncertain: "The shape of an error differs by workload and gateway.",
        source: "microsoft-graph-docs-contrib errors",
    },
    Definition {
        quirk: Quirk::Foreign200,
        name: "foreign-200",
        values: &[("off", "every batch is answered by Graph"), ("on", "each tenth one by something between, with 200 and JSON of its own")],
        uncertain: "What stands between a browser and Graph.",
        source: "proxies and captive portals",
    },
];

impl Quirk {
    pub fn definition(self) -> &'static Definition {
        &ALL[self as usize]
    }
}

/// The values in force.
pub struct Quirks {
    now: [&'static str; ALL.len()],
    /// Those of the command line, which a reset brings back.
    given: [&'static str; ALL.len()],
    /// When continuous access evaluation first refused a token.
    pub evaluated: Option<Millis>,
    /// The batches that were asked for.
    batches: usize,
    /// The single requests, those inside batches among them.
    requests: usize,
}

impl Default for Quirks {
    fn default() -> Self {
        let first: [&'static str; ALL.len()] = std::array::from_fn(|index| ALL[index].values[0].0);
        Self { now: first, given: first, evaluated: None, batches: 0, requests: 0 }
    }
}

impl Quirks {
    /// Reads the `NAME` or `NAME=VALUE` of a command line. A name alone takes the first value that is not the default.
    ///
    /// # Errors
    /// A sentence with what there is.
    pub fn from_arguments(arguments: &[String]) -> Result<Self, String> {
        let mut quirks = Self::default();
        for argument in arguments {
            let (name, value) = argument.split_once('=').map_or((argument.as_str(), None), |(name, value)| (name, Some(value)));
            let (quirk, value) = find(name, value)?;
            quirks.given[quirk as usize] = value;
        }
        quirks.now = quirks.given;
        Ok(quirks)
    }

    /// Goes back to what the command line said.
    #[must_use]
    pub fn as_given(&self) -> Self {
        Self { now: self.given, given: self.given, evaluated: None, batches: 0, requests: 0 }
    }

    pub fn value(&self, quirk: Quirk) -> &'static str {
        self.now[quirk as usize]
    }

    pub fn is(&self, quirk: Quirk, value: &str) -> bool {
        debug_assert!(quirk.definition().values.iter().any(|(known, _)| *known == value), "{quirk:?} has no value {value}");
        self.value(quirk) == value
    }

    /// Sets what `{"name": "value"}` says, all of it or nothing.
    ///
    /// # Errors
    /// A sentence with what there is.
    pub fn set(&mut self, wanted: &Value) -> Result<(), String> {
        let members = wanted.as_object().ok_or("an object of names and values is needed")?;
        let mut next = self.now;
        for (name, value) in members {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let (quirk, value) = find(name, Some(&text))?;
            next[quirk as usize] = value;
        }
        self.now = next;
        self.evaluated = None;
        Ok(())
    }

    pub fn to_json(&self) -> Value {
        let quirks = ALL.iter().map(|d| {
            let values: Vec<Value> = d.values.iter().map(|(value, does)| json!({"value": value, "does": does})).collect();
            json!({"name": d.name, "values": values, "default": d.values[0].0, "value": self.value(d.quirk), "uncertain": d.uncertain,
                "source": d.source})
        });
        quirks.collect()
    }
}

fn find(name: &str, value: Option<&str>) -> Result<(Quirk, &'static str), String> {
    let Some(definition) = ALL.iter().find(|d| d.name == name) else {
        let names: Vec<&str> = ALL.iter().map(|d| d.name).collect();
        return Err(format!("there is no quirk '{name}'; there are {}", names.join(", ")));
    };
    let found = match value {
        None => definition.values.get(1),
        Some(value) => definition.values.iter().find(|(known, _)| *known == value),
    };
    let Some((value, _)) = found else {
        let values: Vec<&str> = definition.values.iter().map(|(value, _)| *value).collect();
        return Err(format!("the quirk '{name}' has no value '{}'; it has {}", value.unwrap_or_default(), values.join(", ")));
    };
    Ok((definition.quirk, value))
}
