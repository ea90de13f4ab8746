//! Time in the browser.

use crate::domain::time::{Clock, Instant};
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

thread_local! {
    static CLOCK: RefCell<Clock> = RefCell::default();
}

#[must_use]
pub fn now() -> Instant {
    let count = web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now());
    CLOCK.with_borrow_mut(|clock| clock.read(js_sys::Date::now(), count))
}

/// Takes how far the time of the page's host is ahead of this computer's, in milliseconds.
pub fn host_is_ahead(millis: f64) {
    CLOCK.with_borrow_mut(|clock| clock.measured(millis));
}

/// By how many seconds this computer's clock is behind; negative when it is fast.
#[must_use]
pub fn behind() -> i64 {
    CLOCK.with_borrow(Clock::behind)
}

#[derive(Default)]
struct Timer {
    is_over: bool,
    waker: Option<Waker>,
}

/// Waits.
pub async fn sleep(millis: i32) {
    let timer = Rc::new(RefCell::new(Timer::default()));
    let shared = timer.clone();
    let wake = Closure::once_into_js(move || {
        let mut timer = shared.borrow_mut();
        timer.is_over = true;
        if let Some(waker) = timer.waker.take() {
            waker.wake();
        }
    });
    let Some(window) = web_sys::window() else { return };
    if window.set_timeout_with_callback_and_timeout_and_arguments_0(wake.unchecked_ref(), millis.max(0)).is_err() {
        return;
    }
    poll_fn(|context| {
        let mut timer = timer.borrow_mut();
        if timer.is_over {
            return Poll::Ready(());
        }
        timer.waker = Some(context.waker().clone());
        Poll::Pending
    })
    .await;
}

/// Waits for a future, but not longer than this; `None` when the time is over.
pub async fn within<T>(millis: i32, future: impl Future<Output = T>) -> Option<T> {
    let (mut future, mut timer) = (pin!(future), pin!(sleep(millis)));
    poll_fn(|context| {
        if let Poll::Ready(value) = future.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// Returns the moment as the person's locale writes it, without seconds.
#[must_use]
pub fn local(at: Instant) -> String {
    #[allow(clippy::cast_precision_loss)]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.0 as f64));
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    String::from(date.to_locale_string("default", &options))
}
