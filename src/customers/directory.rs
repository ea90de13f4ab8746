//! The customers in the order of their names, with everything that can be searched folded into one text.
//!
//! A search is one pass of `memmem` over that text; each hit is judged and the rest of its customer skipped.

use super::fold::fold;
use super::{Customer, Guid, Note};
use memchr::memmem::Finder;
use std::collections::HashMap;
use std::rc::Rc;

/// Ends a field; it can't be typed, since folding drops it.
const FIELD: u8 = 0x1f;
/// Ends a customer.
const END: u8 = 0x1e;

#[derive(Default)]
pub struct Directory {
    customers: Vec<Customer>,
    text: Vec<u8>,
    /// Where each customer begins in `text`, and where the last one ends.
    starts: Vec<u32>,
}

/// What a search found: places in the directory, best first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Matches {
    pub query: String,
    /// Folded.
    pub words: Vec<String>,
    pub places: Rc<[u32]>,
}

/// How well a word fits a customer; less is better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Rank {
    StartOfName,
    StartOfWord,
    Domain,
    Inside,
}

const RANKS: usize = 4;

impl Directory {
    /// Folds and sorts the customers. Takes about a microsecond for each.
    #[must_use]
    pub fn new(customers: &[Customer], notes: &HashMap<Guid, Note>) -> Self {
        let mut keyed: Vec<(String, &Customer)> = customers.iter().map(|customer| (fold(&customer.name), customer)).collect();
        keyed.sort_unstable_by(|a, b| (&a.0, a.1.id).cmp(&(&b.0, b.1.id)));
        let mut text = Vec::with_capacity(keyed.len() * 96);
        let mut starts = Vec::with_capacity(keyed.len() + 1);
        for (name, customer) in &keyed {
            starts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
            text.extend_from_slice(name.as_bytes());
            text.push(FIELD);
            let note = notes.get(&customer.id);
            text.extend_from_slice(note.map(|note| fold(&note.alias)).unwrap_or_default().as_bytes());
            text.push(FIELD);
            text.extend_from_slice(customer.domain.as_deref().map(fold).unwrap_or_default().as_bytes());
            text.push(FIELD);
            text.extend_from_slice(customer.id.to_string().as_bytes());
            text.push(FIELD);
            text.extend_from_slice(note.map(|note| fold(&note.tags.join(" "))).unwrap_or_default().as_bytes());
            text.push(END);
        }
        starts.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        Self { customers: keyed.into_iter().map(|(_, customer)| customer.clone()).collect(), text, starts }
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
    pub fn customers(&self) -> &[Customer] {
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
        let places = match words.split_first() {
            None => (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect(),
            Some((first, others)) => {
                let first = Finder::new(first);
                let others: Vec<Finder<'_>> = others.iter().map(Finder::new).collect();
                let mut ranked = Ranked::new(words.len());
                match last.filter(|last| last.places.len() < self.len() / 4 && is_narrower(&words, &last.words)) {
                    Some(last) => last.places.iter().for_each(|place| self.judge(*place, &first, &others, &mut ranked)),
                    None => self.scan(&first, &others, &mut ranked),
                }
                ranked.into_places()
            }
        };
        Matches { query: query.to_owned(), words, places }
    }

    fn scan(&self, first: &Finder<'_>, others: &[Finder<'_>], ranked: &mut Ranked) {
        let mut at = 0;
        let mut place = 0;
        while let Some(hit) = self.text.get(at..).and_then(|rest| first.find(rest)) {
            let hit = at + hit;
            place += self.starts[place + 1..].partition_point_near(hit);
            self.judge_at(place, hit, first, others, ranked);
            at = self.starts[place + 1] as usize;
            place += 1;
            if place + 1 >= self.starts.len() {
                return;
            }
        }
    }

    fn judge(&self, place: u32, first: &Finder<'_>, others: &[Finder<'_>], ranked: &mut Ranked) {
        let place = place as usize;
        let start = self.starts[place] as usize;
        if let Some(hit) = first.find(&self.text[start..self.starts[place + 1] as usize]) {
            self.judge_at(place, start + hit, first, others, ranked);
        }
    }

    /// Judges a customer that the first word was found in, first at `hit`.
    fn judge_at(&self, place: usize, hit: usize, first: &Finder<'_>, others: &[Finder<'_>], ranked: &mut Ranked) {
        let (start, end) = (self.starts[place] as usize, self.starts[place + 1] as usize);
        let customer = &self.text[start..end];
        let mut rank = best(customer, hit - start, first) as usize;
        for other in others {
            let Some(hit) = other.find(customer) else { return };
            rank += best(customer, hit, other) as usize;
        }
        ranked.push(rank, place);
    }
}

/// Every word that was asked for before is still asked for, perhaps longer.
fn is_narrower(words: &[String], last: &[String]) -> bool {
    !last.is_empty() && last.iter().all(|old| words.iter().any(|new| new.contains(old.as_str())))
}

/// Returns the best rank of a word in a customer that has it, first at `hit`.
fn best(customer: &[u8], mut hit: usize, word: &Finder<'_>) -> Rank {
    let mut best = Rank::Inside;
    // The field is found out by counting the ends of those before: 0 name, 1 alias, 2 domain, 3 id, 4 tags.
    let (mut field, mut counted) = (0, 0);
    loop {
        field += customer[counted..hit].iter().filter(|byte| **byte == FIELD).count();
        counted = hit;
        let before = hit.checked_sub(1).map(|at| customer[at]);
        let rank = match (field, before) {
            (0, None) | (1, Some(FIELD)) => return Rank::StartOfName,
            (2, _) => Rank::Domain,
            (3, _) => Rank::Inside,
            (_, Some(byte)) if byte.is_ascii() && !byte.is_ascii_alphanumeric() => Rank::StartOfWord,
            _ => Rank::Inside,
        };
        best = best.min(rank);
        match word.find(&customer[hit + 1..]) {
            Some(next) => hit += 1 + next,
            None => return best,
        }
    }
}

/// Places by rank, in the order in which they came, which is the order of names.
struct Ranked {
    by_rank: Vec<Vec<u32>>,
}

impl Ranked {
    fn new(words: usize) -> Self {
        Self { by_rank: vec![Vec::new(); (RANKS - 1) * words + 1] }
    }

    fn push(&mut self, rank: usize, place: usize) {
        self.by_rank[rank].push(u32::try_from(place).unwrap_or(u32::MAX));
    }

    fn into_places(mut self) -> Rc<[u32]> {
        // What was found before in the order of its ranks is brought back into the order of names.
        self.by_rank.iter_mut().filter(|places| !places.is_sorted()).for_each(|places| places.sort_unstable());
        self.by_rank.concat().into()
    }
}

trait PartitionPointNear {
    /// Returns how many of the ascending numbers are at most `hit`, fast when they are few.
    fn partition_point_near(&self, hit: usize) -> usize;
}

impl PartitionPointNear for [u32] {
    fn partition_point_near(&self, hit: usize) -> usize {
        let is_before = |start: &u32| *start as usize <= hit;
        let mut reach = 1;
        while reach < self.len() && is_before(&self[reach - 1]) {
            reach *= 2;
        }
        let from = reach / 2;
        from + self[from..reach.min(self.len())].partition_point(is_before)
    }
}
