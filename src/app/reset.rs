//! Empties what a tab holds, when the data of this browser was erased.

use super::App;
use crate::platform::page;
use leptos::prelude::*;

/// Ends engines and visits, and empties what this tab holds.
pub fn forget_everything(app: App) {
    // Every part of the state is named, so that a new one can't be forgotten here.
    let App {
        // Of the page, the browser or the host, not of anybody's data.
        config: _,
        phase: _,
        storage_notice: _,
        is_storage_kept: _,
        is_online: _,
        is_outdated: _,
        now: _,
        locked: _,
        active: _,
        unanswered: _,
        tab: _,
        store: _,
        // Taken up again when the page starts anew.
        keeps_signed_in: _,
        engines,
        vault,
        secret,
        certificate,
        visit,
        current,
        accounts,
        sessions,
        partner,
        checks,
        check,
        rollouts,
        watched,
        runs,
        unread_runs,
        draft,
        offered,
        imported,
        removed,
        looped,
        notice,
        toasts,
        consent_answer,
    } = app;
    engines.with_value(|engines| engines.end());
    vault.get_value().clear();
    page::sweep_tab("latchkey", |_| false);
    secret.set(None);
    certificate.set(None);
    visit.set(None);
    current.set(None);
    accounts.set(Vec::new());
    sessions.set(Vec::new());
    partner.forget();
    checks.forget();
    rollouts.forget();
    watched.set(Vec::new());
    runs.update(std::collections::BTreeMap::clear);
    unread_runs.set(Vec::new());
    check.forget();
    toasts.set(Vec::new());
    consent_answer.set(None);
    draft.set(super::draft::Draft::default());
    offered.set(None);
    imported.set(None);
    removed.set(None);
    looped.set(None);
    notice.set(None);
}
