//! The resources that every tenant offers, with their permissions, and the built-in directory roles.

use serde_json::{Value, json};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An application permission.
    Role,
    /// A delegated permission.
    Scope,
}

#[derive(Clone)]
pub struct Permission {
    pub id: String,
    pub value: String,
    pub kind: Kind,
    pub admin: bool,
    pub description: String,
}

#[derive(Clone)]
pub struct Resource {
    pub app_id: String,
    pub display_name: String,
    pub permissions: Vec<Permission>,
}

pub struct DirectoryRole {
    pub id: String,
    pub display_name: String,
    pub privileged: bool,
}

#[derive(Default)]
pub struct Catalogue {
    pub resources: Vec<Resource>,
    pub roles: Vec<DirectoryRole>,
}

impl Catalogue {
    /// Reads the built-in catalogue; `larger` is the text of a file in the same format that replaces resources of the same id.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    pub fn load(larger: Option<&str>) -> Result<Self, String> {
        let mut resources = parse_resources(include_str!("../../data/catalogue.json"))?;
        for resource in larger.map(parse_resources).transpose()?.unwrap_or_default() {
            resources.retain(|known| known.app_id != resource.app_id);
            resources.push(resource);
        }
        let roles: Value = serde_json::from_str(include_str!("../../data/roles.json")).map_err(|e| e.to_string())?;
        let roles = roles.as_array().into_iter().flatten().map(|role| DirectoryRole {
            id: text(role, "id"),
            display_name: text(role, "displayName"),
            privileged: role["privileged"].as_bool().unwrap_or_default(),
        });
        Ok(Self { resources, roles: roles.collect() })
    }

    pub fn resource(&self, app_id: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.app_id == app_id)
    }
}

impl Resource {
    pub fn find(&self, kind: Kind, id: &str) -> Option<&Permission> {
        self.permissions.iter().find(|p| p.kind == kind && p.id == id)
    }

    pub fn app_roles(&self) -> Value {
        self.permissions
            .iter()
            .filter(|p| p.kind == Kind::Role)
            .map(|p| {
                json!({"allowedMemberTypes": ["Application"], "description": p.description, "displayName": p.description,
                    "id": p.id, "isEnabled": true, "origin": "Application", "value": p.value})
            })
            .collect()
    }

    pub fn scopes(&self) -> Value {
        self.permissions
            .iter()
            .filter(|p| p.kind == Kind::Scope)
            .map(|p| {
                json!({"adminConsentDescription": p.description, "adminConsentDisplayName": p.description, "id": p.id, "isEnabled": true,
                    "type": if p.admin { "Admin" } else { "User" }, "userConsentDescription": p.description,
                    "userConsentDisplayName": p.description, "value": p.value})
            })
            .collect()
    }
}

fn parse_resources(source: &str) -> Result<Vec<Resource>, String> {
    let value: Value = serde_json::from_str(source).map_err(|error| format!("the catalogue is not JSON: {error}"))?;
    let list = value.as_array().ok_or("the catalogue is not a list of resources")?;
    Ok(list
        .iter()
        .map(|resource| Resource {
            app_id: text(resource, "appId"),
            display_name: text(resource, "displayName"),
            permissions: resource["permissions"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|p| Permission {
                    id: text(p, "id"),
                    value: text(p, "value"),
                    kind: if p["kind"] == "Role" { Kind::Role } else { Kind::Scope },
                    admin: p["admin"].as_bool().unwrap_or(true),
                    description: text(p, "description"),
                })
                .collect(),
        })
        .collect())
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
