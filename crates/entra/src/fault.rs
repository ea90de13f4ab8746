//! What Entra says when it refuses, and what that means. Words, buttons and the fate of a job over many tenants all come from one
//! [`Reason`], so that they can't disagree.
//!
//! Numbers are Microsoft's (entra-docs, reference-error-codes). One that is not known here is told with its number, and the OAuth
//! words `error` and `suberror` decide.

use domain::ids::TenantId;
use serde::Deserialize;
use std::fmt;

/// A refusal of Entra, by its token endpoint or in a redirect. Its `error_description` is read and not kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntraFault {
    /// The OAuth word, e.g. `invalid_grant`; `another_error` stands for an unknown one of a redirect.
    pub error: String,
    /// `suberror` of the token endpoint or `error_subcode` of a redirect, e.g. `consent_required`; `None` when there is none.
    pub suberror: Option<String>,
    /// The digits after AADSTS.
    pub number: Option<u32>,
    /// The GUID under which Microsoft's logs have the request; `None` when Entra gave none, or a redirect no GUID.
    pub correlation_id: Option<String>,
    /// When Entra refused, as it writes it: in UTC, e.g. `2026-11-23 08:15:42Z`. `None` when it did not say.
    pub timestamp: Option<String>,
    /// A claims challenge to meet at the next sign-in.
    pub claims: Option<String>,
    /// Why, as far as this page knows.
    pub reason: Reason,
}

#[derive(Deserialize, Default)]
struct Body {
    #[serde(default)]
    error: String,
    suberror: Option<String>,
    #[serde(default)]
    error_codes: Vec<u32>,
    #[serde(default)]
    error_description: String,
    correlation_id: Option<String>,
    timestamp: Option<String>,
    claims: Option<String>,
}

/// Why Entra refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The application is not there, or nobody approved it.
    NotApproved,
    /// It is approved, but not for all that is asked for.
    NotConsented,
    /// Only an administrator can consent to this.
    AdminConsent,
    /// A request for approval went to the administrators.
    ApprovalRequested,
    /// Two consents at once, or the application is not known everywhere yet.
    StillSettingUp,
    /// More delegated permissions than one grant holds.
    TooManyScopes,
    /// The person read the permissions and did not accept.
    Declined,
    /// The person pressed Cancel, or closed Microsoft's page.
    Cancelled,
    /// The account has no way into the tenant.
    NoAccess,
    /// The tenant wants people to be assigned to the application.
    NotAssigned,
    /// The application is switched off in the tenant.
    Disabled,
    /// Entra does not know the tenant: it is gone, or its ID or domain is wrong (AADSTS90002).
    TenantUnknown,
    /// The tenant is in another cloud of Microsoft (AADSTS90038).
    OtherCloud,
    /// The person must register for multifactor authentication first (AADSTS50072, AADSTS50079).
    RegisterMfa,
    /// Multifactor authentication, or an external challenge such as terms of use, is needed now (AADSTS50076, AADSTS50158).
    NeedMfa,
    /// Strong authentication was tried and failed.
    MfaFailed,
    /// The password has expired and must be changed on Microsoft's page (AADSTS50055).
    PasswordExpired,
    /// Microsoft wants to see the person, for a reason that has no number here.
    WantsPerson,
    /// The tenant takes managed devices only: compliant or joined ones (AADSTS53000, AADSTS53001).
    ManagedDevice,
    /// Conditional Access or another security policy blocks it (AADSTS53003).
    PolicyRefused,
    /// Cross-tenant access settings of either tenant keep the account out (AADSTS500212, AADSTS500213).
    CrossTenant,
    /// Tenant restrictions of the person's network or proxy keep this tenant out (AADSTS500021, AADSTS500022).
    NetworkForbids,
    /// The account is locked for some time, after bad passwords or for a suspicious address (AADSTS50053).
    Locked,
    /// The account is disabled (AADSTS50057).
    AccountDisabled,
    /// The sign-in is older than Microsoft allows.
    SignInOver,
    /// A password change or an administrator ended it.
    SignInRevoked,
    /// The answer to this sign-in was used already.
    CodeUsed,
    /// The sign-in was not finished in time, or went in circles.
    StartAgain,
    /// The address of this page is not registered.
    AddressUnknown,
    /// It is registered, but not for single-page applications.
    NotSinglePage,
    /// This page asked in a way that Entra does not take.
    BadRequest,
    /// A service that is asked for is not in the tenant.
    ServiceMissing,
    /// A permission that is asked for does not exist there.
    PermissionUnknown,
    /// The tenant is asked too often at the moment (AADSTS90055).
    Busy,
    /// Entra has passing trouble (AADSTS90033, `server_error`, `temporarily_unavailable`).
    Trouble,
    /// A number, or a word, that this page does not know.
    Unknown,
}

