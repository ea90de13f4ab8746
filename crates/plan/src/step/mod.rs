//! What a run asks of a step, whatever its kind: who may do it, what it reads and writes, how it is taken back. Each kind is a file
//! of its own under [`kinds`], with one entry in the list there.

mod context;
pub mod kinds;
mod reads;

pub use context::{Context, Facts, Finding, Learned, Past};
pub use kinds::StepKind;
pub use reads::read_list;

use super::observed::AnyOf;
use domain::ids::{AppId, ObjectId};
use domain::time::Instant;
use entra::scopes::{Scope, Scopes};
use graph::answer::{Outcome, OwnFault};
use graph::request::GraphRequest;
use serde_json::{Value, json};

/// What a kind of step knows of itself. The methods without a body are asked of every kind; the others have the answer of nearly all.
pub trait Kind {
    /// What must be known before anything is sent.
    fn about(&self) -> About;

    /// The reads that tell whether the step is done. `None` when an earlier step has not brought what they need, or there are none.
    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>>;

    /// Understands the answers to [`Kind::check`], one for each read.
    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding;

    /// The write. `last_read` is the first answer to the last check, for what must be kept. `None` for a step that writes nothing, or
    /// when something is missing that an earlier step should have brought.
    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest>;

    /// The steps that take back what this one did; none when it can't be taken back.
    fn undo(&self, past: &Past<'_>) -> Vec<StepKind>;

    /// What a script does in its place.
    fn script(&self) -> Script<'_>;

    /// The step that makes what this one writes to: what that has just made needs no look first.
    fn hangs_on(&self) -> Option<StepKind> {
        None
    }

    /// What it is put off with.
    fn put_off_with(&self) -> Option<PutOff> {
        None
    }

    /// Whether it waits for a word of its own before anything is written: what it takes away may still be in use.
    fn asks_first(&self) -> bool {
        false
    }

    /// Whether the body of the write depends on what is there, so that a read comes first.
    fn reads_first(&self) -> bool {
        true
    }

    /// Whether the run makes sense without it when it was refused.
    fn can_be_left_out(&self) -> bool {
        false
    }

    /// Whether a check with Microsoft goes on without it when it was refused. What such a run made must go again.
    fn can_be_left_out_of_check(&self) -> bool {
        true
    }

    /// What it deletes with all that hangs on it.
    fn deletes(&self) -> Option<Deletes> {
        None
    }

    /// Whether it makes the application of its run.
    fn makes_application(&self) -> bool {
        false
    }

    /// The credential that it gives to the application.
    fn credential(&self) -> Option<NewCredential> {
        None
    }

    /// When the credential ends that it gave.
    fn credential_ends(&self, _past: &Past<'_>) -> Option<Instant> {
        None
    }

    /// Whether a role of Exchange Online is there when it is done, which takes hours to work.
    fn gives_exchange_role(&self) -> bool {
        false
    }

    /// How long Microsoft usually needs until what was written works everywhere.
    fn usual_wait(&self) -> UsualWait {
        UsualWait::Seconds
    }

    /// How many good reads in a row are believed when nothing was written for it: another replica may be behind.
    fn looks_to_believe(&self) -> u32 {
        1
    }

    /// Whether it is done however it came to be so: there is nothing of its own to undo.
    fn is_a_question(&self) -> bool {
        false
    }

    /// Whether a good answer to its write is all there is to know.
    fn is_over_when_answered(&self) -> bool {
        false
    }

    /// The write in the place of an upsert that is answered as if nothing could be made: `Prefer: create-if-missing` is documented for
    /// single requests, and nowhere for those of a batch. `None` for what is no upsert.
    fn write_plainly(&self, _context: &Context<'_>) -> Option<GraphRequest> {
        None
    }

    /// The list that its write replaces or is built on. Steps of one run share it.
    fn list(&self) -> Option<List> {
        None
    }

    /// Whether a read of its [`Kind::list`] shows what it wrote.
    fn is_shown(&self, _facts: &Facts, _read: &Value) -> bool {
        true
    }

    /// What of the things that it changes was there before: scopes of a grant, ids of permissions, the audience.
    fn before(&self, _context: &Context<'_>, _last_read: &Value) -> Vec<String> {
        Vec::new()
    }

    /// What a good answer to the write brought. `None` when the answer lacks what it must bring.
    fn learn_from_write(&self, _body: &Value) -> Option<Learned> {
        Some(Learned::default())
    }

    /// An answer to its write, as it is meant for this kind.
    fn understand(&self, answer: Outcome) -> Outcome {
        answer
    }

    /// What an answer to its write that is not good means for this kind.
    fn refusal(&self, _answer: &Outcome) -> Refusal {
        Refusal::AsUsual
    }

    /// Whether a fresh token that is refused says that the person lacks a role.
    fn is_denied_by_token(&self) -> bool {
        self.about().subject == Subject::Exchange
    }

    /// The step that it makes needless, and that makes it needless, in an undo.
    fn cancels(&self) -> Option<StepKind> {
        None
    }

    /// The write as it is shown before anything was read. `ends` is when the credential of this step ends, where that is known.
    fn preview(&self, context: &Context<'_>, _ends: Option<Instant>) -> Option<GraphRequest> {
        self.write(context, Some(&as_if_read(context.facts, self.sample(context.facts)?)?))
    }

    /// What the list of the last read has in a preview, with words for what only the tenant knows.
    fn sample(&self, _facts: &Facts) -> Option<Value> {
        Some(json!([]))
    }
}

/// What is asked of every kind before anything is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct About {
    /// How the run gets it done.
    pub protocol: Protocol,
    /// What it is about.
    pub subject: Subject,
    /// The stage that it is of; `None` for a step that everything before it must be over for.
    pub stage: Option<Stage>,
    /// The directory roles of which the person needs one; none where no role is needed.
    pub roles_needed: AnyOf,
    /// The scopes that its writes need (Graph permissions reference, each write's own page).
    pub writes_with: Scopes,
}

