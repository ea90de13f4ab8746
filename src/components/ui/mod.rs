//! Shared controls.

mod consent;
mod request;
mod virtual_list;

pub use consent::ConsentBrief;
pub use request::Request;
pub use virtual_list::{List, Place, Row, VirtualList};

use crate::app::sign_in::Whom;
use crate::app::{Phase, sign_in, use_app};
use crate::domain::ids::Tenant;
use crate::domain::route::Route;
use crate::entra::fault::Way;
use crate::text::Notice;
use crate::text::screens::around_link;
use crate::text::screens::common::{self as words, Common};
use leptos::prelude::*;

/// Sets the title of the tab and moves the keyboard to the heading, so that a screen reader says where it is.
pub fn arrive(title: &str) {
    crate::app::screen::set_title(&words::tab(title));
}

#[component]
pub fn NotFound() -> impl IntoView {
    arrive(Common::NotFound.text());
    view! {
        <h1>{Common::NothingHere.text()}</h1>
        <p><a href=Route::Home.path()>{Common::GoHome.text()}</a></p>
    }
}

/// A message with its next step, the buttons that lead out of it, and details to copy. `whom` says who signs in where: it is the one of
/// the notice, else of the screen, else the session in use. `retry` tries again.
#[component]
pub fn NoticeView(
    notice: Notice,
    #[prop(optional, into)] whom: Option<Whom>,
    #[prop(optional, into)] retry: Option<Callback<()>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let app = use_app();
    let details = notice.details_text();
    let has_details = !details.is_empty();
    let whom = whom.or_else(use_context::<Whom>);
    let go = move |_| sign_in::answer(app, whom.as_ref());
    let way = match (notice.way, retry) {
        (Way::SignIn, _) => {
            Some(view! { <button type="button" class="button button--primary" on:click=go>{Common::SignIn.text()}</button> }.into_any())
        }
        (Way::Consent, _) => {
            Some(view! { <button type="button" class="button button--primary" on:click=go>{Common::Continue.text()}</button> }.into_any())
        }
        (Way::Again, Some(retry)) => Some(
            view! { <button type="button" class="button" on:click=move |_| retry.run(())>{Common::TryAgain.text()}</button> }.into_any(),
        ),
        (Way::Again, None) | (Way::Nothing, _) => None,
    };
    let children = children.map(|children| children());
    let has_actions = way.is_some() || children.is_some();
    view! {
        <div class="notice" role="alert">
            <p class="notice__what">{notice.what}</p>
            {(!notice.next.is_empty()).then(|| view! { <p>{notice.next}</p> })}
            {has_actions.then(|| view! { <p class="actions">{way}{children}</p> })}
            {has_details.then(|| {
                let text = details.clone();
                view! {
                    <details>
                        <summary>{Common::Details.text()}</summary>
                        <pre>{details}</pre>
                        <button type="button" class="button" on:click=move |_| app.copy(text.clone(), Common::Details.text())>{Common::CopyDetails.text()}</button>
                    </details>
                }
            })}
        </div>
    }
}

/// Which tenant a screen is about; with its ID where something is written there.
#[component]
pub fn TenantLine(tenant: Tenant, #[prop(optional)] with_id: bool) -> impl IntoView {
    let [before, _, after] = around_link(Common::InTenant.text());
    view! {
        <p class="tenant-line">{before}<strong><bdi>{tenant.name}</bdi></strong>{after}" · "{tenant.domain}
            {with_id.then(|| view! { " · "<span class="mono">{tenant.id.to_string()}</span> })}
        </p>
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
            <p>{Common::SignInToGoOn.text()}</p>
            <p><button type="button" class="button button--primary" on:click=move |_| crate::app::sign_in::begin_here(app)>{Common::SignIn.text()}</button></p>
        </div>
    }
}

/// Who may not use App sessions sees why, and whom to ask.
#[component]
pub fn NoAccess() -> impl IntoView {
    view! {
        <div class="notice" role="note">
            <p class="notice__what">{Common::NoAccess.text()}</p>
            <p>{Common::WhyNoAccess.text()}</p>
        </div>
    }
}