/// What a refusal means for the one who asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// Consent is missing there.
    Consent,
    /// The account has no access there.
    NoAccess,
    /// The tenant is gone, or elsewhere.
    Gone,
    /// Microsoft wants something of the person, which a sign-in gives.
    PolicyAsks,
    /// A policy forbids it: signing in again does not help.
    PolicyForbids,
    /// The sign-in itself has ended, for every tenant.
    SignInEnded,
    /// The page is registered wrongly.
    Registration,
    /// The person decided so.
    Declined,
    /// Nobody needs to do anything: the same request may succeed in a while.
    Later,
    /// This page can't tell.
    Unknown,
}

/// What leads out of it: the buttons that are offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Way {
    /// Give consent, hand the link on, or look again.
    Consent,
    /// Sign in, there where it was asked.
    SignIn,
    /// Try again.
    Again,
    /// Nobody who sits here can do anything about it now.
    #[default]
    Nothing,
}

impl Meaning {
    /// Returns the buttons that are offered; where nobody knows what it means, trying again.
    #[must_use]
    pub fn way(self) -> Way {
        match self {
            Self::Consent => Way::Consent,
            Self::PolicyAsks | Self::SignInEnded => Way::SignIn,
            Self::NoAccess | Self::Declined | Self::Later | Self::Unknown => Way::Again,
            Self::Gone | Self::PolicyForbids | Self::Registration => Way::Nothing,
        }
    }
}

impl Reason {
    /// Returns what it means.
    #[must_use]
    pub fn meaning(self) -> Meaning {
        match self {
            Self::NotApproved | Self::NotConsented | Self::AdminConsent | Self::ApprovalRequested => Meaning::Consent,
            Self::NoAccess | Self::NotAssigned | Self::Disabled => Meaning::NoAccess,
            Self::TenantUnknown | Self::OtherCloud => Meaning::Gone,
            Self::RegisterMfa | Self::NeedMfa | Self::MfaFailed | Self::PasswordExpired | Self::WantsPerson => Meaning::PolicyAsks,
            Self::ManagedDevice | Self::PolicyRefused | Self::CrossTenant | Self::NetworkForbids => Meaning::PolicyForbids,
            Self::Locked | Self::AccountDisabled => Meaning::PolicyForbids,
            Self::SignInOver | Self::SignInRevoked | Self::CodeUsed | Self::StartAgain => Meaning::SignInEnded,
            Self::AddressUnknown | Self::NotSinglePage | Self::BadRequest => Meaning::Registration,
            Self::ServiceMissing | Self::PermissionUnknown | Self::TooManyScopes => Meaning::Registration,
            Self::Declined | Self::Cancelled => Meaning::Declined,
            Self::StillSettingUp | Self::Busy | Self::Trouble => Meaning::Later,
            Self::Unknown => Meaning::Unknown,
        }
    }

