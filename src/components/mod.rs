//! What a person sees: one folder or file a screen, ui/ for shared controls.

pub mod access;
pub mod app_session;
pub mod consent;
pub mod consents;
pub mod history;
pub mod home;
pub mod import;
pub mod lock;
pub mod microsoft;
pub mod new;
pub mod partner;
pub mod permissions;
pub mod plan;
pub mod register;
pub mod rollout;
pub mod run;
pub mod settings;
pub mod shell;
pub mod ui;
pub mod wizard;

use crate::app::App;
use crate::domain::blueprint::Kind;
use crate::domain::route::Route;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route as AnyRoute, Router};
use leptos_router::hooks::use_location;
use leptos_router::path;

/// The whole page.
#[component]
pub fn Root(app: App) -> impl IntoView {
    provide_context(app);
    view! {
        <Router>
            <shell::Shell>
                // The router keeps the history of the browser; which screen stands where, `Screen` says.
                <FlatRoutes fallback=|| view! { <ui::NotFound/> }.into_any()>
                    <AnyRoute path=path!("/*any") view=Screen/>
                </FlatRoutes>
            </shell::Shell>
        </Router>
    }
}

/// The screen at the address.
#[component]
fn Screen() -> impl IntoView {
    let path = use_location().pathname;
    let route = Memo::new(move |_| Route::of_path(&path.get()));
    move || match route.get() {
        None => view! { <ui::NotFound/> }.into_any(),
        Some(Route::Home) => view! { <home::Home/> }.into_any(),
        Some(Route::Consent) => view! { <consent::Consent/> }.into_any(),
        Some(Route::New) => view! { <new::New/> }.into_any(),
        Some(Route::Wizard(Kind::AppSession)) => view! { <wizard::AppSessionWizard/> }.into_any(),
        Some(Route::Wizard(Kind::ConnectionAccount)) => view! { <wizard::ConnectionAccountWizard/> }.into_any(),
        Some(Route::Wizard(Kind::CalendarSync)) => view! { <wizard::CalendarSyncWizard/> }.into_any(),
        Some(Route::Import) => view! { <import::Import/> }.into_any(),
        Some(Route::Run(id)) => view! { <run::Run id/> }.into_any(),
        Some(Route::App(id)) => view! { <app_session::AppSessionPage id/> }.into_any(),
        Some(Route::Partner) => view! { <partner::Partner/> }.into_any(),
        Some(Route::Rollout) => view! { <rollout::RolloutScreen/> }.into_any(),
        Some(Route::Consents) => view! { <consents::Consents/> }.into_any(),
        Some(Route::Access) => view! { <access::AccessScreen/> }.into_any(),
        Some(Route::History) => view! { <history::History/> }.into_any(),
        Some(Route::Check) => view! { <microsoft::CheckScreen/> }.into_any(),
        Some(Route::Settings) => view! { <settings::Settings/> }.into_any(),
    }
}
