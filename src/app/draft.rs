//! What is typed into a wizard, kept in the tab so that a reload or a sign-in loses nothing. It holds no secret.

use super::App;
use crate::domain::account::{Account, ApiAccess, Licence};
use crate::domain::blueprint::{Blueprint, ExchangeRole, Kind};
use crate::domain::ids::TenantId;
use crate::domain::permission::{Catalogue, Chosen};
use crate::domain::redirect;
use crate::domain::risk::{self, Risk};
use crate::domain::role::DirectoryRole;
use crate::formats::document::{self, Document};
use crate::formats::{Asked, built_in, resolve};
use crate::platform::page;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const KEY: &str = "latchkey.draft";

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub blueprint: Blueprint,
    /// The step of the wizard, from 0.
    pub at: usize,
    /// The tenant that it was begun in.
    pub tenant: Option<TenantId>,
    /// Critical permissions that the person said yes to, by id.
    pub accepted_risks: Vec<String>,
    /// What a document asks for by name, and the tenant was not asked about yet or does not offer.
    pub open: Open,
    /// Redirect URIs with `{placeholders}`, and what stands in their place.
    pub templates: Vec<String>,
    pub values: BTreeMap<String, String>,
    pub notes: String,
    /// What a link from outside asked for and nobody has confirmed yet; `None` where the person filled the wizard.
    pub outside: Option<Doubtful>,
}

/// Names of a document that wait for the tenant's own lists.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Open {
    pub permissions: Vec<Asked>,
    pub roles: Vec<String>,
    pub account_roles: Vec<String>,
    pub access: Vec<Asked>,
    pub licence: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Doubtful {
    pub redirect_uris: Vec<String>,
    pub permissions: Vec<Chosen>,
    /// Directory roles, of the application and of the account.
    pub roles: Vec<DirectoryRole>,
    pub account_roles: Vec<DirectoryRole>,
    pub exchange: Vec<ExchangeRole>,
    /// The application that would act in the name of the account.
    pub access: Option<ApiAccess>,
}

