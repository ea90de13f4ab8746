//! The journal of a run, as it is stored. It holds no token and no secret.

pub use super::step::Facts;
use super::step::{Context, HandOver, Past, Protocol, StepKind, Subject};
use domain::blueprint::Blueprint;
use domain::ids::{AppId, ObjectId, RunId, Tenant};
use domain::origin::Origin;
use domain::session::Person;
use domain::time::Instant;
use entra::scopes::{Scope, Scopes};
use graph::answer::{Fault, Outcome, OwnFault};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this shape. A record of a newer one is left alone.
pub const SCHEMA: u32 = 1;

/// The journal of a run: what was planned, and what became of each step. It is stored before a write leaves.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRecord {
    /// The version of the shape that it was written in: [`SCHEMA`] for a new one.
    pub schema: u32,
    /// A random GUID. The unique name of the application and the display name of the client secret are made of it.
    pub id: RunId,
    /// The tenant that is worked in: requests of the run go to no other.
    pub tenant: Tenant,
    /// Who made the plan: the run is carried out with this person's tokens.
    pub person: Person,
    /// What is to be there when the run is done; steps take names and permissions from it.
    pub blueprint: Blueprint,
    /// The ids that the steps need: known from the start, or brought by earlier steps.
    pub facts: Facts,
    /// The steps in the order of work.
    pub steps: Vec<StepRecord>,
    /// When the run was confirmed; of a plan that was not, when it was made.
    pub started: Instant,
    /// When the last step was over; `None` while one is left.
    pub ended: Option<Instant>,
    /// Whether nothing goes on before Resume: it was canceled, waits for its turn in a rollout, or came in a file before it was over.
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
    /// The undo of this run that was begun and has not come to its end: until then nothing of the run itself goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<RunId>,
    /// Only a run of this browser is ever carried out or undone. A file can't say so of itself: reading one sets it.
    #[serde(default)]
    pub origin: Origin,
}

/// What this browser's record of an App session said before a run changed it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Was {
    /// The display name of the App session.
    pub name: String,
    /// What the App session had been asked to be; `None` where this browser did not know.
    pub expected: Option<Blueprint>,
}

/// What a run is for. It decides the heading of the run, and what is kept when it ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Purpose {
    /// Sets up what a blueprint asks for: an App session, an account, or both.
    #[default]
    Create,
    /// Takes back what another run made.
    Undo,
    /// Gives the application a credential that takes the place of none.
    AddCredential,
    /// Gives the application a credential in the place of those of its kind.
    Rotate,
    /// Gives the application a certificate in the place of its client secrets.
    SwitchToCertificate,
    /// Removes one client secret or certificate.
    RemoveCredential,
    /// Lets the application work in Exchange Online PowerShell by itself.
    Exchange,
    /// Assigns a directory role to the application.
    Role,
    /// Changes the permissions that the registration asks for and, where the person wants that, those that are granted.
    Permissions,
    /// Adds what is missing of what the App session was asked to be.
    Mend,
    /// Changes which tenants may use the application (`application.signInAudience`).
    Audience,
    /// Changes the display name of the application.
    Rename,
    /// Changes the notes of the application, or its service management reference.
    Notes,
    /// Lets tokens be issued for the service principal again.
    Enable,
    /// Keeps tokens from being issued for the service principal.
    Disable,
    /// Moves the application to the deleted items.
    Delete,
    /// Brings the application back from the deleted items.
    Restore,
    /// Adds the certificate with which this page itself connects as the application, for one visit.
    UseNow,
    /// Changes who may work with App sessions: the app roles of the page's own application.
    Access,
    /// A check with Microsoft, with a test app.
    Check,
    /// Removing what such a check left.
    CleanUp,
    /// Ending every sign-in of the person who asks.
    SignOut,
}

