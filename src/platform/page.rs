//! The page itself: address, session storage, clipboard, what boot.js left, and leaving.

use crate::domain::time::Instant;
use js_sys::{Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, Node, Storage, Window};

fn window() -> Option<Window> {
    web_sys::window()
}

#[must_use]
pub fn document() -> Option<Document> {
    window()?.document()
}

#[must_use]
pub fn origin() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Returns how the browser names itself.
#[must_use]
pub fn user_agent() -> String {
    window().and_then(|window| window.navigator().user_agent().ok()).unwrap_or_default()
}

/// Returns the path of the address.
#[must_use]
pub fn path() -> String {
    window().and_then(|window| window.location().pathname().ok()).unwrap_or_default()
}

/// The answer that boot.js took out of the address.
pub enum Callback {
    SignIn(String),
    Consent(String),
}

/// Takes the fragment out of the address when it begins with `start`, so that no history and no link carries it on.
#[must_use]
pub fn take_fragment(start: &str) -> Option<String> {
    let location = window()?.location();
    let fragment = location.hash().ok()?.strip_prefix('#')?.to_owned();
    if !fragment.starts_with(start) {
        return None;
    }
    replace_address(&location.pathname().ok()?);
    Some(fragment)
}

fn boot() -> Option<JsValue> {
    Reflect::get(window()?.as_ref(), &"latchkeyBoot".into()).ok().filter(|value| !value.is_undefined())
}

/// Takes the answer, once.
#[must_use]
pub fn take_callback() -> Option<Callback> {
    let boot = boot()?;
    let callback = Reflect::get(&boot, &"callback".into()).ok().filter(wasm_bindgen::JsValue::is_object)?;
    let _ = Reflect::set(&boot, &"callback".into(), &JsValue::NULL);
    let text = |name: &str| Reflect::get(&callback, &name.into()).ok().and_then(|value| value.as_string());
    match text("kind")?.as_str() {
        "sign-in" => Some(Callback::SignIn(text("text")?)),
        "consent" => Some(Callback::Consent(text("text")?)),
        _ => None,
    }
}

/// Whether somebody pressed `Sign in` before the module was ready.
#[must_use]
pub fn take_early_click() -> bool {
    let Some(boot) = boot() else { return false };
    let wanted = Reflect::get(&boot, &"wanted".into()).is_ok_and(|value| value.is_truthy());
    let _ = Reflect::set(&boot, &"wanted".into(), &JsValue::FALSE);
    wanted
}

/// Leaves a press of `Sign in` to the module that is loaded next.
pub fn keep_early_click() {
    if let Some(boot) = boot() {
        let _ = Reflect::set(&boot, &"wanted".into(), &JsValue::TRUE);
    }
}

/// Returns the text of config.json, which boot.js began to fetch; the clock of its host counts from then on.
pub async fn config_text() -> Option<String> {
    let boot = boot()?;
    let promise: Promise = Reflect::get(&boot, &"config".into()).ok()?.dyn_into().ok()?;
    let text = JsFuture::from(promise).await.ok()?.as_string();
    if let Some(ahead) = Reflect::get(&boot, &"hostIsAhead".into()).ok().and_then(|millis| millis.as_f64()) {
        super::clock::host_is_ahead(ahead);
    }
    text
}

/// What the policy of the page stopped, as boot.js noted it: the directive, and the address that was not reached or run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopped {
    pub directive: String,
    pub what: String,
    /// Where the code stands that tried.
    pub by: String,
}

#[must_use]
pub fn stopped() -> Vec<Stopped> {
    let all = boot().and_then(|boot| Reflect::get(&boot, &"stopped".into()).ok()).and_then(|all| all.dyn_into::<js_sys::Array>().ok());
    let text = |entry: &JsValue, name: &str| Reflect::get(entry, &name.into()).ok().and_then(|text| text.as_string()).unwrap_or_default();
    let read = |entry: JsValue| Stopped { directive: text(&entry, "directive"), what: text(&entry, "what"), by: text(&entry, "by") };
    all.map(|all| all.iter().map(read).collect()).unwrap_or_default()
}

