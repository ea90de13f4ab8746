//! An App session that came in a file: nothing is offered before its tenant was read and says the same.

use crate::app::app_sessions::{self, Difference};
use crate::app::sign_in::Whom;
use crate::app::{Current, sessions, use_app};
use crate::components::ui::{NoticeView, Skeleton};
use crate::domain::origin::Origin;
use crate::domain::route::Route;
use crate::domain::session::{AppSession, Person, SessionRecord};
use crate::entra::scopes::Scopes;
use crate::text;
use crate::text::screens::app_session::from_file::{self as words, Record};
use crate::text::screens::common::Common;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// Compares as it is opened. Once the tenant agrees the record is one of this browser, and its page takes the place of this.
#[component]
pub fn FromFile(found: AppSession, current: Current, person: Person, origin: Origin) -> impl IntoView {
    let app = use_app();
    let navigate = StoredValue::new_local(use_navigate());
    provide_context(Whom::of(&current, Scopes::LOOK));
    let answer = RwSignal::new(None::<Result<Vec<Difference>, text::Notice>>);
    let facts = [
        (Common::Name.text(), found.name.clone()),
        (Common::ClientId.text(), found.app_id.to_string()),
        (Record::ObjectId.text(), found.object_id.to_string()),
        (Common::TenantId.text(), current.tenant.id.to_string()),
    ];
    let record_id = SessionRecord::id_of(&current.account, &current.tenant.id, Some(&found.app_id));
    let subject = StoredValue::new((found, current, person));
    let compare = Callback::new(move |()| {
        answer.set(None);
        let (found, current, person) = subject.get_value();
        leptos::task::spawn_local(async move {
            let result = app_sessions::compare_with_tenant(app, &current, &person, &found).await;
            // The record of this browser is drawn in the place of this where both agree.
            answer.try_set(Some(result));
        });
    });
    compare.run(());
    let remove = move |_| {
        let id = record_id.clone();
        leptos::task::spawn_local(async move {
            if sessions::take_out(app, &id).await {
                navigate.with_value(|navigate| navigate(&Route::Home.path(), Default::default()));
            }
        });
    };
    view! {
        <h1>{Common::AppSession.text()}</h1>
        <p>{text::imported::app_session(origin)}</p>
        <h2>{Record::Title.text()}</h2>
        <dl class="facts">{facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd><bdi>{value}</bdi></dd> }).collect_view()}</dl>
        {move || match answer.get() {
            None => view! { <Skeleton what=Record::Comparing.text()/> }.into_any(),
            Some(Err(notice)) => view! { <NoticeView notice retry=compare/> }.into_any(),
            Some(Ok(differences)) => {
                let tenant = subject.with_value(|(_, current, _)| words::tenant(current.tenant.id.as_str()));
                let remove = remove.clone();
                view! {
                    <div class="notice" role="alert">
                        <p class="notice__what">{Record::Disagrees.text()}</p>
                        <ul>{differences.iter().map(|difference| view! { <li>{text::imported::difference(difference, &tenant)}</li> }).collect_view()}</ul>
                        <p>{Record::WhatNow.text()}</p>
                        <p class="actions">
                            <button type="button" class="button" on:click=move |_| compare.run(())>{Record::CompareAgain.text()}</button>
                            <button type="button" class="button" on:click=remove>{Common::Remove.text()}</button>
                        </p>
                    </div>
                }.into_any()
            }
        }}
    }
}
