//! Each point in one place: where its answer comes from, the request that it needs, and how the answer is judged. Its words are in
//! `text/check.rs`.

use super::read::{self, Definition};
use super::sign_in;
use super::written;
use super::{Came, Point, Why, complete, differs, is, not_tried};
use domain::ids::AppId;
use domain::permission::GRAPH;
use domain::role;
use entra::scopes::Scope;
use graph::request::GraphRequest;
use graph::{directory, exchange, partner, roles, service_principals};

fn scopes() -> Vec<(&'static str, &'static str)> {
    Scope::ALL.into_iter().map(|scope| (scope.name(), scope.id())).collect()
}

/// The directory roles that the rules of this page speak of.
const ROLES: &[(&str, &str)] = &[
    ("Global Administrator", role::GLOBAL_ADMINISTRATOR),
    ("Privileged Role Administrator", role::PRIVILEGED_ROLE_ADMINISTRATOR),
    ("Application Administrator", role::APPLICATION_ADMINISTRATOR),
    ("Cloud Application Administrator", role::CLOUD_APPLICATION_ADMINISTRATOR),
    ("Application Developer", role::APPLICATION_DEVELOPER),
    ("Exchange Administrator", role::EXCHANGE_ADMINISTRATOR),
    ("User Administrator", role::USER_ADMINISTRATOR),
    ("License Administrator", role::LICENSE_ADMINISTRATOR),
    ("Global Reader", role::GLOBAL_READER),
];

/// An id that no object has.
const NOBODY: &str = "5e6f2f1c-0c4b-4f0e-9d7b-6a1c4b8e2d90";

fn graph_principal() -> Option<GraphRequest> {
    AppId::parse(GRAPH).map(|graph| service_principals::resource(&graph).into())
}