/// A step with what became of it so far.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepRecord {
    /// What is done. The wish for a certificate becomes the step that adds it once it is made.
    pub step: StepKind,
    /// Where the step stands.
    pub state: StepState,
    /// A write was meant to leave and its outcome is not known.
    #[serde(default)]
    pub intended: bool,
    /// The write succeeded; its effect may not be seen everywhere yet.
    #[serde(default)]
    pub applied: bool,
    /// The upsert was answered as if nothing could be made: the step creates without it.
    #[serde(default)]
    pub plainly: bool,
    /// How often its write left. An answer that only puts it off sets this back to 1; all but client secrets give up at 12.
    #[serde(default)]
    pub attempts: u32,
    /// Reads in a row that found what the step wants: where it wrote nothing itself, one may not be enough to believe.
    #[serde(default)]
    pub good_reads: u32,
    /// Reads in a row that did not find what an unknown write may have made.
    #[serde(default)]
    pub missing_reads: u32,
    /// Waits in a row after answers that were not good.
    #[serde(default)]
    pub waits: u32,
    /// From when its patience is counted: its beginning, its last good answer, or the last word of the person. `None` before it begins.
    pub since: Option<Instant>,
    /// When it came to its end or failed; `None` before, and after Retry.
    pub ended: Option<Instant>,
    /// Nothing is sent for this step before.
    pub not_before: Option<Instant>,
    /// Microsoft asked to be left alone until then: no button sends earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Instant>,
    /// The last answer that was not good; `None` after a good one.
    pub fault: Option<Fault>,
    /// When a read of it was last answered; `None` before the first.
    pub checked: Option<Instant>,
    /// When a look last found nothing of an account, before it was written.
    #[serde(default)]
    pub absent: Option<Instant>,
    /// The id of what the step made: of an assignment, a grant or an application.
    pub made: Option<String>,
    /// The answer to its write brought what was made: it was not there before. An upsert of what is there is answered without a body.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub created: bool,
    /// What is known of the client secret; in the step that creates an account, of its password, with the object id as `key_id`.
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
    /// What its writes were answered, where that is what the run is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
}

/// How a write was answered. Never with what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "came", rename_all = "camelCase")]
pub enum Seen {
    /// Good, with a body or without one.
    Good {
        /// Whether the answer had a body: Graph answers without one where an upsert met what was there.
        body: bool,
    },
    /// It exists already, in words that this page knows.
    Duplicate {
        /// The HTTP status, 400 or 409.
        status: u16,
        /// `error.code` of the answer.
        code: String,
    },
    /// Refused or put off: nothing was written.
    Refused {
        /// The HTTP status; 0 for a refusal without an answer.
        status: u16,
        /// `error.code` of the answer, e.g. `Authorization_RequestDenied`.
        code: String,
    },
    /// What it is about is not known everywhere yet.
    NotYet,
    /// The token is not accepted; with a claims challenge or without one.
    Token {
        /// Whether a claims challenge came with it (`WWW-Authenticate`).
        challenge: bool,
    },
    /// No answer came, or none that can be read: whether anything was written is not known.
    Unknown,
}

impl Seen {
    /// Returns how an answer is noted.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Ok(body) => Self::Good { body: !body.is_null() },
            Outcome::Duplicate(fault) => Self::Duplicate { status: fault.status, code: fault.code.clone() },
            Outcome::NotFound(fault) | Outcome::Denied(fault) | Outcome::Rejected(fault) | Outcome::Throttled { fault, .. } => {
                Self::Refused { status: fault.status, code: fault.code.clone() }
            }
            Outcome::NotYet(_) => Self::NotYet,
            Outcome::Token { claims, .. } => Self::Token { challenge: claims.is_some() },
            Outcome::Unknown(_) => Self::Unknown,
        }
    }
}

/// What is known of the client secret. Never its value.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretRecord {
    /// The credential whose value came to the page.
    pub key_id: Option<String>,
    /// When the credential ends (`passwordCredential.endDateTime`): as asked for, then as answered. `None` before it is asked for.
    pub ends: Option<Instant>,
    /// The person said that they saved the value.
    pub saved: bool,
    /// Credentials that were removed, or are to be ignored while lists still show them.
    #[serde(default)]
    pub removed: Vec<String>,
    /// The credential that is being removed.
    pub removing: Option<String>,
}

/// Where a step stands. [`StepRecord::is_over`] tells which of them the run leaves behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StepState {
    /// Not begun, or to be tried again.
    Pending,
    /// A request of it is under way, or leaves next.
    Running,
    /// Waits for Microsoft: replication, throttling, a role that is not effective yet.
    Waiting,
    /// The person must say or do something first.
    NeedsYou(Need),
    /// This run brought it about, or the tenant or the person said what the step waited for.
    Done,
    /// It was there already, or somebody else made it meanwhile: an undo leaves it.
    AlreadyInPlace,
    /// Put off or left out, by the person or with another step.
    Skipped,
    /// Over, though nobody saw that it works: the person did not wait, or the tenant does not tell.
    Warning,
    /// Refused for good: the run goes no further before Retry.
    Failed,
    /// An undo took it back.
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
    /// Whether the tenant did not take the password that was chosen for the account.
    #[must_use]
    pub fn is_password_refused(&self) -> bool {
        self.fault.as_ref().is_some_and(|fault| fault.own() == Some(OwnFault::PasswordRefused))
    }

    /// Returns a step that was not begun.
    #[must_use]
    pub fn new(step: StepKind) -> Self {
        Self {
            step,
            state: StepState::Pending,
            intended: false,
            applied: false,
            plainly: false,
            attempts: 0,
            good_reads: 0,
            missing_reads: 0,
            waits: 0,
            since: None,
            ended: None,
            not_before: None,
            told: None,
            fault: None,
            checked: None,
            absent: None,
            made: None,
            created: false,
            secret: SecretRecord::default(),
            confirmed: false,
            foreign: false,
            request_ids: Vec::new(),
            before: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// Whether the step made something that is there now.
    #[must_use]
    pub fn has_made(&self) -> bool {
        (self.applied || self.secret.key_id.is_some()) && !self.foreign && self.state != StepState::Undone
    }

    /// Whether the run leaves the step behind. One that failed is not over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, StepState::Done | StepState::AlreadyInPlace | StepState::Skipped | StepState::Warning | StepState::Undone)
    }
}

