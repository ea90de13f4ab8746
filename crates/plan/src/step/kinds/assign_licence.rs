//! A seat of a subscription for the account.

use super::prelude::*;
use domain::account::Licence;
use graph::users::{self, User};

/// Assigns a license to the account of the run, with all plans of its subscription (`user: assignLicense`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AssignLicence {
    /// The subscription.
    pub licence: Licence,
}

impl Kind for AssignLicence {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Account,
            stage: Some(Stage::Account),
            roles_needed: TO_LICENSE,
            writes_with: LICENCES,
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![users::by_id(context.facts.account.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        of_user(answers, |user| user.has_licence(&self.licence.sku_id))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(users::assign_licence(context.facts.account.as_ref()?, &[&self.licence.sku_id], &[]))
    }

    /// The seat goes back with the account.
    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        if past.made_account { Vec::new() } else { vec![super::RemoveLicence { licence: self.licence.clone() }.into()] }
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn can_be_left_out(&self) -> bool {
        true
    }
}

pub(super) const LICENCES: Scopes = Scopes::of(&[Scope::LicenseAssignmentReadWrite]);

/// Judges the account of the run. It was made by the run: a replica that does not know it is behind.
pub(super) fn of_user(answers: &[Outcome], found: impl FnOnce(&User) -> bool) -> Finding {
    first(answers, |answer| match answer {
        Outcome::NotFound(fault) => Finding::Unclear(Outcome::NotYet(fault.clone())),
        other => one::<User>(other, |user| is(found(&user))),
    })
}
