//! Step 3: how the application proves who it is.

use crate::app::{certificates, draft, use_app};
use crate::domain::blueprint::{Credential, DEFAULT_DAYS, LIFETIMES};
use crate::domain::certificate::{self, KEY_LENGTHS, PublicCertificate};
use crate::text::screens::common::Common;
use crate::text::screens::wizard::Wizard;
use crate::text::screens::wizard::credential::{self as words, CertificateFacts, CertificateForm, WizardCredential};
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Secret,
    Certificate,
    None,
}

#[component]
pub fn CredentialStep() -> impl IntoView {
    let app = use_app();
    let chosen = Memo::new(move |_| app.draft.with(|draft| draft.blueprint.credential));
    let kind = Memo::new(move |_| match chosen.get() {
        Credential::Secret { .. } => Kind::Secret,
        Credential::Certificate { .. } | Credential::Uploaded => Kind::Certificate,
        Credential::None => Kind::None,
    });
    let set = move |credential: Credential| draft::change(app, |draft| draft.blueprint.credential = credential);
    let made = Credential::Certificate { days: certificate::DEFAULT_DAYS, bits: certificate::DEFAULT_BITS };
    let radio = move |words: &'static str, of: Kind, credential: Credential| {
        view! { <label class="check"><input type="radio" name="credential" prop:checked=move || kind.get() == of on:change=move |_| set(credential)/><span>{words}</span></label> }
    };
    view! {
        <h2>{WizardCredential::Heading.text()}</h2>
        <fieldset class="field">
            <legend class="label">{Wizard::Credential.text()}</legend>
            {radio(Common::ClientSecret.text(), Kind::Secret, Credential::Secret { days: DEFAULT_DAYS })}
            {radio(Common::Certificate.text(), Kind::Certificate, made)}
            {radio(WizardCredential::Nothing.text(), Kind::None, Credential::None)}
        </fieldset>
        {move || match kind.get() {
            Kind::None => view! { <p class="muted">{WizardCredential::WhatNothingMeans.text()}</p> }.into_any(),
            Kind::Secret => view! {
                <Lifetime days=Memo::new(move |_| match chosen.get() { Credential::Secret { days } => days, _ => DEFAULT_DAYS }) set=Callback::new(move |days| set(Credential::Secret { days }))/>
                <p class="muted">{WizardCredential::WhenSecretIsMade.text()}</p>
            }.into_any(),
            Kind::Certificate => view! { <CertificateChoice
                choice=Signal::derive(move || (chosen.get(), app.draft.with(|draft| draft.blueprint.certificate.clone())))
                set=Callback::new(move |(credential, certificate)| draft::change(app, |draft| {
                    draft.blueprint.credential = credential;
                    draft.blueprint.certificate = certificate;
                }))/> }.into_any(),
        }}
    }
}

#[component]
pub fn Lifetime(#[prop(into)] days: Signal<u32>, set: Callback<u32>) -> impl IntoView {
    view! {
        <label class="field">
            <span class="label">{WizardCredential::Lifetime.text()}</span>
            <select class="input" on:change=move |event| if let Ok(days) = event_target_value(&event).parse() { set.run(days) }>
                {LIFETIMES.iter().map(|some| view! { <option value=some.to_string() selected=move || *some == days.get()>{words::lifetime(*some)}</option> }).collect_view()}
            </select>
        </label>
    }
}

/// A certificate that is made in this browser, or the public part of one that is there.
#[component]
pub fn CertificateChoice(
    #[prop(into)] choice: Signal<(Credential, Option<PublicCertificate>)>,
    set: Callback<(Credential, Option<PublicCertificate>)>,
) -> impl IntoView {
    let fault = RwSignal::new(None::<String>);
    let parts = move || match choice.get().0 {
        Credential::Certificate { days, bits } => (days, bits),
        _ => (certificate::DEFAULT_DAYS, certificate::DEFAULT_BITS),
    };
    let is_uploaded = Memo::new(move |_| choice.get().0 == Credential::Uploaded);
    let upload = move |event: web_sys::Event| {
        leptos::task::spawn_local(async move {
            match certificates::uploaded(&event).await {
                None => {}
                Some(Ok(certificate)) => {
                    fault.try_set(None);
                    set.try_run((Credential::Uploaded, Some(certificate)));
                }
                Some(Err(why)) => {
                    fault.try_set(Some(why));
                }
            }
        });
    };
    view! {
        <fieldset class="field">
            <legend class="label">{CertificateForm::Origin.text()}</legend>
            <label class="check"><input type="radio" name="certificate" prop:checked=move || !is_uploaded.get() on:change=move |_| {
                let (days, bits) = parts();
                set.run((Credential::Certificate { days, bits }, None));
            }/><span>{CertificateForm::MakeIt.text()}</span></label>
            <label class="check"><input type="radio" name="certificate" prop:checked=move || is_uploaded.get() on:change=move |_| set.run((Credential::Uploaded, choice.get_untracked().1))/><span>{CertificateForm::UseFile.text()}</span></label>
        </fieldset>
        {move || if is_uploaded.get() {
            view! {
                <label class="field">
                    <span class="label">{CertificateForm::File.text()}</span>
                    <input type="file" class="input" accept=".cer,.crt,.pem,application/x-x509-ca-cert,application/x-pem-file" aria-invalid=move || fault.get().is_some().to_string() on:change=upload/>
                </label>
                {move || fault.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
                {move || choice.get().1.map(|certificate| view! { <Facts certificate/> })}
            }.into_any()
        } else {
            view! {
                <Lifetime days=Signal::derive(move || parts().0) set=Callback::new(move |days| set.run((Credential::Certificate { days, bits: parts().1 }, None)))/>
                <label class="field">
                    <span class="label">{CertificateForm::KeyLength.text()}</span>
                    <select class="input" on:change=move |event| if let Ok(bits) = event_target_value(&event).parse() { set.run((Credential::Certificate { days: parts().0, bits }, None)) }>
                        {KEY_LENGTHS.iter().map(|bits| view! { <option value=bits.to_string() selected=move || *bits == parts().1>{words::key_length(*bits)}</option> }).collect_view()}
                    </select>
                </label>
                <p class="muted">{CertificateForm::WhenKeyIsMade.text()}</p>
            }.into_any()
        }}
    }
}

/// What is said of a certificate.
#[component]
pub fn Facts(certificate: PublicCertificate) -> impl IntoView {
    let day = |millis: i64| crate::app::screen::local(crate::domain::time::Instant(millis));
    view! {
        <dl class="facts">
            <dt>{CertificateFacts::Subject.text()}</dt><dd>{certificate.subject}</dd>
            <dt>{CertificateFacts::Valid.text()}</dt><dd>{words::valid(&day(certificate.starts), &day(certificate.ends))}</dd>
            <dt>{CertificateFacts::Key.text()}</dt><dd>{words::key(certificate.bits)}</dd>
            <dt>{CertificateFacts::Sha1.text()}</dt><dd class="mono">{certificate.sha1}</dd>
            <dt>{CertificateFacts::Sha256.text()}</dt><dd class="mono">{certificate.sha256}</dd>
        </dl>
    }
}
