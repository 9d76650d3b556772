//! Values with a plain pattern: runs along the alphabet, repeated units.

use super::classes::{PATH, SEPARATOR, class, distinct, is_step};

/// Longest repeated unit looked for, in bytes.
const MAX_PERIOD: usize = 32;

/// Bytes between two looks whether a run is still possible.
const CHUNK: usize = 16;

/// Shortest value that can be called a run: `feed` and `tree` are words.
const MIN_PATTERN: usize = 6;

/// Whether `value` is a run along the alphabet, the digits or the keyboard, or
/// one short unit over and over: `abcdefgh`, `a1b2c3d4`, `xxxxxxxx`,
/// `deadbeefdeadbeef`. Separators between the parts of a run do not matter.
pub fn is_sequence_or_repeat(value: &[u8]) -> bool {
    has_pattern(value, distinct(value))
}

/// The same, given the number of different bytes.
pub(super) fn has_pattern(value: &[u8], distinct: usize) -> bool {
    match value.len() {
        0..4 => false,
        4..MIN_PATTERN => distinct == 1,
        n => (distinct <= 2 && n >= 8) || repeats_unit(value, distinct) || mostly_steps(value),
    }
}

/// Whether `value` is a unit of at most [`MAX_PERIOD`] bytes, at least twice.
/// A unit holds all the different bytes, so shorter ones need no look.
fn repeats_unit(value: &[u8], distinct: usize) -> bool {
    (distinct..=(value.len() / 2).min(MAX_PERIOD))
        .any(|unit| value.iter().zip(value.iter().skip(unit)).all(|(a, b)| a == b))
}

/// Neighbours, at one distance, that are no separators, and those of them that
/// do not follow from each other.
#[derive(Default)]
struct Pairs {
    all: usize,
    missed: usize,
}

impl Pairs {
    #[inline]
    fn add(&mut self, a: u8, b: u8) {
        let (from, to) = (class(a), class(b));
        // Without short circuits: random values make a branch a coin toss.
        let counts = usize::from(is_name(from) & is_name(to));
        self.all += counts;
        self.missed += counts * usize::from((a != b) & !is_step(from, to));
    }

    /// Whether four fifths follow from each other.
    fn mostly_steps(&self) -> bool {
        self.all + 1 >= MIN_PATTERN && self.missed * 5 <= self.all
    }
}

/// Whether most characters follow from the one before them, or from the one
/// before that, as in two interleaved runs.
fn mostly_steps(value: &[u8]) -> bool {
    let budget = value.len() / 5;
    let (mut near, mut far) = (Pairs::default(), Pairs::default());
    let [mut first, mut second] = [b' '; 2];
    for chunk in value.chunks(CHUNK) {
        for &byte in chunk {
            near.add(second, byte);
            far.add(first, byte);
            [first, second] = [second, byte];
        }
        // Few values are runs, so stop once the misses rule one out.
        if near.missed > budget && far.missed > budget {
            return false;
        }
    }
    near.mostly_steps() || far.mostly_steps()
}

fn is_name(class: u8) -> bool {
    !((class == SEPARATOR) | (class == PATH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_recognised() {
        for value in [
            "abcdefghijklmnop", "1234567890", "xxxxxxxx", "AAAA", "deadbeefdeadbeef",
            "a1b2c3d4e5f6", "0123456789abcdef0123456789abcdef", "qwertyuiop",
            "00000000-0000-0000-0000-000000000000", "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx",
            "zyxwvutsrq", "1234-5678-9012-3456", "********",
        ] {
            assert!(is_sequence_or_repeat(value.as_bytes()), "{value}");
        }
        for value in
            ["", "feed", "tree", "password", "property", "9f86d081884c7d65", "abc-unrelated"]
        {
            assert!(!is_sequence_or_repeat(value.as_bytes()), "{value}");
        }
    }
}
