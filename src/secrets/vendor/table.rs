//! The table from the first two bytes of a prefix to the formats it begins.

use std::collections::HashMap;

/// Which format of which rule.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Slot {
    pub(super) rule: u32,
    pub(super) format: u32,
}

/// By the first two bytes of a prefix or anchor: the whole of it, and whose it is.
pub(super) type PrefixTable = HashMap<u16, Vec<(Box<[u8]>, Slot)>>;

/// A set of byte pairs: the cheapest test before a table is asked.
pub(super) struct PairSet(Box<[u64; 1024]>);

impl PairSet {
    pub(super) fn of(table: &PrefixTable) -> Self {
        let mut bits = Box::new([0u64; 1024]);
        table.keys().for_each(|key| bits[usize::from(key >> 6)] |= 1 << (key & 63));
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

/// Files `text`, of at least two bytes, under its first two.
pub(super) fn index(table: &mut PrefixTable, text: &[u8], slot: Slot) {
    let key = u16::from_be_bytes([text[0], text[1]]);
    table.entry(key).or_default().push((text.into(), slot));
}
