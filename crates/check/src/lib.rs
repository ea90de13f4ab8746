//! Check with Microsoft: the assumptions of this page that can only be examined in a real tenant, one point each. A point says what it
//! asks, and judges what came, in a closed vocabulary: no name, id or text of a tenant is in a finding.

pub mod plan;
pub mod points;
pub mod read;
pub mod report;
pub mod sign_in;
mod written;

use ::plan::record::RunRecord;
use entra::cloud::Cloud;
use read::Definition;

macro_rules! points {
    ($($(#[$doc:meta])* $name:ident: $part:ident, $code:literal;)*) => {
        /// What is examined. Adding one makes the compiler ask what it reads, how it is judged, and for its words.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Point {
            $($(#[$doc])* $name,)*
        }

        impl Point {
            /// Every point, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the name in a report.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            #[must_use]
            pub fn part(self) -> Part {
                match self {
                    $(Self::$name => Part::$part,)*
                }
            }
        }
    };
}

points! {
    Renewal: SignIn, "renewal";
    RenewalNonce: SignIn, "renewal-nonce";
    RenewalClientInfo: SignIn, "renewal-client-info";
    RenewalRefreshToken: SignIn, "renewal-refresh-token";
    RefreshLifetime: SignIn, "refresh-lifetime";
    AccessLifetime: SignIn, "access-lifetime";
    AccessFormat: SignIn, "access-format";
    IdTokenClaims: SignIn, "id-token-claims";
    GrantedScopes: SignIn, "granted-scopes";
    CustomerRefusal: Customers, "customer-refusal";
    CustomerRefusalWord: Customers, "customer-refusal-word";
    CustomerSuberror: Customers, "customer-suberror";
    CustomerClientInfo: Customers, "customer-client-info";
    BatchAnswers: Batch, "batch-answers";
    InnerHeaders: Batch, "inner-headers";
    ReadableHeaders: Batch, "readable-headers";
    RetryAfter: Batch, "retry-after";
    Paging: Lists, "paging";
    BetaPaging: Lists, "beta-paging";
    Context: Lists, "odata-context";
    ErrorBody: Lists, "error-body";
    Organization: Directory, "organization";
    Domains: Directory, "domains";
    RoleIds: Directory, "role-ids";
    EligibleRoles: Directory, "eligible-roles";
    GroupsCast: Directory, "groups-cast";
    GroupsPage: Directory, "groups-page";
    GraphScopes: Directory, "graph-scopes";
    GraphScopeIds: Directory, "graph-scope-ids";
    DeletedItems: Directory, "deleted-items";
    PolicyShape: Policies, "policy-shape";
    PolicyRestrictions: Policies, "policy-restrictions";
    AuthorizationPolicy: Policies, "authorization-policy";
    PartnerCustomers: Partner, "partner-customers";
    Relationships: Partner, "relationships";
    RelationshipStatuses: Partner, "relationship-statuses";
    AccessAssignments: Partner, "access-assignments";
    Contracts: Partner, "contracts";
    ExchangeRoles: Exchange, "exchange-roles";
    ExchangeRolesPage: Exchange, "exchange-roles-page";
    UpsertInBatch: Written, "upsert-in-batch";
    UpsertAnswer: Written, "upsert-answer";
    DuplicateName: Written, "duplicate-name";
    PrincipalUpsert: Written, "principal-upsert";
    Change: Written, "change";
    DelegatedGrant: Written, "delegated-grant";
    ApplicationGrant: Written, "application-grant";
    RoleAssignment: Written, "role-assignment";
    SecretAdded: Written, "secret-added";
    CertificateAdded: Written, "certificate-added";
    SecretRemoved: Written, "secret-removed";
    Deletion: Written, "deletion";
    DeletedItem: Written, "deleted-item";
    FinalDeletion: Written, "final-deletion";
    Challenge: Written, "claims-challenge";
    Replication: Written, "replication";
}

/// The groups of the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    SignIn,
    Customers,
    Batch,
    Lists,
    Directory,
    Policies,
    Partner,
    Exchange,
    /// With a test app, as a run.
    Written,
}

impl Part {
    pub const ALL: &[Self] = &[
        Self::SignIn,
        Self::Customers,
        Self::Batch,
        Self::Lists,
        Self::Directory,
        Self::Policies,
        Self::Partner,
        Self::Exchange,
        Self::Written,
    ];
}

/// How a point stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Held,
    Differs,
    NotTried,
}

/// Why a point was not tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// The check was not started, or was ended before.
    NotReached,
    NoAnswer,
    /// Graph refuses the reading: a role or a consent is missing.
    NotAllowed,
    /// There is nothing of the kind to look at.
    NothingThere,
    /// The person has no object in this tenant.
    NotAMember,
    /// Only the partner's own tenant shows it.
    NotAtHome,
    /// It did not come up while the check ran.
    NotMet,
    /// The release that signed in did not keep what it would be compared with.
    NotKept,
}

