//! What the run engine hears, and what it wants done.

use domain::certificate::PublicCertificate;
use domain::ids::ObjectId;
use domain::secret::Secret;
use domain::time::Instant;
use graph::batch::Noted;
use graph::request::GraphRequest;

/// What happened.
pub enum Event {
    /// The run starts, or goes on after a reload.
    Began,
    /// The journal is durable.
    Stored,
    /// The journal could not be written.
    StoreFailed,
    /// The answers to the requests of the last [`Effect::Send`], in their order, with the ids that Microsoft gave them.
    Answered(Vec<Noted>),
    /// The time of [`Effect::WakeAt`] has come.
    Woke,
    /// The person pressed a button. One that the state of the current step does not allow changes nothing.
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
    /// Stop before the next request. What is under way is still judged, so that its outcome is known.
    Cancel,
    /// Go on after Cancel; steps that failed or wait for a sign-in are tried again, too.
    Resume,
    /// Try the step that failed, or the check, again.
    Retry,
    /// Put the step off.
    Later,
    /// Look once more whether it is there by now, though not before the time that Microsoft announced.
    CheckStatus,
    /// Somebody came back from Microsoft's consent page: look until the grants appear.
    AwaitConsent,
    /// Make the secret now and show it.
    ShowSecret,
    /// Say that the client secret or password that was shown is saved.
    SavedSecret,
    /// Give up a value that is lost or was not saved: another client secret is made, or another password chosen.
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
    /// Send these together, then [`Event::Answered`]. They need nothing of each other.
    Send(Vec<GraphRequest>),
    /// Send [`Event::Woke`] at this moment: nothing is due before.
    WakeAt(Instant),
    /// Show this once.
    HandOver(Secret),
}