impl dyn Kind {
    /// Returns how the run gets the step done.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.about().protocol
    }

    /// Returns what the step is about, which tells what goes along when an application or account is deleted.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.about().subject
    }

    /// Returns the stage whose steps leave together; `None` for a step that leaves alone.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        self.about().stage
    }

    /// Returns the roles of which the person needs one, by template id; empty where no role is needed.
    #[must_use]
    pub fn roles_needed(&self) -> AnyOf {
        self.about().roles_needed
    }

    /// Returns the delegated scopes that the token needs for this step, besides those to look with.
    #[must_use]
    pub fn writes_with(&self) -> Scopes {
        self.about().writes_with
    }
}

/// How the run gets a step done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    /// It is read, judged, written, and read again until the reads show it.
    Ensure,
    /// Something that exists once is made on a word of the person, and handed to them.
    HandOver(HandOver),
    /// Only a person or time can tell.
    Word(Word),
}

/// What exists once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HandOver {
    /// A client secret for so many days. Graph shows its value once.
    Secret {
        /// The lifetime, in days.
        days: u32,
    },
    /// The password of a new account.
    Password,
    /// The key of a certificate, made in the browser.
    Certificate {
        /// The lifetime, in days.
        days: u32,
        /// The length of the RSA key, in bits.
        bits: u32,
    },
}

/// What ends a step that this page can't do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// An administrator accepts on Microsoft's page; the grants are read.
    Consent,
    /// Commands that the step shows are run by hand; where Graph lets it be read, it is.
    ByHand,
    /// The longest delay of Exchange is over, or it works already.
    Settle,
    /// A sign-in as the account.
    Prove,
    /// The account takes its place in the record; `replaces` when the record names another one.
    Finish {
        /// Whether the record of the connector names another account until then.
        replaces: bool,
    },
}

/// What a step is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// The application of the run: it goes with that.
    Application,
    /// A user account.
    Account,
    /// A role of Exchange Online. It does not go with its application.
    Exchange,
    /// Who may work with App sessions.
    Access,
    /// The person who asks.
    Person,
}

/// Steps of one stage that follow each other go on together: none of them waits for the end of another, only for what it needs to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// The application, its service principal, and those of the APIs.
    Objects,
    /// What the service principal may do.
    Grants,
    /// What the user account may do.
    Account,
}

/// What a step is put off with: it is skipped when the person has skipped that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PutOff {
    /// The consent: its link must keep working for whoever gets it.
    Consent,
    /// The new credential: what was put off takes nothing's place.
    Credential,
}

