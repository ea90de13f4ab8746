//! One blueprint for many customers: a plan for each, shown once for all that are alike, and a run for each.

use super::record::RunRecord;
use domain::ids::{RunId, Tenant, TenantId};
use domain::time::Instant;
use serde::{Deserialize, Serialize};

/// What was confirmed, as it is kept.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    /// The partner's own tenant.
    pub home: TenantId,
    /// The name of the blueprint.
    pub blueprint: String,
    /// When the plans were confirmed.
    pub started: Instant,
    /// The customers whose plans were confirmed, in their order.
    pub rows: Vec<Row>,
}

/// A customer of a rollout, with the run in its tenant.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The tenant of the customer, as the plan names it.
    pub tenant: Tenant,
    /// The run. Its journal is a record of its own, which may be missing.
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
