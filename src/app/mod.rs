//! Reactive state and the effects loop. Components call this and read its signals; they see nothing below it.

pub mod access;
pub mod accounts;
pub mod app_sessions;
mod arrival;
pub mod blueprints;
pub mod certificates;
pub mod checks;
mod connection_accounts;
pub mod consent;
pub mod cooldown;
pub mod draft;
pub mod graph;
pub mod history;
pub mod idle;
pub mod leaving;
pub mod locks;
pub mod microsoft;
mod other_tabs;
pub mod partner;
pub mod redirect;
pub mod registration;
pub mod relay;
mod reset;
pub mod rollout;
pub mod runs;
pub mod screen;
pub mod sealing;
pub mod sessions;
pub mod sign_in;
mod state;
pub mod storage;
mod tab;
pub mod tenant;
pub mod upkeep;
pub mod vault;

use crate::domain::ids::{AccountKey, RunId, Tenant};
use crate::domain::secret::Secret;
use crate::domain::session::{Person, SessionRecord};
use crate::domain::time::Instant;
use crate::entra::cloud::{Config, ConfigFault, Limits};
use crate::plan::record::RunRecord;
use crate::platform::{clock, crypto, page, tabs};
use crate::text::{self, Notice};
use draft::Draft;
use leptos::prelude::*;
use state::State;
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
    pub config: State<Option<Result<Config, ConfigFault>>>,
    pub phase: State<Phase>,
    pub accounts: State<Vec<Account>>,
    pub current: State<Option<Current>>,
    pub sessions: State<Vec<SessionRecord>>,
    pub runs: State<BTreeMap<RunId, RunRecord>>,
    /// Stored runs that this release can't read, as they are stored. They are kept.
    pub unread_runs: State<Vec<String>>,
    /// Runs that another tab carries out.
    pub watched: State<Vec<RunId>>,
    /// The one secret that may be on screen, with the run that it belongs to.
    pub secret: State<Option<(RunId, Rc<Secret>)>, LocalStorage>,
    /// The one certificate whose key was not saved yet.
    pub certificate: State<Option<certificates::Made>, LocalStorage>,
    /// The application that this visit works as, over a relay.
    pub visit: State<Option<relay::Visit>, LocalStorage>,
    pub draft: State<Draft>,
    /// What would fill the wizard, once the person says that it may replace what they typed.
    pub offered: State<Option<Draft>>,
    /// Permissions of a manifest on their way to an App session that exists.
    pub imported: State<Option<(crate::domain::ids::AppId, Vec<crate::formats::Asked>)>>,
    /// What went wrong with a sign-in, shown until it is closed.
    pub notice: State<Option<Notice>>,
    /// The sign-in that went back and forth without an end.
    pub looped: State<Option<crate::entra::authorize::Wanted>>,
    /// Why nothing is kept after this visit, if so.
    pub storage_notice: State<Option<String>>,
    /// Whether the browser keeps what is stored when it is short of space; `None` while it was not asked.
    pub is_storage_kept: State<Option<bool>>,
    pub keeps_signed_in: State<bool>,
    pub is_online: State<bool>,
    /// Another release is served by now.
    pub is_outdated: State<bool>,
    pub toasts: State<Vec<Toast>>,
    /// The session that was taken out of the list last, to put it back.
    pub removed: State<Option<SessionRecord>>,
    /// Now, moved every few seconds, for words such as "40 s ago".
    pub now: State<Instant>,
    pub consent_answer: State<Option<crate::entra::consent::Hint>>,
    pub partner: partner::Book,
    pub checks: checks::Checks,
    pub check: microsoft::Check,
    pub rollouts: rollout::Rollouts,
    /// Whether the screens are behind a lock, and why.
    pub locked: State<Option<idle::Why>>,
    /// When somebody last used this tab.
    active: StoredValue<Option<Instant>>,
    /// How many requests in a row got no answer from Graph.
    unanswered: StoredValue<u32>,
    /// The name of this tab among those of the browser.
    tab: StoredValue<String>,
    store: StoredValue<Rc<AnyStore>, LocalStorage>,
    vault: StoredValue<Rc<Vault>, LocalStorage>,
    engines: StoredValue<Rc<runs::Engines>, LocalStorage>,
}

