//! Shared controls.

mod request;
mod virtual_list;

pub use request::Request;
pub use virtual_list::{List, Place, Row, VirtualList};

use crate::app::{Phase, use_app};
use crate::text::Notice;
use leptos::prelude::*;

/// Sets the title of the tab and moves the keyboard to the heading, so that a screen reader says where it is.
pub fn arrive(title: &str) {
    crate::app::screen::set_title(&format!("{title} · Latchkey"));
}

#[component]
pub fn NotFound() -> impl IntoView {
    arrive("Not found");
    view! {
        <h1>"There is nothing at this address"</h1>
        <p><a href="/">"Go to Recent sessions"</a></p>
    }
}

/// A message with its next step and details to copy.
#[component]
pub fn NoticeView(notice: Notice, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let app = use_app();
    let details = notice.details_text();
    let has_details = !details.is_empty();
    view! {
        <div class="notice" role="alert">
            <p class="notice__what">{notice.what}</p>
            <p>{notice.next}</p>
            {children.map(|children| view! { <p class="actions">{children()}</p> })}
            {has_details.then(|| {
                let text = details.clone();
                view! {
                    <details>
                        <summary>"Details"</summary>
                        <pre>{details}</pre>
                        <button type="button" class="button" on:click=move |_| app.copy(text.clone(), "Details")>"Copy details"</button>
                    </details>
                }
            })}
        </div>
    }
}

/// A read-only text with a button that copies it.
#[component]
pub fn CopyField(label: &'static str, value: String, button: &'static str) -> impl IntoView {
    let app = use_app();
    let text = value.clone();
    view! {
        <div class="copy-field">
            <label>
                <span class="label">{label}</span>
                <input type="text" class="input input--mono" readonly prop:value=value/>
            </label>
            <button type="button" class="button" on:click=move |_| app.copy(text.clone(), label)>{button}</button>
        </div>
    }
}

/// What is shown while something loads, with a word after a while.
#[component]
pub fn Skeleton(what: &'static str) -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="skeleton__bar"></span>
            <span class="skeleton__bar skeleton__bar--short"></span>
            <span class="skeleton__word">{what}</span>
        </div>
    }
}

/// Whether whoever sits here may work with App sessions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Starting,
    SignedOut,
    NoAccess,
    Ready,
}

/// Tells it, and tells again only when it changes: each renewed token touches the accounts, and a screen that is drawn anew for that
/// loses what is half typed.
pub fn standing() -> Memo<Standing> {
    let app = use_app();
    Memo::new(move |_| match (app.phase.get(), app.current_account()) {
        (Phase::Starting, _) => Standing::Starting,
        (_, None) => Standing::SignedOut,
        (_, Some(account)) if !account.may_use_app_sessions() => Standing::NoAccess,
        _ => Standing::Ready,
    })
}

/// Who is not signed in sees this in place of a screen.
#[component]
pub fn SignInFirst() -> impl IntoView {
    let app = use_app();
    view! {
        <div class="empty">
            <p>"Sign in to go on. What you were doing is kept."</p>
            <p><button type="button" class="button button--primary" on:click=move |_| crate::app::sign_in::begin_here(app)>"Sign in"</button></p>
        </div>
    }
}

/// Who may not use App sessions sees why, and whom to ask.
#[component]
pub fn NoAccess() -> impl IntoView {
    view! {
        <div class="notice" role="note">
            <p class="notice__what">"You do not have access to App sessions."</p>
            <p>{NO_ACCESS}</p>
        </div>
    }
}

/// Why App sessions are off, and whom to ask.
pub const NO_ACCESS: &str = "App sessions need the app role Access App sessions (AppSessions.Access) in your own tenant, which nobody has by default. Ask somebody who holds AppSessions.Manage, or an administrator, to assign it to you in Entra under Enterprise applications > Latchkey > Users and groups. Then sign in again.";
