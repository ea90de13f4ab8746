//! Step 3: how the application proves who it is.

use crate::app::{certificates, draft, use_app};
use crate::domain::blueprint::{Credential, DEFAULT_DAYS, LIFETIMES};
use crate::domain::certificate::{self, KEY_LENGTHS, PublicCertificate};
use leptos::prelude::*;

/// Returns a lifetime in words.
pub fn lifetime(days: u32) -> &'static str {
    match days {
        30 => "30 days",
        90 => "90 days",
        180 => "180 days",
        365 => "12 months",
        730 => "24 months",
        _ => "a lifetime of its own",
    }
}

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
        <h2>"How does it prove who it is?"</h2>
        <fieldset class="field">
            <legend class="label">"Credential"</legend>
            {radio("Client secret", Kind::Secret, Credential::Secret { days: DEFAULT_DAYS })}
            {radio("Certificate", Kind::Certificate, made)}
            {radio("No credential", Kind::None, Credential::None)}
        </fieldset>
        {move || match kind.get() {
            Kind::None => view! { <p class="muted">"Nothing can connect as it until it gets one. Choose this for apps that people sign in to, or that use workload identity federation."</p> }.into_any(),
            Kind::Secret => view! {
                <Lifetime days=Memo::new(move |_| match chosen.get() { Credential::Secret { days } => days, _ => DEFAULT_DAYS }) set=Callback::new(move |days| set(Credential::Secret { days }))/>
                <p class="muted">"The secret is made at the very end, when you press Show secret, and is shown once. Have the place ready where you keep secrets."</p>
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
            <span class="label">"Lifetime"</span>
            <select class="input" on:change=move |event| if let Ok(days) = event_target_value(&event).parse() { set.run(days) }>
                {LIFETIMES.iter().map(|some| view! { <option value=some.to_string() selected=move || *some == days.get()>{lifetime(*some)}</option> }).collect_view()}
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
            <legend class="label">"Where it comes from"</legend>
            <label class="check"><input type="radio" name="certificate" prop:checked=move || !is_uploaded.get() on:change=move |_| {
                let (days, bits) = parts();
                set.run((Credential::Certificate { days, bits }, None));
            }/><span>"Make it in this browser"</span></label>
            <label class="check"><input type="radio" name="certificate" prop:checked=move || is_uploaded.get() on:change=move |_| set.run((Credential::Uploaded, choice.get_untracked().1))/><span>"Use the certificate of a file"</span></label>
        </fieldset>
        {move || if is_uploaded.get() {
            view! {
                <label class="field">
                    <span class="label">"Certificate file (.cer, .crt or .pem, without the private key)"</span>
                    <input type="file" class="input" accept=".cer,.crt,.pem,application/x-x509-ca-cert,application/x-pem-file" aria-invalid=move || fault.get().is_some().to_string() on:change=upload/>
                </label>
                {move || fault.get().map(|why| view! { <p class="error" role="alert">{why}</p> })}
                {move || choice.get().1.map(|certificate| view! { <Facts certificate/> })}
            }.into_any()
        } else {
            view! {
                <Lifetime days=Signal::derive(move || parts().0) set=Callback::new(move |days| set.run((Credential::Certificate { days, bits: parts().1 }, None)))/>
                <label class="field">
                    <span class="label">"Key length"</span>
                    <select class="input" on:change=move |event| if let Ok(bits) = event_target_value(&event).parse() { set.run((Credential::Certificate { days: parts().0, bits }, None)) }>
                        {KEY_LENGTHS.iter().map(|bits| view! { <option value=bits.to_string() selected=move || *bits == parts().1>{format!("{bits} bits")}</option> }).collect_view()}
                    </select>
                </label>
                <p class="muted">"The key is made in this browser when the run comes to it. You save it as a file first; only the public part goes to Microsoft."</p>
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
            <dt>"Subject"</dt><dd>{certificate.subject}</dd>
            <dt>"Valid"</dt><dd>{format!("{} to {}", day(certificate.starts), day(certificate.ends))}</dd>
            <dt>"Key"</dt><dd>{format!("RSA, {} bits", certificate.bits)}</dd>
            <dt>"Thumbprint (SHA-1)"</dt><dd class="mono">{certificate.sha1}</dd>
            <dt>"Thumbprint (SHA-256)"</dt><dd class="mono">{certificate.sha256}</dd>
        </dl>
    }
}
