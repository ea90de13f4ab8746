//! Customers in words, and the message that asks one of them for consent.

use crate::Notice;
use customers::check::{Job, Pace};
use customers::{ConsentState, Customer, GdapStatus, Note, Refusal};
use domain::role;
use domain::time::Instant;
use entra::fault::{EntraFault, Meaning};
use entra::scopes::{NAMES, Scope};
use graph::answer::Fault;

/// Returns how the partner is tied to a customer, e.g. `GDAP active until 2028-01-11`. `is_whole` says whether all lists were read.
#[must_use]
pub fn tie(customer: &Customer, is_whole: bool) -> String {
    let gdap = customer.gdap.as_ref().map(|gdap| {
        let ends = gdap.ends.map(|ends| ends.to_iso().chars().take(10).collect::<String>());
        match (gdap.status, ends) {
            (GdapStatus::Active | GdapStatus::Expiring, Some(ends)) => format!("GDAP {} until {ends}", status(gdap.status)),
            (GdapStatus::Expired | GdapStatus::Terminated, Some(ends)) => format!("GDAP {} {ends}", status(gdap.status)),
            (GdapStatus::Unknown, _) => "GDAP".to_owned(),
            (other, _) => format!("GDAP {}", status(other)),
        }
    });
    match (gdap, customer.has_contract) {
        (Some(gdap), true) => format!("{gdap} · Contract"),
        (Some(gdap), false) => gdap,
        (None, _) if is_whole => "Contract only, no GDAP".to_owned(),
        (None, _) => "Contract · GDAP not read yet".to_owned(),
    }
}

#[must_use]
pub fn status(status: GdapStatus) -> &'static str {
    match status {
        GdapStatus::Active => "active",
        GdapStatus::Expiring => "expiring",
        GdapStatus::Activating => "activating",
        GdapStatus::Approved => "approved",
        GdapStatus::ApprovalPending => "waits for approval",
        GdapStatus::Created => "created, not sent",
        GdapStatus::TerminationRequested => "ends on request",
        GdapStatus::Terminating => "terminating",
        GdapStatus::Expired => "expired",
        GdapStatus::Terminated => "terminated",
        GdapStatus::Unknown => "not read",
    }
}

/// Returns what the last check found, for a chip; `None` when nothing was checked.
#[must_use]
pub fn consent(note: &Note) -> Option<String> {
    Some(match note.consent.as_ref()? {
        ConsentState::Given { missing, .. } if missing.is_empty() => "Consent given".into(),
        ConsentState::Given { missing, .. } => super::count(missing.len(), "permission missing", "permissions missing"),
        ConsentState::NotGiven => "No consent".into(),
        ConsentState::NoAccess => "No access".into(),
        ConsentState::Refused(refusal) => refused_chip(refusal),
        ConsentState::Gone => "Tenant gone".into(),
    })
}

fn refused_chip(refusal: &Refusal) -> String {
    match refusal.fault().meaning(false) {
        Meaning::Consent => "No consent".into(),
        Meaning::NoAccess => "No access".into(),
        Meaning::Gone => "Tenant gone".into(),
        Meaning::PolicyAsks => "Sign-in needed there".into(),
        Meaning::PolicyForbids => "Blocked by policy".into(),
        Meaning::SignInEnded | Meaning::Registration | Meaning::Declined | Meaning::Later => "Refused".into(),
        Meaning::Unknown if refusal.code.is_empty() => "Blocked by policy".into(),
        Meaning::Unknown => format!("Refused: {}", refusal.code),
    }
}

/// Returns the refusal of a customer's tenant in words, with the buttons that lead out of it; `None` where it did not refuse.
#[must_use]
pub fn refusal(note: &Note, name: &str) -> Option<Notice> {
    match note.consent.as_ref()? {
        ConsentState::Given { .. } => None,
        ConsentState::NotGiven => Some(super::faults::entra(&EntraFault::of_code("AADSTS90099", "", None), name, false)),
        ConsentState::NoAccess => Some(super::faults::entra(&EntraFault::of_code("AADSTS50020", "", None), name, false)),
        ConsentState::Gone => Some(super::faults::entra(&EntraFault::of_code("AADSTS90002", "", None), name, false)),
        ConsentState::Refused(refusal) => Some(super::faults::entra(&refusal.fault(), name, false)),
    }
}

/// Returns what the last check found, in full.
#[must_use]
pub fn finding(note: &Note) -> String {
    match &note.consent {
        None => "Not checked".into(),
        Some(ConsentState::Given { missing, extra }) => {
            let missing = match missing.len() {
                0 => "Everything is granted".to_owned(),
                _ => format!("Missing: {}", missing.join(", ")),
            };
            if extra.is_empty() { missing } else { format!("{missing}. Also granted: {}", extra.join(", ")) }
        }
        Some(ConsentState::NotGiven) => "No consent: send the consent link".into(),
        Some(ConsentState::NoAccess) => "You have no access to this tenant".into(),
        Some(ConsentState::Refused(refusal)) if refusal.code.is_empty() => "A policy is in the way: check again to see which".into(),
        Some(ConsentState::Refused(refusal)) => {
            let notice = super::faults::entra(&refusal.fault(), "the tenant", false);
            notice.what.trim_end_matches('.').to_owned()
        }
        Some(ConsentState::Gone) => "The tenant is gone".into(),
    }
}

