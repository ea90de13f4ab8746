//! The customers in the order of their names, with what they are found by.

use super::{Customer, Guid, Note};
use latchkey_search::fold::fold;
use latchkey_search::index::{Entry, Index};
use std::collections::HashMap;
use std::sync::Arc;

/// Room for a GUID and the ends of five fields.
const ID: usize = 36 + 5;

#[derive(Default)]
pub struct Directory {
    /// Shared by the directories that differ in nothing but the person's notes.
    customers: Arc<Vec<Customer>>,
    index: Index,
}

/// What a search found: places in the directory, best first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Matches {
    pub query: String,
    /// Folded.
    pub words: Vec<String>,
    pub places: Arc<[u32]>,
}

impl Directory {
    /// Folds and sorts the customers. Takes about a microsecond for each.
    #[must_use]
    pub fn new(mut customers: Vec<Customer>, notes: &HashMap<Guid, Note>) -> Self {
        customers.sort_by_cached_key(|customer| (fold(&customer.name), customer.id));
        Self::of_sorted(Arc::new(customers), notes)
    }

    /// The same for customers in the order of a directory, as they are kept.
    #[must_use]
    pub fn of_sorted(customers: Arc<Vec<Customer>>, notes: &HashMap<Guid, Note>) -> Self {
        // With room measured beforehand: memory that WebAssembly once took is never given back.
        let bytes = customers.iter().map(|customer| customer.name.len() + customer.domain.as_deref().map_or(0, str::len) + ID).sum();
        let mut index = Index::with_capacity(customers.len(), bytes);
        for customer in customers.iter() {
            let name = fold(&customer.name);
            let (alias, tags) = notes.get(&customer.id).map(|note| (fold(&note.alias), fold(&note.tags.join(" ")))).unwrap_or_default();
            let domain = customer.domain.as_deref().map(fold).unwrap_or_default();
            index.add(Entry { name: &name, alias: &alias, domain: &domain, id: &customer.id.to_string(), tags: &tags });
        }
        Self { customers, index }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    #[must_use]
    pub fn get(&self, place: u32) -> Option<&Customer> {
        self.customers.get(place as usize)
    }

    #[must_use]
    pub fn find(&self, id: Guid) -> Option<&Customer> {
        self.customers.iter().find(|customer| customer.id == id)
    }

    #[must_use]
    pub fn customers(&self) -> &Arc<Vec<Customer>> {
        &self.customers
    }

    /// Finds the customers that every word of the query fits. `last` is what was found before, in this same directory: when the
    /// query only became narrower, nothing else is looked at.
    #[must_use]
    pub fn search(&self, query: &str, last: Option<&Matches>) -> Matches {
        let folded = fold(query);
        let mut words: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        // The longest word is the rarest: it is looked for first.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let places = if words.is_empty() {
            (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect()
        } else {
            // Among many, one pass over everything is faster than a look at each.
            let among = last.filter(|last| last.places.len() < self.len() / 4 && is_narrower(&words, &last.words));
            self.index.search(&words, among.map(|last| &*last.places)).into()
        };
        Matches { query: query.to_owned(), words, places }
    }
}

/// Every word that was asked for before is still asked for, perhaps longer.
fn is_narrower(words: &[String], last: &[String]) -> bool {
    !last.is_empty() && last.iter().all(|old| words.iter().any(|new| new.contains(old.as_str())))
}
