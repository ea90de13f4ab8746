//! The app roles of the page's own application, and those who hold them.

use super::ids::ObjectId;
use super::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An app role of the page's own application in the tenant of its registration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AppRole {
    pub id: String,
    pub value: String,
}

/// The roles with the ids that they get when the page makes them. A registration that has them already has ids of its own.
pub const ACCESS: (&str, &str) = ("AppSessions.Access", "b4a6f1d2-58c3-4c0e-9d7b-2f1e6a907c31");
pub const MANAGE: (&str, &str) = ("AppSessions.Manage", "d19e7c40-0b6a-4f52-8e3d-71c5a2b8f60e");

impl AppRole {
    #[must_use]
    pub fn known(of: (&str, &str)) -> Self {
        Self { id: of.1.to_owned(), value: of.0.to_owned() }
    }

    /// Returns the role as `appRoles` of an application takes it.
    #[must_use]
    pub fn definition(&self) -> Value {
        let (name, description) = match self.value.as_str() {
            "AppSessions.Manage" => ("Manage App sessions", "May decide who sees, creates and uses App sessions in Latchkey."),
            _ => ("Access App sessions", "May see, create and use App sessions in Latchkey."),
        };
        json!({"id": self.id, "value": self.value, "displayName": name, "description": description, "isEnabled": true,
            "allowedMemberTypes": ["User"]})
    }
}

/// A user or a group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Holder {
    pub id: ObjectId,
    pub name: String,
    pub is_user: bool,
}

/// Who holds a role since when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    pub role: AppRole,
    pub holder: Holder,
    pub since: Option<Instant>,
}
