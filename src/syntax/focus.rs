//! The places of a file where a rule can match at all: where its words stand.
//! Everything else of the tree is passed over, which makes the walk a small
//! part of the cost of parsing.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;

/// Places in a text.
#[derive(Debug, Default, Clone)]
pub(crate) struct Focus {
    /// Ascending offsets.
    pub(crate) places: Vec<usize>,
    /// Ascending offsets, each with the number of the word that stands there.
    pub(crate) marks: Vec<(usize, u32)>,
    /// Numbers of the words that have all their places in `marks`.
    pub(crate) marked: Arc<HashMap<String, u32>>,
    /// The names that imports bind belong to it too.
    pub(crate) names: bool,
    /// Everything belongs to it.
    pub(crate) everywhere: bool,
}

impl Focus {
    /// The places where one of `words` stands.
    pub(crate) fn of_words<'a>(text: &[u8], words: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut focus = Focus::default();
        focus.add(text, words);
        focus
    }

    /// Adds the places where one of `words` stands.
    pub(crate) fn add<'a>(&mut self, text: &[u8], words: impl Iterator<Item = &'a [u8]>) {
        for word in words.filter(|word| !word.is_empty()) {
            self.places.extend(memmem::find_iter(text, word));
        }
        self.places.sort_unstable();
    }

    /// Answers questions that come in the order of the text.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { focus: self, next: 0 }
    }
}

/// Walks along a [`Focus`].
pub(crate) struct Reader<'a> {
    focus: &'a Focus,
    next: usize,
}

impl Reader<'_> {
    /// Whether a place lies in `range`, which begins no earlier than any range
    /// asked about before.
    pub(crate) fn touches(&mut self, range: &Range<usize>) -> bool {
        let places = &self.focus.places;
        while places.get(self.next).is_some_and(|place| *place < range.start) {
            self.next += 1;
        }
        self.focus.everywhere || places.get(self.next).is_some_and(|place| *place < range.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_touched_where_a_word_begins() {
        let focus = Focus::of_words(b"ab cd ab", [&b"ab"[..], b"cd", b""].into_iter());
        assert_eq!(focus.places, [0, 3, 6]);
        let mut reader = focus.reader();
        let ranges = [0..8, 0..2, 2..3, 2..4, 4..6, 6..7, 7..8];
        let touched = ranges.map(|range| reader.touches(&range));
        assert_eq!(touched, [true, true, false, true, false, true, false]);
    }
}
