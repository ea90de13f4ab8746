//! What is typed into the wizard, kept in the tab so that a reload or a sign-in loses nothing. It holds no secret.

use super::App;
use crate::domain::blueprint::Blueprint;
use crate::domain::ids::TenantId;
use crate::platform::page;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

const KEY: &str = "latchkey.draft";

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Draft {
    pub blueprint: Blueprint,
    /// The step of the wizard, from 0.
    pub at: usize,
    /// The tenant that it was begun in.
    pub tenant: Option<TenantId>,
    /// Critical permissions that the person said yes to, by id.
    pub accepted_risks: Vec<String>,
}

impl Default for Draft {
    fn default() -> Self {
        Self { blueprint: Blueprint { grant_in_run: true, ..Blueprint::default() }, at: 0, tenant: None, accepted_risks: Vec::new() }
    }
}

/// Reads what the tab kept.
pub fn restore(app: App) {
    if let Some(draft) = page::kept_in_tab(KEY).and_then(|text| serde_json::from_str(&text).ok()) {
        app.draft.set(draft);
    }
}

/// Changes the draft and keeps it.
pub fn change(app: App, change: impl FnOnce(&mut Draft)) {
    app.draft.update(change);
    if let Ok(text) = app.draft.with_untracked(serde_json::to_string) {
        page::keep_in_tab(KEY, &text);
    }
}

/// Empties the wizard.
pub fn discard(app: App) {
    app.draft.set(Draft::default());
    let _ = page::take_from_tab(KEY);
}
