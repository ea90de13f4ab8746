//! The customers in the least memory: what WebAssembly once took is never given back, and there may be hundreds of thousands. They are
//! changed where they are while their list is read anew, since a second list beside the first would take as much again.

use super::{Customer, Gdap, GdapStatus, Guid, RoleSets};
use domain::time::Instant;
use latchkey_search::blocks::{Blocks, Runs};
use latchkey_search::fold::fold;
use latchkey_search::index::{Entry, Index};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Pairs of letters that so many customers have are looked for ahead of time: to find 10,000 takes about half a millisecond.
pub const MANY: usize = 8_192;

#[derive(Default)]
pub struct Packed {
    ids: Blocks<u128>,
    names: Runs<u8>,
    domains: Runs<u8>,
    ties: Blocks<Tie>,
    role_sets: RoleSets,
    relationships: Runs<(Guid, Guid)>,
    /// The customers that are found: all but those that were added since [`Packed::settle`].
    index: Index,
    /// A name or a domain is not what the index knows.
    is_stale: bool,
    all: OnceLock<Arc<Vec<u32>>>,
}

/// What a customer is to the partner.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Tie {
    /// When the relationship ends; [`i64::MIN`] when that is not known.
    ends: i64,
    role_set: u32,
    status: Option<GdapStatus>,
    has_contract: bool,
}

impl Packed {
    /// Makes room for so many customers in what is searched; one that is like most takes about 200 bytes in all, and half a byte for each
    /// pair of letters that is prepared.
    #[must_use]
    pub fn with_capacity(customers: usize) -> Self {
        Self { index: Index::with_capacity(customers), ..Self::default() }
    }

    /// Adds a customer; it is found after [`Packed::settle`]. Returns its place until then.
    pub fn push(&mut self, customer: &Customer) -> usize {
        let tie = self.tie(customer);
        self.ids.push(customer.id.0);
        self.names.push(customer.name.as_bytes());
        self.domains.push(customer.domain.as_deref().unwrap_or_default().as_bytes());
        self.ties.push(tie);
        self.relationships.push(&customer.relationships);
        self.len() - 1
    }

    /// Changes what is known of the customer at a place, whose id stays.
    pub fn set(&mut self, place: usize, customer: &Customer) {
        let tie = self.tie(customer);
        self.ties.set(place, tie);
        self.relationships.set(place, &customer.relationships);
        let is_renamed = self.names.set(place, customer.name.as_bytes());
        let is_moved = self.domains.set(place, customer.domain.as_deref().unwrap_or_default().as_bytes());
        self.is_stale |= place < self.index.len() && (is_renamed || is_moved);
    }

    fn tie(&mut self, customer: &Customer) -> Tie {
        let gdap = customer.gdap.as_ref();
        Tie {
            ends: gdap.and_then(|gdap| gdap.ends).map_or(i64::MIN, |ends| ends.0),
            role_set: gdap.map(|gdap| self.role_sets.number(&gdap.roles)).unwrap_or_default(),
            status: gdap.map(|gdap| gdap.status),
            has_contract: customer.has_contract,
        }
    }

    /// How many were added since all were found.
    #[must_use]
    pub fn unsettled(&self) -> usize {
        self.len() - self.index.len()
    }

    /// Puts all customers in the order of their names, folded, and makes them found. Returns where each was before, when they moved.
    /// Takes some microseconds for each that is not in order, and memory for the folded names.
    pub fn settle(&mut self) -> Option<Vec<u32>> {
        self.names.tidy();
        self.domains.tidy();
        self.relationships.tidy();
        if self.unsettled() == 0 && !self.is_stale {
            return None;
        }
        let from = if self.is_stale { 0 } else { self.index.len() };
        let is_in_order = self.is_in_order(from);
        let mut order = None;
        if self.is_stale || !is_in_order {
            // Before anything takes its room.
            self.clear_index();
            order = (!is_in_order).then(|| self.order());
            order.iter().for_each(|order| self.arrange(order));
            self.index = Index::with_capacity(self.len());
        }
        self.all = OnceLock::new();
        for place in self.index.len()..self.len() {
            let (name, domain) = (fold(self.name(place)), fold(self.domain(place)));
            self.index.add(Entry { name: &name, domain: &domain, id: self.id(place).0, ..Entry::default() });
        }
        order
    }

