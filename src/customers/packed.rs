//! The customers in the least memory: what WebAssembly once took is never given back, and there may be hundreds of thousands.

use super::{Customer, Gdap, GdapStatus, Guid, RoleSets};
use crate::domain::time::Instant;
use latchkey_search::fold::fold;
use latchkey_search::index::{Entry, Index};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Pairs of letters that so many customers have are looked for ahead of time: to find 10,000 takes about half a millisecond.
pub const MANY: usize = 8_192;

#[derive(Default)]
pub struct Packed {
    /// Has the ids and the domains, too.
    index: Index,
    names: Runs<u8>,
    /// Domains that are not written as they are folded, by place.
    domains: HashMap<usize, Box<str>>,
    ties: Vec<Tie>,
    role_sets: RoleSets,
    relationships: Runs<(Guid, Guid)>,
    all: OnceLock<Arc<Vec<u32>>>,
}

/// What a customer is to the partner.
struct Tie {
    /// When the relationship ends; [`i64::MIN`] when that is not known.
    ends: i64,
    role_set: u32,
    status: Option<GdapStatus>,
    has_contract: bool,
}

impl Packed {
    /// Makes room for so many customers; one that is like most takes about 200 bytes, and half a byte for each pair of letters that is prepared.
    #[must_use]
    pub fn with_capacity(customers: usize) -> Self {
        Self {
            index: Index::with_capacity(customers, customers * (NAME + DOMAIN)),
            names: Runs::with_capacity(customers, customers * NAME),
            ties: Vec::with_capacity(customers),
            relationships: Runs::with_capacity(customers, customers),
            ..Self::default()
        }
    }

    /// Sorts the customers by their names, folded.
    #[must_use]
    pub fn sorted(customers: &[Customer]) -> Self {
        let mut sorted: Vec<(String, &Customer)> = customers.iter().map(|customer| (fold(&customer.name), customer)).collect();
        sorted.sort_unstable_by(|(name, customer), (other, another)| (name, customer.id).cmp(&(other, another.id)));
        let mut packed = Self::with_capacity(customers.len());
        sorted.into_iter().for_each(|(_, customer)| packed.push(customer));
        packed
    }

    /// Makes pairs of letters that `many` customers have fast to look for; [`MANY`] is worth it. For when all are in: see
    /// [`Index::prepare`].
    pub fn prepare(&mut self, many: usize) {
        self.index.prepare(many);
    }

    /// Returns the places of all customers, in one list that is made once.
    #[must_use]
    pub fn all(&self) -> Arc<Vec<u32>> {
        Arc::clone(self.all.get_or_init(|| Arc::new((0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect())))
    }

    pub fn push(&mut self, customer: &Customer) {
        self.all = OnceLock::new();
        let (domain, written) = (customer.domain.as_deref().map(fold).unwrap_or_default(), customer.domain.as_deref().unwrap_or_default());
        if domain != written {
            self.domains.insert(self.len(), written.into());
        }
        self.index.add(Entry { name: &fold(&customer.name), domain: &domain, id: &customer.id.to_string(), ..Entry::default() });
        self.names.push(customer.name.bytes());
        self.relationships.push(customer.relationships.iter().copied());
        let gdap = customer.gdap.as_ref();
        let role_set = gdap.map(|gdap| self.role_sets.number(&gdap.roles)).unwrap_or_default();
        self.ties.push(Tie {
            ends: gdap.and_then(|gdap| gdap.ends).map_or(i64::MIN, |ends| ends.0),
            role_set,
            status: gdap.map(|gdap| gdap.status),
            has_contract: customer.has_contract,
        });
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ties.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ties.is_empty()
    }

    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Returns the customer at a place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<Customer> {
        let Tie { ends, role_set, status, has_contract } = self.ties.get(place)?;
        let domain = self.domains.get(&place).map_or_else(|| self.index.domain(place), |domain| domain);
        Some(Customer {
            id: self.id(place),
            name: self.name(place).into(),
            domain: (!domain.is_empty()).then(|| domain.into()),
            has_contract: *has_contract,
            gdap: status.map(|status| Gdap {
                status,
                ends: (*ends != i64::MIN).then_some(Instant(*ends)),
                roles: self.role_sets.get(*role_set),
            }),
            relationships: self.relationships.get(place).into(),
        })
    }

    /// Returns the customers at these places, as far as there are any.
    pub fn range(&self, places: Range<usize>) -> impl Iterator<Item = Customer> + '_ {
        places.map_while(|place| self.get(place))
    }

    #[must_use]
    pub fn id(&self, place: usize) -> Guid {
        Guid::parse(self.index.id(place)).unwrap_or_default()
    }

    /// Returns the place of a customer.
    #[must_use]
    pub fn find(&self, id: Guid) -> Option<usize> {
        let id = id.to_string();
        (0..self.len()).find(|place| self.index.id(*place) == id)
    }

    #[must_use]
    pub fn name(&self, place: usize) -> &str {
        std::str::from_utf8(self.names.get(place)).unwrap_or_default()
    }

    /// Whether there is delegated administration of any of them.
    #[must_use]
    pub fn has_gdap(&self) -> bool {
        self.ties.iter().any(|tie| tie.status.is_some())
    }
}

/// Bytes of a name and of a domain, as they are in long lists, with room to spare.
const NAME: usize = 30;
const DOMAIN: usize = 20;

/// Many short lists in one.
struct Runs<T> {
    all: Vec<T>,
    ends: Vec<u32>,
}

impl<T> Default for Runs<T> {
    fn default() -> Self {
        Self { all: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Runs<T> {
    fn with_capacity(lists: usize, items: usize) -> Self {
        Self { all: Vec::with_capacity(items), ends: Vec::with_capacity(lists) }
    }

    fn push(&mut self, items: impl Iterator<Item = T>) {
        self.all.extend(items);
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    fn get(&self, place: usize) -> &[T] {
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.ends.get(place).and_then(|end| self.all.get(start as usize..*end as usize)).unwrap_or_default()
    }
}
