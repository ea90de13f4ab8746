//! Registering the page: the first thing that whoever has just hosted it sees.

use super::ui::NoticeView;
use crate::app::registration::{Looked, look};
use crate::app::{screen, use_app};
use crate::domain::ids::AppId;
use crate::entra::cloud::{ConfigFault, Hosted};
use crate::text;
use crate::text::registration::{self, Action, Place};
use crate::text::screens::around_link;
use crate::text::screens::common::Common;
use crate::text::screens::plan::Commands;
use crate::text::screens::register::{self as words, PageClientId, Register as Words};
use leptos::prelude::*;

/// The file that the page reads its client ID from.
const CONFIG: &str = "config.json";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Portal,
    AzureCli,
    PowerShell,
}

impl Way {
    const ALL: [(Self, &str); 3] = [
        (Self::Portal, Words::AdminCenter.text()),
        (Self::AzureCli, Common::AzureCli.text()),
        (Self::PowerShell, Words::GraphPowerShell.text()),
    ];
}

#[component]
pub fn Register(hosted: Hosted) -> impl IntoView {
    let app = use_app();
    let way = RwSignal::new(Way::Portal);
    let notice = text::faults::config(&ConfigFault::NoClientId(Box::new(hosted.clone())));
    let (origin, portal) = (hosted.origin.clone(), hosted.cloud.portal());
    let kept = StoredValue::new(hosted);
    let script = move |write: fn(Place<'_>) -> String| {
        kept.with_value(|hosted| write(Place { cloud: hosted.cloud, origin: &hosted.origin, graph: &hosted.graph }))
    };
    let command = move |title: &'static str, button: &'static str, text: String| {
        let copied = text.clone();
        view! {
            <div class="command">
                <pre tabindex="0" aria-label=title>{text}</pre>
                <button type="button" class="button" on:click=move |_| app.copy(copied.clone(), title)>{button}</button>
            </div>
        }
    };
    let [before, _, after] = around_link(Words::WhoMay.text());
    view! {
        <section class="register" aria-label=Words::Title.text()>
            <h1>{Words::Title.text()}</h1>
            <NoticeView notice/>
            <p>{before}<span class="mono">{origin}</span>{after}</p>
            <h2>{Words::Make.text()}</h2>
            <fieldset class="choices">
                <legend class="visually-hidden">{Words::How.text()}</legend>
                {Way::ALL.into_iter().map(|(of, words)| view! {
                    <label class="check"><input type="radio" name="way" prop:checked=move || way.get() == of on:change=move |_| way.set(of)/><span>{words}</span></label>
                }).collect_view()}
            </fieldset>
            {move || match way.get() {
                Way::Portal => view! {
                    {portal.map(|portal| view! { <p><a href=portal target="_blank" rel="noopener noreferrer">{Words::OpenAdminCenter.text()}</a></p> })}
                    <ol class="register__actions">{kept.with_value(|hosted| registration::portal(&hosted.origin)).into_iter().map(|action| view! { <Do action/> }).collect_view()}</ol>
                }.into_any(),
                Way::AzureCli => view! {
                    <p>{Words::AboutAzureCli.text()}</p>
                    {command(Common::AzureCli.text(), Commands::CopyAzureCli.text(), script(registration::azure_cli))}
                }.into_any(),
                Way::PowerShell => view! {
                    <p>{Words::AboutPowerShell.text()}</p>
                    {command(Words::PowerShell.text(), Commands::CopyPowerShell.text(), script(registration::powershell))}
                }.into_any(),
            }}
            <h2>{Words::TellClientId.text()}</h2>
            <ClientId kept/>
            <h2>{Words::SignIn.text()}</h2>
            <p>{Words::Reload.text()}</p>
            {move || {
                let text = match way.get() {
                    Way::Portal => return None,
                    Way::AzureCli => script(registration::azure_cli_consent),
                    Way::PowerShell => script(registration::powershell_consent),
                };
                Some(view! {
                    <details>
                        <summary>{Words::Optional.text()}</summary>
                        <p>{Words::AboutConsent.text()}</p>
                        {command(Common::Consent.text(), Words::CopyConsent.text(), text)}
                    </details>
                })
            }}
        </section>
    }
}

