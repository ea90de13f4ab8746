//! Everything that can be searched, folded into one text; a search is one pass of `memmem` over it. Few words can be in ids, which
//! are numbers that somebody else has: they are given to each search.

use crate::blocks::{Arena, Blocks};
use crate::ids::{IdWord, written};
pub use crate::letters::Rank;
use crate::letters::{self, Best, Bitmaps, Letters};
use memchr::memmem::Finder;
use std::cmp::Reverse;

/// Ends a field; it can't be typed, since folding drops it.
const FIELD: u8 = 0x1f;

/// What an entry is found by. All of it folded.
#[derive(Clone, Copy, Default)]
pub struct Entry<'a> {
    pub name: &'a str,
    /// Counts as much as the name.
    pub alias: &'a str,
    pub domain: &'a str,
    /// A GUID, found as it is written.
    pub id: u128,
    pub tags: &'a str,
}

/// Where the name and the domain of an entry end, in bytes from its start. What is left are the alias and the tags.
#[derive(Clone, Copy)]
struct Ends {
    name: u16,
    domain: u16,
}

/// The longest field that is searched, in bytes; Microsoft's are at most 256 characters long.
const LONGEST: usize = 4_096;
/// One of so many entries is looked at, to guess how many have a pair of letters.
const SAMPLE: usize = 8;
/// So many pairs of letters are known ahead at most: of 100,000 entries they take 2 MB.
const PAIRS: usize = 40;

/// A word that is looked for.
struct Word<'a> {
    finder: Finder<'a>,
    /// For one that may be in ids.
    in_id: Option<IdWord>,
    /// How well it fits each entry, when that is known ahead.
    known: Option<&'a Bitmaps>,
}

#[derive(Default)]
pub struct Index {
    text: Arena<u8>,
    /// Where each entry begins in `text`.
    starts: Vec<u32>,
    ends: Vec<Ends>,
    letters: Letters,
}

impl Index {
    /// Adds an entry; those of equal rank are found in the order in which they were added.
    pub fn add(&mut self, entry: Entry<'_>) {
        let Entry { name, alias, domain, id, tags } = entry;
        let mut best = Best::default();
        best.note(clipped(name), Rank::StartOfName, Rank::StartOfWord, Rank::Inside);
        best.note(clipped(alias), Rank::StartOfName, Rank::StartOfWord, Rank::Inside);
        best.note(clipped(tags), Rank::StartOfWord, Rank::StartOfWord, Rank::Inside);
        best.note(clipped(domain), Rank::Domain, Rank::Domain, Rank::Domain);
        best.note(text_of(&written(id)), Rank::Inside, Rank::Inside, Rank::Inside);
        self.letters.add(self.starts.len(), &best);
        let mut entry = Vec::with_capacity(name.len() + domain.len() + 2);
        let mut put = |field: &str| {
            entry.extend_from_slice(clipped(field).as_bytes());
            let end = u16::try_from(entry.len()).unwrap_or(u16::MAX);
            entry.push(FIELD);
            end
        };
        self.ends.push(Ends { name: put(name), domain: put(domain) });
        if !alias.is_empty() || !tags.is_empty() {
            put(alias);
            put(tags);
        }
        self.starts.push(self.text.add(&entry));
    }

    /// Looks ahead for the pairs of letters that `many` entries have or more in their names and domains, as far as every eighth of them
    /// tells, and for [`PAIRS`] at most: to find those would take longest, and somebody will type one. An entry that is added afterwards
    /// undoes it. Takes about a millisecond for each pair that 40,000 have, and half a byte of memory for each pair and entry.
    pub fn prepare(&mut self, many: usize, ids: &Blocks<u128>) {
        let some = (0..self.len()).step_by(SAMPLE).map(|place| self.entry(place));
        let mut frequent: Vec<_> = letters::count_pairs(some).into_iter().filter(|(_, count)| count * SAMPLE >= many).collect();
        frequent.sort_unstable_by_key(|(pair, count)| (Reverse(*count), *pair));
        for (pair, _) in frequent.into_iter().take(PAIRS) {
            let Ok(word) = std::str::from_utf8(&pair) else { continue };
            let mut by_rank = vec![Vec::new(); Rank::Inside as usize + 1];
            self.scan(&self.word(word), &[], ids, &mut by_rank);
            self.letters.add_pair(pair, Bitmaps::of(&by_rank, self.len()));
        }
    }

