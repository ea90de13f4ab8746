//! One blueprint for many customers: a plan for each, shown once for all that are alike, and a run for each.

use super::record::RunRecord;
use crate::domain::ids::{RunId, Tenant, TenantId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// What was confirmed, as it is kept.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    /// The partner's own tenant.
    pub home: TenantId,
    pub blueprint: String,
    pub started: Instant,
    pub rows: Vec<Row>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub tenant: Tenant,
    pub run: RunId,
}

/// Customers whose plans are the same, step by step.
#[derive(Clone, PartialEq, Debug)]
pub struct Alike {
    /// The plan of the first of them.
    pub plan: RunRecord,
    /// The places of all of them among the plans that were given.
    pub members: Vec<usize>,
}

/// Groups plans that are alike, in the order of their first members.
#[must_use]
pub fn alike(plans: &[RunRecord]) -> Vec<Alike> {
    let mut groups: Vec<Alike> = Vec::new();
    let is_same = |a: &RunRecord, b: &RunRecord| {
        a.blueprint == b.blueprint && a.steps.len() == b.steps.len() && a.steps.iter().zip(&b.steps).all(|(a, b)| a.step == b.step)
    };
    for (at, plan) in plans.iter().enumerate() {
        match groups.iter_mut().find(|group| is_same(&group.plan, plan)) {
            Some(group) => group.members.push(at),
            None => groups.push(Alike { plan: plan.clone(), members: vec![at] }),
        }
    }
    groups
}
