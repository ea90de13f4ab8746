//! Tokens, in memory. What is kept of them over a reload is sealed (`sealing.rs`); `tokens.rs` gets them.

pub mod tokens;

use crate::domain::ids::{AccountKey, TenantId};
use crate::domain::time::Instant;
use crate::entra::fault::Meaning;
use crate::entra::id_token::Claims;
use crate::entra::scopes::Scopes;
use crate::entra::token::{self, TokenFault, Tokens};
use crate::graph::client::TenantClient;
use crate::platform::clock;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use web_sys::CryptoKey;

#[derive(Clone)]
struct Access {
    token: String,
    scope: String,
    renew_at: Instant,
    claims: Claims,
}

type AccessKey = (AccountKey, TenantId, Scopes);

/// What renewals are made with.
#[derive(Clone)]
pub struct Held {
    pub token: String,
    /// The nonce of the sign-in, which the ID tokens of its renewals may carry.
    pub nonce: Option<String>,
    /// When the token came.
    pub taken: Instant,
    pub seal: Rc<Seal>,
}

/// What a sign-in is sealed with. There is one for each, so that it also tells one sign-in of an account from the next.
#[derive(Default)]
pub struct Seal {
    /// How often the account had been signed out of this browser before.
    pub generation: u32,
    /// The key by its name; `None` where nothing can be kept over a reload.
    pub key: Option<(String, CryptoKey)>,
}

/// Held while an account's tokens for a tenant are renewed.
type Renewing = Rc<async_lock::Mutex<()>>;

#[derive(Default)]
pub struct Vault {
    refresh: RefCell<BTreeMap<AccountKey, Held>>,
    access: RefCell<BTreeMap<AccessKey, Access>>,
    clients: RefCell<BTreeMap<(AccountKey, TenantId), TenantClient>>,
    /// The access tokens whose tenant the directory itself confirmed.
    proven: RefCell<BTreeSet<String>>,
    /// What a tenant asked for in a claims challenge: renewals and sign-ins there carry it from then on.
    challenges: RefCell<BTreeMap<(AccountKey, TenantId), String>>,
    /// Held by whoever renews in a tenant: others wait and find the token.
    renewing: RefCell<BTreeMap<(AccountKey, TenantId), Renewing>>,
    /// Filled when the answer of a sign-in, if there is one, has been taken in.
    settled: async_lock::OnceCell<()>,
}

/// Why there is no token.
#[derive(Debug)]
pub enum TokenTrouble {
    Fault(TokenFault),
    NoAnswer,
    /// The account is not signed in any more.
    SignedOut,
    /// Consent covers less than what is needed.
    Missing(Vec<&'static str>),
}

impl TokenTrouble {
    /// Returns what it means for the one who asked. `at_home` says that the tenant is the account's own.
    #[must_use]
    pub fn meaning(&self, at_home: bool) -> Meaning {
        match self {
            Self::Fault(TokenFault::Refused(fault)) => fault.meaning(at_home),
            Self::Fault(TokenFault::Foreign(_)) | Self::NoAnswer => Meaning::Later,
            Self::Fault(TokenFault::IdToken(_) | TokenFault::Malformed(_)) | Self::SignedOut => Meaning::SignInEnded,
            Self::Missing(_) => Meaning::Consent,
        }
    }
}

impl Vault {
    pub fn clear(&self) {
        self.refresh.borrow_mut().clear();
        self.access.borrow_mut().clear();
        self.clients.borrow_mut().clear();
        self.proven.borrow_mut().clear();
        self.challenges.borrow_mut().clear();
    }

    pub fn forget(&self, account: &AccountKey) {
        self.refresh.borrow_mut().remove(account);
        self.access.borrow_mut().retain(|(key, _, _), _| key != account);
        self.clients.borrow_mut().retain(|(key, _), _| key != account);
        self.forget_old();
        self.challenges.borrow_mut().retain(|(key, _), _| key != account);
    }

    /// Drops access tokens, so that the next request gets a fresh one with today's roles.
    pub fn drop_access(&self, account: &AccountKey, tenant: &TenantId) {
        self.access.borrow_mut().retain(|(key, of, _), _| key != account || of != tenant);
        self.forget_old();
    }