/// Where a run stands, as its steps tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunState {
    /// It goes on by itself.
    Running,
    /// It waits for Microsoft, and looks again by itself.
    Waiting,
    /// Its current step waits for the person.
    NeedsYou,
    /// A token was not accepted: it goes on after a sign-in.
    Paused,
    /// It goes on after Resume alone.
    Cancelled,
    /// Its current step was refused for good.
    Failed,
    /// Every step is over, though some may be skipped or have a warning.
    Done,
    /// An undo took back all that can be taken back.
    Undone,
}

impl RunRecord {
    /// Reads a record as it was stored; `None` for one that this release can't read: a newer one made it, or it is damaged.
    #[must_use]
    pub fn read_stored(json: &str) -> Option<Self> {
        serde_json::from_str::<Self>(json).ok().filter(|run| run.schema <= SCHEMA)
    }

    /// Returns the run of a plan of this browser, not begun yet. `resources` are service principals that the tenant has, by client id.
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
            undo: None,
            origin: Origin::Here,
        }
    }

    /// Whether anything of it may be carried out: it is of this browser, and no undo of it was begun.
    #[must_use]
    pub fn can_go_on(&self) -> bool {
        self.origin.is_here() && !self.undone && self.undo.is_none()
    }

    /// Returns what the steps need to know.
    #[must_use]
    pub fn context(&self, now: Instant) -> Context<'_> {
        Context { run: &self.id, blueprint: &self.blueprint, facts: &self.facts, now }
    }

    /// Returns what became of a step, for its undo.
    #[must_use]
    pub fn past<'a>(&'a self, step: &'a StepRecord) -> Past<'a> {
        let makes_account = |step: &StepRecord| step.step.protocol() == Protocol::HandOver(HandOver::Password);
        Past {
            context: self.context(self.started),
            before: &step.before,
            made: step.made.as_deref(),
            secret: step.secret.key_id.as_deref(),
            ends: step.secret.ends,
            made_account: self.steps.iter().any(|step| makes_account(step) && step.secret.key_id.is_some()),
        }
    }

    /// Returns what the step that the run is at was answered last, if that was not good.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.steps.get(self.current()?)?.fault.as_ref()
    }

    /// Returns the step that the run is at.
    #[must_use]
    pub fn current(&self) -> Option<usize> {
        self.steps.iter().position(|step| !step.is_over())
    }

    /// Returns where the run stands: where its current step does, but a stop counts only when the others of its stage are over.
    #[must_use]
    pub fn state(&self) -> RunState {
        if self.undone {
            return RunState::Undone;
        }
        let Some(at) = self.current() else { return RunState::Done };
        if self.cancelled {
            return RunState::Cancelled;
        }
        let going = [(StepState::Running, RunState::Running), (StepState::Waiting, RunState::Waiting)];
        let stopped = matches!(self.steps[at].state, StepState::Failed | StepState::NeedsYou(Need::SignIn | Need::NotYet));
        // Others of its stage come to their end first.
        if let Some((_, state)) = going.iter().filter(|_| stopped).find(|(of, _)| self.steps.iter().any(|step| step.state == *of)) {
            return *state;
        }
        match self.steps[at].state {
            StepState::Failed => RunState::Failed,
            StepState::NeedsYou(Need::SignIn) => RunState::Paused,
            StepState::NeedsYou(_) => RunState::NeedsYou,
            StepState::Waiting => RunState::Waiting,
            _ => RunState::Running,
        }
    }

    /// Returns the scopes that its requests need: those to look with, and those that its own steps write with.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        self.steps.iter().fold(Scopes::of(&[Scope::DirectoryRead]), |all, step| all.and(step.step.writes_with()))
    }

    /// Whether it changes who may work with App sessions, and nothing else.
    #[must_use]
    pub fn is_about_access(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|step| step.step.subject() == Subject::Access)
    }

    /// Returns how many steps are over.
    #[must_use]
    pub fn steps_over(&self) -> usize {
        self.steps.iter().filter(|step| step.is_over()).count()
    }
}
