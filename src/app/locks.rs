//! What one tab does at a time: the browser's own locks, or leases in the storage where it has none. A tab that dies loses its lock at
//! once, and its lease after a while.

use super::App;
use crate::platform::{clock, tabs};
use std::cell::Cell;
use std::rc::Rc;

/// How long a lease lasts, in seconds: browsers wake a tab in the background once a minute.
const LASTS: i64 = 90;
const RENEW_MS: i32 = 20_000;
/// Between two looks whether another tab's lease is over.
const LOOK_MS: i32 = 5_000;

/// Held for as long as this tab does something that no other may.
pub struct Lock(#[allow(dead_code)] Held);

enum Held {
    Browser(#[allow(dead_code)] tabs::Lock),
    Lease {
        app: Box<App>,
        name: String,
        is_held: Rc<Cell<bool>>,
    },
    /// Nothing is shared with another tab, so there is nothing to lock.
    Alone,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Self::Lease { app, name, is_held } = self
            && is_held.replace(false)
        {
            let (app, name) = (**app, name.clone());
            leptos::task::spawn_local(async move {
                if let Some(database) = app.store().database() {
                    // It would end by itself.
                    let _ = database.end_lease(&name, &app.tab()).await;
                }
            });
        }
    }
}

impl Lock {
    /// Whether it still is this tab's: a lease ends while a tab sleeps, and another tab may have it now.
    pub async fn is_held(&self) -> bool {
        match &self.0 {
            Held::Browser(_) | Held::Alone => true,
            Held::Lease { app, name, is_held } => is_held.get() && take(**app, name).await,
        }
    }
}

/// Takes a lock of that name; `None` when another tab has it.
pub async fn try_take(app: App, name: &str) -> Option<Lock> {
    if tabs::has_locks() {
        return tabs::try_lock(name).await.map(|lock| Lock(Held::Browser(lock)));
    }
    if app.store().database().is_none() {
        return Some(Lock(Held::Alone));
    }
    take(app, name).await.then(|| lease(app, name))
}

/// Waits until no other tab has the lock.
pub async fn wait(app: App, name: &str) -> Option<Lock> {
    if tabs::has_locks() {
        return tabs::wait_for_lock(name).await.map(|lock| Lock(Held::Browser(lock)));
    }
    loop {
        if let Some(lock) = try_take(app, name).await {
            return Some(lock);
        }
        clock::sleep(LOOK_MS).await;
    }
}

/// Claims what can be done once in this browser, by whichever tab comes first; for `seconds`, after which it is of no use to any. A storage
/// that is not there or does not answer stands in nobody's way.
pub async fn claim_once(app: App, name: &str, seconds: i64) -> bool {
    match app.store().database() {
        Some(database) => database.take_lease(name, &app.tab(), clock::now(), seconds).await.unwrap_or(true),
        None => true,
    }
}

/// A storage that does not answer leaves the lease where it is.
async fn take(app: App, name: &str) -> bool {
    match app.store().database() {
        Some(database) => database.take_lease(name, &app.tab(), clock::now(), LASTS).await.unwrap_or(false),
        None => true,
    }
}

fn lease(app: App, name: &str) -> Lock {
    let is_held = Rc::new(Cell::new(true));
    let (still, of) = (is_held.clone(), name.to_owned());
    leptos::task::spawn_local(async move {
        loop {
            clock::sleep(RENEW_MS).await;
            if !still.get() {
                return;
            }
            if !take(app, &of).await {
                still.set(false);
                return;
            }
        }
    });
    Lock(Held::Lease { app: Box::new(app), name: name.to_owned(), is_held })
}
