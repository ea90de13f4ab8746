//! The lock in front of the screens, when nobody used the page or a sign-in lasted as long as it may.

use crate::app::idle::{self, Why};
use crate::app::{screen, sign_in, use_app};
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::shell::{self as words, Lock as Words, Shell};
use leptos::prelude::*;

#[component]
pub fn Lock(why: Why) -> impl IntoView {
    let app = use_app();
    let limits = app.limits();
    let reason = match why {
        Why::Idle => text::sessions::locked_idle(limits.idle),
        Why::Over => text::sessions::locked_over(limits.absolute),
    };
    let waiting = Memo::new(move |_| {
        app.sessions.track();
        idle::waiting(app)
    });
    Effect::new(move |_| screen::focus("#locked"));
    view! {
        <section class="welcome" aria-labelledby="locked">
            <h1 id="locked" tabindex="-1">{Words::Title.text()}</h1>
            <p>{reason}</p>
            <p>{Words::Kept.text()}</p>
            {move || waiting.get().map(|record| view! {
                <p class="muted">{record.person.username}{words::BETWEEN_PERSON_AND_TENANT}<strong>{record.tenant.name}</strong></p>
            })}
            <p class="actions">
                <button type="button" class="button button--primary" on:click=move |_| idle::unlock(app)>{Common::SignIn.text()}</button>
                {move || waiting.get().map(|_| view! {
                    <button type="button" class="button" on:click=move |_| sign_in::begin_here(app)>{Shell::SignInWithAnother.text()}</button>
                })}
            </p>
        </section>
    }
}