    /// Returns the reason of a number; `None` for one that is not known here. `description` tells where one number has two reasons.
    #[must_use]
    pub fn of_number(number: u32, description: &str) -> Option<Self> {
        Some(match number {
            65001 | 650_056 | 90008 => Self::NotConsented,
            90099 | 700_016 | 70001 | 700_011 | 7_000_229 => Self::NotApproved,
            90094 | 90093 => Self::AdminConsent,
            90095 => Self::ApprovalRequested,
            650_051 if description.contains("DelegationScope") || description.contains("out of the valid range") => Self::TooManyScopes,
            650_051 => Self::StillSettingUp,
            65004 => Self::Declined,
            50020 | 50177 | 50178 | 16000 | 16003 | 90072 | 50034 => Self::NoAccess,
            50105 => Self::NotAssigned,
            7_000_112 => Self::Disabled,
            50059 | 50128 | 90002 | 900_023 | 5_000_224 => Self::TenantUnknown,
            90038 | 900_382 | 900_432 => Self::OtherCloud,
            50072 | 50079 => Self::RegisterMfa,
            50074 | 50076 | 50078 | 50158 => Self::NeedMfa,
            500_121 => Self::MfaFailed,
            50055 => Self::PasswordExpired,
            50058 | 50140 | 50199 => Self::WantsPerson,
            50005 | 50097 | 53000 | 53001 | 530_002 | 530_003 => Self::ManagedDevice,
            // Conditional Access and its kin have ranges of numbers, which grow.
            50131 | 53002..=53099 | 530_000..=530_999 => Self::PolicyRefused,
            500_212 | 500_213 => Self::CrossTenant,
            500_021 | 500_022 => Self::NetworkForbids,
            50053 => Self::Locked,
            50057 => Self::AccountDisabled,
            700_084 | 700_082 | 70043 | 70044 | 70008 => Self::SignInOver,
            50132 | 50133 | 50173 | 70000 | 700_003 => Self::SignInRevoked,
            54005 => Self::CodeUsed,
            50089 | 50196 | 700_005 => Self::StartAgain,
            50011 | 500_113 | 900_971 | 70004 | 70007 => Self::AddressUnknown,
            9_002_325..=9_002_327 | 7_000_218 => Self::NotSinglePage,
            50147 | 501_481 | 501_491 | 50194 | 70003 | 700_022 | 700_025 | 700_054 | 90009 | 90013 | 90014 | 90023 | 90056 | 900_144
            | 900_561 | 901_002 | 9_001_023 | 9_002_313 | 9_002_332 => Self::BadRequest,
            650_052 | 50001 | 500_011 => Self::ServiceMissing,
            650_053 | 650_054 | 650_057 | 65005 | 70011 => Self::PermissionUnknown,
            90055 => Self::Busy,
            90033 | 90090 => Self::Trouble,
            _ => return None,
        })
    }

    /// Returns the reason of an OAuth word, where no number tells.
    fn of_word(error: &str, suberror: Option<&str>, has_number: bool) -> Self {
        match (error, suberror) {
            (_, Some("consent_required")) | ("consent_required", _) => Self::NotConsented,
            ("temporarily_unavailable" | "server_error", _) => Self::Trouble,
            ("interaction_required" | "login_required", _)
            | (_, Some("basic_action" | "additional_action" | "user_password_expired" | "bad_token" | "message_only")) => Self::WantsPerson,
            ("access_denied", _) if !has_number => Self::Cancelled,
            ("unauthorized_client", _) if !has_number => Self::NotApproved,
            ("invalid_grant", _) if !has_number => Self::WantsPerson,
            _ => Self::Unknown,
        }
    }
}

/// The words that an authorization endpoint refuses with (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6; entra-docs, error codes of
/// the authorization endpoint and of admin consent).
const OAUTH_WORDS: [&str; 17] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_request_object",
    "invalid_resource",
    "invalid_scope",
    "login_required",
    "permission_denied",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
];
/// Stands for any other.
const ANOTHER_WORD: &str = "another_error";