/// What a step deletes with all that hangs on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deletes {
    /// An app registration with its service principal.
    Application,
    /// A user account.
    Account,
    /// The application of a check with Microsoft.
    TestApplication,
}

/// A credential that a step gives to the application, as app management policies look at one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NewCredential {
    /// A client secret.
    Secret {
        /// The lifetime, in days.
        days: u32,
    },
    /// A certificate, to be made in the browser or at hand.
    Certificate {
        /// The lifetime, in whole days.
        days: u32,
        /// Whether the browser is to make it. One that is at hand counts as signed by somebody else.
        is_self_signed: bool,
    },
}

/// How long Microsoft usually needs until a write works everywhere: it decides what a waiting step offers and says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UsualWait {
    /// So short that there is nothing to offer.
    Seconds,
    /// Long enough to let the person look earlier.
    Minutes,
}

/// A list in the tenant that several steps of a run write to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum List {
    /// `application.keyCredentials`, which is written as a whole.
    Certificates,
    /// The scopes that are granted for everybody, of one API.
    Scopes(AppId),
}

/// What a kind of step makes of an answer to its write that is not good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// What it is to all kinds: a wait, another try, or a failure.
    AsUsual,
    /// What the step wants is so already.
    ItIsSo,
    /// It was an answer like another.
    Settles,
    /// It is final, and has a sentence of its own.
    Final(OwnFault),
}

/// What a script does in the place of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Script<'a> {
    /// It sends the request, and takes something from the answer.
    Sends(Brings<'a>),
    /// It reads the ids of an application that is there, and leaves its change to the page.
    Adopts(&'a ObjectId),
    /// Nothing: the request is built on what the tenant has at that moment.
    LeavesToPage,
    /// Nothing: a person does it.
    LeavesToPerson,
}

/// What the answer to a request brings to a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Brings<'a> {
    /// Nothing that a later request needs.
    Nothing,
    /// The object id and the client id of the app registration.
    Application,
    /// The object id of its service principal.
    ServicePrincipal,
    /// The object id of the service principal of this API, which is given by its client id.
    Resource(&'a AppId),
    /// The object id of the user account.
    Account,
    /// A value that is shown once.
    Secret,
}

/// Role assignments are known to some replicas before others: so many reads at once must find one, or find it gone.
pub(super) const ROLE_READS: usize = 3;

pub(super) const APPLICATIONS: Scopes = Scopes::of(&[Scope::ApplicationReadWrite]);
pub(super) const ASSIGNMENTS: Scopes = Scopes::of(&[Scope::AppRoleAssignmentReadWrite]);
pub(super) const GRANTS: Scopes = Scopes::of(&[Scope::DelegatedPermissionGrantReadWrite]);
pub(super) const ROLES: Scopes = Scopes::of(&[Scope::RoleManagementReadWriteDirectory]);

impl StepKind {
    /// Whether its name must be typed first: what other things hang on is deleted.
    #[must_use]
    pub fn asks_for_name(&self) -> bool {
        match self.deletes() {
            Some(Deletes::Application | Deletes::Account) => true,
            Some(Deletes::TestApplication) | None => false,
        }
    }

    /// Whether a read does not show what earlier steps of the run wrote into the same list. Then it comes from a replica that is behind:
    /// a list that is built on it would take back what they did. `earlier` are the steps whose writes succeeded.
    #[must_use]
    pub fn is_behind<'a>(&self, mut earlier: impl Iterator<Item = &'a Self>, facts: &Facts, read: &Value) -> bool {
        let list = self.list();
        list.is_some() && earlier.any(|step| step.list() == list && !step.is_shown(facts, read))
    }
}

/// Returns an answer as the last read before the write would bring it.
fn as_if_read(facts: &Facts, list: Value) -> Option<Value> {
    Some(json!({"id": facts.application.as_ref()?.as_str(), "appId": facts.app_id.as_ref()?.as_str(), "value": list,
        "keyCredentials": [{"keyId": "{every certificate that is there, as it was read}"}],
        "requiredResourceAccess": [{"resourceAppId": "{every permission that is there, as it was read}", "resourceAccess": [{}]}],
        "appRoles": [{"id": "{every app role that is there, as it was read}"}]}))
}

/// A fault that the page itself found.
pub(super) fn own_fault(own: OwnFault) -> Outcome {
    Outcome::Rejected(own.fault())
}