    fn order(&self) -> Vec<u32> {
        let mut folded = Runs::default();
        (0..self.len()).for_each(|place| folded.push(fold(self.name(place)).as_bytes()));
        let key = |place: u32| (folded.get(place as usize), self.id(place as usize));
        let mut order: Vec<u32> = (0..self.len()).map(number).collect();
        order.sort_unstable_by(|one, other| key(*one).cmp(&key(*other)));
        order
    }

    /// Keeps only the customers of some places. Until they are settled, none is found.
    pub fn retain(&mut self, is_kept: impl Fn(usize) -> bool) {
        let kept: Vec<u32> = (0..self.len()).filter(|place| is_kept(*place)).map(number).collect();
        if kept.len() < self.len() {
            self.clear_index();
            self.arrange(&kept);
        }
    }

    fn clear_index(&mut self) {
        self.index = Index::default();
        self.all = OnceLock::new();
        self.is_stale = false;
    }

    /// One column after the other, so that two of a column are there at most.
    fn arrange(&mut self, order: &[u32]) {
        self.ids = self.ids.picked(order);
        self.ties = self.ties.picked(order);
        self.names = self.names.picked(order);
        self.domains = self.domains.picked(order);
        self.relationships = self.relationships.picked(order);
    }

    fn is_in_order(&self, from: usize) -> bool {
        let mut keys = (from.saturating_sub(1)..self.len()).map(|place| (fold(self.name(place)), self.id(place)));
        let mut last = keys.next();
        keys.all(|key| last.replace(key) <= last)
    }

    /// Makes pairs of letters that `many` customers have fast to look for; [`MANY`] is worth it. For when all are in: see
    /// [`Index::prepare`].
    pub fn prepare(&mut self, many: usize) {
        self.index.prepare(many, &self.ids);
    }

    /// Returns the places of all customers that are found, in one list that is made once.
    #[must_use]
    pub fn all(&self) -> Arc<Vec<u32>> {
        Arc::clone(self.all.get_or_init(|| Arc::new((0..self.index.len()).map(number).collect())))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ties.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ties.is_empty()
    }

    /// How many customers are found.
    #[must_use]
    pub fn found(&self) -> usize {
        self.index.len()
    }

    /// Returns the places of the customers that every word fits, by the sum of the ranks of the words: see [`Index::search`].
    #[must_use]
    pub fn search(&self, words: &[String], among: Option<&[u32]>) -> Vec<Vec<u32>> {
        self.index.search(words, &self.ids, among)
    }

    /// Returns the customer at a place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<Customer> {
        let Tie { ends, role_set, status, has_contract } = self.ties.get(place)?;
        let domain = self.domain(place);
        Some(Customer {
            id: self.id(place),
            name: self.name(place).into(),
            domain: (!domain.is_empty()).then(|| domain.into()),
            has_contract,
            gdap: status.map(|status| Gdap {
                status,
                ends: (ends != i64::MIN).then_some(Instant(ends)),
                roles: self.role_sets.get(role_set),
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
        self.ids.get(place).map(Guid).unwrap_or_default()
    }

    /// Returns the place of a customer.
    #[must_use]
    pub fn find(&self, id: Guid) -> Option<usize> {
        self.ids.iter().position(|known| known == id.0)
    }

    #[must_use]
    pub fn name(&self, place: usize) -> &str {
        text(self.names.get(place))
    }

    #[must_use]
    pub fn domain(&self, place: usize) -> &str {
        text(self.domains.get(place))
    }

    /// Whether there is delegated administration of any of them.
    #[must_use]
    pub fn has_gdap(&self) -> bool {
        self.ties.iter().any(|tie| tie.status.is_some())
    }
}

/// Reads what was a text, as far as it was taken.
fn text(bytes: &[u8]) -> &str {
    let end = std::str::from_utf8(bytes).err().map_or(bytes.len(), |fault| fault.valid_up_to());
    std::str::from_utf8(&bytes[..end]).unwrap_or_default()
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
