//! Blueprints that are saved in this browser, opened from a file or a link, and handed on.

use super::draft::{self, Draft, Source};
use super::{App, graph, sessions, storage};
use crate::domain::blueprint::Kind;
use crate::domain::ids::AppId;
use crate::domain::route::Route;
use crate::entra::scopes::Scopes;
use crate::formats::document::{self, Document};
use crate::formats::manifest::{self, Manifest};
use crate::formats::{json, link};
use crate::graph::applications;
use crate::graph::ask::if_there;
use crate::plan::record::{Purpose, RunRecord};
use crate::platform::page;
use crate::store::{Shelf, Store};
use crate::text::{self, Notice};
use leptos::prelude::*;

/// Fills the wizard with a document that the person picked here, and returns where it is.
pub fn open(app: App, document: &Document) -> Route {
    draft::offer(app, Draft::of(document));
    Route::Wizard(document.kind)
}

/// Takes a blueprint out of the address, before anything else reads that: it fills the wizard, and starts nothing.
pub fn take_link(app: App) {
    let Some(fragment) = page::take_fragment(link::START) else { return };
    match link::read(&fragment) {
        Ok(document) => {
            page::replace_address(&from_outside(app, &document, Source::Link).path());
        }
        Err(faults) => {
            let why: Vec<String> = faults.iter().map(text::formats::fault).collect();
            app.notice.set(Some(text::formats::unreadable_link(&why)));
        }
    }
}

/// Returns the saved blueprints by name; none where the browser gives none back.
pub async fn saved(app: App) -> Vec<Document> {
    let all = app.store().all(Shelf::Blueprints).await.unwrap_or_default();
    let mut found: Vec<Document> = all.iter().filter_map(|text| document::read(text).ok()).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Saves what the wizard holds under its name.
pub async fn save(app: App) {
    let document = app.draft.with_untracked(Draft::document);
    if document.name.is_empty() {
        return app.toast(text::formats::NAMELESS);
    }
    if storage::put(app, Shelf::Blueprints, &document.name, &document::write(&document)).await.is_ok() {
        app.toast(text::formats::saved(&document.name));
    }
}

/// Forgets a saved blueprint.
pub async fn forget(app: App, name: &str) {
    let _ = app.store().delete(Shelf::Blueprints, name).await;
}

/// Saves what the wizard holds as a file.
pub fn export(app: App) {
    let document = app.draft.with_untracked(Draft::document);
    let plain: String = document.name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = if plain.trim_matches('-').is_empty() { "blueprint" } else { plain.trim_matches('-') };
    page::download(&format!("{name}.blueprint.json"), "application/json", &document::write(&document));
}

/// Saves the permissions as a manifest lists them.
pub fn export_manifest(app: App) {
    let text = app.draft.with_untracked(|draft| manifest::write(&draft.blueprint.permissions));
    page::download("manifest.json", "application/json", &text);
}

/// Copies a link that fills the wizard elsewhere.
pub fn copy_link(app: App) {
    match app.draft.with_untracked(|draft| link::write(&draft.document())) {
        Some(fragment) => app.copy(format!("{}{}#{fragment}", page::origin(), Route::New.path()), text::formats::LINK),
        None => app.toast(text::formats::TOO_LONG_FOR_A_LINK),
    }
}

/// Reads an application of the tenant in use as a manifest.
///
/// # Errors
/// Why it could not be read.
pub async fn of_application(app: App, id: &AppId) -> Result<Manifest, Notice> {
    let current = app.current.get_untracked().ok_or_else(crate::text::sign_in::not_signed_in)?;
    let client = graph::bind(app, &current.account, &current.tenant.id, Scopes::LOOK)
        .await
        .map_err(|trouble| sessions::explain_in(&trouble, &current))?;
    let asked = applications::as_manifest(id);
    match if_there(graph::ask(app, &current.account, &client, Scopes::LOOK, asked).await) {
        Ok(Some(body)) => manifest::read(&body.to_string()).map_err(|_| text::faults::no_answer()),
        Ok(None) => Err(text::formats::not_registered(&current.tenant.name)),
        Err(outcome) => Err(graph::unread(text::faults::Read::Registration)(outcome)),
    }
}

/// Opens the blueprint of a chosen file; `None` when no file was chosen.
///
/// Returns where the wizard is, or in words why nothing was taken.
pub async fn from_file(app: App, event: &web_sys::Event) -> Option<Result<Route, Vec<String>>> {
    let text = match page::chosen_text(event, json::LONGEST).await? {
        Ok(text) => text,
        Err(page::TooLarge) => return Some(Err(vec![text::imported::too_large(json::LONGEST)])),
    };
    let read = document::read(&text).map_err(|faults| faults.iter().map(text::formats::fault).collect());
    Some(read.map(|document| from_outside(app, &document, Source::File)))
}

/// Fills the wizard with what a manifest asks for, and returns where it is.
pub fn from_manifest(app: App, kind: Kind, manifest: &Manifest) -> Route {
    match kind {
        Kind::AppSession => from_outside(app, &manifest.document(), Source::Manifest),
        // The rest of these jobs is this page's own.
        Kind::ConnectionAccount | Kind::CalendarSync => {
            let mut draft = Draft::fresh(kind);
            draft.paste(manifest.asked.clone());
            draft::offer(app, draft);
            Route::Wizard(kind)
        }
    }
}

fn from_outside(app: App, document: &Document, source: Source) -> Route {
    draft::offer(app, Draft::of_outside(document, source));
    Route::Wizard(document.kind)
}

/// Returns what a run was to set up, as a document that is read like any other; `None` where it is none.
#[must_use]
pub fn of_run(run: &RunRecord) -> Option<Document> {
    let written = document::write(&document::of(&run.blueprint, &[], ""));
    document::read(&written).ok().filter(|_| run.purpose == Purpose::Create)
}

/// Fills the wizard with what a run was to set up, and returns where it is. Nothing of the run itself goes on.
pub fn from_run(app: App, document: &Document) -> Route {
    from_outside(app, document, Source::Run)
}
