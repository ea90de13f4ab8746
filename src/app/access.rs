//! Who may work with App sessions: the app roles of the page's own enterprise application, in the person's own tenant.

use super::graph::{self, fault_of, pages, send};
use super::upkeep::Proposal;
use super::{App, Current, runs, sessions, tenant, vault};
use crate::domain::access::{ACCESS, AppRole, Held, Holder, MANAGE};
use crate::domain::blueprint::{Blueprint, Credential};
use crate::domain::ids::{AccountKey, AppId, ObjectId, TenantId};
use crate::domain::role::GLOBAL_ADMINISTRATOR;
use crate::domain::session::Person;
use crate::domain::time::Instant;
use crate::entra::scopes::Feature;
use crate::graph::answer::Outcome;
use crate::graph::applications::{self, Application};
use crate::graph::people;
pub use crate::graph::people::Found;
use crate::graph::service_principals::{self, AppRoleAssignment, RolesOffered};
use crate::plan::access::AccessStep;
use crate::plan::observed::HeldRoles;
use crate::plan::record::{Facts, Purpose};
use crate::plan::step::StepKind;
use crate::text::{Notice, faults};

/// What the tenant has.
#[derive(Clone)]
pub struct Access {
    pub principal: ObjectId,
    /// The registration, where it lies in this tenant, with its name.
    pub registration: Option<(ObjectId, String)>,
    /// The roles that are defined, `AppSessions.Access` first.
    pub roles: Vec<AppRole>,
    pub held: Vec<Held>,
    pub requires_assignment: bool,
    /// Directory roles of the person.
    pub mine: HeldRoles,
    /// Whether the page lets the person hand access out; Microsoft asks for a directory role on top.
    pub may_manage: bool,
}

impl Access {
    /// Returns the roles that are not defined yet.
    #[must_use]
    pub fn undefined(&self) -> Vec<AppRole> {
        [ACCESS, MANAGE].into_iter().filter(|of| !self.roles.iter().any(|role| role.value == of.0)).map(AppRole::known).collect()
    }
}

/// Reads who holds what.
///
/// # Errors
/// What could not be read.
pub async fn read(app: App, current: &Current) -> Result<Access, Notice> {
    let feature = Feature::AppSessions;
    let account = &current.account;
    let client = graph::bind(app, account, &current.tenant.id, feature)
        .await
        .map_err(|trouble| sessions::explain(&trouble, &current.tenant.name))?;
    let own = app.config_now().map(|config| config.client_id).ok_or_else(faults::no_answer)?;
    let explain = |outcome: Outcome| faults::reading(&fault_of(outcome), "Reading who has access");
    let mut outcomes =
        send(app, account, &client, feature, &[service_principals::own_by_app_id(&own), applications::by_app_id(&own)]).await.into_iter();
    let offered: RolesOffered = match outcomes.next() {
        Some(Outcome::Ok(body)) => serde_json::from_value(body).map_err(|_| faults::no_answer())?,
        Some(other) => return Err(explain(other)),
        None => return Err(faults::no_answer()),
    };
    let registration = match outcomes.next() {
        Some(Outcome::Ok(body)) => serde_json::from_value::<Application>(body).ok().map(|app| (app.id, app.display_name)),
        _ => None,
    };
    let roles: Vec<AppRole> = [ACCESS, MANAGE]
        .into_iter()
        .filter_map(|(value, _)| Some(AppRole { id: offered.id_of(value)?.to_owned(), value: value.to_owned() }))
        .collect();
    let mut assignments: Vec<AppRoleAssignment> = Vec::new();
    let read = pages(app, account, &client, feature, service_principals::assigned_to(&offered.id), |items| {
        assignments.extend(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()));
        true
    });
    read.await.map_err(|fault| faults::reading(&fault, "Reading who has access"))?;
    let held = assignments.into_iter().filter_map(|assignment| {
        let role = roles.iter().find(|role| role.id == assignment.app_role_id)?.clone();
        let holder = Holder {
            id: assignment.principal_id,
            name: assignment.principal_display_name.unwrap_or_default(),
            is_user: assignment.principal_type.as_deref() == Some("User"),
        };
        Some(Held { role, holder, since: assignment.created_date_time.as_deref().and_then(Instant::from_iso) })
    });
    let held = held.collect();
    let mine = tenant::held_roles(app, current, &client).await;
    let manages = app.current_account().is_some_and(|account| account.app_roles.iter().any(|role| role == MANAGE.0));
    let is_global = matches!(&mine, HeldRoles::Known(roles) if roles.iter().any(|role| role == GLOBAL_ADMINISTRATOR));
    Ok(Access {
        principal: offered.id,
        registration,
        roles,
        held,
        requires_assignment: offered.app_role_assignment_required,
        may_manage: manages || is_global,
        mine,
    })
}

/// Finds users and groups.
///
/// # Errors
/// What could not be read.
pub async fn search(app: App, current: &Current, text: &str) -> Result<Vec<Found>, Notice> {
    let client = graph::bind(app, &current.account, &current.tenant.id, Feature::AppSessions)
        .await
        .map_err(|trouble| sessions::explain(&trouble, &current.tenant.name))?;
    let mut found = Vec::new();
    for outcome in send(app, &current.account, &client, Feature::AppSessions, &[people::users(text), people::groups(text)]).await {
        match outcome {
            Outcome::Ok(body) => found.extend(people::read(&body)),
            other => return Err(faults::reading(&fault_of(other), "Searching people")),
        }
    }
    Ok(found)
}

/// Makes the plan of a change. Nothing is written.
#[must_use]
pub fn propose(current: &Current, person: &Person, access: &Access, client_id: AppId, steps: Vec<AccessStep>) -> Option<Proposal> {
    let registration = access.registration.as_ref();
    // The registration that is changed is confirmed by its name.
    let typed = steps.iter().any(|step| matches!(step, AccessStep::DefineRoles { .. })).then(|| registration.map(|(_, name)| name.clone()));
    let blueprint = Blueprint { name: "Latchkey".into(), credential: Credential::None, ..Blueprint::default() };
    let facts = Facts {
        application: registration.map(|(id, _)| id.clone()),
        app_id: Some(client_id),
        service_principal: Some(access.principal.clone()),
        ..Facts::default()
    };
    let steps = steps.into_iter().map(StepKind::Access).collect();
    let record = runs::planned_on(person, current.tenant.clone(), Purpose::Access, blueprint, steps, facts)?;
    Some(Proposal { record, roles: access.mine.clone(), typed: typed.flatten() })
}

/// Gets fresh tokens, so that a change of the person's own roles is felt.
pub async fn renew(app: App, account: &AccountKey, tenant: &TenantId) {
    app.vault().drop_access(account, tenant);
    let _ = vault::access(app, account, tenant, Feature::SignIn).await;
}
