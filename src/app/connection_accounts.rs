//! The connection accounts of Recent sessions.

use super::{App, sessions};
use crate::domain::blueprint::Kind;
use crate::domain::origin::Origin;
use crate::domain::session::{ConnectionAccount, Session, SessionRecord};
use crate::plan::record::{RunRecord, StepState};
use crate::plan::step::StepKind;
use crate::platform::clock;
use leptos::prelude::*;

pub(super) fn known(app: App, id: &str) -> Option<ConnectionAccount> {
    app.sessions.with_untracked(|all| {
        all.iter().find(|record| record.id == id && record.origin.is_here()).and_then(|record| match &record.session {
            Session::Account(found) => Some(found.clone()),
            _ => None,
        })
    })
}

/// Puts the account of a run into the record of its connector, when it is finished.
pub async fn remember(app: App, record: &RunRecord) {
    let (Some(account), Some(object_id)) = (&record.blueprint.account, &record.facts.account) else { return };
    let is_done = |wanted: fn(&StepKind) -> bool| record.steps.iter().any(|step| wanted(&step.step) && step.state == StepState::Done);
    if record.blueprint.kind != Kind::ConnectionAccount || !is_done(|step| matches!(step, StepKind::FinishAccount(_))) {
        return;
    }
    let grants = account.access.iter().flat_map(|access| access.permissions.iter().map(|permission| permission.value.clone())).collect();
    let replaced =
        record.steps.iter().find_map(|step| if let StepKind::FinishAccount(step) = &step.step { step.replaces.clone() } else { None });
    // One step back is enough; a chain of all accounts there ever were is nobody's business.
    let before = match known(app, &SessionRecord::id_of_account(&record.tenant.id, &record.blueprint.name)) {
        Some(known) if known.run == record.id => known.before,
        known => known.map(|known| Box::new(ConnectionAccount { before: None, ..known })),
    };
    let session = Session::Account(ConnectionAccount {
        before,
        connector: record.blueprint.name.trim().to_owned(),
        upn: account.upn(),
        object_id: object_id.clone(),
        roles: account.roles.iter().map(|role| role.name.clone()).collect(),
        grants,
        is_proved: is_done(|step| matches!(step, StepKind::ProveAccount(_))),
        since: clock::now(),
        replaced,
        run: record.id.clone(),
    });
    let id = SessionRecord::id_of_account(&record.tenant.id, &record.blueprint.name);
    let favourite = app.sessions.with_untracked(|all| all.iter().any(|known| known.id == id && known.favourite));
    let kept = SessionRecord {
        id,
        person: record.person.clone(),
        tenant: record.tenant.clone(),
        session,
        favourite,
        last_used: clock::now(),
        signed_in_until: None,
        status: None,
        origin: Origin::Here,
    };
    sessions::keep(app, kept).await;
}

/// Forgets the account that an undo deleted: the record names the one before again, if there was one.
pub async fn forget(app: App, original: &RunRecord) {
    let id = SessionRecord::id_of_account(&original.tenant.id, &original.blueprint.name);
    let Some(found) = known(app, &id).filter(|found| found.run == original.id) else { return };
    let Some(record) = sessions::remove(app, &id).await else { return };
    if let Some(before) = found.before {
        sessions::keep(app, SessionRecord { session: Session::Account(*before), ..record }).await;
    }
}
