//! Long lists in pieces of one size: a list that grows moves nothing, and the memory that one gives back fits any other. WebAssembly
//! never gives memory back to the browser, so what is left between would be lost.

/// Bytes of a piece; also the room for one text, so that each lies in one piece.
const BYTES: usize = 1 << 16;

pub struct Blocks<T> {
    blocks: Vec<Vec<T>>,
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self { blocks: Vec::new() }
    }
}

impl<T: Copy> Blocks<T> {
    /// How many there are in a piece.
    const STEP: usize = BYTES / size_of::<T>();

    pub fn push(&mut self, item: T) {
        last_with_room(&mut self.blocks, 1).push(item);
    }

    #[must_use]
    pub fn get(&self, at: usize) -> Option<T> {
        self.blocks.get(at / Self::STEP)?.get(at % Self::STEP).copied()
    }

    pub fn set(&mut self, at: usize, item: T) {
        if let Some(known) = self.blocks.get_mut(at / Self::STEP).and_then(|block| block.get_mut(at % Self::STEP)) {
            *known = item;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = T> + '_ {
        self.blocks.iter().flatten().copied()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.blocks.last().map_or(0, |last| (self.blocks.len() - 1) * Self::STEP + last.len())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Returns those at these places.
    #[must_use]
    pub fn picked(&self, places: &[u32]) -> Self {
        let mut picked = Self::default();
        places.iter().filter_map(|place| self.get(*place as usize)).for_each(|item| picked.push(item));
        picked
    }
}

/// Short lists, each in one piece.
pub struct Arena<T> {
    blocks: Vec<Vec<T>>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { blocks: Vec::new() }
    }
}

impl<T: Copy> Arena<T> {
    const STEP: usize = BYTES / size_of::<T>();

    /// Adds a list and returns where it begins. What goes beyond a piece is cut off.
    pub fn add(&mut self, items: &[T]) -> u32 {
        let items = &items[..items.len().min(Self::STEP)];
        let block = last_with_room(&mut self.blocks, items.len());
        let start = block.len();
        block.extend_from_slice(items);
        u32::try_from((self.blocks.len() - 1) * Self::STEP + start).unwrap_or(u32::MAX)
    }

    /// Returns so many that begin there, or as many as there are in the piece.
    #[must_use]
    pub fn get(&self, start: u32, length: usize) -> &[T] {
        let (block, at) = (start as usize / Self::STEP, start as usize % Self::STEP);
        let Some(from) = self.blocks.get(block).and_then(|block| block.get(at..)) else { return &[] };
        &from[..length.min(from.len())]
    }

    pub fn get_mut(&mut self, start: u32, length: usize) -> Option<&mut [T]> {
        let (block, at) = (start as usize / Self::STEP, start as usize % Self::STEP);
        self.blocks.get_mut(block)?.get_mut(at..at + length)
    }

    /// Returns the pieces, each with where it begins.
    pub fn pieces(&self) -> impl Iterator<Item = (usize, &[T])> {
        self.blocks.iter().enumerate().map(|(block, items)| (block * Self::STEP, items.as_slice()))
    }
}

fn last_with_room<T>(blocks: &mut Vec<Vec<T>>, more: usize) -> &mut Vec<T> {
    let step = BYTES / size_of::<T>();
    if blocks.last().is_none_or(|last| step - last.len() < more) {
        blocks.push(Vec::with_capacity(step));
    }
    let last = blocks.len() - 1;
    &mut blocks[last]
}

/// Many short lists in one. One that becomes longer leaves a gap behind: see [`Runs::tidy`].
pub struct Runs<T> {
    all: Arena<T>,
    /// Items that are in no list any more, at least.
    gaps: usize,
    starts: Blocks<u32>,
    lengths: Blocks<u16>,
}

impl<T> Default for Runs<T> {
    fn default() -> Self {
        Self { all: Arena::default(), gaps: 0, starts: Blocks::default(), lengths: Blocks::default() }
    }
}

impl<T: Copy + PartialEq> Runs<T> {
    pub fn push(&mut self, items: &[T]) {
        self.starts.push(self.all.add(items));
        self.lengths.push(length(items));
    }

    /// Puts another list in the place of one. Returns whether that changed anything.
    pub fn set(&mut self, place: usize, items: &[T]) -> bool {
        let known = self.get(place);
        if known == items || place >= self.starts.len() {
            return false;
        }
        let start = self.starts.get(place).unwrap_or_default();
        let length_of_known = known.len();
        if items.len() > length_of_known {
            self.gaps += length_of_known;
            self.starts.set(place, self.all.add(items));
        } else if let Some(room) = self.all.get_mut(start, items.len()) {
            self.gaps += length_of_known - items.len();
            room.copy_from_slice(items);
        }
        self.lengths.set(place, length(items));
        true
    }

    #[must_use]
    pub fn get(&self, place: usize) -> &[T] {
        let (Some(start), Some(length)) = (self.starts.get(place), self.lengths.get(place)) else { return &[] };
        self.all.get(start, usize::from(length))
    }

    /// Gives back the gaps, when there are as many as lists.
    pub fn tidy(&mut self) {
        if self.gaps > self.starts.len() {
            let places: Vec<u32> = (0..).take(self.starts.len()).collect();
            *self = self.picked(&places);
        }
    }

    /// How many items take memory, with the gaps.
    #[must_use]
    pub fn held(&self) -> usize {
        self.all.pieces().map(|(_, items)| items.len()).sum()
    }

    /// Returns those at these places.
    #[must_use]
    pub fn picked(&self, places: &[u32]) -> Self {
        let mut picked = Self::default();
        places.iter().for_each(|place| picked.push(self.get(*place as usize)));
        picked
    }
}

fn length<T>(items: &[T]) -> u16 {
    u16::try_from(items.len()).unwrap_or(u16::MAX)
}
