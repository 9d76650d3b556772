//! Letters and digits of a stretch of bytes as bit masks.
//!
//! Random values defeat branch prediction, so changes of case and the parts of
//! names are found by shifting masks instead of by looking at byte after byte.

use super::classes::{ANY_LOWER, ANY_UPPER, DIGIT, kind};

/// Most bytes that one set of masks covers.
pub(super) const WIDTH: usize = 64;

/// Bit `i` tells about byte `i`.
#[derive(Clone, Copy, Default)]
pub(super) struct Masks {
    lower: u64,
    upper: u64,
    digit: u64,
    symbol: u64,
}

impl Masks {
    /// The masks of the first [`WIDTH`] bytes.
    pub(super) fn of(chunk: &[u8]) -> Self {
        let mut masks = Self::default();
        for (at, &byte) in chunk.iter().take(WIDTH).enumerate() {
            let kind = kind(byte);
            masks.lower |= u64::from(kind & ANY_LOWER != 0) << at;
            masks.upper |= u64::from(kind & ANY_UPPER != 0) << at;
            masks.digit |= u64::from(kind == DIGIT) << at;
            masks.symbol |= u64::from(kind & (ANY_LOWER | ANY_UPPER | DIGIT) == 0) << at;
        }
        masks
    }

    fn letter(self) -> u64 {
        self.lower | self.upper
    }

    pub(super) fn letters(self) -> usize {
        ones(self.letter())
    }

    pub(super) fn digits(self) -> usize {
        ones(self.digit)
    }

    pub(super) fn symbols(self) -> usize {
        ones(self.symbol)
    }

    /// Changes from letter to digit or back.
    pub(super) fn changes(self) -> usize {
        ones(self.letter() & self.digit << 1 | self.digit & self.letter() << 1)
    }

    /// Changes from lower to upper case.
    pub(super) fn cases(self) -> usize {
        ones(self.upper & self.lower << 1)
    }

    /// Length of the longest run of one of lower, upper, digit and symbol.
    pub(super) fn longest_run(self) -> usize {
        let again = |mask: u64| mask & mask << 1;
        let mut same =
            again(self.lower) | again(self.upper) | again(self.digit) | again(self.symbol);
        let mut length = 1;
        while same != 0 {
            same = again(same);
            length += 1;
        }
        length
    }

    /// Letters that go on with the part of a name that the letter before belongs
    /// to: all of `http` but its first, and in `HTTPServer` all but `H` and `S`.
    pub(super) fn continued(self) -> u64 {
        let after_letter = self.letter() & self.letter() << 1;
        let hump = self.upper & self.lower << 1;
        let last_capital = self.upper & self.upper << 1 & self.lower >> 1;
        after_letter & !hump & !last_capital
    }

    /// Letters that are followed by two more of the same part.
    pub(super) fn three_letters(self) -> u64 {
        let continued = self.continued();
        self.letter() & continued >> 1 & continued >> 2
    }
}

fn ones(mask: u64) -> usize {
    mask.count_ones() as usize
}