/// Whether the policy of the page keeps it from an origin.
#[must_use]
pub fn policy_stops(origin: &str) -> bool {
    stopped().iter().any(|stopped| stopped.directive == "connect-src" && stopped.what.starts_with(origin))
}

/// Returns the cloud that the build wrote into the page.
#[must_use]
pub fn built_for() -> String {
    let tag = document().and_then(|document| document.query_selector("meta[name=latchkey-cloud]").ok().flatten());
    tag.and_then(|tag| tag.get_attribute("content")).unwrap_or_default()
}

/// Removes what index.html shows until the module is ready, and returns whether the keyboard was on its button.
pub fn remove_shell() -> bool {
    let Some(document) = document() else { return false };
    let focused = document.active_element().is_some_and(|element| element.id() == "sign-in");
    if let Some(shell) = document.get_element_by_id("shell") {
        shell.remove();
    }
    focused
}

/// Leaves for another address.
pub fn go(url: &str) {
    if let Some(window) = window() {
        let _ = window.location().assign(url);
    }
}

/// Puts another address of this page into the bar, without loading or a new entry of the history.
pub fn replace_address(path: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Moves the keyboard to the first element that the selector finds.
pub fn focus(selector: &str) {
    let found = document().and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

fn session_storage() -> Option<Storage> {
    window()?.session_storage().ok().flatten()
}

/// Keeps a text in the tab. Returns whether it can be read back.
pub fn keep_in_tab(key: &str, text: &str) -> bool {
    let Some(storage) = session_storage() else { return false };
    storage.set_item(key, text).is_ok() && storage.get_item(key).ok().flatten().as_deref() == Some(text)
}

#[must_use]
pub fn kept_in_tab(key: &str) -> Option<String> {
    session_storage()?.get_item(key).ok().flatten()
}

/// Reads and removes, so that it is used once.
#[must_use]
pub fn take_from_tab(key: &str) -> Option<String> {
    let storage = session_storage()?;
    let text = storage.get_item(key).ok().flatten();
    let _ = storage.remove_item(key);
    text
}

/// Removes every entry of the tab whose key starts so, unless `keep` says otherwise of its text.
pub fn sweep_tab(prefix: &str, keep: impl Fn(&str) -> bool) {
    let Some(storage) = session_storage() else { return };
    let count = storage.length().unwrap_or_default();
    let keys: Vec<String> =
        (0..count).filter_map(|index| storage.key(index).ok().flatten()).filter(|key| key.starts_with(prefix)).collect();
    for key in keys {
        let text = storage.get_item(&key).ok().flatten().unwrap_or_default();
        if !keep(&text) {
            let _ = storage.remove_item(&key);
        }
    }
}

fn local_storage() -> Option<Storage> {
    window()?.local_storage().ok().flatten()
}

/// Returns a choice of this browser: yes or no.
#[must_use]
pub fn choice(key: &str) -> bool {
    local_storage().and_then(|storage| storage.get_item(key).ok().flatten()).is_some()
}

pub fn choose(key: &str, yes: bool) {
    let Some(storage) = local_storage() else { return };
    let _ = if yes { storage.set_item(key, "1") } else { storage.remove_item(key) };
}

/// Lets a text pass by where every other tab of the page gets an event of it. Nothing of it stays.
pub fn pass_on(key: &str, text: &str) {
    let Some(storage) = local_storage() else { return };
    let _ = storage.set_item(key, text);
    let _ = storage.remove_item(key);
}

/// Returns a moment that all tabs of this browser share.
#[must_use]
pub fn shared_moment(key: &str) -> Option<Instant> {
    local_storage()?.get_item(key).ok().flatten()?.parse().ok().map(Instant)
}

/// Shares a moment with all tabs of this browser, or takes it back.
pub fn share_moment(key: &str, at: Option<Instant>) {
    let Some(storage) = local_storage() else { return };
    let _ = match at {
        Some(at) => storage.set_item(key, &at.0.to_string()),
        None => storage.remove_item(key),
    };
}

/// Forgets every choice and moment whose key starts so.
pub fn forget_choices(prefix: &str) {
    let Some(storage) = local_storage() else { return };
    let count = storage.length().unwrap_or_default();
    let keys: Vec<String> = (0..count).filter_map(|at| storage.key(at).ok().flatten()).filter(|key| key.starts_with(prefix)).collect();
    for key in keys {
        let _ = storage.remove_item(&key);
    }
}

/// Asks the browser's storage manager one of its questions that are answered by yes or no; `None` where there is none.
async fn storage_manager(question: &str) -> Option<bool> {
    let manager = Reflect::get(window()?.navigator().as_ref(), &"storage".into()).ok()?;
    let ask: js_sys::Function = Reflect::get(&manager, &question.into()).ok()?.dyn_into().ok()?;
    let promise: Promise = ask.call0(&manager).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()?.as_bool()
}

/// Whether the browser keeps what this page stores when it is short of space.
pub async fn is_storage_kept() -> Option<bool> {
    storage_manager("persisted").await
}

/// Asks the browser to keep what this page stores. Some ask the person.
pub async fn ask_to_keep_storage() -> Option<bool> {
    storage_manager("persist").await
}

/// Whether the tab is in front.
#[must_use]
pub fn is_visible() -> bool {
    document().is_none_or(|document| !document.hidden())
}

/// Makes the button of the shell in index.html work.
pub fn on_sign_in(call: impl Fn() + 'static) {
    let Some(boot) = boot() else { return };
    let closure = Closure::<dyn Fn()>::new(call);
    let _ = Reflect::set(&boot, &"signIn".into(), closure.as_ref());
    closure.forget();
}

/// Returns a function that boot.js left.
#[must_use]
pub fn boot_function(name: &str) -> Option<js_sys::Function> {
    Reflect::get(&boot()?, &name.into()).ok()?.dyn_into().ok()
}

/// Loads the application in place of the shell.
pub fn load_application() {
    if let Some(load) = boot_function("loadApplication") {
        let _ = load.call0(&JsValue::NULL);
    }
}

/// Copies a text. Returns whether the browser did it.
pub async fn copy(text: &str) -> bool {
    let Some(window) = window() else { return false };
    let clipboard = Reflect::get(window.navigator().as_ref(), &"clipboard".into());
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}

/// A file is larger than what it is for ever needs. Nothing of it was read.
pub struct TooLarge;

/// Returns the text of the file that was chosen in the field of this event, and empties the field; `None` when none was.
pub async fn chosen_text(event: &web_sys::Event, longest: usize) -> Option<Result<String, TooLarge>> {
    let bytes = match chosen_bytes(event, longest).await? {
        Ok(bytes) => bytes,
        Err(too_large) => return Some(Err(too_large)),
    };
    let text = String::from_utf8_lossy(&bytes);
    Some(Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()))
}

/// Returns the bytes of the file that was chosen in the field of this event, and empties the field; `None` when none was.
pub async fn chosen_bytes(event: &web_sys::Event, longest: usize) -> Option<Result<Vec<u8>, TooLarge>> {
    let field = event.target()?.dyn_into::<web_sys::HtmlInputElement>().ok()?;
    let file = field.files()?.get(0)?;
    if file.size() > longest as f64 {
        field.set_value("");
        return Some(Err(TooLarge));
    }
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    field.set_value("");
    Some(Ok(js_sys::Uint8Array::new(&bytes).to_vec()))
}

/// Offers a text as a file to save.
pub fn download(name: &str, kind: &str, text: &str) {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    let Ok(blob) = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options) else { return };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    let link = document()
        .and_then(|document| document.create_element("a").ok())
        .and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // Some browsers read it only after this turn.
    wasm_bindgen_futures::spawn_local(async move {
        super::clock::sleep(60_000).await;
        let _ = web_sys::Url::revoke_object_url(&url);
    });
}

