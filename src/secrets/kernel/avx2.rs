//! 64 bytes at a time in two 32-byte registers.

use std::arch::x86_64::*;

use super::literals::{LITERALS, anchor_at};
use super::{BLOCK, Events, RunState};

/// Nibble tables of the bucket filter: bit b of `LOW[k][n]` says that some
/// literal of bucket b may have a byte with low nibble n at place k.
struct Nibbles {
    low: [[u8; 16]; 3],
    high: [[u8; 16]; 3],
}

static NIBBLES: Nibbles = nibbles();

/// Each literal sets its bit, that of its bucket, where its first three bytes have a nibble.
const fn nibbles() -> Nibbles {
    let mut tables = Nibbles { low: [[0; 16]; 3], high: [[0; 16]; 3] };
    let mut i = 0;
    while i < LITERALS.len() {
        let bit = 1u8 << LITERALS[i].bucket;
        let mut k = 0;
        while k < 3 {
            let lower = LITERALS[i].text[k];
            let upper = lower.to_ascii_uppercase();
            tables.low[k][(lower & 15) as usize] |= bit;
            tables.high[k][(lower >> 4) as usize] |= bit;
            tables.low[k][(upper & 15) as usize] |= bit;
            tables.high[k][(upper >> 4) as usize] |= bit;
            k += 1;
        }
        i += 1;
    }
    tables
}

/// Tables of the token class: a byte is a token character when the bits of
/// its two nibbles meet. Bit 0: digits; 1 and 2: letters; 3: `_`; 4: `-`.
const CLASS_LOW: [u8; 16] = {
    let mut table = [0u8; 16];
    let mut n = 0;
    while n < 16 {
        if n <= 9 {
            table[n] |= 1;
        }
        if n >= 1 {
            table[n] |= 2;
        }
        if n <= 10 {
            table[n] |= 4;
        }
        n += 1;
    }
    table[15] |= 8;
    table[13] |= 16;
    table
};
const CLASS_HIGH: [u8; 16] = {
    let mut table = [0u8; 16];
    table[3] = 1;
    table[4] = 2;
    table[6] = 2;
    table[5] = 4 | 8;
    table[7] = 4;
    table[2] = 16;
    table
};

/// # Safety
/// AVX2 must be there; `to - from` must be a multiple of 64 and, unless it
/// is zero, `to + 2 <= text.len()`.
#[target_feature(enable = "avx2")]
pub unsafe fn blocks(text: &[u8], from: usize, to: usize, state: &mut RunState, out: &mut Events) {
    debug_assert!(from == to || to + 2 <= text.len());
    let filter = Filter::load();
    let mut base = from;
    while base < to {
        // SAFETY: base + 64 + 2 <= to + 2 <= text.len() by the contract.
        let (token, digit, mut anchors) = unsafe { filter.block(text.as_ptr().add(base)) };
        state.block(base, BLOCK as u32, token, digit, &mut out.runs);
        while anchors != 0 {
            anchor_at(text, base + anchors.trailing_zeros() as usize, &mut out.anchors);
            anchors &= anchors - 1;
        }
        base += BLOCK;
    }
}

/// The tables in registers.
struct Filter {
    class_low: __m256i,
    class_high: __m256i,
    low: [__m256i; 3],
    high: [__m256i; 3],
    nibble: __m256i,
}

impl Filter {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn load() -> Self {
        Filter {
            class_low: both_lanes(&CLASS_LOW),
            class_high: both_lanes(&CLASS_HIGH),
            low: [
                both_lanes(&NIBBLES.low[0]),
                both_lanes(&NIBBLES.low[1]),
                both_lanes(&NIBBLES.low[2]),
            ],
            high: [
                both_lanes(&NIBBLES.high[0]),
                both_lanes(&NIBBLES.high[1]),
                both_lanes(&NIBBLES.high[2]),
            ],
            nibble: _mm256_set1_epi8(15),
        }
    }

    /// Token, digit and anchor masks of 64 bytes.
    ///
    /// # Safety
    /// `at` must be readable for 66 bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn block(&self, at: *const u8) -> (u64, u64, u64) {
        // SAFETY: both halves and their two bytes of look-ahead are readable.
        let (a, b) = unsafe { (self.half(at), self.half(at.add(32))) };
        let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        (join(a.0, b.0), join(a.1, b.1), join(a.2, b.2))
    }

    /// # Safety
    /// `at` must be readable for 34 bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn half(&self, at: *const u8) -> (u32, u32, u32) {
        // SAFETY: the caller vouches for 34 bytes; loads need no alignment.
        let (x0, x1, x2) = unsafe { (load(at), load(at.add(1)), load(at.add(2))) };
        let (low, high) = self.split(x0);
        let class = _mm256_and_si256(
            _mm256_shuffle_epi8(self.class_low, low),
            _mm256_shuffle_epi8(self.class_high, high),
        );
        let not_token = nonzero_complement(class);
        let digit = _mm256_movemask_epi8(_mm256_slli_epi16::<7>(class)) as u32;
        let mut buckets = _mm256_and_si256(
            _mm256_shuffle_epi8(self.low[0], low),
            _mm256_shuffle_epi8(self.high[0], high),
        );
        for (k, x) in [(1, x1), (2, x2)] {
            let (low, high) = self.split(x);
            let here = _mm256_and_si256(
                _mm256_shuffle_epi8(self.low[k], low),
                _mm256_shuffle_epi8(self.high[k], high),
            );
            buckets = _mm256_and_si256(buckets, here);
        }
        (!not_token, digit, !nonzero_complement(buckets))
    }

    /// Low and high nibbles of every byte. A byte of 0x80 and more has a
    /// high nibble of 8 to 15, for which all tables are zero.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn split(&self, x: __m256i) -> (__m256i, __m256i) {
        let low = _mm256_and_si256(x, self.nibble);
        let high = _mm256_and_si256(_mm256_srli_epi16::<4>(x), self.nibble);
        (low, high)
    }
}

/// Bit i is set where byte i is zero.
#[inline]
#[target_feature(enable = "avx2")]
fn nonzero_complement(x: __m256i) -> u32 {
    _mm256_movemask_epi8(_mm256_cmpeq_epi8(x, _mm256_setzero_si256())) as u32
}

#[inline]
#[target_feature(enable = "avx2")]
fn both_lanes(table: &[u8; 16]) -> __m256i {
    // SAFETY: the array has 16 readable bytes; the load needs no alignment.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(table.as_ptr().cast()) })
}

/// # Safety
/// `at` must be readable for 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn load(at: *const u8) -> __m256i {
    // SAFETY: the caller's contract; the load needs no alignment.
    unsafe { _mm256_loadu_si256(at.cast()) }
}