impl App {
    fn new() -> Self {
        Self {
            config: State::new(None),
            phase: State::new(Phase::Starting),
            accounts: State::new(Vec::new()),
            current: State::new(None),
            sessions: State::new(Vec::new()),
            runs: State::new(BTreeMap::new()),
            unread_runs: State::new(Vec::new()),
            watched: State::new(Vec::new()),
            secret: State::new_local(None),
            certificate: State::new_local(None),
            visit: State::new_local(None),
            draft: State::new(Draft::default()),
            offered: State::new(None),
            imported: State::new(None),
            notice: State::new(None),
            looped: State::new(None),
            storage_notice: State::new(None),
            is_storage_kept: State::new(None),
            keeps_signed_in: State::new(false),
            is_online: State::new(page::is_online()),
            is_outdated: State::new(false),
            toasts: State::new(Vec::new()),
            removed: State::new(None),
            now: State::new(clock::now()),
            consent_answer: State::new(None),
            partner: partner::Book::default(),
            checks: checks::Checks::default(),
            check: microsoft::Check::default(),
            rollouts: rollout::Rollouts::default(),
            locked: State::new(None),
            active: StoredValue::new(None),
            unanswered: StoredValue::new(0),
            tab: StoredValue::new(crypto::new_run_id().map(|id| id.to_string()).unwrap_or_default()),
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

    fn tab(self) -> String {
        self.tab.get_value()
    }

    /// Returns how long a sign-in may last.
    #[must_use]
    pub fn limits(self) -> Limits {
        self.config_now().map(|config| config.limits).unwrap_or_default()
    }

    /// Puts an account into the list, in place of what was known of it.
    fn put_account(self, account: Account) {
        self.accounts.update(|accounts| {
            accounts.retain(|known| known.person.key != account.person.key);
            accounts.push(account);
        });
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

    /// Closes what went wrong with a sign-in.
    pub fn close_notice(self) {
        self.notice.set(None);
        self.looped.set(None);
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

    /// Puts nothing in the place of what the clipboard holds, and says whether it worked.
    pub fn clear_clipboard(self) {
        leptos::task::spawn_local(async move {
            self.toast(if page::copy("").await { text::page::CLIPBOARD_CLEARED } else { text::page::CLIPBOARD_NOT_CLEARED });
        });
    }

    /// Whether this screen may be left: what is shown once is asked about, and forgotten when the person leaves it.
    #[must_use]
    pub fn may_leave(self) -> bool {
        let shows = self.secret.with_untracked(Option::is_some) || self.certificate.with_untracked(Option::is_some);
        let leaves = !shows || page::confirm(text::page::LEAVING);
        if shows && leaves {
            self.forget_shown();
        }
        leaves
    }

    /// Forgets what is shown once.
    pub fn forget_shown(self) {
        self.secret.set(None);
        self.certificate.set(None);
    }

    /// Copies a text and says whether it worked.
    pub fn copy(self, text: String, what: &'static str) {
        leptos::task::spawn_local(async move {
            if page::copy(&text).await {
                self.toast(text::page::copied(what));
            } else {
                self.toast(text::page::NOT_COPIED);
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
        // The clock is right from here on: by another one an attempt would be too old, or of the future.
        leptos::task::spawn_local(redirect::keep_swept());
        let config = Config::read(&text, &page::built_for(), &page::origin());
        let is_off = config.is_err();
        app.config.set(Some(config));
        // At an address that is not the page's own, nothing of this browser is opened.
        if is_off {
            return app.phase.set(Phase::Ready);
        }
        if page::take_early_click() && callback.is_none() && sign_in::leaves_here(app) {
            return;
        }
        storage::open(app).await;
        idle::begin(app, callback.is_some());
        storage::say_erased(app);
        storage::look_whether_it_stays(app).await;
        sealing::restore(app).await;
        idle::settle(app);
        sessions::load(app).await;
        runs::load(app).await;
        match callback {
            Some(page::Callback::SignIn(fragment)) => arrival::take(app, &fragment).await,
            Some(page::Callback::Consent(query)) => consent::returned(app, &query),
            None => {}
        }
        app.vault().settle().await;
        app.phase.set(Phase::Ready);
        if page::take_early_click() {
            sign_in::begin_here(app);
        }
    });
    app
}

fn listen(app: App) {
    page::on("online", move |_| {
        app.is_online.set(true);
        partner::network_is_back(app);
    });
    page::on("offline", move |_| app.is_online.set(false));
    page::on("latchkey-outdated", move |_| app.is_outdated.set(true));
    // A page that comes back from the cache may show what is no longer so.
    page::on("pageshow", move |event| {
        let persisted = js_sys::Reflect::get(&event, &"persisted".into()).is_ok_and(|value| value.is_truthy());
        if persisted {
            page::reload();
        }
    });
    page::on("pagehide", move |_| app.forget_shown());
    page::on_link(move || app.may_leave());
    page::on("beforeunload", move |event| {
        if app.secret.with_untracked(Option::is_some) || app.certificate.with_untracked(Option::is_some) {
            event.prevent_default();
        }
    });
    tabs::on_told(move |word| other_tabs::told(app, word));
    // A tab that slept heard nothing.
    for event in ["focus", "visibilitychange"] {
        page::on(event, move |_| {
            if page::is_visible() {
                idle::tick(app);
                leptos::task::spawn_local(other_tabs::look(app));
            }
        });
    }
    idle::listen(app);
    leptos::task::spawn_local(async move {
        loop {
            clock::sleep(2_000).await;
            if app.now.try_set(clock::now()).is_some() {
                return;
            }
            idle::tick(app);
        }
    });
}
