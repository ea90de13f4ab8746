//! Permissions as a text asks for them: a vendor's manifest, pasted; what the tenant does not offer; what is retired.

use super::Wish;
use crate::app::draft::{self, Open};
use crate::app::use_app;
use crate::domain::blueprint::Kind;
use crate::domain::permission::{Chosen, GRAPH, PermissionKind};
use crate::domain::risk;
use crate::formats::{Asked as AskedPermission, manifest};
use crate::text;
use crate::text::screens::import::Import;
use crate::text::screens::wizard::manifest::{self as words, WizardManifest};
use leptos::prelude::*;

#[component]
pub fn Asked() -> impl IntoView {
    let app = use_app();
    let is_open = app.draft.with_untracked(|draft| draft.blueprint.kind == Kind::CalendarSync);
    view! {
        <details prop:open=is_open>
            <summary>{WizardManifest::Paste.text()}</summary>
            <Paste/>
        </details>
        <Unknown open=|open| &mut open.permissions/>
        <Retired/>
    }
}

#[component]
fn Paste() -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let answer = RwSignal::new(None::<Result<String, Vec<String>>>);
    let read = move |text: String| {
        if text.trim().is_empty() {
            return answer.set(None);
        }
        match manifest::read(&text) {
            Err(faults) => answer.set(Some(Err(faults.iter().map(text::formats::fault).collect()))),
            Ok(found) => {
                let (count, twice) = (found.asked.len(), found.twice.len());
                let apis = {
                    let mut all: Vec<_> = found.asked.iter().map(|asked| asked.resource.clone()).collect();
                    all.sort();
                    all.dedup();
                    all.len()
                };
                wish.missing.set(None);
                draft::change(app, |draft| {
                    draft.paste(found.asked);
                    // What could not be read to its end says nothing of what the tenant lacks.
                    let is_read = wish.is_whole.get_untracked() && wish.fault.with_untracked(Option::is_none);
                    wish.catalogue.with_untracked(|catalogue| draft.settle(catalogue, is_read));
                });
                answer.set(Some(Ok(words::taken(count, apis, twice))));
            }
        }
    };
    view! {
        <label class="field">
            <span class="label">{WizardManifest::Manifest.text()}</span>
            <textarea class="input input--mono" rows="5" spellcheck="false" autocomplete="off" aria-invalid=move || answer.with(|answer| matches!(answer, Some(Err(_)))).to_string()
                on:input=move |event| read(event_target_value(&event))></textarea>
        </label>
        {move || answer.get().map(|answer| match answer {
            Ok(taken) => view! { <p role="status">{taken}</p> }.into_any(),
            Err(faults) => view! { <div class="error" role="alert"><p>{Import::NothingTaken.text()}</p><ul>{faults.into_iter().take(12).map(|fault| view! { <li>{fault}</li> }).collect_view()}</ul></div> }.into_any(),
        })}
    }
}

/// What a text asks for and the tenant does not offer, for the application or for the account's.
#[component]
pub fn Unknown(open: fn(&mut Open) -> &mut Vec<AskedPermission>) -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let left = Memo::new(move |_| app.draft.with(|draft| open(&mut draft.open.clone()).clone()));
    let is_pasted = Memo::new(move |_| app.draft.with(|draft| draft.open.pasted.is_some()));
    move || {
        let left = left.get();
        if left.is_empty() && !is_pasted.get() {
            return ().into_any();
        }
        if wish.fault.with(Option::is_some) {
            return view! { <p class="warning" role="alert">{WizardManifest::Unread.text()}</p> }.into_any();
        }
        if !wish.is_whole.get() {
            return view! { <p class="muted" role="status">{WizardManifest::LookingUp.text()}</p> }.into_any();
        }
        view! {
            <div class="notice" role="alert">
                <p class="notice__what">{words::not_offered(left.len())}</p>
                <ul>{left.iter().map(|asked| view! { <li class="mono">{text::formats::unknown(asked)}</li> }).collect_view()}</ul>
                <p>{WizardManifest::WhyNotOffered.text()}</p>
                <p class="actions"><button type="button" class="button" on:click=move |_| {
                    wish.missing.set(None);
                    draft::change(app, |draft| open(&mut draft.open).clear());
                }>{WizardManifest::LeaveThemOut.text()}</button></p>
            </div>
        }
        .into_any()
    }
}

/// What is chosen of APIs that end, with what takes its place.
#[component]
fn Retired() -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let replace = move |old: Chosen| {
        let Some(name) = risk::replacement(&old).map(str::to_owned) else { return };
        let found = wish.catalogue.with_untracked(|catalogue| {
            let is_it =
                |chosen: &&Chosen| chosen.resource.as_str() == GRAPH && chosen.kind == PermissionKind::Delegated && chosen.value == name;
            catalogue.all().map(|offered| &offered.chosen).find(is_it).cloned()
        });
        let Some(found) = found else { return app.toast(WizardManifest::NoReplacement.text()) };
        draft::change(app, |draft| {
            let all = &mut draft.blueprint.permissions;
            all.retain(|known| !known.is_same(&old));
            if !all.iter().any(|known| known.is_same(&found)) {
                all.push(found);
            }
        });
    };
    move || {
        let old: Vec<Chosen> =
            app.draft.with(|draft| draft.blueprint.permissions.iter().filter(|p| risk::retirement(p).is_some()).cloned().collect());
        (!old.is_empty()).then(|| {
            view! {
                <div class="notice" role="note"><details prop:open=true>
                    <summary class="notice__what">{words::retired(old.len())}</summary>
                    <ul class="plain">{old.into_iter().map(|permission| {
                        let replacement = risk::replacement(&permission).map(str::to_owned);
                        let is_delegated = permission.kind == PermissionKind::Delegated;
                        let title = text::permissions::full_title(&permission);
                        let why = text::formats::retired(&permission);
                        view! {
                            <li><strong>{title}</strong>": "{why}
                                {replacement.filter(|_| is_delegated).map(|name| view! {
                                    " "<button type="button" class="button button--quiet" on:click=move |_| replace(permission.clone())>{words::use_instead(&name)}</button>
                                })}
                            </li>
                        }
                    }).collect_view()}</ul>
                </details></div>
            }
        })
    }
}
