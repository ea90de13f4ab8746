//! All that is known of one customer, and the person's own name and tags for it.

use super::stopped::WayOut;
use crate::app::partner::{self, Guid, Note};
use crate::app::tenant::partner_roles;
use crate::app::{checks, screen, use_app};
use crate::components::ui::CopyField;
use crate::text;
use crate::text::screens::common::Common;
use crate::text::screens::partner::{self as words, CustomerDetails};
use leptos::html::Dialog;
use leptos::prelude::*;

#[component]
pub fn Details(shown: RwSignal<Option<Guid>>) -> impl IntoView {
    let app = use_app();
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        let is_shown = shown.get().is_some();
        if let Some(dialog) = dialog.get() {
            if is_shown && !dialog.open() {
                let _ = dialog.show_modal();
            } else if !is_shown {
                dialog.close();
            }
        }
    });
    // Told apart from the lists and how far the reading is: what has nothing to do with this customer must not draw the dialog anew, under
    // the keyboard.
    let is_whole = Memo::new(move |_| app.partner.is_whole());
    let customer = Memo::new(move |_| {
        let id = shown.get()?;
        app.partner.directory.with(|directory| directory.find(id))
    });
    let refusal = Memo::new(move |_| {
        let (id, name) = (shown.get()?, customer.with(|customer| customer.as_ref().map(|customer| customer.name.to_string()))?);
        app.partner.notes.with(|notes| notes.get(&id).and_then(|note| text::partner::refusal(note, &name)))
    });
    let last_used = Memo::new(move |_| {
        let tenant = shown.get()?.to_string();
        app.sessions.with(|all| all.iter().filter(|record| record.tenant.id.as_str() == tenant).map(|record| record.last_used).max())
    });
    let alias = RwSignal::new(String::new());
    let tags = RwSignal::new(String::new());
    let favourite = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(id) = shown.get() {
            let note = partner::note(app, id);
            alias.set(note.alias);
            tags.set(note.tags.join(", "));
            favourite.set(note.favourite);
        }
    });
    // The access assignments are read for the one customer that is looked at.
    let held = RwSignal::new(None::<(Guid, Option<Vec<String>>)>);
    Effect::new(move |_| {
        let id = shown.get();
        held.set(None);
        let (Some(id), Some(current)) = (id, app.current.get_untracked()) else { return };
        let Some(tenant) = id.tenant() else { return };
        leptos::task::spawn_local(async move {
            let roles = partner_roles(app, &current.account, &tenant).await;
            if shown.try_get_untracked() == Some(Some(id)) {
                held.try_set(Some((id, roles)));
            }
        });
    });
    let save = move |_| {
        if let Some(id) = shown.get_untracked() {
            partner::set_note(app, id, |note| {
                note.favourite = favourite.get_untracked();
                note.alias = alias.get_untracked().trim().to_owned();
                note.tags =
                    tags.with_untracked(|tags| tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect());
            });
        }
        shown.set(None);
    };
    // A browser tells of it later, when it may be open for another customer already.
    let on_close = move |_| {
        if dialog.get_untracked().is_some_and(|dialog| !dialog.open()) {
            shown.set(None);
        }
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="details-title" on:close=on_close>
            {move || {
                let customer = customer.get()?;
                let id = customer.id;
                let roles: Vec<String> = customer.gdap.iter().flat_map(|gdap| gdap.roles.iter()).map(|role| crate::domain::role::name(&role.to_string()).to_owned()).collect();
                let tenant = id.to_string();
                Some(view! {
                    <h2 id="details-title"><bdi>{customer.name.to_string()}</bdi></h2>
                    <dl class="facts">
                        <dt>{CustomerDetails::Relationship.text()}</dt><dd>{text::partner::tie(&customer, is_whole.get())}</dd>
                        {(!roles.is_empty()).then(|| view! { <dt>{CustomerDetails::RolesItMayGive.text()}</dt><dd>{words::roles(&roles)}</dd> })}
                        {customer.gdap.is_some().then(|| view! { <dt>{CustomerDetails::RolesYouHold.text()}</dt><dd>{move || held.with(|held| text::partner::held(held.as_ref().filter(|(of, _)| *of == id).map(|(_, roles)| roles.as_deref())))}</dd> })}
                        <dt>{CustomerDetails::DefaultDomain.text()}</dt><dd>{customer.domain.as_deref().unwrap_or(CustomerDetails::DomainNotTold.text()).to_owned()}</dd>
                        <dt>{Common::Consent.text()}</dt><dd>{move || app.partner.notes.with(|notes| notes.get(&id).map_or_else(|| words::finding(&Note::default(), None), |note| {
                            words::finding(note, note.checked.map(screen::local).as_deref())
                        }))}</dd>
                        <dt>{CustomerDetails::LastSession.text()}</dt><dd>{move || last_used.get().map_or_else(|| CustomerDetails::NoSession.text().to_owned(), screen::local)}</dd>
                    </dl>
                    <CopyField label=Common::TenantId.text() value=tenant button=Common::CopyTenantId.text()/>
                    {move || {
                        let (notice, tenant) = (refusal.get()?, id.tenant()?);
                        let check = Callback::new(move |()| if let Some(home) = untrack(|| partner::home(app)) { checks::begin(app, &home.tenant.id, vec![id]) });
                        Some(view! { <WayOut tenant notice go_on=check again=Common::CheckStatus.text()/> })
                    }}
                })
            }}
            <label class="field"><span class="label">{CustomerDetails::Alias.text()}</span>
                <input type="text" class="input" autocomplete="off" maxlength="120" prop:value=move || alias.get() on:input=move |event| alias.set(event_target_value(&event))/></label>
            <label class="field"><span class="label">{CustomerDetails::Tags.text()}</span>
                <input type="text" class="input" autocomplete="off" maxlength="400" prop:value=move || tags.get() on:input=move |event| tags.set(event_target_value(&event))/></label>
            <label class="check">
                <input type="checkbox" prop:checked=move || favourite.get() on:change=move |event| favourite.set(event_target_checked(&event))/><span>{CustomerDetails::Favorite.text()}</span>
            </label>
            <p class="muted">{CustomerDetails::StaysHere.text()}</p>
            <p class="actions actions--end">
                <button type="button" class="button" on:click=move |_| shown.set(None)>{Common::Close.text()}</button>
                <button type="button" class="button button--primary" on:click=save>{Common::Save.text()}</button>
            </p>
        </dialog>
    }
}
