//! Consent for the application of a run: offered once the tenant itself was read and has that application.

use crate::app::{consent, runs, use_app};
use crate::components::ui::{ConsentBrief, NoticeView, Skeleton};
use crate::plan::record::RunRecord;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::run::Run;
use leptos::prelude::*;

/// The buttons, with those of the step beside them.
#[component]
pub fn ConsentLink(run: RunRecord, children: Children) -> impl IntoView {
    let app = use_app();
    let read = RwSignal::new(None::<Result<String, text::Notice>>);
    let run = StoredValue::new(run);
    let look = Callback::new(move |()| {
        read.set(None);
        leptos::task::spawn_local(async move {
            let run = run.get_value();
            let found = consent::is_there(app, &run).await.map(|()| runs::consent_link(app, &run, None).unwrap_or_default());
            read.try_set(Some(found));
        });
    });
    look.run(());
    let is_read = move || read.with(|read| matches!(read, Some(Ok(_))));
    view! {
        {move || match read.get() {
            None => Some(view! { <Skeleton what=Run::ReadingApplication.text()/> }.into_any()),
            Some(Err(notice)) => Some(view! { <NoticeView notice retry=look/> }.into_any()),
            Some(Ok(_)) => None,
        }}
        <p class="actions">
            {move || is_read().then(|| view! { <button type="button" class="button button--primary" on:click=move |_| run.with_value(|run| consent::give_for_run(app, run))>{Common::GiveConsent.text()}</button> })}
            {children()}
        </p>
        {move || {
            let link = read.get().and_then(Result::ok)?;
            let RunRecord { blueprint, facts, tenant, person, .. } = run.get_value();
            Some(view! { <ConsentBrief name=blueprint.name client=facts.app_id? tenant permissions=blueprint.permissions person link/> })
        }}
    }
}
