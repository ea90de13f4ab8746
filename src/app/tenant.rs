//! What a tenant offers and what the person may do there, read for the wizard and its review.

use super::graph::{self, ask, pages, unread};
use super::{App, Current, sessions};
use crate::domain::blueprint::Blueprint;
use crate::domain::ids::{AccountKey, AppId, ObjectId, TenantId};
use crate::domain::permission::{Catalogue, Chosen, GRAPH, PermissionKind};
use crate::domain::role::{DirectoryRole, GLOBAL_ADMINISTRATOR};
use crate::entra::scopes::Scopes;
use crate::graph::applications::{Application, RequiredAccess, RequiredResource};
use crate::graph::ask::if_there;
pub use crate::graph::client::TenantClient;
use crate::graph::directory::CredentialPolicy;
use crate::graph::partner::{self, AccessAssignment};
use crate::graph::service_principals::{self, Resource};
use crate::graph::{applications, directory, roles};
use crate::plan::observed::{HeldRoles, Observed, TO_READ_POLICY};
use crate::platform::clock;
use crate::text::Notice;
use crate::text::faults::{self, Read};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// A loaded value, or why it is not there.
#[derive(Clone)]
pub enum Loaded<T> {
    Loading,
    Ready(T),
    Stopped(Notice),
}

/// Binds to the tenant of the current session, with a token for these scopes.
pub async fn enter(app: App, current: &Current, scopes: Scopes) -> Loaded<TenantClient> {
    match graph::bind(app, &current.account, &current.tenant.id, scopes).await {
        Ok(client) => Loaded::Ready(client),
        Err(trouble) => Loaded::Stopped(sessions::explain_in(&trouble, current)),
    }
}

/// Drops what the tokens of this visit say about the person's rights: a role that was just activated is in a fresh token only.
pub fn forget_rights(app: App, current: &Current) {
    app.vault().drop_access(&current.account, &current.tenant.id);
}

/// Reads the live catalogue: Microsoft Graph first, then every other API of the tenant. `each` gets it as it grows.
///
/// # Errors
/// Why even the first part could not be read.
pub async fn catalogue(app: App, current: &Current, client: &TenantClient, each: impl Fn(Catalogue)) -> Result<(), Notice> {
    let scopes = Scopes::LOOK;
    let Some(graph_id) = AppId::parse(GRAPH) else { return Ok(()) };
    let first = ask(app, &current.account, client, scopes, service_principals::resource(&graph_id)).await;
    let mut resources = vec![first.map_err(unread(Read::Permissions))?];
    let publish = |resources: &[Resource]| each(Catalogue::new(resources.iter().flat_map(Resource::offered).collect()));
    publish(&resources);
    let read = pages(app, &current.account, client, scopes, service_principals::resources(), |items| {
        resources.extend(items.filter(|resource| resource.app_id != graph_id && !resource.offered().is_empty()));
        true
    });
    read.await.map_err(|fault| faults::reading(&fault, faults::Read::Permissions))?;
    publish(&resources);
    Ok(())
}

