//! The plan of the writing part: the life of an App session, with one test app that goes again; and the plan that clears away what a
//! check left that was stopped half-way.
// A kind of step or of protocol that comes later is thought of here.
#![deny(clippy::wildcard_enum_match_arm)]

use domain::blueprint::{Blueprint, Credential};
use domain::certificate::PublicCertificate;
use domain::ids::ObjectId;
use domain::permission::{Chosen, Offered, PermissionKind};
use domain::role::DirectoryRole;
use domain::time::Instant;
use graph::applications::{Application, TAG};
use plan::build;
use plan::observed::HeldRoles;
use plan::step::StepKind;
use plan::step::kinds::find_deleted::Deleted;
use plan::step::kinds::{
    AddCertificate, AddTestSecret, AssignRole, CreateApplication, CreateServicePrincipal, DeleteApplication, DeleteForGood, DeleteTestApp,
    FindDeleted, RemoveTestSecret, Rename, RepeatName,
};
use serde::Deserialize;

/// How the name of a test app begins.
const BEGINNING: &str = "Latchkey check ";
/// A role that gives no more than looking (built-in roles, Directory Readers).
const READERS: (&str, &str) = ("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers");
/// The permissions that the test app gets for a minute: the least that there is of each kind.
const DELEGATED: &str = "User.Read";
const APPLICATION: &str = "CrossTenantInformation.ReadBasic.All";

/// Returns the name of a test app.
#[must_use]
pub fn name(now: Instant) -> String {
    let date: String = now.to_iso().chars().take(10).collect();
    format!("{BEGINNING}{date} (safe to delete)")
}

/// Returns the blueprint of the test app. `offered` is what Microsoft Graph offers in the tenant.
#[must_use]
pub fn blueprint(now: Instant, offered: &[Offered]) -> Blueprint {
    let of = |kind: PermissionKind, value: &str| {
        offered.iter().map(|one| &one.chosen).find(|chosen| chosen.kind == kind && chosen.value == value).cloned()
    };
    let permissions: Vec<Chosen> =
        [of(PermissionKind::Delegated, DELEGATED), of(PermissionKind::Application, APPLICATION)].into_iter().flatten().collect();
    Blueprint { name: name(now), permissions, credential: Credential::None, grant_in_run: true, ..Blueprint::default() }
}

/// Returns the steps. What the roles of the person don't allow is left out. The key of the certificate is nowhere any more.
#[must_use]
pub fn steps(blueprint: &Blueprint, roles: &HeldRoles, certificate: Option<PublicCertificate>) -> Vec<StepKind> {
    let may = |step: &StepKind| roles.any_of(step.roles_needed());
    let role = DirectoryRole { id: READERS.0.into(), name: READERS.1.into() };
    let rename = Rename { from: blueprint.name.clone(), to: format!("{}, changed", blueprint.name) };
    let mut steps: Vec<StepKind> = vec![CreateApplication {}.into(), RepeatName {}.into(), CreateServicePrincipal {}.into()];
    steps.push(rename.into());
    steps.extend(build::grants(blueprint).into_iter().filter(may));
    steps.extend(Some(AssignRole { role }.into()).filter(may));
    steps.push(AddTestSecret {}.into());
    steps.extend(certificate.map(|certificate| AddCertificate { certificate: Box::new(certificate) }.into()));
    steps.push(RemoveTestSecret {}.into());
    steps.push(DeleteTestApp {}.into());
    steps.push(FindDeleted { item: Deleted::Application }.into());
    steps.push(DeleteForGood { item: Deleted::ServicePrincipal }.into());
    steps.push(DeleteForGood { item: Deleted::Application }.into());
    steps
}

/// Whether an application is the test app of a check: by its name, its tag and its unique name, all three.
#[must_use]
pub fn is_test_app(app: &Application) -> bool {
    let is_named = app.unique_name.as_deref().is_some_and(|name| name.starts_with("latchkey-"));
    is_named && app.display_name.starts_with(BEGINNING) && app.tags.iter().any(|tag| tag == TAG)
}

/// A service principal among the deleted items.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Principal {
    pub id: ObjectId,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Principal {
    fn is_of_test_app(&self) -> bool {
        self.display_name.starts_with(BEGINNING) && self.tags.iter().any(|tag| tag == TAG)
    }
}

/// What earlier checks left in a tenant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Leftovers {
    /// Not deleted yet, each with its service principal.
    pub applications: Vec<(Application, Option<ObjectId>)>,
    pub deleted: Vec<Application>,
    /// Deleted too.
    pub principals: Vec<Principal>,
}

impl Leftovers {
    /// Takes test apps out of everything that carries our tag, and out of all deleted items.
    #[must_use]
    pub fn of(tagged: Vec<(Application, Option<ObjectId>)>, deleted: Vec<Application>, principals: Vec<Principal>) -> Self {
        let applications = tagged.into_iter().filter(|(app, _)| is_test_app(app)).collect();
        let deleted = deleted.into_iter().filter(is_test_app).collect();
        let principals = principals.into_iter().filter(Principal::is_of_test_app).collect();
        Self { applications, deleted, principals }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.applications.is_empty() && self.deleted.is_empty() && self.principals.is_empty()
    }

    /// Returns the name of one of them.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let apps = self.applications.iter().map(|(app, _)| app).chain(&self.deleted).map(|app| app.display_name.as_str());
        apps.chain(self.principals.iter().map(|principal| principal.display_name.as_str())).next()
    }

    /// Returns the steps that remove them for good.
    #[must_use]
    pub fn steps(&self) -> Vec<StepKind> {
        let leftover = |id: &ObjectId, name: &str| Deleted::Leftover { id: id.clone(), name: name.to_owned() };
        let mut steps: Vec<StepKind> = Vec::new();
        for (app, principal) in &self.applications {
            let item = leftover(&app.id, &app.display_name);
            let (id, name, unique_name) = (app.id.clone(), app.display_name.clone(), app.unique_name.clone());
            steps.push(DeleteApplication { id, name, unique_name }.into());
            steps.push(FindDeleted { item: item.clone() }.into());
            let principal = principal.clone().map(|id| Deleted::LeftPrincipal { id, name: app.display_name.clone() });
            steps.extend(principal.map(|item| DeleteForGood { item }.into()));
            steps.push(DeleteForGood { item }.into());
        }
        let principals = self.principals.iter().map(|one| Deleted::LeftPrincipal { id: one.id.clone(), name: one.display_name.clone() });
        steps.extend(principals.map(|item| DeleteForGood { item }.into()));
        let deleted = self.deleted.iter().map(|app| DeleteForGood { item: leftover(&app.id, &app.display_name) }.into());
        steps.extend(deleted);
        steps
    }
}
