//! The pieces of a 7z header: bytes, numbers of one to nine bytes, bits.

/// Reads from the front of a header. `None` is its end.
#[derive(Clone, Copy, Default)]
pub struct Fields<'h>(&'h [u8]);

impl<'h> Fields<'h> {
    /// The fields that `bytes` start with.
    pub fn new(bytes: &'h [u8]) -> Self {
        Fields(bytes)
    }

    /// The next `length` bytes.
    pub fn take(&mut self, length: usize) -> Option<&'h [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// A number of eight bytes, as in the start header.
    pub fn long(&mut self) -> Option<u64> {
        self.take(8)?.first_chunk().map(|raw| u64::from_le_bytes(*raw))
    }

    /// A number: the ones at the top of its first byte say how many bytes follow,
    /// lowest first; the rest of the first byte is its highest part.
    pub fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let low = self.take(more as usize)?;
        let low = low.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let high = u64::from(first) & (0x7F >> more.min(7));
        Some(low | high.checked_shl(8 * more).unwrap_or(0))
    }

    /// A number that counts something that this machine can hold.
    pub fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// `count` bits, the first in the highest place.
    pub fn bits(&mut self, count: u64) -> Option<Bits<'h>> {
        let length = usize::try_from(count.div_ceil(8)).ok()?;
        self.take(length).map(Bits)
    }

    /// `count` bits, or one byte that says that all are set.
    pub fn bits_or_all(&mut self, count: u64) -> Option<Option<Bits<'h>>> {
        match self.byte()? {
            0 => self.bits(count).map(Some),
            _ => Some(None),
        }
    }

    /// Passes over `count` checksums, of which some may be missing. Returns which
    /// are there: `None` for all.
    pub fn digests(&mut self, count: u64) -> Option<Option<Bits<'h>>> {
        let there = self.bits_or_all(count)?;
        let given = there.map_or(count, |bits| bits.ones(count));
        self.take(usize::try_from(given.checked_mul(4)?).ok()?)?;
        Some(there)
    }
}

/// A row of bits.
#[derive(Clone, Copy, Default)]
pub struct Bits<'h>(&'h [u8]);

impl Bits<'_> {
    /// The bit at `at`; those beyond the end are not set.
    pub fn get(self, at: u64) -> bool {
        let byte = usize::try_from(at / 8).ok().and_then(|at| self.0.get(at));
        byte.is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0)
    }

    fn ones(self, count: u64) -> u64 {
        (0..count).filter(|at| self.get(*at)).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8]) -> Option<u64> {
        Fields::new(bytes).number()
    }

    #[test]
    fn numbers_have_one_to_nine_bytes() {
        assert_eq!(number(&[0x7F]), Some(0x7F));
        assert_eq!(number(&[0x80, 0x80]), Some(0x80));
        assert_eq!(number(&[0xBF, 0x01]), Some(0x3F01));
        assert_eq!(number(&[0xC1, 0x34, 0x12]), Some(0x1_1234));
        assert_eq!(number(&[0xFE, 1, 0, 0, 0, 0, 0, 1]), Some(0x0001_0000_0000_0001));
        assert_eq!(number(&[0xFF; 9]), Some(u64::MAX));
        assert_eq!(number(&[0xFF; 8]), None);
        assert_eq!(number(&[]), None);
    }

    #[test]
    fn bits_start_at_the_top() {
        let bits = Fields::new(&[0b1010_0000, 0b1000_0000]).bits(9).unwrap();
        let set: Vec<u64> = (0..20).filter(|at| bits.get(*at)).collect();
        assert_eq!(set, [0, 2, 8]);
        assert!(Fields::new(&[0]).bits(u64::MAX).is_none());
    }
}
