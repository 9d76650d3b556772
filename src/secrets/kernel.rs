//! The one pass over every byte: runs of token characters, and anchors.
//!
//! A *run* is 16 or more of `[A-Za-z0-9_-]` in a row: nearly every machine-made
//! credential contains one. An *anchor* is the place of a short literal that
//! announces what has no such run (`pass`, `secr`, `://` …), found by a SIMD
//! bucket filter on its first three bytes and then compared exactly.
//!
//! This is the only module with `unsafe`: vector loads of bytes. The scalar
//! twin defines the result; a property test compares the two.

#![allow(unsafe_code)]

/// Shortest run that is reported, in bytes.
pub const MIN_RUN: usize = 16;

/// A maximal run of token characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub start: usize,
    pub end: usize,
    pub has_digit: bool,
}

/// An anchor literal found at `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnchorHit {
    pub at: usize,
    pub anchor: Anchor,
}

/// What an anchor announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Part of a name such as `password`, `client_secret`, `apiKey`.
    Name,
    /// `://`: a URL that may carry user-info.
    Url,
    /// `-----BEGIN`.
    Pem,
    /// `Bearer` or `Basic`.
    Scheme,
    /// `IDENTIFIED`, in SQL.
    Sql,
}

/// The literals; matched without regard to ASCII case.
const LITERALS: [(&[u8], Anchor); 15] = [
    (b"pass", Anchor::Name),
    (b"pwd", Anchor::Name),
    (b"psw", Anchor::Name),
    (b"secret", Anchor::Name),
    (b"token", Anchor::Name),
    (b"key", Anchor::Name),
    (b"auth", Anchor::Name),
    (b"cred", Anchor::Name),
    (b"dsn", Anchor::Name),
    (b"://", Anchor::Url),
    (b"-----begin", Anchor::Pem),
    (b"bearer", Anchor::Scheme),
    (b"basic", Anchor::Scheme),
    (b"identified", Anchor::Sql),
    (b"psk", Anchor::Name),
];

/// Bytes handed to the kernel at a time, so that buffers stay small whatever
/// the file. A multiple of the block.
const CHUNK: usize = 64 * 1024;
const BLOCK: usize = 64;

/// Found in one chunk, in the order of their positions.
#[derive(Debug, Default)]
pub struct Events {
    pub runs: Vec<Run>,
    pub anchors: Vec<AnchorHit>,
}

/// Calls `visit` with the runs and anchors of `text`, chunk after chunk. A run
/// is reported in the chunk where it ends.
pub fn scan(text: &[u8], events: &mut Events, mut visit: impl FnMut(&Events)) {
    let pass = Pass::select();
    let mut state = RunState::default();
    let mut from = 0;
    while from < text.len() {
        let to = text.len().min(from + CHUNK);
        events.runs.clear();
        events.anchors.clear();
        pass.chunk(text, from, to, &mut state, events);
        if to == text.len() {
            state.finish(to, events);
        }
        if !(events.runs.is_empty() && events.anchors.is_empty()) {
            visit(events);
        }
        from = to;
    }
}

/// How one chunk is read on this machine.
#[derive(Clone, Copy)]
enum Pass {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Pass {
    fn select() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::is_x86_feature_detected!("avx2") {
            return Pass::Avx2;
        }
        Pass::Scalar
    }

    fn chunk(self, text: &[u8], from: usize, to: usize, state: &mut RunState, out: &mut Events) {
        match self {
            Pass::Scalar => scalar_blocks(text, from, to, state, out),
            #[cfg(target_arch = "x86_64")]
            Pass::Avx2 => {
                // The vector loop reads up to two bytes past a block: it stops
                // where a block and those two bytes no longer fit.
                let whole = (to - from) / BLOCK * BLOCK;
                let mut vector_to = from + whole;
                if vector_to + 2 > text.len() {
                    vector_to = vector_to.saturating_sub(BLOCK).max(from);
                }
                // SAFETY: AVX2 was detected in `select`; every load lies within
                // `text` because `vector_to + 2 <= text.len()` or no block is read.
                unsafe { avx2::blocks(text, from, vector_to, state, out) };
                scalar_blocks(text, vector_to, to, state, out);
            }
        }
    }
}

/// The run that is open at the end of the last block.
#[derive(Debug, Default)]
struct RunState {
    start: usize,
    open: bool,
    has_digit: bool,
}

impl RunState {
    /// Takes one block of `width` bytes at `base`: bit i of `token` and `digit`
    /// tells of byte `base + i`.
    #[inline(always)]
    fn block(&mut self, base: usize, width: u32, token: u64, digit: u64, runs: &mut Vec<Run>) {
        let mut token = token;
        if self.open {
            let lead = token.trailing_ones();
            self.has_digit |= digit & low_bits(lead) != 0;
            if lead >= width {
                return;
            }
            self.close(base + lead as usize, runs);
            token &= !low_bits(lead);
        }
        let tail = (token << (64 - width)).leading_ones().min(width);
        if tail > 0 {
            let first = width - tail;
            self.open = true;
            self.start = base + first as usize;
            self.has_digit = digit >> first != 0;
            token &= low_bits(first);
        }
        // Bit i stays set where 16 token characters start.
        let mut long = token & (token >> 1);
        long &= long >> 2;
        long &= long >> 4;
        long &= long >> 8;
        while long != 0 {
            let first = long.trailing_zeros();
            let length = (token >> first).trailing_ones();
            let run_bits = low_bits(length) << first;
            let start = base + first as usize;
            let has_digit = digit & run_bits != 0;
            runs.push(Run { start, end: start + length as usize, has_digit });
            long &= !run_bits;
        }
    }

