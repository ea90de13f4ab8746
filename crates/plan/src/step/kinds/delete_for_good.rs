//! Of a check with Microsoft: what is among the deleted items is removed from them.

use super::find_deleted::Deleted;
use super::prelude::*;

/// Removes an item from the deleted items (`directory/deletedItems`). Nothing brings it back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeleteForGood {
    /// Which of the deleted items.
    #[serde(flatten)]
    pub item: Deleted,
}

impl Kind for DeleteForGood {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::deleted(self.item.id(context.facts)?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| gone(answer, |_| Ok(())))
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        Some(applications::delete_for_good(self.item.id(context.facts)?))
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn can_be_left_out_of_check(&self) -> bool {
        self.item == Deleted::ServicePrincipal
    }

    fn looks_to_believe(&self) -> u32 {
        4
    }
}
