//! Reactive state and the effects loop. Components call this and read its signals; they see nothing below it.

pub mod access;
pub mod accounts;
pub mod app_sessions;
pub mod blueprints;
pub mod certificates;
pub mod checks;
pub mod consent;
pub mod draft;
pub mod graph;
pub mod history;
pub mod partner;
pub mod redirect;
pub mod relay;
pub mod rollout;
pub mod runs;
pub mod screen;
pub mod sessions;
pub mod sign_in;
pub mod storage;
pub mod tenant;
pub mod upkeep;
pub mod vault;

use crate::domain::ids::{AccountKey, RunId, Tenant};
use crate::domain::secret::Secret;
use crate::domain::session::{Person, SessionRecord};
use crate::domain::time::Instant;
use crate::entra::cloud::{Config, ConfigFault};
use crate::plan::record::RunRecord;
use crate::platform::{clock, page, tabs};
use crate::text::Notice;
use draft::Draft;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::rc::Rc;
use storage::AnyStore;
use vault::Vault;

/// A person who is signed in, as the screen shows them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    pub person: Person,
    pub login_hint: Option<String>,
    /// App roles of our own application, from the ID token of the home tenant.
    pub app_roles: Vec<String>,
    pub signed_in_until: Instant,
}

impl Account {
    /// Whether the person may see, create and use App sessions.
    #[must_use]
    pub fn may_use_app_sessions(&self) -> bool {
        self.app_roles.iter().any(|role| role == "AppSessions.Access")
    }
}

/// The session that this tab works in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Current {
    pub account: AccountKey,
    pub tenant: Tenant,
    /// A customer of the person's own tenant.
    pub is_customer: bool,
    /// The App session in use, if one is.
    pub app: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Storage and sign-in are being read.
    Starting,
    Ready,
}

/// A short message at the edge of the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Toast {
    pub id: u32,
    pub text: String,
}

/// The state of the page. Copies are handles to the same state.
#[derive(Clone, Copy)]
pub struct App {
    pub config: RwSignal<Option<Result<Config, ConfigFault>>>,
    pub phase: RwSignal<Phase>,
    pub accounts: RwSignal<Vec<Account>>,
    pub current: RwSignal<Option<Current>>,
    pub sessions: RwSignal<Vec<SessionRecord>>,
    pub runs: RwSignal<BTreeMap<RunId, RunRecord>>,
    /// Runs that another tab carries out.
    pub watched: RwSignal<Vec<RunId>>,
    /// The one secret that may be on screen, with the run that it belongs to.
    pub secret: RwSignal<Option<(RunId, Rc<Secret>)>, LocalStorage>,
    /// The one certificate whose key was not saved yet.
    pub certificate: RwSignal<Option<certificates::Made>, LocalStorage>,
    /// The application that this visit works as, over a relay.
    pub visit: RwSignal<Option<relay::Visit>, LocalStorage>,
    pub draft: RwSignal<Draft>,
    /// Permissions of a manifest on their way to an App session that exists.
    pub imported: RwSignal<Option<(crate::domain::ids::AppId, Vec<crate::formats::Asked>)>>,
    /// What went wrong with a sign-in, shown until it is closed.
    pub notice: RwSignal<Option<Notice>>,
    /// Why nothing is kept after this visit, if so.
    pub storage_notice: RwSignal<Option<String>>,
    pub keeps_signed_in: RwSignal<bool>,
    pub is_online: RwSignal<bool>,
    pub toasts: RwSignal<Vec<Toast>>,
    /// The session that was taken out of the list last, to put it back.
    pub removed: RwSignal<Option<SessionRecord>>,
    /// Now, moved every few seconds, for words such as "40 s ago".
    pub now: RwSignal<Instant>,
    pub consent_answer: RwSignal<Option<crate::entra::consent::Hint>>,
    pub partner: partner::Book,
    pub checks: checks::Checks,
    pub rollouts: rollout::Rollouts,
    store: StoredValue<Rc<AnyStore>, LocalStorage>,
    vault: StoredValue<Rc<Vault>, LocalStorage>,
    engines: StoredValue<Rc<runs::Engines>, LocalStorage>,
}