    /// Makes room for so many entries.
    #[must_use]
    pub fn with_capacity(entries: usize) -> Self {
        Self {
            starts: Vec::with_capacity(entries),
            ends: Vec::with_capacity(entries),
            letters: Letters::with_capacity(entries),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Returns the places of the entries that every word fits, by the sum of the ranks of the words, not always in order. `among` must
    /// have all that fit; others need not be looked at. `ids` are those of the entries. `words` are folded, not empty and different; of those that are not known ahead
    /// the first is looked for first, so it should be the rarest.
    #[must_use]
    pub fn search(&self, words: &[String], ids: &Blocks<u128>, among: Option<&[u32]>) -> Vec<Vec<u32>> {
        let mut by_rank = vec![Vec::new(); Rank::Inside as usize * words.len() + 1];
        let known: Option<Vec<&Bitmaps>> = words.iter().map(|word| self.letters.of(word)).collect();
        if let Some(known) = known {
            letters::intersect(&known, &mut by_rank);
            return by_rank;
        }
        let mut words: Vec<Word<'_>> = words.iter().map(|word| self.word(word)).collect();
        // What is known ahead is frequent, and costs nothing to ask for.
        words.sort_by_key(|word| word.known.is_some());
        let Some((first, others)) = words.split_first() else { return by_rank };
        match among {
            Some(places) => {
                for &place in places {
                    if let Some(rank) = self.rank(place as usize, first, ids) {
                        self.judge(place as usize, rank, others, ids, &mut by_rank);
                    }
                }
            }
            None => self.scan(first, others, ids, &mut by_rank),
        }
        by_rank
    }

    fn word<'a>(&'a self, word: &'a str) -> Word<'a> {
        Word { finder: Finder::new(word), in_id: IdWord::new(word), known: self.letters.of(word) }
    }

    /// Returns the bytes of an entry. The next one may lie in another piece, where it begins.
    fn entry(&self, place: usize) -> &[u8] {
        let start = self.starts[place];
        self.text.get(start, self.starts.get(place + 1).map_or(usize::MAX, |next| (next - start) as usize))
    }

    fn scan(&self, first: &Word<'_>, others: &[Word<'_>], ids: &Blocks<u128>, by_rank: &mut [Vec<u32>]) {
        let mut in_text = vec![false; if first.in_id.is_some() { self.len() } else { 0 }];
        let mut place = 0;
        for (begin, text) in self.text.pieces() {
            let mut at = 0;
            while let Some(hit) = first.finder.find(&text[at..]) {
                let hit = begin + at + hit;
                place = self.place_of(hit, place);
                let (entry, start) = (self.entry(place), self.starts[place] as usize);
                let rank = best(entry, self.ends[place], hit - start, &first.finder);
                self.judge(place, rank, others, ids, by_rank);
                if let Some(is_in_text) = in_text.get_mut(place) {
                    *is_in_text = true;
                }
                at = start + entry.len() - begin;
            }
        }
        if let Some(word) = &first.in_id {
            let only_there = ids.iter().zip(in_text).enumerate().filter(|(_, (id, is_in_text))| !is_in_text && word.is_in(*id));
            only_there.for_each(|(place, _)| self.judge(place, Rank::Inside, others, ids, by_rank));
        }
    }

    /// Returns the entry that a position lies in, at or after `place`; fast when it is near.
    fn place_of(&self, position: usize, place: usize) -> usize {
        let begins_before = |start: &u32| *start as usize <= position;
        let starts = &self.starts[place + 1..];
        let mut reach = 1;
        while reach < starts.len() && begins_before(&starts[reach - 1]) {
            reach *= 2;
        }
        let from = reach / 2;
        place + from + starts[from..reach.min(starts.len())].partition_point(begins_before)
    }

    /// Puts an entry that the first word fits to where the sum of the ranks says, if the others fit, too.
    fn judge(&self, place: usize, first: Rank, others: &[Word<'_>], ids: &Blocks<u128>, by_rank: &mut [Vec<u32>]) {
        let mut rank = first as usize;
        for other in others {
            let Some(of_other) = self.rank(place, other, ids) else { return };
            rank += of_other as usize;
        }
        by_rank[rank].push(u32::try_from(place).unwrap_or(u32::MAX));
    }

    /// Returns the best rank of a word in an entry, if it is there.
    fn rank(&self, place: usize, word: &Word<'_>, ids: &Blocks<u128>) -> Option<Rank> {
        if let Some(known) = word.known {
            return known.rank(place);
        }
        let entry = self.entry(place);
        match word.finder.find(entry) {
            Some(hit) => Some(best(entry, self.ends[place], hit, &word.finder)),
            None => word.in_id.as_ref().is_some_and(|word| ids.get(place).is_some_and(|id| word.is_in(id))).then_some(Rank::Inside),
        }
    }
}

/// Returns the best rank of a word in an entry that has it, first at `hit`.
fn best(entry: &[u8], ends: Ends, hit: usize, word: &Finder<'_>) -> Rank {
    let (name, domain) = (usize::from(ends.name), usize::from(ends.domain));
    // What the person noted, with the end of the field before it.
    let noted = &entry[domain..];
    if hit == 0 || noted[1..].starts_with(word.needle()) {
        return Rank::StartOfName;
    }
    let is_noted = |hit| starts_word(noted, hit, noted.len(), word);
    if starts_word(entry, hit, name, word) || (noted.len() > 1 && word.find(noted).is_some_and(is_noted)) {
        return Rank::StartOfWord;
    }
    let is_in_domain = (name + 1..domain).contains(&hit) || (hit < name && word.find(&entry[name + 1..domain]).is_some());
    if is_in_domain { Rank::Domain } else { Rank::Inside }
}

/// Whether the word stands at the start of a word, from `hit` on and before `end`. The ends of fields count as blanks.
fn starts_word(entry: &[u8], mut hit: usize, end: usize, word: &Finder<'_>) -> bool {
    while hit < end {
        let before = entry[hit - 1];
        if before.is_ascii() && !before.is_ascii_alphanumeric() {
            return true;
        }
        match word.find(&entry[hit + 1..end]) {
            Some(next) => hit += 1 + next,
            None => return false,
        }
    }
    false
}

/// What is searched of a field.
fn clipped(field: &str) -> &str {
    let end = (0..=LONGEST.min(field.len())).rev().find(|end| field.is_char_boundary(*end));
    &field[..end.unwrap_or_default()]
}

fn text_of(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
