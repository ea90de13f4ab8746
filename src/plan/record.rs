//! The journal of a run, as it is stored. It holds no token and no secret.

use super::step::{Learned, Scene, StepKind};
use crate::domain::blueprint::Blueprint;
use crate::domain::ids::{AppId, ObjectId, RunId, Tenant};
use crate::domain::session::Person;
use crate::domain::time::Instant;
use crate::entra::scopes::Feature;
use crate::graph::answer::Fault;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this shape. A record of a newer one is left alone.
pub const SCHEMA: u32 = 1;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRecord {
    pub schema: u32,
    pub id: RunId,
    pub tenant: Tenant,
    pub person: Person,
    pub blueprint: Blueprint,
    pub facts: Facts,
    pub steps: Vec<StepRecord>,
    pub started: Instant,
    pub ended: Option<Instant>,
    pub cancelled: bool,
    /// What it is for, as its heading says.
    #[serde(default)]
    pub purpose: Purpose,
    /// What this browser expected of the App session before: an undo puts it back.
    #[serde(default)]
    pub was: Option<Was>,
    /// The run that this one undoes.
    pub undoes: Option<RunId>,
    /// Whether an undo of this run came to its end.
    pub undone: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Was {
    pub name: String,
    pub expected: Option<Blueprint>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Purpose {
    #[default]
    Create,
    Undo,
    AddCredential,
    Rotate,
    SwitchToCertificate,
    RemoveCredential,
    Exchange,
    Role,
    Permissions,
    Mend,
    Audience,
    Rename,
    Enable,
    Disable,
    Delete,
    Restore,
    UseNow,
    Access,
}

/// What the run knows of the tenant.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    pub application: Option<ObjectId>,
    pub app_id: Option<AppId>,
    pub service_principal: Option<ObjectId>,
    pub resources: BTreeMap<AppId, ObjectId>,
    /// The user account of a connector.
    #[serde(default)]
    pub account: Option<ObjectId>,
}

impl Facts {
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

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepRecord {
    pub step: StepKind,
    pub state: StepState,
    /// A write was meant to leave and its outcome is not known.
    #[serde(default)]
    pub intended: bool,
    /// The write succeeded; its effect may not be seen everywhere yet.
    #[serde(default)]
    pub applied: bool,
    #[serde(default)]
    pub attempts: u32,
    #[serde(default)]
    pub good_reads: u32,
    /// Reads in a row that did not find what an unknown write may have made.
    #[serde(default)]
    pub missing_reads: u32,
    /// Waits in a row after answers that were not good.
    #[serde(default)]
    pub waits: u32,
    pub since: Option<Instant>,
    pub ended: Option<Instant>,
    /// Nothing is sent for this step before.
    pub not_before: Option<Instant>,
    /// The last answer that was not good, and when a check last found nothing.
    pub fault: Option<Fault>,
    pub checked: Option<Instant>,
    /// When a look last found nothing of an account, before it was written.
    #[serde(default)]
    pub absent: Option<Instant>,
    /// The id of what the step made: of an assignment, a grant or an application.
    pub made: Option<String>,
    #[serde(default)]
    pub secret: SecretRecord,
    /// The person said the word that the step asks for.
    #[serde(default)]
    pub confirmed: bool,
    /// Somebody else made what the step was to make, while it was under way.
    #[serde(default)]
    pub foreign: bool,
    /// The ids that Microsoft gave to its writes, to quote to support.
    #[serde(default)]
    pub request_ids: Vec<String>,
    /// Scopes or redirect URIs that were there before the step wrote: undo leaves them.
    #[serde(default)]
    pub before: Vec<String>,
}

/// What is known of the client secret. Never its value.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretRecord {
    /// The credential whose value came to the page.
    pub key_id: Option<String>,
    pub ends: Option<Instant>,
    /// The person said that they saved the value.
    pub saved: bool,
    /// Credentials that were removed, or are to be ignored while lists still show them.
    #[serde(default)]
    pub removed: Vec<String>,
    /// The credential that is being removed.
    pub removing: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StepState {
    Pending,
    Running,
    /// Waits for Microsoft: replication, throttling, a role that is not effective yet.
    Waiting,
    NeedsYou(Need),
    Done,
    AlreadyInPlace,
    Skipped,
    Warning,
    Failed,
    Undone,
}

/// What a step waits for from the person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Need {
    /// Give consent, hand the link on, or put it off.
    Consent,
    /// Press `Show secret`.
    MakeSecret,
    /// Press `I have saved it`.
    SaveSecret,
    /// The value is lost: press `Replace secret`.
    SecretLost,
    /// Sign in again: the token is not accepted.
    SignIn,
    /// Make the certificate, or put it off.
    MakeCertificate,
    /// Say that what the step removes is not in use any more.
    Confirm,
    /// Choose the password of the new account.
    ChoosePassword,
    /// Press `I have saved it`.
    SavePassword,
    /// The account exists, its password is lost: choose another.
    PasswordLost,
    /// Do it with the commands that the step shows, then say so.
    DoByHand,
    /// The longest delay is over: try whether it works.
    TryIt,
    /// Sign in as the new account.
    Prove,
    /// Press `Finish`.
    Finish,
    /// It takes longer than it should: check again, or go on without.
    NotYet,
}

impl StepRecord {
    #[must_use]
    pub fn new(step: StepKind) -> Self {
        Self {
            step,
            state: StepState::Pending,
            intended: false,
            applied: false,
            attempts: 0,
            good_reads: 0,
            missing_reads: 0,
            waits: 0,
            since: None,
            ended: None,
            not_before: None,
            fault: None,
            checked: None,
            absent: None,
            made: None,
            secret: SecretRecord::default(),
            confirmed: false,
            foreign: false,
            request_ids: Vec::new(),
            before: Vec::new(),
        }
    }

    /// Whether the step made something that is there now.
    #[must_use]
    pub fn has_made(&self) -> bool {
        (self.applied || self.secret.key_id.is_some()) && !self.foreign && self.state != StepState::Undone
    }

    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, StepState::Done | StepState::AlreadyInPlace | StepState::Skipped | StepState::Warning | StepState::Undone)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunState {
    Running,
    Waiting,
    NeedsYou,
    Paused,
    Cancelled,
    Failed,
    Done,
    Undone,
}

impl RunRecord {
    #[must_use]
    pub fn new(
        id: RunId,
        tenant: Tenant,
        person: Person,
        blueprint: Blueprint,
        steps: Vec<StepKind>,
        resources: BTreeMap<AppId, ObjectId>,
        now: Instant,
    ) -> Self {
        Self {
            schema: SCHEMA,
            id,
            tenant,
            person,
            blueprint,
            facts: Facts { resources, ..Facts::default() },
            steps: steps.into_iter().map(StepRecord::new).collect(),
            started: now,
            ended: None,
            cancelled: false,
            purpose: Purpose::Create,
            was: None,
            undoes: None,
            undone: false,
        }
    }

    /// Returns what the steps need to know.
    #[must_use]
    pub fn scene(&self, now: Instant) -> Scene<'_> {
        Scene { run: &self.id, blueprint: &self.blueprint, facts: &self.facts, now }
    }

    /// Returns the step that the run is at.
    #[must_use]
    pub fn current(&self) -> Option<usize> {
        self.steps.iter().position(|step| !step.is_over())
    }

    #[must_use]
    pub fn state(&self) -> RunState {
        if self.undone {
            return RunState::Undone;
        }
        let Some(at) = self.current() else { return RunState::Done };
        if self.cancelled {
            return RunState::Cancelled;
        }
        match self.steps[at].state {
            StepState::Failed => RunState::Failed,
            StepState::NeedsYou(Need::SignIn) => RunState::Paused,
            StepState::NeedsYou(_) => RunState::NeedsYou,
            StepState::Waiting => RunState::Waiting,
            _ => RunState::Running,
        }
    }

    /// Returns the feature whose scopes its requests need.
    #[must_use]
    pub fn feature(&self) -> Feature {
        let is_of_account = |step: &StepRecord| matches!(step.step, StepKind::Account(_) | StepKind::Exchange(_));
        if self.steps.iter().any(is_of_account) { Feature::Accounts } else { Feature::AppSessions }
    }

    /// Whether it changes who may work with App sessions, and nothing else.
    #[must_use]
    pub fn is_about_access(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|step| matches!(step.step, StepKind::Access(_)))
    }

    /// Returns how many steps are over.
    #[must_use]
    pub fn steps_over(&self) -> usize {
        self.steps.iter().filter(|step| step.is_over()).count()
    }
}
