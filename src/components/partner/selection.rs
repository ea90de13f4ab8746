//! What can be done with several customers at once.

use crate::app::partner::Guid;
use crate::app::{App, checks, consent, partner, screen, use_app};
use crate::customers::csv;
use crate::domain::ids::{Tenant, TenantId};
use crate::domain::route::Route;
use crate::text;
use crate::text::partner::{Brief, body, subject, tie};
use crate::text::screens::common::Common;
use crate::text::screens::partner::{self as words, Selection as Words};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeSet;

/// `all` gives what the search found.
#[component]
pub fn Selection(chosen: RwSignal<BTreeSet<Guid>>, all: Callback<(), Vec<Guid>>) -> impl IntoView {
    let app = use_app();
    // One customer gets its own link; for several there is one that fits them all.
    let only = move || chosen.with_untracked(|chosen| (chosen.len() == 1).then(|| chosen.first().copied()).flatten());
    let subjects = RwSignal::new(Vec::from_iter(consent::own_subject(app)));
    // An App session of the person's own is offered once its tenant was read and has it so.
    let home = Memo::new(move |_| partner::home(app));
    Effect::new(move |_| {
        let Some(home) = home.get() else { return };
        leptos::task::spawn_local(async move {
            let others = consent::other_subjects(app, &home).await;
            subjects.try_set(consent::own_subject(app).into_iter().chain(others).collect());
        });
    });
    // By its client id: the list may change its order.
    let asked_for = RwSignal::new(None::<String>);
    let subject_now = move || {
        asked_for.with_untracked(|id| {
            subjects
                .with_untracked(|all| all.iter().find(|subject| Some(subject.client.as_str()) == id.as_deref()).or(all.first()).cloned())
        })
    };
    let link_of = move |tenant: Option<&TenantId>| subject_now().map(|subject| subject.link(app, tenant)).unwrap_or_default();
    let link = move || link_of(only().and_then(Guid::tenant).as_ref());
    let message = move || {
        let (config, account, asked) = (app.config_now()?, untrack(|| app.current_account())?, subject_now()?);
        let company = untrack(|| partner::home(app))?.tenant.name;
        let name = only().and_then(|id| app.partner.directory.with_untracked(|all| all.find(id).map(|customer| customer.name.to_string())));
        let (link, asker) = (link(), format!("{} ({})", account.person.name, account.person.username));
        let explained =
            asked.is_ours.then(|| consent::landing_link(app, only().and_then(Guid::tenant).as_ref(), &words::asker(&asker, &company)));
        let host = url::Url::parse(&asked.redirect).ok().and_then(|uri| uri.host_str().map(str::to_owned)).unwrap_or_default();
        let brief = Brief {
            app: &asked.name,
            client_id: asked.client.as_str(),
            permissions: &asked.permissions,
            login: &config.login,
            link: &link,
            who: &asked.who,
            asker: &asker,
            company: &company,
            host: &host,
            customer: name.as_deref(),
            explained: explained.as_deref(),
        };
        Some((subject(&brief), body(&brief)))
    };
    let mail = move |_| {
        if let Some((subject, body)) = message() {
            let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
            screen::go(&format!("mailto:?subject={}&body={}", encoded(&subject), encoded(&body)));
        }
    };
    let export = move |_| {
        let is_whole = untrack(|| app.partner.is_whole());
        let rows = of_chosen(app, chosen, |customer| {
            let note = partner::note(app, customer.id);
            let tenant = customer.id.tenant();
            Some(vec![
                customer.name.to_string(),
                customer.domain.as_deref().unwrap_or_default().to_owned(),
                customer.id.to_string(),
                tie(&customer, is_whole),
                text::partner::consent(&note).unwrap_or_default(),
                note.alias,
                note.tags.join(", "),
                link_of(tenant.as_ref()),
            ])
        });
        let text = csv::write(&words::COLUMNS, rows);
        screen::download("customers.csv", "text/csv;charset=utf-8", &text);
    };
    let script = move |_| {
        let Some(config) = app.config_now() else { return };
        let has_gdap = |customer: &partner::Customer| customer.gdap.as_ref().is_some_and(|gdap| gdap.status.works());
        let tenants = of_chosen(app, chosen, |customer| has_gdap(&customer).then(|| customer.id.to_string()));
        if tenants.is_empty() {
            return app.toast(Words::NoneHasGdap.text());
        }
        screen::download(
            "approve-latchkey.ps1",
            "text/plain;charset=utf-8",
            &text::partner::script(config.client_id.as_str(), tenants.into_iter()),
        );
    };
    let import = move |event: leptos::ev::Event| {
        leptos::task::spawn_local(async move {
            let text = match screen::chosen_text(&event, csv::LONGEST).await {
                None => return,
                Some(Ok(text)) => text,
                Some(Err(screen::TooLarge)) => return app.toast(text::imported::too_large(csv::LONGEST)),
            };
            let rows = match csv::read(&text) {
                Ok(rows) => rows,
                Err(line) => return app.toast(words::unreadable(line)),
            };
            let named: BTreeSet<String> = rows.into_iter().flatten().map(|field| field.trim().to_lowercase()).collect();
            let is_named = |customer: &partner::Customer| {
                named.contains(&customer.id.to_string())
                    || customer.domain.as_deref().is_some_and(|domain| named.contains(&domain.to_lowercase()))
            };
            let found: Vec<Guid> =
                app.partner.directory.with_untracked(|all| all.iter().filter(is_named).map(|customer| customer.id).collect());
            app.toast(words::selected_from_file(found.len()));
            chosen.update(|chosen| chosen.extend(found));
        });
    };
    let navigate = use_navigate();
    let check = move |_| {
        let Some(home) = untrack(|| partner::home(app)) else { return };
        checks::begin(app, &home.tenant.id, chosen.with_untracked(|chosen| chosen.iter().copied().collect()));
        navigate(&Route::Consents.path(), Default::default());
    };
    let to_rollout = use_navigate();
    let may = Memo::new(move |_| app.current_account().is_some_and(|account| account.may_use_app_sessions()));
    let set_up = move |_| {
        let tenants = of_chosen(app, chosen, |customer| {
            Some(Tenant {
                id: customer.id.tenant()?,
                name: customer.name.to_string(),
                domain: customer.domain.as_deref().unwrap_or_default().to_owned(),
            })
        });
        app.rollouts.choose(tenants);
        to_rollout(&Route::Rollout.path(), Default::default());
    };
    view! {
        <p class="actions" role="group" aria-label=Words::Title.text()>
            <button type="button" class="button" on:click=move |_| {
                let all = all.run(());
                chosen.update(|chosen| chosen.extend(all));
            }>{Words::SelectAllFound.text()}</button>
            <label class="button file">{Words::SelectFromCsv.text()}<input type="file" accept=".csv,text/csv" class="visually-hidden" on:change=import/></label>
            {move || {
                let count = chosen.with(BTreeSet::len);
                (count > 0).then(|| view! {
                    <strong role="status">{words::selected(count)}</strong>
                    {move || (subjects.with(Vec::len) > 1).then(|| view! {
                        <label class="inline"><span class="visually-hidden">{Words::AskFor.text()}</span>
                            <select class="input" on:change=move |event| asked_for.set(Some(event_target_value(&event)))>
                                {subjects.get().into_iter().map(|subject| {
                                    let id = subject.client.to_string();
                                    let is_chosen = asked_for.with_untracked(|chosen| chosen.as_ref() == Some(&id));
                                    view! { <option value=id selected=is_chosen>{subject.name}</option> }
                                }).collect_view()}
                            </select></label>
                    })}
                    <button type="button" class="button" on:click=move |_| app.copy(link(), Common::ConsentUrl.text())>{Common::CopyConsentUrl.text()}</button>
                    <button type="button" class="button" on:click=move |_| if let Some((subject, body)) = message() { app.copy(format!("{subject}\n\n{body}"), Common::Message.text()) }>{Common::CopyMessage.text()}</button>
                    <button type="button" class="button" on:click=mail>{Words::WriteMail.text()}</button>
                    <button type="button" class="button" on:click=check.clone()>{Common::CheckStatus.text()}</button>
                    <button type="button" class="button" prop:disabled=move || !may.get() on:click=set_up.clone()>{Words::SetUp.text()}</button>
                    <button type="button" class="button" on:click=export>{Common::ExportCsv.text()}</button>
                    {move || (asked_for.track(), subject_now().is_some_and(|subject| subject.is_ours)).1.then(|| view! { <button type="button" class="button" on:click=script>{Words::ExportPowerShell.text()}</button> })}
                    <button type="button" class="button button--quiet" on:click=move |_| chosen.update(BTreeSet::clear)>{Words::Clear.text()}</button>
                })
            }}
        </p>
    }
}

/// Returns what is made of the chosen customers, in the order of the list.
fn of_chosen<T>(app: App, chosen: RwSignal<BTreeSet<Guid>>, make: impl Fn(partner::Customer) -> Option<T>) -> Vec<T> {
    let directory = app.partner.directory;
    chosen.with_untracked(|chosen| directory.with_untracked(|all| all.those(|id| chosen.contains(id)).filter_map(make).collect()))
}
