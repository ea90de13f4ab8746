//! The customers in the order of their names, with what they are found by.

use super::packed::Packed;
use super::{Customer, Guid, Note};
use latchkey_search::blocks::Blocks;
use latchkey_search::fold::fold;
use latchkey_search::index::{Entry, Index};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Default)]
pub struct Directory {
    customers: Packed,
    /// The places of the customers that have an alias or tags, in their order, and those customers as they are searched.
    noted: Vec<u32>,
    ids_of_noted: Blocks<u128>,
    notes: Index,
    edition: u32,
}

/// What a search found: places in the directory, best first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Matches {
    pub query: String,
    /// Folded.
    pub words: Vec<String>,
    /// A `Vec` within: to make a slice of it would copy it, at each key.
    pub places: Arc<Vec<u32>>,
}

impl Directory {
    #[must_use]
    pub fn customers(&self) -> &Packed {
        &self.customers
    }

    /// Returns the customers to change them. When they are settled, [`Directory::note`] has to follow.
    pub fn customers_mut(&mut self) -> &mut Packed {
        self.edition = self.edition.wrapping_add(1);
        &mut self.customers
    }

    /// Differs when a place, or what is found, may differ.
    #[must_use]
    pub fn edition(&self) -> u32 {
        self.edition
    }

    /// Lets go of everything.
    pub fn clear(&mut self) {
        *self = Self { edition: self.edition.wrapping_add(1), ..Self::default() };
    }

    /// Takes what the person noted, in the place of what was noted before.
    pub fn note(&mut self, notes: &HashMap<Guid, Note>) {
        self.edition = self.edition.wrapping_add(1);
        (self.noted, self.ids_of_noted, self.notes) = Default::default();
        let is_searched = |note: &&Note| !note.alias.is_empty() || !note.tags.is_empty();
        if !notes.values().any(|note| is_searched(&note)) {
            return;
        }
        for place in 0..self.len() {
            let id = self.customers.id(place);
            let Some(note) = notes.get(&id).filter(is_searched) else { continue };
            self.noted.push(u32::try_from(place).unwrap_or(u32::MAX));
            self.ids_of_noted.push(id.0);
            self.notes.add(Entry {
                name: &fold(self.customers.name(place)),
                alias: &fold(&note.alias),
                domain: &fold(self.customers.domain(place)),
                id: id.0,
                tags: &fold(&note.tags.join(" ")),
            });
        }
    }

    /// How many customers can be found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.customers.found()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[must_use]
    pub fn get(&self, place: u32) -> Option<Customer> {
        self.customers.get(place as usize)
    }

    #[must_use]
    pub fn id(&self, place: u32) -> Guid {
        self.customers.id(place as usize)
    }

    #[must_use]
    pub fn find(&self, id: Guid) -> Option<Customer> {
        self.customers.find(id).and_then(|place| self.customers.get(place))
    }

    /// Returns the customers whose id is wanted, in their order. Nothing is unpacked of the others.
    pub fn those<'a>(&'a self, is_wanted: impl Fn(&Guid) -> bool + 'a) -> impl Iterator<Item = Customer> + 'a {
        (0..self.len()).filter(move |place| is_wanted(&self.customers.id(*place))).filter_map(|place| self.customers.get(place))
    }

    /// Returns the customers in their order.
    pub fn iter(&self) -> impl Iterator<Item = Customer> + '_ {
        self.customers.range(0..self.len())
    }

    /// Finds the customers that every word of the query fits. `last` is what was found before, in this same edition: when the
    /// query only became narrower, nothing else is looked at.
    #[must_use]
    pub fn search(&self, query: &str, last: Option<&Matches>) -> Matches {
        let folded = fold(query);
        let mut words: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        // The longest word is the rarest: it is looked for first.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        if words.is_empty() {
            return Matches { query: query.to_owned(), words, places: self.customers.all() };
        }
        // Among many, one pass over everything is faster than a look at each.
        let among = last.filter(|last| last.places.len() < self.len() / 2 && is_narrower(&words, &last.words));
        let mut by_rank = self.customers.search(&words, among.map(|last| last.places.as_slice()));
        if !self.noted.is_empty() {
            let noted = self.notes.search(&words, &self.ids_of_noted, None);
            for (places, noted) in by_rank.iter_mut().zip(noted) {
                // A customer with a note is judged with it.
                places.retain(|place| self.noted.binary_search(place).is_err());
                places.extend(noted.into_iter().filter_map(|at| self.noted.get(at as usize)));
            }
        }
        // Most are in order. Else they are runs that are in order each, which this sort is quick with: what was looked at among others
        // comes in the order of its ranks, and what was found in ids comes last.
        by_rank.iter_mut().filter(|places| !places.is_sorted()).for_each(|places| places.sort());
        Matches { query: query.to_owned(), words, places: Arc::new(joined(by_rank)) }
    }
}

/// Puts the runs one after the other; one alone stays where it is.
fn joined(mut runs: Vec<Vec<u32>>) -> Vec<u32> {
    runs.retain(|run| !run.is_empty());
    if runs.len() == 1 { runs.swap_remove(0) } else { runs.concat() }
}

/// Every word that was asked for before is still asked for, perhaps longer.
fn is_narrower(words: &[String], last: &[String]) -> bool {
    !last.is_empty() && last.iter().all(|old| words.iter().any(|new| new.contains(old.as_str())))
}