/// What came. No text of a tenant: codes, numbers, and names out of lists of our own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Came {
    AsExpected,
    Why(Why),
    /// It was not in the answer.
    Nothing,
    /// It was there, and not what it should be.
    Another,
    /// The members, scopes or ids of our list that were missing.
    Missing(Vec<&'static str>),
    /// What of our list was found.
    Found(Vec<&'static str>),
    /// So many that are not on our list.
    Unlisted(usize),
    /// A status of Graph with its code, if that is one.
    Refused {
        status: u16,
        code: String,
    },
    /// A refusal of Entra.
    Entra {
        number: Option<u32>,
        word: &'static str,
    },
    /// An error word or suberror of OAuth.
    Word(&'static str),
    Seconds(i64),
    Count(usize),
    /// So many on the first page, and more after it.
    FirstPage(usize),
    /// It happened so often.
    Times(usize),
    /// An answer with a body where none is expected, or without one where one is.
    Body(bool),
    /// A link or context that leads elsewhere.
    Elsewhere,
    /// Not readable as what it should be.
    Unreadable,
    /// It worked where a refusal was expected.
    Accepted,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub point: Point,
    pub standing: Standing,
    pub came: Came,
}

/// A standing with what came.
pub type Judged = (Standing, Came);

#[must_use]
pub fn held() -> Judged {
    (Standing::Held, Came::AsExpected)
}

#[must_use]
pub fn differs(came: Came) -> Judged {
    (Standing::Differs, came)
}

#[must_use]
pub fn not_tried(why: Why) -> Judged {
    (Standing::NotTried, Came::Why(why))
}

/// Holds when nothing of our list is missing.
#[must_use]
pub fn complete(missing: Vec<&'static str>) -> Judged {
    if missing.is_empty() { held() } else { differs(Came::Missing(missing)) }
}

/// Holds when it is so; else something else came.
#[must_use]
pub fn is(so: bool, else_came: Came) -> Judged {
    if so { held() } else { differs(else_came) }
}

/// Returns a code of an answer when it has the form of one: letters and underscores. Anything else could be a text of the tenant.
#[must_use]
pub fn code(text: &str) -> String {
    let is_code = !text.is_empty() && text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if is_code { text.to_owned() } else { String::new() }
}

/// Returns the member of a list of ours that this text is.
#[must_use]
pub fn known(list: &[&'static str], text: &str) -> Option<&'static str> {
    list.iter().find(|name| name.eq_ignore_ascii_case(text)).copied()
}

/// Judges what was read, in the order of the table.
#[must_use]
pub fn examined(renewals: &sign_in::Renewals, examination: &read::Examination) -> Vec<Finding> {
    let of = |point: &Point| {
        let (standing, came) = match point.definition() {
            Definition::Tokens(judge) => judge(renewals),
            Definition::Traffic(judge) => judge(&examination.traffic),
            Definition::Reads { judge, .. } => judge(&examination.ground, examination.got(*point)),
            Definition::Writes(_) => return None,
        };
        Some(Finding { point: *point, standing, came })
    };
    Point::ALL.iter().filter_map(of).collect()
}

/// Judges what a run with a test app showed; without one nothing was tried.
#[must_use]
pub fn written(run: Option<&RunRecord>) -> Vec<Finding> {
    let of = |point: &Point| {
        let Definition::Writes(judge) = point.definition() else { return None };
        let (standing, came) = run.map_or_else(|| not_tried(Why::NotReached), judge);
        Some(Finding { point: *point, standing, came })
    };
    Point::ALL.iter().filter_map(of).collect()
}

/// Whether the check is offered: once in a browser, to whoever is signed in to a real cloud.
#[must_use]
pub fn is_offered(cloud: Cloud, is_signed_in: bool, was_answered: bool) -> bool {
    let is_real = match cloud {
        Cloud::Emulator => false,
        Cloud::Global | Cloud::Usgov | Cloud::UsgovDod | Cloud::China | Cloud::France | Cloud::Germany | Cloud::Singapore => true,
    };
    is_real && is_signed_in && !was_answered
}

/// The choice of this browser, yes or no: whether the offer was answered.
pub const ANSWERED: &str = "latchkey.check";

/// Where the examination of the tenant is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    pub done: usize,
    pub all: usize,
}