/// One thing to do in the portal.
#[component]
fn Do(action: Action) -> impl IntoView {
    let app = use_app();
    view! {
        <li>
            <p>{action.text}</p>
            {(!action.values.is_empty()).then(|| view! {
                <ul class="register__values">{action.values.into_iter().map(|value| {
                    let copied = value.clone();
                    view! { <li><span class="mono">{value.clone()}</span>" "<button type="button" class="button button--quiet" aria-label=words::copy(&value) on:click=move |_| app.copy(copied.clone(), Words::Value.text())>{Words::Copy.text()}</button></li> }
                }).collect_view()}</ul>
            })}
        </li>
    }
}

/// The field for the client ID, and the file that follows from it.
#[component]
fn ClientId(kept: StoredValue<Hosted>) -> impl IntoView {
    let app = use_app();
    let typed = RwSignal::new(String::new());
    let (fault, looked, is_looking) = (RwSignal::new(false), RwSignal::new(None::<Looked>), RwSignal::new(false));
    let id = Memo::new(move |_| typed.with(|typed| AppId::parse(typed.trim())));
    let file = move || {
        let id = id.get()?;
        Some(kept.with_value(|hosted| {
            let place = Place { cloud: hosted.cloud, origin: &hosted.origin, graph: &hosted.graph };
            registration::config(place, &hosted.login, id.as_str())
        }))
    };
    let check = move || {
        // Said here and not when the field is left: a message that comes between pressing and letting go moves the button away.
        let Some(id) = id.get_untracked() else {
            fault.set(true);
            return screen::focus("#client-id");
        };
        if is_looking.get_untracked() {
            return;
        }
        is_looking.set(true);
        leptos::task::spawn_local(async move {
            let found = look(&kept.get_value(), &id).await;
            // What was typed meanwhile is another question.
            if typed.try_with_untracked(|typed| AppId::parse(typed.trim()) == Some(id)) == Some(true) {
                looked.set(Some(found));
            }
            is_looking.try_set(false);
        });
    };
    view! {
        <label class="field"><span class="label">{Common::ClientId.text()}</span>
            <input type="text" class="input input--mono" id="client-id" autocomplete="off" spellcheck="false" placeholder=PageClientId::Form.text()
                aria-invalid=move || fault.get().to_string() aria-describedby="client-id-fault"
                on:input=move |event| { typed.set(event_target_value(&event)); fault.set(false); looked.set(None); }
                on:keydown=move |event| if event.key() == "Enter" { check() }/></label>
        <p id="client-id-fault">{move || fault.get().then(|| view! { <span class="error" role="alert">{PageClientId::NotOne.text()}</span> })}</p>
        <p class="actions">
            <button type="button" class="button button--primary" prop:disabled=move || is_looking.get() on:click=move |_| check()>{PageClientId::Check.text()}</button>
            <span role="status">{move || match (is_looking.get(), looked.get()) {
                (true, _) => PageClientId::Asking.text(),
                (false, Some(found)) => registration::looked(found),
                (false, None) => "",
            }}</span>
        </p>
        {move || file().map(|file| {
            let (copied, saved) = (file.clone(), file.clone());
            view! {
                <p>{PageClientId::StoreFile.text()}</p>
                <div class="command">
                    <pre tabindex="0" aria-label=CONFIG>{file}</pre>
                    <p class="actions">
                        <button type="button" class="button" on:click=move |_| app.copy(copied.clone(), CONFIG)>{PageClientId::CopyFile.text()}</button>
                        <button type="button" class="button" on:click=move |_| screen::download(CONFIG, "application/json", &saved)>{PageClientId::DownloadFile.text()}</button>
                    </p>
                </div>
            }
        })}
    }
}
