//! Everything that can be searched, folded into one text; a search is one pass of `memmem` over it.

use memchr::memmem::Finder;

/// Ends a field; it can't be typed, since folding drops it.
const FIELD: u8 = 0x1f;

/// What an entry is found by. All of it folded.
#[derive(Clone, Copy, Default)]
pub struct Entry<'a> {
    pub name: &'a str,
    /// Counts as much as the name.
    pub alias: &'a str,
    pub domain: &'a str,
    pub id: &'a str,
    pub tags: &'a str,
}

/// How well a word fits an entry; less is better. Of several words the ranks are added.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Rank {
    StartOfName,
    StartOfWord,
    Domain,
    Inside,
}

/// Where the fields of an entry end, in bytes from its start. The tags end with the entry.
#[derive(Clone, Copy)]
struct Ends {
    name: u32,
    alias: u32,
    domain: u32,
    id: u32,
}

#[derive(Default)]
pub struct Index {
    text: Vec<u8>,
    /// Where each entry begins in `text`.
    starts: Vec<u32>,
    ends: Vec<Ends>,
}

impl Index {
    /// Adds an entry; those of equal rank are found in the order in which they were added.
    pub fn add(&mut self, entry: Entry<'_>) {
        let start = self.text.len();
        self.starts.push(u32::try_from(start).unwrap_or(u32::MAX));
        let mut put = |field: &str| {
            self.text.extend_from_slice(field.as_bytes());
            let end = u32::try_from(self.text.len() - start).unwrap_or(u32::MAX);
            self.text.push(FIELD);
            end
        };
        let ends = Ends { name: put(entry.name), alias: put(entry.alias), domain: put(entry.domain), id: put(entry.id) };
        put(entry.tags);
        self.ends.push(ends);
    }

    /// Makes room for so many entries of so many bytes together.
    #[must_use]
    pub fn with_capacity(entries: usize, bytes: usize) -> Self {
        Self { text: Vec::with_capacity(bytes), starts: Vec::with_capacity(entries), ends: Vec::with_capacity(entries) }
    }

    fn end(&self, place: usize) -> usize {
        self.starts.get(place + 1).map_or(self.text.len(), |next| *next as usize)
    }

    /// Returns the places of the entries that every word fits, best first. With `among`, only those are looked at.
    /// `words` are folded and not empty; the first is looked for first, so it should be the rarest.
    #[must_use]
    pub fn search(&self, words: &[String], among: Option<&[u32]>) -> Vec<u32> {
        let finders: Vec<Finder<'_>> = words.iter().map(Finder::new).collect();
        let Some((first, others)) = finders.split_first() else { return Vec::new() };
        let mut by_rank = vec![Vec::new(); Rank::Inside as usize * words.len() + 1];
        match among {
            Some(places) => {
                for &place in places {
                    if let Some(hit) = first.find(self.entry(place as usize)) {
                        self.judge(place as usize, hit, first, others, &mut by_rank);
                    }
                }
            }
            None => self.scan(first, others, &mut by_rank),
        }
        // What is looked at among others comes in the order of their ranks, not of the entries.
        by_rank.iter_mut().filter(|places| !places.is_sorted()).for_each(|places| places.sort_unstable());
        by_rank.concat()
    }

    fn entry(&self, place: usize) -> &[u8] {
        &self.text[self.starts[place] as usize..self.end(place)]
    }

    fn scan(&self, first: &Finder<'_>, others: &[Finder<'_>], by_rank: &mut [Vec<u32>]) {
        let (mut at, mut place) = (0, 0);
        while let Some(hit) = first.find(&self.text[at..]) {
            let hit = at + hit;
            place = self.place_of(hit, place);
            self.judge(place, hit - self.starts[place] as usize, first, others, by_rank);
            at = self.end(place);
            place += 1;
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

    /// Judges an entry that the first word is in, first at `hit`.
    fn judge(&self, place: usize, hit: usize, first: &Finder<'_>, others: &[Finder<'_>], by_rank: &mut [Vec<u32>]) {
        let (entry, ends) = (self.entry(place), self.ends[place]);
        let mut rank = best(entry, ends, hit, first) as usize;
        for other in others {
            let Some(hit) = other.find(entry) else { return };
            rank += best(entry, ends, hit, other) as usize;
        }
        by_rank[rank].push(u32::try_from(place).unwrap_or(u32::MAX));
    }
}

/// Returns the best rank of a word in an entry that has it, first at `hit`.
fn best(entry: &[u8], ends: Ends, hit: usize, word: &Finder<'_>) -> Rank {
    let (name, alias, domain, id) = (ends.name as usize, ends.alias as usize, ends.domain as usize, ends.id as usize);
    if hit == 0 || (alias > name + 1 && entry[name + 1..].starts_with(word.needle())) {
        return Rank::StartOfName;
    }
    if starts_word(entry, hit, alias, word) {
        return Rank::StartOfWord;
    }
    let tags = id + 1;
    if entry.len() > tags + 1
        && let Some(at) = word.find(&entry[tags..])
        && starts_word(entry, tags + at, entry.len(), word)
    {
        return Rank::StartOfWord;
    }
    let is_in_domain = (alias + 1..domain).contains(&hit) || (hit <= alias && word.find(&entry[alias + 1..domain]).is_some());
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
