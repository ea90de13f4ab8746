//! Which entries have which letter, and how well it fits: what the first key of a query asks, answered without a look at the text.
//! The same for the few pairs of letters (bigrams) that very many entries have. All are bitmaps, one for each rank.

use std::collections::HashMap;

/// How well a word fits an entry; less is better. Of several words the ranks are added.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Rank {
    StartOfName,
    StartOfWord,
    Domain,
    Inside,
}

/// `a` to `z` and `0` to `9`.
const LETTERS: usize = 36;
const RANKS: [Rank; 4] = [Rank::StartOfName, Rank::StartOfWord, Rank::Domain, Rank::Inside];
const BITS: usize = u64::BITS as usize;

/// How well a word fits each entry: for each rank, a bit an entry, whether it fits that well or better.
pub struct Bitmaps([Vec<u64>; RANKS.len()]);

impl Bitmaps {
    fn with_capacity(entries: usize) -> Self {
        Self(std::array::from_fn(|_| Vec::with_capacity(entries.div_ceil(BITS))))
    }

    /// Makes them of the places, by rank, of those of so many entries that a word fits.
    #[must_use]
    pub fn of(by_rank: &[Vec<u32>], entries: usize) -> Self {
        let mut bitmaps = Self(std::array::from_fn(|_| vec![0; entries.div_ceil(BITS)]));
        for (rank, places) in RANKS.into_iter().zip(by_rank) {
            places.iter().for_each(|place| bitmaps.set(*place as usize, rank));
        }
        bitmaps
    }

    fn set(&mut self, place: usize, rank: Rank) {
        for blocks in &mut self.0[rank as usize..] {
            blocks[place / BITS] |= 1 << (place % BITS);
        }
    }

    /// Adds the places of the entries that it fits just so well.
    fn collect(&self, rank: usize, places: &mut Vec<u32>) {
        let better = rank.checked_sub(1).map(|better| &self.0[better]);
        let blocks = self.0[rank].iter().enumerate().map(|(block, bits)| (block, bits & !better.map_or(0, |better| better[block])));
        places.reserve_exact(blocks.clone().map(|(_, bits)| bits.count_ones() as usize).sum());
        blocks.for_each(|(block, bits)| each_bit(bits, |bit| places.push(entry_at(block, bit))));
    }

    /// Returns the best rank in an entry, if the word is there.
    #[must_use]
    pub fn rank(&self, place: usize) -> Option<Rank> {
        RANKS.into_iter().find(|rank| self.0[*rank as usize][place / BITS] >> (place % BITS) & 1 == 1)
    }
}

/// Puts the entries that all these words fit to where the sum of their ranks says; `by_rank` has room for the largest sum.
pub fn intersect(words: &[&Bitmaps], by_rank: &mut [Vec<u32>]) {
    let Some(first) = words.first() else { return };
    if words.len() == 1 {
        return by_rank.iter_mut().enumerate().for_each(|(rank, places)| first.collect(rank, places));
    }
    for block in 0..first.0[0].len() {
        let fitting = words.iter().fold(u64::MAX, |all, word| all & word.0[Rank::Inside as usize][block]);
        each_bit(fitting, |bit| {
            let worse = |word: &&Bitmaps| word.0[..Rank::Inside as usize].iter().filter(|blocks| blocks[block] >> bit & 1 == 0).count();
            let rank: usize = words.iter().map(worse).sum();
            by_rank[rank].push(entry_at(block, bit));
        });
    }
}

fn each_bit(mut bits: u64, mut each: impl FnMut(u32)) {
    while bits != 0 {
        each(bits.trailing_zeros());
        bits &= bits - 1;
    }
}

fn entry_at(block: usize, bit: u32) -> u32 {
    u32::try_from(block * BITS).map_or(u32::MAX, |start| start + bit)
}

pub struct Letters {
    single: [Bitmaps; LETTERS],
    pairs: HashMap<[u8; 2], Bitmaps>,
}

impl Default for Letters {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl Letters {
    /// Makes room for so many entries.
    #[must_use]
    pub fn with_capacity(entries: usize) -> Self {
        Self { single: std::array::from_fn(|_| Bitmaps::with_capacity(entries)), pairs: HashMap::new() }
    }

    /// Notes the letters of an entry, each with its best rank. Entries come in the order of their places.
    pub fn add(&mut self, place: usize, best: &Best) {
        // They are not of all entries any more.
        self.pairs.clear();
        if place.is_multiple_of(BITS) {
            self.single.iter_mut().flat_map(|bitmaps| &mut bitmaps.0).for_each(|blocks| blocks.push(0));
        }
        for (bitmaps, best) in self.single.iter_mut().zip(&best.0) {
            if let Some(best) = best {
                bitmaps.set(place, *best);
            }
        }
    }

    /// Notes a pair; the bitmaps are of all entries that there are.
    pub fn add_pair(&mut self, pair: [u8; 2], bitmaps: Bitmaps) {
        self.pairs.insert(pair, bitmaps);
    }

    /// Returns what is known of a word, when it is such a letter or pair.
    #[must_use]
    pub fn of(&self, word: &str) -> Option<&Bitmaps> {
        match *word.as_bytes() {
            [letter] => self.single.get(slot(letter)?),
            [first, second] => self.pairs.get(&[first, second]),
            _ => None,
        }
    }
}

fn slot(byte: u8) -> Option<usize> {
    match byte {
        b'a'..=b'z' => Some(usize::from(byte - b'a')),
        b'0'..=b'9' => Some(usize::from(byte - b'0') + 26),
        _ => None,
    }
}

/// Counts in how many of these entries each pair of letters is.
#[must_use]
pub fn count_pairs<'a>(entries: impl Iterator<Item = &'a [u8]>) -> HashMap<[u8; 2], usize> {
    let mut counts = HashMap::new();
    for entry in entries {
        let mut pairs: Vec<[u8; 2]> = entry.windows(2).filter_map(|pair| pair.try_into().ok()).collect();
        pairs.retain(|pair: &[u8; 2]| pair.iter().all(|byte| slot(*byte).is_some()));
        pairs.sort_unstable();
        pairs.dedup();
        pairs.into_iter().for_each(|pair| *counts.entry(pair).or_default() += 1);
    }
    counts
}

/// Collects the letters of an entry's fields.
pub struct Best([Option<Rank>; LETTERS]);

impl Default for Best {
    fn default() -> Self {
        Self([None; LETTERS])
    }
}

impl Best {
    /// Notes the letters of a text: with `start` the one at its start, with `word` those at the start of a word, with `inside` all others.
    pub fn note(&mut self, text: &str, start: Rank, word: Rank, inside: Rank) {
        let mut rank = start;
        for byte in text.bytes() {
            if let Some(letter) = slot(byte) {
                let known = &mut self.0[letter];
                *known = Some(known.map_or(rank, |known| known.min(rank)));
            }
            rank = if byte.is_ascii() && !byte.is_ascii_alphanumeric() { word } else { inside };
        }
    }
}
