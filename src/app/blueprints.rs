//! Blueprints that are saved in this browser, opened from a file or a link, and handed on.

use super::draft::{self, Draft};
use super::{App, graph, sessions, storage};
use crate::domain::blueprint::Kind;
use crate::domain::ids::AppId;
use crate::entra::scopes::Feature;
use crate::formats::document::{self, Document};
use crate::formats::manifest::{self, Manifest};
use crate::formats::{json::Fault, link};
use crate::graph::answer::Outcome;
use crate::graph::applications;
use crate::platform::page;
use crate::store::{Shelf, Store};
use crate::text::{self, Notice};
use leptos::prelude::*;

/// Returns the address of the wizard of a kind.
#[must_use]
pub fn wizard_of(kind: Kind) -> String {
    super::sign_in::address_of(&crate::entra::attempt::ReturnTo::Wizard(kind))
}

/// Fills the wizard with a document, and returns where it is.
pub fn open(app: App, document: &Document) -> String {
    draft::fill(app, Draft::of(document));
    wizard_of(document.kind)
}

/// Takes a blueprint out of the address, before anything else reads that: it fills the wizard, and starts nothing.
pub fn take_link(app: App) {
    let Some(fragment) = page::take_fragment(link::START) else { return };
    match link::read(&fragment) {
        Ok(document) => {
            draft::fill(app, Draft::of_link(&document));
            page::replace_address(&wizard_of(document.kind));
        }
        Err(faults) => {
            let why: Vec<String> = faults.iter().map(text::formats::fault).collect();
            app.notice.set(Some(Notice::new(
                "The blueprint of this link can’t be read.",
                format!("{} Ask whoever sent it for the file.", why.join(" ")),
            )));
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
        return app.toast("Give it a name first.");
    }
    if storage::put(app, Shelf::Blueprints, &document.name, &document::write(&document)).await.is_ok() {
        app.toast(format!("Saved. It is offered under Create as “{}”.", document.name));
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
        Some(fragment) => app.copy(format!("{}/app/new#{fragment}", page::origin()), "Blueprint link"),
        None => app.toast("This blueprint is too long for a link. Export it as a file."),
    }
}

/// Reads an application of the tenant in use as a manifest.
///
/// # Errors
/// Why it could not be read.
pub async fn of_application(app: App, id: &AppId) -> Result<Manifest, Notice> {
    let current = app.current.get_untracked().ok_or_else(|| Notice::new("You are not signed in.", "Sign in first."))?;
    let client = graph::bind(app, &current.account, &current.tenant.id, Feature::AppSessions)
        .await
        .map_err(|trouble| sessions::explain(&trouble, &current.tenant.name))?;
    let requests = [applications::by_app_id(id)];
    match graph::send(app, &current.account, &client, Feature::AppSessions, &requests).await.pop() {
        Some(Outcome::Ok(body)) => manifest::read(&body.to_string()).map_err(|_| text::faults::no_answer()),
        Some(Outcome::NotFound(_)) => Err(Notice::new(
            format!("{} has no app registration with this client ID.", current.tenant.name),
            "An application of another tenant keeps its registration there. Ask its vendor for the manifest.",
        )),
        Some(other) => Err(text::faults::reading(&graph::fault_of(other), "Reading the app registration")),
        None => Err(text::faults::no_answer()),
    }
}

/// Opens the blueprint of a chosen file. `None` when no file was chosen.
pub async fn from_file(app: App, event: &web_sys::Event) -> Option<Result<String, Vec<Fault>>> {
    let text = page::chosen_text(event).await?;
    Some(document::read(&text).map(|document| open(app, &document)))
}
