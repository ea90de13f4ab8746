//! User accounts of connectors: what the tenant has for a new one, its password, and the sign-in that proves it.

use super::graph::{ask, unread};
use super::{App, Current, connection_accounts, redirect, runs};
use crate::domain::account::{self, Licence, PasswordFault};
use crate::domain::blueprint::Blueprint;
use crate::domain::ids::{ObjectId, RunId};
use crate::domain::secret::Secret;
use crate::domain::session::SessionRecord;
use crate::entra::attempt::ReturnTo;
use crate::entra::authorize::{Prompt, Wanted};
use crate::entra::scopes::Scopes;
use crate::graph::ask::if_there;
use crate::graph::client::TenantClient;
use crate::graph::exchange;
use crate::graph::users::{self, Subscription};
use crate::plan::engine::Event;
use crate::plan::observed::AccountGround;
use crate::plan::record::RunRecord;
use crate::platform::crypto;
use crate::text::Notice;
use crate::text::faults::Read;

/// What a new account can get here.
#[derive(Clone, Default, PartialEq)]
pub struct Offers {
    pub domains: Vec<String>,
    /// Each with its free seats.
    pub licences: Vec<(Licence, i64)>,
}

/// Reads the domains and subscriptions of the tenant.
///
/// # Errors
/// Why they could not be read.
pub async fn offers(app: App, current: &Current, client: &TenantClient) -> Result<Offers, Notice> {
    let asked = (users::domains(), users::subscriptions());
    let (domains, licences) = ask(app, &current.account, client, Scopes::LOOK, asked).await;
    let domains = domains.map_err(unread(Read::Domains))?;
    // Who may not read the subscriptions can still make an account without a licence.
    let licences = licences.unwrap_or_default();
    let seat = |subscription: Subscription| {
        let free = subscription.free();
        (Licence { sku_id: subscription.sku_id, part: subscription.sku_part_number }, free)
    };
    Ok(Offers { domains, licences: licences.into_iter().filter(Subscription::is_for_users).map(seat).collect() })
}

/// Observes what a plan for an account depends on; `None` where the blueprint has none.
///
/// # Errors
/// What could not be read that a plan can't do without.
pub async fn ground(app: App, current: &Current, client: &TenantClient, blueprint: &Blueprint) -> Result<Option<AccountGround>, Notice> {
    let Some(account) = &blueprint.account else { return Ok(None) };
    let asked = (users::by_upn(&account.upn()), users::domains(), users::subscriptions());
    let (taken, domains, subscriptions) = ask(app, &current.account, client, Scopes::LOOK, asked).await;
    let unread = unread(Read::TenantState);
    // A tenant without Exchange Online, or a person without rights there, gets no answer: the plan then shows the way by hand.
    let asks_exchange = (!blueprint.exchange.is_empty()).then(exchange::definitions);
    Ok(Some(AccountGround {
        is_taken: if_there(taken).map_err(unread)?.is_some(),
        domains: domains.map_err(unread)?,
        subscriptions: subscriptions.unwrap_or_default(),
        exchange: ask(app, &current.account, client, Scopes::LOOK, asks_exchange).await.and_then(Result::ok),
        replaces: replaced(app, current, blueprint),
    }))
}

/// Returns the account that this browser's record of the connector names.
fn replaced(app: App, current: &Current, blueprint: &Blueprint) -> Option<String> {
    let id = SessionRecord::id_of_account(&current.tenant.id, &blueprint.name);
    connection_accounts::known(app, &id).map(|found| found.upn)
}

/// Hands a typed password to the run.
///
/// # Errors
/// Why Entra would refuse it.
pub fn choose_password(app: App, record: &RunRecord, typed: String) -> Result<(), PasswordFault> {
    let user_name = record.blueprint.account.as_ref().map(|account| account.user_name.as_str()).unwrap_or_default();
    account::check_password(&typed, user_name)?;
    runs::tell(app, &record.id, Event::PasswordChosen(Secret::new(typed)));
    Ok(())
}

/// Makes a password and hands it to the run. Returns whether the browser gave the chance for it.
pub fn make_password(app: App, run: &RunId) -> bool {
    let mut random = [0_u8; 256];
    let password = crypto::fill_random(&mut random).ok().and_then(|()| account::generate_password(&random));
    random.fill(0);
    password.is_some_and(|password| runs::tell(app, run, Event::PasswordChosen(password)))
}

/// Leaves for Microsoft to sign in as the new account, whoever else is signed in there.
pub fn prove(app: App, record: &RunRecord) {
    let (Some(config), Some(account)) = (app.config_now(), &record.blueprint.account) else { return };
    if !record.origin.is_here() {
        return;
    }
    let wanted = Wanted {
        authority: record.tenant.id.to_string(),
        scopes: Scopes::SIGN_IN,
        return_to: ReturnTo::Proof(record.id.clone()),
        prompt: Prompt::Anew(account.upn()),
        claims: None,
        account: None,
    };
    if redirect::leave(&config, wanted).is_err() {
        app.toast(crate::text::accounts::DID_NOT_LEAVE);
    }
}

/// Tells the run who signed in. Its tokens are not kept: the page goes on as whoever carries the run out.
pub async fn proved(app: App, run: RunId, oid: Option<ObjectId>) {
    let Some(oid) = oid else { return };
    runs::resume(app, run.clone()).await;
    runs::tell(app, &run, Event::Proved(oid));
}
