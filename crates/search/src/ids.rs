//! Words looked for in ids as they are written, without writing any: an id is a number of 32 hexadecimal digits, of which all places
//! are looked at in one go.

/// A digit each, the same one.
const EACH: u128 = 0x1111_1111_1111_1111_1111_1111_1111_1111;
/// Digits of an id, and how many come before each of its hyphens.
const DIGITS: usize = 32;
const HYPHENS: [usize; 4] = [8, 12, 16, 20];

/// A word that may be in ids: digits in lower case, and hyphens.
pub struct IdWord {
    /// For each digit, an id that has no other.
    digits: Vec<u128>,
    /// The places at which the hyphens allow the word to begin: a one in the lowest bit of the digit.
    starts: u128,
}

impl IdWord {
    /// Returns the word, if it can be in an id. It is not empty.
    #[must_use]
    pub fn new(word: &str) -> Option<Self> {
        let (mut digits, mut hyphens) = (Vec::new(), Vec::new());
        for byte in word.bytes() {
            match byte {
                b'-' => hyphens.push(digits.len()),
                b'0'..=b'9' | b'a'..=b'f' => digits.push(EACH * u128::from((byte as char).to_digit(16)?)),
                _ => return None,
            }
        }
        let length = digits.len();
        let fits = |start: &usize| {
            let within = HYPHENS.iter().filter_map(|hyphen| hyphen.checked_sub(*start)).filter(|at| *at > 0 && *at < length);
            // Those at its ends are asked for, or not.
            let at_ends = [0, length].into_iter().filter(|at| hyphens.contains(at) && HYPHENS.contains(&(start + at)));
            let mut all: Vec<usize> = within.chain(at_ends).collect();
            all.sort_unstable();
            all.dedup();
            all == hyphens
        };
        let starts =
            (0..=DIGITS.checked_sub(length)?).filter(|start| *start < DIGITS && fits(start)).fold(0, |all, start| all | bit(start));
        (starts != 0).then_some(Self { digits, starts })
    }

    #[must_use]
    pub fn is_in(&self, id: u128) -> bool {
        let mut starts = self.starts;
        for (at, digit) in self.digits.iter().enumerate() {
            let others = id ^ digit;
            let others = others | others >> 1;
            let others = others | others >> 2;
            starts &= (!others & EACH) << (4 * at);
            if starts == 0 {
                return false;
            }
        }
        true
    }
}

/// The lowest bit of a digit, counted from the left.
fn bit(place: usize) -> u128 {
    (1 << (4 * (DIGITS - 1))) >> (4 * place)
}

/// Returns an id as it is written.
#[must_use]
pub fn written(id: u128) -> [u8; 36] {
    let mut text = [b'-'; 36];
    let mut at = 0;
    for place in 0..DIGITS {
        if HYPHENS.contains(&place) {
            at += 1;
        }
        text[at] = b"0123456789abcdef"[(id >> (4 * (DIGITS - 1 - place)) & 0xf) as usize];
        at += 1;
    }
    text
}
