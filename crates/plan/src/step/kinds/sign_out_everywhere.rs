//! Every sign-in of the person ends, on each device and in each application.

use super::prelude::*;
use graph::directory::{self, SignInsCount};

/// Ends every sign-in of the person whose token it is sent with (`user: revokeSignInSessions`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SignOutEverywhere {}

/// How near to now sign-ins must have ended for an answer that got lost to have been a good one, in seconds.
const NEAR: i64 = 900;

impl Kind for SignOutEverywhere {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Person,
            stage: None,
            roles_needed: &[],
            writes_with: Scopes::of(&[Scope::UserRevokeSessions]),
        }
    }

    fn check(&self, _context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![directory::my_sign_ins()])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        // Only an answer that got lost is looked for: whoever asks for this may have signed in anew since the last time.
        first(answers, |answer| {
            one::<SignInsCount>(answer, |found| {
                let from = found.from.as_deref().and_then(Instant::from_iso);
                is(from.is_some_and(|from| context.now.seconds_since(from).abs() <= NEAR))
            })
        })
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(directory::end_my_sign_ins())
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn reads_first(&self) -> bool {
        false
    }

    /// A look afterwards would need a sign-in that has just ended.
    fn is_over_when_answered(&self) -> bool {
        true
    }
}
