//! Scopes and directory roles: what a call needs and what the caller has.

use super::errors::GraphError;
use super::{Context, Segment};
use crate::world::generate::GLOBAL_ADMINISTRATOR;
use crate::world::tokens::Caller;
use std::sync::OnceLock;

pub const APPLICATION_ADMINISTRATOR: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
pub const APPLICATION_DEVELOPER: &str = "cf1c38e5-3621-4004-a7cb-879624dced7c";
pub const CLOUD_APPLICATION_ADMINISTRATOR: &str = "158c047a-c907-4556-b7ef-446551a6b5f7";
pub const PRIVILEGED_ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
pub const GLOBAL_READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
pub const APP_ADMINISTRATORS: &[&str] = &[APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR];

/// What opens a route, after Microsoft's table of permissions by path.
pub struct Row {
    method: &'static str,
    /// In lower case; `{…}` stands for any one part.
    path: Vec<&'static str>,
    delegated: Vec<&'static str>,
    application: Vec<&'static str>,
}

/// Returns the row of a route; `None` for one that is judged by its own code.
pub fn row(method: &str, path: &[Segment]) -> Option<&'static Row> {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        let lines = include_str!("../../data/permissions.txt").lines().filter(|line| !line.starts_with('#'));
        let read = |line: &'static str| {
            let mut parts = line.split('|').map(str::trim);
            let (method, path) = parts.next()?.split_once(' ')?;
            let delegated: Vec<&str> = parts.next()?.split_whitespace().collect();
            let application = match parts.next()? {
                "=" => delegated.clone(),
                list => list.split_whitespace().collect(),
            };
            Some(Row { method, path: path.split('/').skip(1).collect(), delegated, application })
        };
        lines.filter_map(read).collect()
    });
    let mut parts: Vec<String> = Vec::new();
    for segment in path {
        parts.push(segment.name.to_lowercase());
        parts.extend(segment.key.as_ref().map(|_| "{key}".to_owned()));
    }
    let fits = |row: &&Row| {
        row.method == method
            && row.path.len() == parts.len()
            && row.path.iter().zip(&parts).all(|(wanted, part)| wanted == part || wanted.starts_with('{'))
    };
    rows.iter().find(fits)
}

impl Context<'_> {
    /// Refuses a token that has none of the permissions that open the route; where the table has no row for it, those named.
    pub fn need_scope(&self, any_of: &[&str]) -> Result<(), GraphError> {
        let any_of = match (self.row, &self.token.caller) {
            (Some(row), Caller::Person { .. }) => row.delegated.as_slice(),
            (Some(row), Caller::Application { .. }) => row.application.as_slice(),
            (None, _) => any_of,
        };
        if self.has_scope(any_of) { Ok(()) } else { Err(GraphError::denied().noting("missingScope")) }
    }

    pub fn has_scope(&self, any_of: &[&str]) -> bool {
        let held = match &self.token.caller {
            Caller::Person { scopes, .. } => scopes,
            Caller::Application { roles, .. } => roles,
        };
        any_of.iter().any(|wanted| held.iter().any(|scope| scope == wanted))
    }

    /// Returns the directory roles of the caller in the tenant, by template id.
    pub fn caller_roles(&self) -> Vec<String> {
        let Some(tenant) = self.world.tenants.get(&self.tenant) else { return Vec::new() };
        match &self.token.caller {
            Caller::Person { oid, partner_roles, .. } => {
                let mut roles = oid.as_deref().map(|oid| tenant.roles_of(oid, self.view)).unwrap_or_default();
                roles.extend(partner_roles.iter().cloned());
                roles
            }
            Caller::Application { service_principal, .. } => tenant.roles_of(service_principal, self.view),
        }
    }

    pub fn has_role(&self, any_of: &[&str]) -> bool {
        self.caller_roles().iter().any(|role| role == GLOBAL_ADMINISTRATOR || any_of.contains(&role.as_str()))
    }

    /// Refuses a person who holds none of the roles. Applications act by their permissions alone.
    pub fn need_role(&self, any_of: &[&str]) -> Result<(), GraphError> {
        match &self.token.caller {
            Caller::Application { .. } => Ok(()),
            Caller::Person { .. } if self.has_role(any_of) => Ok(()),
            Caller::Person { .. } => Err(GraphError::denied().noting("missingRole")),
        }
    }

    /// Returns the caller's object id, which a partner's delegated administrator does not have.
    pub fn caller_oid(&self) -> Option<&str> {
        match &self.token.caller {
            Caller::Person { oid, .. } => oid.as_deref(),
            Caller::Application { service_principal, .. } => Some(service_principal),
        }
    }
}
