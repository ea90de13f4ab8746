//! What a step needs to know, and what it finds out.

use domain::blueprint::Blueprint;
use domain::ids::{AppId, ObjectId, RunId};
use domain::time::Instant;
use graph::answer::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the run knows of the tenant.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// The object id of the app registration; `None` until it is made or found.
    pub application: Option<ObjectId>,
    /// The client id of the application; `None` until it is made or found.
    pub app_id: Option<AppId>,
    /// The object id of the service principal through which it acts in this tenant; `None` until it is made or found.
    pub service_principal: Option<ObjectId>,
    /// Object ids of service principals of this tenant by client id: of the APIs, and of the application that acts for an account.
    pub resources: BTreeMap<AppId, ObjectId>,
    /// The user account of a connector.
    #[serde(default)]
    pub account: Option<ObjectId>,
}

impl Facts {
    /// Takes over what an answer brought; what it did not bring stays.
    pub fn learn(&mut self, learned: &Learned) {
        if let Some((id, app_id)) = &learned.application {
            self.application = Some(id.clone());
            self.app_id = Some(app_id.clone());
        }
        if let Some(id) = &learned.service_principal {
            self.service_principal = Some(id.clone());
        }
        if let Some((app_id, id)) = &learned.resource {
            self.resources.insert(app_id.clone(), id.clone());
        }
    }
}

/// What a step needs to know of its run.
pub struct Context<'a> {
    /// The id of the run, which the names of what it makes are built on.
    pub run: &'a RunId,
    /// What is to be there when the run is done.
    pub blueprint: &'a Blueprint,
    /// What is known of the tenant so far.
    pub facts: &'a Facts,
    /// The moment of asking; for a preview and an undo the start of the run.
    pub now: Instant,
}

impl Context<'_> {
    /// The reconcile key of the application.
    #[must_use]
    pub fn unique_name(&self) -> String {
        format!("latchkey-{}", self.run)
    }

    /// The reconcile key of the client secret.
    #[must_use]
    pub fn secret_name(&self) -> String {
        format!("{} · {}", self.blueprint.name.trim().chars().take(60).collect::<String>(), self.run.short())
    }
}

/// What became of a step, for its undo.
pub struct Past<'a> {
    /// As of the start of the run.
    pub context: Context<'a>,
    /// What [`super::Kind::before`] said of the time before the first write.
    pub before: &'a [String],
    /// The id of what it made.
    pub made: Option<&'a str>,
    /// The client secret that it made, and when that ends.
    pub secret: Option<&'a str>,
    /// When that secret was asked to end, or ends as Graph answered; it may be there without the secret.
    pub ends: Option<Instant>,
    /// Whether the run made the account.
    pub made_account: bool,
}

/// What a check found.
#[derive(Clone, PartialEq, Debug)]
pub enum Finding {
    /// It is as the step wants it, with what the answers brought.
    Present(Box<Learned>),
    /// It is not as the step wants it: a write is due, or a wait for one that was sent.
    Missing,
    /// The answers don't tell; the worst of them says why.
    Unclear(Outcome),
}

/// Facts that an answer brought.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Learned {
    /// The object id and the client id of the app registration; `None`, as in the others, where the answer told nothing of it.
    pub application: Option<(ObjectId, AppId)>,
    /// The object id of the service principal of the application.
    pub service_principal: Option<ObjectId>,
    /// The client id of an API, and the object id of its service principal.
    pub resource: Option<(AppId, ObjectId)>,
    /// An id that undo or a later read needs.
    pub made: Option<String>,
}
