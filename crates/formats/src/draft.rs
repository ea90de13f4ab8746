//! What a wizard holds: a blueprint on its way to be one of a tenant, and what of it waits for a word of the person. It holds no secret.

use super::document::{self, Document};
use super::{Asked, built_in, resolve};
use domain::account::{Account, ApiAccess, Licence};
use domain::blueprint::{Audience, Blueprint, Credential, DEFAULT_DAYS, ExchangeRole, Kind};
use domain::certificate;
use domain::ids::TenantId;
use domain::permission::{Catalogue, Chosen};
use domain::redirect;
use domain::risk;
use domain::role::DirectoryRole;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// What somebody else filled in and a person must say yes to; `None` where the person filled the wizard.
    pub outside: Option<Outside>,
}

/// Names of a document that wait for the tenant's own lists.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Open {
    pub permissions: Vec<Asked>,
    /// What a manifest asks for in the place of all that was there when it was pasted.
    pub pasted: Option<Vec<Asked>>,
    /// What was chosen then, and what a document of ours had asked for: where the manifest asks for it again, it needs no second word.
    pub chosen_before: Vec<Chosen>,
    pub asked_before: Vec<Asked>,
    pub roles: Vec<String>,
    pub account_roles: Vec<String>,
    pub access: Vec<Asked>,
    pub licence: Option<String>,
}

/// A wizard that was filled from outside.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Outside {
    pub source: Source,
    /// Each is part of the plan only once it is ticked. Whether it is, the draft itself tells.
    pub points: Vec<Point>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Source {
    Link,
    File,
    /// A run that can only be read.
    Run,
    /// A vendor's text, pasted.
    Manifest,
}

