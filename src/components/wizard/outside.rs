//! What a link from outside asks for and could lead sign-ins or rights astray: confirmed one by one, on the review.

use crate::app::{draft, use_app};
use crate::domain::risk;
use crate::text;
use leptos::prelude::*;

#[component]
pub fn Outside() -> impl IntoView {
    let app = use_app();
    move || {
        let doubtful = app.draft.with(|draft| draft.outside.clone())?;
        let addresses = doubtful.redirect_uris.into_iter().map(|uri| {
            let taken = uri.clone();
            view! {
                <li><label class="check"><input type="checkbox" on:change=move |_| draft::change(app, |draft| {
                    if let Some(doubtful) = &mut draft.outside {
                        doubtful.redirect_uris.retain(|known| *known != taken);
                    }
                    draft.templates.push(taken.clone());
                    draft.fill_addresses();
                })/><span>"Redirect URI "<span class="mono">{uri}</span>": people who sign in are sent there"</span></label></li>
            }
        });
        let permissions = doubtful.permissions.into_iter().map(|permission| {
            let (level, reason) = risk::of(&permission);
            let title = text::permissions::full_title(&permission);
            view! {
                <li><label class="check"><input type="checkbox" on:change=move |_| draft::change(app, |draft| {
                    if let Some(doubtful) = &mut draft.outside {
                        doubtful.permissions.retain(|known| !known.is_same(&permission));
                    }
                    draft.blueprint.permissions.push(permission.clone());
                })/><span><strong>{title}</strong>". "{text::permissions::risk(level)}": "{text::permissions::reason(reason)}</span></label></li>
            }
        });
        let rows: Vec<_> = addresses.map(IntoAny::into_any).chain(permissions.map(IntoAny::into_any)).collect();
        Some(view! {
            <div class="notice" role="note">
                <p class="notice__what">"Filled by a link from outside"</p>
                <p>"Whoever made the link chose all that stands here. Check each line of the plan. What could lead sign-ins or rights astray is left out until you tick it:"</p>
                {if rows.is_empty() { view! { <p class="muted">"Nothing of that kind is left out."</p> }.into_any() } else { view! { <ul class="plain">{rows}</ul> }.into_any() }}
            </div>
        })
    }
}
