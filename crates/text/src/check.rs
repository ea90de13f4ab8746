//! The words of Check with Microsoft: each point, what was expected, what came, and the report to copy.

use check::report::{self, Head};
use check::{Came, Finding, Part, Point, Standing, Why};

#[must_use]
pub fn part(part: Part) -> &'static str {
    match part {
        Part::SignIn => "Sign-in and renewal",
        Part::Customers => "Sign-in at customers",
        Part::Batch => "Batches and headers",
        Part::Lists => "Lists and errors",
        Part::Directory => "Directory and permissions",
        Part::Policies => "Policies",
        Part::Partner => "Partner lists",
        Part::Exchange => "Exchange Online roles",
        Part::Written => "With a test app",
    }
}

#[must_use]
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Held => "Held",
        Standing::Differs => "Differs",
        Standing::NotTried => "Not tried",
    }
}

/// Returns what a point is about.
#[must_use]
pub fn title(point: Point) -> &'static str {
    match point {
        Point::Renewal => "Renewing the sign-in",
        Point::RenewalNonce => "Nonce after a renewal",
        Point::RenewalClientInfo => "Account information at home",
        Point::RenewalRefreshToken => "Refresh token after a renewal",
        Point::RefreshLifetime => "Lifetime of the refresh token",
        Point::AccessLifetime => "Lifetime of the access token",
        Point::AccessFormat => "Format of the access token",
        Point::IdTokenClaims => "Claims of the ID token",
        Point::GrantedScopes => "Scopes of the access token",
        Point::CustomerRefusal => "Refusal number of a customer without consent",
        Point::CustomerRefusalWord => "Error word of that refusal",
        Point::CustomerSuberror => "Suberror of AADSTS65001",
        Point::CustomerClientInfo => "Account information at a customer",
        Point::BatchAnswers => "Who answers batches",
        Point::InnerHeaders => "Request ID inside a batch",
        Point::ReadableHeaders => "Request ID of a batch",
        Point::RetryAfter => "Retry-After of a throttled request",
        Point::Paging => "Next page in v1.0",
        Point::BetaPaging => "Next page in beta",
        Point::Context => "Context of answers",
        Point::ErrorBody => "Body of an error",
        Point::Organization => "Organization",
        Point::Domains => "Domains",
        Point::RoleIds => "IDs of built-in roles",
        Point::EligibleRoles => "Eligible roles",
        Point::GroupsCast => "Your groups, without extra headers",
        Point::GroupsPage => "Pages of your groups",
        Point::GraphScopes => "Permissions of Microsoft Graph",
        Point::GraphScopeIds => "IDs of these permissions",
        Point::DeletedItems => "Deleted app registrations",
        Point::PolicyShape => "Default app management policy",
        Point::PolicyRestrictions => "Restrictions of this policy",
        Point::AuthorizationPolicy => "Authorization policy",
        Point::PartnerCustomers => "Customers",
        Point::Relationships => "GDAP relationships",
        Point::RelationshipStatuses => "Status of GDAP relationships",
        Point::AccessAssignments => "GDAP access assignments",
        Point::Contracts => "Reseller contracts",
        Point::ExchangeRoles => "Exchange roles",
        Point::ExchangeRolesPage => "Pages of Exchange roles",
        Point::UpsertInBatch => "Create if missing, in a batch",
        Point::UpsertAnswer => "Answer to it",
        Point::DuplicateName => "Second app with the same unique name",
        Point::PrincipalUpsert => "Service principal, created if missing",
        Point::Change => "Changing the app registration",
        Point::DelegatedGrant => "Granting a delegated permission",
        Point::ApplicationGrant => "Granting an application permission",
        Point::RoleAssignment => "Assigning a directory role",
        Point::SecretAdded => "Adding a client secret",
        Point::CertificateAdded => "Adding a certificate",
        Point::SecretRemoved => "Removing the client secret",
        Point::Deletion => "Deleting the app registration",
        Point::DeletedItem => "Finding it among deleted items",
        Point::FinalDeletion => "Deleting it permanently",
        Point::Challenge => "Conditional Access on writes",
        Point::Replication => "Until a change is seen",
    }
}

