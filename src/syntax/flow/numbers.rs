//! Maps whose keys are numbers that this program has given out itself: nobody
//! can choose them so that they collide, so a cheap hash will do.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map with such keys.
pub(super) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Multiply>>;

/// Mixes by one multiplication per number.
#[derive(Debug, Default, Clone)]
pub(super) struct Multiply(u64);

/// 2^64 divided by the golden ratio.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for Multiply {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(5) ^ u64::from(number)).wrapping_mul(ODD);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u32(number as u32);
    }

    fn write_u16(&mut self, number: u16) {
        self.write_u32(u32::from(number));
    }
}
