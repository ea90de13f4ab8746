//! The lock: after a while without a key or a click nobody is signed in any more, and the screens wait behind it as they were.

use super::{App, sealing, sessions, sign_in};
use crate::domain::ids::AccountKey;
use crate::domain::session::SessionRecord;
use crate::entra::attempt::ReturnTo;
use crate::entra::authorize::{Prompt, Wanted};
use crate::entra::scopes::Scopes;
use crate::platform::tabs::{self, Word};
use crate::platform::{clock, page};
use leptos::prelude::*;

/// When somebody last used the page, in whichever tab.
const ACTIVE: &str = "latchkey.active";
/// Where a tab remembers over a reload that it is locked, and why.
const LOCKED: &str = "latchkey.locked";
/// The moment is shared at most so often, in seconds.
const SHARE_EVERY: i64 = 5;

/// Why the screens are locked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Nobody used the page.
    Idle,
    /// The sign-in lasted as long as it may.
    Over,
}

impl Why {
    fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Over => "over",
        }
    }
}

/// Goes on locked after a reload, and locks a tab that comes back after too long: as one that the browser had put away.
pub fn begin(app: App, has_answer: bool) {
    let kept = page::kept_in_tab(LOCKED);
    if let Some(why) = [Why::Idle, Why::Over].into_iter().find(|why| kept.as_deref() == Some(why.name())) {
        return app.locked.set(Some(why));
    }
    // Whoever comes back from Microsoft was there a moment ago.
    if !has_answer && is_idle(app) && sealing::is_in_tab() {
        sealing::forget_in_tab(None);
        return lock_here(app, Why::Idle);
    }
    // Opening the page is a use of it: of a sign-in that is kept on this device, too.
    note(app);
}

/// Opens the lock where a sign-in is there: somebody signed in in another tab since, to stay on this device.
pub fn settle(app: App) {
    if app.locked.with_untracked(Option::is_some) && !app.accounts.with_untracked(Vec::is_empty) {
        let _ = page::take_from_tab(LOCKED);
        app.locked.set(None);
    }
}

/// Notes each key and click.
pub fn listen(app: App) {
    for event in ["pointerdown", "keydown", "wheel", "touchstart"] {
        page::on_early(event, move || touched(app));
    }
}

/// Somebody uses the page. What comes too late is no use of it: the lock is first.
fn touched(app: App) {
    tick(app);
    if app.locked.with_untracked(Option::is_none) && !app.accounts.with_untracked(Vec::is_empty) {
        note(app);
    }
}

fn note(app: App) {
    let now = clock::now();
    let before = app.active.get_value();
    if before.is_none_or(|before| !(0..SHARE_EVERY).contains(&now.seconds_since(before))) {
        app.active.set_value(Some(now));
        page::share_moment(ACTIVE, Some(now));
    }
}

/// Whether nobody has used any tab for too long.
fn is_idle(app: App) -> bool {
    let last = app.active.get_value().max(page::shared_moment(ACTIVE));
    last.is_some_and(|last| clock::now().seconds_since(last) >= app.limits().idle)
}

/// Looks whether it is time to lock.
pub fn tick(app: App) {
    if app.accounts.with_untracked(Vec::is_empty) || app.locked.with_untracked(Option::is_some) {
        return;
    }
    if is_idle(app) {
        locked(app);
        leptos::task::spawn_local(async move {
            if let Some(database) = app.store().database() {
                // The keys of every tab are destroyed: none can be opened by going back to it.
                let _ = database.end_sign_ins(None).await;
            }
            tabs::tell(&Word::Locked);
        });
        return;
    }
    let now = clock::now();
    let over = |all: &Vec<super::Account>| -> Vec<AccountKey> {
        all.iter().filter(|known| known.signed_in_until <= now).map(|known| known.person.key.clone()).collect()
    };
    let over = app.accounts.with_untracked(over);
    if over.is_empty() {
        return;
    }
    let is_in_use = app.current.with_untracked(|current| current.as_ref().is_some_and(|current| over.contains(&current.account)));
    if is_in_use {
        lock_here(app, Why::Over);
    }
    for account in &over {
        sealing::drop_account(app, account);
    }
    leptos::task::spawn_local(async move {
        if let Some(database) = app.store().database() {
            let _ = database.sweep(now).await;
        }
    });
}

/// Locks this tab: everybody is signed out of it, and what only memory held is gone.
pub fn locked(app: App) {
    if app.accounts.with_untracked(Vec::is_empty) {
        return;
    }
    lock_here(app, Why::Idle);
    let accounts: Vec<AccountKey> = app.accounts.with_untracked(|all| all.iter().map(|known| known.person.key.clone()).collect());
    for account in &accounts {
        sealing::drop_account(app, account);
    }
}

fn lock_here(app: App, why: Why) {
    page::keep_in_tab(LOCKED, why.name());
    // Runs go on where their journals are, when somebody is signed in again.
    app.engines.with_value(|engines| engines.end());
    app.secret.set(None);
    app.certificate.set(None);
    app.locked.set(Some(why));
}

/// Returns the session that waits behind the lock.
#[must_use]
pub fn waiting(app: App) -> Option<SessionRecord> {
    sessions::of_tab(app)
}

/// Leaves for Microsoft, which asks for the credentials of whoever worked here, and comes back to the same screen.
pub fn unlock(app: App) {
    let Some(SessionRecord { person, .. }) = waiting(app) else { return sign_in::begin_here(app) };
    sign_in::begin(
        app,
        Wanted {
            authority: person.home.to_string(),
            scopes: Scopes::SIGN_IN,
            return_to: ReturnTo::of_path(&page::path()),
            prompt: Prompt::Anew(person.username),
            claims: None,
            account: Some(person.key.as_str().to_owned()),
        },
    );
}

/// Somebody signed in: the screens are theirs. Returns the session that waited, if it is of this account.
pub fn unlocked(app: App, account: &AccountKey) -> Option<SessionRecord> {
    note(app);
    let was_locked = page::take_from_tab(LOCKED).is_some();
    app.locked.set(None);
    waiting(app).filter(|record| was_locked && record.person.key == *account)
}
