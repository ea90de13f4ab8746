//! Which entries have which letter, and how well it fits: what the first key of a query asks, answered without a look at the text.

use crate::index::Rank;

/// `a` to `z` and `0` to `9`.
const LETTERS: usize = 36;
const RANKS: usize = Rank::Inside as usize + 1;
const BITS: usize = u64::BITS as usize;

/// For each letter and each rank, a bit an entry: whether the letter fits it that well or better.
pub struct Letters {
    bits: [[Vec<u64>; RANKS]; LETTERS],
}

/// Returns the number of a word that is one such letter.
#[must_use]
pub fn number(word: &str) -> Option<usize> {
    match word.as_bytes() {
        [byte] => number_of(*byte),
        _ => None,
    }
}

fn number_of(byte: u8) -> Option<usize> {
    match byte {
        b'a'..=b'z' => Some(usize::from(byte - b'a')),
        b'0'..=b'9' => Some(usize::from(byte - b'0') + 26),
        _ => None,
    }
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
        Self { bits: std::array::from_fn(|_| std::array::from_fn(|_| Vec::with_capacity(entries.div_ceil(BITS)))) }
    }

    /// Notes the letters of an entry, each with its best rank. Entries come in the order of their places.
    pub fn add(&mut self, place: usize, best: &[Option<Rank>; LETTERS]) {
        if place.is_multiple_of(BITS) {
            self.bits.iter_mut().flatten().for_each(|blocks| blocks.push(0));
        }
        for (of_letter, best) in self.bits.iter_mut().zip(best) {
            let Some(best) = *best else { continue };
            for blocks in &mut of_letter[best as usize..] {
                blocks[place / BITS] |= 1 << (place % BITS);
            }
        }
    }

    /// Puts the entries that have all these letters to where the sum of their ranks says.
    pub fn search(&self, letters: &[usize], by_rank: &mut [Vec<u32>]) {
        let Some(&first) = letters.first() else { return };
        for block in 0..self.bits[first][0].len() {
            let mut fitting = letters.iter().fold(u64::MAX, |all, letter| all & self.bits[*letter][Rank::Inside as usize][block]);
            while fitting != 0 {
                let bit = fitting.trailing_zeros();
                fitting &= fitting - 1;
                let worse = |letter: &usize| {
                    self.bits[*letter][..Rank::Inside as usize].iter().filter(|blocks| blocks[block] >> bit & 1 == 0).count()
                };
                let rank: usize = letters.iter().map(worse).sum();
                by_rank[rank].push(u32::try_from(block * BITS + bit as usize).unwrap_or(u32::MAX));
            }
        }
    }
}

/// Collects the letters of an entry's fields.
pub struct Best(pub [Option<Rank>; LETTERS]);

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
            if let Some(letter) = number_of(byte) {
                let known = &mut self.0[letter];
                *known = Some(known.map_or(rank, |known| known.min(rank)));
            }
            rank = if byte.is_ascii() && !byte.is_ascii_alphanumeric() { word } else { inside };
        }
    }
}
