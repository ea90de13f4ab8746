//! Consent is what Graph says: granted, missing and extra, from the grants and assignments alone.

use domain::ids::{AppId, ObjectId};
use domain::permission::{Chosen, PermissionKind};
use graph::grants::Grant;
use graph::service_principals::AppRoleAssignment;
use std::collections::BTreeMap;

/// The permissions that an application asks for, beside those that the whole tenant granted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Comparison {
    /// Asked for, and granted to the application itself or for all users.
    pub granted: Vec<Chosen>,
    /// Asked for and not granted. Those of Azure AD Graph are never among them: nothing can grant them any more.
    pub missing: Vec<Chosen>,
    /// Granted, but not asked for: resource object id, and the id or scope.
    pub extra: Vec<(ObjectId, String)>,
}

/// Compares what was asked for with what the whole tenant granted.
#[must_use]
pub fn compare(
    wanted: &[Chosen],
    resources: &BTreeMap<AppId, ObjectId>,
    assignments: &[AppRoleAssignment],
    grants: &[Grant],
) -> Comparison {
    let mut result = Comparison::default();
    let is_granted = |permission: &Chosen| {
        let Some(resource) = resources.get(&permission.resource) else { return false };
        match permission.kind {
            PermissionKind::Application => assignments.iter().any(|a| a.resource_id == *resource && a.app_role_id == permission.id),
            PermissionKind::Delegated => grants.iter().any(|grant| {
                grant.is_tenant_wide() && grant.resource_id == *resource && grant.scopes().any(|scope| scope == permission.value)
            }),
        }
    };
    for permission in wanted {
        if is_granted(permission) {
            result.granted.push(permission.clone());
        } else if !permission.is_gone() {
            result.missing.push(permission.clone());
        }
    }
    let asked = |resource: &ObjectId, kind: PermissionKind, key: &str| {
        wanted.iter().any(|p| p.kind == kind && resources.get(&p.resource) == Some(resource) && (p.id == key || p.value == key))
    };
    for assignment in assignments {
        if !asked(&assignment.resource_id, PermissionKind::Application, &assignment.app_role_id) {
            result.extra.push((assignment.resource_id.clone(), assignment.app_role_id.clone()));
        }
    }
    for grant in grants.iter().filter(|grant| grant.is_tenant_wide()) {
        for scope in grant.scopes() {
            if !asked(&grant.resource_id, PermissionKind::Delegated, scope) {
                result.extra.push((grant.resource_id.clone(), scope.to_owned()));
            }
        }
    }
    result
}
