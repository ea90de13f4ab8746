//! User accounts of connectors: what the tenant has for a new one, its password, and the sign-in that proves it.

use super::graph::{self, send};
use super::{App, Current, connection_accounts, redirect, runs};
use crate::domain::account::{self, Licence, PasswordFault};
use crate::domain::blueprint::Blueprint;
use crate::domain::ids::{ObjectId, RunId};
use crate::domain::secret::Secret;
use crate::domain::session::SessionRecord;
use crate::entra::attempt::ReturnTo;
use crate::entra::authorize::{Prompt, Wanted};
use crate::entra::scopes::Scopes;
use crate::graph::answer::Outcome;
use crate::graph::client::TenantClient;
use crate::graph::exchange::{self, ExchangeDefinition};
use crate::graph::users::{self, Subscription};
use crate::plan::engine::Event;
use crate::plan::observed::AccountGround;
use crate::plan::record::RunRecord;
use crate::plan::step::read_list;
use crate::platform::crypto;
use crate::text::{Notice, faults};

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
    let requests = [users::domains(), users::subscriptions()];
    let mut outcomes = send(app, &current.account, client, Scopes::LOOK, &requests).await.into_iter();
    let domains = match outcomes.next() {
        Some(Outcome::Ok(body)) => users::usable_domains(&body),
        Some(other) => return Err(faults::reading(&graph::fault_of(&other), faults::Read::Domains)),
        None => return Err(faults::no_answer()),
    };
    // Who may not read the subscriptions can still make an account without a licence.
    let licences = match outcomes.next() {
        Some(Outcome::Ok(body)) => read_list::<Subscription>(&body).unwrap_or_default(),
        _ => Vec::new(),
    };
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
    let refused = |outcome: Outcome| faults::reading(&graph::fault_of(&outcome), faults::Read::TenantState);
    let requests = [users::by_upn(&account.upn()), users::domains(), users::subscriptions()];
    let mut outcomes = send(app, &current.account, client, Scopes::LOOK, &requests).await.into_iter();
    let mut found = AccountGround { replaces: replaced(app, current, blueprint), ..AccountGround::default() };
    match outcomes.next() {
        Some(Outcome::Ok(_)) => found.is_taken = true,
        Some(Outcome::NotFound(_)) => {}
        Some(other) => return Err(refused(other)),
        None => return Err(faults::no_answer()),
    }
    match outcomes.next() {
        Some(Outcome::Ok(body)) => found.domains = users::usable_domains(&body),
        Some(other) => return Err(refused(other)),
        None => return Err(faults::no_answer()),
    }
    if let Some(Outcome::Ok(body)) = outcomes.next() {
        found.subscriptions = read_list(&body).unwrap_or_default();
    }
    // A tenant without Exchange Online, or a person without rights there, gets no answer: the plan then shows the way by hand.
    if !blueprint.exchange.is_empty()
        && let Some(Outcome::Ok(body)) = send(app, &current.account, client, Scopes::LOOK, &[exchange::definitions()]).await.pop()
    {
        found.exchange = read_list::<ExchangeDefinition>(&body);
    }
    Ok(Some(found))
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
