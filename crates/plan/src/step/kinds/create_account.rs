//! The user account of a connector, with a password that the person chooses when the run comes to it. `facts.account` is the
//! account, as in all steps about accounts; its wish is `blueprint.account`.

use super::prelude::*;
use graph::users;

/// Creates the user account of the blueprint, and sets another password where the first got lost (`user`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CreateAccount {
    /// The user principal name. An account that has it already is never taken over.
    pub upn: String,
}

impl Kind for CreateAccount {
    fn about(&self) -> About {
        About {
            protocol: Protocol::HandOver(HandOver::Password),
            subject: Subject::Account,
            stage: None,
            roles_needed: TO_MANAGE_USERS,
            // An account whose password got lost gets another one, which User.ReadWrite.All does not allow.
            writes_with: Scopes::of(&[Scope::UserReadWrite, Scope::UserPasswordProfileReadWrite]),
        }
    }

    fn check(&self, _context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![users::by_upn(&self.upn).into()])
    }

    fn judge(&self, _context: &Context<'_>, _answers: &[Outcome]) -> Finding {
        unclear(OwnFault::OwnRules)
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        None
    }

    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let account = past.context.facts.account.clone();
        account.map(|id| super::DeleteAccount { id, upn: self.upn.clone() }.into()).into_iter().collect()
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Account)
    }

    fn preview(&self, context: &Context<'_>, _ends: Option<Instant>) -> Option<GraphRequest> {
        context.blueprint.account.as_ref().map(|account| users::create(account, None))
    }
}
