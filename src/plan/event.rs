//! What the run engine hears, and what it wants done.

use crate::domain::certificate::PublicCertificate;
use crate::domain::ids::ObjectId;
use crate::domain::secret::Secret;
use crate::domain::time::Instant;
use crate::graph::answer::Outcome;
use crate::graph::request::GraphRequest;

/// What happened.
pub enum Event {
    /// The run starts, or goes on after a reload.
    Began,
    /// The journal is durable.
    Stored,
    /// The journal could not be written.
    StoreFailed,
    /// The answers to the requests of the last [`Effect::Send`], in their order.
    Answered(Vec<Outcome>),
    /// The id that Microsoft gave to the write whose answer comes next.
    Noted(String),
    /// The time of [`Effect::WakeAt`] has come.
    Woke,
    Chose(Command),
    /// The password of a new account, or the one that takes the place of a lost one.
    PasswordChosen(Secret),
    /// The person signed in as somebody with this object id.
    Proved(ObjectId),
    /// The certificate was made, and its key saved.
    CertificateMade(Box<PublicCertificate>),
}

/// What the person chose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Command {
    Cancel,
    Resume,
    /// Try the step that failed, or the check, again.
    Retry,
    /// Put the step off.
    Later,
    CheckStatus,
    /// Somebody came back from Microsoft's consent page: look until the grants appear.
    AwaitConsent,
    /// Make the secret now and show it.
    ShowSecret,
    SavedSecret,
    ReplaceSecret,
    /// Go on with a step that asks first, or say that it is done.
    Confirm,
}

/// What must be done.
pub enum Effect {
    /// Store the record, then send [`Event::Stored`]. Nothing else happens before.
    Intend,
    /// Store the record; nobody waits for it.
    Keep,
    /// Send these in one batch, then [`Event::Answered`].
    Send(Vec<GraphRequest>),
    WakeAt(Instant),
    /// Show this once.
    HandOver(Secret),
}
