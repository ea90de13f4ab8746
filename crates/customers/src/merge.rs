//! One customer out of several lists. Each list comes in pages, in any order, and may name a customer more than once. What was known
//! before stays until a list says otherwise, or was read to its end without naming the customer.
//!
//! ```
//! use customers::merge::Merger;
//! use customers::packed::Packed;
//! use customers::{GdapStatus, Guid};
//! use domain::ids::TenantId;
//! use graph::partner::Contract;
//!
//! let customer_id = TenantId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").unwrap();
//! let id = Guid::from(&customer_id);
//! let contract = Contract { customer_id, default_domain_name: "contoso.com".into(), display_name: "Contoso of old".into() };
//!
//! let mut all = Packed::default();
//! let mut merger = Merger::of(&all);
//! merger.add_contract(&mut all, &contract);
//! merger.add_customer(&mut all, id, "Contoso");
//! assert_eq!(merger.count(), 1, "two lists, one customer");
//!
//! merger.finish(&mut all);
//! let customer = all.find(id).and_then(|place| all.get(place)).unwrap();
//! assert_eq!((&*customer.name, customer.domain.as_deref()), ("Contoso", Some("contoso.com")), "the live name wins");
//! assert_eq!(customer.gdap.unwrap().status, GdapStatus::Unknown, "no relationship was read");
//! ```

use super::packed::Packed;
use super::{Customer, Gdap, GdapStatus, Guid};
use domain::time::Instant;
use graph::partner::{Contract, Relationship};
use hashbrown::HashTable;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// Leftovers of a transition that Microsoft made itself; they give nobody access.
const LEFTOVER: &str = "MLT_";

/// The lists, as flags.
const CUSTOMERS: u8 = 1;
const RELATIONSHIPS: u8 = 2;
const CONTRACTS: u8 = 4;

/// One reading of the lists into customers, which are the same in all calls.
#[derive(Default)]
pub struct Merger {
    /// The places of the customers, by their ids.
    places: HashTable<u32>,
    hasher: RandomState,
    /// Which lists named the customer at each place.
    named: Vec<u8>,
    count: usize,
    /// What holds of a customer if nothing else comes, by its place: few differ from what was known.
    pending: HashMap<u32, Pending>,
}

#[derive(Default)]
struct Pending {
    /// The relationship that is worth most of those read, while the one that was known is worth more and may still come.
    gdap: Option<Gdap>,
    /// The name that another list tells, while the live one may still come.
    name: Option<Box<str>>,
}

impl Merger {
    #[must_use]
    pub fn of(all: &Packed) -> Self {
        let mut merger = Self { places: HashTable::with_capacity(all.len()), ..Self::default() };
        (0..all.len()).for_each(|place| merger.place_at(all, place));
        merger
    }

    /// How many customers were named so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// A customer with delegated administration. <https://learn.microsoft.com/graph/api/resources/delegatedadmincustomer>
    pub fn add_customer(&mut self, all: &mut Packed, id: Guid, name: &str) {
        self.name(all, id, name, CUSTOMERS, |customer, pending| {
            customer.gdap.get_or_insert_with(unread);
            // The live name wins over the copy of a contract.
            if !name.is_empty() {
                customer.name = name.into();
                pending.name = None;
            }
        });
    }

    pub fn add_contract(&mut self, all: &mut Packed, contract: &Contract) {
        self.name(all, Guid::from(&contract.customer_id), &contract.display_name, CONTRACTS, |customer, _| {
            customer.has_contract = true;
            if !contract.default_domain_name.is_empty() {
                customer.domain = Some(contract.default_domain_name.as_str().into());
            }
        });
    }

    /// The relationship that is worth most tells the status; of two that are worth the same, the one that ends later.
    pub fn add_relationship(&mut self, all: &mut Packed, relationship: &Relationship) {
        if relationship.display_name.starts_with(LEFTOVER) {
            return;
        }
        let of = &relationship.customer;
        let is_first = !self.is_named(all, Guid::from(&of.tenant_id), RELATIONSHIPS);
        self.name(all, Guid::from(&of.tenant_id), &of.display_name, RELATIONSHIPS, |customer, pending| {
            let ends = relationship.end_date_time.as_deref().and_then(Instant::from_iso);
            let roles = relationship.access_details.unified_roles.iter().filter_map(|role| Guid::parse(&role.role_definition_id)).collect();
            let found = Gdap { status: GdapStatus::parse(&relationship.status), ends, roles };
            if found.status.works()
                && let Some(id) = halves(&relationship.id)
                && !customer.relationships.contains(&id)
            {
                customer.relationships = customer.relationships.iter().copied().chain([id]).collect();
            }
            if customer.gdap.as_ref().is_none_or(|known| worth(&found) <= worth(known)) {
                (customer.gdap, pending.gdap) = (Some(found), None);
            } else if is_first || pending.gdap.as_ref().is_some_and(|known| worth(&found) <= worth(known)) {
                pending.gdap = Some(found);
            }
        });
    }

