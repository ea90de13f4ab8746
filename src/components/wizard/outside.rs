//! What was filled in by a link, a file or a run: the question before it replaces what was typed, and what waits to be ticked.

use crate::app::draft::{self, Point, Source};
use crate::app::use_app;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::wizard::outside::{self as words, WizardOutside};
use leptos::prelude::*;

/// All that somebody else chose and that could lead sign-ins or rights astray, ticked or not, on the review.
#[component]
pub fn Outside() -> impl IntoView {
    let app = use_app();
    let outside = Memo::new(move |_| app.draft.with(|draft| draft.outside.clone()));
    move || {
        let outside = outside.get()?;
        let is_empty = outside.points.is_empty();
        Some(view! {
            <div class="notice" role="note">
                <p class="notice__what">{text::outside::title(outside.source)}</p>
                <p>{text::outside::words(outside.source)}" "{WizardOutside::CheckEachLine.text()}</p>
                {if is_empty { view! { <p class="muted">{WizardOutside::NothingAsked.text()}</p> }.into_any() } else { view! { <ul class="plain" aria-label=Common::FromOutside.text()>{outside.points.into_iter().map(|point| view! { <Line point/> }).collect_view()}</ul> }.into_any() }}
            </div>
        })
    }
}

#[component]
fn Line(point: Point) -> impl IntoView {
    let app = use_app();
    let words = text::outside::point(&point);
    let point = StoredValue::new(point);
    let has = move || app.draft.with(|draft| point.with_value(|point| draft.has(point)));
    view! {
        <li><label class="check"><input type="checkbox" prop:checked=has on:change=move |event| {
            let wanted = event_target_checked(&event);
            draft::change(app, |draft| point.with_value(|point| draft.set(point, wanted)));
        }/><span>{words}</span></label></li>
    }
}

/// Asks before what was typed is replaced.
#[component]
pub fn Question() -> impl IntoView {
    let app = use_app();
    let answer = move |replaces: bool| move |_| draft::answer_offer(app, replaces);
    move || {
        let offered = app.offered.get()?;
        let manifest = offered.open.pasted.is_some().then_some(Source::Manifest);
        let source = manifest.or(offered.outside.as_ref().map(|outside| outside.source));
        let replaced = app.draft.with_untracked(|draft| words::replaced(&draft.blueprint.name, &offered.blueprint.name));
        Some(view! {
            <div class="notice" role="alert">
                <p class="notice__what">{text::outside::question(source)}</p>
                <p>{replaced}</p>
                <p class="actions">
                    <button type="button" class="button button--primary" on:click=answer(false)>{WizardOutside::KeepTyped.text()}</button>
                    <button type="button" class="button" on:click=answer(true)>{WizardOutside::Replace.text()}</button>
                </p>
            </div>
        })
    }
}
