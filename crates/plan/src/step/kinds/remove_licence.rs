//! A seat of a subscription goes back.

use super::assign_licence::{LICENCES, of_user};
use super::prelude::*;
use domain::account::Licence;
use graph::users;

/// Takes a license from the account of the run (`user: assignLicense`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RemoveLicence {
    /// The subscription.
    pub licence: Licence,
}

impl Kind for RemoveLicence {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Account, stage: None, roles_needed: TO_LICENSE, writes_with: LICENCES }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![users::by_id(context.facts.account.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        of_user(answers, |user| !user.has_licence(&self.licence.sku_id))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(users::assign_licence(context.facts.account.as_ref()?, &[], &[&self.licence.sku_id]))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }
}
