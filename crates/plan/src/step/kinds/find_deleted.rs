//! Of a check with Microsoft: the run waits until the deleted items show what it deleted.

use super::prelude::*;

/// Reads until an item is among the deleted items (`directory/deletedItems`). Nothing is written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FindDeleted {
    /// Which item.
    #[serde(flatten)]
    pub item: Deleted,
}

/// What is among the deleted items.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "camelCase")]
pub enum Deleted {
    /// The application of this run.
    Application,
    /// Its service principal, which is deleted with it.
    ServicePrincipal,
    /// An application that an earlier check left.
    Leftover {
        /// Its object id, which it keeps among the deleted items.
        id: ObjectId,
        /// Its display name, for words alone.
        name: String,
    },
    /// The service principal of one.
    LeftPrincipal {
        /// Its object id, which it keeps among the deleted items.
        id: ObjectId,
        /// The display name of the application, for words alone.
        name: String,
    },
}

impl Deleted {
    pub(super) fn id<'a>(&'a self, facts: &'a Facts) -> Option<&'a ObjectId> {
        match self {
            Self::Application => facts.application.as_ref(),
            Self::ServicePrincipal => facts.service_principal.as_ref(),
            Self::Leftover { id, .. } | Self::LeftPrincipal { id, .. } => Some(id),
        }
    }
}

impl Kind for FindDeleted {
    fn about(&self) -> About {
        About {
            protocol: Protocol::Ensure,
            subject: Subject::Application,
            stage: None,
            roles_needed: TO_CHANGE,
            writes_with: Scopes::default(),
        }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::deleted(self.item.id(context.facts)?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| match answer {
            Outcome::Ok(_) => is(true),
            Outcome::NotFound(fault) => Finding::Unclear(Outcome::NotYet(fault.clone())),
            other => Finding::Unclear(other.clone()),
        })
    }

    fn write(&self, _context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        None
    }

    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPerson
    }

    fn can_be_left_out_of_check(&self) -> bool {
        self.item == Deleted::ServicePrincipal
    }

    fn is_a_question(&self) -> bool {
        true
    }
}
