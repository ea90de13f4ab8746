//! What a person sees: one folder or file a screen, ui/ for shared controls.

pub mod access;
pub mod app_session;
pub mod consent;
pub mod consents;
pub mod history;
pub mod home;
pub mod import;
pub mod new;
pub mod partner;
pub mod permissions;
pub mod plan;
pub mod rollout;
pub mod run;
pub mod settings;
pub mod shell;
pub mod ui;
pub mod wizard;

use crate::app::App;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

/// The whole page.
#[component]
pub fn Root(app: App) -> impl IntoView {
    provide_context(app);
    view! {
        <Router>
            <shell::Shell>
                <FlatRoutes fallback=|| view! { <ui::NotFound/> }.into_any()>
                    <Route path=path!("/") view=home::Home/>
                    <Route path=path!("/auth") view=home::Home/>
                    <Route path=path!("/consent") view=consent::Consent/>
                    <Route path=path!("/app/new") view=new::New/>
                    <Route path=path!("/app/new/app-session") view=wizard::AppSessionWizard/>
                    <Route path=path!("/app/new/connection-account") view=wizard::ConnectionAccountWizard/>
                    <Route path=path!("/app/new/calendar-sync") view=wizard::CalendarSyncWizard/>
                    <Route path=path!("/app/new/import") view=import::Import/>
                    <Route path=path!("/app/run/:id") view=run::Run/>
                    <Route path=path!("/app/apps/:id") view=app_session::AppSessionPage/>
                    <Route path=path!("/app/partner") view=partner::Partner/>
                    <Route path=path!("/app/rollout") view=rollout::RolloutScreen/>
                    <Route path=path!("/app/consents") view=consents::Consents/>
                    <Route path=path!("/app/access") view=access::AccessScreen/>
                    <Route path=path!("/app/history") view=history::History/>
                    <Route path=path!("/app/settings") view=settings::Settings/>
                </FlatRoutes>
            </shell::Shell>
        </Router>
    }
}
