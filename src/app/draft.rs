//! The wizard of this tab, kept there so that a reload or a sign-in loses nothing. It holds no secret.

use super::App;
use crate::domain::account::Account;
use crate::domain::blueprint::Kind;
pub use crate::formats::draft::{Draft, Open, Outside, Point, Source};
use crate::platform::page;
use leptos::prelude::*;

const KEY: &str = "latchkey.draft";

fn key(kind: Kind) -> String {
    match kind {
        Kind::AppSession => KEY.into(),
        Kind::ConnectionAccount => format!("{KEY}.connection-account"),
        Kind::CalendarSync => format!("{KEY}.calendar-sync"),
    }
}

/// Where the tab keeps what waits for a word before it replaces what was typed.
fn offer_key(kind: Kind) -> String {
    format!("latchkey.offer.{kind:?}")
}

fn kept(key: &str, kind: Kind) -> Option<Draft> {
    let kept = page::kept_in_tab(key).and_then(|text| serde_json::from_str::<Draft>(&text).ok());
    kept.filter(|draft| draft.blueprint.kind == kind)
}

/// Goes on with what the tab kept of a wizard, or starts it.
pub fn begin(app: App, kind: Kind) {
    if app.offered.with_untracked(|offered| offered.as_ref().is_none_or(|offered| offered.blueprint.kind != kind)) {
        app.offered.set(kept(&offer_key(kind), kind));
    }
    if app.draft.with_untracked(|draft| draft.blueprint.kind == kind && *draft != Draft::default()) {
        return;
    }
    app.draft.set(kept(&key(kind), kind).unwrap_or_else(|| Draft::fresh(kind)));
}

/// Fills the wizard of its kind. Where somebody has typed something into that, it asks first.
pub fn offer(app: App, draft: Draft) {
    let kind = draft.blueprint.kind;
    let in_use =
        app.draft.with_untracked(|current| (current.blueprint.kind == kind && *current != Draft::default()).then(|| current.clone()));
    if in_use.or_else(|| kept(&key(kind), kind)).is_none_or(|current| current.is_untouched()) {
        return change(app, |current| *current = draft);
    }
    if let Ok(text) = serde_json::to_string(&draft) {
        page::keep_in_tab(&offer_key(kind), &text);
    }
    app.offered.set(Some(draft));
}

/// Replaces what was typed by what was offered, or drops that.
pub fn answer_offer(app: App, replaces: bool) {
    let Some(offered) = app.offered.get_untracked() else { return };
    let _ = page::take_from_tab(&offer_key(offered.blueprint.kind));
    if replaces {
        change(app, |current| *current = offered);
    }
    app.offered.set(None);
}

/// Changes the draft and keeps it.
pub fn change(app: App, change: impl FnOnce(&mut Draft)) {
    app.draft.update(change);
    if let Ok(text) = app.draft.with_untracked(serde_json::to_string) {
        page::keep_in_tab(&key(app.draft.with_untracked(|draft| draft.blueprint.kind)), &text);
    }
}

/// Changes the account of the draft.
pub fn change_account(app: App, with: impl FnOnce(&mut Account)) {
    change(app, |draft| with(draft.blueprint.account.get_or_insert_default()));
}

/// Forgets what was typed into every wizard of this tab, and what waits to replace it.
pub fn forget(app: App) {
    for kind in [Kind::AppSession, Kind::ConnectionAccount, Kind::CalendarSync] {
        let _ = page::take_from_tab(&key(kind));
        let _ = page::take_from_tab(&offer_key(kind));
    }
    app.draft.set(Draft::default());
    app.offered.set(None);
}

/// Empties the wizard.
pub fn discard(app: App) {
    let kind = app.draft.with_untracked(|draft| draft.blueprint.kind);
    app.draft.set(Draft::fresh(kind));
    let _ = page::take_from_tab(&key(kind));
}
