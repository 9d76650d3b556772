//! Where decoded bytes stand in the encoded text.

use std::ops::Range;

/// How far before a secret an escape still concerns it: the sign of its
/// assignment, the scheme of its URL.
const REACH: usize = 64;

/// The places of decoded bytes. Encoded text comes in *units* (characters of
/// base64, bytes of a literal), in pieces with something else between them.
#[derive(Debug, Default)]
pub struct Spread {
    /// First unit of each piece and where it stands, both rising.
    pieces: Vec<(usize, usize)>,
    /// Bits of a unit and of a decoded byte; 8 and 8 where they are the same.
    unit_bits: usize,
    byte_bits: usize,
}

impl Spread {
    /// Starts anew for units of `unit_bits` bits, of which a decoded byte takes
    /// `byte_bits`; the first stands at `at`.
    pub fn reset(&mut self, unit_bits: usize, byte_bits: usize, at: usize) {
        self.pieces.clear();
        self.pieces.push((0, at));
        (self.unit_bits, self.byte_bits) = (unit_bits, byte_bits);
    }

    /// From `unit` on, units stand from `at` on.
    pub fn jump(&mut self, unit: usize, at: usize) {
        self.pieces.push((unit, at));
    }

    /// True where every byte is encoded, as in base64; in a literal with
    /// escapes some bytes stand for themselves.
    pub fn is_whole(&self) -> bool {
        self.unit_bits != self.byte_bits
    }

    /// The bytes of the outer text that hold the decoded bytes `range`.
    pub fn outer(&self, range: &Range<usize>) -> Range<usize> {
        let first = range.start * self.byte_bits / self.unit_bits;
        let end = (range.end * self.byte_bits).div_ceil(self.unit_bits);
        // An escape is longer than what it stands for, so its end is where the
        // next unit starts; between lines of base64 stands what is not part of it.
        let end =
            if self.is_whole() { self.place(end.saturating_sub(1)) + 1 } else { self.place(end) };
        let start = self.place(first);
        start..end.max(start)
    }

    /// Whether the decoded bytes `range` read otherwise in the outer text.
    pub fn is_encoded(&self, range: &Range<usize>) -> bool {
        if self.is_whole() {
            return true;
        }
        let after = self.pieces.partition_point(|(unit, _)| *unit <= range.end);
        let last = after.checked_sub(1).map_or(0, |i| self.pieces[i].0);
        last > 0 && last + REACH >= range.start
    }

    fn place(&self, unit: usize) -> usize {
        let after = self.pieces.partition_point(|(first, _)| *first <= unit);
        let (first, at) = after.checked_sub(1).map_or((0, 0), |i| self.pieces[i]);
        at + (unit - first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_base64_lie_in_the_characters_that_hold_a_bit_of_them() {
        let mut spread = Spread::default();
        spread.reset(6, 8, 100);
        spread.jump(4, 110);
        assert_eq!(spread.outer(&(0..1)), 100..102);
        assert_eq!(spread.outer(&(2..3)), 102..104);
        assert_eq!(spread.outer(&(0..6)), 100..114);
        assert!(spread.is_encoded(&(3..4)));
    }

    #[test]
    fn an_escape_ends_where_the_next_character_starts() {
        // `a\x41b` from 10 on.
        let mut spread = Spread::default();
        spread.reset(8, 8, 10);
        spread.jump(1, 11);
        spread.jump(2, 15);
        assert_eq!(spread.outer(&(0..1)), 10..11);
        assert_eq!(spread.outer(&(1..2)), 11..15);
        assert_eq!(spread.outer(&(2..3)), 15..16);
        assert!(!spread.is_encoded(&(0..0)));
        assert!(spread.is_encoded(&(1..2)));
    }
}