impl EntraFault {
    fn new(error: String, suberror: Option<String>, number: Option<u32>, description: &str) -> Self {
        let known = number.and_then(|number| Reason::of_number(number, description));
        let reason = known.unwrap_or_else(|| Reason::of_word(&error, suberror.as_deref(), number.is_some()));
        Self { error, suberror, number, correlation_id: labelled(description, "Correlation ID: "), timestamp: None, claims: None, reason }
    }

    /// Reads the JSON of the token endpoint; `None` when it is not an OAuth error.
    #[must_use]
    pub fn from_json(body: &[u8]) -> Option<Self> {
        let body: Body = serde_json::from_slice(body).ok()?;
        if body.error.is_empty() {
            return None;
        }
        let number = body.error_codes.first().copied().or_else(|| number_in(&body.error_description));
        let mut fault = Self::new(body.error, body.suberror, number, &body.error_description);
        fault.correlation_id = body.correlation_id.or(fault.correlation_id);
        fault.timestamp = body.timestamp;
        // What is no JSON can't be sent back.
        fault.claims = body.claims.filter(|claims| super::claims::is_usable(claims));
        if fault.claims.is_some() && matches!(fault.reason, Reason::Unknown) {
            fault.reason = Reason::WantsPerson;
        }
        Some(fault)
    }

    /// Reads the parameters of a redirect. Anybody can write such an address: of its texts only what has the shape of Microsoft's own is
    /// kept, so that nothing else is ever shown as Microsoft's.
    #[must_use]
    pub fn from_redirect(error: &str, subcode: Option<&str>, description: Option<&str>) -> Self {
        let description = description.unwrap_or_default();
        let error = OAUTH_WORDS.iter().find(|word| **word == error).map_or(ANOTHER_WORD, |word| word);
        let mut fault = Self::new(error.to_owned(), subcode.map(str::to_owned), number_in(description), description);
        fault.correlation_id = fault.correlation_id.filter(|id| TenantId::parse(id).is_some());
        let is_time =
            |text: &String| text.len() <= 30 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | ':' | '.' | 'T' | 'Z'));
        fault.timestamp = labelled_line(description, "Timestamp: ").filter(is_time);
        // Entra's Cancel is a subcode of its own.
        if subcode == Some("cancel") && fault.number.is_none() {
            fault.reason = Reason::Cancelled;
        }
        fault
    }

    /// Reads a refusal as it was noted with [`EntraFault::code`] and its OAuth word.
    #[must_use]
    pub fn of_code(code: &str, error: &str, correlation_id: Option<String>) -> Self {
        Self { correlation_id, ..Self::new(error.to_owned(), None, number_in(code), "") }
    }

    /// Returns the number as Microsoft writes it, else the OAuth word.
    #[must_use]
    pub fn code(&self) -> String {
        self.number.map_or_else(|| self.error.clone(), |number| format!("AADSTS{number}"))
    }

    /// Returns what it means. `at_home` says that the tenant is the account's own: what that one says of a refresh token counts
    /// everywhere, where a customer's tenant speaks for itself alone.
    #[must_use]
    pub fn meaning(&self, at_home: bool) -> Meaning {
        match self.reason.meaning() {
            Meaning::Unknown if at_home && self.error == "invalid_grant" => Meaning::SignInEnded,
            meaning => meaning,
        }
    }
}

impl fmt::Display for EntraFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)?;
        if let Some(number) = self.number {
            write!(f, ", AADSTS{number}")?;
        }
        Ok(())
    }
}

fn number_in(text: &str) -> Option<u32> {
    let rest = text.split("AADSTS").nth(1)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn labelled(text: &str, label: &str) -> Option<String> {
    let rest = text.split(label).nth(1)?;
    rest.split_whitespace().next().map(str::to_owned)
}

fn labelled_line(text: &str, label: &str) -> Option<String> {
    text.split(label).nth(1).map(|rest| rest.trim().to_owned())
}