    /// Whether the directory confirmed the tenant of this token.
    #[must_use]
    pub fn is_proven(&self, token: &str) -> bool {
        self.proven.borrow().contains(token)
    }

    pub fn note_proven(&self, token: &str) {
        self.proven.borrow_mut().insert(token.to_owned());
    }

    /// What is known of tokens that are no longer held goes with them.
    fn forget_old(&self) {
        let access = self.access.borrow();
        self.proven.borrow_mut().retain(|token| access.values().any(|held| held.token == *token));
    }

    #[must_use]
    pub fn client(&self, account: &AccountKey, tenant: &TenantId) -> Option<TenantClient> {
        self.clients.borrow().get(&(account.clone(), tenant.clone())).cloned()
    }

    /// Notes what a tenant asks for. The tokens that it refused are dropped.
    fn challenge(&self, account: &AccountKey, tenant: &TenantId, claims: &str) {
        self.challenges.borrow_mut().insert((account.clone(), tenant.clone()), claims.to_owned());
        self.drop_access(account, tenant);
    }

    /// Returns what a tenant asked for.
    #[must_use]
    pub fn challenge_of(&self, account: &AccountKey, tenant: &TenantId) -> Option<String> {
        self.challenges.borrow().get(&(account.clone(), tenant.clone())).cloned()
    }

    /// Returns all scopes of a token that is held and carries these.
    #[must_use]
    pub fn granted(&self, account: &AccountKey, tenant: &TenantId, scopes: Scopes) -> Option<String> {
        self.held(account, tenant, scopes).map(|access| access.scope)
    }

    /// Returns a token that is still good and carries these scopes, whatever it was asked for: Entra puts all that is consented in.
    fn held(&self, account: &AccountKey, tenant: &TenantId, scopes: Scopes) -> Option<Access> {
        let now = clock::now();
        let access = self.access.borrow();
        let of_tenant = access.iter().filter(|((key, of, _), access)| key == account && of == tenant && now < access.renew_at);
        of_tenant.map(|(_, access)| access).find(|access| scopes.missing_in(&access.scope).is_empty()).cloned()
    }

    /// Lets renewals go: what they are made with is in the vault now.
    pub async fn settle(&self) {
        // Only the first time counts.
        let _ = self.settled.set(()).await;
    }

    pub fn keep_client(&self, account: &AccountKey, client: TenantClient) {
        self.clients.borrow_mut().insert((account.clone(), client.tenant().id.clone()), client);
    }

    /// Returns what renewals of an account are made with.
    #[must_use]
    pub fn held_of(&self, account: &AccountKey) -> Option<Held> {
        self.refresh.borrow().get(account).cloned()
    }

    /// Returns what tenants asked the account for.
    #[must_use]
    pub fn challenges_of(&self, account: &AccountKey) -> Vec<(TenantId, String)> {
        let challenges = self.challenges.borrow();
        let of_account = challenges.iter().filter(|((key, _), _)| key == account);
        of_account.map(|((_, tenant), claims)| (tenant.clone(), claims.clone())).collect()
    }

    /// Takes over what was kept of an account.
    pub fn hold(&self, account: &AccountKey, held: Held, challenges: Vec<(TenantId, String)>) {
        for (tenant, claims) in challenges {
            self.challenge(account, &tenant, &claims);
        }
        self.refresh.borrow_mut().insert(account.clone(), held);
    }

    fn keep(&self, tokens: &Tokens, scopes: Scopes, nonce: Option<String>, seal: Rc<Seal>) {
        let key = (tokens.account.clone(), tokens.claims.tenant.clone(), scopes);
        let renew_at = token::renew_at(clock::now(), tokens.expires_in);
        let access = Access { token: tokens.access_token.clone(), scope: tokens.scope.clone(), renew_at, claims: tokens.claims.clone() };
        self.access.borrow_mut().insert(key, access);
        self.forget_old();
        if let Some(token) = tokens.refresh_token.clone() {
            self.refresh.borrow_mut().insert(tokens.account.clone(), Held { token, nonce, taken: clock::now(), seal });
        }
    }
}