impl Draft {
    /// Returns a wizard filled by a document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let account = document.account.as_ref().map(|wish| Account {
            user_name: wish.user_name.clone(),
            display_name: wish.display_name.clone(),
            must_change: wish.must_change,
            usage_location: wish.usage_location.clone(),
            access: wish.access.as_ref().map(|access| ApiAccess {
                client: access.client.clone(),
                name: access.name.clone(),
                permissions: Vec::new(),
                for_everyone: access.for_everyone,
            }),
            ..Account::default()
        });
        let of_account = |take: fn(&document::AccountWish) -> Vec<String>| document.account.as_ref().map(take).unwrap_or_default();
        let access = document.account.as_ref().and_then(|wish| wish.access.as_ref());
        let blueprint = Blueprint {
            kind: document.kind,
            name: document.name.clone(),
            audience: document.audience,
            credential: document.credential,
            grant_in_run: true,
            account,
            exchange: document.exchange.clone(),
            replaces_permissions: document.replaces_permissions,
            ..Blueprint::default()
        };
        let mut draft = Self {
            blueprint,
            open: Open {
                permissions: document.permissions.clone(),
                roles: document.roles.clone(),
                account_roles: of_account(|wish| wish.roles.clone()),
                access: access.map(|access| access.permissions.clone()).unwrap_or_default(),
                licence: document.account.as_ref().and_then(|wish| wish.licence.clone()),
            },
            templates: document.redirect_uris.clone(),
            notes: document.notes.clone(),
            ..Self::default()
        };
        draft.fill_addresses();
        draft
    }

    /// Returns the same, filled by a link: what could lead sign-ins or rights astray waits until somebody confirms it.
    #[must_use]
    pub fn of_link(document: &Document) -> Self {
        let mut draft = Self::of(document);
        let redirect_uris = std::mem::take(&mut draft.templates);
        draft.fill_addresses();
        let exchange = std::mem::take(&mut draft.blueprint.exchange);
        let access = draft.blueprint.account.as_mut().and_then(|account| account.access.take());
        Self { outside: Some(Doubtful { redirect_uris, exchange, access, ..Doubtful::default() }), ..draft }
    }

    /// Puts the values of the placeholders into the redirect URIs.
    pub fn fill_addresses(&mut self) {
        self.blueprint.redirect_uris = redirect::fill(&self.templates, &self.values);
    }

    /// Takes permissions that a text asks for, instead of those that are there.
    pub fn replace_permissions(&mut self, asked: Vec<Asked>, catalogue: &Catalogue, is_whole: bool) {
        self.blueprint.permissions.clear();
        self.open.permissions = asked;
        self.settle(catalogue, is_whole);
    }

    /// Looks up what waits for the catalogue. While it is still growing, what is not in it may yet come.
    pub fn settle(&mut self, catalogue: &Catalogue, is_whole: bool) {
        if !is_whole {
            return;
        }
        let found = resolve(&std::mem::take(&mut self.open.permissions), catalogue);
        self.open.permissions = found.unknown;
        for chosen in found.chosen {
            let known = self.blueprint.permissions.iter().any(|known| known.is_same(&chosen));
            match &mut self.outside {
                _ if known => {}
                Some(doubtful) if risk::of(&chosen).0 >= Risk::High => doubtful.permissions.push(chosen),
                _ => self.blueprint.permissions.push(chosen),
            }
        }
        let waiting = self.outside.as_mut().and_then(|doubtful| doubtful.access.as_mut());
        if let Some(access) = waiting.or_else(|| self.blueprint.account.as_mut().and_then(|account| account.access.as_mut())) {
            let found = resolve(&std::mem::take(&mut self.open.access), catalogue);
            self.open.access = found.unknown;
            access.permissions.extend(found.chosen);
        }
    }

    /// Looks the names of roles up.
    pub fn settle_roles(&mut self, roles: &[DirectoryRole]) {
        let take = |open: &mut Vec<String>, chosen: &mut Vec<DirectoryRole>| {
            open.retain(|wanted| {
                let is_it = |role: &&DirectoryRole| role.id.eq_ignore_ascii_case(wanted) || role.name.eq_ignore_ascii_case(wanted);
                let Some(found) = roles.iter().find(is_it) else { return true };
                if !chosen.iter().any(|known| known.id == found.id) {
                    chosen.push(found.clone());
                }
                false
            });
        };
        if let Some(doubtful) = &mut self.outside {
            take(&mut self.open.roles, &mut doubtful.roles);
            take(&mut self.open.account_roles, &mut doubtful.account_roles);
            return;
        }
        take(&mut self.open.roles, &mut self.blueprint.roles);
        if let Some(account) = self.blueprint.account.as_mut() {
            take(&mut self.open.account_roles, &mut account.roles);
        }
    }

    /// Looks up what waits for the tenant's domains and subscriptions.
    pub fn settle_account(&mut self, domains: &[String], licences: &[Licence]) {
        let Some(account) = self.blueprint.account.as_mut() else { return };
        if !domains.contains(&account.domain) {
            account.domain = domains.first().cloned().unwrap_or_default();
        }
        if let Some(found) =
            self.open.licence.as_ref().and_then(|wanted| licences.iter().find(|licence| licence.part.eq_ignore_ascii_case(wanted)))
        {
            account.licence = Some(found.clone());
            self.open.licence = None;
        }
    }

    /// Returns it as a document, to save or to share.
    #[must_use]
    pub fn document(&self) -> Document {
        let mut document = document::of(&self.blueprint, &self.templates, &self.notes);
        // What nobody has ticked is not handed on.
        if self.outside.is_some() {
            return document;
        }
        // What this tenant does not have may be there in another.
        document.permissions.extend(self.open.permissions.iter().cloned());
        document.roles.extend(self.open.roles.iter().cloned());
        if let Some(account) = &mut document.account {
            account.roles.extend(self.open.account_roles.iter().cloned());
            account.licence = account.licence.take().or_else(|| self.open.licence.clone());
            if let Some(access) = &mut account.access {
                access.permissions.extend(self.open.access.iter().cloned());
            }
        }
        document
    }
}

fn fresh(kind: Kind) -> Draft {
    Draft::of(&match kind {
        Kind::AppSession => built_in::app_session(),
        Kind::ConnectionAccount => built_in::connection_account(),
        Kind::CalendarSync => built_in::calendar_sync(),
    })
}

fn key(kind: Kind) -> String {
    match kind {
        Kind::AppSession => KEY.into(),
        Kind::ConnectionAccount => format!("{KEY}.connection-account"),
        Kind::CalendarSync => format!("{KEY}.calendar-sync"),
    }
}

/// Goes on with what the tab kept of a wizard, or starts it.
pub fn begin(app: App, kind: Kind) {
    if app.draft.with_untracked(|draft| draft.blueprint.kind == kind && *draft != Draft::default()) {
        return;
    }
    let kept = page::kept_in_tab(&key(kind)).and_then(|text| serde_json::from_str::<Draft>(&text).ok());
    app.draft.set(kept.filter(|draft| draft.blueprint.kind == kind).unwrap_or_else(|| fresh(kind)));
}

/// Fills the wizard of its kind.
pub fn fill(app: App, draft: Draft) {
    change(app, |current| *current = draft);
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

/// Empties the wizard.
pub fn discard(app: App) {
    let kind = app.draft.with_untracked(|draft| draft.blueprint.kind);
    app.draft.set(fresh(kind));
    let _ = page::take_from_tab(&key(kind));
}
