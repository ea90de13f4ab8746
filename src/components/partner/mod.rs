//! Partner Access: the customers, a search through them, and the way into their tenants.

mod customers;
pub mod details;
mod selection;
mod stopped;

use super::ui::{self, NoticeView, Skeleton};
use crate::app::partner::{self, Reading};
use crate::app::sign_in::Whom;
use crate::app::{screen, use_app};
use crate::domain::route::Route;
use crate::entra::scopes::Scopes;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::partner::{self as words, PartnerAccess};
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Customers,
    Empty,
    Nothing,
    Loading,
}

#[component]
pub fn Partner() -> impl IntoView {
    ui::arrive(Common::PartnerAccess.text());
    let app = use_app();
    let home = Memo::new(move |_| partner::home(app));
    Effect::new(move |_| {
        if let Some(home) = home.get() {
            leptos::task::spawn_local(partner::show(app, home));
        }
    });
    // What is drawn must not be drawn anew while the list grows: somebody may be typing.
    let shown = Memo::new(move |_| {
        let has_customers = app.partner.directory.with(|directory| !directory.is_empty());
        match (has_customers, app.partner.reading.get() == Reading::Over) {
            (true, _) => Shown::Customers,
            (false, true) if app.partner.trouble.with(Option::is_none) => Shown::Empty,
            (false, true) => Shown::Nothing,
            (false, false) => Shown::Loading,
        }
    });
    view! {
        <h1>{Common::PartnerAccess.text()}</h1>
        <p><a href=Route::Consents.path()>{PartnerAccess::Consents.text()}</a></p>
        <stopped::Stopped/>
        {move || match (app.phase.get(), home.get()) {
            (crate::app::Phase::Starting, _) => view! { <Skeleton what=Common::ReadingSession.text()/> }.into_any(),
            (_, None) => view! { <ui::SignInFirst/> }.into_any(),
            (_, Some(home)) => view! {
                {move || app.partner.trouble.get().map(|notice| view! { <NoticeView notice whom=Whom::of(&home, Scopes::PARTNER)/> })}
                {move || match shown.get() {
                    Shown::Customers => view! { <customers::Customers/> }.into_any(),
                    Shown::Empty => view! { <Empty/> }.into_any(),
                    Shown::Nothing => ().into_any(),
                    Shown::Loading => view! { <Skeleton what=PartnerAccess::Asking.text()/> }.into_any(),
                }}
            }.into_any(),
        }}
    }
}

/// No customers, and why that can be.
#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="empty">
            <p>{PartnerAccess::Nobody.text()}</p>
            <Missing is_open=true/>
            <Refresh/>
        </div>
    }
}

/// Why a customer can be missing.
#[component]
fn Missing(is_open: bool) -> impl IntoView {
    view! {
        <details class="missing" open=is_open>
            <summary>{PartnerAccess::WhyMissing.text()}</summary>
            <ul>{text::partner::MISSING.iter().map(|why| view! { <li>{*why}</li> }).collect_view()}</ul>
        </details>
    }
}

/// How old the list is, how far its reading has come, and the button for it.
#[component]
fn Refresh() -> impl IntoView {
    let app = use_app();
    let book = app.partner;
    view! {
        <p class="actions">
            {move || match book.reading.get() {
                Reading::Storage => view! { <span class="muted">{PartnerAccess::ReadingStorage.text()}</span> }.into_any(),
                Reading::Graph(found) => view! {
                    <span class="muted" role="status">{words::reading(found)}</span>
                    <button type="button" class="button" on:click=move |_| partner::stop(app)>{PartnerAccess::Stop.text()}</button>
                }.into_any(),
                Reading::Over => view! {
                    <span class="muted">{move || text::partner::age(book.read_at.get(), app.now.get())}</span>
                    <button type="button" class="button" on:click=move |_| {
                        if let Some(home) = untrack(|| partner::home(app)) {
                            leptos::task::spawn_local(partner::read(app, home));
                        }
                        screen::focus("[type=search]");
                    }>{PartnerAccess::Refresh.text()}</button>
                }.into_any(),
            }}
        </p>
    }
}