    /// Makes what was read so far found, with what was known before.
    pub fn settle(&mut self, all: &mut Packed) {
        if let Some(order) = all.settle() {
            let mut places = vec![0; order.len()];
            (0..).zip(&order).for_each(|(place, before)| places[*before as usize] = place);
            self.places.iter_mut().for_each(|place| *place = places[*place as usize]);
            self.named = order.iter().map(|before| self.named[*before as usize]).collect();
            self.pending = self.pending.drain().map(|(place, pending)| (places[place as usize], pending)).collect();
        }
    }

    /// Ends the reading before all lists were read. Of customers whose relationships came in part, none is known: they are kept apart.
    pub fn stop(mut self, all: &mut Packed) {
        self.settle(all);
        for (place, _) in self.named.iter().enumerate().filter(|(_, named)| **named & RELATIONSHIPS != 0) {
            if let Some(customer) = all.get(place) {
                all.set(place, &Customer { relationships: Box::default(), ..customer });
            }
        }
    }

    /// Ends the reading, when all lists were read to their ends: what none of them named is known no more.
    pub fn finish(self, all: &mut Packed) {
        for (place, Pending { gdap, name }) in self.pending {
            let Some(mut customer) = all.get(place as usize) else { continue };
            customer.gdap = gdap.or(customer.gdap);
            customer.name = name.unwrap_or(customer.name);
            all.set(place as usize, &customer);
        }
        for (place, named) in self.named.iter().enumerate() {
            let Some(mut customer) = all.get(place).filter(|_| *named != CUSTOMERS | RELATIONSHIPS | CONTRACTS) else { continue };
            [RELATIONSHIPS, CONTRACTS].into_iter().filter(|list| named & list == 0).for_each(|list| forget(&mut customer, list));
            if named & CUSTOMERS != 0 {
                customer.gdap.get_or_insert_with(unread);
            }
            all.set(place, &customer);
        }
        all.retain(|place| self.named[place] != 0);
        all.settle();
    }

    fn place(&self, all: &Packed, id: Guid) -> Option<usize> {
        self.places.find(self.hasher.hash_one(id), |place| all.id(*place as usize) == id).map(|place| *place as usize)
    }

    fn is_named(&self, all: &Packed, id: Guid, list: u8) -> bool {
        self.place(all, id).is_some_and(|place| self.named[place] & list != 0)
    }

    /// Notes that a list names a customer, and changes what is known of it.
    fn name(&mut self, all: &mut Packed, id: Guid, name: &str, list: u8, change: impl FnOnce(&mut Customer, &mut Pending)) {
        let place = self.place(all, id).unwrap_or_else(|| {
            let place = all.push(&Customer { id, ..Customer::default() });
            self.place_at(all, place);
            place
        });
        let Some(mut customer) = all.get(place) else { return };
        let key = u32::try_from(place).unwrap_or(u32::MAX);
        let mut pending = self.pending.remove(&key).unwrap_or_default();
        let named = &mut self.named[place];
        if *named == 0 {
            self.count += 1;
            // Who has delegated administration has a live name, which its own list tells.
            if customer.gdap.is_none() && !name.is_empty() {
                customer.name = name.into();
            } else if !name.is_empty() && *customer.name != *name {
                pending.name = Some(name.into());
            }
        }
        if *named & list == 0 {
            match list {
                RELATIONSHIPS => customer.relationships = Box::default(),
                list => forget(&mut customer, list),
            }
            *named |= list;
        }
        change(&mut customer, &mut pending);
        if pending.gdap.is_some() || pending.name.is_some() {
            self.pending.insert(key, pending);
        }
        all.set(place, &customer);
    }

    fn place_at(&mut self, all: &Packed, place: usize) {
        let hash_at = |place: usize| self.hasher.hash_one(all.id(place));
        self.places.insert_unique(hash_at(place), u32::try_from(place).unwrap_or(u32::MAX), |place| hash_at(*place as usize));
        self.named.push(0);
    }
}

/// Less is better.
fn worth(gdap: &Gdap) -> (GdapStatus, std::cmp::Reverse<Option<Instant>>) {
    (gdap.status, std::cmp::Reverse(gdap.ends))
}

/// Delegated administration whose relationship is not known.
fn unread() -> Gdap {
    Gdap { status: GdapStatus::Unknown, ends: None, roles: Arc::default() }
}

/// Takes back what a list said of a customer when it was read before.
fn forget(customer: &mut Customer, list: u8) {
    match list {
        RELATIONSHIPS => (customer.gdap, customer.relationships) = (None, Box::default()),
        CONTRACTS => (customer.has_contract, customer.domain) = (false, None),
        _ => {}
    }
}

/// A relationship's id is two GUIDs with a hyphen between.
fn halves(id: &str) -> Option<(Guid, Guid)> {
    Some((Guid::parse(id.get(..36)?)?, Guid::parse(id.get(37..)?)?))
}
