//! The account goes to the deleted users.

use super::prelude::*;
use graph::users;

/// Deletes a user account, which Microsoft keeps among the deleted users for 30 days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeleteAccount {
    /// The object id of the account.
    pub id: ObjectId,
    /// The user principal name that it must still have: an account of another name stays.
    pub upn: String,
}

impl Kind for DeleteAccount {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Account,
            stage: None,
            roles_needed: TO_MANAGE_USERS,
            writes_with: Scopes::of(&[Scope::UserReadWrite]),
        }
    }

    fn check(&self, _context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![users::by_id(&self.id)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            gone(answer, |body| {
                let name = body.get("userPrincipalName").and_then(Value::as_str);
                let is_ours = name.is_some_and(|known| known.eq_ignore_ascii_case(&self.upn));
                if is_ours { Ok(()) } else { Err(OwnFault::NotOurAccount) }
            })
        })
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(users::delete(&self.id))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn deletes(&self) -> Option<Deletes> {
        Some(Deletes::Account)
    }
}
