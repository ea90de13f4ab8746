//! The request that a step of a run sends, on demand.

use crate::app::use_app;
use crate::plan::preview;
use crate::plan::record::RunRecord;
use crate::text::screens::controls::StepRequest;
use leptos::prelude::*;

#[component]
pub fn Request(record: Memo<Option<RunRecord>>, at: usize) -> impl IntoView {
    let app = use_app();
    let is_open = RwSignal::new(false);
    let text = move || {
        let record = record.get()?;
        let graph = app.config_now()?.graph;
        preview::request(&record, at).map(|request| preview::readable(&request.to_text(&graph)))
    };
    view! {
        <details class="step__request" on:toggle=move |_| is_open.update(|open| *open = !*open)>
            <summary>{StepRequest::Title.text()}</summary>
            {move || is_open.get().then(|| view! { <pre>{text().unwrap_or_else(|| StepRequest::Nothing.text().to_owned())}</pre> })}
        </details>
    }
}
