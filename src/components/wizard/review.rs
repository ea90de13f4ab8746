//! The plan under the tenant's name, what stands in its way, and the one button that starts it.

use super::{Step, Wish, go_to};
use crate::app::draft::Draft;
use crate::app::tenant::{self, Loaded};
use crate::app::{Current, draft, runs, screen, use_app};
use crate::components::plan::{Approval, PlanTable};
use crate::components::ui::{NoticeView, Skeleton};
use crate::domain::blueprint::{Credential, ExchangeHolder, ExchangeRole, Kind};
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::route::Route;
use crate::plan::build;
use crate::plan::observed::{Adoption, Observed};
use crate::plan::preflight::{self, Obstacle};
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::wizard::review::{self as words, WayOut, WizardReview};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Review(current: Current) -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let observed = RwSignal::new(Loaded::<Observed>::Loading);
    let adoption = RwSignal::new(Adoption::Undecided);
    let tenant = current.tenant.clone();
    let has_application = app.draft.with_untracked(|draft| draft.blueprint.kind.has_application());
    // Each look is of the draft at its time: only the last one counts.
    let last = RwSignal::new(0_u32);
    let look = {
        let current = current.clone();
        move || {
            let current = current.clone();
            let this = last.get_untracked() + 1;
            last.set(this);
            observed.set(Loaded::Loading);
            leptos::task::spawn_local(async move {
                let Loaded::Ready(client) = wish.client.get_untracked() else { return };
                let blueprint = app.draft.with_untracked(|draft| draft.blueprint.clone());
                let loaded = match tenant::observe(app, &current, &client, &blueprint).await {
                    Ok(observed) => Loaded::Ready(observed),
                    Err(notice) => Loaded::Stopped(notice),
                };
                if last.try_get_untracked() == Some(this) {
                    observed.try_set(loaded);
                }
            });
        }
    };
    look();
    // What was ticked in a link from outside may be of APIs that were not looked at yet.
    let left = Memo::new(move |_| {
        app.draft
            .with(|draft| draft.outside.as_ref().map(|outside| outside.points.iter().map(|point| draft.has(point)).collect::<Vec<_>>()))
    });
    let again = look.clone();
    Effect::new(move |before: Option<()>| {
        left.track();
        if before.is_some() {
            again();
        }
    });
    view! {
        <h2>{WizardReview::Heading.text()}</h2>
        <dl class="facts">
            <dt>{WizardReview::Tenant.text()}</dt><dd><strong><bdi>{tenant.name.clone()}</bdi></strong>" · "{tenant.domain.clone()}</dd>
            <dt>{Common::TenantId.text()}</dt><dd class="mono">{tenant.id.to_string()}</dd>
        </dl>
        <super::outside::Outside/>
        {has_application.then(|| view! { <label class="check">
            <input type="checkbox" prop:checked=move || app.draft.with(|draft| draft.blueprint.grant_in_run)
                on:change=move |event| draft::change(app, |draft| draft.blueprint.grant_in_run = event_target_checked(&event))/>
            <span>{WizardReview::GrantInRun.text()}</span>
        </label> })}
        {move || match observed.get() {
            Loaded::Loading => view! { <Skeleton what=Common::LookingAtTenant.text()/> }.into_any(),
            Loaded::Stopped(notice) => {
                let look = look.clone();
                view! { <NoticeView notice><button type="button" class="button" on:click=move |_| look()>{Common::LookAgain.text()}</button></NoticeView> }.into_any()
            }
            Loaded::Ready(seen) => {
                let (look, current) = (look.clone(), current.clone());
                let again = Callback::new(move |()| {
                    tenant::forget_rights(app, &current);
                    look();
                });
                view! { <Plan seen adoption again/><super::share::Share/> }.into_any()
            }
        }}
    }
}

