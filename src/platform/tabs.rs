//! Other tabs of the page: locks that one tab holds at a time, and word of what happened in another.

use super::page;
use crate::domain::ids::{AccountKey, RunId};
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

const CHANNEL: &str = "latchkey";
/// Where a word passes by in a browser without channels: writing it is an event in every other tab.
const PASSING: &str = "latchkey.word";

thread_local! {
    /// One for both ways: what a tab says through it, the tab itself does not hear.
    static OPEN: Option<BroadcastChannel> = BroadcastChannel::new(CHANNEL).ok();
}

/// What tabs tell each other. No token and nothing of a tenant: who hears it reads the storage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Word {
    /// The record of a run changed.
    Changed(RunId),
    /// A sign-in is stored where this tab may see it, or the choice where changed.
    Kept,
    SignedOut(AccountKey),
    /// Nobody has used the page for long: every tab is locked.
    Locked,
    /// The data of this browser was erased.
    Erased,
}

impl Word {
    fn text(&self) -> String {
        match self {
            Self::Changed(id) => format!("changed {id}"),
            Self::Kept => "kept".into(),
            Self::SignedOut(account) => format!("signed-out {}", account.as_str()),
            Self::Locked => "locked".into(),
            Self::Erased => "erased".into(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (what, of) = text.split_once(' ').unwrap_or((text, ""));
        match what {
            "changed" => RunId::parse(of).map(Self::Changed),
            "kept" => Some(Self::Kept),
            "signed-out" => AccountKey::parse(of).map(Self::SignedOut),
            "locked" => Some(Self::Locked),
            "erased" => Some(Self::Erased),
            _ => None,
        }
    }
}

/// Held for as long as this tab does something that no other may; dropped to let another tab.
pub struct Lock {
    release: Function,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

fn locks() -> Option<(JsValue, Function)> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request = Reflect::get(&locks, &"request".into()).ok()?.dyn_into::<Function>().ok()?;
    Some((locks, request))
}

/// Whether the browser has locks that all tabs share.
#[must_use]
pub fn has_locks() -> bool {
    locks().is_some()
}

/// Takes a lock of that name if no other tab holds it. `None` in a browser without locks, too.
pub async fn try_lock(name: &str) -> Option<Lock> {
    let options = Object::new();
    let _ = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
    request(name, &options).await
}

/// Waits for a lock of that name: it comes when the tab that holds it lets go, is closed or dies.
pub async fn wait_for_lock(name: &str) -> Option<Lock> {
    request(name, &Object::new()).await
}

async fn request(name: &str, options: &Object) -> Option<Lock> {
    let (locks, request) = locks()?;
    let name = JsValue::from_str(name);
    let taken = Promise::new(&mut |resolve, reject| {
        // The lock is held until the promise that this callback returns is settled.
        let held = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            if lock.is_null() {
                let _ = resolve.call1(&JsValue::NULL, &JsValue::NULL);
                return JsValue::UNDEFINED;
            }
            Promise::new(&mut |release, _| {
                let _ = resolve.call1(&JsValue::NULL, &release);
            })
            .into()
        });
        // A browser that refuses says so by the promise of the request.
        let refused = |said: Result<JsValue, JsValue>| match said.map(JsCast::dyn_into::<Promise>) {
            Ok(Ok(asked)) => {
                let _ = Reflect::get(&asked, &"catch".into())
                    .and_then(JsCast::dyn_into::<Function>)
                    .and_then(|catch| catch.call1(&asked, &reject));
            }
            _ => {
                let _ = reject.call0(&JsValue::NULL);
            }
        };
        refused(request.call3(&locks, &name, options, &held));
    });
    let release = wasm_bindgen_futures::JsFuture::from(taken).await.ok()?;
    release.dyn_into::<Function>().ok().map(|release| Lock { release })
}

/// Tells the other tabs.
pub fn tell(word: &Word) {
    let text = word.text();
    let is_said = OPEN.with(|channel| channel.as_ref().is_some_and(|channel| channel.post_message(&JsValue::from_str(&text)).is_ok()));
    if !is_said {
        page::pass_on(PASSING, &text);
    }
}

/// Calls back with what another tab tells, for as long as the page lives.
pub fn on_told(call: impl Fn(Word) + 'static) {
    let hear = move |text: Option<String>| {
        if let Some(word) = text.as_deref().and_then(Word::read) {
            call(word);
        }
    };
    OPEN.with(|channel| match channel {
        Some(channel) => {
            let closure = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| hear(event.data().as_string()));
            channel.set_onmessage(Some(closure.as_ref().unchecked_ref()));
            closure.forget();
        }
        None => page::on("storage", move |event| {
            let field = |name: &str| Reflect::get(&event, &name.into()).ok().and_then(|value| value.as_string());
            if field("key").as_deref() == Some(PASSING) {
                hear(field("newValue"));
            }
        }),
    });
}
