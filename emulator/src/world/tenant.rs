//! One tenant and its directory.

use super::object::{Object, Properties, View};
use crate::clock::Millis;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    Application,
    ServicePrincipal,
    User,
    AppRoleAssignment,
    Grant,
    RoleAssignment,
    DeletedApplication,
    ExchangeAssignment,
    /// A directory role that somebody may activate.
    Eligibility,
}

pub struct Tenant {
    pub id: String,
    pub domain: String,
    pub display_name: String,
    pub is_partner: bool,
    /// Whether sign-in from outside is refused by Conditional Access.
    pub blocks_guests: bool,
    /// A guest object of the technician, left behind, stands in front of what the relationship gives.
    pub has_stale_guest: bool,
    /// Refused as deleted.
    pub is_gone: bool,
    pub allowed_to_create_apps: bool,
    /// Exchange Online, with the names of older roles that it still has; `None` where it was never set up.
    pub exchange: Option<Vec<String>>,
    /// Whether everybody must set MFA up before anything else.
    pub security_defaults: bool,
    /// The default app management policy that was planted, as in Graph.
    pub app_policy: Option<Properties>,
    /// Policies for single apps; `emulatorAppliesTo` names those.
    pub app_policies: Vec<Properties>,
    objects: BTreeMap<(Kind, String), Object>,
}

impl Tenant {
    pub fn new(id: String, domain: String, display_name: String) -> Self {
        Self {
            id,
            domain,
            display_name,
            is_partner: false,
            blocks_guests: false,
            has_stale_guest: false,
            is_gone: false,
            allowed_to_create_apps: true,
            exchange: Some(Vec::new()),
            security_defaults: false,
            app_policy: None,
            app_policies: Vec::new(),
            objects: BTreeMap::new(),
        }
    }

    pub fn initial_domain(&self) -> String {
        let stem: String = self.domain.split('.').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
        format!("{stem}.onmicrosoft.example")
    }

    /// Returns the domains whose owner was proved, each with how its people sign in.
    pub fn verified_domains(&self) -> Vec<(String, &'static str)> {
        vec![(self.domain.clone(), "Managed"), (self.initial_domain(), "Managed"), (format!("sso.{}", self.domain), "Federated")]
    }

    pub fn insert(&mut self, kind: Kind, visible_at: Millis, properties: Properties) {
        let id = properties.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.objects.insert((kind, id), Object::created(visible_at, properties));
    }

    /// Writes a new version; `None` deletes.
    pub fn write(&mut self, kind: Kind, id: &str, visible_at: Millis, properties: Option<Properties>) {
        if let Some(object) = self.objects.get_mut(&(kind, id.to_owned())) {
            object.write(visible_at, properties);
        }
    }

    pub fn seen(&self, kind: Kind, id: &str, view: View) -> Option<&Properties> {
        self.objects.get(&(kind, id.to_owned()))?.seen(view)
    }

    pub fn latest(&self, kind: Kind, id: &str) -> Option<&Properties> {
        self.objects.get(&(kind, id.to_owned()))?.latest()
    }

    pub fn all_seen(&self, kind: Kind, view: View) -> impl Iterator<Item = &Properties> {
        self.of_kind(kind).filter_map(move |object| object.seen(view))
    }

    pub fn all_latest(&self, kind: Kind) -> impl Iterator<Item = &Properties> {
        self.of_kind(kind).filter_map(Object::latest)
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(move |((object_kind, _), _)| *object_kind == kind).map(|(_, object)| object)
    }

    /// Finds by the value of a property in what the primary holds.
    pub fn find_latest(&self, kind: Kind, name: &str, value: &str) -> Option<&Properties> {
        self.all_latest(kind).find(|object| object.get(name).and_then(Value::as_str) == Some(value))
    }

    pub fn find_seen(&self, kind: Kind, name: &str, value: &str, view: View) -> Option<&Properties> {
        self.all_seen(kind, view).find(|object| object.get(name).and_then(Value::as_str) == Some(value))
    }

    /// Returns the directory roles of a principal that are effective, by template id.
    pub fn roles_of(&self, principal: &str, view: View) -> Vec<String> {
        self.all_seen(Kind::RoleAssignment, view)
            .filter(|a| a.get("principalId").and_then(Value::as_str) == Some(principal))
            .filter_map(|a| a.get("roleDefinitionId").and_then(Value::as_str).map(str::to_owned))
            .collect()
    }
}
