//! Who may work with App sessions: the app roles of the page's own enterprise application, in the person's own tenant.

use super::graph::{self, ask, ask_first, pages, unread};
use super::upkeep::Proposal;
use super::{App, Current, runs, sessions, tenant};
use crate::domain::access::{ACCESS, AppRole, Held, Holder, MANAGE};
use crate::domain::blueprint::{Blueprint, Credential};
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::role::GLOBAL_ADMINISTRATOR;
use crate::domain::session::Person;
use crate::domain::time::Instant;
use crate::entra::scopes::Scopes;
use crate::graph::applications;
use crate::graph::people;
pub use crate::graph::people::Found;
use crate::graph::service_principals::{self, AppRoleAssignment};
use crate::plan::observed::HeldRoles;
use crate::plan::record::{Facts, Purpose};
use crate::plan::step::StepKind;
use crate::text::Notice;
use crate::text::faults::{self, Read};

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
    let scopes = Scopes::LOOK;
    let account = &current.account;
    let client = graph::bind(app, account, &current.tenant.id, scopes).await.map_err(|trouble| sessions::explain_in(&trouble, current))?;
    let own = app.config_now().map(|config| config.client_id).ok_or_else(faults::no_answer)?;
    let asked = (service_principals::own_by_app_id(&own), applications::by_app_id(&own));
    let (offered, registration) = ask(app, account, &client, scopes, asked).await;
    let offered = offered.map_err(unread(Read::Access))?;
    let registration = registration.ok().map(|app| (app.id, app.display_name));
    let roles: Vec<AppRole> = [ACCESS, MANAGE]
        .into_iter()
        .filter_map(|(value, _)| Some(AppRole { id: offered.id_of(value)?.to_owned(), value: value.to_owned() }))
        .collect();
    let mut assignments: Vec<AppRoleAssignment> = Vec::new();
    let read = pages(app, account, &client, scopes, service_principals::assigned_to(&offered.id), |items| {
        assignments.extend(items);
        true
    });
    read.await.map_err(|fault| faults::reading(&fault, faults::Read::Access))?;
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

/// Finds users and groups: the first page of each, and whether there are more.
///
/// # Errors
/// What could not be read.
pub async fn search(app: App, current: &Current, text: &str) -> Result<(Vec<Found>, bool), Notice> {
    let client = graph::bind(app, &current.account, &current.tenant.id, Scopes::LOOK)
        .await
        .map_err(|trouble| sessions::explain_in(&trouble, current))?;
    let (mut found, mut is_cut) = (Vec::new(), false);
    for page in ask_first(app, &current.account, &client, Scopes::LOOK, vec![people::users(text), people::groups(text)]).await {
        let page = page.map_err(unread(Read::People))?;
        is_cut |= page.has_more;
        found.extend(page.found);
    }
    Ok((found, is_cut))
}

/// Makes the plan of a change. Nothing is written.
#[must_use]
pub fn propose(current: &Current, person: &Person, access: &Access, client_id: AppId, steps: Vec<StepKind>) -> Option<Proposal> {
    let registration = access.registration.as_ref();
    // The registration that is changed is confirmed by its name.
    let typed = steps.iter().any(|step| matches!(step, StepKind::DefineAppRoles(_))).then(|| registration.map(|(_, name)| name.clone()));
    let blueprint = Blueprint { name: "Latchkey".into(), credential: Credential::None, ..Blueprint::default() };
    let facts = Facts {
        application: registration.map(|(id, _)| id.clone()),
        app_id: Some(client_id),
        service_principal: Some(access.principal.clone()),
        ..Facts::default()
    };
    let record = runs::planned_on(person, current.tenant.clone(), Purpose::Access, blueprint, steps, facts)?;
    Some(Proposal { record, roles: access.mine.clone(), typed: typed.flatten(), warnings: Vec::new() })
}
