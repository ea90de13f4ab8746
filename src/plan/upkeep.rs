//! Steps on an application that exists: its permissions, audience, name, service principal and life.

use super::observed::{AnyOf, TO_ASSIGN_ROLES, TO_CHANGE};
use super::step::{Finding, Learned, Scene, list, one, read_list, to_grant, unclear};
use crate::domain::blueprint::Audience;
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::permission::{Chosen, PermissionKind};
use crate::domain::role::DirectoryRole;
use crate::graph::answer::Outcome;
use crate::graph::applications::{self, Application};
use crate::graph::grants::{self, Grant};
use crate::graph::request::GraphRequest;
use crate::graph::roles::{self, RoleAssignment};
use crate::graph::service_principals::{self, AppRoleAssignment, ServicePrincipal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "camelCase")]
pub enum Upkeep {
    /// What the registration asks for; what is granted is a matter of its own.
    ChangePermissions {
        add: Vec<Chosen>,
        remove: Vec<Chosen>,
    },
    RevokeApplication {
        permission: Chosen,
    },
    RevokeDelegated {
        resource: AppId,
        name: String,
        scopes: Vec<String>,
    },
    SetAudience {
        audience: Audience,
    },
    Rename {
        from: String,
        to: String,
    },
    SetEnabled {
        enabled: bool,
    },
    RemoveRole {
        role: DirectoryRole,
    },
    /// From the deleted items.
    Restore {
        id: ObjectId,
        name: String,
    },
    /// The service principal does not come back with its application.
    /// <https://learn.microsoft.com/graph/api/directory-deleteditems-restore>
    RestorePrincipal {
        id: ObjectId,
    },
}

impl Upkeep {
    /// Whether an answer that finds nothing is final: the deleted items keep things for 30 days.
    #[must_use]
    pub fn is_from_deleted_items(&self) -> bool {
        matches!(self, Self::Restore { .. } | Self::RestorePrincipal { .. })
    }

    #[must_use]
    pub fn roles_needed(&self) -> AnyOf {
        match self {
            Self::RevokeApplication { permission } => to_grant(permission),
            Self::RevokeDelegated { .. } => super::observed::TO_GRANT,
            Self::RemoveRole { .. } => TO_ASSIGN_ROLES,
            _ => TO_CHANGE,
        }
    }

    #[must_use]
    pub fn check(&self, scene: &Scene<'_>) -> Option<Vec<GraphRequest>> {
        let facts = scene.facts;
        let principal = || facts.service_principal.as_ref();
        Some(vec![match self {
            Self::ChangePermissions { .. } | Self::SetAudience { .. } | Self::Rename { .. } => {
                applications::by_id(facts.application.as_ref()?)
            }
            Self::RevokeApplication { .. } => service_principals::granted_to(principal()?),
            Self::RevokeDelegated { .. } => grants::of_client(principal()?),
            Self::SetEnabled { .. } => service_principals::by_app_id(facts.app_id.as_ref()?),
            Self::RemoveRole { .. } => roles::of_principal(principal()?),
            Self::Restore { id, .. } => applications::by_id(id),
            Self::RestorePrincipal { .. } => service_principals::by_app_id(facts.app_id.as_ref()?),
        }])
    }

    #[must_use]
    pub fn judge_check(&self, scene: &Scene<'_>, outcomes: &[Outcome]) -> Finding {
        let Some(first) = outcomes.first() else { return unclear("NoAnswer") };
        let is = |yes: bool| if yes { Finding::Present(Box::default()) } else { Finding::Missing };
        match self {
            Self::ChangePermissions { add, remove } => {
                one::<Application>(first, |app| is(add.iter().all(|p| app.asks_for(p)) && !remove.iter().any(|p| app.asks_for(p))))
            }
            Self::SetAudience { audience } => {
                one::<Application>(first, |app| is(app.sign_in_audience.as_deref() == Some(audience.as_graph())))
            }
            Self::Rename { to, .. } => one::<Application>(first, |app| is(app.display_name == *to)),
            Self::SetEnabled { enabled } => one::<ServicePrincipal>(first, |principal| is(principal.account_enabled == *enabled)),
            Self::RevokeApplication { permission } => {
                list::<AppRoleAssignment>(first, |all| is(assignment(all, scene, permission).is_none()))
            }
            Self::RevokeDelegated { resource, scopes, .. } => list::<Grant>(first, |all| {
                is(tenant_wide(all, scene, resource)
                    .is_none_or(|grant| !grant.scopes().any(|held| scopes.iter().any(|scope| scope == held))))
            }),
            Self::RemoveRole { role } => list::<RoleAssignment>(first, |all| is(!all.iter().any(|a| a.role_definition_id == role.id))),
            Self::RestorePrincipal { .. } => one::<ServicePrincipal>(first, |principal| {
                Finding::Present(Box::new(Learned { service_principal: Some(principal.id.clone()), ..Learned::default() }))
            }),
            Self::Restore { .. } => one::<Application>(first, |app| {
                Finding::Present(Box::new(Learned { application: Some((app.id.clone(), app.app_id.clone())), ..Learned::default() }))
            }),
        }
    }