/// Returns what is expected.
#[must_use]
pub fn expected(point: Point) -> &'static str {
    match point {
        Point::Renewal => "New tokens",
        Point::RenewalNonce => "The ID token carries the nonce of the sign-in",
        Point::RenewalClientInfo => "client_info comes",
        Point::RenewalRefreshToken => "Another refresh token comes",
        Point::RefreshLifetime => "24 hours at most",
        Point::AccessLifetime => "10 minutes to 28 hours",
        Point::AccessFormat => "A JWT",
        Point::IdTokenClaims => "Every claim that this page reads",
        Point::GrantedScopes => "Every scope that was asked for",
        Point::CustomerRefusal => "AADSTS90099",
        Point::CustomerRefusalWord => "invalid_grant",
        Point::CustomerSuberror => "consent_required",
        Point::CustomerClientInfo => "client_info comes",
        Point::BatchAnswers => "Microsoft Graph, every time",
        Point::InnerHeaders => "request-id with each answer",
        Point::ReadableHeaders => "request-id can be read by a browser",
        Point::RetryAfter => "Retry-After can be read by a browser",
        Point::Paging => "The link leads to Graph’s v1.0, and works",
        Point::BetaPaging => "The link leads to Graph’s beta, and works",
        Point::Context => "It names Graph’s v1.0 metadata",
        Point::ErrorBody => "404 Request_ResourceNotFound with innerError",
        Point::Organization => "One, with its verified domains",
        Point::Domains => "Every member that this page reads",
        Point::RoleIds => "The IDs that this page knows",
        Point::EligibleRoles => "A list",
        Point::GroupsCast => "A list",
        Point::GroupsPage => "One page",
        Point::GraphScopes => "Every permission that this page names",
        Point::GraphScopeIds => "The IDs that this page knows",
        Point::DeletedItems => "A list",
        Point::PolicyShape => "Every member that this page reads",
        Point::PolicyRestrictions => "None",
        Point::AuthorizationPolicy => "One object with allowedToCreateApps",
        Point::PartnerCustomers | Point::Relationships | Point::AccessAssignments | Point::Contracts | Point::ExchangeRoles => {
            "Every member that this page reads"
        }
        Point::RelationshipStatuses => "Only statuses that this page knows",
        Point::ExchangeRolesPage => "One page",
        Point::UpsertInBatch => "The app is created",
        Point::UpsertAnswer => "The new app in the body",
        Point::DuplicateName => "Refused, in words that this page knows",
        Point::PrincipalUpsert => "The service principal is created",
        Point::Change
        | Point::DelegatedGrant
        | Point::ApplicationGrant
        | Point::RoleAssignment
        | Point::SecretAdded
        | Point::CertificateAdded
        | Point::SecretRemoved
        | Point::Deletion
        | Point::DeletedItem
        | Point::FinalDeletion => "Done",
        Point::Challenge => "No challenge",
        Point::Replication => "20 s at most",
    }
}

/// Returns what a difference means for whoever works here; empty where it is not known before somebody looks at it.
#[must_use]
pub fn meaning(point: Point) -> &'static str {
    match point {
        Point::RenewalNonce
        | Point::AccessFormat
        | Point::CustomerClientInfo
        | Point::CustomerRefusal
        | Point::CustomerRefusalWord
        | Point::CustomerSuberror
        | Point::Context
        | Point::GroupsCast
        | Point::GroupsPage
        | Point::ExchangeRolesPage
        | Point::UpsertInBatch
        | Point::UpsertAnswer
        | Point::PrincipalUpsert
        | Point::RetryAfter
        | Point::Challenge => "This page works with both.",
        Point::InnerHeaders | Point::ReadableHeaders => "Details of an error may lack the request ID.",
        Point::PolicyRestrictions | Point::SecretAdded | Point::CertificateAdded => "A policy of this tenant may be the reason.",
        Point::Replication => "Runs wait longer here.",
        Point::BatchAnswers => {
            "Something else answers in its place: between this browser and Microsoft, or between Graph and its services."
        }
        Point::DuplicateName => "Clean up removes a second app if one was made.",
        Point::Renewal
        | Point::RenewalClientInfo
        | Point::RenewalRefreshToken
        | Point::RefreshLifetime
        | Point::AccessLifetime
        | Point::IdTokenClaims
        | Point::GrantedScopes
        | Point::Paging
        | Point::BetaPaging
        | Point::ErrorBody
        | Point::Organization
        | Point::Domains
        | Point::RoleIds
        | Point::EligibleRoles
        | Point::GraphScopes
        | Point::GraphScopeIds
        | Point::DeletedItems
        | Point::PolicyShape
        | Point::AuthorizationPolicy
        | Point::PartnerCustomers
        | Point::Relationships
        | Point::RelationshipStatuses
        | Point::AccessAssignments
        | Point::Contracts
        | Point::ExchangeRoles
        | Point::Change
        | Point::DelegatedGrant
        | Point::ApplicationGrant
        | Point::RoleAssignment
        | Point::SecretRemoved
        | Point::Deletion
        | Point::DeletedItem
        | Point::FinalDeletion => "",
    }
}

