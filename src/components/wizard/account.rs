//! The user account: its name in a domain of the tenant, its country and licence.

use super::Wish;
use super::name::NameField;
use crate::app::{draft, use_app};
use crate::components::ui::{NoticeView, Skeleton};
use crate::domain::account::{Account, check_user_name};
use crate::domain::blueprint::{ExchangeHolder, ExchangeRole, Kind};
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::wizard::account::{self as words, WizardAccount, WizardExchange};
use leptos::prelude::*;

#[component]
pub fn AccountStep() -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let is_connection = app.draft.with_untracked(|draft| draft.blueprint.kind == Kind::ConnectionAccount);
    view! {
        <h2>{WizardAccount::Heading.text()}</h2>
        <div class="notice" role="note">
            <p class="notice__what">{WizardAccount::OftenRefused.text()}</p>
            <p>{WizardAccount::WhyRefused.text()}</p>
        </div>
        {is_connection.then(|| view! { <NameField label=Common::Name.text() help=WizardAccount::NameHelp.text()/> })}
        {move || wish.fault.get().map(|notice| view! { <NoticeView notice retry=wish.again()/> })}
        {move || match wish.offers.get() {
            None => view! { <Skeleton what=WizardAccount::Reading.text()/> }.into_any(),
            Some(offers) => view! { <Fields domains=offers.domains/> }.into_any(),
        }}
        {(!is_connection).then(|| view! { <ExchangeChoice/> })}
    }
}

#[component]
fn Fields(domains: Vec<String>) -> impl IntoView {
    let app = use_app();
    let wish: Wish = expect_context();
    let of =
        move |take: fn(&Account) -> String| move || app.draft.with(|draft| draft.blueprint.account.as_ref().map(take).unwrap_or_default());
    let name_fault = Memo::new(move |_| {
        app.draft.with(|draft| {
            let account = draft.blueprint.account.clone().unwrap_or_default();
            check_user_name(&account.user_name, &account.domain).err()
        })
    });
    let shown =
        move || name_fault.get().filter(|fault| *fault != crate::domain::account::UserNameFault::Empty || wish.missing.get().is_some());
    let change = move |with: Box<dyn FnOnce(&mut Account)>| {
        wish.missing.set(None);
        draft::change_account(app, with);
    };
    let (domain, licence) =
        (of(|account| account.domain.clone()), of(|account| account.licence.as_ref().map(|l| l.sku_id.clone()).unwrap_or_default()));
    view! {
        <div class="inline">
            <label class="field">
                <span class="label">{WizardAccount::UserName.text()}</span>
                <input type="text" class="input" autocomplete="off" spellcheck="false" prop:value=of(|account| account.user_name.clone()) aria-invalid=move || shown().is_some().to_string()
                    on:input=move |event| { let value = event_target_value(&event); change(Box::new(move |account| account.user_name = value)) }/>
            </label>
            <label class="field">
                <span class="label">{WizardAccount::Domain.text()}</span>
                <select class="input" on:change=move |event| { let value = event_target_value(&event); change(Box::new(move |account| account.domain = value)) }>
                    {domains.into_iter().map(|name| {
                        let (value, domain) = (name.clone(), domain);
                        let is_it = { let name = name.clone(); move || domain() == name };
                        view! { <option value=value selected=is_it>{format!("@{name}")}</option> }
                    }).collect_view()}
                </select>
            </label>
        </div>
        {move || shown().map(|fault| view! { <p class="error" role="alert">{text::accounts::user_name(fault)}</p> })}
        <label class="field">
            <span class="label">{WizardAccount::DisplayName.text()}</span>
            <input type="text" class="input" autocomplete="off" maxlength="256" prop:value=of(|account| account.display_name.clone())
                on:input=move |event| { let value = event_target_value(&event); change(Box::new(move |account| account.display_name = value)) }/>
        </label>
        <label class="field">
            <span class="label">{WizardAccount::License.text()}</span>
            <select class="input" on:change=move |event| {
                let sku = event_target_value(&event);
                let found = wish.offers.with_untracked(|offers| offers.as_ref().and_then(|o| o.licences.iter().find(|(l, _)| l.sku_id == sku).map(|(l, _)| l.clone())));
                change(Box::new(move |account| account.licence = found));
            }>
                <option value="" selected=move || licence().is_empty()>{Common::None.text()}</option>
                {move || wish.offers.get().map(|offers| offers.licences.into_iter().map(|(known, free)| {
                    let sku = known.sku_id.clone();
                    let is_it = move || licence() == sku;
                    view! { <option value=known.sku_id disabled=free <= 0 selected=is_it>{words::license(&known.part, usize::try_from(free).unwrap_or_default())}</option> }
                }).collect_view())}
            </select>
        </label>
        {move || app.draft.with(|draft| draft.open.licence.clone()).filter(|_| wish.offers.with(Option::is_some)).map(|part| view! {
            <p class="warning" role="alert">{words::no_such_license(&part)}</p>
        })}
        <label class="field">
            <span class="label">{WizardAccount::UsageLocation.text()}</span>
            <input type="text" class="input" maxlength="2" autocomplete="off" prop:value=of(|account| account.usage_location.clone().unwrap_or_default())
                aria-invalid=move || (wish.missing.get().is_some() && app.draft.with(|draft| draft.blueprint.account.as_ref().is_some_and(|a| a.licence.is_some() && a.usage_location.is_none()))).to_string()
                on:input=move |event| {
                    let value = event_target_value(&event).trim().to_ascii_uppercase();
                    change(Box::new(move |account| account.usage_location = (!value.is_empty()).then_some(value)));
                }/>
        </label>
        <label class="check">
            <input type="checkbox" prop:checked=move || app.draft.with(|draft| draft.blueprint.account.as_ref().is_some_and(|account| account.must_change))
                on:change=move |event| { let yes = event_target_checked(&event); change(Box::new(move |account| account.must_change = yes)) }/>
            <span>{WizardAccount::MustChange.text()}</span>
        </label>
    }
}

/// The role with which calendars of others are reached.
#[component]
fn ExchangeChoice() -> impl IntoView {
    let app = use_app();
    let choice = move |words: &'static str, role: Option<ExchangeRole>| {
        let list: Vec<ExchangeRole> = role.into_iter().collect();
        let (shown, set) = (list.clone(), list);
        view! {
            <label class="check"><input type="radio" name="exchange" prop:checked=move || app.draft.with(|draft| draft.blueprint.exchange == shown)
                on:change=move |_| draft::change(app, |draft| draft.blueprint.exchange.clone_from(&set))/><span>{words}</span></label>
        }
    };
    view! {
        <fieldset class="field">
            <legend class="label">{WizardExchange::Role.text()}</legend>
            {choice(WizardExchange::Application.text(), Some(ExchangeRole::calendars()))}
            {choice(WizardExchange::Impersonation.text(), Some(ExchangeRole { name: ExchangeRole::IMPERSONATION.into(), holder: ExchangeHolder::Account }))}
            {choice(Common::None.text(), None)}
        </fieldset>
    }
}