#[must_use]
pub fn checked(at: Option<Instant>, now: Instant) -> String {
    match at.map(|at| now.seconds_since(at)) {
        None => String::new(),
        Some(..10) => "Checked just now".into(),
        Some(seconds) => format!("Checked {} ago", super::span(seconds)),
    }
}

/// Returns how far a check has come.
#[must_use]
pub fn progress(job: &Job, pace: Pace, is_running: bool, waits: bool) -> String {
    let over = job.done + job.failed.len();
    let mut text = format!("{} of {} checked", super::thousands(over), super::count_of(job.total(), "customer", "customers"));
    if !job.failed.is_empty() {
        text += &format!(", {} failed", super::thousands(job.failed.len()));
    }
    if let Some(rate) = pace.per_minute().filter(|_| is_running) {
        text += &format!(", {} a minute", super::thousands(rate));
    }
    if let Some(left) = pace.left(job.waiting.len()).filter(|left| is_running && *left > 0) {
        text += &format!(", about {} left", super::span(left));
    }
    if waits && is_running {
        text += ". Microsoft asked to wait a moment; it goes on by itself";
    } else if !is_running && !job.waiting.is_empty() {
        text += ". Stopped; what was found is kept";
    }
    text + "."
}

/// Returns what is read of the list, and how old it is.
#[must_use]
pub fn age(read: Option<Instant>, now: Instant) -> String {
    match read.map(|read| now.seconds_since(read)) {
        None => "Not read to the end.".into(),
        Some(..10) => "Read just now.".into(),
        Some(seconds) => format!("Read {} ago.", super::span(seconds)),
    }
}

/// Why a customer can be missing from the list.
pub const MISSING: [&str; 4] = [
    "You are not in the group AdminAgents of your company’s tenant: Microsoft then answers with an empty list and no error.",
    "There is no GDAP relationship with the customer, or it has not been approved.",
    "The customer’s tenant lives in another cloud of Microsoft: GDAP is known in the global cloud only.",
    "The relationship is new: it can take some minutes until it is listed.",
];

/// What an administrator of a customer must know before they consent.
pub struct Brief<'a> {
    /// The name of the application.
    pub app: &'a str,
    pub client_id: &'a str,
    /// In words, with risk.
    pub permissions: &'a [String],
    /// The origin of Microsoft's sign-in.
    pub login: &'a str,
    pub link: &'a str,
    /// Roles of which one is enough to approve it.
    pub who: &'a str,
    /// Who asks: name and account, and the company.
    pub asker: &'a str,
    pub company: &'a str,
    /// The host that Microsoft's page comes back to.
    pub host: &'a str,
    /// The customer, when the message is for one.
    pub customer: Option<&'a str>,
    /// Where this page explains the same: for its own application only.
    pub explained: Option<&'a str>,
}

#[must_use]
pub fn subject(brief: &Brief<'_>) -> String {
    format!("{} asks for your approval of {} in Microsoft 365", brief.company, brief.app)
}

/// Returns the message as plain text.
#[must_use]
pub fn body(brief: &Brief<'_>) -> String {
    let Brief { app, client_id, permissions, login, link, who, asker, company, host, customer, explained } = brief;
    let customer = customer.map(|name| format!(" in the tenant of {name}")).unwrap_or_default();
    let permissions: String = permissions.iter().map(|permission| format!("- {permission}\n")).collect();
    let (limits, explained) = match explained {
        Some(address) => (
            format!(
                "It works only while a person of {company} is signed in, and never with more rights than that person has in your tenant. "
            ),
            format!(" The same is explained at {address}"),
        ),
        None => (String::new(), String::new()),
    };
    format!(
        "Hello,\n\n{asker} of {company} asks you to approve the application {app}{customer}.\n\n\
         Application: {app}\nApplication (client) ID: {client_id}\nPublisher: Microsoft’s page tells whether it is verified. Where it says “unverified”, compare the client ID.\n\n\
         {limits}It asks for:\n{permissions}\n\
         To approve, open this link and sign in as an administrator ({who}):\n{link}\n\n\
         The link leads to Microsoft’s own page ({login}). Afterwards you are on {host}; another address is not ours.{explained}\n\n\
         You can withdraw the approval at any time in Entra under Enterprise applications > {app}.\n"
    )
}