    #[inline(always)]
    fn close(&mut self, end: usize, runs: &mut Vec<Run>) {
        self.open = false;
        if end - self.start >= MIN_RUN {
            runs.push(Run { start: self.start, end, has_digit: self.has_digit });
        }
    }

    fn finish(&mut self, end: usize, out: &mut Events) {
        if self.open {
            self.close(end, &mut out.runs);
        }
    }
}

#[inline(always)]
fn low_bits(count: u32) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// The twin that defines the result; also reads the tail of a chunk.
fn scalar_blocks(text: &[u8], from: usize, to: usize, state: &mut RunState, out: &mut Events) {
    let mut base = from;
    while base < to {
        let block = &text[base..to.min(base + BLOCK)];
        let (mut token, mut digit) = (0u64, 0u64);
        for (i, &byte) in block.iter().enumerate() {
            token |= u64::from(is_token(byte)) << i;
            digit |= u64::from(byte.is_ascii_digit()) << i;
            if FIRST[byte as usize] {
                anchor_at(text, base + i, &mut out.anchors);
            }
        }
        state.block(base, block.len() as u32, token, digit, &mut out.runs);
        base += block.len();
    }
}

/// Compares the literals at `at`, which must be within `text`.
#[inline]
fn anchor_at(text: &[u8], at: usize, anchors: &mut Vec<AnchorHit>) {
    let rest = &text[at..];
    for (literal, anchor) in LITERALS {
        if rest.len() >= literal.len() && rest[..literal.len()].eq_ignore_ascii_case(literal) {
            anchors.push(AnchorHit { at, anchor });
            return;
        }
    }
}

/// Token characters: `[A-Za-z0-9_-]`.
#[inline(always)]
pub fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// First bytes of the literals, in both cases.
static FIRST: [bool; 256] = first_bytes();

const fn first_bytes() -> [bool; 256] {
    let mut table = [false; 256];
    let mut i = 0;
    while i < LITERALS.len() {
        let byte = LITERALS[i].0[0];
        table[byte as usize] = true;
        table[byte.to_ascii_uppercase() as usize] = true;
        i += 1;
    }
    table
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! 64 bytes at a time in two 32-byte registers.

    use std::arch::x86_64::*;

    use super::{BLOCK, Events, LITERALS, RunState, anchor_at};

    /// Nibble tables of the bucket filter: bit b of `LOW[k][n]` says that some
    /// literal of bucket b may have a byte with low nibble n at place k.
    struct Nibbles {
        low: [[u8; 16]; 3],
        high: [[u8; 16]; 3],
    }

    static NIBBLES: Nibbles = nibbles();

    /// Literal i goes to bucket i mod 8: neighbours in the list share nothing anyway.
    const fn nibbles() -> Nibbles {
        let mut tables = Nibbles { low: [[0; 16]; 3], high: [[0; 16]; 3] };
        let mut i = 0;
        while i < LITERALS.len() {
            let bit = 1u8 << (i % 8);
            let mut k = 0;
            while k < 3 {
                let lower = LITERALS[i].0[k];
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
    pub unsafe fn blocks(
        text: &[u8],
        from: usize,
        to: usize,
        state: &mut RunState,
        out: &mut Events,
    ) {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn collect(text: &[u8], pass: Pass) -> (Vec<Run>, Vec<AnchorHit>) {
        let (mut events, mut state) = (Events::default(), RunState::default());
        let mut from = 0;
        while from < text.len() {
            let to = text.len().min(from + CHUNK);
            pass.chunk(text, from, to, &mut state, &mut events);
            from = to;
        }
        state.finish(text.len(), &mut events);
        (events.runs, events.anchors)
    }

    /// Runs by the definition, without blocks.
    fn naive_runs(text: &[u8]) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut start = 0;
        for end in 0..=text.len() {
            if end < text.len() && is_token(text[end]) {
                continue;
            }
            if end - start >= MIN_RUN {
                let has_digit = text[start..end].iter().any(u8::is_ascii_digit);
                runs.push(Run { start, end, has_digit });
            }
            start = end + 1;
        }
        runs
    }

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            "[A-Za-z0-9_-]{1,80}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..20),
            prop::sample::select(LITERALS.to_vec()).prop_map(|l| l.0.to_ascii_uppercase()),
            prop::sample::select(LITERALS.to_vec()).prop_map(|l| l.0.to_vec()),
            Just(vec![b' '; 13]),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|p| p.concat())
    }

    proptest! {
        #[test]
        fn the_vector_pass_agrees_with_its_scalar_twin(text in pieces()) {
            prop_assert_eq!(collect(&text, Pass::select()), collect(&text, Pass::Scalar));
        }

        #[test]
        fn runs_are_what_their_definition_says(text in pieces()) {
            prop_assert_eq!(collect(&text, Pass::select()).0, naive_runs(&text));
        }
    }

    #[test]
    fn a_run_across_chunks_is_one_run() {
        let mut text = vec![b' '; CHUNK - 5];
        text.extend_from_slice(&[b'a'; 100_000]);
        text.extend_from_slice(b"7 ");
        let (runs, _) = collect(&text, Pass::select());
        assert_eq!(runs, [Run { start: CHUNK - 5, end: CHUNK + 99_996, has_digit: true }]);
    }
}
