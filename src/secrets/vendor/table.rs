//! The table from the first two bytes of a prefix to the formats it begins.

/// Which format of which rule.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Slot {
    pub(super) rule: u32,
    pub(super) format: u32,
}

/// By the first two bytes of a prefix or anchor: the whole of it, and whose it is.
#[derive(Default)]
pub(super) struct PrefixTable {
    /// One more than the number of the pair's list; 0 for none. Direct, as a
    /// hash costs more than all that comes after it.
    heads: Vec<u16>,
    /// The pairs that there are, in the order of `lists`.
    keys: Vec<u16>,
    lists: Vec<Vec<(Box<[u8]>, Slot)>>,
}

impl PrefixTable {
    /// Files `text`, of at least two bytes, under its first two.
    pub(super) fn add(&mut self, text: &[u8], slot: Slot) {
        let pair = u16::from_be_bytes([text[0], text[1]]);
        let key = usize::from(pair);
        if self.heads.is_empty() {
            self.heads = vec![0; 1 << 16];
        }
        if self.heads[key] == 0 {
            self.keys.push(pair);
            self.lists.push(Vec::new());
            self.heads[key] = self.lists.len() as u16;
        }
        self.lists[usize::from(self.heads[key]) - 1].push((text.into(), slot));
    }

    #[inline]
    pub(super) fn get(&self, key: u16) -> &[(Box<[u8]>, Slot)] {
        match self.heads.get(usize::from(key)) {
            None | Some(0) => &[],
            Some(head) => &self.lists[usize::from(*head) - 1],
        }
    }
}

/// A set of byte pairs: the cheapest test before a table is asked.
pub(super) struct PairSet(Box<[u64; 1024]>);

impl PairSet {
    pub(super) fn of(table: &PrefixTable) -> Self {
        let mut bits = Box::new([0u64; 1024]);
        table.keys.iter().for_each(|&key| bits[usize::from(key >> 6)] |= 1 << (key & 63));
        PairSet(bits)
    }

    /// The pairs that are in this set or in `other`.
    pub(super) fn or(&self, other: &PairSet) -> Self {
        let mut bits = self.0.clone();
        bits.iter_mut().zip(other.0.iter()).for_each(|(mine, theirs)| *mine |= theirs);
        PairSet(bits)
    }

    #[inline]
    pub(super) fn contains(&self, key: u16) -> bool {
        self.0[usize::from(key >> 6)] >> (key & 63) & 1 != 0
    }
}

/// Marks a regex rule in [`Slot::format`].
pub(super) const REGEX: u32 = u32::MAX;

/// The two bytes at `at`, which is not the last place of `text`.
#[inline]
pub(super) fn pair(text: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([text[at], text[at + 1]])
}