    #[must_use]
    pub fn write(&self, scene: &Scene<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let facts = scene.facts;
        let application = || facts.application.as_ref();
        Some(match self {
            Self::ChangePermissions { add, remove } => {
                let access = last_read?.get("requiredResourceAccess")?;
                GraphRequest::patch(
                    format!("/applications/{}", application()?),
                    json!({"requiredResourceAccess": changed_access(access, add, remove)}),
                )
            }
            Self::SetAudience { audience } => {
                GraphRequest::patch(format!("/applications/{}", application()?), json!({"signInAudience": audience.as_graph()}))
            }
            Self::Rename { to, .. } => GraphRequest::patch(format!("/applications/{}", application()?), json!({ "displayName": to })),
            Self::SetEnabled { enabled } => {
                GraphRequest::patch(format!("/servicePrincipals/{}", facts.service_principal.as_ref()?), json!({"accountEnabled": enabled}))
            }
            Self::RevokeApplication { permission } => {
                let all: Vec<AppRoleAssignment> = last_read.and_then(read_list)?;
                service_principals::revoke(facts.service_principal.as_ref()?, &assignment(&all, scene, permission)?.id)
            }
            Self::RevokeDelegated { resource, scopes, .. } => {
                let all: Vec<Grant> = last_read.and_then(read_list)?;
                let grant = tenant_wide(&all, scene, resource)?;
                let rest: Vec<&str> = grant.scopes().filter(|held| !scopes.iter().any(|scope| scope == held)).collect();
                if rest.is_empty() { grants::delete(&grant.id) } else { grants::set_scopes(&grant.id, &rest) }
            }
            Self::RemoveRole { role } => {
                let all: Vec<RoleAssignment> = last_read.and_then(read_list)?;
                roles::remove(&all.iter().find(|a| a.role_definition_id == role.id)?.id)
            }
            Self::Restore { id, .. } | Self::RestorePrincipal { id } => applications::restore(id),
        })
    }
}

fn assignment<'a>(all: &'a [AppRoleAssignment], scene: &Scene<'_>, permission: &Chosen) -> Option<&'a AppRoleAssignment> {
    let resource = scene.facts.resources.get(&permission.resource)?;
    all.iter().find(|a| a.resource_id == *resource && a.app_role_id == permission.id)
}

fn tenant_wide<'a>(all: &'a [Grant], scene: &Scene<'_>, resource: &AppId) -> Option<&'a Grant> {
    let resource = scene.facts.resources.get(resource)?;
    all.iter().find(|grant| grant.is_tenant_wide() && grant.resource_id == *resource)
}

/// Changes what is asked for; everything else goes back as it was read.
fn changed_access(access: &Value, add: &[Chosen], remove: &[Chosen]) -> Value {
    let kind = |permission: &Chosen| match permission.kind {
        PermissionKind::Application => "Role",
        PermissionKind::Delegated => "Scope",
    };
    let mut resources: Vec<Value> = access.as_array().cloned().unwrap_or_default();
    for resource in &mut resources {
        let id = resource["resourceAppId"].as_str().unwrap_or_default().to_owned();
        let goes =
            |access: &Value| remove.iter().any(|p| p.resource.as_str() == id && access["id"] == p.id.as_str() && access["type"] == kind(p));
        if let Some(list) = resource["resourceAccess"].as_array_mut() {
            list.retain(|access| !goes(access));
        }
    }
    for permission in add {
        let access = json!({"id": permission.id, "type": kind(permission)});
        let known = resources.iter_mut().find(|resource| resource["resourceAppId"] == permission.resource.as_str());
        match known.and_then(|resource| resource["resourceAccess"].as_array_mut()) {
            Some(list) if !list.contains(&access) => list.push(access),
            Some(_) => {}
            None => resources.push(json!({"resourceAppId": permission.resource.as_str(), "resourceAccess": [access]})),
        }
    }
    resources.retain(|resource| resource["resourceAccess"].as_array().is_some_and(|list| !list.is_empty()));
    Value::Array(resources)
}
