//! Tells of most texts that are not in a file that they are not, without looking for
//! them: which four bytes stand in a row somewhere is noted once for the file, and a
//! text is there only if all of its own are.

/// Bytes in a row.
const LENGTH: usize = 4;
/// Places for notes: of a file this many times its length, within limits.
const SPREAD: usize = 8;
const MIN_BITS: u32 = 12;
const MAX_BITS: u32 = 18;

/// Four bytes in a row, hashed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Gram(u32);

impl Gram {
    fn of(bytes: [u8; LENGTH]) -> Self {
        Gram(u32::from_le_bytes(bytes).wrapping_mul(0x9E37_79B1))
    }

    fn place(self, bits: u32) -> usize {
        (self.0 >> (u32::BITS - bits)) as usize
    }
}

/// A text that is looked for.
#[derive(Debug, Clone)]
pub(super) struct Wanted(Box<[Gram]>);

impl Wanted {
    /// Nothing is told of a text of less than four bytes.
    pub(super) fn new(text: &[u8]) -> Self {
        Wanted(grams(text).collect())
    }
}

/// What is noted of a file; reused from file to file.
#[derive(Debug, Default)]
pub(super) struct Grams {
    noted: Vec<bool>,
    bits: u32,
}

impl Grams {
    /// Notes what stands in `text`.
    pub(super) fn read(&mut self, text: &[u8]) {
        let places = text.len().saturating_mul(SPREAD).max(1);
        self.bits = places.ilog2().clamp(MIN_BITS, MAX_BITS);
        self.noted.clear();
        self.noted.resize(1 << self.bits, false);
        for gram in grams(text) {
            self.noted[gram.place(self.bits)] = true;
        }
    }

    /// Whether `wanted` may stand in the text.
    pub(super) fn may_hold(&self, wanted: &Wanted) -> bool {
        wanted.0.iter().all(|gram| self.noted.get(gram.place(self.bits)).is_none_or(|noted| *noted))
    }
}

fn grams(text: &[u8]) -> impl Iterator<Item = Gram> {
    let rows = text.windows(LENGTH);
    rows.filter_map(|row| Some(Gram::of(*row.first_chunk()?)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_there_is_never_ruled_out(text in "[a-e.]{0,200}", at in 0..200usize, len in 0..20usize) {
            let mut grams = Grams::default();
            grams.read(text.as_bytes());
            let at = at.min(text.len());
            let part = &text.as_bytes()[at..(at + len).min(text.len())];
            prop_assert!(grams.may_hold(&Wanted::new(part)));
        }
    }

    #[test]
    fn what_is_not_there_is_ruled_out_from_file_to_file() {
        let mut grams = Grams::default();
        let wanted = Wanted::new(b"org.springframework.security");
        grams.read(b"import org.springframework.security.web;");
        assert!(grams.may_hold(&wanted));
        grams.read(&b"import org.junit.Test; ".repeat(1_000));
        assert!(!grams.may_hold(&wanted));
    }
}