/// Reads the directory roles that can be given, by name.
///
/// # Errors
/// Why they could not be read.
pub async fn role_definitions(app: App, current: &Current, client: &TenantClient) -> Result<Vec<DirectoryRole>, Notice> {
    let mut found = Vec::new();
    let read = pages(app, &current.account, client, Scopes::LOOK, roles::definitions(), |items| {
        found.extend(items.filter(|role| role.is_enabled).map(|role| DirectoryRole { id: role.id, name: role.display_name }));
        true
    });
    read.await.map_err(|fault| faults::reading(&fault, faults::Read::Roles))?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Observes what a plan for this blueprint depends on.
///
/// # Errors
/// What could not be read that a plan can't do without.
pub async fn observe(app: App, current: &Current, client: &TenantClient, blueprint: &Blueprint) -> Result<Observed, Notice> {
    let scopes = Scopes::LOOK;
    let account = &current.account;
    let roles = held_roles(app, current, client).await;
    let eligible = eligible_roles(app, current, client, &roles).await;
    let ground = super::accounts::ground(app, current, client, blueprint).await?;
    let wanted: Vec<AppId> = blueprint.principals().into_iter().map(|(id, _)| id.clone()).collect();
    let asked = (
        applications::named(blueprint.name.trim()),
        directory::members_may_register(),
        // Who may not read the policy finds out when the step is refused.
        roles.any_of(TO_READ_POLICY).then(directory::app_management_policy),
        wanted.iter().map(service_principals::resource).collect::<Vec<_>>(),
    );
    let (same_name, members_may_register, policy, principals) = ask(app, account, client, scopes, asked).await;
    let unread = unread(Read::TenantState);
    let mut resources = BTreeMap::new();
    let mut offered = Vec::new();
    for (id, principal) in wanted.into_iter().zip(principals) {
        let found = if_there(principal).map_err(unread)?;
        offered.extend(found.iter().flat_map(Resource::offered));
        resources.insert(id, found.map(|resource| resource.id));
    }
    let mut observed = Observed {
        tenant: client.tenant().clone(),
        roles,
        eligible,
        is_member: !current.is_customer,
        members_may_register: members_may_register.ok(),
        same_name: same_name.map_err(unread)?,
        resources,
        not_offered: Vec::new(),
        credential_policy: policy.and_then(Result::ok).map(|policy| directory::read_credential_policy(&policy, &[], clock::now())),
        surplus: Vec::new(),
        account: ground,
    };
    let catalogue = Catalogue::new(offered);
    observed.compare(blueprint, &catalogue);
    observed.surplus = observed.same_name.first().map(|app| surplus(app, blueprint, &catalogue)).unwrap_or_default();
    Ok(observed)
}

/// Returns the roles that the person may activate. Asked for only where one is missing; a tenant without that feature tells of none.
async fn eligible_roles(app: App, current: &Current, client: &TenantClient, held: &HeldRoles) -> Vec<String> {
    if current.is_customer || held.any_of(&[GLOBAL_ADMINISTRATOR]) {
        return Vec::new();
    }
    let all = ask(app, &current.account, client, Scopes::LOOK, directory::my_eligible_roles()).await.unwrap_or_default();
    // One that counts in a part of the tenant would not do for what is planned.
    all.into_iter().filter(directory::EligibleRole::is_tenant_wide).map(|role| role.role_definition_id).collect()
}

/// Returns what an application asks for besides the blueprint, by name where the catalogue has one.
fn surplus(app: &Application, blueprint: &Blueprint, catalogue: &Catalogue) -> Vec<Chosen> {
    let all =
        app.required_resource_access.iter().flat_map(|resource| resource.resource_access.iter().map(move |access| (resource, access)));
    let chosen = |(resource, access): (&RequiredResource, &RequiredAccess)| {
        let kind = if access.kind == "Role" { PermissionKind::Application } else { PermissionKind::Delegated };
        let (resource, id) = (resource.resource_app_id.clone(), access.id.clone());
        let plain = Chosen { resource_name: resource.to_string(), value: id.clone(), resource, id, kind };
        catalogue.find(&plain).map_or(plain, |offered| offered.chosen.clone())
    };
    all.map(chosen).filter(|found| !blueprint.permissions.iter().any(|wanted| wanted.is_same(found))).collect()
}

/// Returns the service principals of these resources that the tenant has.
///
/// # Errors
/// Why they could not be read.
pub async fn resource_ids(
    app: App,
    current: &Current,
    client: &TenantClient,
    resources: &[AppId],
) -> Result<BTreeMap<AppId, ObjectId>, Notice> {
    let mut found = BTreeMap::new();
    let asked: Vec<_> = resources.iter().map(service_principals::by_app_id).collect();
    for (resource, reply) in resources.iter().zip(ask(app, &current.account, client, Scopes::LOOK, asked).await) {
        let principal = if_there(reply).map_err(unread(Read::TenantState))?;
        found.extend(principal.map(|principal| (resource.clone(), principal.id)));
    }
    Ok(found)
}

/// Returns what app management policies say about the credentials of an application that is there; `None` for whoever may not read
/// them, who finds out when the step is refused.
pub async fn credential_policy(
    app: App,
    current: &Current,
    client: &TenantClient,
    roles: &HeldRoles,
    application: &Application,
) -> Option<CredentialPolicy> {
    if !roles.any_of(TO_READ_POLICY) {
        return None;
    }
    let asked = (directory::app_management_policy(), directory::app_management_policies_of(&application.id));
    let (default, own) = ask(app, &current.account, client, Scopes::LOOK, asked).await;
    // Most tenants have none of an application's own, and the list needs more than the default does.
    let own = own.unwrap_or_default();
    Some(directory::read_credential_policy(&default.ok()?, &own, application.created().unwrap_or_else(clock::now)))
}

/// Returns the directory roles of the person in the tenant. At home the directory tells; in a customer's tenant the access
/// assignments do that the partner's groups hold, read at home, since a technician has no object there.
pub async fn held_roles(app: App, current: &Current, client: &TenantClient) -> HeldRoles {
    let account = &current.account;
    if !current.is_customer {
        let held = ask(app, account, client, Scopes::LOOK, directory::my_roles()).await;
        return held.map_or(HeldRoles::Unknown, |held| HeldRoles::Known(held.into_iter().map(|role| role.role_template_id).collect()));
    }
    partner_roles(app, &current.account, &client.tenant().id).await.map_or(HeldRoles::Unknown, HeldRoles::Known)
}

/// Returns the directory roles that a person of the partner holds in a customer's tenant through delegated administration;
/// `None` when that could not be read.
pub async fn partner_roles(app: App, account: &AccountKey, customer: &TenantId) -> Option<Vec<String>> {
    let home = app
        .accounts
        .with_untracked(|accounts| accounts.iter().find(|known| known.person.key == *account).map(|known| known.person.home.clone()))?;
    let at_home = graph::bind(app, account, &home, Scopes::PARTNER).await.ok()?;
    let groups = ask(app, account, &at_home, Scopes::PARTNER, directory::my_groups()).await.ok()?;
    let groups: Vec<ObjectId> = groups.into_iter().map(|group| group.id).collect();
    let mut relationships = super::partner::relationships(app, &home, customer).await;
    // The list may be older than the relationships: what it names is tried, and Graph is asked when that gives nothing.
    if let Some(held) = roles_of(app, account, &at_home, &relationships, &groups).await.filter(|held| !held.is_empty()) {
        return Some(held);
    }
    relationships.clear();
    {
        let read = pages(app, account, &at_home, Scopes::PARTNER, partner::relationships(), |items| {
            relationships.extend(items.filter(|found| found.works() && found.customer.tenant_id == *customer).map(|found| found.id));
            true
        });
        read.await.ok()?;
    }
    roles_of(app, account, &at_home, &relationships, &groups).await
}

/// Returns the roles that these relationships give to a member of the groups.
async fn roles_of(
    app: App,
    account: &AccountKey,
    at_home: &TenantClient,
    relationships: &[String],
    groups: &[ObjectId],
) -> Option<Vec<String>> {
    let mut held = Vec::new();
    for relationship in relationships {
        let mut assignments: Vec<AccessAssignment> = Vec::new();
        let read = pages(app, account, at_home, Scopes::PARTNER, partner::access_assignments(relationship), |items| {
            assignments.extend(items);
            true
        });
        read.await.ok()?;
        held.extend(partner::roles_through(&assignments, groups));
    }
    Some(held)
}
