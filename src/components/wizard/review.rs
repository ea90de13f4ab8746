//! Step 5: the plan under the tenant's name, what stands in its way, and the one button that starts it.

use super::Wish;
use crate::app::tenant::{self, Loaded};
use crate::app::{Current, draft, runs, screen, use_app};
use crate::components::ui::{self, NoticeView, Skeleton};
use crate::domain::ids::{AppId, ObjectId};
use crate::domain::role::name as role_name;
use crate::plan::build;
use crate::plan::observed::Observed;
use crate::plan::preflight::{self, Adoption, Obstacle};
use crate::plan::record::RunRecord;
use crate::plan::step::StepKind;
use crate::text;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Review(current: Current) -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let observed = RwSignal::new(Loaded::<Observed>::Loading);
    let adoption = RwSignal::new(Adoption::Undecided);
    let tenant = current.tenant.clone();
    let look = {
        let current = current.clone();
        move || {
            let current = current.clone();
            observed.set(Loaded::Loading);
            leptos::task::spawn_local(async move {
                let Loaded::Ready(client) = wish.client.get_untracked() else { return };
                let blueprint = app.draft.with_untracked(|draft| draft.blueprint.clone());
                let loaded = match tenant::observe(app, &current, &client, &blueprint).await {
                    Ok(observed) => Loaded::Ready(observed),
                    Err(notice) => Loaded::Failed(notice),
                };
                observed.try_set(loaded);
            });
        }
    };
    look();
    view! {
        <h2>"Review the plan"</h2>
        <dl class="facts">
            <dt>"Tenant"</dt><dd><strong>{tenant.name.clone()}</strong>" · "{tenant.domain.clone()}</dd>
            <dt>"Directory (tenant) ID"</dt><dd class="mono">{tenant.id.to_string()}</dd>
        </dl>
        <label class="check">
            <input type="checkbox" prop:checked=move || app.draft.with(|draft| draft.blueprint.grant_in_run)
                on:change=move |event| draft::change(app, |draft| draft.blueprint.grant_in_run = event_target_checked(&event))/>
            <span>"Grant admin consent in this run"</span>
        </label>
        {move || match observed.get() {
            Loaded::Loading => view! { <Skeleton what="Looking at the tenant"/> }.into_any(),
            Loaded::Failed(notice) | Loaded::StepUp(notice) => {
                let look = look.clone();
                view! { <NoticeView notice><button type="button" class="button" on:click=move |_| look()>"Look again"</button></NoticeView> }.into_any()
            }
            Loaded::Ready(seen) => {
                let (look, current) = (look.clone(), current.clone());
                let again = Callback::new(move |()| {
                    tenant::forget_rights(app, &current);
                    look();
                });
                view! { <Plan seen adoption again/> }.into_any()
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
    let blueprint = Memo::new(move |_| app.draft.with(|draft| draft.blueprint.clone()));
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
        if !obstacles.with_untracked(Vec::is_empty) {
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
                app.toast("Sign in again, then press Create.");
                is_creating.try_set(false);
                return;
            };
            match runs::create(app, planned).await {
                Ok(id) => {
                    draft::discard(app);
                    navigate(&format!("/app/run/{id}"), Default::default());
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
            (!found.is_empty()).then(|| view! {
                <div class="notice obstacles" role="alert" tabindex="-1">
                    <p class="notice__what">{move || if blocked.get() { "The plan can’t start yet:" } else { "Before the plan can start:" }}</p>
                    {found.into_iter().map(|obstacle| view! { <ObstacleView obstacle adoption/> }).collect_view()}
                    <p class="actions"><button type="button" class="button" on:click=move |_| again.run(())>"Look again"</button></p>
                </div>
            })
        }}
        <div class="table-frame">
            <table class="plan">
                <caption class="visually-hidden">"Plan"</caption>
                <thead><tr><th scope="col">"Step"</th><th scope="col">"What changes"</th><th scope="col">"Who can do this"</th></tr></thead>
                <tbody>
                    {move || {
                        let name = blueprint.with(|blueprint| blueprint.name.trim().to_owned());
                        steps.get().into_iter().enumerate().map(|(at, step)| view! { <PlanRow step at name=name.clone() seen planned/> }).collect_view()
                    }}
                </tbody>
            </table>
        </div>
        <p class="actions"><button type="button" class="button button--primary" on:click=create>"Create"</button>
            <span class="muted">{move || if is_creating.get() { "Starting…" } else { "Nothing is written before you press Create." }}</span></p>
    }
}

#[component]
fn PlanRow(step: StepKind, at: usize, name: String, seen: StoredValue<Observed>, planned: Memo<Option<RunRecord>>) -> impl IntoView {
    let needed = step.roles_needed();
    let registers = matches!(step, StepKind::CreateApplication | StepKind::CreateServicePrincipal);
    let may = seen.with_value(|seen| if registers { seen.may_register() } else { seen.roles.any_of(needed) });
    let who = match (&step, may) {
        (StepKind::Consent, _) => {
            format!("A {} or Global Administrator, here or by link", role_name(needed.first().copied().unwrap_or_default()))
        }
        (_, true) => "You".to_owned(),
        (_, false) => text::roles(needed),
    };
    view! {
        <tr>
            <th scope="row">{text::steps::title(&step, &name)}</th>
            <td>{text::steps::change(&step, &name)}<ui::Request record=planned at/></td>
            <td data-label="Who can do this">{who}</td>
        </tr>
    }
}

#[component]
fn ObstacleView(obstacle: Obstacle, adoption: RwSignal<Adoption>) -> impl IntoView {
    let app = use_app();
    let (what, next) = text::steps::obstacle(&obstacle);
    let choices = match &obstacle {
        Obstacle::NameTaken(apps) => view! {
            {(apps.len() == 1).then(|| view! { <button type="button" class="button" on:click=move |_| adoption.set(Adoption::Adopt)>"Use the existing one"</button> })}
            <button type="button" class="button" on:click=move |_| adoption.set(Adoption::CreateAnother)>"Create another"</button>
            <button type="button" class="button" on:click=move |_| draft::change(app, |draft| draft.at = 0)>"Choose another name"</button>
        }.into_any(),
        Obstacle::MayNotAssignRoles { .. } => view! {
            <button type="button" class="button" on:click=move |_| draft::change(app, |draft| draft.blueprint.roles.clear())>"Leave the roles out"</button>
        }.into_any(),
        Obstacle::SecretTooLong { .. } | Obstacle::SecretsForbidden => view! {
            <button type="button" class="button" on:click=move |_| draft::change(app, |draft| draft.at = 2)>"Go to Credential"</button>
        }.into_any(),
        Obstacle::NotOffered(_) => view! {
            <button type="button" class="button" on:click=move |_| draft::change(app, |draft| draft.at = 1)>"Go to Permissions"</button>
        }.into_any(),
        Obstacle::MayNotRegister { .. } => ().into_any(),
    };
    view! { <p><strong>{what}</strong>" "{next}</p><p class="actions">{choices}</p> }
}
