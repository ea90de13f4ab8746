//! Other tabs of the page: who runs a run, and word that a record changed.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

const CHANNEL: &str = "latchkey";

/// Held for as long as this tab runs something; dropped to let another tab.
pub struct Lock {
    release: Option<Function>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Takes a lock of that name if no other tab holds it. Without Web Locks every tab may.
pub async fn try_lock(name: &str) -> Option<Lock> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let Some(request) = Reflect::get(&locks, &"request".into()).ok().and_then(|request| request.dyn_into::<Function>().ok()) else {
        return Some(Lock { release: None });
    };
    let options = Object::new();
    let _ = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
    let name = JsValue::from_str(name);
    let taken = Promise::new(&mut |resolve, _| {
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
        let _ = request.call3(&locks, &name, &options, &held);
    });
    let release = wasm_bindgen_futures::JsFuture::from(taken).await.ok()?;
    release.dyn_into::<Function>().ok().map(|release| Lock { release: Some(release) })
}

/// Tells the other tabs that the record of that id changed. Nothing but the id is said: they read the storage themselves.
pub fn tell(id: &str) {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        let _ = channel.post_message(&JsValue::from_str(id));
        channel.close();
    }
}

/// Calls back with the id of a record that another tab changed, for as long as the page lives.
pub fn on_told(call: impl Fn(String) + 'static) {
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else { return };
    let closure = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(id) = event.data().as_string().filter(|id| id.len() < 100) {
            call(id);
        }
    });
    channel.set_onmessage(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
    std::mem::forget(channel);
}
