//! What a link from outside asks for and could lead sign-ins or rights astray: confirmed one by one, on the review.

use crate::app::draft::{self, Doubtful, Draft};
use crate::app::use_app;
use crate::domain::risk;
use crate::text;
use leptos::prelude::*;

/// What is taken when its line is ticked.
type Take = Box<dyn FnOnce(&mut Draft)>;

/// Each line in words, with what ticking it does.
fn lines(doubtful: Doubtful) -> Vec<(String, Take)> {
    let mut lines: Vec<(String, Take)> = Vec::new();
    fn left(draft: &mut Draft, with: impl FnOnce(&mut Doubtful)) {
        if let Some(doubtful) = &mut draft.outside {
            with(doubtful);
        }
    }
    for uri in doubtful.redirect_uris {
        let words = format!("Redirect URI {uri}: people who sign in are sent there");
        lines.push((
            words,
            Box::new(move |draft| {
                left(draft, |all| all.redirect_uris.retain(|known| *known != uri));
                draft.templates.push(uri);
                draft.fill_addresses();
            }),
        ));
    }
    for permission in doubtful.permissions {
        let (level, reason) = risk::of(&permission);
        let title = text::permissions::full_title(&permission);
        let words = format!("{title}. {}: {}", text::permissions::risk(level), text::permissions::reason(reason));
        lines.push((
            words,
            Box::new(move |draft| {
                left(draft, |all| all.permissions.retain(|known| !known.is_same(&permission)));
                draft.blueprint.permissions.retain(|known| !known.is_same(&permission));
                draft.blueprint.permissions.push(permission);
            }),
        ));
    }
    let for_application = doubtful.roles.into_iter().map(|role| (role, false));
    let for_account = doubtful.account_roles.into_iter().map(|role| (role, true));
    for (role, is_of_account) in for_application.chain(for_account) {
        lines.push((
            format!("Directory role {} for the {}", role.name, if is_of_account { "account" } else { "application" }),
            Box::new(move |draft| {
                left(draft, |all| if is_of_account { &mut all.account_roles } else { &mut all.roles }.retain(|known| known.id != role.id));
                let blueprint = &mut draft.blueprint;
                let roles = if is_of_account { &mut blueprint.account.get_or_insert_default().roles } else { &mut blueprint.roles };
                roles.retain(|known| known.id != role.id);
                roles.push(role);
            }),
        ));
    }
    for role in doubtful.exchange {
        lines.push((
            format!("Exchange role {}, over all mailboxes", role.name),
            Box::new(move |draft| {
                left(draft, |all| all.exchange.retain(|known| *known != role));
                draft.blueprint.exchange.push(role);
            }),
        ));
    }
    if let Some(access) = doubtful.access {
        let whom = if access.for_everyone { "every user of this tenant" } else { "the new account" };
        let names: Vec<&str> = access.permissions.iter().map(|permission| permission.value.as_str()).collect();
        let words = format!("The application with the client ID {} acts for {whom}: {}", access.client, names.join(", "));
        lines.push((
            words,
            Box::new(move |draft| {
                left(draft, |all| all.access = None);
                draft.blueprint.account.get_or_insert_default().access = Some(access);
            }),
        ));
    }
    lines
}

#[component]
pub fn Outside() -> impl IntoView {
    let app = use_app();
    let left = Memo::new(move |_| app.draft.with(|draft| draft.outside.clone()));
    move || {
        let rows = lines(left.get()?);
        let is_empty = rows.is_empty();
        let rows = rows.into_iter().map(|(words, take)| {
            let take = StoredValue::new_local(Some(take));
            view! {
                <li><label class="check"><input type="checkbox" on:change=move |_| if let Some(take) = take.try_update_value(Option::take).flatten() {
                    draft::change(app, take);
                    app.toast("Taken into the plan");
                }/><span>{words}</span></label></li>
            }
        });
        Some(view! {
            <div class="notice" role="note">
                <p class="notice__what">"Filled by a link from outside"</p>
                <p>"Whoever made the link chose all that stands here. Check each line of the plan. What could lead sign-ins or rights astray is left out until you tick it:"</p>
                {if is_empty { view! { <p class="muted">"Nothing is left out any more."</p> }.into_any() } else { view! { <ul class="plain">{rows.collect_view()}</ul> }.into_any() }}
            </div>
        })
    }
}