/// Returns a script that approves the page's application for customers through Partner Center, which no page may call.
/// <https://learn.microsoft.com/partner-center/developer/control-panel-vendor-apis>
#[must_use]
pub fn script(client_id: &str, tenants: impl Iterator<Item = String>) -> String {
    let tenants: Vec<String> = tenants.map(|tenant| format!("  '{tenant}'")).collect();
    format!(
        "# Approves Latchkey in the tenants of these customers through Partner Center. Not run by Latchkey: read it before you do.\n\
         # It needs PowerShell 7, the module Az.Accounts, and a sign-in with MFA as a member of AdminAgents whose GDAP role there may\n\
         # consent (Cloud Application Administrator or higher). Delegated permissions only: application permissions need the link.\n\
         # Partner Center may want a token of Latchkey itself, registered in your own tenant. Where it refuses the one of Az PowerShell,\n\
         # nothing is approved, and the consent link is the way.\n\
         $ErrorActionPreference = 'Stop'\n\
         Connect-AzAccount | Out-Null\n\
         $token = (Get-AzAccessToken -ResourceUrl 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd' -AsSecureString).Token\n\
         $body = @{{\n  applicationId = '{client_id}'\n  displayName = 'Latchkey'\n  applicationGrants = @(@{{\n    enterpriseApplicationId = '00000003-0000-0000-c000-000000000000'\n    scope = '{scopes}'\n  }})\n}} | ConvertTo-Json -Depth 4\n\
         $tenants = @(\n{tenants}\n)\n\
         foreach ($tenant in $tenants) {{\n  try {{\n    Invoke-RestMethod -Method Post -Uri \"https://api.partnercenter.microsoft.com/v1/customers/$tenant/applicationconsents\" -Authentication Bearer -Token $token -ContentType 'application/json' -Body $body | Out-Null\n    \"$tenant approved\"\n  }} catch {{\n    $failure = $_\n    switch ([int]$failure.Exception.Response.StatusCode) {{\n      409 {{ \"$tenant was approved before\" }}\n      {{ $_ -in 401, 403 }} {{ \"$tenant refused this sign-in: send its administrator the consent link\" }}\n      default {{ \"$tenant failed: $($failure.Exception.Message)\" }}\n    }}\n  }}\n}}\n",
        scopes = NAMES.join(","),
        tenants = tenants.join("\n"),
    )
}

/// Returns what a delegated scope of the page lets its user do.
#[must_use]
pub fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::UserRead => "see who is signed in",
        Scope::ApplicationReadWrite => "create, change, and delete app registrations (high risk)",
        Scope::AppRoleAssignmentReadWrite => "give application permissions to apps (high risk)",
        Scope::DelegatedPermissionGrantReadWrite => "give delegated permissions to apps (high risk)",
        Scope::DirectoryRead => "read users, groups, apps, roles, and domains",
        Scope::PolicyRead => "read policies, such as how long secrets may live",
        Scope::RoleEligibilityScheduleRead => "read which roles you can activate",
        Scope::RoleManagementReadWriteDirectory => "give directory roles (high risk)",
        Scope::LicenseAssignmentReadWrite => "assign licenses to users",
        Scope::RoleManagementReadWriteExchange => "give roles of Exchange Online (high risk)",
        Scope::UserPasswordProfileReadWrite => "set passwords of user accounts (high risk)",
        Scope::UserRevokeSessions => "end the sign-ins of user accounts",
        Scope::UserReadWrite => "create, change, and delete user accounts (high risk)",
        Scope::DelegatedAdminRelationshipRead => "read relationships of delegated administration",
    }
}

/// Explains why the lists could not be read to their ends.
#[must_use]
pub fn unread(fault: &Fault) -> Notice {
    let mut notice = super::faults::reading(fault, super::faults::Read::Customers);
    notice.next.push_str(" The list keeps what was known before, and has what could be read.");
    notice
}

/// The directory roles that the person holds at a customer: `None` while they are read, `Some(None)` when they could not be.
#[must_use]
pub fn held(roles: Option<Option<&[String]>>) -> String {
    match roles {
        None => "Reading …".into(),
        Some(None) => "Could not be read. Close this and open it again to retry".into(),
        Some(Some([])) => "None: no access assignment of this relationship names a group that you are in".into(),
        Some(Some(roles)) => super::list(&roles.iter().map(|role| role::name(role).to_owned()).collect::<Vec<_>>(), "and"),
    }
}

/// Stands for the partner itself where its name is not known.
pub const UNNAMED: &str = "your company";

/// Why there is no plan for a customer.
pub const NO_ANSWER: &str = "The tenant did not answer.";
pub const PLAN_ANEW: &str = "Sign in again, then make the plans anew.";
/// Why a rollout does not begin.
pub const PLANS_OF_ANOTHER: &str = "These plans were made for another account. Make them anew.";
pub const TABLE_NOT_STORED: &str = "The browser could not store the table, so nothing was begun.";

/// A customer's tenant lacks permissions that the blueprint asks for.
#[must_use]
pub fn not_offered(permissions: &[String]) -> String {
    format!("This tenant does not offer {}.", permissions.join("; "))
}

/// A customer's tenant lacks roles that the blueprint asks for.
#[must_use]
pub fn no_such_role(roles: &[String]) -> String {
    format!("This tenant does not have the role {}.", roles.join(", "))
}

/// Microsoft's page says that a customer consented; the tenant is asked.
#[must_use]
pub fn consent_reported(name: &str) -> Notice {
    Notice::new(
        format!("Microsoft’s page reports that {name} gave consent."),
        "The tenant is asked until it is felt there; that can take a minute.",
    )
}

pub const CHECK_IS_RUNNING: &str = "A check is running. Cancel it, or wait until it is over, then check these.";
