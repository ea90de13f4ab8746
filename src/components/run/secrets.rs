//! What a run makes that is shown or saved once: a client secret, a password, a private key.

use crate::app::{certificates, runs, use_app};
use crate::components::wizard::credential::Facts;
use crate::plan::engine::Command;
use crate::plan::record::RunRecord;
use crate::text::screens::common::Common;
use crate::text::screens::run::{CertificateStep, SecretStep};
use leptos::prelude::*;

/// How a secret is called where it is shown.
#[derive(Clone, Copy)]
pub struct Called {
    label: &'static str,
    copy: &'static str,
    copied: &'static str,
    lost: &'static str,
    keep: &'static str,
}

pub const CLIENT_SECRET: Called = Called {
    label: SecretStep::SecretValue.text(),
    copy: SecretStep::CopySecret.text(),
    copied: Common::ClientSecret.text(),
    lost: SecretStep::ReplaceSecret.text(),
    keep: SecretStep::KeepSecret.text(),
};

pub const PASSWORD: Called = Called {
    label: Common::Password.text(),
    copy: SecretStep::CopyPassword.text(),
    copied: Common::Password.text(),
    lost: SecretStep::AnotherPassword.text(),
    keep: SecretStep::KeepPassword.text(),
};

/// The one place where a secret is shown.
#[component]
pub fn SecretBox(record: Memo<Option<RunRecord>>, what: Called) -> impl IntoView {
    let app = use_app();
    let mine = move || {
        let id = record.get()?.id;
        app.secret.get().filter(|(of, _)| *of == id).map(|(_, secret)| secret)
    };
    move || {
        match mine() {
        Some(secret) => {
            let (shown, copied) = (secret.clone(), secret);
            view! {
                <div class="secret">
                    <label><span class="label">{what.label}</span>
                        <textarea class="input input--mono input--secret" rows="2" readonly autocomplete="off" spellcheck="false" prop:value=shown.reveal().to_owned()></textarea></label>
                    <p class="muted">{what.keep}</p>
                    <p class="actions">
                        <button type="button" class="button button--primary" on:click=move |_| app.copy(copied.reveal().to_owned(), what.copied)>{what.copy}</button>
                        <button type="button" class="button" on:click=move |_| app.clear_clipboard()>{SecretStep::ClearClipboard.text()}</button>
                        <button type="button" class="button" on:click=move |_| if let Some(record) = record.get_untracked() { runs::choose(app, &record.id, Command::SavedSecret); }>{Common::ISavedIt.text()}</button>
                    </p>
                    <p class="muted">{SecretStep::ClipboardHistory.text()}</p>
                </div>
            }.into_any()
        }
        None => view! { <p class="actions"><button type="button" class="button" on:click=move |_| if let Some(record) = record.get_untracked() { runs::choose(app, &record.id, Command::ReplaceSecret); }>{what.lost}</button></p> }.into_any(),
    }
    }
}

/// Where a certificate is made, and its key handed over once.
#[component]
pub fn CertificateBox(record: Memo<Option<RunRecord>>, days: u32, bits: u32) -> impl IntoView {
    let app = use_app();
    let is_making = RwSignal::new(false);
    let fault = RwSignal::new(None::<String>);
    let mine = move || {
        let id = record.get()?.id;
        app.certificate.get().filter(|made| made.run == id)
    };
    let make = move |_| {
        let Some(record) = record.get_untracked().filter(|_| !is_making.get_untracked()) else { return };
        is_making.set(true);
        leptos::task::spawn_local(async move {
            fault.try_set(certificates::make(app, &record, days, bits).await.err());
            is_making.try_set(false);
        });
    };
    move || {
        match mine() {
        None => view! {
            <p class="actions"><button type="button" class="button button--primary" on:click=make>{CertificateStep::Create.text()}</button>
                <span class="muted" role="status">{move || if is_making.get() { CertificateStep::Making.text() } else { "" }}</span></p>
            {move || fault.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
        }.into_any(),
        Some(made) => view! {
            <div class="secret">
                <Facts certificate=made.public.clone()/>
                <p>{CertificateStep::SaveNow.text()}</p>
                <pre>{CertificateStep::ToPfx.text()}</pre>
                <p class="muted">{CertificateStep::OnWindows.text()}</p>
                <p class="actions">
                    <button type="button" class="button button--primary" on:click=move |_| certificates::download(app)>{CertificateStep::Download.text()}</button>
                    <button type="button" class="button" disabled=!made.is_saved on:click=move |_| certificates::saved(app)>{Common::ISavedIt.text()}</button>
                </p>
                {(!made.is_saved).then(|| view! { <p class="muted">{CertificateStep::AfterDownload.text()}</p> })}
            </div>
        }.into_any(),
    }
    }
}