impl Point {
    #[must_use]
    pub fn definition(self) -> Definition {
        use Definition::{Reads, Tokens, Traffic, Writes};
        match self {
            // Sign-in.
            Self::Renewal => Tokens(sign_in::renewal),
            Self::RenewalNonce => Tokens(sign_in::nonce),
            Self::RenewalClientInfo => Tokens(sign_in::client_info_at_home),
            Self::RenewalRefreshToken => Tokens(|renewals| sign_in::comes(renewals, "refresh_token")),
            Self::RefreshLifetime => Tokens(|renewals| sign_in::lasts(renewals, "refresh_token_expires_in", 1..=86_400)),
            // An hour or so; about a day where continuous access evaluation is on.
            Self::AccessLifetime => Tokens(|renewals| sign_in::lasts(renewals, "expires_in", 600..=100_800)),
            Self::AccessFormat => Tokens(sign_in::format),
            Self::IdTokenClaims => Tokens(sign_in::claims),
            Self::GrantedScopes => Tokens(sign_in::scopes),
            // Tenants of customers.
            Self::CustomerRefusal => Tokens(sign_in::refusal),
            Self::CustomerRefusalWord => Tokens(sign_in::refusal_word),
            Self::CustomerSuberror => Tokens(sign_in::suberror),
            Self::CustomerClientInfo => Tokens(sign_in::client_info_elsewhere),
            // Batches.
            Self::BatchAnswers => Traffic(|traffic| match (traffic.answered, traffic.foreign) {
                (0, 0) => not_tried(Why::NoAnswer),
                (_, foreign) => is(foreign == 0, Came::Times(foreign)),
            }),
            Self::InnerHeaders => Traffic(|traffic| match &traffic.inner {
                Some(found) => complete(["request-id"].into_iter().filter(|name| !found.contains(name)).collect()),
                None => not_tried(Why::NoAnswer),
            }),
            Self::ReadableHeaders => Traffic(|traffic| match &traffic.readable {
                Some(found) => complete(["request-id"].into_iter().filter(|name| !found.contains(name)).collect()),
                None => not_tried(Why::NoAnswer),
            }),
            Self::RetryAfter => Traffic(|traffic| match traffic.retry_after {
                Some(readable) => is(readable, Came::Nothing),
                None => not_tried(Why::NotMet),
            }),
            // Lists.
            Self::Paging => Reads {
                ask: |ground, got| match got {
                    [] => Some(GraphRequest::get("/servicePrincipals?$select=id&$top=1")),
                    [first] => read::next_page(ground, first, "v1.0").map(GraphRequest::get),
                    _ => None,
                },
                judge: |ground, got| read::paged(ground, got, "v1.0"),
            },
            Self::BetaPaging => Reads {
                ask: |ground, got| match got {
                    [] => Some(GraphRequest::get("/servicePrincipals?$select=id&$top=1").of_beta()),
                    [first] => read::next_page(ground, first, "beta").map(|path| GraphRequest::get(path).of_beta()),
                    _ => None,
                },
                judge: |ground, got| read::paged(ground, got, "beta"),
            },
            Self::Context => Reads { ask: |_, got| read::once(got, directory::organization), judge: read::context },
            Self::ErrorBody => Reads {
                ask: |_, got| read::once(got, || GraphRequest::get(format!("/applications/{NOBODY}?$select=id"))),
                judge: |_, got| read::error_body(got),
            },
            // The directory.
            Self::Organization => Reads {
                ask: |_, got| read::once(got, directory::organization),
                judge: |_, got| match read::list(got, 0) {
                    Ok([one]) => match one["verifiedDomains"].as_array().map(Vec::as_slice) {
                        Some([domain, ..]) => read::members(domain, &["name", "isDefault", "isInitial"]),
                        _ => differs(Came::Missing(vec!["verifiedDomains"])),
                    },
                    Ok(all) => differs(Came::Count(all.len())),
                    Err(judged) => judged,
                },
            },
            Self::Domains => Reads {
                ask: |_, got| read::once(got, || GraphRequest::get("/domains")),
                judge: |_, got| {
                    read::members_of_each(got, &["id", "isDefault", "isInitial", "isVerified", "authenticationType", "supportedServices"])
                },
            },
            Self::RoleIds => Reads {
                ask: |_, got| read::once(got, roles::definitions),
                judge: |_, got| match read::list(got, 0) {
                    Ok(all) => {
                        let is_there = |id: &str| all.iter().any(|one| one["id"] == id);
                        complete(ROLES.iter().filter(|(_, id)| !is_there(id)).map(|(name, _)| *name).collect())
                    }
                    Err(judged) => judged,
                },
            },
            Self::EligibleRoles => Reads {
                ask: |ground, got| if ground.at_home { read::once(got, directory::my_eligible_roles) } else { None },
                judge: |ground, got| {
                    // Without the licence for it, Graph answers 400 or 403.
                    let refuses = got.first().is_some_and(|answer| answer.status == 400);
                    let judge = || {
                        if refuses {
                            not_tried(Why::NotAllowed)
                        } else {
                            read::list(got, 0).map_or_else(|judged| judged, |_| super::held())
                        }
                    };
                    read::of_member(ground, judge)
                },
            },
            Self::GroupsCast => Reads {
                ask: |ground, got| {
                    let plain = || GraphRequest::get("/me/transitiveMemberOf/microsoft.graph.group?$select=id");
                    if ground.at_home { read::once(got, plain) } else { None }
                },
                judge: |ground, got| read::of_member(ground, || read::list(got, 0).map_or_else(|judged| judged, |_| super::held())),
            },
            Self::GroupsPage => Reads {
                ask: |ground, got| {
                    let counted =
                        || GraphRequest::get("/me/transitiveMemberOf/microsoft.graph.group?$select=id&$count=true").with_eventual();
                    if ground.at_home { read::once(got, counted) } else { None }
                },
                judge: |ground, got| read::of_member(ground, || read::one_page(got)),
            },
            Self::GraphScopes => Reads {
                ask: |_, got| if got.is_empty() { graph_principal() } else { None },
                judge: |_, got| read::offered(got, &scopes(), false),
            },
            Self::GraphScopeIds => Reads {
                ask: |_, got| if got.is_empty() { graph_principal() } else { None },
                judge: |_, got| read::offered(got, &scopes(), true),
            },
            Self::DeletedItems => Reads {
                ask: |_, got| {
                    read::once(got, || GraphRequest::get("/directory/deletedItems/microsoft.graph.application?$select=id&$top=1"))
                },
                judge: |_, got| read::list(got, 0).map_or_else(|judged| judged, |_| super::held()),
            },
            // Policies.
            Self::PolicyShape => Reads {
                ask: |_, got| read::once(got, directory::app_management_policy),
                judge: |_, got| match read::body(got, 0) {
                    Ok(policy) => read::members(
                        policy,
                        &["isEnabled", "applicationRestrictions.passwordCredentials", "applicationRestrictions.keyCredentials"],
                    ),
                    Err(judged) => judged,
                },
            },
            Self::PolicyRestrictions => {
                Reads { ask: |_, got| read::once(got, directory::app_management_policy), judge: |_, got| read::restrictions(got) }
            }
            Self::AuthorizationPolicy => Reads {
                ask: |_, got| read::once(got, || GraphRequest::get("/policies/authorizationPolicy")),
                judge: |_, got| match read::body(got, 0) {
                    Ok(policy) => read::members(policy, &["defaultUserRolePermissions.allowedToCreateApps"]),
                    Err(judged) => judged,
                },
            },
            // The partner.
            Self::PartnerCustomers => Reads {
                ask: |ground, got| if ground.at_home { read::once(got, partner::customers) } else { None },
                judge: |ground, got| read::of_partner(ground, || read::members_of_each(got, &["tenantId", "displayName"])),
            },
            Self::Relationships => Reads {
                ask: |ground, got| if ground.at_home { read::once(got, partner::relationships) } else { None },
                judge: |ground, got| {
                    let wanted = &["id", "displayName", "status", "customer.tenantId", "endDateTime", "accessDetails.unifiedRoles"];
                    read::of_partner(ground, || read::members_of_each(got, wanted))
                },
            },
            Self::RelationshipStatuses => Reads {
                ask: |ground, got| if ground.at_home { read::once(got, partner::relationships) } else { None },
                judge: |ground, got| read::of_partner(ground, || read::statuses(got)),
            },
            Self::AccessAssignments => Reads {
                ask: |ground, got| match got {
                    [] if ground.at_home => Some(partner::relationships().into()),
                    [first] => {
                        let active = first.body["value"].as_array()?.iter().find(|one| one["status"] == "active")?;
                        let id = active["id"].as_str()?;
                        id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-').then(|| partner::access_assignments(id).into())
                    }
                    _ => None,
                },
                judge: |ground, got| {
                    let wanted = &["status", "accessContainer.accessContainerId", "accessDetails.unifiedRoles"];
                    read::of_partner(ground, || match (read::list(got, 0), got.len()) {
                        (Err(judged), _) => judged,
                        (Ok(_), 1) => not_tried(Why::NothingThere),
                        _ => read::members_of_each(&got[1..], wanted),
                    })
                },
            },
            Self::Contracts => Reads {
                ask: |ground, got| if ground.at_home { read::once(got, partner::contracts) } else { None },
                judge: |ground, got| {
                    read::of_partner(ground, || read::members_of_each(got, &["customerId", "defaultDomainName", "displayName"]))
                },
            },
            // Exchange.
            Self::ExchangeRoles => Reads {
                ask: |_, got| read::once(got, exchange::definitions),
                judge: |_, got| read::exchange(got, || read::members_of_each(got, &["id", "displayName", "isEnabled"])),
            },
            Self::ExchangeRolesPage => {
                Reads { ask: |_, got| read::once(got, exchange::definitions), judge: |_, got| read::exchange(got, || read::one_page(got)) }
            }
            // With a test app.
            Self::UpsertInBatch => Writes(written::upsert_in_batch),
            Self::UpsertAnswer => Writes(written::upsert_answer),
            Self::DuplicateName => Writes(written::duplicate_name),
            Self::PrincipalUpsert => Writes(written::principal_upsert),
            Self::Change => Writes(|run| written::step(run, written::is_change)),
            Self::DelegatedGrant => Writes(|run| written::step(run, written::is_delegated_grant)),
            Self::ApplicationGrant => Writes(|run| written::step(run, written::is_application_grant)),
            Self::RoleAssignment => Writes(|run| written::step(run, written::is_role)),
            Self::SecretAdded => Writes(|run| written::step(run, written::adds_secret)),
            Self::CertificateAdded => Writes(|run| written::step(run, written::adds_certificate)),
            Self::SecretRemoved => Writes(|run| written::step(run, written::removes_secret)),
            Self::Deletion => Writes(|run| written::step(run, written::deletes)),
            Self::DeletedItem => Writes(|run| written::step(run, written::finds_deleted)),
            Self::FinalDeletion => Writes(|run| written::step(run, written::deletes_for_good)),
            Self::Challenge => Writes(written::challenge),
            Self::Replication => Writes(written::replication),
        }
    }
}
