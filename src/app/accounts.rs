//! User accounts of connectors: what the tenant has for a new one, its password, the sign-in that proves it, and its record.

use super::graph::{self, send};
use super::tenant::TenantClient;
use super::{App, Current, redirect, runs, sessions};
use crate::domain::account::{self, Licence, PasswordFault};
use crate::domain::blueprint::{Blueprint, Kind};
use crate::domain::ids::{ObjectId, RunId};
use crate::domain::secret::Secret;
use crate::domain::session::{ConnectionAccount, Session, SessionRecord};
use crate::entra::attempt::ReturnTo;
use crate::entra::authorize::{Prompt, Wanted};
use crate::entra::scopes::Feature;
use crate::graph::answer::Outcome;
use crate::graph::exchange::{self, ExchangeDefinition};
use crate::graph::users::{self, Subscription};
use crate::plan::account::AccountStep;
use crate::plan::engine::Event;
use crate::plan::observed::AccountGround;
use crate::plan::record::{RunRecord, StepState};
use crate::plan::step::{StepKind, read_list};
use crate::platform::{clock, crypto};
use crate::text::{Notice, faults};
use leptos::prelude::*;

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
    let mut outcomes = send(app, &current.account, client, Feature::Accounts, &requests).await.into_iter();
    let domains = match outcomes.next() {
        Some(Outcome::Ok(body)) => users::usable_domains(&body),
        Some(other) => return Err(faults::reading(&graph::fault_of(other), "Reading the domains")),
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
    let refused = |outcome: Outcome| faults::reading(&graph::fault_of(outcome), "Looking at the tenant");
    let requests = [users::by_upn(&account.upn()), users::domains(), users::subscriptions()];
    let mut outcomes = send(app, &current.account, client, Feature::Accounts, &requests).await.into_iter();
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
        && let Some(Outcome::Ok(body)) = send(app, &current.account, client, Feature::Accounts, &[exchange::definitions()]).await.pop()
    {
        found.exchange = read_list::<ExchangeDefinition>(&body);
    }
    Ok(Some(found))
}

fn record_id(current: &crate::domain::ids::TenantId, connector: &str) -> String {
    format!("account/{current}/{}", connector.trim().to_lowercase())
}

/// Returns the account that this browser's record of the connector names.
fn replaced(app: App, current: &Current, blueprint: &Blueprint) -> Option<String> {
    let id = record_id(&current.tenant.id, &blueprint.name);
    known(app, &id).map(|found| found.upn)
}

fn known(app: App, id: &str) -> Option<ConnectionAccount> {
    app.sessions.with_untracked(|all| {
        all.iter().find(|record| record.id == id).and_then(|record| match &record.session {
            Session::Account(found) => Some(found.clone()),
            _ => None,
        })
    })
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
    let wanted = Wanted {
        authority: record.tenant.id.to_string(),
        feature: Feature::SignIn,
        return_to: ReturnTo::Proof(record.id.clone()),
        prompt: Prompt::Anew(account.upn()),
        claims: None,
        account: None,
    };
    if redirect::leave(&config, wanted).is_err() {
        app.toast("The browser did not let this page leave for the sign-in. Try again in two minutes.");
    }
}

/// Tells the run who signed in. Its tokens are not kept: the page goes on as whoever carries the run out.
pub async fn proved(app: App, run: RunId, oid: Option<ObjectId>) {
    let Some(oid) = oid else { return };
    runs::resume(app, run.clone()).await;
    runs::tell(app, &run, Event::Proved(oid));
}

/// Puts the account of a run into the record of its connector, or takes it out again when an undo deleted it.
pub async fn remember(app: App, record: &RunRecord) {
    let (Some(account), Some(object_id)) = (&record.blueprint.account, &record.facts.account) else { return };
    let ended = |wanted: fn(&AccountStep) -> bool| {
        record.steps.iter().any(|step| matches!(&step.step, StepKind::Account(kind) if wanted(kind)) && step.state == StepState::Done)
    };
    if record.blueprint.kind != Kind::ConnectionAccount || !ended(|step| matches!(step, AccountStep::Finish { .. })) {
        return;
    }
    let grants = account.access.iter().flat_map(|access| access.permissions.iter().map(|permission| permission.value.clone())).collect();
    let replaced = record.steps.iter().find_map(|step| match &step.step {
        StepKind::Account(AccountStep::Finish { replaces }) => replaces.clone(),
        _ => None,
    });
    // One step back is enough; a chain of all accounts there ever were is nobody's business.
    let before = match known(app, &record_id(&record.tenant.id, &record.blueprint.name)) {
        Some(known) if known.run == record.id => known.before,
        known => known.map(|known| Box::new(ConnectionAccount { before: None, ..known })),
    };
    let session = Session::Account(ConnectionAccount {
        before,
        connector: record.blueprint.name.trim().to_owned(),
        upn: account.upn(),
        object_id: object_id.clone(),
        roles: account.roles.iter().map(|role| role.name.clone()).collect(),
        grants,
        is_proved: ended(|step| matches!(step, AccountStep::Prove)),
        since: clock::now(),
        replaced,
        run: record.id.clone(),
    });
    let id = record_id(&record.tenant.id, &record.blueprint.name);
    let favourite = app.sessions.with_untracked(|all| all.iter().any(|known| known.id == id && known.favourite));
    let kept = SessionRecord {
        id,
        person: record.person.clone(),
        tenant: record.tenant.clone(),
        session,
        favourite,
        last_used: clock::now(),
        signed_in_until: None,
        status: None,
    };
    sessions::keep(app, kept).await;
}

/// Forgets the account that an undo deleted: the record names the one before again, if there was one.
pub async fn forget(app: App, original: &RunRecord) {
    let id = record_id(&original.tenant.id, &original.blueprint.name);
    let Some(found) = known(app, &id).filter(|found| found.run == original.id) else { return };
    let Some(record) = sessions::remove(app, &id).await else { return };
    if let Some(before) = found.before {
        sessions::keep(app, SessionRecord { session: Session::Account(*before), ..record }).await;
    }
}