impl App {
    fn new() -> Self {
        Self {
            config: RwSignal::new(None),
            phase: RwSignal::new(Phase::Starting),
            accounts: RwSignal::new(Vec::new()),
            current: RwSignal::new(None),
            sessions: RwSignal::new(Vec::new()),
            runs: RwSignal::new(BTreeMap::new()),
            watched: RwSignal::new(Vec::new()),
            secret: RwSignal::new_local(None),
            certificate: RwSignal::new_local(None),
            visit: RwSignal::new_local(None),
            draft: RwSignal::new(Draft::default()),
            imported: RwSignal::new(None),
            notice: RwSignal::new(None),
            storage_notice: RwSignal::new(None),
            keeps_signed_in: RwSignal::new(false),
            is_online: RwSignal::new(page::is_online()),
            toasts: RwSignal::new(Vec::new()),
            removed: RwSignal::new(None),
            now: RwSignal::new(clock::now()),
            consent_answer: RwSignal::new(None),
            partner: partner::Book::default(),
            checks: checks::Checks::default(),
            rollouts: rollout::Rollouts::default(),
            store: StoredValue::new_local(Rc::new(AnyStore::memory())),
            vault: StoredValue::new_local(Rc::new(Vault::default())),
            engines: StoredValue::new_local(Rc::new(runs::Engines::default())),
        }
    }

    fn store(self) -> Rc<AnyStore> {
        self.store.get_value()
    }

    fn vault(self) -> Rc<Vault> {
        self.vault.get_value()
    }

    /// Returns the checked configuration; `None` while sign-in is off.
    #[must_use]
    pub fn config_now(self) -> Option<Config> {
        self.config.get_untracked().and_then(Result::ok)
    }

    /// Returns the account of the current session.
    #[must_use]
    pub fn current_account(self) -> Option<Account> {
        let current = self.current.get()?;
        self.accounts.get().into_iter().find(|account| account.person.key == current.account)
    }

    pub fn toast(self, text: impl Into<String>) {
        let id = self.toasts.with_untracked(|toasts| toasts.last().map_or(0, |toast| toast.id)) + 1;
        let text = text.into();
        self.toasts.update(|toasts| toasts.push(Toast { id, text }));
        leptos::task::spawn_local(async move {
            clock::sleep(6_000).await;
            self.toasts.try_update(|toasts| toasts.retain(|toast| toast.id != id));
        });
    }

    /// Copies a text and says whether it worked.
    pub fn copy(self, text: String, what: &'static str) {
        leptos::task::spawn_local(async move {
            if page::copy(&text).await {
                self.toast(format!("{what} copied"));
            } else {
                self.toast("The browser did not allow copying. Select the text and copy it by hand.");
            }
        });
    }
}

/// Returns the state; every component lies under the one that provides it.
#[must_use]
pub fn use_app() -> App {
    expect_context()
}

/// Makes the state and starts to fill it. Takes the answer of a sign-in before anything else reads the address.
#[must_use]
pub fn start() -> App {
    let app = App::new();
    provide_context(app);
    let callback = page::take_callback();
    match &callback {
        Some(page::Callback::SignIn(fragment)) => sign_in::go_back(fragment),
        Some(page::Callback::Consent(query)) => consent::go_back(query),
        None => blueprints::take_link(app),
    }
    listen(app);
    leptos::task::spawn_local(async move {
        let text = page::config_text().await.unwrap_or_default();
        let config = Config::read(&text, &page::built_for(), &page::origin());
        app.config.set(Some(config));
        if page::take_early_click() && callback.is_none() {
            return sign_in::begin_here(app);
        }
        storage::open(app).await;
        vault::restore(app).await;
        sessions::load(app).await;
        runs::load(app).await;
        match callback {
            Some(page::Callback::SignIn(fragment)) => sign_in::finish(app, &fragment).await,
            Some(page::Callback::Consent(query)) => consent::returned(app, &query),
            None => {}
        }
        app.phase.set(Phase::Ready);
        if app.config.with_untracked(|config| matches!(config, Some(Err(_)))) {
            return;
        }
        if page::take_early_click() {
            sign_in::begin_here(app);
        }
    });
    app
}

fn listen(app: App) {
    page::on("online", move |_| app.is_online.set(true));
    page::on("offline", move |_| app.is_online.set(false));
    // A page that comes back from the cache may show what is no longer so.
    page::on("pageshow", move |event| {
        let persisted = js_sys::Reflect::get(&event, &"persisted".into()).is_ok_and(|value| value.is_truthy());
        if persisted {
            app.secret.set(None);
            app.certificate.set(None);
            page::reload();
        }
    });
    page::on("beforeunload", move |event| {
        if app.secret.with_untracked(Option::is_some) || app.certificate.with_untracked(Option::is_some) {
            event.prevent_default();
        }
    });
    tabs::on_told(move |id| {
        leptos::task::spawn_local(async move { runs::reread(app, &id).await });
    });
    leptos::task::spawn_local(async move {
        loop {
            clock::sleep(2_000).await;
            if app.now.try_set(clock::now()).is_some() {
                return;
            }
        }
    });
}