/// Something that could lead sign-ins or rights astray, lets the application live longer, or takes something away.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Point {
    Audience(Audience),
    Lifetime(Credential),
    ReplacesPermissions,
    RedirectUri(String),
    Permission(Chosen),
    Role(DirectoryRole),
    AccountRole(DirectoryRole),
    Exchange(ExchangeRole),
    /// The application that would act in the name of the account.
    Access(ApiAccess),
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
                ..Open::default()
            },
            templates: document.redirect_uris.clone(),
            notes: document.notes.clone(),
            ..Self::default()
        };
        draft.fill_addresses();
        draft
    }

    /// Returns the same, filled from outside: what could lead sign-ins or rights astray waits until somebody ticks it.
    #[must_use]
    pub fn of_outside(document: &Document, source: Source) -> Self {
        let mut draft = Self::of(document);
        let blueprint = &mut draft.blueprint;
        let mut points = Vec::new();
        if blueprint.audience != Audience::default() {
            points.push(Point::Audience(std::mem::take(&mut blueprint.audience)));
        }
        let usual = usual(blueprint.credential);
        if blueprint.credential != usual {
            points.push(Point::Lifetime(std::mem::replace(&mut blueprint.credential, usual)));
        }
        if std::mem::take(&mut blueprint.replaces_permissions) {
            points.push(Point::ReplacesPermissions);
        }
        points.extend(std::mem::take(&mut blueprint.exchange).into_iter().map(Point::Exchange));
        points.extend(blueprint.account.as_mut().and_then(|account| account.access.take()).map(Point::Access));
        points.extend(std::mem::take(&mut draft.templates).into_iter().map(Point::RedirectUri));
        draft.fill_addresses();
        Self { outside: Some(Outside { source, points }), ..draft }
    }

    /// Returns a wizard of a kind that nothing was done in.
    #[must_use]
    pub fn fresh(kind: Kind) -> Self {
        Self::of(&match kind {
            Kind::AppSession => built_in::app_session(),
            Kind::ConnectionAccount => built_in::connection_account(),
            Kind::CalendarSync => built_in::calendar_sync(),
        })
    }

    /// Whether nobody has put anything in. What the tenant itself filled in does not count; in doubt somebody has.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        let fresh = Self::fresh(self.blueprint.kind);
        let names = |draft: &Self| {
            let mut document = draft.document();
            document.permissions.iter_mut().for_each(|asked| asked.resource_name.clear());
            document.permissions.sort();
            document
        };
        let has_answers =
            !self.values.is_empty() || !self.accepted_risks.is_empty() || self.outside.is_some() || self.open.pasted.is_some();
        !has_answers && self.blueprint.certificate.is_none() && names(self) == names(&fresh)
    }

    /// Whether a point from outside is part of the plan now.
    #[must_use]
    pub fn has(&self, point: &Point) -> bool {
        let blueprint = &self.blueprint;
        let account = blueprint.account.as_ref();
        match point {
            Point::Audience(audience) => blueprint.audience == *audience,
            Point::Lifetime(credential) => blueprint.credential == *credential,
            Point::ReplacesPermissions => blueprint.replaces_permissions,
            Point::RedirectUri(uri) => self.templates.contains(uri),
            Point::Permission(permission) => blueprint.permissions.iter().any(|known| known.is_same(permission)),
            Point::Role(role) => blueprint.roles.iter().any(|known| known.id == role.id),
            Point::AccountRole(role) => account.is_some_and(|account| account.roles.iter().any(|known| known.id == role.id)),
            Point::Exchange(role) => blueprint.exchange.contains(role),
            Point::Access(access) => account.is_some_and(|account| account.access.as_ref() == Some(access)),
        }
    }

    /// Takes a point from outside into the plan, or out of it again.
    pub fn set(&mut self, point: &Point, wanted: bool) {
        let blueprint = &mut self.blueprint;
        let put = |roles: &mut Vec<DirectoryRole>, role: &DirectoryRole| {
            roles.retain(|known| known.id != role.id);
            roles.extend(wanted.then(|| role.clone()));
        };
        match point {
            Point::Audience(audience) => blueprint.audience = if wanted { *audience } else { Audience::default() },
            Point::Lifetime(credential) => blueprint.credential = if wanted { *credential } else { usual(*credential) },
            Point::ReplacesPermissions => blueprint.replaces_permissions = wanted,
            Point::RedirectUri(uri) => {
                self.templates.retain(|known| known != uri);
                self.templates.extend(wanted.then(|| uri.clone()));
                self.fill_addresses();
            }
            Point::Permission(permission) => {
                blueprint.permissions.retain(|known| !known.is_same(permission));
                blueprint.permissions.extend(wanted.then(|| permission.clone()));
            }
            Point::Role(role) => put(&mut blueprint.roles, role),
            Point::AccountRole(role) => put(&mut blueprint.account.get_or_insert_default().roles, role),
            Point::Exchange(role) => {
                blueprint.exchange.retain(|known| known != role);
                blueprint.exchange.extend(wanted.then(|| role.clone()));
            }
            Point::Access(access) => blueprint.account.get_or_insert_default().access = wanted.then(|| access.clone()),
        }
    }

    /// Puts the values of the placeholders into the redirect URIs.
    pub fn fill_addresses(&mut self) {
        self.blueprint.redirect_uris = redirect::fill(&self.templates, &self.values);
    }

    /// Looks up what waits for the catalogue. While it is still growing, what is not in it may yet come.
    pub fn settle(&mut self, catalogue: &Catalogue, is_whole: bool) {
        if !is_whole {
            return;
        }
        let found = resolve(&std::mem::take(&mut self.open.permissions), catalogue);
        self.open.permissions = found.unknown;
        self.take(found.chosen);
        if let Some(pasted) = self.open.pasted.take() {
            let found = resolve(&pasted, catalogue);
            self.open.permissions = found.unknown;
            let mut before = std::mem::take(&mut self.open.chosen_before);
            before.extend(resolve(&std::mem::take(&mut self.open.asked_before), catalogue).chosen);
            let (again, new): (Vec<_>, Vec<_>) =
                found.chosen.into_iter().partition(|chosen| before.iter().any(|known| known.is_same(chosen)));
            let is_again = |known: &Chosen| again.iter().any(|chosen| chosen.is_same(known));
            let outside = self.outside.get_or_insert(Outside { source: Source::Manifest, points: Vec::new() });
            outside.points.retain(|point| if let Point::Permission(known) = point { is_again(known) } else { true });
            for chosen in again {
                if !self.blueprint.permissions.iter().any(|known| known.is_same(&chosen)) {
                    self.blueprint.permissions.push(chosen);
                }
            }
            self.take(new);
        }
        let waiting = self.outside.as_mut().and_then(Outside::access);
        if let Some(access) = waiting.or_else(|| self.blueprint.account.as_mut().and_then(|account| account.access.as_mut())) {
            let found = resolve(&std::mem::take(&mut self.open.access), catalogue);
            self.open.access = found.unknown;
            access.permissions.extend(found.chosen);
        }
    }

    /// Notes what a manifest asks for, in the place of what is chosen. It counts once it is looked up: [`Draft::settle`].
    pub fn paste(&mut self, asked: Vec<Asked>) {
        self.open.chosen_before.append(&mut self.blueprint.permissions);
        let not_looked_up = std::mem::take(&mut self.open.permissions);
        // What somebody else asked for was never said yes to.
        if self.outside.is_none() {
            self.open.asked_before.extend(not_looked_up);
        }
        self.open.pasted = Some(asked);
    }

    /// Returns what is planned. While a permission waits for a tick, nothing that an application has is taken away for want of it.
    #[must_use]
    pub fn planned(&self) -> Blueprint {
        let is_chosen = |asked: &Chosen| self.blueprint.permissions.iter().any(|known| known.is_same(asked));
        let waits = !self.outside.iter().flat_map(Outside::permissions).all(is_chosen);
        Blueprint { replaces_permissions: self.blueprint.replaces_permissions && !waits, ..self.blueprint.clone() }
    }

    /// Puts permissions into the plan. What somebody else chose and could do harm waits until it is ticked.
    fn take(&mut self, permissions: Vec<Chosen>) {
        for chosen in permissions {
            let known = self.blueprint.permissions.iter().any(|known| known.is_same(&chosen));
            match &mut self.outside {
                _ if known => {}
                Some(outside) if risk::asks_a_person(&chosen) => outside.add(Point::Permission(chosen)),
                _ => self.blueprint.permissions.push(chosen),
            }
        }
    }

    /// Looks the names of roles up.
    pub fn settle_roles(&mut self, roles: &[DirectoryRole]) {
        let found = |open: &mut Vec<String>| {
            let mut found: Vec<DirectoryRole> = Vec::new();
            open.retain(|wanted| {
                let is_it = |role: &&DirectoryRole| role.id.eq_ignore_ascii_case(wanted) || role.name.eq_ignore_ascii_case(wanted);
                let Some(role) = roles.iter().find(is_it) else { return true };
                found.push(role.clone());
                false
            });
            found
        };
        let (of_application, of_account) = (found(&mut self.open.roles), found(&mut self.open.account_roles));
        if let Some(outside) = &mut self.outside {
            of_application
                .into_iter()
                .map(Point::Role)
                .chain(of_account.into_iter().map(Point::AccountRole))
                .for_each(|point| outside.add(point));
            return;
        }
        let add = |known: &mut Vec<DirectoryRole>, found: Vec<DirectoryRole>| {
            for role in found {
                if !known.iter().any(|known| known.id == role.id) {
                    known.push(role);
                }
            }
        };
        add(&mut self.blueprint.roles, of_application);
        if let Some(account) = self.blueprint.account.as_mut() {
            add(&mut account.roles, of_account);
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
        let is_manifest = match self.outside.as_ref().map(|outside| outside.source) {
            Some(Source::Link | Source::File | Source::Run) => return document,
            Some(Source::Manifest) => true,
            None => false,
        };
        // What this tenant does not have may be there in another.
        document.permissions.extend(self.open.permissions.iter().filter(|_| !is_manifest).cloned());
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

impl Outside {
    fn add(&mut self, point: Point) {
        if !self.points.contains(&point) {
            self.points.push(point);
        }
    }

    fn access(&mut self) -> Option<&mut ApiAccess> {
        self.points.iter_mut().find_map(|point| if let Point::Access(access) = point { Some(access) } else { None })
    }

    /// The permissions among it, ticked or not.
    pub fn permissions(&self) -> impl Iterator<Item = &Chosen> {
        self.points.iter().filter_map(|point| if let Point::Permission(permission) = point { Some(permission) } else { None })
    }
}

/// Returns a credential of that kind as this page offers it first.
fn usual(credential: Credential) -> Credential {
    match credential {
        Credential::None | Credential::Uploaded => Credential::None,
        Credential::Secret { .. } => Credential::Secret { days: DEFAULT_DAYS },
        Credential::Certificate { .. } => Credential::Certificate { days: certificate::DEFAULT_DAYS, bits: certificate::DEFAULT_BITS },
    }
}
