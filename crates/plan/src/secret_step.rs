//! The step that makes a client secret: the one thing that can't be made twice safely, nor read again.

use super::record::{Need, StepRecord, StepState};
use super::step::{HandOver, Protocol};
use domain::secret::Secret;
use graph::answer::{Outcome, OwnFault};
use graph::applications::Application;
use serde_json::Value;

/// What to do next, by the credentials that carry our name.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Make the secret: the person asked for it, and none of ours has to go first.
    Add,
    /// Remove this credential: its value is lost.
    Remove(String),
    /// A credential exists whose value nobody has.
    Lost,
    /// There is none, and the person has not asked for one in this visit.
    Ready,
    /// Read the list again after a moment: not every replica knows what was written.
    LookAgain,
    /// The saved secret is listed, and no other of ours.
    Done,
}

/// After a reload the value is gone unless the person had saved it.
pub fn after_reload(step: &mut StepRecord) {
    if !matches!(step.step.protocol(), Protocol::HandOver(HandOver::Secret { .. })) {
        return;
    }
    step.secret.removing = None;
    if step.state == StepState::NeedsYou(Need::SaveSecret) && !step.secret.saved {
        step.state = StepState::NeedsYou(Need::SecretLost);
    }
}

/// Whether the step has something to do without another word of the person.
#[must_use]
pub fn is_due(step: &StepRecord, wanted: bool) -> bool {
    match step.state {
        StepState::NeedsYou(Need::SaveSecret) => step.secret.saved || wanted,
        StepState::NeedsYou(_) => wanted,
        _ => wanted || step.intended || step.secret.saved,
    }
}

/// Returns the ids of the credentials that carry our name.
///
/// # Errors
/// The outcome that kept them from being read.
pub fn listed(outcome: Option<&Outcome>, name: &str) -> Result<Vec<String>, Box<Outcome>> {
    let unreadable = || Box::new(Outcome::Unknown(OwnFault::UnreadableAnswer.fault()));
    match outcome {
        Some(Outcome::Ok(body)) => {
            let app: Application = serde_json::from_value(body.clone()).map_err(|_| unreadable())?;
            Ok(app.secrets_named(name).map(|credential| credential.key_id.clone()).collect())
        }
        Some(Outcome::NotFound(fault)) => Err(Box::new(Outcome::NotYet(fault.clone()))),
        Some(other) => Err(Box::new(other.clone())),
        None => Err(unreadable()),
    }
}

/// Decides by what is listed. `missing_reads` looks without a trace settle a write of unknown outcome.
#[must_use]
pub fn decide(step: &mut StepRecord, listed: &[String], wanted: bool, replaces: bool, missing_reads: u32) -> Next {
    if step.secret.saved {
        return decide_saved(step, listed);
    }
    let known: Vec<&String> = listed.iter().filter(|key| !step.secret.removed.contains(key)).collect();
    if replaces {
        if let Some(lost) = known.first() {
            return Next::Remove((*lost).clone());
        }
        let lost = step.secret.key_id.clone().filter(|key| !step.secret.removed.contains(key));
        return match lost {
            // It exists, though this replica does not list it yet.
            Some(key) => Next::Remove(key),
            None => Next::Add,
        };
    }
    if !known.is_empty() {
        step.intended = false;
        return Next::Lost;
    }
    if step.intended {
        step.missing_reads += 1;
        if step.missing_reads < missing_reads {
            return Next::LookAgain;
        }
        step.intended = false;
        step.missing_reads = 0;
    }
    if wanted { Next::Add } else { Next::Ready }
}

/// The person has the value: what is left is that it is listed, alone. Once a credential is listed, every earlier one is too,
/// so that one left by a lost answer is found here.
fn decide_saved(step: &mut StepRecord, listed: &[String]) -> Next {
    let mine = step.secret.key_id.as_ref();
    if !listed.iter().any(|key| Some(key) == mine) {
        return Next::LookAgain;
    }
    match listed.iter().find(|key| Some(*key) != mine) {
        None => Next::Done,
        Some(stray) if !step.secret.removed.contains(stray) => Next::Remove(stray.clone()),
        Some(stray) => {
            // Removed, but still listed: a replica that is behind, or a removal that came too early to be believed.
            step.missing_reads += 1;
            if step.missing_reads.is_multiple_of(4) { Next::Remove(stray.clone()) } else { Next::LookAgain }
        }
    }
}

/// Takes the value out of the answer and notes which credential it is.
pub fn take_value(step: &mut StepRecord, body: &Value) -> Option<Secret> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let secret = Secret::new(text("secretText")?);
    step.secret.key_id = Some(text("keyId")?);
    step.secret.saved = false;
    if let Some(ends) = text("endDateTime").as_deref().and_then(domain::time::Instant::from_iso) {
        step.secret.ends = Some(ends);
    }
    Some(secret)
}