#[component]
fn Plan(seen: Observed, adoption: RwSignal<Adoption>, again: Callback<()>) -> impl IntoView {
    let app = use_app();
    let navigate = use_navigate();
    let is_creating = RwSignal::new(false);
    let blocked = RwSignal::new(false);
    let seen = StoredValue::new(seen);
    let consent_uri = app.config_now().map(|config| config.consent_uri()).unwrap_or_default();
    let asked = Memo::new(move |_| app.draft.with(Draft::planned));
    // A job that others prescribe takes what the tenant's policy allows; a lifetime that the person chose is theirs to shorten.
    let clamped = Memo::new(move |_| {
        let asked = asked.get();
        (asked.kind == Kind::CalendarSync).then(|| seen.with_value(|seen| preflight::clamped(&asked, seen))).flatten()
    });
    let blueprint = Memo::new(move |_| clamped.get().unwrap_or_else(|| asked.get()));
    let obstacles = Memo::new(move |_| seen.with_value(|seen| preflight::obstacles(&blueprint.get(), seen, adoption.get())));
    let steps = Memo::new(move |_| seen.with_value(|seen| build::steps(&blueprint.get(), seen, adoption.get(), &consent_uri)));
    let planned = Memo::new(move |_| {
        let (tenant, known) = seen.with_value(|seen| {
            let known =
                seen.resources.iter().filter_map(|(app, id): (&AppId, &Option<ObjectId>)| Some((app.clone(), id.clone()?))).collect();
            (seen.tenant.clone(), known)
        });
        runs::planned(app, tenant, blueprint.get(), steps.get(), known)
    });
    let create = move |_| {
        if obstacles.with_untracked(|all| all.iter().any(|obstacle| !obstacle.is_warning())) {
            blocked.set(true);
            screen::focus(".obstacles");
            return;
        }
        if is_creating.get_untracked() {
            return;
        }
        is_creating.set(true);
        let navigate = navigate.clone();
        leptos::task::spawn_local(async move {
            let Some(planned) = planned.get_untracked() else {
                app.toast(WizardReview::SignInAgain.text());
                is_creating.try_set(false);
                return;
            };
            match runs::create(app, planned.clone()).await {
                Ok(id) => {
                    draft::discard(app);
                    if runs::leaves_for_approval(app, &planned).await {
                        return;
                    }
                    navigate(&Route::Run(id.clone()).path(), Default::default());
                }
                Err(what) => {
                    app.toast(what);
                    is_creating.try_set(false);
                }
            }
        });
    };
    view! {
        {move || {
            let found = obstacles.get();
            let stops = found.iter().any(|obstacle| !obstacle.is_warning());
            (!found.is_empty()).then(|| view! {
                <div class="notice obstacles" role="alert" tabindex="-1">
                    <p class="notice__what">{move || words::found(stops, blocked.get())}</p>
                    {found.into_iter().map(|obstacle| {
                        let activates = obstacle.roles().and_then(|roles| seen.with_value(|seen| seen.activates(roles).map(str::to_owned)));
                        view! { <ObstacleView obstacle adoption/>{activates.map(|role| view! { <Activate role/> })} }
                    }).collect_view()}
                    <p class="actions"><button type="button" class="button" on:click=move |_| again.run(())>{Common::LookAgain.text()}</button></p>
                </div>
            })
        }}
        {move || clamped.get().map(|shorter| {
            let days = if let Credential::Secret { days } = shorter.credential { days } else { 0 };
            view! { <p class="warning" role="status">{words::shorter_secret(days)}</p> }
        })}
        {seen.with_value(|seen| view! { <PlanTable planned roles=seen.roles.clone() may_register=seen.may_register()/> })}
        <Approval planned/>
        <p class="actions"><button type="button" class="button button--primary" on:click=create>{WizardReview::Create.text()}</button>
            <span class="muted">{move || if is_creating.get() { Common::Starting.text() } else { WizardReview::NothingYet.text() }}</span></p>
    }
}

/// A role that the person has and must activate first.
#[component]
fn Activate(role: String) -> impl IntoView {
    let app = use_app();
    let portal = app.config_now().and_then(|config| config.cloud.portal());
    view! {
        <p>{words::activate(&role)}" "
            {portal.map(|portal| view! { <a href=portal target="_blank" rel="noopener noreferrer">{WizardReview::OpenPortal.text()}</a> })}</p>
    }
}

#[component]
fn ObstacleView(obstacle: Obstacle, adoption: RwSignal<Adoption>) -> impl IntoView {
    let app = use_app();
    let (what, next) = text::steps::obstacle(&obstacle);
    let choices = match &obstacle {
        Obstacle::NameTaken(apps) => view! {
            {(apps.len() == 1).then(|| view! { <button type="button" class="button" on:click=move |_| adoption.set(Adoption::Adopt)>{WayOut::UseExisting.text()}</button> })}
            <button type="button" class="button" on:click=move |_| adoption.set(Adoption::CreateAnother)>{WayOut::CreateAnother.text()}</button>
            <button type="button" class="button" on:click=move |_| go_to(Step::Name)>{WayOut::ChooseAnotherName.text()}</button>
        }.into_any(),
        Obstacle::MayNotAssignRoles { .. } => view! {
            <button type="button" class="button" on:click=move |_| draft::change(app, |draft| {
                draft.blueprint.roles.clear();
                if let Some(account) = draft.blueprint.account.as_mut() {
                    account.roles.clear();
                }
            })>{WayOut::LeaveRolesOut.text()}</button>
        }.into_any(),
        Obstacle::AgainstPolicy { .. } => view! {
            <button type="button" class="button" on:click=move |_| go_to(Step::Credential)>{WayOut::GoToCredential.text()}</button>
        }.into_any(),
        Obstacle::NotOffered(_) => view! {
            <button type="button" class="button" on:click=move |_| go_to(if app.draft.with_untracked(|draft| draft.blueprint.kind == Kind::ConnectionAccount) { Step::Access } else { Step::Permissions })>{WayOut::GoToPermissions.text()}</button>
        }.into_any(),
        Obstacle::RedirectUri(..) => view! {
            <button type="button" class="button" on:click=move |_| go_to(Step::Name)>{WayOut::GoToName.text()}</button>
        }.into_any(),
        Obstacle::UserNameTaken(_) | Obstacle::DomainNotUsable(_) | Obstacle::NoSeat(_) => view! {
            <button type="button" class="button" on:click=move |_| go_to(Step::Account)>{WayOut::GoToAccount.text()}</button>
        }.into_any(),
        Obstacle::ExchangeRoleGone(role) => {
            let (gone, is_of_account) = (role.clone(), role.holder == ExchangeHolder::Account);
            view! {
                {is_of_account.then(|| view! { <button type="button" class="button" on:click=move |_| draft::change(app, |draft| {
                    draft.blueprint.exchange = vec![ExchangeRole::calendars()];
                })>{WayOut::UseCalendarsRole.text()}</button> })}
                <button type="button" class="button" on:click=move |_| draft::change(app, |draft| draft.blueprint.exchange.retain(|known| *known != gone))>{Common::LeaveItOut.text()}</button>
            }.into_any()
        }
        Obstacle::MayNotRegister { .. } | Obstacle::MayNotMakeUsers { .. } => ().into_any(),
    };
    view! { <p><strong>{what}</strong>" "{next}</p><p class="actions">{choices}</p> }
}