#[must_use]
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Calls back whenever a window event of that name comes, for as long as the page lives.
pub fn on(event: &str, call: impl Fn(web_sys::Event) + 'static) {
    let Some(window) = window() else { return };
    let closure = Closure::<dyn Fn(web_sys::Event)>::new(call);
    let _ = window.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Asks before a link of this page leads elsewhere in it; `may_leave` tells whether it may. Links to other places and to new tabs are the
/// browser's own business.
pub fn on_link(may_leave: impl Fn() -> bool + 'static) {
    let Some(window) = window() else { return };
    let closure = Closure::<dyn Fn(web_sys::MouseEvent)>::new(move |event: web_sys::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let link = target.and_then(|element| element.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else { return };
        let opens_elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || link.target() == "_blank";
        let leads_away = link.origin() == origin() && link.pathname() != path();
        if leads_away && !opens_elsewhere && !may_leave() {
            event.prevent_default();
            event.stop_immediate_propagation();
        }
    });
    // Before the router, which listens too.
    let _ = window.add_event_listener_with_callback_and_bool("click", closure.as_ref().unchecked_ref(), true);
    closure.forget();
}

/// Asks with the browser's own dialog. Returns whether the person agreed.
#[must_use]
pub fn confirm(question: &str) -> bool {
    window().is_some_and(|window| window.confirm_with_message(question).unwrap_or(false))
}

/// Calls back before anything of the page hears of an event of that name, for as long as the page lives.
pub fn on_early(event: &str, call: impl Fn() + 'static) {
    let Some(window) = window() else { return };
    let closure = Closure::<dyn Fn()>::new(call);
    let _ = window.add_event_listener_with_callback_and_bool(event, closure.as_ref().unchecked_ref(), true);
    closure.forget();
}

/// Opens the dialog to print the page as it stands.
pub fn print() {
    if let Some(window) = window() {
        let _ = window.print();
    }
}

/// Sets the title of the tab.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Shows a text in parts, each marked or not. What is there is given other text where it can be: most keys move a mark and no more.
pub fn show_parts(element: &Element, parts: &[(bool, String)]) {
    let Some(document) = document() else { return };
    let mut next = element.first_child();
    for (is_marked, text) in parts {
        match next.take() {
            Some(node) if node.node_type() == if *is_marked { Node::ELEMENT_NODE } else { Node::TEXT_NODE } => {
                node.first_child().as_ref().unwrap_or(&node).set_node_value(Some(text));
                next = node.next_sibling();
            }
            before => {
                let letters = document.create_text_node(text);
                let mark = is_marked.then(|| document.create_element("mark").ok()).flatten();
                let made: Node = match mark {
                    Some(mark) => {
                        let _ = mark.append_child(&letters);
                        mark.into()
                    }
                    None => letters.into(),
                };
                let _ = element.insert_before(&made, before.as_ref());
                next = before;
            }
        }
    }
    while let Some(node) = next {
        next = node.next_sibling();
        let _ = element.remove_child(&node);
    }
}

/// Reloads the page.
pub fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

/// Replaces the page by a plain message, for when nothing else works any more.
pub fn stop(lines: &[&str]) {
    let Some(window) = window() else { return };
    if let Ok(stop) = Reflect::get(window.as_ref(), &"latchkeyStop".into())
        && let Ok(stop) = stop.dyn_into::<js_sys::Function>()
    {
        let arguments: js_sys::Array = lines.iter().map(|line| JsValue::from_str(line)).collect();
        let _ = stop.apply(&JsValue::NULL, &arguments);
    }
}