/// Returns what came.
#[must_use]
pub fn came(came: &Came) -> String {
    match came {
        Came::AsExpected => "As expected".into(),
        Came::Why(why) => self::why(*why).into(),
        Came::Nothing => "Nothing".into(),
        Came::Another => "Something else".into(),
        Came::Missing(names) => format!("Missing: {}", names.join(", ")),
        Came::Found(names) => names.join(", "),
        Came::Unlisted(count) => format!("{count} others"),
        Came::Refused { status: 0, code } if code.is_empty() => "No answer".into(),
        Came::Refused { status: 0, code } => code.clone(),
        Came::Refused { status, code } if code.is_empty() => format!("{status} without a code"),
        Came::Refused { status, code } => format!("{status} {code}"),
        Came::Entra { number: Some(number), word } => format!("AADSTS{number}, {word}"),
        Came::Entra { number: None, word } => (*word).into(),
        Came::Word(word) => (*word).into(),
        Came::Seconds(seconds) => super::span(*seconds),
        Came::Count(count) => count.to_string(),
        Came::FirstPage(count) => format!("{count} on the first page, and more"),
        Came::Times(1) => "Otherwise, once".into(),
        Came::Times(count) => format!("Otherwise, {count} times"),
        Came::Body(true) => "With a body".into(),
        Came::Body(false) => "Without a body".into(),
        Came::Elsewhere => "It leads elsewhere".into(),
        Came::Unreadable => "Not readable".into(),
        Came::Accepted => "Accepted".into(),
    }
}

fn why(why: Why) -> &'static str {
    match why {
        Why::NotReached => "Not reached",
        Why::NoAnswer => "No answer came",
        Why::NotAllowed => "Needs a role or a license that is not there",
        Why::NothingThere => "Nothing of the kind here",
        Why::NotAMember => "Only for members of this tenant",
        Why::NotAtHome => "Only in your own tenant",
        Why::NotMet => "Did not come up",
        Why::NotKept => "Sign in again, then check again",
    }
}

/// Returns the table in a sentence.
#[must_use]
pub fn summary(table: &[Finding]) -> String {
    let count = |standing| report::count(table, standing);
    let (held, differs, not_tried) = (count(Standing::Held), count(Standing::Differs), count(Standing::NotTried));
    let not_tried = if not_tried == 0 { String::new() } else { format!(" {not_tried} were not tried.") };
    if differs == 0 {
        format!("Microsoft answered as expected on all {held} points tried.{not_tried}")
    } else {
        format!("Microsoft answered differently on {differs} of {} points.{not_tried}", held + differs)
    }
}

/// Returns how many points of a part stand how.
#[must_use]
pub fn counts(held: usize, differs: usize, not_tried: usize) -> String {
    let all = [(differs, if differs == 1 { "differs" } else { "differ" }), (held, "held"), (not_tried, "not tried")];
    all.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect::<Vec<_>>().join(", ")
}

/// Returns the report to copy: codes, numbers and words of this page, and nothing of the tenant but a hash.
#[must_use]
pub fn report(head: &Head, table: &[Finding]) -> String {
    let account = if head.at_home { "member" } else { "partner" };
    let mut lines = vec![
        "Latchkey, Check with Microsoft, report 1".to_owned(),
        format!("Page: {}", head.version),
        format!("Cloud: {}", head.cloud),
        format!("Date: {}", head.date),
        format!("Browser: {}", head.engine),
        format!("Tenant: {}", head.tenant),
        format!("Account: {account}"),
    ];
    for part in Part::ALL {
        lines.push(String::new());
        lines.push(self::part(*part).to_owned());
        let of_part = table.iter().filter(|finding| finding.point.part() == *part);
        lines.extend(of_part.map(|finding| {
            let line = format!("{}: {}", finding.point.code(), standing(finding.standing).to_lowercase());
            match finding.standing {
                Standing::Held => line,
                Standing::Differs => format!("{line}; expected: {}; came: {}", expected(finding.point), came(&finding.came)),
                Standing::NotTried => format!("{line}; {}", came(&finding.came)),
            }
        }));
    }
    lines.join("\n")
}
