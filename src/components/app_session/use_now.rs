//! Working as the App session: what the page can do without a relay, and with one.

use crate::app::relay::{self, Reading};
use crate::app::upkeep::{Proposal, Subject};
use crate::app::use_app;
use crate::components::plan::PlanView;
use crate::components::ui::{NoticeView, Skeleton};
use crate::text;
use crate::text::screens::app_session::use_now::Visit;
use leptos::prelude::*;

#[derive(Clone)]
enum State {
    Idle,
    Working(&'static str),
    Plan(Box<Proposal>),
    Failed(text::Notice),
    Read(Vec<(&'static str, Reading)>),
}

#[component]
pub fn UseNow(subject: Subject) -> impl IntoView {
    let app = use_app();
    if !relay::is_on(app) {
        return view! { <h2>{Visit::Title.text()}</h2><p class="muted">{Visit::NoRelay.text()}</p> }.into_any();
    }
    let state = RwSignal::new(State::Idle);
    let subject = StoredValue::new(subject);
    let is_ready = move || {
        let id = subject.with_value(|subject| subject.found.app_id.clone());
        let listed = |sha1: &str| subject.with_value(|subject| subject.live.has_certificate(sha1));
        app.visit.with(|visit| visit.as_ref().is_some_and(|visit| visit.app_id == id && listed(&visit.public.sha1)))
    };
    let connect = move |_| {
        if matches!(state.get_untracked(), State::Working(_)) {
            return;
        }
        state.set(State::Working(Visit::MakingKey.text()));
        let subject = subject.get_value();
        leptos::task::spawn_local(async move {
            let next = match relay::begin(app, subject).await {
                Ok(proposal) => State::Plan(Box::new(proposal)),
                Err(notice) => State::Failed(notice),
            };
            state.try_set(next);
        });
    };
    let read = move |_| {
        state.set(State::Working(Visit::GettingToken.text()));
        let granted = subject.with_value(|subject| subject.live.granted_to_read());
        leptos::task::spawn_local(async move {
            let next = match relay::read(app, &granted).await {
                Ok(readings) => State::Read(readings),
                Err(notice) => State::Failed(notice),
            };
            state.try_set(next);
        });
    };
    view! {
        <section class="use-now" aria-label=Visit::Label.text()>
            <h2>{Visit::Title.text()}</h2>
            <p>{Visit::HasRelay.text()}</p>
            <p class="actions">
                {move || if is_ready() {
                    view! { <button type="button" class="button button--primary" on:click=read>{Visit::Read.text()}</button> }.into_any()
                } else {
                    view! { <button type="button" class="button" on:click=connect>{Visit::Connect.text()}</button> }.into_any()
                }}
            </p>
            {move || match state.get() {
                State::Idle => ().into_any(),
                State::Working(what) => view! { <Skeleton what/> }.into_any(),
                State::Failed(notice) => view! { <NoticeView notice/> }.into_any(),
                State::Plan(proposal) => view! { <PlanView proposal=*proposal close=Callback::new(move |()| state.set(State::Idle))/> }.into_any(),
                State::Read(readings) => view! {
                    <p role="status">{Visit::Connected.text()}</p>
                    <ul class="plain" aria-label=Visit::Read.text()>
                        {readings.into_iter().map(|(what, reading)| view! { <li>{what}": "<strong>{match reading {
                            Reading::Allowed => Visit::Allowed.text(),
                            Reading::Refused => Visit::Refused.text(),
                            Reading::NotGranted => Visit::NotGranted.text(),
                        }}</strong></li> }).collect_view()}
                    </ul>
                }.into_any(),
            }}
        </section>
    }
    .into_any()
}
